"""One letter to one mailbox."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from palaver.kit import clock


class MailQuerySet(models.QuerySet["Mail"]):
    """Lists of mails."""

    def waiting(self) -> MailQuerySet:
        """Not sent yet, the newest first."""
        return self.filter(state=Mail.State.WAITING).order_by("-created_at", "-id")

    def in_trouble(self) -> MailQuerySet:
        """What an operator should look at: given up, cut off, or perhaps sent twice."""
        return self.filter(Q(state__in=[Mail.State.FAILED, Mail.State.SENDING]) | Q(may_have_gone_twice=True)).order_by(
            "-created_at", "-id"
        )


class Mail(models.Model):
    """A mail as it was written, and how far it has come. Legal moves of the state are in `delivery.mail.sending`."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"

    to = models.CharField(max_length=320)
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_words = models.TextField(blank=True, default="")
    may_have_gone_twice = models.BooleanField(default=False)

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"], name="mail_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="mail_sent_at_when_sent",
            )
        ]

    def __str__(self) -> str:
        return f"mail {self.pk} to {self.to}"
