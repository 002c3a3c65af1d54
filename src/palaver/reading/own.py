"""A member's own lists of posts: answers to them, and what those they follow wrote last. SQL, rows as named tuples.

Both are bounded: answers are looked for under the member's newest 2,000 posts, and of each followed member no more than
a page is read. Posts of the ignored, and of threads in the trash, are left out; a page is full all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from django.db import connection

from palaver.accounts.reads import Viewer, instant_of
from palaver.reading.sight import Sight

POSTS_A_PAGE = 30
ANSWERED = 2000
"""Under how many of a member's newest posts answers are looked for."""
LOOKED_AT = 1000

Key = tuple[datetime, int]


class PostLine(NamedTuple):
    """A post in a list: where it stands, its first words, and by whom."""

    id: int
    created_at: datetime
    thread_subject: str
    subject: str
    opening: str
    forum_id: int
    author_name: str


def _rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return cast(list[tuple[Any, ...]], cursor.fetchall())


def _numbers(ids: Collection[int]) -> str:
    """Our own ids, written into the statement: a union of hundreds would repeat them as values hundreds of times."""
    return ", ".join(str(int(one)) for one in sorted(ids))


_DRESSED = """
SELECT p.id, p.created_at, t.subject, p.subject, p.opening, p.forum_id, m.name
  FROM ({inner}) i JOIN forums_post p ON p.id = i.id JOIN forums_thread t ON t.id = p.thread_id
  JOIN accounts_member m ON m.id = p.author_id
 ORDER BY p.created_at DESC, p.id DESC
"""


def _page(
    statement: Callable[[Key | None, int], tuple[str, list[Any]]], before: Key | None, seen: Sight
) -> list[PostLine]:
    """A page, one more where it goes on, without the threads whose subjects a keyword hides."""
    found: list[PostLine] = []
    looked, batch = 0, POSTS_A_PAGE + 1
    while True:
        inner, values = statement(before, batch)
        rows = [
            PostLine(row[0], cast(datetime, instant_of(row[1])), *row[2:])
            for row in _rows(_DRESSED.format(inner=inner), values)
        ]
        found += [row for row in rows if not seen.hides(row.thread_subject)]
        looked += len(rows)
        if len(found) > POSTS_A_PAGE or len(rows) < batch or looked >= LOOKED_AT:
            return found[: POSTS_A_PAGE + 1]
        before, batch = (rows[-1].created_at, rows[-1].id), batch * 2


def _filters(alias: str, viewer: Viewer, forum_ids: Collection[int], start: Key | None) -> tuple[str, list[Any]]:
    """Conditions that every list of posts has: shown, readable, in sight, before the page's end."""
    sql = f" AND {alias}.standing = 0 AND {alias}.forum_id IN ({_numbers(forum_ids)})"
    values: list[Any] = []
    if start is not None:
        sql += f" AND ({alias}.created_at, {alias}.id) < (%s, %s)"
        values += [connection.ops.adapt_datetimefield_value(start[0]), start[1]]
    if viewer.hides_things:
        sql += (
            f" AND NOT EXISTS (SELECT 1 FROM reading_trash z WHERE z.member_id = %s AND z.thread_id = {alias}.thread_id)"
            f" AND NOT EXISTS (SELECT 1 FROM reading_ignore g WHERE g.member_id = %s AND g.ignored_id = {alias}.author_id)"
        )
        values += [viewer.id, viewer.id]
    return sql, values


def answers_to(viewer: Viewer, forum_ids: Collection[int], seen: Sight, *, before: Key | None = None) -> list[PostLine]:
    """A page of others' answers to the member's newest 2,000 posts, newest first, one more where it goes on."""
    ids = set(forum_ids) - seen.forums
    if not ids:
        return []

    def statement(start: Key | None, limit: int) -> tuple[str, list[Any]]:
        more, values = _filters("r", viewer, ids, start)
        inner = (
            "SELECT r.id AS id FROM (SELECT x.id AS id FROM forums_post x WHERE x.author_id = %s "
            f"ORDER BY x.created_at DESC LIMIT {ANSWERED:d}) mine JOIN forums_post r ON r.answers_id = mine.id "
            f"WHERE r.author_id <> %s{more} ORDER BY r.created_at DESC, r.id DESC LIMIT {limit:d}"
        )
        return inner, [viewer.id, viewer.id, *values]

    return _page(statement, before, seen)


def by_followed(
    viewer: Viewer, forum_ids: Collection[int], seen: Sight, *, before: Key | None = None
) -> list[PostLine]:
    """A page of the newest posts of those the member follows, one more where it goes on. Walks one index a person."""
    ids = set(forum_ids) - seen.forums
    people = [row[0] for row in _rows("SELECT followed_id FROM reading_follow WHERE member_id = %s", [viewer.id])]
    if not ids or not people:
        return []

    def statement(start: Key | None, limit: int) -> tuple[str, list[Any]]:
        more, values = _filters("x", viewer, ids, start)
        parts = [
            f"SELECT * FROM (SELECT x.id AS id, x.created_at AS k FROM forums_post x WHERE x.author_id = {int(one)}{more} "
            f"ORDER BY x.created_at DESC, x.id DESC LIMIT {limit:d}) w{int(one)}"
            for one in sorted(people)
        ]
        inner = f"SELECT id FROM ({' UNION ALL '.join(parts)}) u ORDER BY k DESC, id DESC LIMIT {limit:d}"
        return inner, values * len(people)

    return _page(statement, before, seen)
