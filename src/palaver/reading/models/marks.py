from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models import Member
from palaver.forums.models import Forum, Thread


class ForumMark(models.Model):
    """Everything in the forum up to this instant is read. Moved only by the member, never backwards."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="forum_marks", db_index=False)
    forum = models.ForeignKey(Forum, models.CASCADE, related_name="+")
    marked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "forum"], name="forum_mark_once")]


class ThreadMark(models.Model):
    """How far a member has read in a thread: the highest post number seen and its place. Never backwards."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="thread_marks", db_index=False)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    place = models.PositiveIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "thread"], name="thread_mark_once")]
