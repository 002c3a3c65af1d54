from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models import Member, Suspension
from palaver.kit import clock
from palaver.standards.models.verdict import Verdict


class Consequence(models.Model):
    """What removals had for their author, in proportion. Undone when the verdict that set it off is overturned."""

    class Kind(models.TextChoices):
        NOTICE = "notice"
        WARNING = "warning", "the warning letter"
        COOLDOWN = "cooldown", "24 hours"
        SUSPENSION = "suspension", "until the oldest removal is 90 days old, at most 30 days"

    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    verdict = models.ForeignKey(Verdict, models.PROTECT, related_name="consequences")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    suspension = models.OneToOneField(Suspension, models.PROTECT, related_name="+", null=True)
    removals = models.JSONField(default=list, help_text="Ids of the removals that were counted.")
    at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["member", "-at"], name="consequence_of_member")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["verdict", "kind"], name="consequence_once")]
