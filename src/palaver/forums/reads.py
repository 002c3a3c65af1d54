"""Hot reads of places and posts: SQL, rows as named tuples, no model instances. Each equals the ORM's answer (tested)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from django.db import connection

from palaver.accounts.reads import instant_of
from palaver.kit import clock

POSTS_A_PAGE = 50


class CategoryRow(NamedTuple):
    id: int
    name: str
    slug: str
    mark: str


class ForumRow(NamedTuple):
    """A forum as navigation and permission checks need it. Counts are elsewhere: they move with every post."""

    id: int
    category_id: int
    name: str
    slug: str
    description: str
    is_main: bool
    who_reads: str
    who_starts: str
    who_replies: str
    retired: bool
    language: str


class PostRow(NamedTuple):
    """One post of a page, its body apart (`bodies`). `recommended` is whether the asking member has."""

    id: int
    number: int
    place: int
    answers_number: int | None
    depth: int
    path: str
    subject: str
    opening: str
    standing: int
    version: int
    created_at: datetime
    edited_at: datetime | None
    rec_count: int
    unnamed_recs: int
    author_id: int
    author_name: str
    author_posts: int
    recommended: bool
    withdrawn_because: str | None
    correction: str | None = None


class TableRow(NamedTuple):
    """One row of the summary table."""

    number: int
    place: int
    depth: int
    subject: str
    opening: str
    standing: int
    created_at: datetime
    author_id: int
    author_name: str


class FoldRow(NamedTuple):
    """Why a post is not shown: its running removal, or (`ground` set) its running hold, which lasts until `until`."""

    post_id: int
    office: str
    case_number: int | None
    standard: str
    charter: int | None
    for_removal: int
    votes: int
    is_openable: bool
    ground: str
    until: datetime | None


class EventRow(NamedTuple):
    """A line in the thread that tells what was done to it."""

    after_place: int
    act: str
    office: str
    because: str
    html: str
    at: datetime
    by_name: str | None
    leads_to: str = ""
    leads_label: str = ""


def _rows(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cast(list[tuple[Any, ...]], cursor.fetchall())


def categories() -> list[CategoryRow]:
    """All categories in their places."""
    return [
        CategoryRow(*row) for row in _rows("SELECT id, name, slug, mark FROM forums_category ORDER BY place, id", [])
    ]


def forums() -> list[ForumRow]:
    """All forums, in the order of their categories and places."""
    sql = """
    SELECT f.id, f.category_id, f.name, f.slug, f.description, f.is_main, f.who_reads, f.who_starts, f.who_replies,
           f.retired_at IS NOT NULL, f.language
      FROM forums_forum f JOIN forums_category c ON c.id = f.category_id
     ORDER BY c.place, c.id, f.place, f.id
    """
    return [ForumRow._make((*row[:5], bool(row[5]), *row[6:9], bool(row[9]), row[10])) for row in _rows(sql, [])]


_POSTS = """
SELECT p.id, p.number, p.place, p.answers_number, p.depth, p.path, p.subject, p.opening, p.standing, p.version,
       p.created_at, p.edited_at, p.rec_count, p.unnamed_recs, m.id, m.name, m.post_count, r.id IS NOT NULL, w.because,
       c.line
  FROM forums_post p
  JOIN accounts_member m ON m.id = p.author_id
  LEFT JOIN forums_recommendation r ON r.post_id = p.id AND r.member_id = %s
  LEFT JOIN forums_withdrawal w ON w.post_id = p.id
  LEFT JOIN forums_correction c ON c.post_id = p.id AND c.ended_at IS NULL
 WHERE p.thread_id = %s AND """


def _posts(where: str, member_id: int | None, thread_id: int, *parameters: Any) -> list[PostRow]:
    rows = _rows(_POSTS + where, [member_id or 0, thread_id, *parameters])
    return [
        PostRow._make((*row[:10], instant_of(row[10]), instant_of(row[11]), *row[12:17], bool(row[17]), *row[18:]))
        for row in rows
    ]


def flat_page(
    thread_id: int, first_place: int, *, member_id: int | None = None, size: int = POSTS_A_PAGE
) -> list[PostRow]:
    """Posts in the order of posting, from a dense place on."""
    return _posts(
        "p.place >= %s AND p.place < %s ORDER BY p.place", member_id, thread_id, first_place, first_place + size
    )


def tree_page(
    thread_id: int, from_path: str, *, member_id: int | None = None, size: int = POSTS_A_PAGE
) -> list[PostRow]:
    """Posts in tree order, from a path on; one more than `size` when there is a further page."""
    return _posts("p.path >= %s ORDER BY p.path LIMIT %s", member_id, thread_id, from_path, size + 1)


def bodies(post_ids: Sequence[int]) -> dict[int, str]:
    """The rendered HTML of posts, by id."""
    if not post_ids:
        return {}
    marks = ", ".join(["%s"] * len(post_ids))
    return dict(_rows(f"SELECT post_id, html FROM forums_postbody WHERE post_id IN ({marks})", list(post_ids)))


def folds(post_ids: Sequence[int]) -> dict[int, FoldRow]:
    """The running removals and holds of posts, by id: asked only for posts whose standing says that there is one."""
    if not post_ids:
        return {}
    marks = ", ".join(["%s"] * len(post_ids))
    sql = f"""
    SELECT post_id, office, case_number, standard, charter, for_removal, votes, is_openable, '', ended_at
      FROM forums_removal WHERE ended_at IS NULL AND post_id IN ({marks})
     UNION ALL
    SELECT post_id, office, NULL, '', NULL, 0, 0, (1 = 0), ground, until
      FROM forums_hold WHERE ended_at IS NULL AND post_id IN ({marks})
    """
    found: dict[int, FoldRow] = {}
    for row in _rows(sql, [*post_ids, *post_ids]):
        # A removal goes before a hold that has not been swept yet.
        if row[8] and row[0] in found:
            continue
        found[row[0]] = FoldRow._make((*row[:7], bool(row[7]), row[8], instant_of(row[9])))
    return found


def folded_threads(*, limit: int = 2000) -> dict[int, int]:
    """Standing of the original posts that are removed or held now, by thread id: the newest ones, for lists."""
    sql = """
    SELECT p.thread_id, p.standing FROM forums_removal r JOIN forums_post p ON p.id = r.post_id
     WHERE r.ended_at IS NULL AND p.place = 0 AND p.standing IN (2, 3)
     UNION
    SELECT p.thread_id, p.standing FROM forums_hold h JOIN forums_post p ON p.id = h.post_id
     WHERE h.ended_at IS NULL AND p.place = 0 AND p.standing IN (2, 3)
     ORDER BY 1 DESC LIMIT %s
    """
    return dict(_rows(sql, [limit]))


def folded_quotations(*, limit: int = 5000) -> dict[int, frozenset[int]]:
    """Which posts quote posts that are removed or held now: numbers of the quoted, by the id of the quoting, the newest."""
    sql = """
    SELECT q.post_id, p.number FROM forums_removal r JOIN forums_post p ON p.id = r.post_id
      JOIN forums_quotation q ON q.quoted_id = p.id WHERE r.ended_at IS NULL AND p.standing IN (2, 3)
     UNION
    SELECT q.post_id, p.number FROM forums_hold h JOIN forums_post p ON p.id = h.post_id
      JOIN forums_quotation q ON q.quoted_id = p.id WHERE h.ended_at IS NULL AND p.standing IN (2, 3)
     ORDER BY 1 DESC LIMIT %s
    """
    found: dict[int, set[int]] = {}
    for post_id, number in _rows(sql, [limit]):
        found.setdefault(post_id, set()).add(number)
    return {post_id: frozenset(numbers) for post_id, numbers in found.items()}


def judged_removals(since: datetime) -> dict[int, tuple[datetime, ...]]:
    """When verdicts removed posts that were not restored, by their author, from an instant on."""
    sql = """
    SELECT p.author_id, r.at FROM forums_removal r JOIN forums_post p ON p.id = r.post_id
     WHERE r.at >= %s AND r.ended_at IS NULL AND r.case_number IS NOT NULL
    """
    found: dict[int, list[datetime]] = {}
    for author_id, at in _rows(sql, [connection.ops.adapt_datetimefield_value(since)]):
        found.setdefault(author_id, []).append(cast(datetime, instant_of(at)))
    return {author_id: tuple(instants) for author_id, instants in found.items()}


def table(thread_id: int, from_path: str = "", *, limit: int = 200) -> list[TableRow]:
    """The summary table's rows in tree order, from a path on."""
    sql = """
    SELECT p.number, p.place, p.depth, p.subject, p.opening, p.standing, p.created_at, p.author_id, m.name
      FROM forums_post p JOIN accounts_member m ON m.id = p.author_id
     WHERE p.thread_id = %s AND p.path >= %s ORDER BY p.path LIMIT %s
    """
    return [
        TableRow._make((*row[:6], instant_of(row[6]), *row[7:])) for row in _rows(sql, [thread_id, from_path, limit])
    ]


