"""Suspensions: given by an operator, or by an office of the members that `standards` has asked; ended early or lapsing by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.events import MemberSuspended, SuspensionEnded, SuspensionProlonged
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


def suspend_by_office(member: Member, *, office: str, by: Member | None, until: datetime, because: str) -> Suspension:
    """The same by the watch or a jury, which `standards` has asked whether it may. In the caller's transaction.

    `by` is the first of two watchers, or None where nobody's name belongs to it. Raises Refusal when one runs already.
    """
    member = Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    if member.running_suspension() is not None:
        raise Refusal(_("%(name)s is suspended already.") % {"name": member.name})
    suspension = Suspension.objects.create(
        member=member, by=by, office=office, because=because, since=clock.now(), until=until
    )
    events.publish(MemberSuspended(member.pk, suspension.pk))
    return suspension


def prolong(suspension: Suspension, *, until: datetime) -> Suspension:
    """Let a running suspension last longer, because a jury let it stand: 30 days in all at most. In the caller's transaction."""
    suspension = Suspension.objects.select_for_update(of=("self",), no_key=True).get(pk=suspension.pk)
    if suspension.ended_at is not None or suspension.until <= clock.now():
        raise Refusal(_("This suspension has ended already."))
    suspension.until = min(until, suspension.since + LONGEST)
    suspension.save(update_fields=["until"])
    events.publish(SuspensionProlonged(suspension.member_id, suspension.pk))
    return suspension


def end_by_rule(suspension: Suspension) -> bool:
    """End a suspension before its time because a jury or a rule says so. False when it had ended. In the caller's transaction."""
    now = clock.now()
    ended = Suspension.objects.filter(pk=suspension.pk, ended_at=None, until__gt=now).update(ended_at=now)
    if ended:
        events.publish(SuspensionEnded(suspension.member_id, suspension.pk))
    return bool(ended)
