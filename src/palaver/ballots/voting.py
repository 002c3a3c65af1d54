"""Voting: one vote each, changed until the end. A secret vote lies under the hash of a receipt that only its voter keeps."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palaver.accounts.models import Member
from palaver.ballots.counting import Terms, fits, terms_of
from palaver.ballots.errors import ReceiptNeeded
from palaver.ballots.events import VoteCast
from palaver.ballots.models import Ballot, Elector, Option, Vote
from palaver.ballots.permissions import may_vote
from palaver.kit import events
from palaver.kit.decisions import Refusal

LONGEST_RECEIPT = 100


class Cast(NamedTuple):
    """A vote that stands. `receipt` is the new receipt of a secret vote, told this once; "" for a public or a changed one."""

    vote: Vote
    receipt: str


def cast(ballot: Ballot, *, by: Member, chosen: Sequence[int], receipt: str = "") -> Cast:
    """Vote for the options at some places, or change one's vote. Raises NotAllowed or Refusal with its reason.

    A secret vote is changed with its receipt (ReceiptNeeded without): nothing else leads from a voter to a vote.
    """
    with transaction.atomic():
        # The ballot's row is what votes and the count wait for each other at.
        ballot = Ballot.objects.select_for_update(of=("self",), no_key=True).get(pk=ballot.pk)
        may_vote(by, ballot).or_refuse()
        terms = terms_of(ballot)
        wanted = _choice(terms, chosen)
        vote, made = _secret(ballot, by, wanted, receipt) if ballot.is_secret else (_public(ballot, by, wanted), "")
        events.publish(VoteCast(ballot.pk, ballot.about))
    return Cast(vote, made)


def hashed(receipt: str) -> str:
    """What a receipt's vote lies under. Blanks, hyphens and case do not matter, since receipts are copied by hand too."""
    plain = "".join(receipt[:LONGEST_RECEIPT].upper().replace("-", " ").split())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()


def is_counted(ballot: Ballot, receipt: str) -> bool:
    """Whether a receipt's vote is among those of the ballot. It says nothing of the choice."""
    return bool(receipt) and Vote.objects.filter(ballot=ballot, receipt_hash=hashed(receipt)).exists()


def _choice(terms: Terms, chosen: Sequence[int]) -> list[int]:
    """The places a vote names, rising. Raises Refusal when they do not make one vote."""
    wanted = sorted(chosen)
    if not wanted:
        raise Refusal(_("Choose an option first; nothing was counted."), field="chosen")
    if terms.method == Ballot.Method.MULTIPLE and len(wanted) > terms.most:
        raise Refusal(
            ngettext(
                "You may choose %(most)s option; you chose %(number)s.",
                "You may choose up to %(most)s options; you chose %(number)s.",
                terms.most,
            )
            % {"most": terms.most, "number": len(wanted)},
            field="chosen",
        )
    if not fits(terms, wanted):
        raise Refusal(
            _("This choice is not one of those on the ballot. Open the ballot again and choose."), field="chosen"
        )
    return wanted


def _public(ballot: Ballot, by: Member, wanted: list[int]) -> Vote:
    vote = Vote.objects.filter(ballot=ballot, member=by).first()
    before: list[int] = []
    if vote is None:
        vote = Vote.objects.create(ballot=ballot, member=by, chosen=wanted)
        Ballot.objects.filter(pk=ballot.pk).update(voters=F("voters") + 1)
        Elector.objects.filter(ballot=ballot, member=by).update(has_voted=True)
    else:
        before, vote.chosen = vote.chosen, wanted
        vote.save(update_fields=["chosen"])
    Option.objects.filter(ballot=ballot, place__in=set(before) - set(wanted)).update(votes=F("votes") - 1)
    Option.objects.filter(ballot=ballot, place__in=set(wanted) - set(before)).update(votes=F("votes") + 1)
    return vote


def _secret(ballot: Ballot, by: Member, wanted: list[int], receipt: str) -> tuple[Vote, str]:
    elector = Elector.objects.filter(ballot=ballot, member=by).first() or Elector(ballot=ballot, member=by)
    if elector.has_voted:
        vote = Vote.objects.filter(ballot=ballot, receipt_hash=hashed(receipt)).first() if receipt else None
        if vote is None:
            raise ReceiptNeeded(
                _(
                    "You have voted in this ballot, and your vote stands. It is secret, so only the receipt that you were"
                    " given finds it again: enter the receipt to change your vote."
                ),
                field="receipt",
            )
        vote.chosen = wanted
        vote.save(update_fields=["chosen"])
        return vote, ""
    elector.has_voted = True
    elector.save()
    made = _receipt()
    vote = Vote.objects.create(ballot=ballot, receipt_hash=hashed(made), chosen=wanted)
    Ballot.objects.filter(pk=ballot.pk).update(voters=F("voters") + 1)
    return vote, made


def _receipt() -> str:
    """125 random bits as letters and digits in groups of five."""
    letters = base64.b32encode(secrets.token_bytes(16)).decode()[:25]
    return "-".join(letters[start : start + 5] for start in range(0, 25, 5))
