from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member
from palaver.forums.models.thread import Thread
from palaver.kit import clock


class Lock(models.Model):
    """A thread that takes no replies: by whom, in which office, since when and why. Ended, never deleted."""

    class Office(models.TextChoices):
        HOST = "host"
        OPERATOR = "operator"
        AUTHOR = "author", "author (withdrew the original post)"
        IMPORT = "import", "the old forum"

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="locks")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    office = models.CharField(max_length=10, choices=Office.choices)
    because = models.CharField(max_length=500)
    at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Member, models.PROTECT, related_name="+", null=True, help_text="Empty when the hosts' ballot ended it."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["thread"], condition=Q(ended_at=None), name="one_running_lock"),
            models.CheckConstraint(condition=~Q(because=""), name="lock_has_a_reason"),
        ]
