from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from palaver.accounts.models import Member
from palaver.forums.models import Post
from palaver.kit import clock


class Case(models.Model):
    """One judging: what is judged, by how many, drawn with which day's seed. Its `id` is its number in public.

    `stage` has one life: waiting (until enough of the pool were seen) → sitting → decided, or called off.
    """

    class Kind(models.TextChoices):
        ALERT = "alert", "an alert, or a paper's 'breaks another standard'"
        APPEAL = "appeal", "a fresh, larger jury over an earlier case"
        WATCH = "watch", "three members over a suspension by the watch"
        LONG = "long", "an appeal-sized jury over a longer suspension"

    class Stage(models.TextChoices):
        WAITING = "waiting"
        SITTING = "sitting"
        DECIDED = "decided"
        CALLED_OFF = "called_off", "the author has left, or an operator's legal act went before it"

    class Judges(models.TextChoices):
        JURY = "jury"
        HOST = "host", "one host who is not concerned: too few members can be drawn"
        OPERATOR = "operator", "an operator: no host is free to judge"

    kind = models.CharField(max_length=6, choices=Kind.choices)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.WAITING)
    judges = models.CharField(max_length=8, choices=Judges.choices, default=Judges.JURY)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", null=True)
    author = models.ForeignKey(Member, models.PROTECT, related_name="+", help_text="Whose words or rights it is about.")
    of = models.ForeignKey(
        "self", models.PROTECT, related_name="later", null=True, help_text="An appeal's earlier case."
    )
    charter = models.PositiveIntegerField()
    standard = models.SlugField(max_length=40, blank=True, default="", help_text="Its key; empty: all standards.")
    seats = models.PositiveSmallIntegerField()
    needed = models.PositiveSmallIntegerField(help_text="Votes to remove; in an appeal votes to overturn.")
    pool_size = models.PositiveIntegerField(default=0)
    seed_day = models.DateField(null=True, help_text="The day whose seed its tickets are drawn with.")
    is_late_seed = models.BooleanField(
        default=False, help_text="The seed was committed to before the case, but not before its alert."
    )
    share = models.PositiveSmallIntegerField(
        default=10_000, help_text="How many of 10,000 who may judge the lot takes into the pool."
    )
    commits_to = models.TextField(
        blank=True, default="", help_text="What it is about, in canonical JSON; public with the verdict."
    )
    commitment = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256 of salt and `commits_to`.")
    commitment_salt = models.CharField(max_length=64, blank=True, default="")
    opened_entry = models.PositiveBigIntegerField(null=True, help_text="The record entry that opened it.")
    opened_at = models.DateTimeField(default=clock.now)
    sat_at = models.DateTimeField(null=True, help_text="When enough of the pool had been seen.")
    ends_at = models.DateTimeField(help_text="Seats that are empty then stay empty, and the post stays.")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["stage", "ends_at"], name="case_stage"),
            models.Index(fields=["author", "-opened_at"], name="case_author"),
            models.Index(fields=["post"], condition=Q(post__isnull=False), name="case_post"),
            models.Index(fields=["-decided_at"], name="case_decided"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(needed__lte=F("seats")), name="case_can_be_decided"),
            models.CheckConstraint(
                condition=~Q(stage="decided") | Q(decided_at__isnull=False), name="case_decided_at_a_time"
            ),
            # One jury at a time about one post.
            models.UniqueConstraint(
                fields=["post"],
                condition=Q(post__isnull=False, stage__in=["waiting", "sitting"]),
                name="one_open_case_a_post",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.stage in {self.Stage.WAITING, self.Stage.SITTING}
