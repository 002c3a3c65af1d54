from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from palaver.accounts.models import Member, Suspension
from palaver.forums.models import Hold, Post, SlowMode
from palaver.kit import clock
from palaver.standards.models.case import Case


class WatchVolunteer(models.Model):
    """A member who is ready to watch, if the lot falls on them."""

    member = models.OneToOneField(Member, models.CASCADE, primary_key=True, related_name="+")
    at = models.DateTimeField(default=clock.now)


class WatchTerm(models.Model):
    """A member on the watch for 90 days; two terms running at most. Drawn by lot, so nobody appointed them."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(
        max_length=12, blank=True, default="", help_text="term, resigned, suspended, removal or left."
    )
    entry = models.PositiveBigIntegerField(default=0, help_text="The record entry of the draw.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member"], condition=Q(ended_at=None), name="one_watch_term"),
        ]


class Proposal(models.Model):
    """What one watcher asks and a second must agree to: suspend an intruder, hold a post, slow newcomers down."""

    class Act(models.TextChoices):
        SUSPEND = "suspend"
        HOLD = "hold"
        SLOW = "slow"

    act = models.CharField(max_length=7, choices=Act.choices)
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True, help_text="Whom to suspend.")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", null=True, help_text="Which post to hold.")
    minutes = models.PositiveSmallIntegerField(default=0, help_text="Slow mode: the pause between two posts.")
    hours = models.PositiveSmallIntegerField(default=0, help_text="Slow mode: how long.")
    ground = models.CharField(max_length=8, choices=Hold.Ground.choices, blank=True, default="")
    because = models.CharField(max_length=500)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    second = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    suspension = models.OneToOneField(Suspension, models.PROTECT, related_name="+", null=True)
    hold = models.OneToOneField(Hold, models.PROTECT, related_name="+", null=True)
    slow_mode = models.OneToOneField(SlowMode, models.PROTECT, related_name="+", null=True)
    case = models.OneToOneField(Case, models.PROTECT, related_name="watched", null=True)
    answer = models.TextField(blank=True, default="", help_text="What the suspended account answered.")
    answered_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True, help_text="When the review ended, or lapsed undecided.")
    stands = models.BooleanField(null=True, help_text="Whether the suspension stood in its review.")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at"], name="proposal_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(second__isnull=True) | ~Q(second=F("by")), name="two_watchers"),
            models.CheckConstraint(condition=~Q(because=""), name="proposal_has_a_reason"),
            models.CheckConstraint(
                condition=Q(act="suspend", member__isnull=False)
                | Q(act="hold", post__isnull=False)
                | Q(act="slow", member__isnull=True, post__isnull=True),
                name="proposal_about_one_thing",
            ),
        ]
