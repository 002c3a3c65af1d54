from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models import Member
from palaver.forums.models.forum import Forum
from palaver.kit import clock


class HostVolunteer(models.Model):
    """A member in a forum's queue of those who are ready to host it; who came first goes first."""

    forum = models.ForeignKey(Forum, models.CASCADE, related_name="volunteers", db_index=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["forum", "member"], name="volunteer_once")]
        ordering: ClassVar = ["at", "id"]
