"""One case from alert to verdict, and a stream of them, by the rules of the charter or with any of them off.

The engine is the product's in small: pool, wait, rounds that go to the lowest tickets among those present, offers of five minutes,
votes within fifteen, the verdict when it cannot change. Instants are seconds. A ticket here is a random number, which is what
an HMAC under an unknown seed is to everybody; the product's own lot is held to uniformity by tests of its own.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bench.juries.community import DAY, Visits

OFFER, VOTE, LONGEST = 300.0, 900.0, 12 * 3600.0
ARRIVAL, LEFT, ACCEPTED, LAPSED, VOTED, REACH = range(6)


@dataclass(frozen=True, slots=True)
class Rules:
    """Which rules hold. `needed` is of `seats`; `reach` bounds the offers to the lowest tickets of the whole pool."""

    seats: int = 7
    needed: int = 5
    wait: bool = True
    rest: bool = True
    conflicts: bool = True
    chance: bool = True
    opened: bool = True
    appeal: bool = True
    present: bool = True
    reach: bool = False
    appeal_seats: int = 11
    appeal_needed: int = 6


ALL = Rules()
PLAIN = Rules(
    needed=4, wait=False, rest=False, conflicts=False, chance=False, opened=False, appeal=False, present=False
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

    def __init__(
        self, members: int, days: int, curves: Sequence[Sequence[float]], clique: Clique, seed: int
    ) -> None:
        chance = random.Random(seed)
        self.members, self.days = members, days
        self.curves = [chance.choice(curves) for _ in range(members)]
        self.visits = Visits(members, days, chance)
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
    votes: int
    asked_after: float
    took: float
    jurors: frozenset[int]
    decided_at: float
    offers: int


def sit(
    community: Community,
    rules: Rules,
    *,
    at: float,
    level: int,
    breaks: bool,
    chance: random.Random,
    resting: dict[int, float],
    without: Collection[int] = (),
    overturns: bool = False,
) -> Outcome:
    """Judge one item opened at an instant. `overturns`: votes count for what keeps (an appeal), `removed` is then whether
    the removal stands."""
    pool = _pool(community, rules, at, chance, resting, without)
    ticket = dict.fromkeys(pool, 0.0)
    for one in pool:
        ticket[one] = chance.random()
    if not rules.present:
        return _at_random(community, rules, at, level, breaks, chance, pool, overturns)
    return _Sitting(community, rules, at, level, breaks, chance, ticket, overturns).outcome()


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
        if len(left) >= 6 * rules.seats:
            pool = left
    return pool


def _vote(community: Community, juror: int, level: int, breaks: bool, chance: random.Random) -> bool:
    """Whether this juror finds that it breaks."""
    if juror in community.colluders:
        aim = community.clique.aim
        return not breaks if aim == "harm" else aim == "remove"
    return chance.random() < community.curves[juror][level]


def _at_random(
    community: Community,
    rules: Rules,
    at: float,
    level: int,
    breaks: bool,
    chance: random.Random,
    pool: list[int],
    overturns: bool,
) -> Outcome:
    """A panel drawn from the whole pool, whoever is here: the plain jury that the rules are measured against."""
    jurors = chance.sample(pool, min(rules.seats, len(pool)))
    found = sum(_vote(community, juror, level, breaks, chance) for juror in jurors)
    removed = len(jurors) - found < rules.needed if overturns else found >= rules.needed
    return Outcome(removed, found, 0.0, 0.0, frozenset(jurors), at, len(jurors))


class _Sitting:
    """One case while it is open, driven by what happens next."""

    def __init__(
        self,
        community: Community,
        rules: Rules,
        at: float,
        level: int,
        breaks: bool,
        chance: random.Random,
        ticket: dict[int, float],
        overturns: bool,
    ) -> None:
        self.community, self.rules, self.opened_at, self.chance = community, rules, at, chance
        self.level, self.breaks, self.overturns, self.ticket = level, breaks, overturns, ticket
        self.rank = {one: place for place, one in enumerate(sorted(ticket, key=ticket.__getitem__))} if rules.reach else {}
        self.here = {one: end for one, end in community.visits.here(at).items() if one in ticket}
        if community.clique.always:
            self.here.update((one, math.inf) for one in community.colluders if one in ticket)
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

        if self.rules.reach:
            for step in range(1, 200):
                later(now + step * REACH_STEP, REACH, 0)
        while True:
            if self.sat_at < 0 and (not self.rules.wait or len(self.seen) >= 3 * self.rules.seats or now - self.opened_at >= LONGEST - 1):
                self.sat_at = now
            if self.sat_at >= 0:
                for one in self._round(now):
                    if self.first < 0:
                        self.first = now
                    answer = self._answer(one, now)
                    later(*answer, one)
            if self._decided():
                return self._out(now)
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
        room = self.rules.seats - self.engaged - len(self.votes)
        if room <= 0:
            return []
        self.here = {one: end for one, end in self.here.items() if end > now}
        ready = [one for one in self.here if one not in self.asked]
        if self.rules.reach:
            bound = reach(self.rules.seats, len(self.ticket), now - self.sat_at)
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

    def _happens(self, what: int, one: int, now: float, later: _Later) -> None:
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
            self.votes[one] = _vote(self.community, one, self.level, self.breaks, self.chance)

    def _counts(self) -> int:
        found = sum(self.votes.values())
        return len(self.votes) - found if self.overturns else found

    def _decided(self) -> bool:
        found, cast = self._counts(), len(self.votes)
        return found >= self.rules.needed or found + self.rules.seats - cast < self.rules.needed

    def _out(self, now: float) -> Outcome:
        reached = self._counts() >= self.rules.needed
        removed = not reached if self.overturns else reached
        first = self.first if self.first >= 0 else now
        return Outcome(
            removed,
            sum(self.votes.values()),
            first - self.opened_at,
            now - first,
            frozenset(self.votes),
            now,
            len(self.asked),
        )


class _Later:
    """The shape of `later` above."""

    def __call__(self, at: float, what: int, one: int) -> None: ...


REACH_STEP = 300.0


def reach(seats: int, pool: int, since: float) -> float:
    """How many of the lowest tickets of the pool may be offered a seat, by seconds since the case sat."""
    return 2 * seats * 2 ** (since / 3600)


@dataclass(slots=True)
class Tally:
    """A stream of cases summed up. Rates are of all cases."""

    cases: int = 0
    wrong: int = 0
    missed: int = 0
    colluding: int = 0
    seated: int = 0
    asked_after: list[float] | None = None
    took: list[float] | None = None

    @property
    def wrong_rate(self) -> float:
        return self.wrong / self.cases

    @property
    def missed_rate(self) -> float:
        return self.missed / self.cases

    @property
    def error(self) -> float:
        return (self.wrong + self.missed) / self.cases


APPEALS_OF_THE_WRONGED, APPEALS_OF_THE_RIGHTLY_REMOVED = 0.7, 0.3


def stream(
    community: Community, rules: Rules, items: Sequence[tuple[int, bool]], a_day: float, seed: int
) -> Tally:
    """Cases one after the other, `a_day` of them: items are (level, whether it breaks by the majority of all)."""
    chance = random.Random(seed)
    tally = Tally(asked_after=[], took=[])
    resting: dict[int, float] = {}
    size = community.members
    pause = (7 if size >= 200 else 3 if size >= 60 else 0.5) * DAY
    opening = sorted(_openings(community, len(items), a_day, chance))
    for (level, breaks), at in zip(items, opening, strict=True):
        done = sit(community, rules, at=at, level=level, breaks=breaks, chance=chance, resting=resting)
        if rules.rest:
            resting.update((one, done.decided_at + pause) for one in done.jurors)
        removed = done.removed
        if removed and rules.appeal:
            wanted = APPEALS_OF_THE_RIGHTLY_REMOVED if breaks else APPEALS_OF_THE_WRONGED
            if chance.random() < wanted:
                larger = replace(rules, seats=rules.appeal_seats, needed=rules.appeal_needed)
                again = sit(
                    community,
                    larger,
                    at=done.decided_at + 3600 * (1 + 6 * chance.random()),
                    level=level,
                    breaks=breaks,
                    chance=chance,
                    resting=resting,
                    without=done.jurors,
                    overturns=True,
                )
                removed = again.removed
                if rules.rest:
                    resting.update((one, again.decided_at + pause) for one in again.jurors)
        tally.cases += 1
        tally.wrong += removed and not breaks
        tally.missed += breaks and not removed
        tally.colluding += len(done.jurors & community.colluders)
        tally.seated += len(done.jurors)
        assert tally.asked_after is not None and tally.took is not None
        tally.asked_after.append(done.asked_after)
        tally.took.append(done.took)
    return tally


def _openings(community: Community, cases: int, a_day: float, chance: random.Random) -> list[float]:
    from bench.juries.community import moment

    return [moment(chance, 1 + min(int(case / a_day), community.days - 4)) for case in range(cases)]
