"""Reading the charter: what is in force, its versions, and how two of them differ.

Versions are few, are read with many pages and change rarely: all of them are kept in the process by the cache word `charter`,
and which one is in force is told by the clock. Version 1 is the shipped text; it is written when the charter is first read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from palaver.front.keeping import Kept
from palaver.kit import clock
from palaver.kit.text import differences
from palaver.standards import default_charter
from palaver.standards.models import Charter, Standard

FIRST = 1


class StandardRow(NamedTuple):
    """One rule of one version, as plain values. `breaks` and `keeps` are examples, one a line."""

    key: str
    title: str
    rule: str
    breaks: str
    keeps: str
    forum_id: int | None
    kinds: tuple[str, ...]
    is_openable: bool
    for_hosts: bool


class CharterNow(NamedTuple):
    """A version whole. `confirmed` is about founders' versions: True, False (reopened) or None (not asked yet)."""

    version: int
    how: str
    by_id: int | None
    ballot_id: int | None
    because: str
    adopted_at: datetime
    effective_at: datetime
    confirmed: bool | None
    standards: tuple[StandardRow, ...]

    def standard(self, key: str) -> StandardRow | None:
        """The rule of this key, if the version has it."""
        return next((row for row in self.standards if row.key == key), None)


def versions() -> tuple[CharterNow, ...]:
    """Every version, the oldest first; the last may not be in force yet. No statement while none has changed."""
    return _kept.get()


def in_force(at: datetime | None = None) -> CharterNow:
    """The version that binds at an instant (now, unless told): the highest whose time has come."""
    instant = at or clock.now()
    known = versions()
    return next((one for one in reversed(known) if one.effective_at <= instant), known[0])


def latest() -> CharterNow:
    """The version that the next one is written against: the last adopted, in force or not yet."""
    return versions()[-1]


def locked() -> CharterNow:
    """The latest version, read anew behind the one row at which all who adopt wait for each other. Inside a transaction."""
    if not Charter.objects.exists():
        _write_the_default()
    Charter.objects.select_for_update(no_key=True).only("version").get(pk=FIRST)
    return _read()[-1]


def version(number: int) -> CharterNow | None:
    """One version by its number."""
    return next((one for one in versions() if one.version == number), None)


def next_change(at: datetime | None = None) -> datetime | None:
    """When an adopted version comes into force that is not yet, if any: pages about the charter are fresh until then."""
    instant = at or clock.now()
    return min((one.effective_at for one in versions() if one.effective_at > instant), default=None)


def standard(key: str, version: int | None = None) -> Standard | None:
    """The row of one rule, of the version in force unless told; None where that version has none of this key."""
    number = in_force().version if version is None else version
    return Standard.objects.filter(charter_id=number, key=key).first()


def applicable(*, kind: str, forum_id: int | None) -> list[Standard]:
    """The rules in force under which something of a kind ("post", "name", "about") can be alerted, in a forum or out of any."""
    rows = Standard.objects.filter(charter_id=in_force().version).order_by("place")
    return [row for row in rows if kind in row.kinds and row.forum_id in {None, forum_id}]


class Redline(NamedTuple):
    """How one rule reads after a change. Each text is its way from old to new (`kit.text.differences`); `act` is same, add, change or drop."""

    key: str
    act: str
    title: list[differences.Segment]
    rule: list[differences.Segment]
    breaks: list[differences.Segment]
    keeps: list[differences.Segment]
    before: StandardRow | None
    after: StandardRow | None


def redline(old: Sequence[StandardRow], new: Sequence[StandardRow]) -> tuple[Redline, ...]:
    """The way from some standards to others, in the order of the new; what is dropped stands where it stood."""
    before, after = {row.key: row for row in old}, {row.key: row for row in new}
    keys = [row.key for row in new]
    for place, row in enumerate(old):
        if row.key not in after:
            keys.insert(min(place, len(keys)), row.key)
    return tuple(_redline(before.get(key), after.get(key)) for key in keys)


def _redline(old: StandardRow | None, new: StandardRow | None) -> Redline:
    known = new or old
    assert known is not None
    act = "add" if old is None else "drop" if new is None else "same" if old == new else "change"

    def way(name: str) -> list[differences.Segment]:
        return differences.segments(getattr(old, name) if old else "", getattr(new, name) if new else "")

    return Redline(known.key, act, way("title"), way("rule"), way("breaks"), way("keeps"), old, new)


def _read() -> tuple[CharterNow, ...]:
    if not Charter.objects.exists():
        _write_the_default()
    rows: dict[int, list[StandardRow]] = {}
    for row in Standard.objects.order_by("charter_id", "place"):
        rows.setdefault(row.charter_id, []).append(plain(row))
    return tuple(
        CharterNow(
            one.version,
            one.how,
            one.by_id,
            one.ballot_id,
            one.because,
            one.adopted_at,
            one.effective_at,
            one.confirmed,
            tuple(rows.get(one.version, ())),
        )
        for one in Charter.objects.order_by("version")
    )


_kept = Kept(_read, "charter")


def plain(row: Standard) -> StandardRow:
    """A row as plain values."""
    return StandardRow(
        row.key,
        row.title,
        row.rule,
        row.breaks,
        row.keeps,
        row.forum_id,
        tuple(row.kinds),
        row.is_openable,
        row.for_hosts,
    )


def write_standards(number: int, rows: Iterable[StandardRow]) -> None:
    """The rows of a version, in their order."""
    Standard.objects.bulk_create(
        [
            Standard(
                charter_id=number,
                key=row.key,
                place=place,
                title=row.title,
                rule=row.rule,
                breaks=row.breaks,
                keeps=row.keeps,
                forum_id=row.forum_id,
                kinds=list(row.kinds),
                is_openable=row.is_openable,
                for_hosts=row.for_hosts,
            )
            for place, row in enumerate(rows)
        ],
        ignore_conflicts=number == FIRST,
    )


def _write_the_default() -> None:
    """Version 1, once: whoever comes second at the same instant finds the rows there and adds nothing."""
    with transaction.atomic():
        now = clock.now()
        Charter.objects.bulk_create(
            [Charter(version=FIRST, how=Charter.How.DEFAULT, adopted_at=now, effective_at=now)], ignore_conflicts=True
        )
        write_standards(
            FIRST,
            [
                StandardRow(
                    one.key,
                    one.title,
                    one.rule,
                    "\n".join(one.breaks),
                    "\n".join(one.keeps),
                    None,
                    one.kinds,
                    one.is_openable,
                    one.for_hosts,
                )
                for one in default_charter.written()
            ],
        )
