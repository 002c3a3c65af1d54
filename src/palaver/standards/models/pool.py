from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models import Member
from palaver.standards.models.case import Case


class JurorSetting(models.Model):
    """What a member says of serving: no row means available."""

    member = models.OneToOneField(Member, models.CASCADE, primary_key=True, related_name="+")
    is_available = models.BooleanField(default=True)
    rests_until = models.DateTimeField(null=True, help_text="After serving.")


class PoolMember(models.Model):
    """A member who may judge one case, under the pseudonym that is public. Who it is, only the member and the engine know."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="pool", db_index=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    pseudonym = models.CharField(max_length=64, help_text="HMAC-SHA256, hexadecimal.")
    ticket = models.CharField(max_length=64, help_text="HMAC-SHA256, hexadecimal; the lowest goes first.")
    seen_at = models.DateTimeField(null=True, help_text="Last time seen while the case was open.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "member"], name="in_the_pool_once"),
            models.UniqueConstraint(fields=["case", "pseudonym"], name="pseudonym_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["case", "ticket"], name="pool_by_ticket")]


class Round(models.Model):
    """One handing out of open seats: the pseudonyms that were present, and those who were offered one.

    Kept without a time, so that it proves the order of the offers (the lowest tickets among those present who had not been
    offered a seat yet) and tells nothing of when anybody was here.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="rounds", db_index=False)
    number = models.PositiveSmallIntegerField()
    present = models.JSONField(help_text="Pseudonyms, sorted, of those present who had not been offered a seat.")
    offered = models.JSONField(help_text="Pseudonyms in the order of their tickets.")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "number"], name="round_once")]
