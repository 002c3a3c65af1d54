"""Splitting: replies that have become a conversation of their own get a thread of their own.

They keep their numbers there, so `/t/<old>/post/12` leads to `/t/<new>/post/12` by the stub that is left behind. What
stayed and answered one of them, and what went and answered one that stayed, lead to each other by stubs too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.forums import arranging
from palaver.forums.events import ThreadSplit
from palaver.forums.locking import LONGEST_REASON, tell
from palaver.forums.models import Draft, Post, PostStub, Subscription, Thread, ThreadEvent
from palaver.forums.permissions import may_split, office_in
from palaver.forums.posting import thread_slug
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text import subjects
from palaver.kit.text.letters import reason
from palaver.record.entering import enter


def split(
    thread: Thread,
    *,
    numbers: Collection[int],
    subject: str,
    by: Member,
    because: str,
    with_answers: bool = True,
) -> Thread:
    """Make a new thread of some replies and return it. `with_answers` takes along what answers them, at any depth.

    The first of them opens the new thread and must be shown. Who subscribed to the old thread is subscribed to the new
    one, in the same way. Raises NotAllowed, or Refusal (subject, reason, or which replies; `field` says which).
    """
    because = reason(because, LONGEST_REASON)
    subject = subjects.clean(subject)
    with transaction.atomic():
        thread = arranging.hold([thread.pk])[thread.pk]
        may_split(by, thread).or_refuse()
        if not because:
            raise Refusal(_("Say why: the reason stands in the thread and on the record."), field="because")
        posts = list(
            Post.objects.filter(thread=thread)
            .order_by("place")
            .only("id", "number", "place", "answers", "answers_number", "author", "standing", "created_at")
        )
        gone = _chosen(posts, numbers, with_answers=with_answers)
        arranging.hold_forums([thread.forum_id])
        new = _begun(thread, gone[0], subject)
        _hand_over(thread, new, posts, gone)
        arranging.settle(thread.pk)
        arranging.settle(new.pk)
        Thread.objects.filter(pk=new.pk).update(last_number=gone[-1].number)
        new.refresh_from_db()
        thread.refresh_from_db(fields=["post_count"])
        arranging.count_forum(thread.forum_id, threads=+1)
        _tell(thread, new, gone[0], by=by, because=because)
        office = office_in(by, thread.forum)
        events.publish(ThreadSplit(thread.pk, new.pk, thread.forum_id, tuple(post.pk for post in gone)))
        enter(
            "thread.split",
            office=office,
            subject=f"thread:{thread.pk}",
            payload={
                "by": by.pk,
                "because": because,
                "into": new.pk,
                "posts": len(gone),
                "numbers": [post.number for post in gone[:100]],
            },
        )
    return new


def _chosen(posts: list[Post], numbers: Collection[int], *, with_answers: bool) -> list[Post]:
    """The posts that go, in their order. Raises Refusal."""
    wanted = set(numbers)
    if not wanted:
        raise Refusal(_("Choose at least one reply."), field="numbers")
    known = {post.number for post in posts}
    if missing := sorted(wanted - known):
        raise Refusal(
            _("This thread has no post with the number %(number)s.") % {"number": missing[0]}, field="numbers"
        )
    if posts[0].number in wanted:
        raise Refusal(
            _("The original post stays: without it there is no thread. To put all of it elsewhere, move the thread."),
            field="numbers",
        )
    going: set[int] = set()
    gone = []
    for post in posts:
        if post.number in wanted or (with_answers and post.answers_id in going):
            going.add(post.pk)
            gone.append(post)
    if gone[0].standing != Post.Standing.SHOWN:
        raise Refusal(
            _(
                "Number %(number)s would open the new thread, but it is not shown. Choose one before it, or leave it out."
            )
            % {"number": gone[0].number},
            field="numbers",
        )
    return gone


def _begun(thread: Thread, first: Post, subject: str) -> Thread:
    return Thread.objects.create(
        forum=thread.forum,
        author_id=first.author_id,
        subject=subject,
        slug=thread_slug(subject),
        created_at=first.created_at,
        last_post_at=first.created_at,
        last_author_id=first.author_id,
    )


def _hand_over(thread: Thread, new: Thread, posts: list[Post], gone: list[Post]) -> None:
    """The posts, what belongs to them, and the stubs by which the two threads lead to each other."""
    now = clock.now()
    going = {post.pk for post in gone}
    by_id = {post.pk: post for post in posts}
    Post.objects.filter(pk__in=going).update(thread=new)
    stubs = {(thread.pk, post.number): post.pk for post in gone}
    parted = []
    for post in posts:
        parent = by_id.get(post.answers_id or 0)
        if post is gone[0]:
            post.answers_id = post.answers_number = None
            parted.append(post)
        elif parent is not None and (post.pk in going) != (parent.pk in going):
            # The number answered still stands at the post and leads, by a stub, to where that one is now.
            post.answers_id = None
            parted.append(post)
            if post.pk in going:
                stubs[new.pk, parent.number] = parent.pk
    Post.objects.bulk_update(parted, ["answers", "answers_number"], batch_size=500)
    Post.objects.filter(pk=gone[0].pk).update(subject="")
    PostStub.objects.bulk_create(
        [PostStub(was_in=was_in, number=number, post_id=pk, at=now) for (was_in, number), pk in stubs.items()],
        batch_size=500,
    )
    left = [post.place for post in gone]
    # Lines about earlier acts stay behind the posts they stood behind.
    lines = list(ThreadEvent.objects.filter(thread=thread, after_place__gte=left[0]))
    for line in lines:
        line.after_place -= bisect_right(left, line.after_place)
    ThreadEvent.objects.bulk_update(lines, ["after_place"], batch_size=500)
    Draft.objects.filter(post_id__in=going).exclude(thread=None).update(thread=new)
    Subscription.objects.bulk_create(
        [
            Subscription(
                member_id=one.member_id,
                thread=new,
                by_mail=one.by_mail,
                by_push=one.by_push,
                in_digest=one.in_digest,
                muted=one.muted,
                at=now,
            )
            for one in Subscription.objects.filter(thread=thread)
        ],
        batch_size=500,
    )


def _tell(thread: Thread, new: Thread, first: Post, *, by: Member, because: str) -> None:
    """A line in the old thread, where the first of them stood, and one on top of the new thread."""
    office = office_in(by, thread.forum)
    before = (
        Post.objects.filter(thread=thread, number__lt=first.number).order_by("-place").values_list("place", flat=True)
    )
    tell(
        thread,
        ThreadEvent.Act.SPLIT,
        by=by,
        office=office,
        because=because,
        after_place=before[0],
        leads_to=f"/t/{new.pk}",
    )
    tell(
        new,
        ThreadEvent.Act.SPLIT_FROM,
        by=by,
        office=office,
        because=because,
        after_place=0,
        leads_to=f"/t/{thread.pk}",
    )
