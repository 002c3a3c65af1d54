"""The rule of proportion, pure: removals and own posts in, what falls out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaver.standards.bounds import REMOVALS_COUNT_FOR
from palaver.standards.consequences import LONGEST, Falls, falls

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def days_ago(*days: float) -> list[datetime]:
    return [NOW - timedelta(days=one) for one in days]


def until(**parts: float) -> datetime:
    return NOW + timedelta(**parts)


@pytest.mark.parametrize(
    ("removed", "posts", "expected"),
    [
        ([0], 1, Falls()),
        ([0, 20], 3, Falls()),
        ([0, 20, 40], 100, Falls(warning=True)),
        ([0, 20, 40, 60], 100, Falls()),
        ([0, 0.5], 1000, Falls(cooldown_until=until(hours=24))),
        ([0, 1.01], 1000, Falls()),
        ([0, 0.5, 40], 100, Falls(warning=True, cooldown_until=until(hours=24))),
        # Three of sixty are exactly 5 %, not more.
        ([0, 20, 40], 60, Falls(warning=True)),
        ([0, 20, 40], 59, Falls(warning=True, suspended_until=until(days=30))),
        ([0, 20, 70], 59, Falls(warning=True, suspended_until=until(days=20))),
        ([0, 10, 20, 30, 40], 10_000, Falls(suspended_until=until(days=30))),
        ([0, 10, 20, 30, 85], 10_000, Falls(suspended_until=until(days=5))),
        # The oldest of five is nearly through: a day of rest remains where two fell within a day.
        ([0, 0.5, 20, 30, 89.9], 10_000, Falls(suspended_until=until(hours=24))),
        ([0, 10, 20, 30, 90.1], 10_000, Falls()),
        ([0, 91, 92, 93, 94, 95], 6, Falls()),
    ],
)
def test_what_falls_is_in_proportion(removed: list[float], posts: int, expected: Falls) -> None:
    assert falls(days_ago(*removed), posts, NOW) == expected


REMOVED = st.lists(st.floats(0, 200), min_size=1, max_size=12)


@settings(deadline=None)
@given(REMOVED, st.integers(1, 100_000))
def test_nothing_ever_lasts_longer_than_thirty_days_or_than_what_it_counts(removed: list[float], posts: int) -> None:
    fell = falls(days_ago(*removed), posts, NOW)
    counted = [at for at in days_ago(*removed) if at > NOW - REMOVALS_COUNT_FOR]
    for end in (fell.cooldown_until, fell.suspended_until):
        assert end is None or NOW < end <= NOW + LONGEST
    if fell.suspended_until is not None:
        assert len(counted) >= 3
        assert fell.suspended_until <= max(min(counted) + REMOVALS_COUNT_FOR, NOW + timedelta(hours=24))
        assert fell.cooldown_until is None


@settings(deadline=None)
@given(REMOVED, st.integers(1, 1000), st.integers(0, 1000))
def test_more_own_posts_are_never_held_against_a_member(removed: list[float], posts: int, more: int) -> None:
    few, many = falls(days_ago(*removed), posts, NOW), falls(days_ago(*removed), posts + more, NOW)
    assert not (many.suspended_until and not few.suspended_until)


@settings(deadline=None)
@given(REMOVED, st.integers(1, 1000))
def test_what_no_longer_counts_changes_nothing(removed: list[float], posts: int) -> None:
    old = days_ago(90, 100, 180)
    assert falls([*days_ago(*removed), *old], posts, NOW) == falls(days_ago(*removed), posts, NOW)


@settings(deadline=None)
@given(REMOVED, st.integers(1, 1000))
def test_a_removal_more_never_makes_it_milder(removed: list[float], posts: int) -> None:
    before, later = falls(days_ago(*removed), posts, NOW), falls([*days_ago(*removed), NOW], posts, NOW)
    assert not (
        (before.suspended_until or before.cooldown_until) and not (later.suspended_until or later.cooldown_until)
    )
