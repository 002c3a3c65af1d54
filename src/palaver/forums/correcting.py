"""Marking as corrected: one line by its author on top of a post, shown in lists too. Ended or replaced, never deleted."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.forums.events import PostCorrected
from palaver.forums.models import Correction, Post
from palaver.forums.permissions import may_correct
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import storable

LONGEST = 300


def correct(post: Post, *, by: Member, line: str) -> Correction:
    """Put a correction line on top of one's own post; one that stands there is ended. The same line again changes nothing.

    Raises NotAllowed, or Refusal when the line is empty or longer than LONGEST.
    """
    line = " ".join(storable(line).split())
    if not line:
        raise Refusal(_("Say in one line what was wrong and what is right."), field="line")
    if len(line) > LONGEST:
        raise Refusal(
            _("This line has %(length)s characters; %(longest)s fit. Put the rest into the post itself.")
            % {"length": len(line), "longest": LONGEST},
            field="line",
        )
    with transaction.atomic():
        post = _locked(post)
        may_correct(by, post).or_refuse()
        running = Correction.objects.filter(post=post, ended_at=None).first()
        if running is not None:
            if running.line == line:
                return running
            _end(running)
        correction = Correction.objects.create(post=post, line=line, at=clock.now())
        events.publish(PostCorrected(post.pk, post.thread_id, post.forum_id, post.author_id, correction.pk))
    return correction


def end(post: Post, *, by: Member) -> None:
    """Take the line away; it stays in the post's history. Without one nothing happens. Raises NotAllowed."""
    with transaction.atomic():
        post = _locked(post)
        may_correct(by, post).or_refuse()
        running = Correction.objects.filter(post=post, ended_at=None).first()
        if running is not None:
            _end(running)
            events.publish(PostCorrected(post.pk, post.thread_id, post.forum_id, post.author_id, None))


def _locked(post: Post) -> Post:
    rows = Post.objects.select_for_update(of=("self",), no_key=True).select_related("thread", "forum")
    return rows.get(pk=post.pk)


def _end(running: Correction) -> None:
    running.ended_at = clock.now()
    running.save(update_fields=["ended_at"])
