from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member
from palaver.ballots.models.ballot import Ballot


class Elector(models.Model):
    """A member who may vote in a ballot. `has_voted` carries no time, so that a secret vote cannot be matched by it."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="electors", db_index=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    has_voted = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["ballot", "member"], name="elector_once")]


class Vote(models.Model):
    """One vote: of a member (public) or under the hash of a receipt (secret). Changed until the close, never doubled."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="cast", db_index=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="+", null=True)
    receipt_hash = models.CharField(max_length=64, null=True, help_text="SHA-256 of the receipt, hexadecimal.")
    chosen = models.JSONField(help_text="Places of the chosen options, rising.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ballot", "member"], condition=Q(member__isnull=False), name="public_vote_once"
            ),
            models.UniqueConstraint(
                fields=["ballot", "receipt_hash"], condition=Q(receipt_hash__isnull=False), name="secret_vote_once"
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=True, receipt_hash__isnull=False)
                | Q(member__isnull=False, receipt_hash__isnull=True),
                name="vote_public_or_secret",
            ),
        ]
