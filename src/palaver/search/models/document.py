from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models

from palaver.forums.models import Post

SEQUENCE = 20
"""Bits of a key that keep apart what was written within one second."""


def key_of(created_at: datetime, post_id: int) -> int:
    """Where a post stands in time: the second it was written, then its id. Searching newest first is descending by it."""
    return int(created_at.timestamp() // 1) << SEQUENCE | post_id & (1 << SEQUENCE) - 1


class Document(models.Model):
    """What is searched of one shown post: our own tokens (kit.text.words), each with a space before it.

    `subject` is the thread's for an original post, the post's own for a reply. `marks` are tokens about the post, each
    beginning with a colon, which no word does: `:f12` forum, `:a7` author, `:t90` thread, `:op` or `:re` (original post, reply), `:image`, `:link`,
    `:m812` the stretch of about 24 days it was written in, `:u猫` a character of a script without spaces.

    On SQLite the full-text table `search_index` is kept equal to these rows; on PostgreSQL a GIN index over all
    three columns does.
    """

    key = models.BigAutoField(primary_key=True)
    post = models.OneToOneField(Post, models.CASCADE, related_name="+")
    thread_id = models.BigIntegerField()
    forum_id = models.BigIntegerField()
    author_id = models.BigIntegerField()
    subject = models.TextField()
    body = models.TextField()
    marks = models.TextField()


class Building(models.Model):
    """How far the index has been built from posts that stood before it: one row, and none when it is whole.

    Posts are taken from the highest id down, so that what is new is found first. `below` is the id still to be reached.
    """

    ONLY: ClassVar = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    below = models.BigIntegerField(help_text="Posts with a lower id are still to be taken.")
    highest = models.BigIntegerField(help_text="Where it began.")

    @property
    def share(self) -> int:
        """Percent done, 0 to 99."""
        return min(99, (self.highest - self.below) * 100 // max(self.highest, 1))
