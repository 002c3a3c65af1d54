from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models import Member
from palaver.forums.models.forum import Forum
from palaver.forums.models.post import Post
from palaver.forums.models.thread import Thread
from palaver.kit import clock


class Draft(models.Model):
    """What a member has begun to write in one place and not yet sent: found again on every device, seen by nobody else.

    `place` names the form: `start:<forum>`, `reply:<thread>`, `answer:<post>`, `edit:<post>`. One draft a form.
    """

    member = models.ForeignKey(Member, models.CASCADE, related_name="drafts", db_index=False)
    place = models.CharField(max_length=40)
    forum = models.ForeignKey(Forum, models.CASCADE, related_name="+")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="+", null=True)
    post = models.ForeignKey(Post, models.CASCADE, related_name="+", null=True, help_text="What is answered or edited.")
    subject = models.CharField(max_length=255, blank=True, default="")
    text = models.TextField(blank=True, default="")
    saved_at = models.DateTimeField(default=clock.now)
    revision = models.PositiveIntegerField(
        default=1, help_text="Rises with every save: an older window does not overwrite."
    )

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "place"], name="draft_once")]
        indexes: ClassVar = [models.Index(fields=["member", "-saved_at"], name="draft_of_member")]
