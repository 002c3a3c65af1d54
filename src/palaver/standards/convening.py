"""Convening a jury: who of a pool is here, when enough were seen, and whom the next round offers a seat.

A page load asks a dictionary that is kept in the process as long as its word stands (`pools`, `summoned`); only a
member of an open pool writes anything, once a minute at most. The jobs process hands out seats (`sit_due`), and it alone
ends what was not answered in time. Source: Standards, Jury ("Present enough", "Seat", "Draw").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction

from palaver.forums.models import Post
from palaver.front.changing import change
from palaver.front.keeping import Kept
from palaver.kit import clock, durability, events
from palaver.standards import bounds, deciding, lot
from palaver.standards.events import SeatEnded, SeatOffered
from palaver.standards.models import Case, PoolMember, Round, Seat

POOLS = "juries"
SUMMONS = "summons"
"""The cache words: of who is looked for, and of who is asked."""


class Pools(NamedTuple):
    """Who is looked for. `written` is when this process last noted a member's presence."""

    members: Mapping[int, tuple[int, ...]]
    written: dict[int, datetime]


_POOLS = """
SELECT d.member_id, d.case_id FROM standards_case c JOIN standards_poolmember d ON d.case_id = c.id
  LEFT JOIN standards_seat s ON s.drawn_id = d.id
 WHERE c.stage IN ('waiting', 'sitting') AND c.judges = 'jury' AND s.id IS NULL ORDER BY d.case_id
"""
_SUMMONED = """
SELECT d.member_id, s.id FROM standards_case c JOIN standards_seat s ON s.case_id = c.id
  JOIN standards_poolmember d ON d.id = s.drawn_id
 WHERE c.stage IN ('waiting', 'sitting') AND s.state IN ('offered', 'taken') ORDER BY s.id
"""


def _gathered(sql: str) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql)
        pairs = cursor.fetchall()
    for member, other in pairs:
        found.setdefault(member, []).append(other)
    return {member: tuple(others) for member, others in found.items()}


_pools = Kept(lambda: Pools(_gathered(_POOLS), {}), POOLS)
_summoned = Kept(lambda: _gathered(_SUMMONED), SUMMONS)


def pools() -> Mapping[int, tuple[int, ...]]:
    """Member → the open cases in whose pool they are and in which they were not offered a seat yet. No statement while nothing changes."""
    return _pools.get().members


def summoned() -> Mapping[int, tuple[int, ...]]:
    """Member → their open offers and taken seats, by id. No statement while nothing changes."""
    return _summoned.get()


def saw(member_id: int) -> None:
    """A member is here: they loaded a page, or a page of theirs is open."""
    saw_all((member_id,))


def saw_all(member_ids: Iterable[int]) -> int:
    """The same for many at once, in one statement; returns for how many it was written. Nothing for members of no open pool."""
    known = _pools.get()
    if not known.members:
        return 0
    now = clock.now()
    here = [member for member in member_ids if member in known.members and not _fresh(known.written.get(member), now)]
    if not here:
        return 0
    stale = now - bounds.SEEN_ANEW_AFTER
    sql = """
    UPDATE standards_poolmember SET seen_at = %s
     WHERE member_id IN ({marks}) AND case_id IN ({cases}) AND (seen_at IS NULL OR seen_at < %s OR seen_at > %s)
    """
    instant, before = (connection.ops.adapt_datetimefield_value(at) for at in (now, stale))
    for part in (here[n : n + 400] for n in range(0, len(here), 400)):
        cases = sorted({case for member in part for case in known.members[member]})
        filled = sql.format(marks=", ".join(["%s"] * len(part)), cases=", ".join(["%s"] * len(cases)))
        with durability.relaxed(), connection.cursor() as cursor:
            cursor.execute(filled, [instant, *part, *cases, before, instant])
        known.written.update(dict.fromkeys(part, now))
    return len(here)


def _fresh(written: datetime | None, now: datetime) -> bool:
    """Written less than a minute ago; an instant that lies ahead (the clock was set back) is no excuse."""
    return written is not None and abs(now - written) < bounds.SEEN_ANEW_AFTER


# Sitting ----------------------------------------------------------------------------------------------------------


def sit_due() -> int:
    """Bring every open case as far as it can go now; returns in how many something was done. Run every few seconds."""
    done = 0
    for case_id in Case.objects.filter(stage__in=_OPEN).order_by("pk").values_list("pk", flat=True):
        # A case is looked at without a lock first, so that waiting ones make no writer wait.
        if _is_due(case_id):
            done += bool(sit(case_id))
    return done


_OPEN = (Case.Stage.WAITING, Case.Stage.SITTING)
_HOLDING = (Seat.State.OFFERED, Seat.State.TAKEN)


class Step(NamedTuple):
    """What one look at a case did."""

    began: bool = False
    lapsed: int = 0
    offered: int = 0
    ended: bool = False

    def __bool__(self) -> bool:
        return self.began or bool(self.lapsed) or bool(self.offered) or self.ended


