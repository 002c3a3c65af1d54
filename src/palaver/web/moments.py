"""Instants as pages show them: in the reader's zone, short when near, exact in the title."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils.dates import MONTHS_3, WEEKDAYS_ABBR
from django.utils.translation import get_language, gettext, ngettext, override

from palaver.kit import clock
from palaver.web.contexts import Moment


@lru_cache(maxsize=256)
def zone(name: str) -> tzinfo:
    """The reader's zone by name; the site's where the name is empty or unknown."""
    try:
        return ZoneInfo(name or settings.PALAVER_TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


@lru_cache(maxsize=64)
def _months(language: str) -> tuple[str, ...]:
    with override(language):
        return ("", *(str(MONTHS_3[n]).title() for n in range(1, 13)))


@lru_cache(maxsize=64)
def _weekdays(language: str) -> tuple[str, ...]:
    with override(language):
        return tuple(str(WEEKDAYS_ABBR[n]) for n in range(7))


def moment(at: datetime, where: tzinfo, now: datetime | None = None, *, language: str = "") -> Moment:
    """An instant for one reader: "4 min ago", "15:52", "Sun 15:52", "1 Nov", "Oct 2017"; one within a day ahead by its time."""
    language = language or get_language() or "en"
    now = now or clock.now()
    local = at.astimezone(where)
    months = _months(language)
    day = _weekdays(language)[local.weekday()]
    time = f"{local.hour:02}:{local.minute:02}"
    exact = f"{day} {local.day} {months[local.month]} {local.year}, {time}"
    seconds = (now - at).total_seconds()
    if 0 <= seconds < 3600:
        minutes = int(seconds // 60)
        label = (
            gettext("just now") if minutes < 1 else ngettext("%(n)s min ago", "%(n)s min ago", minutes) % {"n": minutes}
        )
    elif -86400 < seconds < 6 * 86400:
        label = time if local.date() == now.astimezone(where).date() else f"{day} {time}"
    elif local.year == now.astimezone(where).year:
        label = f"{local.day} {months[local.month]}"
    else:
        label = f"{months[local.month]} {local.year}"
    iso = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Moment(iso, label, exact)


def days(since: datetime, until: datetime) -> int:
    """Whole days between two instants."""
    return max(int((until - since).total_seconds() // 86400), 0)
