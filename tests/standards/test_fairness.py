"""The lot is fair: ten thousand draws every day, a million in the long run. The secret is fixed, so no run differs from another."""

from __future__ import annotations

import math
import random
from collections import Counter
from datetime import date, timedelta

import pytest

from palaver.standards import lot

SECRET = b"a secret that is the same in every run"
CHANCES = (100, 100, 100, 100, 100, 100, 80, 80, 80, 60, 60, 40, 20, 0)
"""One member each; the percentages that own removals leave."""
DAY = date(2026, 10, 1)


def critical(freedom: int, deviations: float = 3.72) -> float:
    """The 0.9999 quantile of chi-square, by Wilson and Hilferty's approximation (within a hundredth here)."""
    part = 2 / (9 * freedom)
    return freedom * (1 - part + deviations * math.sqrt(part)) ** 3


def chi_square(seen: Counter[int], expected: dict[int, float]) -> float:
    return sum((seen[one] - mean) ** 2 / mean for one, mean in expected.items())


def draws(count: int) -> tuple[Counter[int], dict[int, float], Counter[int], Counter[int], int]:
    """Draw a seat for each of `count` cases among those of the pool who happen to be here.

    Returns how often each member was drawn and should have been, how often each was in the pool, and over the cases with
    exactly six present at which place of the ticket order the member with the lowest number stood.
    """
    presence = random.Random(7)
    keys = [lot.juror_key(SECRET, member, 2026, 4) for member in range(len(CHANCES))]
    drawn: Counter[int] = Counter()
    pooled: Counter[int] = Counter()
    places: Counter[int] = Counter()
    expected = dict.fromkeys(range(len(CHANCES)), 0.0)
    for case in range(1, count + 1):
        seed = lot.seed(SECRET, DAY + timedelta(days=case % 60))
        pool = {}
        for member, key in enumerate(keys):
            if lot.takes_part(key, case, CHANCES[member]):
                pooled[member] += 1
                pool[lot.pseudonym(key, case)] = member
        here = [name for name in pool if presence.random() < 0.6]
        if not here:
            continue
        tickets = {name: lot.ticket(seed, case, name) for name in here}
        order = lot.offered(tickets, here, len(here))
        drawn[pool[order[0]]] += 1
        for name in here:
            expected[pool[name]] += 1 / len(here)
        if len(here) == 6:
            places[order.index(here[0])] += 1
    return drawn, expected, pooled, places, count


def check(count: int) -> None:
    drawn, expected, pooled, places, cases = draws(count)
    assert drawn[13] == pooled[13] == 0, "Who has no chance is never drawn."
    del expected[13]
    assert chi_square(drawn, expected) < critical(len(expected) - 1)
    for member, chance in enumerate(CHANCES):
        share = chance / 100
        spread = math.sqrt(cases * share * (1 - share)) or 0.1
        assert abs(pooled[member] - cases * share) < 4.5 * spread, f"Member {member} was in the pool by their chance."
    even = dict.fromkeys(range(6), places.total() / 6)
    assert places.total() > cases / 10 and chi_square(places, even) < critical(5)


def test_ten_thousand_draws_are_even_given_chances() -> None:
    check(10_000)


@pytest.mark.long
def test_a_million_draws_are_even_given_chances() -> None:
    check(1_000_000)


def test_a_lot_that_favours_somebody_by_a_fifth_is_noticed() -> None:
    """The control: of ten thousand draws one in fifty goes to member 0 instead of whom it fell on."""
    drawn, expected, _pooled, _places, count = draws(10_000)
    for other in (1, 2, 3, 4, 5):
        moved = round(count / 220)
        drawn[0] += moved
        drawn[other] -= moved
    del expected[13]
    assert chi_square(drawn, expected) > critical(len(expected) - 1)
