"""Hot reads that lay a member's marks over places and threads: one statement each, rows as named tuples.

`marked_at` is the instant up to which the member has marked a forum read; a member who never marked has the horizon:
the day they joined, but at most 60 days back, so that nobody starts under a mountain.

Lists take a member's `sight` and leave out what it hides; a list that is not given one asks for it, which costs those who
hide nothing no statement. Rows are removed and never moved, and a page is full even when rows were removed before it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from django.db import connection

from palaver.accounts.reads import Viewer, instant_of
from palaver.forums import orders
from palaver.kit import clock
from palaver.reading import sight as sights
from palaver.reading.sight import Sight

HORIZON = timedelta(days=60)
COUNTED_TO = 100
THREADS_A_PAGE = 50
LOOKED_AT = 4000
"""Subjects that one page of a list compares with a member's keywords at most; where that ends, the page does."""
COUNTED_AMONG = 2000
"""Threads, last spoken in first, among which the index of forums looks for keywords."""


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
    keeps: bool = False
    """Whether the member keeps any post of any thread: only then are the bookmarks on a page asked for."""
    told: str = ""
    """How the member's subscription to the thread tells: "", "site", "mail", "digest" or "muted"."""
    trashed: bool = False
    has_poll: bool = False


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
           fm.marked_at, tm.number, tm.place,
           EXISTS (SELECT 1 FROM reading_bookmark b WHERE b.member_id = %s),
           s.muted, s.by_mail, s.in_digest, z.id IS NOT NULL,
           EXISTS (SELECT 1 FROM forums_poll po WHERE po.thread_id = t.id)
      FROM forums_thread t
      JOIN accounts_member a ON a.id = t.author_id
      LEFT JOIN forums_lock l ON l.thread_id = t.id AND l.ended_at IS NULL
      LEFT JOIN accounts_member lm ON lm.id = l.by_id
      LEFT JOIN reading_forummark fm ON fm.member_id = %s AND fm.forum_id = t.forum_id
      LEFT JOIN reading_threadmark tm ON tm.member_id = %s AND tm.thread_id = t.id
      LEFT JOIN forums_subscription s ON s.member_id = %s AND s.thread_id = t.id
      LEFT JOIN reading_trash z ON z.member_id = %s AND z.thread_id = t.id
     WHERE t.id = %s
    """
    me = viewer.id if viewer else 0
    rows = _rows(sql, [me, me, me, me, me, thread_id])
    if not rows:
        return None
    r = rows[0]
    marked_at = (instant_of(r[17]) or horizon(viewer.joined_at)) if viewer else None
    state = (bool(r[11]), *r[12:15], instant_of(r[15]), bool(r[16]))
    told = "" if r[21] is None else "muted" if r[21] else "mail" if r[22] else "digest" if r[23] else "site"
    own = (bool(r[20]), told, bool(r[24]), bool(r[25]))
    return ThreadHead._make(
        (*r[:6], instant_of(r[6]), r[7], r[8], instant_of(r[9]), r[10], *state, marked_at, r[18], r[19], *own)
    )


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

Key = tuple[datetime, int]


class Listed(list[ThreadRow]):
    """A page of a list, one row more than asked where it goes on. `goes_on` is where to look further when the walk ended
    early because keywords hid nearly all it saw; None otherwise."""

    goes_on: Key | None = None


def _unseen(thread: str) -> str:
    """The condition that leaves out a member's trashed threads; takes the member's id."""
    return f"NOT EXISTS (SELECT 1 FROM reading_trash z WHERE z.member_id = %s AND z.thread_id = {thread}.id)"


def _dressed_in_order(found: Sequence[tuple[int, int]], viewer: Viewer | None) -> list[ThreadRow]:
    """The rows of these threads (id, recommendations counted), in this order."""
    if not found:
        return []
    marks = ", ".join(["%s"] * len(found))
    inner = f"SELECT id, last_post_at AS k, rec_count AS recs FROM forums_thread WHERE id IN ({marks})"
    rows = {row.id: row for row in _dressed(inner, [thread for thread, _recs in found], "t.id", viewer)}
    return [rows[thread]._replace(recs=recs) for thread, recs in found if thread in rows]


def _sifted(
    walk: Callable[[Key | None, int], list[tuple[Any, ...]]], before: Key | None, size: int, seen: Sight, viewer: Viewer
) -> Listed:
    """A page of a walk (id, key, recommendations, subject; newest first) without what keywords hide.

    Batches double, so that a full page costs few statements however much is hidden, and end at `LOOKED_AT` subjects.
    """
    found: list[tuple[int, int]] = []
    looked, batch = 0, size + 1
    while True:
        rows = walk(before, batch)
        found += [(row[0], row[2]) for row in rows if not seen.hides(row[3])]
        looked += len(rows)
        if len(found) > size or len(rows) < batch:
            return Listed(_dressed_in_order(found[: size + 1], viewer))
        before = (cast(datetime, instant_of(rows[-1][1])), rows[-1][0])
        if looked >= LOOKED_AT:
            page = Listed(_dressed_in_order(found, viewer))
            page.goes_on = before
            return page
        batch = min(batch * 2, LOOKED_AT - looked)


def _walk(
    order: orders.Order,
    forum_ids: Collection[int] | None,
    me: int,
    seen: Sight,
    before: Key | None,
    limit: int,
    hides: bool,
) -> tuple[str, list[Any]]:
    """The statement that walks an order's index to `limit` ids, with key, recommendations and subject."""
    key = _KEYS[order.key]
    conditions: list[str] = []
    parameters: list[Any] = []
    if order.key == "unanswered":
        conditions.append("post_count = 1")
    if before is not None:
        conditions.append(f"({key}, id) < (%s, %s)")
        parameters += [_instant(before[0]), before[1]]
    if hides:
        conditions.append(_unseen("forums_thread"))
        parameters.append(me)

    def walk(*more: str) -> str:
        where = " AND ".join([*more, *conditions]) or "1 = 1"
        return (
            f"SELECT id, {key} AS k, rec_count AS recs, subject FROM forums_thread WHERE {where} "
            f"ORDER BY {key} DESC, id DESC LIMIT {limit:d}"
        )

    # The plus keeps planners from gathering all threads of these forums and sorting them: the order's index is walked.
    if forum_ids is None:
        if not seen.forums:
            return walk(), parameters
        marks = ", ".join(["%s"] * len(seen.forums))
        return walk(f"+forum_id NOT IN ({marks})"), [*sorted(seen.forums), *parameters]
    ids = sorted(set(forum_ids) - seen.forums)
    if len(ids) > _UNION_TO:
        marks = ", ".join(["%s"] * len(ids))
        return walk(f"+forum_id IN ({marks})"), [*ids, *parameters]
    parts, values = [], []
    for forum_id in ids:
        parts.append(f"SELECT * FROM ({walk('forum_id = %s')}) w{forum_id:d}")
        values += [forum_id, *parameters]
    if not parts:
        return "", []
    union = " UNION ALL ".join(parts)
    return f"SELECT id, k, recs, subject FROM ({union}) u ORDER BY k DESC, id DESC LIMIT {limit:d}", values


