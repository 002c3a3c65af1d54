from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models.member import Member
from palaver.kit import clock


class Application(models.Model):
    """Somebody who asked to join while sign-up is by approval: the account exists, but is not claimed until it is let in."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="application")
    question = models.CharField(max_length=300, help_text="As it was asked.")
    answer = models.TextField(blank=True, default="")
    at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    admitted = models.BooleanField(null=True, help_text="Empty while undecided.")
    because = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"], condition=Q(decided_at=None), name="application_waiting")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_at=None, admitted=None) | Q(decided_at__isnull=False, admitted__isnull=False),
                name="application_decided_whole",
            ),
        ]
