from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from palaver.accounts.models import Member
from palaver.forums.models.post import Post
from palaver.kit import clock


class Removal(models.Model):
    """A post taken out of sight: under which standard, by whom, when. Ended when an appeal restores the post, never deleted.

    The judging that makes and ends it lies in `standards`; what a thread page says of it stands here, so that it asks no further.
    """

    class Office(models.TextChoices):
        JURY = "jury"
        HOST = "host", "a host, where too few members could be drawn"
        OPERATOR = "operator", "an operator, for law or where nobody else could judge"
        WATCH = "watch", "the watch, with a suspended newcomer's posts"

    post = models.ForeignKey(Post, models.CASCADE, related_name="removals", db_index=False)
    office = models.CharField(max_length=10, choices=Office.choices)
    case_number = models.PositiveIntegerField(null=True, help_text="The case at /juries/<number>, if there was one.")
    standard = models.CharField(max_length=120, help_text="The standard's title as it stood.")
    charter = models.PositiveIntegerField(null=True, help_text="The charter's version that was applied.")
    for_removal = models.PositiveSmallIntegerField(default=0, help_text="Votes to remove.")
    votes = models.PositiveSmallIntegerField(default=0, help_text="Votes in all.")
    is_openable = models.BooleanField(default=True, help_text="Whether readers may still unfold the text.")
    at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["post"], name="removal_of_post")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post"], condition=Q(ended_at=None), name="one_running_removal"),
        ]


class Hold(models.Model):
    """A post hidden until a jury has decided: on which ground, by which office, until when at the latest.

    On the ground of law it stays until an operator ends it; otherwise it lapses by itself at `until`.
    """

    class Ground(models.TextChoices):
        LAW = "law"
        THREAT = "threat", "a threat to a person"
        PRIVATE = "private", "private data"
        SPAM = "spam", "spam by a newcomer"

    class Office(models.TextChoices):
        WATCH = "watch", "two watchers"
        OPERATOR = "operator"

    post = models.ForeignKey(Post, models.CASCADE, related_name="holds")
    ground = models.CharField(max_length=8, choices=Ground.choices)
    office = models.CharField(max_length=10, choices=Office.choices)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    second = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True, help_text="The second watcher.")
    because = models.CharField(max_length=500)
    at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, help_text="Empty only on the ground of law.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post"], condition=Q(ended_at=None), name="one_running_hold"),
            models.CheckConstraint(condition=Q(until__isnull=False) | Q(ground="law"), name="hold_ends"),
            models.CheckConstraint(condition=~Q(because=""), name="hold_has_a_reason"),
            models.CheckConstraint(
                condition=Q(office="operator") | (Q(second__isnull=False) & ~Q(second=F("by"))),
                name="watchers_hold_in_twos",
            ),
        ]
