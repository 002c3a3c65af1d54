"""Who may contest what: every `may_…` of the judging."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from palaver.accounts.models import Member, Suspension
from palaver.accounts.permissions import may_act
from palaver.forums.models import Block, Lock, Removal
from palaver.kit import clock
from palaver.kit.decisions import YES, Decision, no
from palaver.standards.bounds import APPEALED_WITHIN, DOOR_CLOSED_FOR
from palaver.standards.models import Appeal


def may_appeal_removal(member: Member | None, removal: Removal) -> Decision:
    """The author, against the removal of a post by a verdict."""
    if not (answer := _concerned(member, removal.post.author_id)):
        return answer
    if removal.ended_at is not None:
        return no(_("This post has been restored already."))
    if removal.case_number is None:
        if removal.office == Removal.Office.WATCH:
            return no(_("This post was taken out of sight together with a suspension. Appeal against the suspension."))
        return no(
            _("An operator took this post down for law. No jury can decide about that; the contact page can be used.")
        )
    return _open(member, removal.at, Appeal.objects.filter(of_case_id=removal.case_number).first())


def may_appeal_suspension(member: Member | None, suspension: Suspension) -> Decision:
    """The suspended, while it runs."""
    if not (answer := _concerned(member, suspension.member_id)):
        return answer
    if suspension.ended_at is not None or suspension.until <= clock.now():
        return no(_("This suspension has ended, so there is nothing left to lift."))
    return _open(member, suspension.since, Appeal.objects.filter(suspension=suspension).first())


def may_appeal_block(member: Member | None, block: Block) -> Decision:
    """The member who is kept out of a forum, while it runs."""
    if not (answer := _concerned(member, block.member_id)):
        return answer
    if block.ended_at is not None or block.until <= clock.now():
        return no(_("This block has ended, so there is nothing left to lift."))
    return _open(member, block.since, Appeal.objects.filter(block=block).first())


def may_appeal_lock(member: Member | None, lock: Lock) -> Decision:
    """Whoever started the thread, while it is locked by an office."""
    if not (answer := _concerned(member, lock.thread.author_id)):
        return answer
    if lock.ended_at is not None:
        return no(_("This thread takes replies again, so there is nothing left to lift."))
    if lock.office not in {Lock.Office.HOST, Lock.Office.OPERATOR}:
        return no(_("No host or operator locked this thread, so there is nothing to contest."))
    return _open(member, lock.at, Appeal.objects.filter(lock=lock).first())


def door_closed_until(member: Member) -> datetime | None:
    """Until when a lost appeal keeps the member from another; None when the door is open."""
    lost = Appeal.objects.filter(by=member, outcome=Appeal.Outcome.LOST).order_by("-decided_at").first()
    if lost is None or lost.decided_at is None:
        return None
    until: datetime = lost.decided_at + DOOR_CLOSED_FOR
    return until if until > clock.now() else None


def _concerned(member: Member | None, concerned_id: int) -> Decision:
    if not (answer := may_act(member)):
        return answer
    if member is None or member.pk != concerned_id:
        return no(_("Only the member whom it concerns appeals."))
    return YES


def _open(member: Member | None, since: datetime, before: Appeal | None) -> Decision:
    """Whether the door is open: in time, not yet decided, no other appeal, none just lost."""
    assert member is not None
    if before is not None:
        if before.decided_at is None:
            return no(_("Your appeal against this is being judged already."))
        return no(_("A jury has already decided your appeal against this. Its decision is final."))
    if clock.now() > since + APPEALED_WITHIN:
        return no(
            _("An appeal is possible for %(days)s days. They were over on %(day)s.")
            % {"days": APPEALED_WITHIN.days, "day": _day(since + APPEALED_WITHIN)}
        )
    if Appeal.objects.filter(by=member, decided_at=None).exists():
        return no(_("One appeal at a time: another one of yours is being judged. Wait for its verdict."))
    closed = door_closed_until(member)
    if closed is not None:
        return no(
            _("Your last appeal was lost, so the next can be made from %(day)s on.") % {"day": _day(closed, exact=True)}
        )
    return YES


def _day(instant: datetime, *, exact: bool = False) -> str:
    return instant.strftime("%Y-%m-%d %H:%M UTC" if exact else "%Y-%m-%d")
