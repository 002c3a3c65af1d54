"""Seeing notices: by reading what they are about, by opening them, all at once. It is never undone by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from palaver.kit import clock
from palaver.notices import counting
from palaver.notices.models import Notice


def read_up_to(member_id: int, positions: Mapping[int, int]) -> int:
    """The member has read threads (id → post number) up to a post: their notices up to there are seen. Returns how many."""
    if not positions:
        return 0
    reached = Q()
    for thread_id, number in positions.items():
        reached |= Q(thread_id=thread_id, number__lte=number)
    return _see(member_id, reached)


def open_one(member_id: int, notice_id: int) -> Notice | None:
    """One notice, seen from now on; None when it is not this member's."""
    notice = Notice.objects.filter(pk=notice_id, member_id=member_id).select_related("thread", "post").first()
    if notice is not None and notice.seen_at is None:
        _see(member_id, Q(pk=notice_id))
    return notice


def see_all(member_id: int, *, up_to: int | None = None) -> int:
    """Every notice, or those the page showed (`up_to` is its newest one's id). Returns how many were new."""
    return _see(member_id, Q() if up_to is None else Q(pk__lte=up_to))


def _see(member_id: int, which: Q) -> int:
    new: Any = Notice.objects.filter(which, member_id=member_id, seen_at=None)
    # Most readers have nothing new in what they read, and a look costs no writer's place.
    if not new.exists():
        return 0
    with transaction.atomic():
        seen: int = new.update(seen_at=clock.now())
        if seen:
            counting.recount([member_id])
    return seen


def forget(before: Any) -> int:
    """Remove the notices that were seen and are older than an instant. Returns how many went."""
    with transaction.atomic():
        gone, _ = Notice.objects.filter(at__lt=before, seen_at__isnull=False).delete()
    return gone
