"""The contact page, the desk that answers it, and the pages that the operators write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client, override_settings
from tests.cast import Cast, at, fresh, signed_in

from palaver.community import inquiring, stating
from palaver.community.models import Community, HousePage, Inquiry
from palaver.delivery.mail.reading import message_of
from palaver.delivery.models import Mail
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.record.models import Entry
from palaver.record.verifying import verify
from palaver.web.house import contact

FORM = {"name": "Kaya", "email": "kaya@example.org", "subject": "A room", "text": "Zanzibarquokka: is there one?"}


@pytest.fixture(autouse=True)
def nobody_has_written_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def mail_is_set() -> Iterator[None]:
    with override_settings(PALAVER_MAIL_URL="smtp://localhost:1"):
        yield


def form(**more: str) -> dict[str, str]:
    """A filled form that was opened a minute ago."""
    return {**FORM, "stamp": contact.stamp(clock.ago(minutes=1)), **more}


def send(client: Client | None = None, **more: str) -> Any:
    return (client or Client()).post("/contact", form(**more))


def error(answer: Any) -> str:
    found = re.search(r'(?:role="alert"|class="error"[^>]*)>([^<]+)<', answer.content.decode())
    return found[1] if found else ""


def contact_address(address: str = "house@example.org") -> None:
    with transaction.atomic():
        Community.objects.create(contact=address)


# ---------------------------------------------------------------- writing


def test_a_guest_writes_and_is_told_that_it_has_gone(cast: Cast) -> None:
    client = Client()
    page = client.get("/contact")
    assert 'name="csrfmiddlewaretoken"' in page.content.decode() and not hasattr(page, "cache_words")
    assert send(client).status_code == 302
    assert "Sent. The answer comes by mail to kaya@example.org." in client.get("/contact").content.decode()
    inquiry = Inquiry.objects.get()
    assert (inquiry.name, inquiry.email, inquiry.subject, inquiry.text) == tuple(FORM.values())
    assert inquiry.answered_at is None and not Mail.objects.exists()


def test_the_record_says_that_something_came_and_nothing_of_what(cast: Cast) -> None:
    send()
    entry = Entry.objects.select_related("payload").latest("sequence")
    assert (entry.act, entry.office) == ("contact.received", "guest")
    assert entry.subject == f"inquiry:{Inquiry.objects.get().pk}" and entry.payload.body == "{}"
    page = Client().get("/record").content.decode()
    assert "wrote to the operators" in page and "Zanzibarquokka" not in page and "kaya@" not in page
    assert "Zanzibarquokka" not in Client().get("/record.atom").content.decode()
    assert verify().faults == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "nobody", "not an e-mail address"),
        ("email", "a@example.org\nBcc: all@example.org", "not an e-mail address"),
        ("subject", " \u200b ", "A subject is missing"),
        ("subject", "x" * 201, "200 fit"),
        ("text", "   ", "Write what you want to say"),
        ("text", "x" * 10_001, "10,000 fit"),
        ("name", "x" * 81, "more than 80"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(cast: Cast, field: str, value: str, said: str) -> None:
    answer = send(**{field: value})
    assert answer.status_code == 422 and said in error(answer)
    page = answer.content.decode()
    for name, typed in FORM.items():
        assert name == field or typed in page, name
    assert not Inquiry.objects.exists()


def test_hostile_letters_are_kept_as_letters(cast: Cast) -> None:
    send(name="<b>K\x00aya\u202e</b>", subject="<script>alert(1)</script>", text="a\x00b <img src=x onerror=alert(1)>")
    inquiry = Inquiry.objects.get()
    assert "\x00" not in inquiry.name + inquiry.text and "\u202e" not in inquiry.name
    for path in ("/desk/inquiries", f"/desk/inquiries/{inquiry.pk}"):
        page = signed_in(cast.odile).get(path).content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page and "&lt;script&gt;" in page


def test_programs_are_held_up_by_the_trap_and_by_the_stamp(cast: Cast) -> None:
    for more, said in (
        ({"website": "https://lamps.example"}, "trap for programs"),
        ({"stamp": ""}, "open for very long"),
        ({"stamp": "made-up"}, "open for very long"),
        ({"stamp": contact.stamp(clock.ago(days=3))}, "open for very long"),
        ({"stamp": contact.stamp()}, "faster than people write"),
    ):
        answer = send(**more)
        assert answer.status_code == 422 and said in error(answer), more
        assert FORM["text"] in answer.content.decode()
    assert not Inquiry.objects.exists()


def test_who_was_too_fast_sends_the_same_form_again(cast: Cast) -> None:
    now = clock.now()
    with at(now):
        answer = send(stamp=contact.stamp())
    again = re.search(r'name="stamp" value="([^"]+)"', answer.content.decode())
    assert again is not None
    with at(now + timedelta(seconds=4)):
        assert send(stamp=again[1]).status_code == 302
    assert Inquiry.objects.count() == 1


def test_sending_twice_is_one_inquiry(cast: Cast) -> None:
    assert [send().status_code, send().status_code] == [302, 302]
    assert Inquiry.objects.count() == 1 and Entry.objects.filter(act="contact.received").count() == 1


def test_one_address_writes_so_often_an_hour_and_others_still_may(cast: Cast) -> None:
    told = [send(subject=f"Room {n}").status_code for n in range(inquiring.EACH + 1)]
    assert told == [302] * inquiring.EACH + [429]
    answer = send(subject="One more")
    assert answer.status_code == 429 and FORM["text"] in answer.content.decode()
    other = Client(REMOTE_ADDR="203.0.113.9")
    assert send(other, subject="Mine").status_code == 302


def test_a_network_of_the_newer_protocol_counts_as_one(cast: Cast) -> None:
    told = []
    for n in range(inquiring.EACH + 1):
        told.append(send(Client(REMOTE_ADDR=f"2001:db8:1:2::{n + 1:x}"), subject=f"Room {n}").status_code)
    assert told[-1] == 429
    assert send(Client(REMOTE_ADDR="2001:db8:1:3::1"), subject="Next door").status_code == 302


def test_all_together_write_so_often_an_hour(cast: Cast) -> None:
    with transaction.atomic():
        Inquiry.objects.bulk_create(Inquiry(email="a@example.org", subject="x", text="x") for _ in range(inquiring.ALL))
    assert send().status_code == 429
    with at(clock.now() + timedelta(hours=1, minutes=1)):
        assert send().status_code == 302


def test_a_member_need_not_type_name_and_address(cast: Cast) -> None:
    type(cast.ana).objects.filter(pk=cast.ana.pk).update(email="ana@example.org")
    page = signed_in(cast.ana).get("/contact").content.decode()
    assert 'value="Ana"' in page and 'value="ana@example.org"' in page
    assert "ana@example.org" not in Client().get("/contact").content.decode()


def test_a_form_from_another_site_is_not_taken(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True, headers={"sec-fetch-site": "cross-site"})
    answer = send(client)
    assert answer.status_code == 403 and not Inquiry.objects.exists()
    assert send(Client(enforce_csrf_checks=True, headers={"sec-fetch-site": "same-origin"})).status_code == 302


def test_a_copy_goes_to_the_contact_address_when_there_is_mail(cast: Cast, mail_is_set: None) -> None:
    send(subject="Nobody has an address yet")
    assert not Mail.objects.exists()
    contact_address()
    send()
    mail = Mail.objects.get()
    message = message_of(mail)
    assert (mail.to, mail.subject) == ("house@example.org", "A room")
    assert message.extra_headers["Reply-To"] == "kaya@example.org"
    assert "Zanzibarquokka" in mail.text and f"/desk/inquiries/{Inquiry.objects.get(subject='A room').pk}" in mail.text


def test_without_mail_the_page_says_so(cast: Cast) -> None:
    contact_address()
    send()
    assert not Mail.objects.exists()
    assert "sends no mail yet" in Client().get("/contact").content.decode()


# ---------------------------------------------------------------- answering


def test_an_operator_answers_by_mail_once(cast: Cast) -> None:
    contact_address()
    send()
    inquiry = Inquiry.objects.get()
    odile = signed_in(cast.odile)
    page = odile.get("/desk/inquiries").content.decode()
    assert "A room" in page and "1 waits for an answer" in page
    assert "Zanzibarquokka" in odile.get(f"/desk/inquiries/{inquiry.pk}").content.decode()
    assert odile.post(f"/desk/inquiries/{inquiry.pk}", {"answer": "Yes, on Friday."}).status_code == 302
    mail = Mail.objects.get()
    assert (mail.to, mail.subject) == ("kaya@example.org", "Re: A room")
    assert mail.text.startswith("Yes, on Friday.") and "> Zanzibarquokka" in mail.text
    assert message_of(mail).extra_headers["Reply-To"] == "house@example.org"
    assert fresh(inquiry).answer == "Yes, on Friday." and fresh(inquiry).answered_at is not None
    again = odile.post(f"/desk/inquiries/{inquiry.pk}", {"answer": "No."})
    assert again.status_code == 422 and Mail.objects.count() == 1 and fresh(inquiry).answer == "Yes, on Friday."
    entry = Entry.objects.select_related("payload").latest("sequence")
    assert (entry.act, entry.payload.body) == ("contact.answered", f'{{"by":{cast.odile.pk}}}')
    assert "0 wait for an answer" in odile.get("/desk/inquiries").content.decode()


def test_an_answer_of_nothing_is_not_sent_and_what_was_typed_stays(cast: Cast) -> None:
    send()
    odile, path = signed_in(cast.odile), f"/desk/inquiries/{Inquiry.objects.get().pk}"
    assert "Write what you want to say" in error(odile.post(path, {"answer": "  "}))
    long = "y" * 10_001
    answer = odile.post(path, {"answer": long})
    assert answer.status_code == 422 and long in answer.content.decode()
    assert not Mail.objects.exists()


@pytest.mark.parametrize("who", ["ana", "chidi", "jonas"])
def test_only_operators_answer_and_state(cast: Cast, who: str) -> None:
    send()
    with pytest.raises(NotAllowed):
        inquiring.answer(Inquiry.objects.get(), text="No.", by=getattr(cast, who))
    with pytest.raises(NotAllowed):
        stating.state("terms", "Mine.", by=getattr(cast, who))
    assert not Mail.objects.exists() and not HousePage.objects.exists()


def test_what_was_answered_long_ago_is_forgotten_and_what_waits_is_not(cast: Cast) -> None:
    with at(clock.ago(days=400)):
        old = inquiring.inquire(email="a@example.org", subject="Old", text="Old.")
        inquiring.answer(old, text="Yes.", by=cast.odile)
        inquiring.inquire(email="a@example.org", subject="Waits", text="Waits.")
    recent = inquiring.inquire(email="a@example.org", subject="New", text="New.")
    inquiring.answer(recent, text="Yes.", by=cast.odile)
    assert inquiring.forget() == 1
    assert set(Inquiry.objects.values_list("subject", flat=True)) == {"Waits", "New"}


# ---------------------------------------------------------------- the pages of this house


@pytest.mark.parametrize("key", ["terms", "privacy", "imprint"])
def test_a_page_says_that_it_is_not_written_until_it_is(cast: Cast, key: str) -> None:
    page = Client().get(f"/{key}")
    assert "have not written this page yet" in page.content.decode() and getattr(page, "cache_words", None)
    assert f'href="/{key}"' in Client().get("/latest").content.decode()
    odile = signed_in(cast.odile)
    preview = odile.post(f"/desk/pages/{key}", {"text": "Be **kind**.", "act": "preview"}).content.decode()
    assert "Be <strong>kind</strong>." in preview and "Be **kind**." in preview and not HousePage.objects.exists()
    assert odile.post(f"/desk/pages/{key}", {"text": "Be **kind**.", "act": "save"})["Location"] == f"/{key}"
    page_text = Client().get(f"/{key}").content.decode()
    assert "Be <strong>kind</strong>." in page_text and "have not written" not in page_text
    assert "Be **kind**." in odile.get(f"/desk/pages/{key}").content.decode()
    odile.post(f"/desk/pages/{key}", {"text": "  ", "act": "save"})
    assert "have not written this page yet" in Client().get(f"/{key}").content.decode()


def test_the_facts_of_the_software_stand_under_privacy_whatever_is_written(cast: Cast) -> None:
    assert "argon2" in Client().get("/privacy").content.decode()
    stating.state("privacy", "Ours.", by=cast.odile)
    page = Client().get("/privacy").content.decode()
    assert "Ours." in page and "argon2" in page


def test_a_change_stands_on_the_record_and_no_change_does_not(cast: Cast) -> None:
    stating.state("terms", "Be kind.", by=cast.odile)
    stating.state("terms", "Be kind.\r\n", by=cast.odile)
    (entry,) = Entry.objects.filter(act="community.change").select_related("payload")
    assert entry.payload.body == f'{{"by":{cast.odile.pk},"what":["terms"]}}'


def test_what_operators_write_is_cleaned_too_and_not_endless(cast: Cast) -> None:
    stating.state("imprint", "<script>alert(1)</script> [x](javascript:alert(1))", by=cast.odile)
    page = Client().get("/imprint").content.decode()
    assert "<script>alert" not in page and 'href="javascript' not in page
    with pytest.raises(Refusal):
        stating.state("imprint", "x" * 100_001, by=cast.odile)
    answer = signed_in(cast.odile).post("/desk/pages/imprint", {"text": "x" * 100_001, "act": "save"})
    assert answer.status_code == 422 and "x" * 100_001 in answer.content.decode()
    with pytest.raises(ValueError):
        stating.state("charter", "Mine.", by=cast.odile)
    assert signed_in(cast.odile).get("/desk/pages/charter").status_code == 404
