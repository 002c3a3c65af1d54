"""Mail as rows: written with the verb, sent once, and honest about what is not known."""

from __future__ import annotations

import signal
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives, send_mail
from django.db import transaction

from palaver.delivery.mail import carrier as carriers
from palaver.delivery.mail import sending
from palaver.delivery.models import Mail
from palaver.kit import clock, due
from palaver.kit.due import handling
from palaver.kit.due.models import Due
from tests.delivery.conftest import Postbox
from tests.kit.conftest import Start

pytestmark = pytest.mark.django_db(transaction=True)

ANA = "ana@example.org"
BRAM = "bram@example.org"
HOUSE = "Palaver <house@example.org>"


@pytest.fixture(autouse=True)
def only_the_mail_handler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(handling, "_handlings", {})
    monkeypatch.setenv("PALAVER_HOME", str(tmp_path))
    sending.register()


def write(subject: str = "Your seat", to: str = ANA, text: str = "Grüße, Ana.\n") -> Mail:
    send_mail(subject, text, HOUSE, [to])
    return Mail.objects.latest("id")


def test_without_a_carrier_mail_waits_and_can_be_read() -> None:
    mail = write()
    assert list(sending.waiting()) == [mail]
    assert (mail.to, mail.subject, mail.text, mail.state) == (ANA, "Your seat", "Grüße, Ana.\n", "waiting")
    assert not Due.objects.exists()
    assert not sending.send(mail.pk)
    assert sending.enqueue_waiting() == 0


def test_mail_is_rolled_back_with_its_verb(carrier: Postbox) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write()
        raise ZeroDivisionError
    assert not Mail.objects.exists()
    assert due.sweep() == 0


def test_mail_reaches_the_carrier_once_as_it_was_written(carrier: Postbox) -> None:
    message = EmailMultiAlternatives(
        "Für Ana: Prüfung", "plain", HOUSE, [f"Ana <{ANA}>"], reply_to=["desk@example.org"], headers={"X-Kind": "seat"}
    )
    message.attach_alternative("<p>rich</p>", "text/html")
    assert message.send() == 1
    assert due.sweep() == 1
    assert due.sweep() == 0
    ((sender, receivers, letter),) = carrier.letters
    assert sender == "house@example.org"
    assert receivers == [ANA]
    assert letter["Subject"] == "Für Ana: Prüfung"
    assert letter["To"] == f"Ana <{ANA}>"
    assert letter["From"] == HOUSE
    assert letter["Reply-To"] == "desk@example.org"
    assert letter["X-Kind"] == "seat"
    for name in ("To", "From", "Subject", "Message-ID", "Date"):
        assert len(letter.get_all(name)) == 1  # type: ignore[arg-type]
    assert letter.get_body(("plain",)).get_content().strip() == "plain"  # type: ignore[union-attr]
    assert letter.get_body(("html",)).get_content().strip() == "<p>rich</p>"  # type: ignore[union-attr]
    mail = Mail.objects.get()
    assert (mail.state, mail.attempts, mail.may_have_gone_twice) == ("sent", 1, False)
    assert mail.sent_at is not None
    assert sending.send(mail.pk), "asked again it says that it is gone"
    assert len(carrier.letters) == 1


def test_each_mailbox_has_its_own_row_and_hidden_ones_stay_hidden(carrier: Postbox) -> None:
    EmailMessage("Hello", "all", HOUSE, [ANA], cc=[BRAM], bcc=["chidi@example.org", ANA]).send()
    assert [mail.to for mail in Mail.objects.order_by("id")] == [ANA, BRAM, "chidi@example.org"]
    due.sweep()
    assert [receivers for _, receivers, _ in carrier.letters] == [[ANA], [BRAM], ["chidi@example.org"]]
    for _, _, letter in carrier.letters:
        assert "chidi" not in letter.as_string()
        assert letter["Cc"] == BRAM


def test_what_a_row_cannot_hold_is_refused_where_it_is_written() -> None:
    message = EmailMessage("Hello", "text", HOUSE, [ANA])
    message.attach("plan.txt", "x", "text/plain")
    with pytest.raises(ValueError, match="attachment"):
        message.send()
    with pytest.raises(BadHeaderError):
        write(subject="Hello\nBcc: jonas@example.org")
    assert EmailMessage("Hello", "nobody", HOUSE, []).send() == 0
    assert not Mail.objects.exists()


def test_a_carrier_that_is_away_is_asked_again_later(settings: Any, postbox: Postbox) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        settings.PALAVER_MAIL_URL = f"smtp://127.0.0.1:{unheard.getsockname()[1]}?timeout=2"
        mail = write()
        due.sweep()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.may_have_gone_twice) == ("waiting", 1, False)
    assert "ConnectionRefusedError" in mail.last_words
    settings.PALAVER_MAIL_URL = f"smtp://127.0.0.1:{postbox.port}"
    with clock.stopped_at(clock.now() + timedelta(minutes=1)):
        due.sweep()
    mail.refresh_from_db()
    assert (mail.state, mail.last_words) == ("sent", "")
    assert len(postbox.letters) == 1


