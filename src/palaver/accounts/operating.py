"""Making operators and ending their office. The first is made at the console or at set-up; wiring enters each on the record."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.events import OperatorEnded, OperatorMade
from palaver.accounts.models import Member
from palaver.accounts.permissions import may_operate
from palaver.kit import events
from palaver.kit.decisions import Refusal


def make_operator(member: Member, *, by: Member | None) -> Member:
    """Give a member the operators' desk. `by` is None only from the console. Raises NotAllowed, Refusal."""
    if by is not None:
        may_operate(by).or_refuse()
    with transaction.atomic():
        member = Member.objects.select_for_update(no_key=True).get(pk=member.pk)
        if not member.is_active:
            raise Refusal(_("%(name)s has no account that signs in.") % {"name": member.name})
        if member.is_operator:
            raise Refusal(_("%(name)s is an operator already.") % {"name": member.name})
        member.is_operator = True
        member.save(update_fields=["is_operator"])
        events.publish(OperatorMade(member.pk, None if by is None else by.pk))
    return member


def end_operator(member: Member, *, by: Member) -> Member:
    """Take the operators' desk from a member, oneself included; the last operator keeps it. Raises NotAllowed, Refusal."""
    may_operate(by).or_refuse()
    with transaction.atomic():
        # All operators' rows, in one order: two who end each other at the same instant do not leave nobody.
        sitting = list(
            Member.objects.select_for_update(no_key=True).filter(is_operator=True, left_at=None).order_by("pk")
        )
        found = next((one for one in sitting if one.pk == member.pk), None)
        if found is None:
            raise Refusal(_("%(name)s is not an operator.") % {"name": member.name})
        if len(sitting) == 1:
            raise Refusal(_("Somebody must run this installation: make another operator first."))
        found.is_operator = False
        found.save(update_fields=["is_operator"])
        events.publish(OperatorEnded(found.pk, by.pk))
    return found
