"""Who is here when: a community's visits over some weeks, made up of stated assumptions.

A member comes by 2 times a day in the median (log-normal, so some come once in two days and some ten times a day) for 9 minutes
in the median, at hours that follow HOURS. Of all times of day a member is here about 3 % on average; at noon and in the
evening about twice the share of the small hours. A colluder who is *always here* never leaves.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left, bisect_right
from itertools import accumulate

DAY = 86_400.0
HOURS = (2, 1, 1, 1, 1, 1, 2, 4, 5, 5, 5, 6, 7, 6, 5, 5, 5, 6, 7, 8, 9, 9, 7, 4)
VISITS_A_DAY, LENGTH = 2.0, 9 * 60.0
SPREAD = 0.8
_SUMS = list(accumulate(HOURS))


def moment(chance: random.Random, day: int) -> float:
    """An instant of this day, in seconds since the beginning, at an hour at which people are about."""
    return (day + (chance.choices(range(24), cum_weights=_SUMS)[0] + chance.random()) / 24) * DAY


class Visits:
    """Every member's visits: `arrivals` is (instant, member, end) in order of time."""

    def __init__(self, members: int, days: int, chance: random.Random) -> None:
        self.members, self.days = members, days
        self.arrivals: list[tuple[float, int, float]] = []
        for member in range(members):
            a_day = VISITS_A_DAY * math.exp(SPREAD * chance.gauss(0, 1))
            for day in range(days):
                for _visit in range(_poisson(a_day, chance)):
                    start = moment(chance, day)
                    end = start + LENGTH * math.exp(SPREAD * chance.gauss(0, 1))
                    self.arrivals.append((start, member, end))
        self.arrivals.sort()
        self.starts = [start for start, _member, _end in self.arrivals]

    def here(self, at: float) -> dict[int, float]:
        """Who is here at an instant, with the end of the visit. Visits longer than two hours are cut there."""
        found: dict[int, float] = {}
        first = bisect_left(self.starts, at - 7200)
        for _start, member, end in self.arrivals[first : bisect_right(self.starts, at)]:
            if end > at:
                found[member] = max(end, found.get(member, 0.0))
        return found

    def after(self, at: float) -> int:
        """The index of the first arrival after an instant."""
        return bisect_right(self.starts, at)


def _poisson(mean: float, chance: random.Random) -> int:
    bound, product, count = math.exp(-mean), chance.random(), 0
    while product > bound:
        product *= chance.random()
        count += 1
    return count
