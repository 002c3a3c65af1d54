"""Restoring what was removed: an appeal was won, or the removal was an error of law."""

from __future__ import annotations

from django.db import transaction

from palaver.forums.models import Hold, Post, Removal
from palaver.kit import clock, events
from palaver.record.entering import enter
from palaver.standards.events import PostRestored


def restore(removal: Removal, *, because: str) -> None:
    """End a removal: the post is shown again, unless its author has withdrawn it or it is held. Restored twice it is restored once.

    Joins a running transaction. The record says that it was restored, and why.
    """
    with transaction.atomic():
        post = Post.objects.select_for_update(no_key=True).get(pk=removal.post_id)
        ended = Removal.objects.filter(pk=removal.pk, ended_at=None).update(ended_at=clock.now())
        if not ended:
            return
        held = Hold.objects.filter(post=post, ended_at=None).exists()
        standing = Post.Standing.HELD if held else Post.Standing.SHOWN
        Post.objects.filter(pk=post.pk, standing=Post.Standing.REMOVED).update(standing=standing)
        payload = {"removal": removal.pk, "case": removal.case_number, "because": because}
        enter("post.restore", office="rule", subject=f"post:{post.pk}", payload=payload)
        events.publish(PostRestored(post.pk, post.thread_id, post.forum_id, post.author_id, removal.pk))
