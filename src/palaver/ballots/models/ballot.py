from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from palaver.accounts.models import Member
from palaver.kit import clock


class Ballot(models.Model):
    """A vote of members. Its electorate is frozen when it opens; it is counted once, when its window has passed."""

    class Method(models.TextChoices):
        MOTION = "motion", "one motion: for, against, or abstain"
        SINGLE = "single", "one of several options"
        MULTIPLE = "multiple", "any number of the options, up to `most`"

    class Electorate(models.TextChoices):
        LISTED = "listed", "those with an Elector row, written at the opening"
        MEMBERS = "members", "every member who had joined when it opened"

    about = models.CharField(max_length=80, help_text="What is voted on, as kind:id.")
    title = models.CharField(max_length=255)
    text = models.TextField(blank=True, default="", help_text="What is put to the vote, in words. Markdown.")
    method = models.CharField(max_length=8, choices=Method.choices)
    electorate = models.CharField(max_length=7, choices=Electorate.choices, default=Electorate.LISTED)
    eligible = models.PositiveIntegerField(default=0, help_text="How many may vote, counted at the opening.")
    is_secret = models.BooleanField(default=False)
    most = models.PositiveSmallIntegerField(default=1, help_text="Options or seats that one vote may name.")
    seats = models.PositiveSmallIntegerField(default=1, help_text="How many options can win.")
    quorum = models.PositiveIntegerField(default=0, help_text="Voters that it takes, counted at the opening.")
    threshold = models.PositiveSmallIntegerField(
        default=0,
        help_text="Hundredths of the votes for or against that a decision needs (67: two thirds, see closing).",
    )
    two_thirds = models.BooleanField(default=False, help_text="Exactly two thirds, instead of hundredths.")
    opened_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True, help_text="Empty: a rule did.")
    opened_at = models.DateTimeField(default=clock.now)
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(
        max_length=500, blank=True, default="", help_text="Why it was called off before its count."
    )
    on_record = models.BooleanField(default=True, help_text="Its opening and closing are entries on the record.")
    voters = models.PositiveIntegerField(default=0, help_text="How many have voted so far.")
    quorate = models.BooleanField(null=True, help_text="Known at the count.")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="ballot_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(threshold__lte=100), name="ballot_threshold_in_hundredths"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["about"], name="ballot_about"),
            models.Index(fields=["closes_at"], condition=Q(closed_at=None), name="ballot_running"),
        ]

    def __str__(self) -> str:
        return self.title


class Option(models.Model):
    """One choice. Of a motion: for, against, abstain. `candidate` where members are voted on."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="options")
    place = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=200)
    candidate = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    votes = models.PositiveIntegerField(null=True, help_text="So far; in a secret ballot known at the count.")
    won = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["ballot", "place"], name="option_place_once")]