def threads(
    order: orders.Order,
    forum_ids: Collection[int] | None,
    *,
    viewer: Viewer | None,
    before: Key | None = None,
    size: int = THREADS_A_PAGE,
    sight: Sight | None = None,
) -> Listed:
    """A page of `latest`, `newest` or `unanswered`, one more than `size` when there is a further one.

    `forum_ids` None means all forums. `before` is the (key, id) of the last row of the page before. Walks one index a
    forum, or the index over all threads, so that every page costs the same.
    """
    seen = sights.of(viewer) if sight is None else sight
    hides = viewer is not None and viewer.hides_things
    me = viewer.id if viewer else 0
    if viewer is None or not seen.keywords:
        inner, values = _walk(order, forum_ids, me, seen, before, size + 1, hides)
        return Listed(_dressed(inner, values, "i.k DESC, t.id DESC", viewer) if inner else ())

    def walk(start: Key | None, limit: int) -> list[tuple[Any, ...]]:
        inner, values = _walk(order, forum_ids, me, seen, start, limit, hides)
        return _rows(inner, values) if inner else []

    return _sifted(walk, before, size, seen, viewer)


def recommended(
    forum_ids: Collection[int],
    window: timedelta | None,
    *,
    viewer: Viewer | None,
    skip: int = 0,
    size: int = THREADS_A_PAGE,
    sight: Sight | None = None,
) -> list[ThreadRow]:
    """A page of `recommended`: the window's recommendations of original posts, named ones only; ties by newest thread.

    For a member with keywords the list ends with the first 4,000 threads of the window.
    """
    seen = sights.of(viewer) if sight is None else sight
    ids = sorted(set(forum_ids) - seen.forums)
    if not ids:
        return []
    if viewer is None or not seen.keywords:
        inner, values, order = _praised(ids, window, viewer, f"LIMIT {size + 1:d} OFFSET {skip:d}")
        return _dressed(inner, values, order, viewer)
    # The order moves while it is read, so its pages are counted, and what keywords hide must be left out before counting.
    inner, values, _order = _praised(ids, window, viewer, f"LIMIT {LOOKED_AT:d}")
    found = [(row[0], row[1]) for row in _rows(inner, values) if not seen.hides(row[2])]
    return _dressed_in_order(found[skip : skip + size + 1], viewer)


