"""Who may do what about standards. Pages, commands and verbs ask here."""

from __future__ import annotations

from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_operate, may_speak
from palaver.kit.decisions import YES, Decision, no
from palaver.standards import electorate
from palaver.standards.models import Amendment


def may_propose(member: Member | None) -> Decision:
    """Propose an amendment: whoever could vote on it; in the founding time every member, since the operators then decide."""
    if not (answer := may_speak(member)):
        return answer
    assert member is not None
    if member.is_operator or electorate.is_eligible(member) or electorate.is_founding_time():
        return YES
    return no(
        _(
            "Amendments are proposed by those who may vote on them: members for %(days)s days with %(posts)s posts. You may"
            " talk about every proposal in its thread."
        )
        % {"days": electorate.DAYS, "posts": electorate.POSTS}
    )


def may_put_to_ballot(member: Member | None, amendment: Amendment) -> Decision:
    """Put an amendment to the ballot: whoever proposed it."""
    if not (answer := may_speak(member)):
        return answer
    assert member is not None
    if amendment.by_id == member.pk:
        return YES
    return no(_("An amendment is put to the ballot by the member who proposed it."))


def may_withdraw_amendment(member: Member | None, amendment: Amendment) -> Decision:
    """Take back one's own amendment, until it is put to the ballot; then it is the members'."""
    if member is None or amendment.by_id != member.pk:
        return no(_("An amendment is withdrawn by the member who proposed it."))
    if amendment.state != Amendment.State.PROPOSED:
        return no(_("This amendment is being voted on or has been decided, so it cannot be withdrawn any more."))
    return YES


def may_veto(member: Member | None) -> Decision:
    """Stop what the law forbids: operators, with the ground, on the record."""
    return may_operate(member)


def may_adopt_as_founder(member: Member | None) -> Decision:
    """Adopt charter text directly: operators, in the founding time."""
    if not (answer := may_operate(member)):
        return answer
    if not electorate.is_founding_time():
        return no(
            _(
                "The founding time is over: %(most)s members may vote now, so the charter is theirs. Propose an amendment."
            )
            % {"most": electorate.FOUNDING_BELOW}
        )
    return YES
