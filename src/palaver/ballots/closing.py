"""Closing: counted once, when the window has passed; or called off before, with the reason."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.ballots import counting
from palaver.ballots.events import BallotCalledOff, BallotClosed
from palaver.ballots.models import Ballot, Elector, Option, Vote
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import reason
from palaver.record.entering import enter

LONGEST_REASON = 500
log = logging.getLogger("palaver.jobs")


def close(ballot_id: int) -> Ballot | None:
    """Count a ballot whose window has passed and return it; None when it is not there, still runs or was closed already.

    One transaction with whatever hears BallotClosed, so that a process killed in it leaves a ballot that the next one counts.
    """
    with transaction.atomic():
        now = clock.now()
        ballot = (
            Ballot.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk=ballot_id, closed_at=None, closes_at__lte=now)
            .first()
        )
        if ballot is None:
            return None
        options = list(ballot.options.order_by("place"))
        tally = counting.count(
            counting.terms_of(ballot, [option.place for option in options]),
            Vote.objects.filter(ballot=ballot).values_list("chosen", flat=True),
        )
        for option in options:
            option.votes, option.won = tally.votes[option.place], option.place in tally.decided
        Option.objects.bulk_update(options, ["votes", "won"])
        if ballot.is_secret:
            _shuffle_away_the_order(ballot)
        ballot.closed_at, ballot.voters, ballot.quorate = now, tally.voters, tally.quorate
        ballot.save(update_fields=["closed_at", "voters", "quorate"])
        decided = tuple(option.pk for option in options if option.won)
        events.publish(BallotClosed(ballot.pk, ballot.about, decided, tally.voters, tally.quorate))
        if ballot.on_record:
            enter(
                "ballot.close",
                office="rule",
                subject=f"ballot:{ballot.pk}",
                payload={
                    "about": ballot.about,
                    "decided": list(tally.decided),
                    "eligible": ballot.eligible,
                    "lists": counting.proof(ballot).hashes(is_secret=ballot.is_secret),
                    "quorate": tally.quorate,
                    "quorum": ballot.quorum,
                    "tied": list(tally.tied),
                    "voters": tally.voters,
                    "votes": [tally.votes[option.place] for option in options],
                },
            )
    return ballot


def close_due() -> int:
    """Close every ballot whose window has passed, each in its own transaction; how many were. One that fails stops no other."""
    closed = 0
    for ballot_id in list(
        Ballot.objects.filter(closed_at=None, closes_at__lte=clock.now())
        .order_by("closes_at")
        .values_list("pk", flat=True)
    ):
        try:
            closed += close(ballot_id) is not None
        except Exception:
            log.exception("Ballot %s could not be closed; it will be tried again.", ballot_id)
    return closed


def call_off(ballot: Ballot, *, because: str, by: Member | None = None) -> Ballot:
    """End a running ballot without a count. Whoever calls has asked whether its actor may. Raises Refusal."""
    because = reason(because, LONGEST_REASON)
    if not because:
        raise Refusal(_("Say why the ballot is called off; those who voted read it."), field="because")
    with transaction.atomic():
        ballot = Ballot.objects.select_for_update(of=("self",), no_key=True).get(pk=ballot.pk)
        if ballot.closed_at is not None:
            raise Refusal(_("This ballot has ended already."))
        ballot.closed_at, ballot.ended_because = clock.now(), because
        ballot.save(update_fields=["closed_at", "ended_because"])
        if ballot.is_secret:
            _shuffle_away_the_order(ballot)
        events.publish(BallotCalledOff(ballot.pk, ballot.about))
        if ballot.on_record:
            enter(
                "ballot.call_off",
                office="rule" if by is None else "operator" if by.is_operator else "member",
                subject=f"ballot:{ballot.pk}",
                payload={"about": ballot.about, "because": because, "by": None if by is None else by.pk},
            )
    return ballot


def _shuffle_away_the_order(ballot: Ballot) -> None:
    """Write a secret ballot's rows anew, votes in the order of their keys and voters in that of members.

    What was written in the order of voting would lead from a voter to a vote. Electors who were listed at the opening stand
    in that order already.
    """
    kept = [
        Vote(ballot=ballot, receipt_hash=receipt_hash, chosen=chosen)
        for receipt_hash, chosen in Vote.objects.filter(ballot=ballot)
        .order_by("receipt_hash")
        .values_list("receipt_hash", "chosen")
    ]
    Vote.objects.filter(ballot=ballot).delete()
    Vote.objects.bulk_create(kept, batch_size=2000)
    voted = list(Elector.objects.filter(ballot=ballot).order_by("member_id").values_list("member_id", "has_voted"))
    Elector.objects.filter(ballot=ballot).delete()
    Elector.objects.bulk_create(
        (Elector(ballot=ballot, member_id=member, has_voted=has_voted) for member, has_voted in voted), batch_size=2000
    )