def _praised(
    ids: Sequence[int], window: timedelta | None, viewer: Viewer | None, limit: str
) -> tuple[str, list[Any], str]:
    """The statement that gathers a window's recommended threads (id, recommendations, subject), its values and its order."""
    marks = ", ".join(["%s"] * len(ids))
    unseen, me = ("", []) if viewer is None or not viewer.hides_things else (f" AND {_unseen('x')}", [viewer.id])
    order = "i.recs DESC, t.created_at DESC, t.id DESC"
    if window is None:
        # The plus as in `_walk`.
        inner = (
            f"SELECT x.id AS id, x.rec_count AS recs, x.subject FROM forums_thread x WHERE x.rec_count > 0 AND "
            f"+x.forum_id IN ({marks}){unseen} ORDER BY x.rec_count DESC, x.created_at DESC, x.id DESC {limit}"
        )
        return inner, [*ids, *me], order
    inner = (
        "SELECT c.id, c.recs, x.subject FROM (SELECT p.thread_id AS id, count(*) AS recs FROM forums_recommendation r "
        "JOIN forums_post p ON p.id = r.post_id AND p.place = 0 "
        f"WHERE r.at > %s AND p.forum_id IN ({marks}) GROUP BY p.thread_id) c "
        f"JOIN forums_thread x ON x.id = c.id WHERE 1 = 1{unseen} "
        f"ORDER BY c.recs DESC, x.created_at DESC, x.id DESC {limit}"
    )
    return inner, [_instant(clock.now() - window), *ids, *me], order


def unread(
    forum_ids: Collection[int],
    viewer: Viewer,
    *,
    before: Key | None = None,
    size: int = THREADS_A_PAGE,
    sight: Sight | None = None,
) -> Listed:
    """A page of what is new to a member, newest reply first: beyond the forum's mark and the thread's position, not their own."""
    seen = sights.of(viewer) if sight is None else sight
    ids = sorted(set(forum_ids) - seen.forums)
    if not ids:
        return Listed()
    marks = ", ".join(["%s"] * len(ids))
    mark = _instant(horizon(viewer.joined_at))
    # No mark is older than the oldest: so the newest threads are walked by their index, and the walk ends there.
    oldest = _rows("SELECT min(marked_at) FROM reading_forummark WHERE member_id = %s", [viewer.id])[0][0]
    floor = _instant(min(instant_of(oldest) or horizon(viewer.joined_at), horizon(viewer.joined_at)))
    unseen, me = (f"AND {_unseen('x')}", [viewer.id]) if viewer.hides_things else ("", [])

    def news(start: Key | None, limit: int) -> tuple[str, list[Any]]:
        condition, values = "", []
        if start is not None:
            condition, values = "AND (x.last_post_at, x.id) < (%s, %s)", [_instant(start[0]), start[1]]
        inner = f"""
    SELECT x.id, x.last_post_at AS k, x.rec_count AS recs, x.subject FROM forums_thread x
      LEFT JOIN reading_forummark xf ON xf.member_id = %s AND xf.forum_id = x.forum_id
      LEFT JOIN reading_threadmark xt ON xt.member_id = %s AND xt.thread_id = x.id
     WHERE x.forum_id IN ({marks}) AND x.last_post_at > %s AND x.last_post_at > COALESCE(xf.marked_at, %s)
       AND x.last_number > COALESCE(xt.number, -1) {condition} {unseen}
       AND EXISTS (SELECT 1 FROM (SELECT p.created_at AS c, p.author_id AS b FROM forums_post p
             WHERE p.thread_id = x.id AND p.place > COALESCE(xt.place, -1) ORDER BY p.place DESC LIMIT 100) q
            WHERE q.c > COALESCE(xf.marked_at, %s) AND q.b <> %s)
     ORDER BY x.last_post_at DESC, x.id DESC LIMIT {limit:d}
        """
        return inner, [viewer.id, viewer.id, *ids, floor, mark, *values, *me, mark, viewer.id]

    if seen.keywords:
        return _sifted(lambda start, limit: _rows(*news(start, limit)), before, size, seen, viewer)
    return Listed(_dressed(*news(before, size + 1), "i.k DESC, t.id DESC", viewer))


def pinned(forum_id: int, *, viewer: Viewer | None, sight: Sight | None = None) -> list[ThreadRow]:
    """A forum's pinned threads, newest pin first."""
    seen = sights.of(viewer) if sight is None else sight
    unseen, me = ("", []) if viewer is None or not viewer.hides_things else (f"AND {_unseen('x')}", [viewer.id])
    inner = (
        "SELECT thread_id AS id, pi.at AS k, x.rec_count AS recs FROM forums_pin pi JOIN forums_thread x ON x.id = pi.thread_id "
        f"WHERE pi.ended_at IS NULL AND x.forum_id = %s {unseen} ORDER BY pi.at DESC LIMIT 20"
    )
    rows = _dressed(inner, [forum_id, *me], "i.k DESC, t.id DESC", viewer)
    return [row for row in rows if not seen.hides(row.subject)]


