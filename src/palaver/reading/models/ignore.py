from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member
from palaver.kit import clock


class Ignore(models.Model):
    """Somebody whose posts fold to one line for this member, and whose acts make no notices. The other is never told."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="ignores", db_index=False)
    ignored = models.ForeignKey(Member, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "ignored"], name="ignore_once"),
            models.CheckConstraint(condition=~Q(member=models.F("ignored")), name="ignore_another"),
        ]
