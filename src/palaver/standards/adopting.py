"""Adopting: what a ballot decided becomes the next version; in the founding time the operators adopt, and the members' first
ballot confirms or reopens it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.ballots import opening
from palaver.ballots.events import BallotCalledOff, BallotClosed
from palaver.ballots.models import Ballot
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import reason
from palaver.record.entering import enter
from palaver.standards import amending, charter, electorate
from palaver.standards.amending import State, Wish
from palaver.standards.events import AmendmentChanged, CharterAdopted
from palaver.standards.models import Amendment, Charter
from palaver.standards.permissions import may_adopt_as_founder


def adopt_as_founder(
    *,
    by: Member,
    because: str,
    changes: Sequence[Wish] = (),
    base: int | None = None,
    amendment: Amendment | None = None,
) -> Charter:
    """Adopt a text at once, in the founding time, marked founders' on the record: changes of one's own, or a proposed amendment.

    Raises NotAllowed once the founding time is over, Outdated, or Refusal with the field.
    """
    because = reason(because, amending.LONGEST_GROUND)
    with transaction.atomic():
        may_adopt_as_founder(by).or_refuse()
        if not because:
            raise Refusal(_("Say why; it stands in the charter’s history and on the record."), field="because")
        latest = charter.locked()
        if amendment is not None:
            amendment = Amendment.objects.select_for_update(of=("self",), no_key=True).get(pk=amendment.pk)
            if amendment.state != State.PROPOSED:
                raise Refusal(_("This amendment has been put to the ballot, or has been decided."))
            base, changes = amendment.base, amending.wishes_of(amendment)
        started_from = latest if base is None else charter.version(base)
        if started_from is None:
            raise Refusal(_("There is no such version of the charter. Open the form again."))
        wishes = list(changes) if amendment is not None else amending.fit(changes, started_from)
        amending.not_outdated(wishes, started_from, latest)
        if amendment is not None:
            amendment.state, amendment.decided_at, amendment.decided_by = State.ADOPTED, clock.now(), by
            amendment.decided_because, amendment.charter_version = because, latest.version + 1
            amendment.save()
            events.publish(AmendmentChanged(amendment.pk, State.ADOPTED))
        return amending.write_version(
            amending.changed(latest.standards, wishes),
            how=Charter.How.FOUNDERS,
            by=by,
            because=because,
            effective_at=clock.now(),
            office="operator",
        )


def confirm_due() -> Ballot | None:
    """Open the ballot on the founders' charter, once the founding time is over and none was held. For the jobs process."""
    if electorate.to_confirm() is None or electorate.is_founding_time():
        return None
    with transaction.atomic():
        row = electorate.to_confirm()
        row = row and Charter.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
        if row is None or row.confirming_id is not None:
            return None
        now = clock.now()
        who = list(electorate.eligible(now).values_list("pk", flat=True))
        ballot = opening.open_ballot(
            about=f"charter:{row.version}",
            title=_("Shall the founders’ charter stand?"),
            text=_(
                "The charter was adopted by the operators while this community was too small to vote. Now it is yours: if"
                " two thirds of the votes are for it, it is confirmed. If not, it stays in force but is open again, and the"
                " next amendment needs a simple majority alone."
            ),
            method=Ballot.Method.MOTION,
            electors=who,
            opened_by=None,
            closes_at=now + electorate.WINDOW,
            is_secret=True,
            quorum=electorate.quorum(len(who)),
            two_thirds=True,
        )
        row.confirming = ballot
        row.save(update_fields=["confirming"])
        events.publish(CharterAdopted(row.version))
    return ballot


def on_ballot_closed(event: BallotClosed) -> None:
    """Decide what a ballot of ours was about. *Within* the count: either both stand or neither."""
    kind, _colon, number = event.about.partition(":")
    if kind == "amendment":
        _decide_amendment(int(number), event)
    elif kind == "charter":
        _decide_confirmation(int(number), event)


def on_ballot_called_off(event: BallotCalledOff) -> None:
    """A ballot on the founders' charter that was called off is held anew; an amendment's is called off by its veto alone."""
    kind, _colon, number = event.about.partition(":")
    if kind == "charter":
        Charter.objects.filter(pk=int(number)).update(confirming=None)
        events.publish(CharterAdopted(int(number)))


def _decide_amendment(amendment_id: int, event: BallotClosed) -> None:
    amendment = Amendment.objects.select_for_update(of=("self",), no_key=True).get(pk=amendment_id)
    if amendment.state != State.VOTING:
        return
    latest = charter.locked()
    wishes = amending.wishes_of(amendment)
    base = charter.version(amendment.base)
    assert base is not None
    amendment.decided_at = clock.now()
    if not event.decided:
        amendment.state = State.REJECTED
    elif titles := amending.outdated(wishes, base, latest):
        amendment.state, amendment.decided_because = State.STALE, ", ".join(titles)
    else:
        amendment.state, amendment.charter_version = State.ADOPTED, latest.version + 1
    amendment.save()
    events.publish(AmendmentChanged(amendment.pk, amendment.state))
    if amendment.state == State.ADOPTED:
        amending.write_version(
            amending.changed(latest.standards, wishes),
            how=Charter.How.BALLOT,
            by=None,
            because=amendment.title,
            effective_at=clock.now() + timedelta(days=amendment.effective_after_days),
            office="rule",
            ballot=Ballot.objects.get(pk=event.ballot_id),
        )


def _decide_confirmation(version: int, event: BallotClosed) -> None:
    row = Charter.objects.select_for_update(of=("self",), no_key=True).get(pk=version)
    row.confirmed = bool(event.decided)
    row.save(update_fields=["confirmed"])
    events.publish(CharterAdopted(version))
    enter(
        "charter.confirm" if row.confirmed else "charter.reopen",
        office="rule",
        subject=f"charter:{version}",
        payload={"ballot": event.ballot_id},
    )
