from __future__ import annotations

from typing import ClassVar

from django.db import models

from palaver.accounts.models import Member
from palaver.forums.models.category import Category
from palaver.kit import clock


class Forum(models.Model):
    """A place for threads, with its purpose and who may read and speak there."""

    class Gate(models.TextChoices):
        EVERYONE = "everyone"
        MEMBERS = "members"
        ADMITTED = "admitted"

    category = models.ForeignKey(Category, models.PROTECT, related_name="forums")
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=60, unique=True, allow_unicode=True)
    description = models.CharField(max_length=200, blank=True, default="")
    purpose = models.TextField(blank=True, default="", help_text="The yardstick for 'on topic'. Markdown.")
    purpose_html = models.TextField(blank=True, default="")
    rules = models.TextField(blank=True, default="", help_text="Posting rules in prose. Markdown.")
    rules_html = models.TextField(blank=True, default="")
    is_main = models.BooleanField(default=False, help_text="Stands in the top navigation and feeds the home page.")
    place = models.PositiveSmallIntegerField(default=0)
    quoted_paragraphs = models.PositiveSmallIntegerField(
        default=4, null=True, blank=True, help_text="Most paragraphs of one excerpt (‹snip›); empty: no limit."
    )
    posts_to_start = models.PositiveIntegerField(
        default=0, help_text="Posts a member must have written before starting a thread here."
    )
    is_safe_haven = models.BooleanField(
        default=False, help_text="Only its subscribers of 30 days and more judge what is written in it."
    )
    originals_only = models.BooleanField(
        default=False, help_text="A thread must begin with its author's own words, not with a bare link."
    )
    host_seats = models.PositiveSmallIntegerField(default=3)
    who_reads = models.CharField(max_length=10, choices=Gate.choices, default=Gate.EVERYONE)
    who_starts = models.CharField(max_length=10, choices=Gate.choices, default=Gate.MEMBERS)
    who_replies = models.CharField(max_length=10, choices=Gate.choices, default=Gate.MEMBERS)
    language = models.CharField(max_length=12, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True, blank=True)
    thread_count = models.PositiveIntegerField(default=0)
    post_count = models.PositiveIntegerField(default=0)
    last_post_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["place", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(who_starts="everyone") & ~models.Q(who_replies="everyone"),
                name="forum_speech_needs_an_account",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Admission(models.Model):
    """A member of a forum's named audience (for forums whose gate is `admitted`)."""

    forum = models.ForeignKey(Forum, models.CASCADE, related_name="admissions")
    member = models.ForeignKey(Member, models.CASCADE, related_name="admissions")
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "forum"], name="admission_once")]
