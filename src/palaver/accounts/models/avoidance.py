from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models.member import Member
from palaver.kit import clock


class Avoidance(models.Model):
    """Somebody who must never sit on a jury about `member`. Known to that member alone; the other is never told."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="avoidances")
    avoided = models.ForeignKey(Member, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "avoided"], name="avoidance_once"),
            models.CheckConstraint(condition=~models.Q(member=models.F("avoided")), name="avoidance_of_another"),
        ]
