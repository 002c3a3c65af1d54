"""Hot reads that lay a member's marks over places and threads: one statement each, rows as named tuples.

`marked_at` is the instant up to which the member has marked a forum read; a member who never marked has the horizon:
the day they joined, but at most 60 days back, so that nobody starts under a mountain.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from django.db import connection

from palaver.accounts.reads import Viewer, instant_of
from palaver.forums import orders
from palaver.kit import clock

HORIZON = timedelta(days=60)
COUNTED_TO = 100
THREADS_A_PAGE = 50


class ThreadHead(NamedTuple):
    """A thread page's first row: the thread, its forum's gates, its state, and the asking member's marks."""

    id: int
    forum_id: int
    subject: str
    slug: str
    author_id: int
    author_name: str
    created_at: datetime
    post_count: int
    last_number: int
    last_post_at: datetime
    rec_count: int
    has_events: bool
    lock_because: str | None
    lock_office: str | None
    lock_by: str | None
    lock_at: datetime | None
    pinned: bool
    marked_at: datetime | None
    read_number: int | None
    read_place: int | None


class ThreadRow(NamedTuple):
    """A thread in a list. `new_count` is capped at 100 ("99+"); 0 for guests. `recs` is what the order counted."""

    id: int
    forum_id: int
    subject: str
    slug: str
    author_name: str
    created_at: datetime
    post_count: int
    last_number: int
    last_post_at: datetime
    last_author_name: str
    recs: int
    locked: bool
    pinned: bool
    read_number: int | None
    new_count: int


class ForumIndexRow(NamedTuple):
    """A forum in an index. New counts are capped at 100; 0 for guests."""

    id: int
    thread_count: int
    post_count: int
    last_post_at: datetime | None
    last_thread_id: int | None
    last_subject: str | None
    last_slug: str | None
    last_author_name: str | None
    marked_at: datetime | None
    new_threads: int
    new_posts: int


def horizon(joined_at: datetime) -> datetime:
    """The mark of a member who never marked."""
    return max(joined_at, clock.now() - HORIZON)


