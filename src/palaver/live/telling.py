"""Telling: a row in the verb's transaction, a wake-up after it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction

from palaver.kit import clock, rows
from palaver.live import waking
from palaver.live.models import LiveEvent

KEPT = timedelta(days=1)
_AT_ONCE = 200


def tell(topic: str, kind: str, payload: dict[str, Any] | None = None) -> LiveEvent:
    """Tell those who hear a topic, once this transaction is committed. The payload is what every hearer may know."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{topic} {kind} was told outside a transaction.")
    event = LiveEvent(topic=topic, kind=kind, payload=payload or {})
    rows.store([event])
    transaction.on_commit(waking.wake, robust=True)
    return event


def tell_many(events: Iterable[tuple[str, str, dict[str, Any]]]) -> int:
    """The same for many topics at once – (topic, kind, payload) – with one wake-up. Returns how many were told."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Many were told outside a transaction.")
    told = [LiveEvent(topic=topic, kind=kind, payload=payload) for topic, kind, payload in events]
    for start in range(0, len(told), _AT_ONCE):
        rows.store(told[start : start + _AT_ONCE])
    if told:
        transaction.on_commit(waking.wake, robust=True)
    return len(told)


def prune() -> int:
    """Forget what is more than a day old; returns how many rows went. Run from time to time by the jobs process."""
    with transaction.atomic():
        newest = LiveEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
        if newest is None:
            return 0
        # The newest row stays, so that ids keep rising on a database that would use a freed one again.
        gone, _ = LiveEvent.objects.filter(created_at__lt=clock.now() - KEPT, pk__lt=newest).delete()
    return gone
