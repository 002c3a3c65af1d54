"""One case from alert to verdict, and a stream of them, by the rules of the charter or with any of them off.

The engine is the product's in small: pool, wait, rounds that go to the lowest tickets among those present, offers of five minutes,
votes within fifteen, the verdict when it cannot change. Instants are seconds. A ticket here is a random number, which is what
an HMAC under an unknown seed is to everybody; the product's own lot is held to uniformity by tests of its own.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bench.juries.community import Visits, moment
from palaver.standards import bounds

OFFER, VOTE = bounds.ANSWERS_WITHIN.total_seconds(), bounds.VOTES_WITHIN.total_seconds()
LONGEST = bounds.WAITS_AT_MOST.total_seconds()
ACCEPTED, LAPSED, VOTED = range(3)
APPEALS_OF_THE_WRONGED, APPEALS_OF_THE_RIGHTLY_REMOVED = 0.7, 0.3
"""How many removals are contested, by whether they were wrong."""

Later = Callable[[float, int, int], None]


@dataclass(frozen=True, slots=True)
class Rules:
    """Which rules hold. Sizes are the product's (`standards.bounds`) unless `panel` fixes (seats, needed).

    `present`: seats are offered to those who are here, as they must be for a verdict within minutes; without it the panel is drawn
    from the whole pool, whoever is here. `reach` is a rule that the product does not have: offers go to the lowest tickets of
    the whole pool only, at first twice as many as there are seats, twice that every two hours. So is `widen`: where more than half
    of a jury find that it breaks and not enough to remove, further members are drawn, and then more than half decide.
    """

    supermajority: bool = True
    wait: bool = True
    rest: bool = True
    conflicts: bool = True
    chance: bool = True
    opened: bool = True
    appeal: bool = True
    present: bool = True
    reach: bool = False
    widen: bool = False
    panel: tuple[int, int] | None = None


ALL = Rules()
NONE = Rules(supermajority=False, wait=False, rest=False, conflicts=False, chance=False, opened=False, appeal=False)


def plain(seats: int = 7, needed: int = 4) -> Rules:
    """A random panel of the whole pool and nothing else."""
    return Rules(
        wait=False,
        rest=False,
        conflicts=False,
        chance=False,
        opened=False,
        appeal=False,
        present=False,
        panel=(seats, needed),
    )


@dataclass(frozen=True, slots=True)
class Clique:
    """Members who have agreed how to vote: a share of the pool, their aim, and whether they are always here.

    `aim`: "harm" against what is right in each case, "remove" for removal always, "keep" against it always. A *careless*
    clique is tied by invitation or network, opens the thread it was called to and has removals of its own; a careful one
    shows none of that more than others do.
    """

    share: float = 0.0
    always: bool = False
    aim: str = "harm"
    careless: bool = True


class Community:
    """A pool's members: who colludes, how each votes, when each is here, and what the rules know of them."""

    def __init__(self, curves: Sequence[Sequence[float]], visits: Visits, clique: Clique, seed: int) -> None:
        chance = random.Random(seed)
        self.visits, self.members = visits, visits.members
        members = self.members
        self.curves = [chance.choice(curves) for _ in range(members)]
        order = list(range(members))
        chance.shuffle(order)
        self.clique = clique
        self.colluders = frozenset(order[: round(members * clique.share)])
        marked = self.colluders if clique.careless else frozenset()
        # Own removals in 90 days: a careless colluder has one on average, anybody else one in ten.
        self.inclusion = [
            max(0.0, 1 - 0.2 * sum(chance.random() < (0.33 if one in marked else 0.033) for _ in range(3)))
            for one in range(members)
        ]
        self.tied = [0.5 if one in marked else 0.05 for one in range(members)]
        self.opens = [0.5 if one in marked else 0.1 for one in range(members)]


class Outcome(NamedTuple):
    """What became of a case. `asked_after` is alert to first offer, `took` first offer to verdict, in seconds."""

    removed: bool
    asked_after: float
    took: float
    jurors: frozenset[int]
    decided_at: float


class Item(NamedTuple):
    """What is judged: its level, and whether it breaks the standard by the majority of all annotators."""

    level: int
    breaks: bool


