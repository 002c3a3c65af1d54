"""The page of notices in one statement: rows with the words of their posts as they may be read now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from palaver.accounts.reads import instant_of
from palaver.forums.models import Post

PER_PAGE = 40


class Row(NamedTuple):
    """One notice. `subject`, `forum_id` and `opening` are "" or None without a post; `opening` also when it is not shown."""

    id: int
    kind: str
    at: datetime
    is_new: bool
    times: int
    words: str
    href: str
    by: str
    number: int | None
    thread_id: int | None
    forum_id: int | None
    subject: str
    opening: str
    is_shown: bool


_PAGE = """
SELECT n.id, n.kind, n.at, n.seen_at IS NULL, n.count, n.words, n.href, b.name, n.number, n.thread_id, t.forum_id,
       t.subject, p.opening, p.standing
  FROM notices_notice n
  LEFT JOIN accounts_member b ON b.id = n.by_id
  LEFT JOIN forums_thread t ON t.id = n.thread_id
  LEFT JOIN forums_post p ON p.id = n.post_id
 WHERE n.member_id = %s AND n.on_site {only_new} {before} AND (n.thread_id IS NULL OR t.forum_id IN ({forums}))
 ORDER BY n.at DESC, n.id DESC LIMIT %s
"""


def page(
    member_id: int,
    *,
    forum_ids: Collection[int],
    only_new: bool = False,
    before: tuple[datetime, int] | None = None,
    limit: int = PER_PAGE,
) -> list[Row]:
    """A member's notices, the newest first; of posts only those in forums of `forum_ids`, which are what they may read now.

    `before` is the instant and id of the last row of the page before this one.
    """
    adapt = connection.ops.adapt_datetimefield_value
    params: list[Any] = [member_id]
    older = ""
    if before is not None:
        older = "AND (n.at < %s OR (n.at = %s AND n.id < %s))"
        instant = adapt(before[0])
        params += [instant, instant, before[1]]
    ids = sorted(forum_ids) or [0]
    sql = _PAGE.format(
        only_new="AND n.seen_at IS NULL" if only_new else "", before=older, forums=", ".join(["%s"] * len(ids))
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, *ids, limit])
        return [_row(found) for found in cursor.fetchall()]


def _row(found: tuple[Any, ...]) -> Row:
    at = instant_of(found[2])
    assert at is not None
    shown = found[13] is None or found[13] == Post.Standing.SHOWN
    return Row(
        id=found[0],
        kind=str(found[1]),
        at=at,
        is_new=bool(found[3]),
        times=found[4],
        words=str(found[5]),
        href=str(found[6]),
        by=str(found[7] or ""),
        number=found[8],
        thread_id=found[9],
        forum_id=found[10],
        subject=str(found[11] or ""),
        opening=str(found[12] or "") if shown else "",
        is_shown=shown,
    )
