from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.forums.models.post import Post
from palaver.kit import clock


class Correction(models.Model):
    """The author marks the own post as corrected: one line that stands on top of it and in lists. Ended, never deleted."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="corrections")
    line = models.CharField(max_length=300)
    at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post"], condition=Q(ended_at=None), name="one_running_correction"),
            models.CheckConstraint(condition=~Q(line=""), name="correction_says_something"),
        ]