def test_a_mailbox_that_is_gone_for_ever_is_not_tried_again(carrier: Postbox) -> None:
    carrier.refuse[ANA] = "550 No such person here"
    mail = write()
    due.sweep()
    mail.refresh_from_db()
    assert (mail.state, mail.last_words) == ("failed", "550 No such person here")
    assert list(Mail.objects.in_trouble()) == [mail]
    assert due.given_up().count() == 1
    carrier.refuse.clear()
    assert sending.resend(mail.pk)
    due.sweep()
    mail.refresh_from_db()
    assert (mail.state, mail.may_have_gone_twice) == ("sent", False)


def test_a_mailbox_that_is_full_for_now_is_tried_again(carrier: Postbox) -> None:
    carrier.answer = "452 Mailbox full"
    mail = write()
    due.sweep()
    mail.refresh_from_db()
    assert (mail.state, mail.last_words) == ("waiting", "452 Mailbox full")
    at = clock.now()
    for _ in range(sending.ATTEMPTS):
        at += timedelta(hours=2)
        with clock.stopped_at(at):
            due.sweep()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("failed", sending.ATTEMPTS)


def test_sending_again_what_was_sent_says_that_it_may_be_twice(carrier: Postbox) -> None:
    mail = write()
    due.sweep()
    assert sending.resend(mail.pk)
    due.sweep()
    mail.refresh_from_db()
    assert mail.may_have_gone_twice
    first, second = carrier.letters
    assert first[2]["Message-ID"] == second[2]["Message-ID"], "so that the receiver's house may know it again"
    assert not sending.resend(999_999)


def test_sending_inside_a_transaction_is_refused(carrier: Postbox) -> None:
    mail = write()
    with pytest.raises(RuntimeError, match="outside transactions"), transaction.atomic():
        sending.send(mail.pk)


def test_what_waited_is_sent_once_a_carrier_is_there(carrier: Postbox, settings: Any) -> None:
    told, settings.PALAVER_MAIL_URL = settings.PALAVER_MAIL_URL, ""
    with clock.stopped_at(clock.now() - timedelta(days=3)):
        write("old")
    write("new")
    settings.PALAVER_MAIL_URL = told
    assert sending.enqueue_waiting(since=clock.ago(days=1)) == 1
    assert sending.enqueue_waiting(since=clock.ago(days=1)) == 1
    due.sweep()
    assert [letter["Subject"] for _, _, letter in carrier.letters] == ["new"]
    assert sending.enqueue_waiting() == 1


def test_sent_mail_is_forgotten_after_its_time(carrier: Postbox) -> None:
    write("sent")
    due.sweep()
    carrier.answer = "452 later"
    write("waits")
    due.sweep()
    assert sending.forget(clock.now() + timedelta(seconds=1)) == 1
    assert [mail.subject for mail in Mail.objects.all()] == ["waits"]


SENDING = """
    from palaver.delivery.mail import sending
    if sys.argv[3] == "die":
        # The carrier has accepted, and the process ends before it can say so.
        sending._finish = lambda mail_id: os.kill(os.getpid(), 9)
    sending.send(int(sys.argv[2]))
"""


def test_death_between_acceptance_and_our_note_is_visible(
    carrier: Postbox, settings: Any, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = write()
    monkeypatch.setenv("PALAVER_MAIL_URL", settings.PALAVER_MAIL_URL)
    assert start(SENDING, mail.pk, "die").wait() == -signal.SIGKILL
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("sending", 1)
    assert mail.attempted_at is not None
    assert list(Mail.objects.in_trouble()) == [mail]
    assert start(SENDING, mail.pk, "live").wait() == 0
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.may_have_gone_twice) == ("sent", 2, True)
    assert len(carrier.letters) == 2


def test_the_address_of_a_carrier_is_read() -> None:
    found = carriers.parse("smtp://ana%40example.org:p%2Fw%3A@mail.example.org:2525?tls=starttls&timeout=7")
    assert found == carriers.Carrier("mail.example.org", 2525, "ana@example.org", "p/w:", starttls=True, timeout=7.0)
    assert "p/w" not in repr(found)
    assert carriers.parse("smtps://mail.example.org") == carriers.Carrier("mail.example.org", 465, tls=True)
    assert carriers.parse("smtp://mail.example.org").starttls, "a word on the wire is never in clear by default"
    assert not carriers.parse("smtp://localhost:25").starttls
    assert not carriers.parse("smtp://mail.example.org?tls=none").starttls


@pytest.mark.parametrize(
    "address",
    [
        "mail.example.org",
        "http://u:hush@mail.example.org",
        "smtp://u:hush@",
        "smtp://u:hush@h:99999",
        "smtp://u:hush@h:x",
        "smtp://u:hush@h?tls=perhaps",
        "smtp://u:hush@h?timeout=long",
        "smtp://u:hush@h?timeout=nan",
        "smtp://u:hush@h?speed=9",
        "smtp://u:hu/sh@h",
        "smtp://u:hush@[h",
    ],
)
def test_a_wrong_address_gets_a_sentence_without_the_password(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="PALAVER_MAIL_URL") as caught:
        carriers.parse(address)
    assert "hush" not in str(caught.value)
    assert "sh@" not in str(caught.value)
