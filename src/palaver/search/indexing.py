"""Keeping the index: posts come in, change and leave within the transaction of the verb that did it to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from palaver.accounts.reads import instant_of
from palaver.forums.models import Post
from palaver.search import texts
from palaver.search.models import Document
from palaver.search.models.document import SEQUENCE

_ASKED = 500

Row = tuple[int, int, int, int, int, str, str, str]

_POSTS = """
SELECT p.id, p.thread_id, p.forum_id, p.author_id, p.created_at, p.place,
       CASE WHEN p.place = 0 THEN t.subject ELSE p.subject END, b.html
  FROM forums_post p
  JOIN forums_thread t ON t.id = p.thread_id
  JOIN forums_postbody b ON b.post_id = p.id
 WHERE p.standing = %s AND """

_ONE = """
SELECT p.id, p.thread_id, p.forum_id, p.author_id, p.created_at, p.place,
       CASE WHEN p.place = 0 THEN t.subject ELSE p.subject END, b.html,
       d.key, d.post_id, d.thread_id, d.forum_id, d.author_id, d.subject, d.body, d.marks
  FROM forums_post p
  JOIN forums_thread t ON t.id = p.thread_id
  JOIN forums_postbody b ON b.post_id = p.id
  LEFT JOIN search_document d ON d.post_id = p.id
 WHERE p.standing = %s AND p.id = %s
"""

_STORE = """
INSERT INTO search_document (key, post_id, thread_id, forum_id, author_id, subject, body, marks)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_WORDS = "INSERT INTO search_index (rowid, subject, body, marks) VALUES (%s, %s, %s, %s)"


def add(post_id: int) -> None:
    """Bring the index up to a post as it stands now: put it in, renew it, or take it out if it is not shown any more.
    Inside a transaction only."""
    _need_a_transaction()
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [int(Post.Standing.SHOWN), post_id])
        row = cursor.fetchone()
    if row is None:
        _remove([post_id])
        return
    made, standing = _document(row[:8]), row[8:]
    if standing[0] is None:
        insert_one(made)
    elif standing[1:] != made[1:]:
        _remove([post_id])
        insert_one((standing[0], *made[1:]))


def add_many(post_ids: Iterable[int]) -> int:
    """The same for many posts; returns how many of them are in the index now. Inside a transaction only."""
    _need_a_transaction()
    stored = 0
    for part in _parts(sorted(set(post_ids))):
        rows = _documents(f"p.id IN ({', '.join(['%s'] * len(part))})", part)
        _remove(set(part) - {row[1] for row in rows})
        stored += _store(rows)
    return stored


def add_thread(thread_id: int) -> None:
    """Renew all posts of a thread: it was moved, or its posts were."""
    add_many(Post.objects.filter(thread_id=thread_id).values_list("pk", flat=True))


def renew_stretch(lowest: int, below: int) -> int:
    """Bring the index up to every post with an id in [lowest, below), also those it should not hold; returns how many
    it holds. The posts are kept from changing until the transaction ends."""
    if connection.vendor == "postgresql":
        # First the locks, then a statement of its own for the texts: the one that waits would still see the old ones.
        posts = Post.objects.filter(pk__gte=lowest, pk__lt=below).order_by("pk")
        list(posts.select_for_update(no_key=True).values_list("pk", flat=True))
    rows = _documents("p.id >= %s AND p.id < %s", [lowest, below])
    known = set(Document.objects.filter(post_id__gte=lowest, post_id__lt=below).values_list("post_id", flat=True))
    _remove(known - {row[1] for row in rows})
    return _store(rows)


def expected(lowest: int, below: int) -> list[Row]:
    """What the index should hold of posts with an id in [lowest, below); keys before any of them had to make way."""
    return _documents("p.id >= %s AND p.id < %s", [lowest, below])


def _documents(where: str, parameters: Sequence[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(_POSTS + where, [int(Post.Standing.SHOWN), *parameters])
        rows = cursor.fetchall()
    return [_document(row) for row in rows]


def _document(row: Sequence[Any]) -> Row:
    post_id, thread_id, forum_id, author_id, created_at, place, subject, html = row
    moment = instant_of(created_at)
    assert moment is not None
    return texts.document(
        post_id=post_id,
        thread_id=thread_id,
        forum_id=forum_id,
        author_id=author_id,
        created_at=moment,
        is_original=place == 0,
        subject=subject,
        html=html,
    )


def _store(rows: list[Row]) -> int:
    """Write documents; those that are as they should be already stay untouched."""
    fresh: list[Row] = []
    for part in _parts(rows):
        standing = {
            row[1]: row
            for row in Document.objects.filter(post_id__in=[row[1] for row in part]).values_list(
                "key", "post_id", "thread_id", "forum_id", "author_id", "subject", "body", "marks"
            )
        }
        stale = [row for row in part if row[1] in standing and standing[row[1]][1:] != row[1:]]
        _remove(row[1] for row in stale)
        fresh += [row for row in part if row[1] not in standing]
        # Changed in place in time: a document keeps the key it has.
        fresh += [(standing[row[1]][0], *row[1:]) for row in stale]
    insert(fresh)
    return len(rows)


def insert_one(row: Row) -> None:
    """Put in the document of a post that has none."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_STORE} ON CONFLICT (key) DO NOTHING", row)
        if cursor.rowcount != 1:
            # Somebody else has the key.
            insert([row])
        elif connection.vendor == "sqlite":
            cursor.execute(_WORDS, [row[0], *row[5:]])


def insert(rows: list[Row]) -> None:
    """Put in documents of posts that have none, in the order of their keys: FTS5 takes rising numbers in one go."""
    placed = sorted(row for part in _parts(sorted(rows)) for row in _apart(part))
    if not placed:
        return
    with connection.cursor() as cursor:
        cursor.executemany(_STORE, placed)
        if connection.vendor == "sqlite":
            # All of them behind the documents: a statement that may fail makes FTS5 write out what it has gathered.
            cursor.executemany(_WORDS, [(row[0], *row[5:]) for row in placed])


def _need_a_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("The index is kept in the transaction that changes the posts.")


def _apart(rows: list[Row]) -> list[Row]:
    """The rows with keys that nobody else has.

    Two keys are equal only for posts of one second whose ids differ by a multiple of a million, as an archive without
    dates may bring them. The later one moves on by a second, until it is alone.
    """
    taken: dict[int, int] = {}
    asked = {row[0] for row in rows}
    placed: list[Row] = []
    while True:
        found = Document.objects.filter(key__in=asked - taken.keys()).values_list("key", "post_id")
        taken.update(found)
        waiting: list[Row] = []
        for row in rows:
            if taken.setdefault(row[0], row[1]) == row[1]:
                placed.append(row)
            else:
                waiting.append((row[0] + (1 << SEQUENCE), *row[1:]))
        if not waiting:
            return placed
        rows, asked = waiting, {row[0] for row in waiting}


def _remove(post_ids: Iterable[int]) -> None:
    for part in _parts(sorted(post_ids)):
        Document.objects.filter(post_id__in=part).delete()


def _parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    every = list(values)
    for start in range(0, len(every), _ASKED):
        yield every[start : start + _ASKED]
