from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models import Member
from palaver.forums.models.thread import Thread
from palaver.kit import clock


class ThreadEvent(models.Model):
    """A line in a thread that tells what was done to it (locked, unlocked, pinned, moved…), ours or an old forum's."""

    class Act(models.TextChoices):
        LOCKED = "locked"
        UNLOCKED = "unlocked"
        PINNED = "pinned"
        UNPINNED = "unpinned"
        ARCHIVED = "archived"
        SPLIT = "split"
        LISTED = "listed"
        UNLISTED = "unlisted"
        MOVED = "moved"
        MERGED = "merged"
        SPLIT_FROM = "split_from", "this thread was split off from another"
        NOTE = "note", "a moderator's post of the old forum"

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="events", db_index=False)
    after_place = models.IntegerField(help_text="Stands behind the post with this place; -1 stands before all.")
    number = models.PositiveIntegerField(null=True, help_text="Its number in the old forum, when imported.")
    act = models.CharField(max_length=10, choices=Act.choices)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    office = models.CharField(max_length=10, blank=True, default="")
    because = models.CharField(max_length=500, blank=True, default="")
    html = models.TextField(blank=True, default="", help_text="Sanitised text of an imported event that has one.")
    at = models.DateTimeField(default=clock.now)
    leads_to = models.CharField(
        max_length=200, blank=True, default="", help_text="A path of this site: the other forum or thread of the act."
    )
    leads_label = models.CharField(
        max_length=255,
        blank=True,
        default="",
        help_text="A forum's name when the act was done; of threads none is kept, since a subject may be removed.",
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["thread", "after_place"], name="thread_event_place")]
