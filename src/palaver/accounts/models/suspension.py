from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models.member import Member
from palaver.kit import clock


class Suspensions(models.QuerySet["Suspension"]):
    def running(self, at: datetime | None = None) -> Suspensions:
        """Those in force at an instant (now, unless told)."""
        instant = at or clock.now()
        return self.filter(since__lte=instant, until__gt=instant).filter(Q(ended_at=None) | Q(ended_at__gt=instant))


class Suspension(models.Model):
    """A member kept from posting, judging and holding office for a time. It lapses by itself at `until`."""

    class Office(models.TextChoices):
        OPERATOR = "operator"
        WATCH = "watch"
        JURY = "jury"

    member = models.ForeignKey(Member, models.CASCADE, related_name="suspensions")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True, help_text="Empty when a rule did it.")
    office = models.CharField(max_length=10, choices=Office.choices)
    because = models.TextField()
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)

    objects = Suspensions.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["member", "-until"], name="suspension_of_member")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gt=models.F("since")), name="suspension_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(because=""), name="suspension_has_a_reason"),
        ]
