"""Self-deletion: a line stays, with an optional reason; the original post's withdrawal locks the thread."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.forums.events import PostWithdrawn, ThreadLocked
from palaver.forums.locking import place_lock
from palaver.forums.models import Lock, Post, Thread, Withdrawal
from palaver.forums.permissions import may_withdraw, running_lock
from palaver.kit import clock, events
from palaver.kit.text.letters import reason

LONGEST_REASON = 200


def withdraw(post: Post, *, by: Member, because: str = "") -> Withdrawal:
    """Take back one's own post. Its words are no longer shown to anyone; the source is kept. Raises NotAllowed, or Refusal when the reason is too long."""
    because = reason(because, LONGEST_REASON)
    with transaction.atomic():
        post = (
            Post.objects.select_for_update(of=("self",), no_key=True)
            .select_related("thread__forum", "forum")
            .get(pk=post.pk)
        )
        may_withdraw(by, post).or_refuse()
        if post.is_original:
            # Replies wait here, so that none comes behind the lock and the line stands after the last.
            post.thread = (
                Thread.objects.select_for_update(of=("self",), no_key=True)
                .select_related("forum")
                .get(pk=post.thread_id)
            )
        withdrawal = Withdrawal.objects.create(post=post, at=clock.now(), because=because)
        Post.objects.filter(pk=post.pk).update(standing=Post.Standing.WITHDRAWN)
        if post.is_original and running_lock(post.thread) is None:
            lock = place_lock(
                post.thread, by=by, office=Lock.Office.AUTHOR, because=_("Its author has withdrawn the original post.")
            )
            events.publish(ThreadLocked(post.thread_id, post.forum_id, lock.pk))
        events.publish(PostWithdrawn(post.pk, post.thread_id, post.forum_id, post.author_id))
    return withdrawal
