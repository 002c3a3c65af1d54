from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member, Suspension
from palaver.forums.models import Block, Lock
from palaver.kit import clock
from palaver.standards.models.case import Case


class Appeal(models.Model):
    """A member contests a removal, a suspension, a block or a lock before a fresh, larger jury. `case` is that jury's."""

    class Against(models.TextChoices):
        REMOVAL = "removal"
        SUSPENSION = "suspension"
        BLOCK = "block"
        LOCK = "lock"

    class Outcome(models.TextChoices):
        WON = "won"
        LOST = "lost"

    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    against = models.CharField(max_length=10, choices=Against.choices)
    of_case = models.ForeignKey(Case, models.PROTECT, related_name="appeals", null=True)
    suspension = models.ForeignKey(Suspension, models.PROTECT, related_name="+", null=True)
    block = models.ForeignKey(Block, models.PROTECT, related_name="+", null=True)
    lock = models.ForeignKey(Lock, models.PROTECT, related_name="+", null=True)
    words = models.TextField(help_text="The appellant's side. Plain text.")
    other_side = models.TextField(blank=True, default="", help_text="What the jury's reasons or the office said.")
    case = models.OneToOneField(Case, models.PROTECT, related_name="appeal")
    outcome = models.CharField(max_length=4, choices=Outcome.choices, blank=True, default="")
    at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["by", "-at"], name="appeal_by")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["by"], condition=Q(decided_at=None), name="one_open_appeal_a_member"),
            models.UniqueConstraint(fields=["of_case"], condition=Q(of_case__isnull=False), name="one_appeal_a_case"),
        ]
