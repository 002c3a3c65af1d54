from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.kit import clock
from palaver.standards.models.case import Case
from palaver.standards.models.pool import PoolMember


class Seat(models.Model):
    """A seat offered to one of the pool: open for five minutes, then taken for fifteen, then voted – or given to another."""

    class State(models.TextChoices):
        OFFERED = "offered"
        TAKEN = "taken"
        VOTED = "voted"
        DECLINED = "declined"
        LAPSED = "lapsed", "not answered, or not voted in time"
        RECUSED = "recused", "'I know who wrote this and cannot be fair'"
        RELEASED = "released", "the case was decided without this vote"

    class Choice(models.IntegerChoices):
        CLEARLY_BREAKS = 1, "clearly breaks"
        BREAKS = 2, "close, breaks"
        KEEPS = 3, "close, does not"
        CLEARLY_KEEPS = 4, "clearly does not"

    case = models.ForeignKey(Case, models.CASCADE, related_name="offers", db_index=False)
    drawn = models.OneToOneField(PoolMember, models.CASCADE, related_name="seat")
    round = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OFFERED)
    offered_at = models.DateTimeField(default=clock.now)
    answer_by = models.DateTimeField()
    vote_by = models.DateTimeField(null=True)
    choice = models.PositiveSmallIntegerField(null=True, choices=Choice.choices)
    reason = models.CharField(max_length=1000, blank=True, default="")
    is_gone = models.BooleanField(
        null=True,
        help_text="Where the author has changed the post since the alert: what breaks the standard is not in it any more.",
    )
    other_standard = models.SlugField(max_length=40, blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "state"], name="seat_of_case")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="voted", choice__isnull=False) | ~Q(state="voted"), name="a_vote_says_something"
            ),
        ]
