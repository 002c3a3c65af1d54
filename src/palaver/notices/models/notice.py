from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from palaver.accounts.models import Member
from palaver.forums.models import Post, Thread
from palaver.kit import clock


class Notice(models.Model):
    """One thing told to one member. `kind` is a key of `notices.kinds`.

    What it is about is a post (then the words are read from the post when they are shown, under the rights of that
    moment), or, without a post, the `words` and the address `href` that its teller gave.

    `key` makes one notice of one thing: `post:12` for everything said in a post, so that a reply that also mentions me is
    told once. Recommendations have none: while one is new, further ones of the same post are counted in it (`count`).

    `on_site` notices stand on the page and in the member's count; others only wait to be carried. `in_digest` waits for
    the next digest. `mailed_at` and `pushed_at` say when a carrier was given it, so that it is given once.
    """

    member = models.ForeignKey(Member, models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=80, blank=True, default="")
    post = models.ForeignKey(Post, models.CASCADE, related_name="+", null=True, db_index=False)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="+", null=True, db_index=False)
    number = models.PositiveIntegerField(null=True, help_text="The post's, so that reading a thread sees its notices.")
    by = models.ForeignKey(Member, models.SET_NULL, related_name="+", null=True, db_index=False)
    count = models.PositiveIntegerField(default=1)
    words = models.CharField(max_length=300, blank=True, default="")
    href = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(null=True, blank=True)
    on_site = models.BooleanField(default=True)
    in_digest = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "key"], condition=~Q(key=""), name="notice_once"),
            models.UniqueConstraint(
                fields=["member", "post"], condition=Q(kind="recommendation", seen_at=None), name="notice_recs_folded"
            ),
            models.CheckConstraint(
                condition=Q(post=None, thread=None, number=None)
                | Q(post__isnull=False, thread__isnull=False, number__isnull=False),
                name="notice_post_and_thread",
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("member"), F("at").desc(), F("id").desc(), name="notice_list"),
            models.Index(fields=["member", "thread", "number"], condition=Q(seen_at=None), name="notice_new"),
            models.Index(fields=["member", "id"], condition=Q(in_digest=True), name="notice_digest"),
            models.Index(fields=["thread"], condition=Q(seen_at=None), name="notice_new_in_thread"),
            models.Index(fields=["at"], name="notice_age"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk} ({self.kind})"
