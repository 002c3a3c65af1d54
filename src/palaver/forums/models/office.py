from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member
from palaver.forums.models.forum import Forum
from palaver.kit import clock


class Offices(models.QuerySet["Office"]):
    def sitting(self, at: datetime | None = None) -> Offices:
        """Those held at an instant (now, unless told): a term that is over gives no power."""
        instant = at or clock.now()
        return self.filter(ended_at=None).filter(Q(until=None) | Q(until__gt=instant))


class Office(models.Model):
    """A host's seat in a forum, for a term."""

    class How(models.TextChoices):
        OPERATOR = "operator", "appointed by an operator"
        QUEUE = "queue", "next in the volunteers' queue"
        BALLOT = "ballot", "elected by the forum's subscribers"

    forum = models.ForeignKey(Forum, models.CASCADE, related_name="offices")
    member = models.ForeignKey(Member, models.CASCADE, related_name="offices")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True, help_text="End of the term.")
    ended_at = models.DateTimeField(null=True, blank=True)
    appointed_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    how = models.CharField(max_length=8, choices=How.choices, default=How.OPERATOR)

    objects = Offices.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["forum", "member"], condition=Q(ended_at=None), name="one_seat_a_host"),
        ]