def started_by(member_id: int, *, viewer: Viewer, forum_ids: Collection[int], before: Key | None = None) -> Listed:
    """A page of the threads that a member started, newest first. Nothing is out of sight in it."""
    if not forum_ids:
        return Listed()
    marks = ", ".join(["%s"] * len(forum_ids))
    condition, values = "", []
    if before is not None:
        condition, values = "AND (created_at, id) < (%s, %s)", [_instant(before[0]), before[1]]
    inner = (
        f"SELECT id, created_at AS k, rec_count AS recs FROM forums_thread WHERE author_id = %s AND +forum_id IN ({marks}) "
        f"{condition} ORDER BY created_at DESC, id DESC LIMIT {THREADS_A_PAGE + 1:d}"
    )
    return Listed(_dressed(inner, [member_id, *sorted(forum_ids), *values], "i.k DESC, t.id DESC", viewer))


def _hidden(seen: Sight) -> list[int]:
    """Threads whose subjects the keywords hide, among the 2,000 last spoken in: whatever is new is among them."""
    if not seen.keywords:
        return []
    sql = f"SELECT id, subject FROM forums_thread ORDER BY last_post_at DESC, id DESC LIMIT {COUNTED_AMONG:d}"
    return [thread for thread, subject in _rows(sql, []) if seen.hides(subject)]


def forum_index(viewer: Viewer | None, sight: Sight | None = None) -> dict[int, ForumIndexRow]:
    """Every forum with its counts, newest thread and the viewer's new counts, by id: one statement (row 7 of the speed table).

    A member's trash takes its threads out of the new counts and the newest thread; forums in the trash are left to the page.
    With keywords it costs one statement more, and they are looked for among the 2,000 threads last spoken in.
    """
    me = viewer.id if viewer else 0
    mark = _instant(horizon(viewer.joined_at) if viewer else clock.now())
    seen = sights.of(viewer) if sight is None else sight
    hides = viewer is not None and viewer.hides_things
    thread, of_post, newest_of = "", "", ""
    mine: list[Any] = []
    if viewer is not None and hides:
        hidden = _hidden(seen)
        among = f" AND {{}} NOT IN ({', '.join(str(int(one)) for one in hidden)})" if hidden else ""
        trashed = "NOT EXISTS (SELECT 1 FROM reading_trash z WHERE z.member_id = %s AND z.thread_id = {})"
        thread, of_post, newest_of = (
            f" AND {trashed.format(column)}{among.format(column)}" for column in ("n.id", "p.thread_id", "x.id")
        )
        mine = [me]
    if viewer is None:
        news = "0, 0"
        parameters: list[Any] = []
    else:
        news = f"""
           CASE WHEN f.last_post_at IS NULL OR f.last_post_at <= COALESCE(fm.marked_at, %s) THEN 0 ELSE
             (SELECT count(*) FROM (SELECT 1 FROM forums_thread n WHERE n.forum_id = f.id
                AND n.created_at > COALESCE(fm.marked_at, %s) AND n.author_id <> %s{thread} LIMIT 100) q) END,
           CASE WHEN f.last_post_at IS NULL OR f.last_post_at <= COALESCE(fm.marked_at, %s) THEN 0 ELSE
             (SELECT count(*) FROM (SELECT 1 FROM forums_post p WHERE p.forum_id = f.id
                AND p.created_at > COALESCE(fm.marked_at, %s) AND p.author_id <> %s{of_post} LIMIT 100) q) END"""
        parameters = [mark, mark, me, *mine, mark, mark, me, *mine]
    newest = (
        f"SELECT x.id FROM forums_thread x WHERE x.forum_id = f.id{newest_of} "
        "ORDER BY x.last_post_at DESC, x.id DESC LIMIT 1"
    )
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
    found = {
        r[0]: ForumIndexRow._make((*r[:3], instant_of(r[3]), *r[4:8], instant_of(r[8]), r[9], r[10]))
        for r in _rows(sql, [*parameters, me, *mine])
    }
    if seen.keywords:
        # In a forum that has been quiet for long, the newest thread may be a hidden one that was not among those.
        found = {
            number: row._replace(last_thread_id=None, last_subject=None, last_slug=None, last_author_name=None)
            if row.last_subject is not None and seen.hides(row.last_subject)
            else row
            for number, row in found.items()
        }
    return found
