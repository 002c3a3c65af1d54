"""Rings of promises each of which waits for the next to be kept, and the cuts that set them free."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from palaver.talks.standoffs import Cut, standoffs

NAMES = ("a", "b", "c", "d")


def test_after_you_no_after_you() -> None:
    (found,) = standoffs({"a": {"satisfied": "b"}, "b": {"satisfied": "a"}})
    assert found.ring == ("a", "b")
    assert found.cuts == (Cut("a", "b"), Cut("b", "a"))


def test_waiting_for_a_promise_is_no_standoff() -> None:
    assert standoffs({"a": {"committed": "b"}, "b": {"committed": "a"}}) == []


def test_a_way_round_is_no_standoff() -> None:
    assert standoffs({"a": {"any": [{"satisfied": "b"}, {"on": "2026-01-01"}]}, "b": {"satisfied": "a"}}) == []


def test_two_rings_are_two_standoffs_and_who_waits_for_a_ring_is_none() -> None:
    found = standoffs(
        {
            "a": {"satisfied": "b"},
            "b": {"satisfied": "a"},
            "c": {"satisfied": "c"},
            "d": {"all": [{"satisfied": "a"}, {"attested": "x"}]},
        }
    )
    assert [one.ring for one in found] == [("a", "b"), ("c",)]


_waits = st.one_of(
    st.none(),
    st.builds(lambda names: {"all": [{"satisfied": name} for name in names]}, st.lists(st.sampled_from(NAMES), min_size=1, max_size=3)),
    st.builds(lambda names: {"any": [{"satisfied": name} for name in names]}, st.lists(st.sampled_from(NAMES), min_size=1, max_size=3)),
    st.builds(lambda name: {"committed": name}, st.sampled_from(NAMES)),
)  # fmt: skip


def _falls_due(waits: dict[str, Any], order: tuple[str, ...]) -> bool:
    """Whether all can fall due if they are kept one after the other in this order."""
    kept: set[str] = set()

    def true(condition: Any) -> bool:
        if condition is None or "committed" in condition:
            return True
        if "satisfied" in condition:
            return condition["satisfied"] in kept
        return all(map(true, condition["all"])) if "all" in condition else any(map(true, condition["any"]))

    for name in order:
        if not true(waits[name]):
            return False
        kept.add(name)
    return True


@settings(max_examples=500, deadline=None)
@given(st.fixed_dictionaries({name: _waits for name in NAMES}))
def test_there_is_a_standoff_exactly_where_no_order_of_keeping_works(waits: dict[str, Any]) -> None:
    possible = any(_falls_due(waits, order) for order in itertools.permutations(NAMES))
    found = standoffs(waits)
    assert bool(found) == (not possible)
    for standoff in found:
        for cut in standoff.cuts:
            assert {cut.of, cut.instead_of} <= set(standoff.ring)
