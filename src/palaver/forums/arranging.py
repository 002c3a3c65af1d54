"""Putting a thread's posts in order again after some have come or gone: dense places, paths of the tree, the thread's counters.

Numbers are addresses and are never touched here. To be called in the transaction of the verb that moved the posts, which
has locked them first (`hold`).
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection
from django.db.models import Max

from palaver.forums import paths
from palaver.forums.models import Forum, Post, Thread

_ASIDE = 1_000_000_000
"""Beyond every place: where places stand while they are given anew, because no two may be equal at any moment."""
_BATCH = 500


def hold(thread_ids: Collection[int]) -> dict[int, Thread]:
    """Lock threads with all their posts, in the order in which verbs lock: posts, then threads. By id.

    A reply that comes between the two is locked last; nobody else can hold it together with its thread, but its author
    who edits it at this very instant, and then one of the two is sent back by the database.
    """
    ids = sorted(thread_ids)
    for _time in range(2):
        list(
            Post.objects.filter(thread_id__in=ids)
            .select_for_update(of=("self",), no_key=False)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        rows = Thread.objects.select_for_update(of=("self",), no_key=False).select_related("forum").order_by("pk")
        found = {thread.pk: thread for thread in rows.filter(pk__in=ids)}
    return found


def hold_forums(forum_ids: Collection[int]) -> dict[int, Forum]:
    """Lock forums by id: after their threads, as everywhere."""
    rows = Forum.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=forum_ids).order_by("pk")
    return {forum.pk: forum for forum in rows}


def settle(thread_id: int) -> None:
    """Places, paths and the thread's own counters, from its posts as they are now. The thread has one post at least."""
    _places(thread_id)
    _paths(thread_id)
    _thread(thread_id)


def count_forum(forum_id: int, *, threads: int = 0, posts: int = 0) -> None:
    """Move a forum's counters by so much, and find its newest post anew."""
    forum = Forum.objects.only("thread_count", "post_count").get(pk=forum_id)
    Forum.objects.filter(pk=forum_id).update(
        thread_count=forum.thread_count + threads,
        post_count=forum.post_count + posts,
        last_post_at=Post.objects.filter(forum_id=forum_id).aggregate(at=Max("created_at"))["at"],
    )


def _places(thread_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE forums_post SET place = place + {_ASIDE:d} WHERE thread_id = %s", [thread_id])
        cursor.execute(
            "UPDATE forums_post SET place = r.n FROM ("
            " SELECT id, row_number() OVER (ORDER BY number) - 1 AS n FROM forums_post WHERE thread_id = %s"
            ") r WHERE forums_post.id = r.id",
            [thread_id],
        )


def _paths(thread_id: int) -> None:
    posts = list(
        Post.objects.filter(thread_id=thread_id)
        .order_by("number")
        .only("id", "number", "place", "answers", "path", "depth")
    )
    known: dict[int, str] = {}
    changed: list[Post] = []
    for post in posts:
        # Whoever answers has the higher number, so the one answered is known by now. What answers the original post
        # stands at the top.
        path = paths.below(known.get(post.answers_id or 0, ""), post.number)
        known[post.pk] = "" if post.place == 0 else path
        if post.path != path:
            post.path, post.depth = path, paths.depth(path)
            changed.append(post)
    Post.objects.bulk_update(changed, ["path", "depth"], batch_size=_BATCH)


def _thread(thread_id: int) -> None:
    posts = Post.objects.filter(thread_id=thread_id)
    last = posts.order_by("-place").values_list("author_id", flat=True)[0]
    first = posts.order_by("place").only("author", "created_at", "rec_count")[0]
    Thread.objects.filter(pk=thread_id).update(
        author_id=first.author_id,
        post_count=posts.count(),
        last_post_at=posts.aggregate(at=Max("created_at"))["at"],
        last_author_id=last,
        rec_count=first.rec_count,
    )
