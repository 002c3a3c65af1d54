from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.forums.models import Post
from palaver.kit import clock


class Import(models.Model):
    """One community that is being brought in from one archive of one engine. Run again, it continues; nothing is
    doubled."""

    engine = models.CharField(max_length=20)
    source = models.CharField(max_length=200, help_text="What tells this community from others of the same engine.")
    begun_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["engine", "source"], name="import_once")]


class ImportedThing(models.Model):
    """What an old id became: makes an import resumable and re-runnable. `kind` is category, member, thread, post or
    event.

    A member of a mailing list is told by a hash of the address, never by the address itself.
    """

    origin = models.ForeignKey(Import, models.CASCADE, related_name="things", db_index=False)
    kind = models.CharField(max_length=10)
    old_id = models.CharField(max_length=250)
    new_id = models.BigIntegerField()
    checksum = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["origin", "kind", "old_id"], name="imported_once")]


class OldAddress(models.Model):
    """An address of the old community that leads to its thing's new one (a permanent redirect)."""

    origin = models.ForeignKey(Import, models.CASCADE, related_name="addresses")
    path = models.CharField(max_length=250, unique=True)
    target = models.CharField(max_length=250)


class LostReference(models.Model):
    """What a message said it answers, where that is not in the archive: the post stands as a root and keeps its
    reference."""

    origin = models.ForeignKey(Import, models.CASCADE, related_name="lost_references", db_index=False)
    post = models.OneToOneField(Post, models.CASCADE, related_name="+")
    reference = models.TextField()
