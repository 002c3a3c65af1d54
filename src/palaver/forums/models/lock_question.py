from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member
from palaver.ballots.models import Ballot
from palaver.forums.models.lock import Lock
from palaver.kit import clock


class LockQuestion(models.Model):
    """A member asks whether a host's lock should stand: the other hosts vote, in the *hosts' ballot*. Once a lock.

    Without a `ballot` there was no other host to vote, and the operators were asked instead.
    """

    lock = models.OneToOneField(Lock, models.CASCADE, primary_key=True, related_name="question")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    because = models.CharField(max_length=500)
    ballot = models.OneToOneField(Ballot, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_lock = models.BooleanField(null=True, help_text="Whether the ballot opened the thread again.")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(because=""), name="question_has_a_reason"),
        ]
