from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member
from palaver.forums.models.forum import Forum
from palaver.forums.models.thread import Thread
from palaver.kit import clock
from palaver.kit.fields import BytewiseCharField


class Post(models.Model):
    """One utterance. `number` is its address and never changes; `place` is dense and pages the flat view; `path` is its
    place in the reply tree (four base-36 characters of the number a level).

    `forum` repeats the thread's, so that a forum's posts since an instant are one index range; `doctor` holds the two equal.
    """

    class Standing(models.IntegerChoices):
        SHOWN = 0
        WITHDRAWN = 1
        HELD = 2
        REMOVED = 3

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="posts", db_index=False)
    forum = models.ForeignKey(Forum, models.PROTECT, related_name="+", db_index=False)
    author = models.ForeignKey(Member, models.PROTECT, related_name="posts", db_index=False)
    number = models.PositiveIntegerField()
    place = models.PositiveIntegerField()
    answers = models.ForeignKey("self", models.PROTECT, related_name="replies", null=True, db_index=False)
    answers_number = models.PositiveIntegerField(
        null=True, help_text="The number answered, even where that post is missing."
    )
    path = BytewiseCharField(max_length=240)
    depth = models.PositiveSmallIntegerField(default=0)
    subject = models.CharField(max_length=255, blank=True, default="")
    opening = models.CharField(max_length=100, blank=True, default="", help_text="First words, for the summary table.")
    standing = models.PositiveSmallIntegerField(choices=Standing.choices, default=Standing.SHOWN)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    rec_count = models.PositiveIntegerField(default=0)
    unnamed_recs = models.PositiveIntegerField(default=0, help_text="From the old forum, without names; shown apart.")
    submission_key = models.CharField(max_length=40, null=True, help_text="Makes a double submit one post.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["thread", "number"], name="post_number_once"),
            models.UniqueConstraint(fields=["thread", "place"], name="post_place_once"),
            models.UniqueConstraint(
                fields=["author", "submission_key"],
                condition=Q(submission_key__isnull=False),
                name="post_submitted_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["thread", "path"], name="post_tree"),
            models.Index(fields=["author", "-created_at"], name="post_author"),
            models.Index(fields=["answers"], condition=Q(answers__isnull=False), name="post_answers"),
            models.Index(fields=["forum", "created_at", "author"], name="post_forum_time"),
        ]

    @property
    def is_original(self) -> bool:
        return self.place == 0


class PostBody(models.Model):
    """A post's rendered, sanitised HTML, apart from the row that lists and trees read."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="body")
    html = models.TextField()
    renderer = models.PositiveSmallIntegerField(help_text="Version of the renderer that made it (kit.text).")
