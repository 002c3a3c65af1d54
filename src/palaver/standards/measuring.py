"""Measuring how the judging goes, from its own rows: how long it takes, how far jurors agree, how often appeals change something.

Times are in minutes. No figure names or singles out a juror or an alerter: of members who served, only how many there are is
told, in tens.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from math import ceil
from typing import NamedTuple

from palaver.forums.models import Removal
from palaver.kit import clock
from palaver.standards.models import Appeal, Case, Seat, Verdict

MONTHS = 12
BOUND = 10
"""Members who served are told in steps of so many."""


class Decided(NamedTuple):
    """One verdict as it is measured. `minutes` from opening to verdict; `share` is the majority's part of the votes, 0.5 to
    1, None where nobody voted; `jury` is false where one person decided."""

    month: date
    kind: str
    standard: str
    outcome: str
    minutes: float
    share: float | None
    jury: bool


class Measures(NamedTuple):
    """Twelve months, the running one last. Lists have one value a month, None where there was nothing to measure."""

    months: tuple[date, ...]
    decided: tuple[int, ...]
    median: tuple[float | None, ...]
    nine_in_ten: tuple[float | None, ...]
    unanimous: int
    clear: int
    close: int
    agreement: float | None
    appeals_won: tuple[int, ...]
    appeals_lost: tuple[int, ...]
    removals: dict[str, tuple[int, ...]]
    seats_filled: int
    seats_offered: int
    jurors_at_least: int
    alone: int

    @property
    def overturned(self) -> float | None:
        """The part of decided appeals that were won, None while there is none."""
        won, lost = sum(self.appeals_won), sum(self.appeals_lost)
        return won / (won + lost) if won + lost else None


def median(values: Iterable[float]) -> float | None:
    """The middle value, the mean of the middle two; None of none."""
    ordered = sorted(values)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def nine_in_ten(values: Iterable[float]) -> float | None:
    """The smallest value that nine in ten do not exceed (nearest rank); None of none."""
    ordered = sorted(values)
    return ordered[ceil(0.9 * len(ordered)) - 1] if ordered else None


def months_until(day: date, count: int = MONTHS) -> tuple[date, ...]:
    """The first days of so many months, the last of them that of the day."""
    at = day.year * 12 + day.month - 1
    return tuple(date(one // 12, one % 12 + 1, 1) for one in range(at - count + 1, at + 1))


def decided_between(begin: datetime, end: datetime) -> list[Decided]:
    """The verdicts from one instant (with it) to another (without it), the oldest first."""
    found = Verdict.objects.filter(at__gte=begin, at__lt=end).order_by("at")
    return [
        Decided(
            at.date().replace(day=1),
            kind,
            standard,
            outcome,
            (at - opened_at).total_seconds() / 60,
            _share(clearly_breaks + breaks, keeps + clearly_keeps),
            judges == Case.Judges.JURY,
        )
        for at, outcome, clearly_breaks, breaks, keeps, clearly_keeps, kind, standard, opened_at, judges in found.values_list(
            "at",
            "outcome",
            "clearly_breaks",
            "breaks",
            "keeps",
            "clearly_keeps",
            "case__kind",
            "case__standard",
            "case__opened_at",
            "case__judges",
        )
    ]


def measures(now: datetime | None = None) -> Measures:
    """The last twelve months as of an instant (now, unless told)."""
    now = now or clock.now()
    months = months_until(now.date())
    begin = datetime(months[0].year, months[0].month, 1, tzinfo=clock.UTC)
    verdicts = decided_between(begin, now)
    times: defaultdict[date, list[float]] = defaultdict(list)
    for one in verdicts:
        if one.jury:
            times[one.month].append(one.minutes)
    shares = [one.share for one in verdicts if one.jury and one.share is not None]
    won, lost = _appeals(begin, now)
    offered, filled, jurors = _service(begin, now)
    return Measures(
        months,
        _by_month(months, Counter(one.month for one in verdicts)),
        tuple(median(times[month]) for month in months),
        tuple(nine_in_ten(times[month]) for month in months),
        sum(share == 1 for share in shares),
        sum(0.75 <= share < 1 for share in shares),
        sum(share < 0.75 for share in shares),
        sum(shares) / len(shares) if shares else None,
        _by_month(months, won),
        _by_month(months, lost),
        _removals(months, begin, now),
        filled,
        offered,
        jurors - jurors % BOUND,
        sum(not one.jury for one in verdicts),
    )


def _share(breaks: int, keeps: int) -> float | None:
    return max(breaks, keeps) / (breaks + keeps) if breaks + keeps else None


def _by_month(months: Sequence[date], counted: Counter[date]) -> tuple[int, ...]:
    return tuple(counted[month] for month in months)


def _appeals(begin: datetime, end: datetime) -> tuple[Counter[date], Counter[date]]:
    won: Counter[date] = Counter()
    lost: Counter[date] = Counter()
    found = Appeal.objects.filter(decided_at__gte=begin, decided_at__lt=end).exclude(outcome="")
    for at, outcome in found.values_list("decided_at", "outcome"):
        assert at is not None
        (won if outcome == Appeal.Outcome.WON else lost)[at.date().replace(day=1)] += 1
    return won, lost


def _removals(months: Sequence[date], begin: datetime, end: datetime) -> dict[str, tuple[int, ...]]:
    """Removals by verdict, those that were restored later too, by the standard's title as it stood."""
    counted: defaultdict[str, Counter[date]] = defaultdict(Counter)
    found = Removal.objects.filter(at__gte=begin, at__lt=end, case_number__isnull=False)
    for at, standard in found.values_list("at", "standard"):
        counted[standard][at.date().replace(day=1)] += 1
    ordered = sorted(counted, key=lambda title: (-counted[title].total(), title))
    return {title: _by_month(months, counted[title]) for title in ordered}


def _service(begin: datetime, end: datetime) -> tuple[int, int, int]:
    """Seats offered, seats voted on, and how many members voted."""
    # Only decided cases: an open one tells nobody who has been asked.
    offers = Seat.objects.filter(case__decided_at__gte=begin, case__decided_at__lt=end)
    voted = offers.filter(state=Seat.State.VOTED)
    return offers.count(), voted.count(), voted.values("drawn__member_id").distinct().count()
