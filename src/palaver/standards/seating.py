"""A seat is offered, taken or declined, and left by who cannot be fair. Nobody but the juror learns of it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_speak
from palaver.front.changing import change
from palaver.kit import clock, events
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.standards import bounds
from palaver.standards.events import SeatEnded
from palaver.standards.models import Case, Seat


def accept(seat: Seat, *, by: Member) -> Seat:
    """Take an offered seat; from now the paper is to be filled within fifteen minutes. Asked twice it is taken once.

    Raises NotAllowed, or Refusal when the offer is over.
    """
    with transaction.atomic():
        seat = locked(seat, by=by)
        if seat.state in {Seat.State.TAKEN, Seat.State.VOTED}:
            return seat
        refuse_unless(seat, Seat.State.OFFERED)
        may_speak(by).or_refuse()
        seat.state, seat.vote_by = Seat.State.TAKEN, clock.now() + bounds.VOTES_WITHIN
        seat.save(update_fields=["state", "vote_by"])
        change(["summons", f"case:{seat.case_id}"])
    return seat


def decline(seat: Seat, *, by: Member) -> Seat:
    """Say no to an offer, or give a taken seat back. Nothing follows from it; another is asked."""
    return _leave(seat, by=by, state=Seat.State.DECLINED)


def recuse(seat: Seat, *, by: Member) -> Seat:
    """'I know who wrote this and cannot be fair': the seat goes to another."""
    return _leave(seat, by=by, state=Seat.State.RECUSED)


def _leave(seat: Seat, *, by: Member, state: Seat.State) -> Seat:
    with transaction.atomic():
        seat = locked(seat, by=by)
        if seat.state == state:
            return seat
        refuse_unless(seat, Seat.State.OFFERED, Seat.State.TAKEN)
        seat.state = state
        seat.save(update_fields=["state"])
        change(["summons", f"case:{seat.case_id}"])
        events.publish(SeatEnded(seat.case_id, seat.pk, by.pk))
    return seat


def locked(seat: Seat, *, by: Member) -> Seat:
    """The seat as it stands, under its case's lock. Raises NotAllowed where it is not this member's."""
    Case.objects.select_for_update(of=("self",), no_key=True).get(pk=seat.case_id)
    seat = Seat.objects.select_related("drawn", "case").get(pk=seat.pk)
    if seat.drawn.member_id != by.pk:
        raise NotAllowed(_("This seat was offered to somebody else."))
    return seat


def refuse_unless(seat: Seat, *states: Seat.State) -> None:
    """Raise the sentence that says why a seat cannot be used (any more)."""
    if seat.state in states and seat.case.is_open:
        return
    if not seat.case.is_open or seat.state == Seat.State.RELEASED:
        raise Refusal(_("The jury has decided meanwhile. Thank you for being ready to serve."))
    sentences = {
        Seat.State.OFFERED: _("Take the seat first, then fill in the paper."),
        Seat.State.TAKEN: _("You have taken this seat already."),
        Seat.State.VOTED: _("You have handed in your paper for this case, and one is all that counts."),
        Seat.State.DECLINED: _("You have declined this seat, and it was offered to somebody else."),
        Seat.State.LAPSED: _(
            "The time for this seat is over, and it was offered to somebody else. Nothing follows from that."
        ),
        Seat.State.RECUSED: _("You have said that you cannot be fair here, and the seat was offered to somebody else."),
    }
    raise Refusal(sentences[Seat.State(seat.state)])
