"""Merging: a thread's posts are put behind those of another on the same matter. The emptied thread's address leads on.

The posts get new numbers, in their order; their old addresses lead to them by stubs.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.forums import arranging, paths, titling
from palaver.forums.events import ThreadMerged
from palaver.forums.locking import LONGEST_REASON, tell
from palaver.forums.models import (
    Draft,
    Lock,
    Pin,
    Post,
    PostStub,
    SourceText,
    Subscription,
    Thread,
    ThreadEvent,
    ThreadStub,
)
from palaver.forums.permissions import may_merge, office_in, running_lock
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import reason
from palaver.record.entering import enter

# Rows that point at a thread and are taken along here, or by a reaction to ThreadMerged (the right-hand ones). A thread
# that anything else points at is not merged: what that row means for the other thread nobody has thought about.
TAKEN_ALONG = frozenset(
    {
        "forums.post",
        "forums.lock",
        "forums.pin",
        "forums.threadevent",
        "forums.subscription",
        "forums.draft",
        "forums.threadstub",
        "reading.threadmark",
        "reading.trash",
        "notices.notice",
    }
)


def merge(thread: Thread, *, into: Thread, by: Member, because: str) -> Thread:
    """Put all posts of a thread behind those of another in the same forum, and return that one.

    Raises NotAllowed, or Refusal: a reason is missing, one of them is locked, or something stands on the thread that
    cannot be taken along (a poll, a proposal for the charter).
    """
    because = reason(because, LONGEST_REASON)
    with transaction.atomic():
        held = arranging.hold([thread.pk, into.pk])
        if thread.pk not in held or into.pk not in held:
            raise Refusal(_("One of these threads has been merged meanwhile. Look again."))
        thread, into = held[thread.pk], held[into.pk]
        may_merge(by, thread, into).or_refuse()
        if not because:
            raise Refusal(_("Say why: the reason stands in the thread and on the record."), field="because")
        _fit(thread, into)
        arranging.hold_forums([thread.forum_id])
        office, offset = office_in(by, into.forum), into.post_count
        moved = _append(thread, into)
        _take_along(thread, into, offset)
        arranging.settle(into.pk)
        arranging.count_forum(into.forum_id, threads=-1)
        tell(
            into,
            ThreadEvent.Act.MERGED,
            by=by,
            office=office,
            because=because,
            after_place=offset - 1,
            leads_to=f"/p/{moved[0]}",
        )
        ThreadStub.objects.filter(into=thread).update(into=into)
        ThreadStub.objects.create(was=thread.pk, into=into, at=clock.now())
        events.publish(ThreadMerged(thread.pk, into.pk, into.forum_id, offset, moved))
        gone = thread.pk
        thread.delete()
        enter(
            "thread.merge",
            office=office,
            subject=f"thread:{into.pk}",
            payload={"by": by.pk, "because": because, "merged": gone, "posts": len(moved)},
        )
        into.refresh_from_db()
    return into


def _fit(thread: Thread, into: Thread) -> None:
    """Raises Refusal where the two do not go together."""
    if running_lock(thread) is not None or running_lock(into) is not None:
        raise Refusal(_("One of these threads is locked. Open it again first: what was said does not end a lock."))
    if into.last_number + thread.post_count > paths.HIGHEST:
        paths.segment(into.last_number + thread.post_count)
    for relation in Thread._meta.related_objects:
        if relation.related_model._meta.label_lower in TAKEN_ALONG:
            continue
        if relation.related_model._base_manager.filter(**{relation.field.name: thread.pk}).exists():
            raise Refusal(
                _(
                    "A ballot or a proposal stands on this thread, so it stays a thread of its own. Merge the other into it."
                )
            )


def _append(thread: Thread, into: Thread) -> tuple[int, ...]:
    """Move the posts and leave their stubs. Returns their ids, in their order."""
    posts = list(Post.objects.filter(thread=thread).order_by("place").values_list("pk", "number"))
    now = clock.now()
    PostStub.objects.bulk_create(
        [PostStub(was_in=thread.pk, number=number, post_id=pk, at=now) for pk, number in posts], batch_size=500
    )
    first = posts[0][0]
    # The original post becomes a reply; what its author called the thread becomes its own subject line, which is shown
    # and hidden with it.
    subject = thread.subject
    if subject == titling.neutral():
        version = Post.objects.values_list("version", flat=True).get(pk=first)
        subject = SourceText.objects.values_list("subject", flat=True).get(post_id=first, version=version)
    Post.objects.filter(pk=first).update(subject=subject)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE forums_post SET thread_id = %s, number = r.number, place = r.place FROM ("
            " SELECT id, %s + row_number() OVER (ORDER BY place) AS number,"
            " %s + row_number() OVER (ORDER BY place) AS place FROM forums_post WHERE thread_id = %s"
            ") r WHERE forums_post.id = r.id",
            [into.pk, into.last_number, into.post_count - 1, thread.pk],
        )
        # Whom a post answers is said by number too, and that one has a new number now. Where the one answered is
        # missing, its number would point at a stranger.
        cursor.execute(
            "UPDATE forums_post SET answers_number = (SELECT q.number FROM forums_post q WHERE q.id = forums_post.answers_id)"
            " WHERE thread_id = %s AND number > %s",
            [into.pk, into.last_number],
        )
    Thread.objects.filter(pk=into.pk).update(last_number=into.last_number + len(posts))
    return tuple(pk for pk, _number in posts)


def _take_along(thread: Thread, into: Thread, offset: int) -> None:
    now = clock.now()
    Lock.objects.filter(thread=thread).update(thread=into)
    Pin.objects.filter(thread=thread, ended_at=None).update(ended_at=now)
    Pin.objects.filter(thread=thread).update(thread=into)
    ThreadEvent.objects.filter(thread=thread).update(thread=into, after_place=F("after_place") + offset)
    told = Subscription.objects.filter(thread=into).values("member")
    Subscription.objects.filter(thread=thread).exclude(member__in=list(told.values_list("member", flat=True))).update(
        thread=into
    )
    begun = Draft.objects.filter(
        member__in=Draft.objects.filter(thread=thread).values("member"), place=f"reply:{into.pk}"
    )
    there = {draft.member_id: draft for draft in begun}
    for draft in Draft.objects.filter(thread=thread):
        draft.thread = into
        if draft.place == f"reply:{thread.pk}":
            other = there.get(draft.member_id)
            if other is not None:
                # Two beginnings of a reply in one place: neither is lost.
                other.text = "\n\n".join(part for part in (other.text, draft.text) if part)
                other.revision += 1
                other.save(update_fields=["text", "revision"])
                draft.delete()
                continue
            draft.place = f"reply:{into.pk}"
        draft.save(update_fields=["thread", "place"])
