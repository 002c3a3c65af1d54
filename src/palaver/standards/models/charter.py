from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models import Member
from palaver.ballots.models import Ballot
from palaver.forums.models import Forum
from palaver.kit import clock


class Charter(models.Model):
    """One version of the adopted rules, whole. In force is the highest whose `effective_at` has come."""

    class How(models.TextChoices):
        DEFAULT = "default", "what Palaver ships, until the community adopts its own"
        FOUNDERS = "founders", "by an operator in the founding time, to be confirmed by the first ballot"
        BALLOT = "ballot", "by the members"
        VETO = "veto", "the text before, put back by an operator for law before the new one came into force"

    version = models.PositiveIntegerField(primary_key=True)
    how = models.CharField(max_length=8, choices=How.choices)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="+", null=True)
    because = models.TextField(blank=True, default="")
    adopted_at = models.DateTimeField(default=clock.now)
    effective_at = models.DateTimeField(default=clock.now)
    confirming = models.OneToOneField(
        Ballot, models.PROTECT, related_name="+", null=True, help_text="The ballot that confirms a founders' version."
    )
    confirmed = models.BooleanField(null=True, help_text="Of a founders' version: what that ballot said.")

    def __str__(self) -> str:
        return str(self.version)


class Standard(models.Model):
    """One rule of one charter version. `key` stays the same from version to version while it is the same rule."""

    charter = models.ForeignKey(Charter, models.CASCADE, related_name="standards", db_index=False)
    key = models.SlugField(max_length=40)
    place = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    rule = models.TextField(help_text="A sentence or two. Plain text.")
    breaks = models.TextField(blank=True, default="", help_text="Examples that break it, one a line.")
    keeps = models.TextField(blank=True, default="", help_text="Examples that do not, one a line.")
    forum = models.ForeignKey(Forum, models.PROTECT, related_name="+", null=True, help_text="Empty: the whole site.")
    kinds = models.JSONField(default=list, help_text="What can be alerted under it: some of post, name, about.")
    is_openable = models.BooleanField(default=True, help_text="Whether a removed text can still be unfolded.")
    for_hosts = models.BooleanField(default=False, help_text="Alerts under it go to the forum's hosts (off topic).")

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["charter", "key"], name="standard_key_once")]

    def __str__(self) -> str:
        return self.title


class CharterSetting(models.Model):
    """The one row of what operators settle about the charter: where amendments are talked about."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    forum = models.ForeignKey(Forum, models.SET_NULL, related_name="+", null=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="one_charter_setting")]
