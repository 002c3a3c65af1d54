"""When to tell: quiet hours and the next digest, by the clock on the member's wall, through every change of the hour.

Instants go in and come out in UTC. A wall time that a spring night leaves out is taken as the one an hour later; of one
that an autumn night has twice, the first that lies ahead is meant.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from palaver.notices.models import Timetable


def zone(name: str) -> tzinfo:
    """A member's zone by name; the site's where the name is empty or unknown."""
    try:
        return ZoneInfo(name or settings.PALAVER_TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def after_quiet(instant: datetime, where: tzinfo, quiet_from: time | None, quiet_until: time | None) -> datetime:
    """The instant itself outside quiet hours, else the one at which they end. Equal ends mean no quiet hour."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return instant
    local = instant.astimezone(where)
    wall = local.time().replace(fold=0)
    if quiet_from < quiet_until:
        if not quiet_from <= wall < quiet_until:
            return instant
        day = local.date()
    elif wall >= quiet_from:
        day = local.date() + timedelta(days=1)
    elif wall < quiet_until:
        day = local.date()
    else:
        return instant
    return _ahead(day, quiet_until, where, instant)


def next_digest(after: datetime, where: tzinfo, rhythm: str, hour: int, weekday: int) -> datetime | None:
    """The first instant after `after` at which a digest is due; None when none is wanted."""
    if rhythm == Timetable.Rhythm.NONE:
        return None
    day = after.astimezone(where).date()
    for _step in range(9):
        if rhythm == Timetable.Rhythm.DAILY or day.weekday() == weekday:
            instant = _instant(day, time(hour), where)
            if instant > after:
                return instant
        day += timedelta(days=1)
    raise AssertionError("A week has every weekday.")


def _ahead(day: date, wall: time, where: tzinfo, instant: datetime) -> datetime:
    first = _instant(day, wall, where)
    if first > instant:
        return first
    return max(_instant(day, wall.replace(fold=1), where), instant)


def _instant(day: date, wall: time, where: tzinfo) -> datetime:
    return datetime.combine(day, wall, tzinfo=where).astimezone(UTC)
