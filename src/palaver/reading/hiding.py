"""Keeping `Member.hides_things` right: whether lists and threads must look at a member's trash and ignores at all.

Everybody else pays nothing for these filters, so the column must never be wrong: every verb that changes a trash or an
ignore takes the member's row first and settles the column before it commits.
"""

from __future__ import annotations

from palaver.accounts.models import Member
from palaver.reading.models import Ignore, Trash


def take(member: Member) -> Member:
    """The member's row, locked, so that two changes of the same member's filters come one after the other."""
    return Member.objects.select_for_update(no_key=True).get(pk=member.pk)


def settle(member: Member) -> None:
    """Write whether the member hides anything now, if that has changed. `member` comes from `take`."""
    hides = Trash.objects.filter(member=member).exists() or Ignore.objects.filter(member=member).exists()
    if hides != member.hides_things:
        member.hides_things = hides
        member.save(update_fields=["hides_things"])
