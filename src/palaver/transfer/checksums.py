"""One checksum of everything that imports have brought in, told by old ids and content, never by ids of this house.

Two installations that imported the same archives have the same checksum: on SQLite or PostgreSQL, in one run or in
twenty that were killed.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from palaver.accounts.models import Member
from palaver.forums.models import Forum, Lock, Pin, Post, PostBody, SourceText, Thread, ThreadEvent
from palaver.transfer.models import Import, ImportedThing, LostReference, OldAddress

CHUNK = 200


def of_imports() -> str:
    """64 hexadecimal digits over all imported forums, members, threads, posts, texts, events, locks, recs and
    addresses.

    Content that members have added to imported threads since then counts too.
    """
    sum_ = hashlib.sha256()
    # Sorted here: databases sort text by their language.
    for origin in sorted(Import.objects.all(), key=lambda origin: (origin.engine, origin.source)):
        sum_.update(_line("import", origin.engine, origin.source))
        for line in _of(origin):
            sum_.update(line)
    return sum_.hexdigest()


def _line(*values: Any) -> bytes:
    return json.dumps([_plain(value) for value in values], ensure_ascii=False).encode() + b"\n"


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _things(origin: Import, kind: str) -> list[tuple[str, int]]:
    return sorted(ImportedThing.objects.filter(origin=origin, kind=kind).values_list("old_id", "new_id"))


def _chunks(things: list[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    for start in range(0, len(things), CHUNK):
        yield things[start : start + CHUNK]


def _of(origin: Import) -> Iterator[bytes]:
    places = dict(Forum.objects.values_list("id", "name"))
    for chunk in _chunks(_things(origin, "category")):
        rows = {row[0]: row[1:] for row in Forum.objects.filter(pk__in=[new for _, new in chunk]).values_list(
            "pk", "category__name", "name", "slug", "thread_count", "post_count", "last_post_at"
        )}  # fmt: skip
        yield from (_line("forum", old, *rows.get(new, ())) for old, new in chunk)
    for chunk in _chunks(_things(origin, "member")):
        people = {row[0]: row[1:] for row in Member.objects.filter(pk__in=[new for _, new in chunk]).values_list(
            "pk", "name", "name_key", "email", "joined_at", "claimed_at", "post_count"
        )}  # fmt: skip
        yield from (_line("member", old, *people.get(new, ())) for old, new in chunk)
    for chunk in _chunks(_things(origin, "thread")):
        yield from _threads(chunk, places)
    old_posts = {
        new: old
        for old, new in ImportedThing.objects.filter(origin=origin, kind="post").values_list("old_id", "new_id")
    }
    lost = LostReference.objects.filter(origin=origin).values_list("post_id", "reference")
    yield from sorted(_line("lost", old_posts.get(post), reference) for post, reference in lost)
    # A target holds a new id; what it leads to is told by the thing, so here only that there is one.
    for path in sorted(OldAddress.objects.filter(origin=origin).values_list("path", flat=True)):
        yield _line("address", path)


def _threads(chunk: list[tuple[str, int]], places: dict[int, str]) -> Iterator[bytes]:
    ids = [new for _, new in chunk]
    threads = {row[0]: row[1:] for row in Thread.objects.filter(pk__in=ids).values_list(
        "pk", "forum_id", "author__name", "subject", "slug", "created_at", "post_count", "last_number", "last_post_at",
        "last_author__name", "rec_count",
    )}  # fmt: skip
    posts: dict[int, list[bytes]] = defaultdict(list)
    bodies = dict(PostBody.objects.filter(post__thread_id__in=ids).values_list("post_id", "html"))
    numbers = dict(Post.objects.filter(thread_id__in=ids).values_list("pk", "number"))
    rows = Post.objects.filter(thread_id__in=ids).order_by("thread_id", "place").values_list(
        "thread_id", "pk", "author__name", "number", "place", "answers_id", "answers_number", "path", "depth",
        "subject", "opening", "standing", "version", "created_at", "edited_at", "rec_count", "unnamed_recs",
    )  # fmt: skip
    for thread, pk, author, number, place, answers, *rest in rows:
        answered = None if answers is None else numbers.get(answers)
        posts[thread].append(_line("post", author, number, place, answered, *rest, bodies.get(pk)))
    texts = SourceText.objects.filter(post__thread_id__in=ids).values_list(
        "post__thread_id", "post__number", "version", "kind", "subject", "text", "written_at"
    )
    for thread, *rest in sorted(texts, key=lambda row: row[:3]):
        posts[thread].append(_line("text", *rest))
    told = ThreadEvent.objects.filter(thread_id__in=ids).values_list(
        "thread_id", "after_place", "number", "act", "by__name", "office", "because", "html", "at"
    )
    for thread, *rest in told:
        posts[thread].append(_line("event", *rest))
    for kind, model in (("lock", Lock), ("pin", Pin)):
        held = model._default_manager.filter(thread_id__in=ids).values_list(
            "thread_id", "by__name", "because", "at", "ended_at"
        )
        for thread, *rest in held:
            posts[thread].append(_line(kind, *rest))
    for old, new in chunk:
        if new in threads:
            forum, *rest = threads[new]
            yield _line("thread", old, places.get(forum), *rest)
        yield from sorted(posts[new])
