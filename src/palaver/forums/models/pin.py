from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member
from palaver.forums.models.thread import Thread
from palaver.kit import clock


class Pin(models.Model):
    """A thread kept on top of its forum's list: by whom, since when and why."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="pins")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    because = models.CharField(max_length=500)
    at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["thread"], condition=Q(ended_at=None), name="one_running_pin"),
        ]
