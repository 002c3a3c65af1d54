from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member
from palaver.forums.models.forum import Forum
from palaver.kit import clock


class Office(models.Model):
    """A host's seat in a forum, for a term."""

    forum = models.ForeignKey(Forum, models.CASCADE, related_name="offices")
    member = models.ForeignKey(Member, models.CASCADE, related_name="offices")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True, help_text="End of the term.")
    ended_at = models.DateTimeField(null=True, blank=True)
    appointed_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["forum", "member"], condition=Q(ended_at=None), name="one_seat_a_host"),
        ]
