from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.forums.models.post import Post
from palaver.forums.models.thread import Thread
from palaver.kit import clock


class PostStub(models.Model):
    """Where a post stood before it was split off or merged: its old address, `/t/<thread>/post/<number>`, leads to it.

    `was_in` is a number and no reference, because a merged thread's row is gone. A number is never given again in its
    thread, so a stub and a post never claim the same address.
    """

    was_in = models.BigIntegerField(help_text="The id of the thread it stood in.")
    number = models.PositiveIntegerField(help_text="Its number there.")
    post = models.ForeignKey(Post, models.CASCADE, related_name="stubs")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["was_in", "number"], name="post_stub_once")]


class ThreadStub(models.Model):
    """A thread that was merged into another: its address leads there. Follows when that one is merged in turn."""

    was = models.BigIntegerField(primary_key=True, help_text="The id of the thread that is gone.")
    into = models.ForeignKey(Thread, models.CASCADE, related_name="stubs")
    at = models.DateTimeField(default=clock.now)
