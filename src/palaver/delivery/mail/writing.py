"""From Django's message to rows."""

from __future__ import annotations

from django.core.mail import EmailMessage
from django.core.mail.message import sanitize_address
from django.db import transaction

from palaver.delivery.mail import carrier, sending
from palaver.delivery.models import Mail

# Written by Django itself when the message is built again, or not for other eyes.
NOT_KEPT = frozenset({"subject", "from", "content-type", "content-transfer-encoding", "mime-version", "bcc"})


def write(message: EmailMessage) -> list[Mail]:
    """Write one row per mailbox, in the caller's transaction if there is one, and have it sent if a carrier is there.

    Raises what Django raises for bad headers and addresses, and ValueError for what rows cannot hold (attachments,
    alternatives other than HTML), so that the writer learns of it and nothing is dropped quietly.
    """
    text, html = _bodies(message)
    built = message.message()  # Refuses line breaks in headers, and makes date and message id once for all attempts.
    headers = {name: str(value) for name, value in built.items() if name.lower() not in NOT_KEPT}
    sender = str(message.extra_headers.get("From", message.from_email))
    rows = [
        Mail(
            to=mailbox,
            subject=str(message.subject),
            text=text,
            html=html,
            headers={**headers, "From": sender},
        )
        for mailbox in _mailboxes(message)
    ]
    with transaction.atomic():
        for row in rows:
            row.full_clean(validate_constraints=False)
            row.save(force_insert=True)
        if carrier.configured() is not None:
            for row in rows:
                sending.enqueue(row)
    return rows


def _bodies(message: EmailMessage) -> tuple[str, str]:
    if message.attachments:
        raise ValueError("Mail is kept as rows of text; put a link in it, not an attachment.")
    html = ""
    for content, mimetype in getattr(message, "alternatives", []):
        if mimetype != "text/html" or html:
            raise ValueError(f"A mail has one text and one HTML part; {mimetype} is one too many.")
        html = str(content)
    if message.content_subtype == "html":
        if html:
            raise ValueError("A mail has one text and one HTML part; this one has two of HTML.")
        return "", str(message.body)
    return str(message.body), html


def _mailboxes(message: EmailMessage) -> list[str]:
    """Every receiver once, as a bare address in the order given; To, Cc and Bcc alike."""
    bare = (sanitize_address(receiver, "utf-8").rpartition("<")[2].rstrip(">") for receiver in message.recipients())
    return list(dict.fromkeys(bare))
