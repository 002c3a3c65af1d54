"""Handing mail to the carrier, and what operators do when it does not go.

Moves of a mail's state: waiting → sending → sent; sending → waiting (this attempt failed); sending → failed (given up);
failed, sent or waiting → waiting by `resend`. A mail found in *sending* was cut off after it had perhaps been accepted.
"""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from typing import NoReturn

from django.db import transaction

from palaver.delivery.mail import carrier, reading
from palaver.delivery.models import Mail
from palaver.delivery.models.mail import MailQuerySet
from palaver.kit import clock, due

KIND = "mail"
LEASE = timedelta(minutes=10)
ATTEMPTS = 12
FOR_EVER = range(500, 600)


def enqueue(mail: Mail) -> None:
    """Have the jobs process send a mail; asked twice it is still sent once. Must be called inside a transaction."""
    due.enqueue(KIND, {"mail": mail.pk}, key=str(mail.pk))


def enqueue_waiting(since: datetime | None = None) -> int:
    """Have everything sent that has waited for a carrier, if one is configured by now. How many mails that are.

    `since` leaves older ones waiting for an operator's word: a link to reset a password is no use after days.
    """
    if carrier.configured() is None:
        return 0
    waiting = Mail.objects.waiting()
    if since is not None:
        waiting = waiting.filter(created_at__gte=since)
    count = 0
    for mail in waiting.order_by("id"):
        with transaction.atomic():
            enqueue(mail)
        count += 1
    return count


def waiting() -> MailQuerySet:
    """The mails that wait, the newest first, for the operators' desk and the demo."""
    return Mail.objects.waiting()


def send(mail_id: int) -> bool:
    """Hand one mail to the carrier. True when it has been taken, now or before; False when there is nothing to do.

    Opens a socket, so only the jobs process calls it, and never inside a transaction (RuntimeError). What the carrier
    refuses for now is raised after it has been noted; what it refuses for ever raises `due.GiveUp`.
    """
    if transaction.get_connection().in_atomic_block:
        raise RuntimeError("Mail is sent outside transactions: nobody could write while the carrier thinks.")
    mail = Mail.objects.filter(pk=mail_id).first()
    found = carrier.configured()
    if mail is None or found is None or mail.state == Mail.State.FAILED:
        return False
    if mail.state == Mail.State.SENT:
        return True
    connection = found.connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        _fail(mail_id, error, counted=False)
    try:
        if not _begin(mail_id):
            return Mail.objects.filter(pk=mail_id, state=Mail.State.SENT).exists()
        try:
            connection.send_messages([reading.message_of(mail)])
        except Exception as error:
            _fail(mail_id, error, counted=True)
        _finish(mail_id)
    finally:
        connection.close()
    return True


def resend(mail_id: int) -> bool:
    """An operator's verb: send a mail once more, whatever became of it. False when it is not there.

    One that was sent, or perhaps was, is marked as having perhaps gone twice.
    """
    with transaction.atomic():
        mail = Mail.objects.select_for_update().filter(pk=mail_id).first()
        if mail is None:
            return False
        mail.may_have_gone_twice = mail.may_have_gone_twice or mail.state in {Mail.State.SENT, Mail.State.SENDING}
        mail.state, mail.sent_at, mail.last_words, mail.attempts = Mail.State.WAITING, None, "", 0
        mail.save(update_fields=["may_have_gone_twice", "state", "sent_at", "last_words", "attempts"])
        if carrier.configured() is not None:
            enqueue(mail)
    return True


def forget(before: datetime) -> int:
    """Remove the mails that were sent before an instant: they hold names, addresses and links. How many went."""
    with transaction.atomic():
        removed, _ = Mail.objects.filter(state=Mail.State.SENT, sent_at__lt=before).delete()
    return removed


def handle(payload: dict[str, object]) -> None:
    """The handler of the kind `mail`; wiring registers it by `register`."""
    mail_id = payload["mail"]
    assert isinstance(mail_id, int)
    send(mail_id)


def register() -> None:
    """Name the handler to `kit.due`. Called once, from wiring."""
    # The mail counts its own attempts; the due row only has to outlast them.
    due.job(KIND, lease=LEASE, attempts=2 * ATTEMPTS)(handle)


def _begin(mail_id: int) -> bool:
    """Stamp the attempt before the carrier hears of the mail, so that an end in the middle leaves its trace."""
    with transaction.atomic():
        mail = Mail.objects.select_for_update().filter(pk=mail_id).first()
        if mail is None or mail.state in {Mail.State.SENT, Mail.State.FAILED}:
            return False
        if mail.state == Mail.State.SENDING:
            mail.may_have_gone_twice = True
        mail.state = Mail.State.SENDING
        mail.attempts += 1
        mail.attempted_at = clock.now()
        mail.save(update_fields=["may_have_gone_twice", "state", "attempts", "attempted_at"])
    return True


def _finish(mail_id: int) -> None:
    with transaction.atomic():
        Mail.objects.filter(pk=mail_id).update(state=Mail.State.SENT, sent_at=clock.now(), last_words="")


def _fail(mail_id: int, error: Exception, *, counted: bool) -> NoReturn:
    """Note a failed attempt and raise it again, or raise GiveUp when no other will follow."""
    with transaction.atomic():
        mail = Mail.objects.select_for_update().filter(pk=mail_id).exclude(state=Mail.State.SENT).first()
        if mail is None:
            raise due.GiveUp("The mail is gone, or was sent meanwhile.") from error
        if not counted:
            mail.attempts += 1
            mail.attempted_at = clock.now()
        final = mail.attempts >= ATTEMPTS or (counted and _for_ever(error))
        mail.last_words = _words(error)
        # A connection that broke off after the text was handed over may have delivered it all the same.
        mail.may_have_gone_twice = mail.may_have_gone_twice or (counted and _unclear(error))
        mail.state = Mail.State.FAILED if final else Mail.State.WAITING
        mail.save(update_fields=["attempts", "attempted_at", "last_words", "state", "may_have_gone_twice"])
    if final:
        raise due.GiveUp(_words(error)) from error
    raise error


def _for_ever(error: Exception) -> bool:
    """Whether the carrier said that it will never take this mail to this mailbox."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code in FOR_EVER for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False  # The operator mends the password, and the mail goes.
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code in FOR_EVER
    return isinstance(error, ValueError)


def _unclear(error: Exception) -> bool:
    return isinstance(error, smtplib.SMTPServerDisconnected | TimeoutError | ConnectionError)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        refused = ((code, words) for code, words in error.recipients.values())
        return "; ".join(f"{code} {_text(words)}" for code, words in refused)
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
