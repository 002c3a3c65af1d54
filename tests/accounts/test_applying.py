"""Joining by approval: asked, waiting, let in or refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from palaver.accounts import applying
from palaver.accounts.models import Application, Member
from palaver.community import settling
from palaver.delivery.models import Mail
from palaver.forums.models import PostBody
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.record.models import Entry, Payload
from tests.cast import Cast, fresh, signed_in
from tests.forums.test_races import at_once

FORM = {
    "username": "Nadia",
    "password1": "a heron on the weir",
    "email": "nadia@example.org",
    "answer": "Bread and rivers.",
}


@pytest.fixture(autouse=True)
def mail_as_rows(settings: Any) -> None:
    """Django's test runner puts another backend in the place of ours."""
    settings.EMAIL_BACKEND = "palaver.delivery.mail.backend.RowBackend"


@pytest.fixture
def guest(cast: Cast) -> Client:
    settling.settle(by=cast.odile, sign_up="approval", question="What do you bake?")
    return Client(headers={"sec-fetch-site": "same-origin"})


def asked(guest: Client) -> Application:
    answer = guest.post("/account/signup/", FORM)
    assert (answer.status_code, answer["Location"]) == (302, "/account/applied")
    return Application.objects.get()


def sign_in(guest: Client) -> str:
    given = {"login": "Nadia", "password": FORM["password1"]}
    return guest.post("/account/login/", given, follow=True).content.decode()


def test_the_form_asks_the_question_and_the_account_waits(guest: Client) -> None:
    assert "What do you bake?" in guest.get("/account/signup/").content.decode()
    row = asked(guest)
    assert (row.question, row.answer, row.member.is_active) == ("What do you bake?", "Bread and rivers.", False)
    assert "nobody has decided yet" in sign_in(guest)
    assert "_auth_user_id" not in guest.session
    assert Client().get("/m/Nadia").status_code == 404


def test_without_an_answer_nothing_is_sent(guest: Client) -> None:
    answer = guest.post("/account/signup/", {**FORM, "answer": " "})
    assert answer.status_code == 200 and 'value="Nadia"' in answer.content.decode()
    assert not Member.objects.filter(name="Nadia").exists()


def test_an_operator_lets_somebody_in(guest: Client, cast: Cast) -> None:
    row = asked(guest)
    applying.admit(row, by=cast.odile)
    assert fresh(row).admitted and fresh(row.member).is_active
    mail = Mail.objects.get()
    assert mail.to == "nadia@example.org" and "let in" in mail.text
    assert "Nadia" in sign_in(guest) and "_auth_user_id" in guest.session
    entry = Entry.objects.get(act="application.admit")
    assert entry.subject == f"member:{row.member_id}" and "Bread" not in (Payload.objects.get(entry=entry).body or "")
    assert Client().get("/m/Nadia").status_code == 200


def test_an_operator_refuses_with_a_reason_that_the_record_does_not_tell(guest: Client, cast: Cast) -> None:
    row = asked(guest)
    with pytest.raises(Refusal, match="Say why") as refused:
        applying.refuse(row, by=cast.odile, because=" ")
    assert refused.value.field == "because"
    applying.refuse(row, by=cast.odile, because="Only bakers.")
    assert "Only bakers." in Mail.objects.get().text
    assert "Only bakers." in sign_in(guest)
    entry = Entry.objects.get(act="application.refuse")
    told = Payload.objects.get(entry=entry).body or ""
    assert (
        entry.subject == f"application:{row.pk}"
        and "Only bakers" not in told
        and str(row.member_id) not in told.split(":")
    )
    with pytest.raises(Refusal, match="decided already"):
        applying.refuse(row, by=cast.odile, because="Twice.")
    applying.admit(row, by=cast.odile)
    assert fresh(row.member).is_active


def test_a_wrong_password_is_not_told_how_it_stands(guest: Client) -> None:
    asked(guest)
    page = guest.post("/account/login/", {"login": "Nadia", "password": "something else entirely"}, follow=True)
    assert "nobody has decided" not in page.content.decode()


def test_only_operators_decide(guest: Client, cast: Cast) -> None:
    row = asked(guest)
    for act in (lambda: applying.admit(row, by=cast.ana), lambda: applying.refuse(row, by=cast.chidi, because="No.")):
        with pytest.raises(NotAllowed):
            act()
    assert fresh(row).decided_at is None


def test_somebody_without_an_address_gets_no_mail(guest: Client, cast: Cast) -> None:
    guest.post("/account/signup/", {**FORM, "email": ""})
    applying.admit(Application.objects.get(), by=cast.odile)
    assert not Mail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_operators_at_once_one_lets_in(guest: Client, cast: Cast) -> None:
    row = asked(guest)
    done = at_once(*(lambda: applying.admit(row, by=cast.odile) for _ in range(16)))
    assert sum(isinstance(one, Application) for one in done) == 1
    assert Entry.objects.filter(act="application.admit").count() == 1 and Mail.objects.count() == 1


def test_the_desk_lists_answers_and_decides(guest: Client, cast: Cast) -> None:
    row = asked(guest)
    odile = signed_in(cast.odile)
    page = odile.get("/desk/applications").content.decode()
    assert "Bread and rivers." in page and "nadia@example.org" in page
    assert '<span class="count">1' in page
    refused = odile.post("/desk/applications", {"act": "refuse", "application": row.pk, "because": ""})
    assert refused.status_code == 422 and "Say why" in refused.content.decode()
    assert odile.post("/desk/applications", {"act": "admit", "application": row.pk}).status_code == 302
    assert fresh(row).admitted
    gone = odile.post("/desk/applications", {"act": "admit", "application": "99999"})
    assert gone.status_code == 422 and "no such application" in gone.content.decode()


def test_who_waits_is_named_and_met_nowhere(guest: Client, cast: Cast) -> None:
    application = asked(guest)
    thread = cast.thread()
    ana = signed_in(cast.ana)

    def met() -> list[bool]:
        post = cast.reply(thread, text="What do you say, @Nadia?")
        completed = ana.get("/completion", {"place": f"reply:{thread.pk}", "q": "@Nad"}).json()["found"]
        return [
            "/m/Nadia" in PostBody.objects.get(post=post).html,
            post.mentions.exists(),
            completed != [],
            ana.get("/m/Nadia").status_code == 200,
            ana.post("/me/following", {"name": "Nadia"}).status_code == 302,
        ]

    assert met() == [False] * 5
    applying.admit(application, by=cast.odile)
    assert met() == [True] * 5
