"""Contesting a removal, a suspension, a block or a lock before a fresh, larger jury (page 3, Appeal).

A won appeal undoes what it was against and what that brought, and costs nothing. A lost one closes the door for a while.
Its decision is final; only the law stands above it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member, Suspension
from palaver.forums import blocking, locking
from palaver.forums.models import Block, Lock, Post, Removal
from palaver.kit import clock, events
from palaver.kit.decisions import Decision, Refusal
from palaver.kit.text.letters import storable
from palaver.record.entering import enter
from palaver.standards import charter, consequences, opening, restoring
from palaver.standards.bounds import LONGEST_WORDS
from palaver.standards.events import AppealOpened, CaseCalledOff, VerdictReached
from palaver.standards.models import Alert, Appeal, Case, Consequence, Proposal, Seat, Verdict
from palaver.standards.permissions import (
    may_appeal_block,
    may_appeal_lock,
    may_appeal_removal,
    may_appeal_suspension,
)


@dataclass(frozen=True, slots=True)
class Contested:
    """What an appeal is against: its kind, its row, the post and the first case where there are any, and what the other
    side said. `judged` are the members who decided it before, so that none of them does again; `concerned_id` is the
    member whose appeal it would be, `since` the instant from which the time to appeal runs."""

    against: Appeal.Against
    row: Any
    post: Post | None
    of: Case | None
    other_side: str
    judged: frozenset[int]
    concerned_id: int
    since: datetime
    may: Decision


def contested(against: str, number: int, *, by: Member | None) -> Contested | None:
    """What stands under this kind and number (a primary key of its row), with whether the member may appeal against it.

    None where there is no such thing.
    """
    found = _CONTESTED.get(against)
    return None if found is None else found(number, by)


def appeal_removal(removal: Removal, *, by: Member, words: str) -> Appeal:
    """Against the removal of an own post by a verdict. Raises NotAllowed, Refusal."""
    return _appeal(Appeal.Against.REMOVAL, removal.pk, by, words)


def appeal_suspension(suspension: Suspension, *, by: Member, words: str) -> Appeal:
    """Against an own suspension that runs. Raises NotAllowed, Refusal."""
    return _appeal(Appeal.Against.SUSPENSION, suspension.pk, by, words)


def appeal_block(block: Block, *, by: Member, words: str) -> Appeal:
    """Against being kept out of a forum. Raises NotAllowed, Refusal."""
    return _appeal(Appeal.Against.BLOCK, block.pk, by, words)


def appeal_lock(lock: Lock, *, by: Member, words: str) -> Appeal:
    """Against the lock of an own thread. Raises NotAllowed, Refusal."""
    return _appeal(Appeal.Against.LOCK, lock.pk, by, words)


def appeal(against: str, number: int, *, by: Member, words: str) -> Appeal:
    """The same by kind and number, for pages. Raises NotAllowed, Refusal, also where there is no such thing."""
    return _appeal(against, number, by, words)


def after(event: VerdictReached) -> None:
    """Let the verdict on an appeal do what it says. Runs in the verdict's transaction."""
    mine = Appeal.objects.select_for_update(of=("self",), no_key=True).filter(case_id=event.case_id, decided_at=None)
    decided = mine.first()
    if decided is None:
        return
    won = event.outcome == Verdict.Outcome.OVERTURNED
    decided.outcome = Appeal.Outcome.WON if won else Appeal.Outcome.LOST
    decided.decided_at = clock.now()
    decided.save(update_fields=["outcome", "decided_at"])
    if won:
        _undo(decided)


def called_off(event: CaseCalledOff) -> None:
    """An appeal whose case was called off is neither won nor lost, and closes no door. Runs in that transaction."""
    Appeal.objects.filter(case_id=event.case_id, decided_at=None).update(decided_at=clock.now())


def _appeal(against: str, number: int, by: Member, words: str) -> Appeal:
    words = storable(words).strip()
    with transaction.atomic():
        # Two forms sent at once are one appeal: the second waits here and then finds the first.
        by = Member.objects.select_for_update(no_key=True).get(pk=by.pk)
        what = contested(against, number, by=by)
        if what is None:
            raise Refusal(_("This is not there any more."))
        what.may.or_refuse()
        if not words:
            raise Refusal(
                _("Say why you ask for another look: the jury reads your words beside those of the other side."),
                field="words",
            )
        if len(words) > LONGEST_WORDS:
            raise Refusal(
                _("Your words have %(length)s characters; %(longest)s fit. Shorten them.")
                % {"length": len(words), "longest": LONGEST_WORDS},
                field="words",
            )
        case = opening.open_case(
            kind=Case.Kind.APPEAL,
            author=by,
            post=what.post,
            standard="",
            charter=charter.in_force().version,
            of=what.of,
            exclude=what.judged,
            commits_to={"appeal": str(what.against), "of": what.of.pk if what.of else None, "number": number},
        )
        made = Appeal.objects.create(
            by=by,
            against=what.against,
            of_case=what.of if what.against == Appeal.Against.REMOVAL else None,
            suspension=what.row if what.against == Appeal.Against.SUSPENSION else None,
            block=what.row if what.against == Appeal.Against.BLOCK else None,
            lock=what.row if what.against == Appeal.Against.LOCK else None,
            words=words,
            other_side=what.other_side,
            case=case,
            at=clock.now(),
        )
        events.publish(AppealOpened(made.pk, by.pk, case.pk))
        enter(
            "appeal.open",
            office="member",
            subject=f"case:{case.pk}",
            # Without a name: jurors of this case read the record too.
            payload={"against": str(what.against), "of": what.of.pk if what.of else None},
        )
    return made


