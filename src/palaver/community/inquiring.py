"""Writing to the operators at /contact, with an account or without, and answering from their desk.

The text stays between the writer and the operators; that something was received and answered stands on the record.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from ipaddress import ip_address

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from palaver.community.events import InquiryAnswered, InquiryReceived
from palaver.community.models import Inquiry
from palaver.community.reads import about
from palaver.community.stating import Actor, may_state
from palaver.delivery.mail import writing
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text import letters, subjects

LONGEST = 10_000
"""Characters of an inquiry and of its answer."""

AN_HOUR = timedelta(hours=1)
EACH = 5
"""Inquiries an hour from one client address, counted in each page worker: nothing about the address is stored."""
ALL = 60
"""Inquiries an hour from everybody together, so that a flood fills neither desk nor record."""
KEPT = timedelta(days=365)
"""How long an answered inquiry is kept."""


class TooMany(Refusal):
    """So much has been written within the hour that more would bury it."""

    status = 429


def inquire(*, email: str, subject: str, text: str, name: str = "", sender: str = "") -> Inquiry:
    """Store what somebody writes to the operators and return it; the same words again within a day are the same inquiry.

    `sender` is the client's address, which is only counted by. A copy goes to the community's contact address if there
    is one and mail is configured. Raises Refusal naming the field, or TooMany.
    """
    name = subjects.visible(letters.storable(name)[:400])
    if len(name) > 80:
        raise Refusal(_("This name has more than 80 characters. A shorter one will do."), field="name")
    email = _address(email)
    subject = subjects.clean(letters.storable(subject))
    text = _fit(text)
    now = clock.now()
    with transaction.atomic():
        again = Inquiry.objects.filter(email=email, subject=subject, text=text, at__gt=now - timedelta(days=1)).first()
        if again is not None:
            return again
        _count(sender, now)
        inquiry = Inquiry.objects.create(name=name, email=email, subject=subject, text=text, at=now)
        contact = about().contact
        if contact and settings.PALAVER_MAIL_URL:
            writing.write(_copy(inquiry, contact))
        events.publish(InquiryReceived(inquiry.pk))
    return inquiry


def answer(inquiry: Inquiry, *, text: str, by: Actor) -> Inquiry:
    """Answer by mail. An inquiry is answered once; what else there is to say is said in the mails that follow.

    Raises NotAllowed, or Refusal when there is nothing to send or it has been answered.
    """
    may_state(by).or_refuse()
    text = _fit(text)
    with transaction.atomic():
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry.pk)
        if inquiry.answered_at is not None:
            raise Refusal(_("This has been answered already. Your text was not sent."))
        inquiry.answer, inquiry.answered_at = text, clock.now()
        inquiry.save(update_fields=["answer", "answered_at"])
        writing.write(_reply(inquiry))
        events.publish(InquiryAnswered(inquiry.pk, by.pk))
    return inquiry


def forget() -> int:
    """Delete what was answered more than `KEPT` ago; returns how many. What waits for an answer is kept."""
    with transaction.atomic():
        return Inquiry.objects.filter(answered_at__lt=clock.now() - KEPT).delete()[0]


def _address(email: str) -> str:
    email = letters.storable(email).strip()
    try:
        validate_email(email)
    except ValidationError:
        raise Refusal(
            _("This is not an e-mail address we could answer to. Look at it once more, for instance name@example.org."),
            field="email",
        ) from None
    if len(email) > 254:
        raise Refusal(_("This e-mail address is longer than addresses can be."), field="email")
    return email


def _fit(text: str) -> str:
    text = letters.storable(text).replace("\r\n", "\n").strip()
    if not text:
        raise Refusal(_("Write what you want to say."), field="text")
    if len(text) > LONGEST:
        raise Refusal(
            _("This text has %(length)s characters; %(longest)s fit. Shorten it, or put the rest in a second one.")
            % {"length": f"{len(text):,}", "longest": f"{LONGEST:,}"},
            field="text",
        )
    return text


def _count(sender: str, now: datetime) -> None:
    """Raises TooMany when this sender, or everybody together, has written enough for now."""
    if Inquiry.objects.filter(at__gt=now - AN_HOUR).count() >= ALL:
        raise TooMany(
            _(
                "Very many people are writing to the operators just now. Keep your text and send it in an hour, or write by mail."
            )
        )
    if sender:
        key = _counted_by(sender)
        cache.add(key, 0, AN_HOUR.total_seconds())
        if cache.incr(key) > EACH:
            raise TooMany(
                _(
                    "%(each)s inquiries have come from your connection within the hour. Keep your text and send it later."
                )
                % {"each": EACH}
            )


def _counted_by(sender: str) -> str:
    """What a client address is counted by: a hash, and of an IPv6 address the network it lies in."""
    try:
        address = ip_address(sender)
    except ValueError:
        where = sender
    else:
        where = str(address) if address.version == 4 else address.exploded[:19]
    return "inquiry:" + hashlib.blake2b(where.encode(), key=settings.SECRET_KEY.encode()[:64]).hexdigest()[:32]


def _copy(inquiry: Inquiry, contact: str) -> EmailMessage:
    who = f"{inquiry.name} <{inquiry.email}>" if inquiry.name else inquiry.email
    lines = [
        _("%(who)s writes:") % {"who": who},
        "",
        inquiry.text,
        "",
        _("Answer at the desk, so that the other operators see it: %(address)s")
        % {"address": f"{settings.PALAVER_ORIGIN}/desk/inquiries/{inquiry.pk}"},
    ]
    return EmailMessage(inquiry.subject, "\n".join(lines), to=[contact], reply_to=[inquiry.email])


def _reply(inquiry: Inquiry) -> EmailMessage:
    contact = about().contact
    quoted = "\n".join(f"> {line}".rstrip() for line in inquiry.text.split("\n"))
    body = f"{inquiry.answer}\n\n{_('You wrote:')}\n\n{quoted}\n"
    return EmailMessage(f"Re: {inquiry.subject}", body, to=[inquiry.email], reply_to=[contact] if contact else None)
