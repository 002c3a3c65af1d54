"""Who is asking: one statement a request, no model instances (hot)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from palaver.accounts import networks
from palaver.accounts.models import Session
from palaver.accounts.sessions import FRESHENED_EVERY
from palaver.kit import clock, durability


class Viewer(NamedTuple):
    """The member behind a session, with what every page needs to know of them. `suspended_until` is None when free."""

    id: int
    name: str
    is_operator: bool
    language: str
    time_zone: str
    theme: str
    thread_view: str
    highlight: str
    keys_on: bool
    joined_at: datetime
    suspended_until: datetime | None
    session_key: str
    post_count: int = 0
    hides_things: bool = False
    notice_count: int = 0


_VIEWER = """
SELECT m.id, m.name, m.is_operator, m.language, m.time_zone, m.theme, m.thread_view, m.highlight, m.keys_on, m.joined_at,
       (SELECT max(s.until) FROM accounts_suspension s
         WHERE s.member_id = m.id AND s.since <= %s AND s.until > %s AND (s.ended_at IS NULL OR s.ended_at > %s)),
       e.key, m.post_count, m.hides_things, m.notice_count, e.seen_at
  FROM accounts_session e JOIN accounts_member m ON m.id = e.member_id
 WHERE e.key = %s AND e.expires_at > %s AND m.claimed_at IS NOT NULL AND m.left_at IS NULL
"""


def viewer(session_key: str, address: str = "") -> Viewer | None:
    """The Viewer of a live session, or None. Slides the session's expiry, at most once a minute.

    `address` is where the request comes from: its network is noted once a day (see `networks`).
    """
    now = clock.now()
    adapt = connection.ops.adapt_datetimefield_value
    instant = adapt(now)
    with connection.cursor() as cursor:
        cursor.execute(_VIEWER, [instant, instant, instant, session_key, instant])
        row = cursor.fetchone()
    if row is None:
        return None
    seen_at = instant_of(row[15])
    if seen_at is not None and now - seen_at > FRESHENED_EVERY:
        _freshen(session_key, now)
        if address and seen_at.date() != now.date():
            networks.note(row[0], address)
    joined_at = instant_of(row[9])
    assert joined_at is not None
    return Viewer(
        row[0],
        row[1],
        bool(row[2]),
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        bool(row[8]),
        joined_at,
        instant_of(row[10]),
        row[11],
        row[12],
        bool(row[13]),
        row[14],
    )


def is_suspended(member_id: int) -> bool:
    """Whether a suspension of the member is in force now: what every writing act asks, and nearly always no."""
    instant = connection.ops.adapt_datetimefield_value(clock.now())
    sql = """
    SELECT 1 FROM accounts_suspension
     WHERE member_id = %s AND until > %s AND since <= %s AND (ended_at IS NULL OR ended_at > %s) LIMIT 1
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [member_id, instant, instant, instant])
        return cursor.fetchone() is not None


def instant_of(value: str | datetime | None) -> datetime | None:
    """A database's instant as an aware datetime in UTC: SQLite gives text, PostgreSQL a datetime."""
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=clock.UTC) if moment.tzinfo is None else moment


def _freshen(session_key: str, now: datetime) -> None:
    with durability.relaxed():
        Session.objects.filter(key=session_key).update(
            seen_at=now, expires_at=now + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        )
