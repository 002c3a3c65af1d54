from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member
from palaver.forums.models import Post
from palaver.kit import clock


class Bookmark(models.Model):
    """A post kept by a member, with a note of their own and perhaps a day on which to be reminded. Seen by nobody else."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="bookmarks", db_index=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    note = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField(default=clock.now)
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "post"], name="bookmark_once")]
        indexes: ClassVar = [
            models.Index(fields=["member", "-at"], name="bookmark_of_member"),
            models.Index(
                fields=["remind_at"], condition=Q(remind_at__isnull=False, reminded_at=None), name="bookmark_reminders"
            ),
        ]
