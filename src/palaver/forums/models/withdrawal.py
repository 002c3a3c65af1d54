from __future__ import annotations

from django.db import models

from palaver.forums.models.post import Post
from palaver.kit import clock


class Withdrawal(models.Model):
    """The author has deleted the own post: a line stays, with the reason if one was given."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="withdrawal")
    at = models.DateTimeField(default=clock.now)
    because = models.CharField(max_length=200, blank=True, default="")
