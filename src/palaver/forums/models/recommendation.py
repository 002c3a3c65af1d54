from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models import Member
from palaver.forums.models.post import Post
from palaver.kit import clock


class Recommendation(models.Model):
    """The only reaction: public, counted, never negative, one a member and post."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="recommendations", db_index=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="recommendations")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "member"], name="recommended_once")]
        indexes: ClassVar = [models.Index(fields=["at"], name="recommendation_at")]
