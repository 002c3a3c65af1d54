"""Who decides about the charter, and what a decision takes (page 3, Charter). Also when the founding time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from palaver.accounts.models import Member
from palaver.kit import clock
from palaver.standards.models import Charter

DAYS, POSTS = 30, 20
"""How long a member has been here, and how much they have written, when the ballot opens."""
WINDOW = timedelta(days=7)
QUORUM_PERCENT, QUORUM_LEAST = 5, 5
FOUNDING_BELOW = 10
"""Until so many are eligible, it is founding time: the operators adopt the charter directly, on the record."""


def eligible(at: datetime | None = None) -> QuerySet[Member]:
    """The members who may vote about the charter in a ballot that opens at an instant."""
    instant = at or clock.now()
    return Member.objects.filter(
        left_at=None, claimed_at__isnull=False, joined_at__lte=instant - timedelta(days=DAYS), post_count__gte=POSTS
    )


def is_eligible(member: Member) -> bool:
    """Whether a member could vote in a ballot that opened now."""
    return eligible().filter(pk=member.pk).exists()


def quorum(eligible: int) -> int:
    """Five in a hundred of the eligible, rounded up, but at least five, or all of them if they are fewer."""
    return min(max(-(-eligible * QUORUM_PERCENT // 100), QUORUM_LEAST), eligible)


def is_founding_time() -> bool:
    """Whether so few are eligible that the operators adopt the charter directly; over for good once members have decided."""
    return eligible().count() < FOUNDING_BELOW and not has_decided()


def has_decided() -> bool:
    """Whether the members have ever adopted or confirmed a charter."""
    return Charter.objects.filter(Q(how=Charter.How.BALLOT) | Q(confirmed=True)).exists()


def to_confirm() -> Charter | None:
    """The founders' version that waits for the members' word, if the newest is one."""
    newest = Charter.objects.order_by("-version").first()
    if newest is None or newest.how != Charter.How.FOUNDERS or newest.confirmed is not None:
        return None
    return newest