def sit(
    community: Community,
    rules: Rules,
    item: Item,
    *,
    at: float,
    chance: random.Random,
    resting: dict[int, float],
    without: Collection[int] = (),
    overturns: bool = False,
) -> Outcome:
    """Judge one item from an instant on. `overturns`: an appeal, in which the votes that it keeps are counted; `removed` is
    then whether the removal stands. `without` are the earlier jurors."""
    pool = _pool(community, rules, at, chance, resting, without)
    seats, needed = _size(rules, len(pool), overturns)
    if not rules.present:
        jurors = chance.sample(pool, min(seats, len(pool)))
        found = sum(_vote(community, juror, item, chance) for juror in jurors)
        reached = (len(jurors) - found if overturns else found) >= needed
        return Outcome(reached != overturns, 0.0, 0.0, frozenset(jurors), at)
    return _Sitting(community, rules, item, at, chance, pool, seats, needed, overturns).outcome()


def _size(rules: Rules, pool: int, overturns: bool) -> tuple[int, int]:
    if rules.panel is not None:
        return rules.panel
    table = bounds.APPEAL if overturns else bounds.JURY
    size = bounds.size(table, pool) or table[-1]
    needed = size.needed if rules.supermajority or overturns else size.seats // 2 + 1
    return size.seats, needed


def _pool(
    community: Community,
    rules: Rules,
    at: float,
    chance: random.Random,
    resting: dict[int, float],
    without: Collection[int],
) -> list[int]:
    pool = [one for one in range(community.members) if one not in without]
    if rules.conflicts:
        pool = [one for one in pool if chance.random() >= community.tied[one]]
    if rules.chance:
        pool = [one for one in pool if chance.random() < community.inclusion[one]]
    if rules.rest:
        pool = [one for one in pool if resting.get(one, 0.0) <= at] if resting else pool
    if rules.opened:
        left = [one for one in pool if chance.random() >= community.opens[one]]
        if len(left) >= bounds.POOL_TO_SPARE_READERS:
            pool = left
    return pool


def _vote(community: Community, juror: int, item: Item, chance: random.Random) -> bool:
    """Whether this juror finds that it breaks."""
    if juror in community.colluders:
        aim = community.clique.aim
        return not item.breaks if aim == "harm" else aim == "remove"
    return chance.random() < community.curves[juror][item.level]