def _removal(number: int, by: Member | None) -> Contested | None:
    row = Removal.objects.select_related("post__forum", "post__thread").filter(pk=number).first()
    if row is None:
        return None
    first = Case.objects.filter(pk=row.case_number or 0).first()
    return Contested(
        Appeal.Against.REMOVAL,
        row,
        row.post,
        first,
        reasons_of(first) if first else "",
        _judges_of(first),
        row.post.author_id,
        row.at,
        may_appeal_removal(by, row),
    )


def _suspension(number: int, by: Member | None) -> Contested | None:
    row = Suspension.objects.filter(pk=number).first()
    if row is None:
        return None
    set_off = Consequence.objects.filter(suspension=row).select_related("verdict__case").first()
    watched = Proposal.objects.filter(suspension=row).select_related("case").first()
    first = set_off.verdict.case if set_off else watched.case if watched else None
    acted = {row.by_id, *((watched.by_id, watched.second_id) if watched else ())}
    judged = _judges_of(first) | frozenset(one for one in acted if one is not None)
    may = may_appeal_suspension(by, row)
    return Contested(Appeal.Against.SUSPENSION, row, None, first, row.because, judged, row.member_id, row.since, may)


def _block(number: int, by: Member | None) -> Contested | None:
    row = Block.objects.select_related("forum").filter(pk=number).first()
    if row is None:
        return None
    may = may_appeal_block(by, row)
    judged = frozenset([row.by_id])
    return Contested(Appeal.Against.BLOCK, row, None, None, row.because, judged, row.member_id, row.since, may)


def _lock(number: int, by: Member | None) -> Contested | None:
    row = Lock.objects.select_related("thread__forum").filter(pk=number).first()
    if row is None:
        return None
    judged = frozenset([row.by_id] if row.by_id else [])
    may = may_appeal_lock(by, row)
    return Contested(Appeal.Against.LOCK, row, None, None, row.because, judged, row.thread.author_id, row.at, may)


_CONTESTED: dict[str, Callable[[int, Member | None], Contested | None]] = {
    Appeal.Against.REMOVAL: _removal,
    Appeal.Against.SUSPENSION: _suspension,
    Appeal.Against.BLOCK: _block,
    Appeal.Against.LOCK: _lock,
}


def reasons_of(case: Case) -> str:
    """What those who decided a case gave as their reasons, each a paragraph, without names, in no order of time."""
    verdict = Verdict.objects.filter(case=case).first()
    if verdict is not None and verdict.because:
        return verdict.because
    breaking = {Seat.Choice.CLEARLY_BREAKS, Seat.Choice.BREAKS}
    seats = Seat.objects.filter(case=case, state=Seat.State.VOTED, choice__in=breaking).exclude(reason="")
    return "\n\n".join(seats.order_by("drawn__ticket").values_list("reason", flat=True))


def _judges_of(case: Case | None) -> frozenset[int]:
    """Who was offered a seat in a case, decided it alone, or called for it: none of them judges its appeal."""
    if case is None:
        return frozenset()
    found = set(Seat.objects.filter(case=case).values_list("drawn__member_id", flat=True))
    found |= set(Alert.objects.filter(case=case, by__isnull=False).values_list("by_id", flat=True))
    found |= set(Verdict.objects.filter(case=case, by__isnull=False).values_list("by_id", flat=True))
    return frozenset(found)


def _undo(won: Appeal) -> None:
    now = clock.now()
    payload: dict[str, object] = {"case": won.case_id}
    if won.of_case_id is not None:
        verdict = Verdict.objects.select_related("case", "removal").get(pk=won.of_case_id)
        if verdict.removal is not None and verdict.removal.ended_at is None:
            restoring.restore(verdict.removal, because=_("A jury overturned the removal on appeal."))
        consequences.undo(verdict)
    if won.suspension is not None:
        consequences.end(won.suspension, now)
        Consequence.objects.filter(suspension=won.suspension, undone_at=None).update(undone_at=now)
    if won.block is not None:
        blocking.lift(won.block, office="jury", payload=payload)
    if won.lock is not None:
        locking.lift(won.lock, office="jury", because=_("A jury lifted the lock on appeal."), payload=payload)
