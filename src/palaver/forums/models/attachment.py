from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member
from palaver.forums.models.post import Post
from palaver.kit import clock


class Attachment(models.Model):
    """A picture or file that a member has put up. Its bytes lie in the home under `media/`, by their checksum.

    It is seen by its owner, and by whoever may read a post that shows it (`AttachmentUse`).
    """

    class Kind(models.TextChoices):
        PICTURE = "picture"
        FILE = "file"

    token = models.CharField(max_length=32, unique=True, help_text="Its address: /media/<token>/<name>.")
    owner = models.ForeignKey(Member, models.PROTECT, related_name="attachments", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=120)
    mime = models.CharField(max_length=80)
    size = models.PositiveIntegerField(help_text="Bytes as stored.")
    checksum = models.CharField(max_length=64, help_text="SHA-256 of the stored bytes, hexadecimal.")
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    thumbnail_checksum = models.CharField(max_length=64, blank=True, default="")
    thumbnail_width = models.PositiveIntegerField(null=True)
    thumbnail_height = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["owner", "-at"], name="attachment_of_owner")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind="picture") | Q(width__isnull=False, height__isnull=False),
                name="picture_has_a_size",
            ),
        ]


class AttachmentUse(models.Model):
    """A post whose present text shows an attachment."""

    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="uses")
    post = models.ForeignKey(Post, models.CASCADE, related_name="attachment_uses")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["attachment", "post"], name="attachment_use_once")]
