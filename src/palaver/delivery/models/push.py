"""One thing told to one browser."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from palaver.delivery.models.endpoint import Endpoint
from palaver.kit import clock


class PushQuerySet(models.QuerySet["Push"]):
    """Lists of pushes."""

    def in_trouble(self) -> PushQuerySet:
        """What an operator should look at: given up, cut off, or perhaps sent twice."""
        return self.filter(Q(state__in=[Push.State.FAILED, Push.State.SENDING]) | Q(may_have_gone_twice=True)).order_by(
            "-created_at", "-id"
        )


class Push(models.Model):
    """A push as it was written, and how far it has come; the moves of the state are those of a mail.

    `payload` is what the browser's worker is given, encrypted only when it is sent. A second push with the same `topic`
    takes the place of one that still waits at the push service, so one that goes twice is shown once.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="pushes")
    payload = models.JSONField(default=dict)
    topic = models.CharField(max_length=32, blank=True, default="")
    seconds_kept = models.PositiveIntegerField(default=86400, help_text="How long the push service keeps it (TTL).")
    created_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_words = models.TextField(blank=True, default="")
    may_have_gone_twice = models.BooleanField(default=False)

    objects = PushQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"], name="push_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="push_sent_at_when_sent",
            )
        ]

    def __str__(self) -> str:
        return f"push {self.pk} to {self.endpoint_id}"
