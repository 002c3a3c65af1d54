"""What Django's EMAIL_BACKEND names: mail becomes rows instead of a connection."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from palaver.delivery.mail import writing


class RowBackend(BaseEmailBackend):
    """Writes rows in the caller's transaction: rolled back with it, or sent once it is committed."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write every message, all or none; the count of messages that had a receiver.

        `fail_silently` is not obeyed: a row that cannot be written is a fault of ours and not of the mail's way.
        """
        with transaction.atomic():
            return sum(bool(writing.write(message)) for message in email_messages if message.recipients())
