"""The orders of lists. Nobody ranks: each order is one documented pure function of public facts, the same for everybody.

A list names its order and links to `/help/orders`, which prints these docstrings' first lines. Two members with the same
access see the same order; their own filters remove rows and never move them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Facts(NamedTuple):
    """What an order may look at. Nothing else about a thread, its author or its reader counts."""

    id: int
    created_at: datetime
    last_post_at: datetime
    recommendations: int
    replies: int


def latest(thread: Facts) -> tuple[datetime, int]:
    """Newest last reply first; a reply lifts its thread."""
    return (thread.last_post_at, thread.id)


def newest(thread: Facts) -> tuple[datetime, int]:
    """Newest thread first; replies change nothing."""
    return (thread.created_at, thread.id)


def recommended(thread: Facts) -> tuple[int, datetime, int]:
    """Most recommendations of the original post within the chosen window first; ties by newest thread."""
    return (thread.recommendations, thread.created_at, thread.id)


def unanswered(thread: Facts) -> tuple[datetime, int]:
    """Threads without a reply, newest first."""
    return (thread.created_at, thread.id)


@dataclass(frozen=True, slots=True)
class Order:
    """An order as lists name it: its key (also its address), its title and one sentence that says it all."""

    key: str
    title: str | Promise
    sentence: str | Promise


LATEST = Order("latest", _("Latest discussions"), _("Newest reply first. The same for everyone."))
NEWEST = Order("newest", _("Newest threads"), _("Newest thread first; replies change nothing. The same for everyone."))
RECOMMENDED = Order(
    "recommended", _("Recommended"), _("Most recommendations first, ties by newest thread. The same for everyone.")
)
UNANSWERED = Order("unanswered", _("Unanswered"), _("Threads without a reply, newest first. The same for everyone."))
UNREAD = Order(
    "unread",
    _("New for me"),
    _("What is new to you, newest reply first: the order is everyone's, the marks are yours."),
)
ORDERS = {order.key: order for order in (LATEST, NEWEST, RECOMMENDED, UNANSWERED, UNREAD)}

WINDOWS: dict[str, timedelta | None] = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "ever": None,
}