def thread_events(thread_id: int, first_place: int, last_place: int) -> list[EventRow]:
    """The lines that stand behind the posts from one place to another; -1 stands before all."""
    sql = """
    SELECT e.after_place, e.act, e.office, e.because, e.html, e.at, m.name, e.leads_to, e.leads_label
      FROM forums_threadevent e LEFT JOIN accounts_member m ON m.id = e.by_id
     WHERE e.thread_id = %s AND e.after_place >= %s AND e.after_place <= %s ORDER BY e.after_place, e.id
    """
    return [
        EventRow._make((*row[:5], instant_of(row[5]), *row[6:]))
        for row in _rows(sql, [thread_id, first_place, last_place])
    ]


def corrected_threads(*, limit: int = 2000) -> dict[int, str]:
    """The lines on original posts that stand now, by thread id: the newest ones, for lists."""
    sql = """
    SELECT p.thread_id, c.line FROM forums_correction c JOIN forums_post p ON p.id = c.post_id
     WHERE c.ended_at IS NULL AND p.place = 0 AND p.standing = 0 ORDER BY c.id DESC LIMIT %s
    """
    return dict(_rows(sql, [limit]))


def place_of(thread_id: int, number: int) -> tuple[int, str] | None:
    """Dense place and path of a post number, or None where the thread has no such number."""
    rows = _rows("SELECT place, path FROM forums_post WHERE thread_id = %s AND number = %s", [thread_id, number])
    return (rows[0][0], rows[0][1]) if rows else None