def _rows(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cast(list[tuple[Any, ...]], cursor.fetchall())


def _instant(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def thread_head(thread_id: int, viewer: Viewer | None) -> ThreadHead | None:
    """One thread with its running lock and pin and the viewer's marks, or None where there is no such thread."""
    sql = """
    SELECT t.id, t.forum_id, t.subject, t.slug, t.author_id, a.name, t.created_at, t.post_count, t.last_number, t.last_post_at,
           t.rec_count, EXISTS (SELECT 1 FROM forums_threadevent e WHERE e.thread_id = t.id),
           l.because, l.office, lm.name, l.at,
           EXISTS (SELECT 1 FROM forums_pin pi WHERE pi.thread_id = t.id AND pi.ended_at IS NULL),
           fm.marked_at, tm.number, tm.place
      FROM forums_thread t
      JOIN accounts_member a ON a.id = t.author_id
      LEFT JOIN forums_lock l ON l.thread_id = t.id AND l.ended_at IS NULL
      LEFT JOIN accounts_member lm ON lm.id = l.by_id
      LEFT JOIN reading_forummark fm ON fm.member_id = %s AND fm.forum_id = t.forum_id
      LEFT JOIN reading_threadmark tm ON tm.member_id = %s AND tm.thread_id = t.id
     WHERE t.id = %s
    """
    me = viewer.id if viewer else 0
    rows = _rows(sql, [me, me, thread_id])
    if not rows:
        return None
    r = rows[0]
    marked_at = (instant_of(r[17]) or horizon(viewer.joined_at)) if viewer else None
    state = (bool(r[11]), *r[12:15], instant_of(r[15]), bool(r[16]))
    return ThreadHead._make(
        (*r[:6], instant_of(r[6]), r[7], r[8], instant_of(r[9]), r[10], *state, marked_at, r[18], r[19])
    )


def new_in_thread(thread_id: int, viewer: Viewer, since: datetime) -> int:
    """How many of the thread's newest hundred replies came after an instant and are not the viewer's own."""
    sql = """
    SELECT count(*) FROM (SELECT p.created_at AS c, p.author_id AS b FROM forums_post p
      WHERE p.thread_id = %s AND p.place > 0 ORDER BY p.place DESC LIMIT 100) q WHERE q.c > %s AND q.b <> %s
    """
    return int(_rows(sql, [thread_id, _instant(since), viewer.id])[0][0])


# Every list is an inner statement that walks an index to the ids of one page, and one outer statement that dresses them.
_DRESSED = """
SELECT t.id, t.forum_id, t.subject, t.slug, a.name, t.created_at, t.post_count, t.last_number, t.last_post_at, la.name,
       i.recs,
       EXISTS (SELECT 1 FROM forums_lock l WHERE l.thread_id = t.id AND l.ended_at IS NULL),
       EXISTS (SELECT 1 FROM forums_pin pi WHERE pi.thread_id = t.id AND pi.ended_at IS NULL),
       tm.number,
       CASE WHEN %s = 0 OR t.last_post_at <= COALESCE(fm.marked_at, %s) THEN 0 ELSE
         (SELECT count(*) FROM (SELECT p.created_at AS c, p.author_id AS b FROM forums_post p
            WHERE p.thread_id = t.id AND p.place > COALESCE(tm.place, -1) ORDER BY p.place DESC LIMIT 100) q
           WHERE q.c > COALESCE(fm.marked_at, %s) AND q.b <> %s) END
  FROM ({inner}) i
  JOIN forums_thread t ON t.id = i.id
  JOIN accounts_member a ON a.id = t.author_id
  JOIN accounts_member la ON la.id = t.last_author_id
  LEFT JOIN reading_forummark fm ON fm.member_id = %s AND fm.forum_id = t.forum_id
  LEFT JOIN reading_threadmark tm ON tm.member_id = %s AND tm.thread_id = t.id
 ORDER BY {order}
"""


def _dressed(inner: str, parameters: Sequence[Any], order: str, viewer: Viewer | None) -> list[ThreadRow]:
    me = viewer.id if viewer else 0
    mark = _instant(horizon(viewer.joined_at) if viewer else clock.now())
    rows = _rows(_DRESSED.format(inner=inner, order=order), [me, mark, mark, me, *parameters, me, me])
    return [
        ThreadRow._make(
            (
                *r[:5],
                instant_of(r[5]),
                r[6],
                r[7],
                instant_of(r[8]),
                r[9],
                r[10],
                bool(r[11]),
                bool(r[12]),
                r[13],
                r[14],
            )
        )
        for r in rows
    ]


_KEYS = {"latest": "last_post_at", "newest": "created_at", "unanswered": "created_at"}
_UNION_TO = 12


def threads(
    order: orders.Order,
    forum_ids: Collection[int] | None,
    *,
    viewer: Viewer | None,
    before: tuple[datetime, int] | None = None,
    size: int = THREADS_A_PAGE,
) -> list[ThreadRow]:
    """A page of `latest`, `newest` or `unanswered`, one more than `size` when there is a further one.

    `forum_ids` None means all forums. `before` is the (key, id) of the last row of the page before. Walks one index a
    forum, or the index over all threads, so that every page costs the same.
    """
    key = _KEYS[order.key]
    conditions, parameters = [], []
    if order.key == "unanswered":
        conditions.append("post_count = 1")
    if before is not None:
        conditions.append(f"({key}, id) < (%s, %s)")
        parameters += [_instant(before[0]), before[1]]
    limit = size + 1

    def walk(*more: str) -> str:
        where = " AND ".join([*more, *conditions]) or "1 = 1"
        return f"SELECT id, {key} AS k, rec_count AS recs FROM forums_thread WHERE {where} ORDER BY {key} DESC, id DESC LIMIT {limit:d}"

    if forum_ids is None:
        inner, values = walk(), list(parameters)
    elif len(forum_ids) <= _UNION_TO:
        if not forum_ids:
            return []
        parts, values = [], []
        for forum_id in sorted(forum_ids):
            parts.append(f"SELECT * FROM ({walk('forum_id = %s')}) w{forum_id:d}")
            values += [forum_id, *parameters]
        inner = f"SELECT id, k, recs FROM ({' UNION ALL '.join(parts)}) u ORDER BY k DESC, id DESC LIMIT {limit:d}"
    else:
        # The plus keeps planners from gathering all threads of these forums and sorting them: the order's index is walked.
        marks = ", ".join(["%s"] * len(forum_ids))
        inner, values = walk(f"+forum_id IN ({marks})"), [*sorted(forum_ids), *parameters]
    return _dressed(inner, values, "i.k DESC, t.id DESC", viewer)


def recommended(
    forum_ids: Collection[int],
    window: timedelta | None,
    *,
    viewer: Viewer | None,
    skip: int = 0,
    size: int = THREADS_A_PAGE,
) -> list[ThreadRow]:
    """A page of `recommended`: the window's recommendations of original posts, named ones only; ties by newest thread."""
    if not forum_ids:
        return []
    marks = ", ".join(["%s"] * len(forum_ids))
    ids = sorted(forum_ids)
    limit = f"LIMIT {size + 1:d} OFFSET {skip:d}"
    if window is None:
        # The plus as in `threads`.
        inner = (
            f"SELECT id, rec_count AS recs FROM forums_thread WHERE rec_count > 0 AND +forum_id IN ({marks}) "
            f"ORDER BY rec_count DESC, created_at DESC, id DESC {limit}"
        )
        return _dressed(inner, ids, "i.recs DESC, t.created_at DESC, t.id DESC", viewer)
    inner = (
        "SELECT c.id, c.recs FROM (SELECT p.thread_id AS id, count(*) AS recs FROM forums_recommendation r "
        "JOIN forums_post p ON p.id = r.post_id AND p.place = 0 "
        f"WHERE r.at > %s AND p.forum_id IN ({marks}) GROUP BY p.thread_id) c "
        f"JOIN forums_thread x ON x.id = c.id ORDER BY c.recs DESC, x.created_at DESC, x.id DESC {limit}"
    )
    since = _instant(clock.now() - window)
    return _dressed(inner, [since, *ids], "i.recs DESC, t.created_at DESC, t.id DESC", viewer)


def unread(
    forum_ids: Collection[int],
    viewer: Viewer,
    *,
    before: tuple[datetime, int] | None = None,
    size: int = THREADS_A_PAGE,
) -> list[ThreadRow]:
    """A page of what is new to a member, newest reply first: beyond the forum's mark and the thread's position, not their own."""
    if not forum_ids:
        return []
    marks = ", ".join(["%s"] * len(forum_ids))
    mark = _instant(horizon(viewer.joined_at))
    condition, values = "", []
    if before is not None:
        condition, values = "AND (x.last_post_at, x.id) < (%s, %s)", [_instant(before[0]), before[1]]
    inner = f"""
    SELECT x.id, x.last_post_at AS k, x.rec_count AS recs FROM forums_thread x
      LEFT JOIN reading_forummark xf ON xf.member_id = %s AND xf.forum_id = x.forum_id
      LEFT JOIN reading_threadmark xt ON xt.member_id = %s AND xt.thread_id = x.id
     WHERE x.forum_id IN ({marks}) AND x.last_post_at > %s AND x.last_post_at > COALESCE(xf.marked_at, %s)
       AND x.last_number > COALESCE(xt.number, -1) {condition}
       AND EXISTS (SELECT 1 FROM (SELECT p.created_at AS c, p.author_id AS b FROM forums_post p
             WHERE p.thread_id = x.id AND p.place > COALESCE(xt.place, -1) ORDER BY p.place DESC LIMIT 100) q
            WHERE q.c > COALESCE(xf.marked_at, %s) AND q.b <> %s)
     ORDER BY x.last_post_at DESC, x.id DESC LIMIT {size + 1:d}
    """
    # No mark is older than the oldest: so the newest threads are walked by their index, and the walk ends there.
    oldest = _rows("SELECT min(marked_at) FROM reading_forummark WHERE member_id = %s", [viewer.id])[0][0]
    floor = min(instant_of(oldest) or horizon(viewer.joined_at), horizon(viewer.joined_at))
    parameters = [viewer.id, viewer.id, *sorted(forum_ids), _instant(floor), mark, *values, mark, viewer.id]
    return _dressed(inner, parameters, "i.k DESC, t.id DESC", viewer)


def pinned(forum_id: int, *, viewer: Viewer | None) -> list[ThreadRow]:
    """A forum's pinned threads, newest pin first."""
    inner = (
        "SELECT thread_id AS id, pi.at AS k, x.rec_count AS recs FROM forums_pin pi JOIN forums_thread x ON x.id = pi.thread_id "
        "WHERE pi.ended_at IS NULL AND x.forum_id = %s ORDER BY pi.at DESC LIMIT 20"
    )
    return _dressed(inner, [forum_id], "i.k DESC, t.id DESC", viewer)


def forum_index(viewer: Viewer | None) -> dict[int, ForumIndexRow]:
    """Every forum with its counts, newest thread and the viewer's new counts, by id: one statement (row 7 of the speed table)."""
    me = viewer.id if viewer else 0
    mark = _instant(horizon(viewer.joined_at) if viewer else clock.now())
    if viewer is None:
        news = "0, 0"
        parameters: list[Any] = []
    else:
        news = """
           CASE WHEN f.last_post_at IS NULL OR f.last_post_at <= COALESCE(fm.marked_at, %s) THEN 0 ELSE
             (SELECT count(*) FROM (SELECT 1 FROM forums_thread n WHERE n.forum_id = f.id
                AND n.created_at > COALESCE(fm.marked_at, %s) AND n.author_id <> %s LIMIT 100) q) END,
           CASE WHEN f.last_post_at IS NULL OR f.last_post_at <= COALESCE(fm.marked_at, %s) THEN 0 ELSE
             (SELECT count(*) FROM (SELECT 1 FROM forums_post p WHERE p.forum_id = f.id
                AND p.created_at > COALESCE(fm.marked_at, %s) AND p.author_id <> %s LIMIT 100) q) END"""
        parameters = [mark, mark, me, mark, mark, me]
    newest = "SELECT x.id FROM forums_thread x WHERE x.forum_id = f.id ORDER BY x.last_post_at DESC, x.id DESC LIMIT 1"
    if connection.vendor == "postgresql":
        # Told to look once per forum; left to itself it reads all threads into a hash.
        last = f"LEFT JOIN LATERAL ({newest}) n ON TRUE LEFT JOIN forums_thread lt ON lt.id = n.id"
    else:
        last = f"LEFT JOIN forums_thread lt ON lt.id = ({newest})"
    sql = f"""
    SELECT f.id, f.thread_count, f.post_count, f.last_post_at, lt.id, lt.subject, lt.slug, la.name, fm.marked_at, {news}
      FROM forums_forum f
      LEFT JOIN reading_forummark fm ON fm.member_id = %s AND fm.forum_id = f.id
      {last}
      LEFT JOIN accounts_member la ON la.id = lt.last_author_id
    """
    return {
        r[0]: ForumIndexRow._make((*r[:3], instant_of(r[3]), *r[4:8], instant_of(r[8]), r[9], r[10]))
        for r in _rows(sql, [*parameters, me])
    }
