"""Handing in a paper. The last one that matters makes the verdict, in the same transaction."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_speak
from palaver.front.changing import change
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import storable
from palaver.standards import bounds, deciding, seating
from palaver.standards.models import Seat, Standard

REMOVES = frozenset({Seat.Choice.CLEARLY_BREAKS, Seat.Choice.BREAKS})


def vote(
    seat: Seat,
    *,
    by: Member,
    choice: int,
    reason: str = "",
    other_standard: str = "",
    is_gone: bool | None = None,
) -> Seat:
    """Hand in a paper: one of Seat.Choice, a reason (required to remove), perhaps another standard that it breaks.

    `is_gone` answers the paper's question whether what breaks the standard is gone from a post that its author has changed
    since the alert. Raises NotAllowed (not one's seat, suspended meanwhile) or Refusal (over, voted already, unfit;
    `field` says which). The time of a seat is ended by the jobs process alone: as long as it is not, the paper counts.
    """
    reason = storable(reason).strip()
    with transaction.atomic():
        seat = seating.locked(seat, by=by)
        seating.refuse_unless(seat, Seat.State.TAKEN)
        may_speak(by).or_refuse()
        _check(seat, choice, reason, other_standard)
        seat.state, seat.choice, seat.reason, seat.other_standard = Seat.State.VOTED, choice, reason, other_standard
        seat.is_gone = is_gone if choice in REMOVES else None
        seat.save(update_fields=["state", "choice", "reason", "other_standard", "is_gone"])
        change(["summons", f"case:{seat.case_id}"])
        deciding.decide_if_ready(seat.case_id)
    return seat


def _check(seat: Seat, choice: int, reason: str, other_standard: str) -> None:
    if choice not in Seat.Choice.values:
        raise Refusal(_("Choose one of the four answers."), field="choice")
    if len(reason) > bounds.LONGEST_REASON:
        raise Refusal(
            _("This reason has %(length)s characters; %(longest)s fit. Shorten it.")
            % {"length": len(reason), "longest": bounds.LONGEST_REASON},
            field="reason",
        )
    if choice in REMOVES and not reason:
        raise Refusal(
            _("Say in a sentence why it breaks the standard: the author will read it, without your name."),
            field="reason",
        )
    if other_standard:
        known = Standard.objects.filter(charter_id=seat.case.charter, key=other_standard, for_hosts=False)
        if other_standard == seat.case.standard or not known.exists():
            raise Refusal(_("Choose another standard of the charter, or none."), field="other_standard")
