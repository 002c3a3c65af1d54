"""Putting a wish into the table, and the operators' verbs for those that were given up."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import transaction

from palaver.kit import clock
from palaver.kit.due import waking

if TYPE_CHECKING:
    from palaver.kit.due.models import Due, DueQuerySet


def enqueue(kind: str, payload: dict[str, Any] | None = None, *, at: datetime | None = None, key: str = "") -> Due:
    """Write one due row in the caller's transaction; it is run once that is committed, `at` the earliest.

    With a `key`, a wish of the same kind and key that still waits is not doubled: the standing row is returned with the
    newer payload and the earlier instant; one that is being run right now is run once more afterwards.
    Raises RuntimeError outside a transaction and TypeError for a payload that is no JSON.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"The job {kind!r} was enqueued outside a transaction.")
    wish = dict(payload or {})
    json.dumps(wish)
    now = clock.now()
    instant = at or now
    rows = _rows()
    if not key:
        row = rows.create(kind=kind, payload=wish, due_at=instant, created_at=now)
    else:
        row = _one_per_key(kind, key, wish, instant, now)
    if instant <= now:
        transaction.on_commit(waking.wake)
    return row


def _one_per_key(kind: str, key: str, wish: dict[str, Any], instant: datetime, now: datetime) -> Due:
    rows = _rows()
    model = rows.model
    while True:
        standing = rows.select_for_update().filter(kind=kind, key=key, gave_up_at=None).first()
        if standing is None:
            fresh = model(kind=kind, key=key, payload=wish, due_at=instant, created_at=now)
            # On PostgreSQL another transaction may be first; then its row is looked for again.
            rows.bulk_create([fresh], ignore_conflicts=True)
            made = rows.filter(kind=kind, key=key, gave_up_at=None).first()
            if made is not None and made.payload == wish and made.created_at == now:
                return made
            continue
        standing.payload = wish
        if standing.lease_owner:
            standing.asked_again = True
        else:
            standing.due_at = min(standing.due_at, instant)
        standing.save(update_fields=["payload", "asked_again", "due_at"])
        return standing


def given_up() -> DueQuerySet:
    """The dues that wait for an operator, the newest first."""
    return _rows().exclude(gave_up_at=None).order_by("-gave_up_at", "-id")


def try_again(due_id: int) -> bool:
    """Give a due that was given up a fresh set of attempts, now. False when it is not there or the same waits anew."""
    with transaction.atomic():
        row = _rows().select_for_update().filter(pk=due_id).exclude(gave_up_at=None).first()
        if row is None:
            return False
        if row.key and _rows().filter(kind=row.kind, key=row.key, gave_up_at=None).exists():
            return False
        row.gave_up_at, row.attempts, row.due_at = None, 0, clock.now()
        row.save(update_fields=["gave_up_at", "attempts", "due_at"])
        transaction.on_commit(waking.wake)
        return True


def drop(due_id: int) -> bool:
    """Remove a due that was given up. False when there is none with this number."""
    with transaction.atomic():
        removed, _ = _rows().filter(pk=due_id).exclude(gave_up_at=None).delete()
        return removed > 0


def _rows() -> DueQuerySet:
    # The package is imported while the apps are being loaded, when no model may be imported yet.
    model: type[Due] = apps.get_model("due", "Due")
    return model.objects.all()
