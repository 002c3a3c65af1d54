"""The count of new notices on the member's own row, where every page reads it without asking for it.

It is counted anew from at most MOST rows, so it cannot drift by half steps. On PostgreSQL a verb already holds its
author's row when it comes to tell others: waiting here for the row of a member who is just writing to the author would
be a deadlock. So rows that somebody holds are left to a due row, and the jobs process counts them a moment later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, transaction

from palaver.accounts.models import Member
from palaver.kit import due
from palaver.live.telling import tell_many
from palaver.notices.models import Notice

MOST = 100
"""The count stops here; pages show 99+."""
KIND = "notice-count"

_COUNTED = f"""
(SELECT count(*) FROM (SELECT 1 FROM notices_notice n
  WHERE n.member_id = accounts_member.id AND n.seen_at IS NULL AND n.on_site LIMIT {MOST}) AS newest)
"""


def recount(member_ids: Iterable[int]) -> None:
    """Count the new notices of these members, in the caller's transaction, and tell their open pages."""
    wanted = sorted(set(member_ids))
    if not wanted:
        return
    free = wanted
    if connection.features.has_select_for_update_skip_locked:
        rows = Member.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=wanted).order_by("pk")
        free = list(rows.values_list("pk", flat=True))
        for held in sorted(set(wanted) - set(free)):
            due.enqueue(KIND, {"member": held})
    _count(free)


def handle(payload: dict[str, Any]) -> None:
    """The handler of `notice-count`: the same for one member, waiting for whoever holds the row. Runs in its transaction."""
    member_id = int(payload["member"])
    if connection.features.has_select_for_update:
        Member.objects.select_for_update(no_key=True).filter(pk=member_id).values_list("pk", flat=True).first()
    _count([member_id])


def _count(member_ids: list[int]) -> None:
    if not member_ids:
        return
    marks = ", ".join(["%s"] * len(member_ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE accounts_member SET notice_count = {_COUNTED} WHERE id IN ({marks}) RETURNING id, notice_count",
            member_ids,
        )
        counts = cursor.fetchall()
    tell_many((f"member:{member_id}", "notices", {"count": count}) for member_id, count in counts)


def drift(*, mend: bool = False) -> Iterator[str]:
    """Members whose stored count differs from their notices, as sentences; mended when asked."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT id, notice_count, {_COUNTED} FROM accounts_member WHERE notice_count <> {_COUNTED}")
        for member_id, stored, counted in cursor.fetchall():
            yield f"member.notice_count of {member_id} says {stored}; it is {counted}."
            if mend:
                cursor.execute("UPDATE accounts_member SET notice_count = %s WHERE id = %s", [counted, member_id])


def new_of(member_id: int) -> int:
    """A member's new notices, counted from the rows up to MOST."""
    return Notice.objects.filter(member_id=member_id, seen_at=None, on_site=True)[:MOST].count()
