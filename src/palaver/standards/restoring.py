"""Restoring what was removed: an appeal was won, or the removal was an error of law."""

from __future__ import annotations

from django.db import transaction

from palaver.forums.models import Post, Removal
from palaver.kit import clock, events
from palaver.standards.events import PostRestored


def restore(removal: Removal, *, because: str) -> None:
    """End a removal: the post is shown again, unless its author has withdrawn it or it is held. Restored twice it is restored once.

    Inside or outside a transaction. What it stands on – a verdict – enters the record itself, so `because` is kept by that.
    """
    with transaction.atomic():
        post = Post.objects.select_for_update(no_key=True).get(pk=removal.post_id)
        ended = Removal.objects.filter(pk=removal.pk, ended_at=None).update(ended_at=clock.now())
        if not ended:
            return
        Post.objects.filter(pk=post.pk, standing=Post.Standing.REMOVED).update(standing=Post.Standing.SHOWN)
        events.publish(PostRestored(post.pk, post.thread_id, post.forum_id, post.author_id, removal.pk))
