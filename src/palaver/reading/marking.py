"""Marks and positions: moved by the member, idempotent, never backwards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_act
from palaver.forums.models import Forum, Post, Thread
from palaver.forums.permissions import may_read, readable_forum_ids
from palaver.kit import clock, durability, events
from palaver.reading.events import ForumMarked
from palaver.reading.models import ForumMark, ThreadMark
from palaver.reading.reads import horizon


def mark_forum(forum: Forum, *, by: Member, up_to: datetime | None = None) -> ForumMark:
    """Everything in the forum up to an instant (now, or what the page showed) is read. An older instant changes nothing.

    Nor does one before the horizon: what lies behind it is not new to anybody.
    """
    may_act(by).or_refuse()
    may_read(by, forum).or_refuse()
    now = clock.now()
    instant = max(min(up_to or now, now), horizon(by.joined_at))
    with durability.relaxed():
        mark, made = ForumMark.objects.select_for_update(no_key=True).get_or_create(
            member=by, forum=forum, defaults={"marked_at": instant}
        )
        if not made and mark.marked_at >= instant:
            return mark
        mark.marked_at = instant
        mark.save(update_fields=["marked_at"])
        events.publish(ForumMarked(by.pk, forum.pk))
    return mark


def mark_all(*, by: Member, up_to: datetime | None = None) -> int:
    """Mark every forum the member may read. Returns how many forums that is."""
    may_act(by).or_refuse()
    ids = readable_forum_ids(by.pk, is_operator=by.is_operator)
    with durability.relaxed():
        for forum in Forum.objects.filter(pk__in=ids):
            mark_forum(forum, by=by, up_to=up_to)
    return len(ids)


def read_up_to(thread: Thread, *, by: Member, number: int) -> ThreadMark | None:
    """The member has read the thread up to a post number. A lower one than before changes nothing."""
    may_act(by).or_refuse()
    may_read(by, thread.forum).or_refuse()
    post = Post.objects.filter(thread=thread, number__lte=number).order_by("-number").only("number", "place").first()
    if post is None:
        return None
    with durability.relaxed():
        mark, made = ThreadMark.objects.select_for_update(no_key=True).get_or_create(
            member=by,
            thread=thread,
            defaults={"number": post.number, "place": post.place, "read_at": clock.now()},
        )
        if not made and mark.number < post.number:
            mark.number, mark.place, mark.read_at = post.number, post.place, clock.now()
            mark.save(update_fields=["number", "place", "read_at"])
    return mark


def read_many(positions: Iterable[tuple[Thread, int]], *, by: Member) -> int:
    """A batch of positions in one transaction. Returns how many threads it held."""
    done = 0
    with durability.relaxed():
        for thread, number in positions:
            read_up_to(thread, by=by, number=number)
            done += 1
    return done
