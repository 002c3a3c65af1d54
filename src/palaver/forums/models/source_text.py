from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.forums.models.post import Post
from palaver.kit import clock


class SourceText(models.Model):
    """What the author wrote, kept for ever, one row a version; the newest is the post's, the others are its history."""

    class Kind(models.TextChoices):
        MARKDOWN = "markdown"
        HTML = "html"
        BBCODE = "bbcode"
        PLAIN = "plain"

    post = models.ForeignKey(Post, models.CASCADE, related_name="sources", db_index=False)
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.MARKDOWN)
    subject = models.CharField(max_length=255, blank=True, default="")
    text = models.TextField()
    written_at = models.DateTimeField(default=clock.now)
    because = models.CharField(max_length=200, blank=True, default="", help_text="The author's reason for this edit.")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "version"], name="source_version_once")]
