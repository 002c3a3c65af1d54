"""From a row back to the message it holds."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives

from palaver.delivery.models import Mail


def message_of(mail: Mail) -> EmailMultiAlternatives:
    """The message a row holds, for its one mailbox. Its message id is the same at every attempt."""
    headers = dict(mail.headers)
    sender = headers.pop("From", None)
    message = EmailMultiAlternatives(mail.subject, mail.text, sender, [mail.to], headers=headers)
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message