def is_locked(thread_id: int) -> bool:
    """Whether a lock keeps the thread closed now."""
    return bool(_rows("SELECT 1 FROM forums_lock WHERE thread_id = %s AND ended_at IS NULL", [thread_id]))


def is_blocked(forum_id: int, member_id: int) -> bool:
    """Whether the hosts keep a member out of a forum now: what every writing act there asks, and nearly always no."""
    instant = connection.ops.adapt_datetimefield_value(clock.now())
    sql = """
    SELECT 1 FROM forums_block
     WHERE forum_id = %s AND member_id = %s AND until > %s AND since <= %s AND ended_at IS NULL LIMIT 1
    """
    return bool(_rows(sql, [forum_id, member_id, instant, instant]))


def stub_of(thread_id: int, number: int) -> tuple[int, int, int] | None:
    """Where the post is now that had this number in a thread: (thread, number, place), or None."""
    sql = """
    SELECT p.thread_id, p.number, p.place FROM forums_poststub s JOIN forums_post p ON p.id = s.post_id
     WHERE s.was_in = %s AND s.number = %s
    """
    rows = _rows(sql, [thread_id, number])
    return (rows[0][0], rows[0][1], rows[0][2]) if rows else None


def merged_into(thread_id: int) -> int | None:
    """The thread into which one was merged whose row is gone, or None."""
    # An address may name a number that no database holds.
    rows = _rows("SELECT into_id FROM forums_threadstub WHERE was = %s", [thread_id]) if thread_id < 2**63 else []
    return rows[0][0] if rows else None


def submitted(author_id: int, submission_key: str) -> int | None:
    """The id of the post that a member's form with this key has become, if it was sent before."""
    sql = "SELECT id FROM forums_post WHERE author_id = %s AND submission_key = %s"
    rows = _rows(sql, [author_id, submission_key])
    return rows[0][0] if rows else None


def recommenders(post_id: int, *, limit: int = 200) -> list[tuple[str, datetime]]:
    """Who recommended a post, in time order."""
    sql = """
    SELECT m.name, r.at FROM forums_recommendation r JOIN accounts_member m ON m.id = r.member_id
     WHERE r.post_id = %s ORDER BY r.at, r.id LIMIT %s
    """
    return [(name, cast(datetime, instant_of(at))) for name, at in _rows(sql, [post_id, limit])]
