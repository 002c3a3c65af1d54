"""Who may vote. Who may see a ballot is asked by whoever's it is: the ballot does not know what it is about."""

from __future__ import annotations

from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_act
from palaver.ballots.models import Ballot, Elector
from palaver.kit import clock
from palaver.kit.decisions import YES, Decision, no


def is_running(ballot: Ballot) -> Decision:
    """Whether votes are taken now: it was neither called off nor counted, and its window has not passed."""
    if ballot.ended_because:
        return no(_("This ballot was called off: %(because)s") % {"because": ballot.ended_because})
    if ballot.closed_at is not None or ballot.closes_at <= clock.now():
        return no(
            _("This ballot ended on %(day)s; no votes are taken any more.")
            % {"day": ballot.closes_at.strftime("%Y-%m-%d %H:%M UTC")}
        )
    return YES


def may_vote(member: Member | None, ballot: Ballot) -> Decision:
    """Vote, or change a vote: electors, until the end. Open to the suspended, so that nobody is kept from a vote by an office."""
    if not (answer := may_act(member)):
        return answer
    assert member is not None
    if not (answer := is_running(ballot)):
        return answer
    return belongs(member, ballot)


def belongs(member: Member, ballot: Ballot) -> Decision:
    """Whether a member is among the electors, who were settled when the ballot opened."""
    if ballot.electorate == Ballot.Electorate.MEMBERS:
        if member.joined_at <= ballot.opened_at:
            return YES
        return no(_("Those who were members when this ballot opened vote in it. You joined later."))
    if Elector.objects.filter(ballot=ballot, member=member).exists():
        return YES
    return no(_("You are not among those who vote in this ballot; who does was settled when it opened."))
