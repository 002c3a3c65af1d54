"""Suspensions given by an operator, ended early or lapsing by themselves. Juries and the Watch come with the standards."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.events import MemberSuspended, SuspensionEnded
from palaver.accounts.models import Member, Suspension
from palaver.accounts.permissions import may_operate
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import reason

LONGEST = timedelta(days=30)
LONGEST_REASON = 2000


def suspend(member: Member, *, by: Member, until: datetime, because: str) -> Suspension:
    """Keep a member from writing until an instant, at most 30 days on. Raises NotAllowed, Refusal. Wiring enters it on the record."""
    may_operate(by).or_refuse()
    now = clock.now()
    because = reason(because, LONGEST_REASON)
    if not because:
        raise Refusal(_("Say why: the member reads it, and it stands on the record."), field="because")
    if until <= now:
        raise Refusal(_("A suspension ends in the future."), field="until")
    if until > now + LONGEST:
        raise Refusal(_("A suspension lasts 30 days at most."), field="until")
    with transaction.atomic():
        Member.objects.select_for_update(no_key=True).get(pk=member.pk)
        if member.running_suspension() is not None:
            raise Refusal(_("%(name)s is suspended already.") % {"name": member.name})
        suspension = Suspension.objects.create(
            member=member, by=by, office=Suspension.Office.OPERATOR, because=because, since=now, until=until
        )
        events.publish(MemberSuspended(member.pk, suspension.pk))
    return suspension


def end(suspension: Suspension, *, by: Member) -> Suspension:
    """End a suspension before its time."""
    may_operate(by).or_refuse()
    with transaction.atomic():
        suspension = Suspension.objects.select_for_update(of=("self",), no_key=True).get(pk=suspension.pk)
        now = clock.now()
        if suspension.ended_at is not None or suspension.until <= now:
            raise Refusal(_("This suspension has ended already."))
        suspension.ended_at, suspension.ended_by = now, by
        suspension.save(update_fields=["ended_at", "ended_by"])
        events.publish(SuspensionEnded(suspension.member_id, suspension.pk))
    return suspension
