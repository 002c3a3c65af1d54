"""The table of jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from palaver.kit import clock


class DueQuerySet(models.QuerySet["Due"]):
    """Lists of dues."""

    def ready(self, at: datetime) -> DueQuerySet:
        """What may be run at an instant: due, not given up, and in nobody's lease."""
        return self.filter(gave_up_at=None, due_at__lte=at).filter(Q(leased_until=None) | Q(leased_until__lte=at))


class Due(models.Model):
    """One thing to be done. Removed when it is done; kept with its last words when it was given up."""

    kind = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=100, blank=True, default="")
    asked_again = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    last_words = models.TextField(blank=True, default="")
    gave_up_at = models.DateTimeField(null=True, blank=True)

    objects = DueQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["due_at", "id"], condition=Q(gave_up_at=None), name="due_ready")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(gave_up_at=None) & ~Q(key=""), name="due_one_per_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key or self.pk}"

    @property
    def wish(self) -> dict[str, Any]:
        """The payload as the handler gets it."""
        return dict(self.payload)
