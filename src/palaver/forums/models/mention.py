from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models import Member
from palaver.forums.models.post import Post
from palaver.kit import clock


class Mention(models.Model):
    """A member named with @ in a post, at most `naming.MOST_MENTIONS` a post. Kept when an edit takes the name away."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="mentions")
    member = models.ForeignKey(Member, models.CASCADE, related_name="mentions", db_index=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "member"], name="mention_once")]
        indexes: ClassVar = [models.Index(fields=["member", "-at"], name="mention_of_member")]


class Quotation(models.Model):
    """A post that another post quotes by name and number."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="quotations")
    quoted = models.ForeignKey(Post, models.CASCADE, related_name="quoted_in")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "quoted"], name="quotation_once")]
