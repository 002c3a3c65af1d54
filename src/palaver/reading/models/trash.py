from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member
from palaver.forums.models import Forum, Thread
from palaver.kit import clock


class Trash(models.Model):
    """A thread, a forum, or every thread whose subject holds a keyword: out of this member's sight, in lists and search.

    `keyword` is kept as search tokens joined by single spaces (kit.text.words), `written` as the member wrote it.
    """

    member = models.ForeignKey(Member, models.CASCADE, related_name="trash", db_index=False)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="+", null=True)
    forum = models.ForeignKey(Forum, models.CASCADE, related_name="trashed", null=True)
    keyword = models.CharField(max_length=120, blank=True, default="")
    written = models.CharField(max_length=80, blank=True, default="")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "thread"], condition=Q(thread__isnull=False), name="trash_thread_once"
            ),
            models.UniqueConstraint(
                fields=["member", "forum"], condition=Q(forum__isnull=False), name="trash_forum_once"
            ),
            models.UniqueConstraint(fields=["member", "keyword"], condition=~Q(keyword=""), name="trash_keyword_once"),
            models.CheckConstraint(
                condition=Q(thread__isnull=False, forum__isnull=True, keyword="")
                | Q(thread__isnull=True, forum__isnull=False, keyword="")
                | (Q(thread__isnull=True, forum__isnull=True) & ~Q(keyword="")),
                name="trash_of_one_thing",
            ),
        ]
