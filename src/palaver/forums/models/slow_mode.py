from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from palaver.accounts.models import Member
from palaver.kit import clock


class SlowMode(models.Model):
    """During a raid: newcomers may write one post in so many minutes. Set by two watchers, for 24 hours at most."""

    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    second = models.ForeignKey(Member, models.PROTECT, related_name="+")
    because = models.CharField(max_length=500)
    minutes = models.PositiveSmallIntegerField(default=60, help_text="A newcomer's pause between two posts.")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="slow_mode_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(by=F("second")), name="slow_mode_takes_two"),
            models.CheckConstraint(condition=~Q(because=""), name="slow_mode_has_a_reason"),
        ]
