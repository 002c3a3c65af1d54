"""The subject of a thread whose original post nobody may read: it goes and comes back with the post.

A subject is part of what its author wrote, and stands on lists, in addresses, feeds and mails. Where the text of a removed
post can still be opened the subject stays, so that the replies keep their heading; where it cannot, or while the post is
held back, a neutral one takes its place. The author's own is kept with the text's version.
"""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from palaver.forums.models import Hold, Post, Removal, SourceText, Thread
from palaver.forums.posting import thread_slug


def neutral() -> str:
    """What stands in place of a subject, in the community's language."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("(removed)")


def settle(post_id: int) -> bool:
    """Let the subject of a post's thread follow what may be read of the post now; within the caller's transaction.

    Only original posts have one to hide. Returns whether it changed; doing it again changes nothing.
    """
    post = Post.objects.select_related("thread").get(pk=post_id)
    if not post.is_original:
        return False
    thread, kept = post.thread, SourceText.objects.filter(post=post, version=post.version)
    hidden = (
        Hold.objects.filter(post=post, ended_at=None).exists()
        if post.standing == Post.Standing.HELD
        else post.standing == Post.Standing.REMOVED
        and Removal.objects.filter(post=post, ended_at=None, is_openable=False).exists()
    )
    stands_in = neutral()
    if hidden and thread.subject != stands_in:
        kept.update(subject=thread.subject)
        _name(thread, stands_in)
        return True
    if not hidden and thread.subject == stands_in:
        own = kept.values_list("subject", flat=True).first()
        if own and own != stands_in:
            _name(thread, own)
            return True
    return False


def _name(thread: Thread, subject: str) -> None:
    Thread.objects.filter(pk=thread.pk).update(subject=subject, slug=thread_slug(subject))
