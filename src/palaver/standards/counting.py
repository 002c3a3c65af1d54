"""Counting a member's own removals: what a verdict weighs afterwards, and what lapses by itself."""

from __future__ import annotations

from django.db.models import QuerySet

from palaver.forums.models import Removal
from palaver.kit import clock
from palaver.standards.bounds import REMOVALS_COUNT_FOR

WINDOW_DAYS = REMOVALS_COUNT_FOR.days


def removals_in(member_id: int, days: int = WINDOW_DAYS) -> list[Removal]:
    """The member's posts that a verdict removed in the last so many days and that have not been restored, oldest first.

    What the watch hid and what an operator took down for law alone is no verdict and does not count.
    """
    return list(_counted(member_id).filter(at__gt=clock.ago(days=days)).select_related("post__thread").order_by("at"))


def count_in(member_id: int, days: int = WINDOW_DAYS) -> int:
    """How many of them there are."""
    return _counted(member_id).filter(at__gt=clock.ago(days=days)).count()


def _counted(member_id: int) -> QuerySet[Removal]:
    return Removal.objects.filter(post__author_id=member_id, case_number__isnull=False, ended_at=None).exclude(
        office=Removal.Office.WATCH
    )