class _Sitting:
    """One case while it is open, driven by what happens next."""

    def __init__(
        self,
        community: Community,
        rules: Rules,
        item: Item,
        at: float,
        chance: random.Random,
        pool: list[int],
        seats: int,
        needed: int,
        overturns: bool,
    ) -> None:
        self.community, self.rules, self.item, self.opened_at, self.chance = community, rules, item, at, chance
        self.seats, self.needed, self.overturns, self.is_wide = seats, needed, overturns, False
        self.ticket = {one: chance.random() for one in pool}
        self.rank = {one: place for place, one in enumerate(sorted(pool, key=self.ticket.__getitem__))}
        self.enough = bounds.enough_seen(seats, len(pool)) if rules.wait else 0
        self.here = {one: end for one, end in community.visits.here(at).items() if one in self.ticket}
        if community.clique.always:
            self.here.update((one, math.inf) for one in community.colluders if one in self.ticket)
        self.seen = set(self.here)
        self.asked: set[int] = set()
        self.engaged = 0
        self.votes: dict[int, bool] = {}
        self.sat_at = self.first = -1.0

    def outcome(self) -> Outcome:
        """Run until the verdict."""
        visits, now, counter = self.community.visits, self.opened_at, 0
        coming = visits.after(now)
        waiting: list[tuple[float, int, int, int]] = []

        def later(at: float, what: int, one: int) -> None:
            nonlocal counter
            counter += 1
            heapq.heappush(waiting, (at, counter, what, one))

        while True:
            if self.sat_at < 0 and (len(self.seen) >= self.enough or now - self.opened_at >= LONGEST - 1):
                self.sat_at = now
            if self._decided():
                return self._out(now)
            if self.sat_at >= 0:
                for one in self._round(now):
                    if self.first < 0:
                        self.first = now
                    answer = self._answer(one, now)
                    later(*answer, one)
            horizon = (self.sat_at if self.sat_at >= 0 else self.opened_at) + LONGEST
            arrival = visits.arrivals[coming] if coming < len(visits.arrivals) else None
            if waiting and (arrival is None or waiting[0][0] <= arrival[0]):
                now, _n, what, one = heapq.heappop(waiting)
                if now > horizon and self.sat_at >= 0:
                    return self._out(horizon)
                self._happens(what, one, now, later)
                continue
            if arrival is None or arrival[0] > horizon:
                if self.sat_at < 0 and arrival is not None:
                    now = horizon
                    continue
                return self._out(horizon)
            coming += 1
            now = arrival[0]
            if arrival[1] in self.ticket:
                self.seen.add(arrival[1])
                self.here[arrival[1]] = max(self.here.get(arrival[1], 0.0), arrival[2])

    def _round(self, now: float) -> list[int]:
        """Who is offered a seat now: the lowest tickets of those here, as many as there are open seats."""
        room = self.seats - self.engaged - len(self.votes)
        if room <= 0:
            return []
        self.here = {one: end for one, end in self.here.items() if end > now}
        ready = [one for one in self.here if one not in self.asked]
        if self.rules.reach:
            bound = 2 * self.seats * 2 ** ((now - self.sat_at) / 7200)
            ready = [one for one in ready if self.rank[one] < bound]
        offered = heapq.nsmallest(room, ready, key=self.ticket.__getitem__)
        self.asked.update(offered)
        self.engaged += len(offered)
        return offered

    def _answer(self, one: int, now: float) -> tuple[float, int]:
        """When and how a member answers an offer: 7 in 10 take it within half a minute or so, while they are here."""
        if one in self.community.colluders and self.community.clique.always:
            return now + 1, ACCEPTED
        chance = self.chance
        at = now + chance.expovariate(1 / 30)
        if chance.random() < 0.7 and at < min(self.here[one] + 60, now + OFFER):
            return at, ACCEPTED
        return (at, LAPSED) if chance.random() < 0.5 else (now + OFFER, LAPSED)

    def _happens(self, what: int, one: int, now: float, later: Later) -> None:
        if what == ACCEPTED:
            # Nine in ten vote, after a minute and a half in the median; the tenth lets the seat lapse.
            colluder = one in self.community.colluders
            if colluder or self.chance.random() < 0.9:
                later(now + min(90 * math.exp(0.7 * self.chance.gauss(0, 1)), VOTE), VOTED, one)
            else:
                later(now + VOTE, LAPSED, one)
        elif what == LAPSED:
            self.engaged -= 1
        elif what == VOTED:
            self.engaged -= 1
            self.votes[one] = _vote(self.community, one, self.item, self.chance)

    def _counts(self) -> int:
        found = sum(self.votes.values())
        return len(self.votes) - found if self.overturns else found

    def _decided(self) -> bool:
        found, cast = self._counts(), len(self.votes)
        if self.rules.widen and not self.overturns and not self.is_wide:
            half = self.seats // 2 + 1
            if cast == self.seats and half <= found < self.needed:
                self.is_wide, self.seats = True, self.seats + (4 if self.seats > 3 else 2)
                self.needed = self.seats // 2 + 1
                return False
            return found >= self.needed or found + self.seats - cast < half
        return found >= self.needed or found + self.seats - cast < self.needed

    def _out(self, now: float) -> Outcome:
        reached = self._counts() >= self.needed
        removed = not reached if self.overturns else reached
        first = self.first if self.first >= 0 else now
        return Outcome(removed, first - self.opened_at, now - first, frozenset(self.votes), now)


@dataclass(slots=True)
class Tally:
    """A stream of cases summed up. Rates are of all cases."""

    cases: int = 0
    wrong: int = 0
    missed: int = 0
    colluding: int = 0
    seated: int = 0
    asked_after: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    @property
    def error(self) -> float:
        return (self.wrong + self.missed) / self.cases


def stream(community: Community, rules: Rules, items: Sequence[Item], a_day: float, seed: int) -> Tally:
    """Cases one after the other, `a_day` of them, each with its appeal."""
    chance, tally, resting = random.Random(seed), Tally(), dict[int, float]()
    pause = bounds.rest(community.members).total_seconds()
    last = community.visits.days - 4
    opening = sorted(moment(chance, 1 + min(int(case / a_day), last)) for case in range(len(items)))
    for item, at in zip(items, opening, strict=True):
        done = sit(community, rules, item, at=at, chance=chance, resting=resting)
        removed, after = done.removed, [done]
        wanted = APPEALS_OF_THE_RIGHTLY_REMOVED if item.breaks else APPEALS_OF_THE_WRONGED
        if removed and rules.appeal and chance.random() < wanted:
            when = done.decided_at + 3600 * (1 + 6 * chance.random())
            again = sit(
                community, rules, item, at=when, chance=chance, resting=resting, without=done.jurors, overturns=True
            )
            removed = again.removed
            after.append(again)
        if rules.rest:
            resting.update((one, each.decided_at + pause) for each in after for one in each.jurors)
        tally.cases += 1
        tally.wrong += removed and not item.breaks
        tally.missed += item.breaks and not removed
        tally.colluding += len(done.jurors & community.colluders)
        tally.seated += len(done.jurors)
        tally.asked_after.append(done.asked_after)
        tally.took.append(done.took)
    return tally
