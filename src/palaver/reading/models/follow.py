from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member
from palaver.kit import clock


class Follow(models.Model):
    """Somebody whose new posts this member wants to find: a highlight, a list and, if wished, notices."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="follows", db_index=False)
    followed = models.ForeignKey(Member, models.CASCADE, related_name="followers")
    at = models.DateTimeField(default=clock.now)
    told = models.BooleanField(default=False, help_text="A notice for each new thread of theirs.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "followed"], name="follow_once"),
            models.CheckConstraint(condition=~Q(member=models.F("followed")), name="follow_another"),
        ]
