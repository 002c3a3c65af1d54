from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models import Member
from palaver.forums.models import Removal
from palaver.kit import clock
from palaver.standards.models.case import Case


class Verdict(models.Model):
    """How a case was decided. One a case; what it set off (a removal, its end, a suspension) names it."""

    class Outcome(models.TextChoices):
        REMOVED = "removed"
        STAYS = "stays"
        CORRECTED = "corrected", "the passage is gone; corrected by the author"
        UPHELD = "upheld", "an appeal changed nothing"
        OVERTURNED = "overturned", "an appeal undid it"

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="verdict")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    removal = models.ForeignKey(Removal, models.PROTECT, related_name="+", null=True)
    by = models.ForeignKey(
        Member, models.PROTECT, related_name="+", null=True, help_text="The host or operator, where there was no jury."
    )
    because = models.CharField(max_length=1000, blank=True, default="", help_text="Their reason.")
    clearly_breaks = models.PositiveSmallIntegerField(default=0)
    breaks = models.PositiveSmallIntegerField(default=0)
    keeps = models.PositiveSmallIntegerField(default=0)
    clearly_keeps = models.PositiveSmallIntegerField(default=0)
    empty_seats = models.PositiveSmallIntegerField(default=0)
    entry = models.PositiveBigIntegerField(help_text="The record entry.")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at"], name="verdict_newest")]

    @property
    def for_removal(self) -> int:
        return self.clearly_breaks + self.breaks

    @property
    def votes(self) -> int:
        return self.for_removal + self.keeps + self.clearly_keeps

    @property
    def is_unanimous(self) -> bool:
        return self.votes > 0 and self.for_removal in {0, self.votes} and not self.empty_seats