def _is_due(case_id: int) -> bool:
    case, now = Case.objects.get(pk=case_id), clock.now()
    if not case.is_open:
        return False
    if case.judges != Case.Judges.JURY:
        return case.ends_at <= now
    if case.stage == Case.Stage.WAITING:
        return _may_begin(case, now)
    return case.ends_at <= now or bool(_late(case, now)) or (_open_seats(case) > 0 and bool(_present(case, now)))


def sit(case_id: int) -> Step:
    """One look at one case, in one transaction: begin, let lapse, decide, end, offer. Safe to repeat at any time."""
    now, began, lapsed, offered = clock.now(), False, 0, 0
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
        if not case.is_open:
            return Step()
        if case.judges != Case.Judges.JURY:
            if case.ends_at > now:
                return Step()
            deciding.end(case)
            return Step(ended=True)
        if case.stage == Case.Stage.WAITING:
            if not _may_begin(case, now):
                return Step()
            began = True
            case.stage, case.sat_at, case.ends_at = Case.Stage.SITTING, now, now + bounds.SITS_AT_MOST
            case.save(update_fields=["stage", "sat_at", "ends_at"])
        lapsed = _let_lapse(case, now)
        if deciding.decide_if_ready(case.pk) is not None:
            return Step(began, lapsed, ended=True)
        if case.ends_at <= now:
            deciding.end(case)
            return Step(began, lapsed, ended=True)
        offered = _offer(case, now)
        if began or lapsed or offered:
            change([POOLS, SUMMONS, f"case:{case.pk}"])
    return Step(began, lapsed, offered)


def _may_begin(case: Case, now: datetime) -> bool:
    """Enough of the pool were seen, or the wait is over, or the post is held and cannot wait."""
    if now >= case.ends_at:
        return True
    if case.post_id is not None and Post.objects.filter(pk=case.post_id, standing=Post.Standing.HELD).exists():
        return True
    seen = PoolMember.objects.filter(case=case, seen_at__isnull=False).count()
    return seen >= bounds.enough_seen(case.seats, case.pool_size)


def _late(case: Case, now: datetime) -> list[Seat]:
    """Offers not answered and seats not voted in, whose time is over."""
    held = Seat.objects.filter(case=case, state__in=_HOLDING).select_related("drawn")
    return [seat for seat in held if (seat.vote_by if seat.state == Seat.State.TAKEN else seat.answer_by) <= now]  # type: ignore[operator]


def _let_lapse(case: Case, now: datetime) -> int:
    late = _late(case, now)
    for seat in late:
        Seat.objects.filter(pk=seat.pk).update(state=Seat.State.LAPSED)
        events.publish(SeatEnded(case.pk, seat.pk, seat.drawn.member_id))
    return len(late)


def _open_seats(case: Case) -> int:
    return case.seats - Seat.objects.filter(case=case, state__in=[*_HOLDING, Seat.State.VOTED]).count()


_PRESENT = """
SELECT d.pseudonym, d.ticket, d.id, d.member_id FROM standards_poolmember d
  JOIN accounts_member m ON m.id = d.member_id
  LEFT JOIN standards_seat s ON s.drawn_id = d.id
  LEFT JOIN standards_jurorsetting j ON j.member_id = d.member_id
 WHERE d.case_id = %s AND s.id IS NULL AND d.seen_at > %s AND d.seen_at < %s AND m.left_at IS NULL
   AND (j.member_id IS NULL OR (j.is_available AND (j.rests_until IS NULL OR j.rests_until <= %s)))
   AND NOT EXISTS (SELECT 1 FROM accounts_suspension u WHERE u.member_id = d.member_id
                    AND u.since <= %s AND u.until > %s AND (u.ended_at IS NULL OR u.ended_at > %s))
   AND NOT EXISTS (SELECT 1 FROM standards_seat o JOIN standards_poolmember e ON e.id = o.drawn_id
                    WHERE e.member_id = d.member_id AND o.state IN ('offered', 'taken'))
"""


class Here(NamedTuple):
    pseudonym: str
    ticket: str
    drawn_id: int
    member_id: int


def _present(case: Case, now: datetime) -> list[Here]:
    """Who of the pool is here, had no offer in this case, sits nowhere else and could serve this moment."""
    adapt = connection.ops.adapt_datetimefield_value
    instant = adapt(now)
    since, until = adapt(now - bounds.PRESENT_FOR), adapt(now + bounds.SEEN_ANEW_AFTER)
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT, [case.pk, since, until, instant, instant, instant, instant])
        return [Here._make(row) for row in cursor.fetchall()]


def _offer(case: Case, now: datetime) -> int:
    """One round: the lowest tickets among those present, as many as seats are open; written down before anybody is told."""
    seats = _open_seats(case)
    here = {one.pseudonym: one for one in _present(case, now)} if seats > 0 else {}
    if not here:
        return 0
    chosen = lot.offered({name: one.ticket for name, one in here.items()}, here, seats)
    number = Round.objects.filter(case=case).count() + 1
    Round.objects.create(case=case, number=number, present=sorted(here), offered=chosen)
    for name in chosen:
        one = here[name]
        seat = Seat.objects.create(
            case=case, drawn_id=one.drawn_id, round=number, offered_at=now, answer_by=now + bounds.ANSWERS_WITHIN
        )
        events.publish(SeatOffered(case.pk, seat.pk, one.member_id))
    return len(chosen)
