"""Filling the index from posts that stood before it, in chunks: a job does it after an upgrade, `palaver reindex` at once.

Each chunk is one transaction with the note of how far it came, so a process that is killed loses nothing but its chunk.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, connection, transaction

from palaver.forums.models import Post
from palaver.kit import due
from palaver.search import indexing
from palaver.search.models import Building, Document

CHUNK = 500
"""Posts of a chunk: about a fifth of a second in which other writers wait on SQLite."""

KIND = "search.build"


def share() -> int | None:
    """Percent of the old posts that are in the index, or None when all are."""
    state = Building.objects.first()
    return None if state is None else state.share


def begin() -> None:
    """Wish the whole index to be built anew from the posts, by the jobs process or by whoever calls `chunk`."""
    with transaction.atomic():
        highest = (Post.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
        Building.objects.update_or_create(pk=Building.ONLY, defaults={"below": highest, "highest": highest})
        due.enqueue(KIND, key="build")


def chunk() -> bool:
    """Take the next posts, the newest first; False when the index was whole already."""
    with transaction.atomic():
        state = Building.objects.select_for_update().first()
        if state is None:
            return False
        # Ids may have gaps, so the next chunk begins at a post and not at a number.
        lowest = (
            Post.objects.filter(pk__lt=state.below)
            .order_by("-pk")
            .values_list("pk", flat=True)[CHUNK - 1 : CHUNK]
            .first()
        )
        indexing.renew_stretch(lowest or 0, state.below)
        if lowest is None:
            state.delete()
            _renew_statistics()
        else:
            state.below = lowest
            state.save(update_fields=["below"])
        return True


def run() -> Iterator[int]:
    """Build to the end, a chunk at a time; yields the percent done before each."""
    while (done := share()) is not None:
        yield done
        chunk()
    yield 100


def register() -> None:
    """Name the job's handler; called by the jobs process."""
    due.job(KIND)(build)


def build(wish: dict[str, Any]) -> None:
    """One chunk, and the wish for the next."""
    if chunk() and share() is not None:
        with transaction.atomic():
            due.enqueue(KIND, key="build")


def drift(*, texts: bool = False) -> Iterator[str]:
    """A sentence for each way in which the index differs from the posts; with `texts` every document is compared."""
    if share() is not None:
        yield "The search index is still being built."
        return
    shown = Post.objects.filter(standing=Post.Standing.SHOWN)
    missing = _number(
        "SELECT count(*) FROM forums_post p WHERE p.standing = 0 "
        "AND NOT EXISTS (SELECT 1 FROM search_document d WHERE d.post_id = p.id)"
    )
    if missing:
        yield f"Search: {missing} shown posts are not in the index."
    surplus = _number(
        "SELECT count(*) FROM search_document d "
        "WHERE NOT EXISTS (SELECT 1 FROM forums_post p WHERE p.id = d.post_id AND p.standing = 0)"
    )
    if surplus:
        yield f"Search: {surplus} posts are in the index that are not shown."
    if texts and (stale := sum(_stale(shown.order_by("-pk").values_list("pk", flat=True).first() or 0))):
        yield f"Search: {stale} posts are in the index with other words than they have."
    if not words_agree():
        yield "Search: the index of words does not agree with its documents."


def words_agree() -> bool:
    """Whether the index of words is equal to the documents. PostgreSQL keeps the two equal by itself."""
    if connection.vendor != "sqlite":
        return True
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)")
    except DatabaseError:
        return False
    return True


def mend_words() -> None:
    """Make the index of words anew from the documents, where it can differ from them."""
    if connection.vendor == "sqlite":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO search_index(search_index) VALUES ('rebuild')")


def _renew_statistics() -> None:
    """PostgreSQL chooses how to look by how common a word is, so it is told when the index has grown."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE search_document")


def _stale(highest: int) -> Iterator[int]:
    for lowest in range(0, highest + 1, CHUNK):
        held = {
            row[1]: row
            for row in Document.objects.filter(post_id__gte=lowest, post_id__lt=lowest + CHUNK).values_list(
                "key", "post_id", "thread_id", "forum_id", "author_id", "subject", "body", "marks"
            )
        }
        for row in indexing.expected(lowest, lowest + CHUNK):
            # A key that had to make way is another, and so may be its mark of time; the rest must be equal.
            yield int(row[1] in held and held[row[1]][2:7] != row[2:7])


def _number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
