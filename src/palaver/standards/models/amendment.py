from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member
from palaver.ballots.models import Ballot
from palaver.forums.models import Forum, Thread
from palaver.kit import clock


class Amendment(models.Model):
    """A proposed change of the charter: a redline against one version, talked about in a thread, decided by a ballot."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "talked about"
        VOTING = "voting", "put to the ballot"
        ADOPTED = "adopted"
        REJECTED = "rejected"
        STALE = "stale", "the charter changed meanwhile in the same places"
        VETOED = "vetoed", "by an operator, for law"
        WITHDRAWN = "withdrawn"

    title = models.CharField(max_length=200)
    base = models.PositiveIntegerField(help_text="The charter version it was written against.")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    because = models.TextField(help_text="Why. Markdown.")
    state = models.CharField(max_length=9, choices=State.choices, default=State.PROPOSED)
    thread = models.OneToOneField(Thread, models.PROTECT, related_name="amendment", null=True)
    ballot = models.OneToOneField(Ballot, models.PROTECT, related_name="amendment", null=True)
    effective_after_days = models.PositiveSmallIntegerField(
        default=7, help_text="Days from adoption to being in force."
    )
    proposed_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        Member, models.PROTECT, related_name="+", null=True, help_text="Who vetoed or withdrew it."
    )
    decided_because = models.TextField(blank=True, default="")
    charter_version = models.PositiveIntegerField(null=True, help_text="The version it became.")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-proposed_at"], name="amendment_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(state="vetoed") | ~Q(decided_because=""), name="veto_has_a_ground"),
        ]


class Change(models.Model):
    """One standard as the amendment wants it: added, changed or dropped."""

    class Act(models.TextChoices):
        ADD = "add"
        CHANGE = "change"
        DROP = "drop"

    amendment = models.ForeignKey(Amendment, models.CASCADE, related_name="changes")
    act = models.CharField(max_length=6, choices=Act.choices)
    key = models.SlugField(max_length=40)
    title = models.CharField(max_length=120, blank=True, default="")
    rule = models.TextField(blank=True, default="")
    breaks = models.TextField(blank=True, default="")
    keeps = models.TextField(blank=True, default="")
    forum = models.ForeignKey(Forum, models.PROTECT, related_name="+", null=True)
    kinds = models.JSONField(default=list)
    is_openable = models.BooleanField(default=True)
    for_hosts = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["amendment", "key"], name="change_key_once")]
