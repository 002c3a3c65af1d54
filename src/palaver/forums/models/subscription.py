from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from palaver.accounts.models import Member
from palaver.forums.models.forum import Forum
from palaver.forums.models.thread import Thread
from palaver.kit import clock


class Subscription(models.Model):
    """A member wants to be told of what is new in a forum (threads) or a thread (replies).

    `by_mail` and `by_push` add to the notice on the site, which always comes; `in_digest` keeps it for the next digest.
    `muted` is the opposite: not even what would come of itself (the own thread, a thread one wrote in).
    """

    member = models.ForeignKey(Member, models.CASCADE, related_name="subscriptions", db_index=False)
    forum = models.ForeignKey(Forum, models.CASCADE, related_name="subscriptions", null=True)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="subscriptions", null=True)
    by_mail = models.BooleanField(default=False)
    by_push = models.BooleanField(default=False)
    in_digest = models.BooleanField(default=False)
    muted = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "forum"], condition=Q(forum__isnull=False), name="subscription_forum_once"
            ),
            models.UniqueConstraint(
                fields=["member", "thread"], condition=Q(thread__isnull=False), name="subscription_thread_once"
            ),
            models.CheckConstraint(
                condition=Q(forum__isnull=True, thread__isnull=False) | Q(forum__isnull=False, thread__isnull=True),
                name="subscription_to_one_thing",
            ),
        ]
