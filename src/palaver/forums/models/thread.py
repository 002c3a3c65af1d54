from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models import Member
from palaver.forums.models.forum import Forum
from palaver.kit import clock


class Thread(models.Model):
    """A conversation: subject, original post, replies. Its counters move in the post's transaction."""

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="threads")
    author = models.ForeignKey(Member, models.PROTECT, related_name="threads")
    subject = models.CharField(max_length=255)
    slug = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=clock.now)
    post_count = models.PositiveIntegerField(default=0, help_text="With the original post.")
    last_number = models.PositiveIntegerField(default=0, help_text="The highest number ever given in this thread.")
    last_post_at = models.DateTimeField(default=clock.now)
    last_author = models.ForeignKey(Member, models.PROTECT, related_name="+")
    rec_count = models.PositiveIntegerField(default=0, help_text="Named recommendations of the original post.")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["forum", "-last_post_at", "-id"], name="thread_forum_latest"),
            models.Index(fields=["forum", "-created_at", "-id", "author"], name="thread_forum_newest"),
            models.Index(fields=["-last_post_at", "-id"], name="thread_latest"),
            models.Index(fields=["-created_at", "-id"], name="thread_newest"),
            models.Index(fields=["author", "-created_at"], name="thread_author"),
            models.Index(
                fields=["-rec_count", "-created_at", "-id"],
                condition=models.Q(rec_count__gt=0),
                name="thread_recommended",
            ),
            models.Index(fields=["-created_at", "-id"], condition=models.Q(post_count=1), name="thread_unanswered"),
            models.Index(
                fields=["forum", "-created_at", "-id"], condition=models.Q(post_count=1), name="thread_forum_unanswered"
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def reply_count(self) -> int:
        return max(self.post_count - 1, 0)
