"""Times as people know them: to the second, the day, the month, the year, or from one day to another.

An act takes effect at the beginning of what is known of its time; a deadline passes at the end of it. Both are seconds since
1970 in UTC, so that a fold compares integers.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

DAY = 86_400
_PATTERN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?Z?)?)?)?")


class When(NamedTuple):
    """`start` ≤ what happened ≤ `end` (seconds since 1970, UTC; both within); `text` as it was written."""

    start: int
    end: int
    text: str

    def __str__(self) -> str:
        return self.text


def when(text: str) -> When:
    """Read `1994`, `1994-06`, `1994-06-15`, `1994-06-15T09:30Z` or two of them joined by `..`. Raises ValueError with a sentence."""
    first, joined, last = text.strip().partition("..")
    start, end = _span(first)
    if joined:
        later, end = _span(last)
        if later < start:
            raise ValueError(f"{text!r} ends before it begins.")
    return When(start, end, text.strip())


def instant(moment: datetime) -> When:
    """An aware instant, to the second."""
    seconds = int(moment.timestamp())
    return When(seconds, seconds, moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def end_of(text: str) -> int:
    """The last second of what a text names: where a state *as of* a date is read."""
    return when(text).end


def days(number: int) -> int:
    """So many days in seconds."""
    return number * DAY


def after(seconds: int, *, months: int = 0, number_of_days: int = 0) -> int:
    """So many calendar months and days after an instant; the 31st becomes a shorter month's last day."""
    moment = datetime.fromtimestamp(seconds, UTC)
    if months:
        whole = moment.month - 1 + months
        year, month = moment.year + whole // 12, whole % 12 + 1
        moment = moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))
    return int((moment + timedelta(days=number_of_days)).timestamp())


def shown(seconds: int) -> str:
    """The day of an instant, as tables print it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


def _span(text: str) -> tuple[int, int]:
    found = _PATTERN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no date; write 1994, 1994-06, 1994-06-15 or 1994-06-15..1994-06-18.")
    year, month, day, hour, minute, second = found.groups()
    try:
        start = datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
        )
    except ValueError as error:
        raise ValueError(f"{text!r} is no date: {error}.") from None
    begins = int(start.timestamp())
    if hour:
        return begins, begins if second else begins + 59
    if day:
        return begins, begins + DAY - 1
    if month:
        return begins, after(begins, months=1) - 1
    return begins, after(begins, months=12) - 1
