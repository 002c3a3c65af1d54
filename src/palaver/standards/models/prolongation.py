from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member, Suspension
from palaver.kit import clock
from palaver.standards.models.case import Case


class Prolongation(models.Model):
    """An operator's request that a running suspension last longer than a rule may give. A jury of an appeal's size decides.

    The member has a day to answer it; its case is opened with the answer, or after that day.
    """

    suspension = models.OneToOneField(Suspension, models.PROTECT, related_name="+")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    because = models.TextField(help_text="The operator's side. Plain text.")
    until = models.DateTimeField(help_text="The end that is asked for.")
    at = models.DateTimeField(default=clock.now)
    answer = models.TextField(blank=True, default="", help_text="The member's side. Plain text.")
    answer_by = models.DateTimeField(help_text="The case opens then at the latest.")
    case = models.OneToOneField(Case, models.PROTECT, related_name="prolongation", null=True)
    given = models.OneToOneField(Suspension, models.PROTECT, related_name="+", null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["answer_by"], condition=Q(case=None), name="prolongation_to_open"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(because=""), name="prolongation_has_a_reason"),
        ]
