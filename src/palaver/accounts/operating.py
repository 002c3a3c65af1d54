"""Making operators. The first is made at the console; wiring enters each on the record."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.events import OperatorMade
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
        if member.is_operator:
            raise Refusal(_("%(name)s is an operator already.") % {"name": member.name})
        member.is_operator = True
        member.save(update_fields=["is_operator"])
        events.publish(OperatorMade(member.pk, None if by is None else by.pk))
    return member
