"""Who is told of a post: those whom it concerns, without the author, those who may not read it, and those who wish not to.

Nobody is told who ignores the author, has muted the thread (or its forum, unless the thread has a wish of its own), or has
put either into the trash. The rule of who may read is that of `forums.permissions.may_read`; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db import connection

from palaver.notices import kinds
from palaver.notices.kinds import Kind, Ways

BATCH = 500
"""Subscribers who are told in one transaction."""

_WILLING = """
SELECT c.member_id, c.strength
  FROM ({candidates}) c JOIN accounts_member m ON m.id = c.member_id JOIN forums_forum f ON f.id = %s
 WHERE m.id <> %s AND m.claimed_at IS NOT NULL AND m.left_at IS NULL
   AND (f.who_reads <> 'admitted' OR m.is_operator
        OR EXISTS (SELECT 1 FROM forums_admission a WHERE a.forum_id = f.id AND a.member_id = m.id))
   AND NOT EXISTS (SELECT 1 FROM reading_ignore i WHERE i.member_id = m.id AND i.ignored_id = %s)
   AND NOT EXISTS (SELECT 1 FROM reading_trash t WHERE t.member_id = m.id AND t.thread_id = %s)
   AND NOT EXISTS (SELECT 1 FROM reading_trash t WHERE t.member_id = m.id AND t.forum_id = f.id)
   AND NOT COALESCE(
        (SELECT s.muted FROM forums_subscription s WHERE s.member_id = m.id AND s.thread_id = %s),
        (SELECT s.muted FROM forums_subscription s WHERE s.member_id = m.id AND s.forum_id = f.id), FALSE)
"""
_ANSWERED = f"SELECT q.author_id AS member_id, {kinds.REPLY.strength} AS strength FROM forums_post q WHERE q.id = %s"
_MENTIONED = f"SELECT n.member_id, {kinds.MENTION.strength} AS strength FROM forums_mention n WHERE n.post_id = %s"
_QUOTED = f"""
SELECT q.author_id AS member_id, {kinds.QUOTE.strength} AS strength
  FROM forums_quotation u JOIN forums_post q ON q.id = u.quoted_id WHERE u.post_id = %s"""
_STARTER = f"SELECT t.author_id AS member_id, {kinds.THREAD.strength} AS strength FROM forums_thread t WHERE t.id = %s"


class Said(NamedTuple):
    """Where and by whom something was said, in ids."""

    post_id: int
    thread_id: int
    number: int
    forum_id: int
    author_id: int


def concerned(said: Said, *, answers_id: int | None = None, opens: bool = False) -> dict[int, Kind]:
    """Whom a new post concerns directly, each with the strongest kind: one statement. `opens`: it began its thread."""
    parts, params = [_MENTIONED, _QUOTED], [said.post_id, said.post_id]
    if not opens:
        parts.append(_STARTER)
        params.append(said.thread_id)
    if answers_id is not None:
        parts.append(_ANSWERED)
        params.append(answers_id)
    return _strongest(_willing(" UNION ALL ".join(parts), params, said))


def newly_named(said: Said, *, member_ids: Collection[int], quoted_ids: Collection[int]) -> dict[int, Kind]:
    """Whom an edit names who was not named before: mentioned members, and authors of quoted posts."""
    parts: list[str] = []
    params: list[int] = []
    for ids, sql in (
        (member_ids, f"SELECT id AS member_id, {kinds.MENTION.strength} AS strength FROM accounts_member WHERE id IN"),
        (quoted_ids, f"SELECT author_id AS member_id, {kinds.QUOTE.strength} AS strength FROM forums_post WHERE id IN"),
    ):
        if ids:
            parts.append(f"{sql} ({', '.join(['%s'] * len(ids))})")
            params += ids
    return _strongest(_willing(" UNION ALL ".join(parts), params, said)) if parts else {}


def willing(member_ids: Collection[int], said: Said, *, by_id: int | None = None) -> frozenset[int]:
    """Those of some members who may be told of this post now; `by_id` is who did the thing, the author unless told."""
    if not member_ids:
        return frozenset()
    candidates = f"SELECT id AS member_id, 0 AS strength FROM accounts_member WHERE id IN ({_marks(member_ids)})"
    return frozenset(row[0] for row in _willing(candidates, list(member_ids), said, by_id=by_id))


class Subscriber(NamedTuple):
    """A subscription that asks to be told, and the ways it adds. `at` is where the next batch goes on."""

    at: int
    member_id: int
    more: Ways


def subscribers(said: Said, *, opens: bool, after: int = 0, limit: int = BATCH) -> list[Subscriber]:
    """The next batch of those who subscribed to the thread (a reply) or to the forum (a new thread)."""
    what, value = ("forum_id", said.forum_id) if opens else ("thread_id", said.thread_id)
    sql = f"""
    SELECT s.id, s.member_id, s.by_mail, s.by_push, s.in_digest FROM forums_subscription s
     WHERE s.{what} = %s AND NOT s.muted AND s.member_id <> %s AND s.id > %s ORDER BY s.id LIMIT %s"""
    return [
        Subscriber(row[0], row[1], Ways(True, bool(row[2]), bool(row[3]), bool(row[4])))
        for row in _rows(sql, [value, said.author_id, after, limit])
    ]


def followers(said: Said, *, after: int = 0, limit: int = BATCH) -> list[Subscriber]:
    """The next batch of those who follow the author and asked to be told of new threads."""
    sql = """
    SELECT w.id, w.member_id FROM reading_follow w
     WHERE w.followed_id = %s AND w.told AND w.id > %s ORDER BY w.id LIMIT %s"""
    return [Subscriber(row[0], row[1], Ways(site=False)) for row in _rows(sql, [said.author_id, after, limit])]


def subscription_ways(member_id: int, *, thread_id: int, forum_id: int) -> Ways:
    """What a member's own subscriptions to a thread and its forum add, taken together."""
    sql = """
    SELECT s.by_mail, s.by_push, s.in_digest FROM forums_subscription s
     WHERE s.member_id = %s AND NOT s.muted AND (s.thread_id = %s OR s.forum_id = %s)"""
    found = _rows(sql, [member_id, thread_id, forum_id])
    return Ways(False, *(any(bool(row[n]) for row in found) for n in range(3)))


def _willing(candidates: str, params: list[int], said: Said, *, by_id: int | None = None) -> list[Any]:
    by = said.author_id if by_id is None else by_id
    sql = _WILLING.format(candidates=candidates)
    return _rows(sql, [*params, said.forum_id, by, by, said.thread_id, said.thread_id])


def _strongest(rows: Iterable[Any]) -> dict[int, Kind]:
    best: dict[int, int] = {}
    for member_id, strength in rows:
        best[member_id] = max(strength, best.get(member_id, 0))
    return {member_id: _BY_STRENGTH[strength] for member_id, strength in sorted(best.items())}


_BY_STRENGTH = {kind.strength: kind for kind in (kinds.REPLY, kinds.MENTION, kinds.QUOTE, kinds.THREAD)}


def _marks(values: Collection[int]) -> str:
    return ", ".join(["%s"] * len(values))


def _rows(sql: str, params: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
