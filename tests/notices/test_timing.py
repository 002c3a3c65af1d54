"""Quiet hours and digests by the clock on the wall, through every change of the hour."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaver.notices import timing

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "UTC"]


def berlin(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=BERLIN, fold=fold)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("now", "begin", "end", "then"),
    [
        (berlin(2026, 11, 2, 12), time(22), time(7), berlin(2026, 11, 2, 12)),
        (berlin(2026, 11, 2, 22), time(22), time(7), berlin(2026, 11, 3, 7)),
        (berlin(2026, 11, 3, 6, 59), time(22), time(7), berlin(2026, 11, 3, 7)),
        (berlin(2026, 11, 3, 7), time(22), time(7), berlin(2026, 11, 3, 7)),
        (berlin(2026, 11, 2, 13), time(12), time(14), berlin(2026, 11, 2, 14)),
        # The night of 25 October has 2:00 to 3:00 twice; of 29 March it has it not at all.
        (berlin(2026, 10, 25, 2, 15), time(22), time(2, 30), berlin(2026, 10, 25, 2, 30)),
        (berlin(2026, 10, 25, 2, 15, fold=1), time(22), time(2, 30), berlin(2026, 10, 25, 2, 30, fold=1)),
        (berlin(2026, 3, 29, 1, 30), time(22), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (berlin(2026, 10, 24, 23), time(22), time(7), datetime(2026, 10, 25, 6, tzinfo=UTC)),
        (berlin(2026, 3, 28, 23), time(22), time(7), datetime(2026, 3, 29, 5, tzinfo=UTC)),
        (berlin(2026, 11, 2, 22), time(22), time(22), berlin(2026, 11, 2, 22)),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(now: datetime, begin: time, end: time, then: datetime) -> None:
    assert timing.after_quiet(now.astimezone(UTC), BERLIN, begin, end) == then.astimezone(UTC)


MINUTES = st.integers(0, 1439).map(lambda n: time(n // 60, n % 60))
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@given(INSTANTS, st.sampled_from(ZONES), MINUTES, MINUTES)
def test_quiet_hours_never_hold_back_for_longer_than_a_day_and_a_change(
    now: datetime, zone: str, begin: time, end: time
) -> None:
    where = ZoneInfo(zone)
    later = timing.after_quiet(now, where, begin, end)
    assert now <= later <= now + timedelta(hours=26)
    if later == now:
        return
    assert timing.after_quiet(later - timedelta(minutes=1), where, begin, end) > later - timedelta(minutes=1)
    if later.astimezone(where).time() == end:
        assert timing.after_quiet(later, where, begin, end) == later
    else:  # A spring night leaves that minute out; then it ends as much later.
        assert _left_out(later, where, end)


def _left_out(instant: datetime, where: ZoneInfo, wall: time) -> bool:
    """Whether the clocks of that day skip a wall time."""
    there = datetime.combine(instant.astimezone(where).date(), wall, tzinfo=where)
    return there.astimezone(UTC).astimezone(where).time() != wall


@given(INSTANTS, st.sampled_from(ZONES), st.sampled_from(["daily", "weekly"]), st.integers(0, 23), st.integers(0, 6))
def test_digests_follow_each_other_in_their_rhythm(
    now: datetime, zone: str, rhythm: str, hour: int, weekday: int
) -> None:
    where = ZoneInfo(zone)
    first = timing.next_digest(now, where, rhythm, hour, weekday)
    assert first is not None and first > now
    second = timing.next_digest(first, where, rhythm, hour, weekday)
    assert second is not None
    days = 1 if rhythm == "daily" else 7
    assert timedelta(days=days, hours=-2) <= second - first <= timedelta(days=days, hours=2)
    if rhythm == "weekly":
        assert second.astimezone(where).weekday() == weekday


def test_no_rhythm_is_no_digest() -> None:
    assert timing.next_digest(datetime(2026, 1, 1, tzinfo=UTC), UTC, "none", 8, 0) is None
