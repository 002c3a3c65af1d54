from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from palaver.accounts.models import Member
from palaver.forums.models.forum import Forum
from palaver.kit import clock


class InForce(models.QuerySet["Block"]):
    def running(self, at: datetime | None = None) -> InForce:
        """Those in force at an instant (now, unless told): what has lapsed binds nobody."""
        instant = at or clock.now()
        return self.filter(ended_at=None, since__lte=instant, until__gt=instant)


class Block(models.Model):
    """A member kept out of one forum by its hosts: may read, may not write or alert there. Lapses by itself at `until`."""

    forum = models.ForeignKey(Forum, models.CASCADE, related_name="blocks", db_index=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="blocks")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    because = models.CharField(max_length=500)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)

    objects = InForce.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["forum", "member", "-until"], name="block_in_forum")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="block_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(because=""), name="block_has_a_reason"),
        ]
