"""Taking leases and running what is due."""

from __future__ import annotations

import logging
import os
import random
import socket
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, transaction

from palaver.kit import clock
from palaver.kit.due.errors import GiveUp
from palaver.kit.due.handling import Handling, handlers

if TYPE_CHECKING:
    from palaver.kit.due.models import Due, DueQuerySet

log = logging.getLogger(__name__)

BATCH = 20
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_WORDS = 2000


def sweep(*, owner: str = "", limit: int = BATCH, chance: random.Random | None = None) -> int:
    """Lease up to `limit` due rows in one short transaction, run them one after the other, and say how many were run.

    A failure is written on the row and the due is tried again after a pause that doubles (5 s to 1 h, half to one and a
    half of it by `chance`); after its last attempt it is given up and stays. No exception of a handler comes out.
    """
    owner = owner or f"{socket.gethostname()}:{os.getpid()}"
    chance = chance or random.Random()
    # A read that finds nothing takes no lock, so an idle jobs process never makes a writer wait.
    if not _rows().ready(clock.now()).exists():
        return 0
    leased = _lease(owner, limit)
    return sum(_run(row, owner, chance) for row in leased)


def pause(attempts: int, chance: random.Random) -> timedelta:
    """How long to wait after a number of failed attempts."""
    doubled: timedelta = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return doubled * chance.uniform(0.5, 1.5)


def _lease(owner: str, limit: int) -> list[Due]:
    now = clock.now()
    leased: list[Due] = []
    with transaction.atomic():
        rows = _rows().ready(now).order_by("due_at", "id")
        # SQLite has one writer at a time; on PostgreSQL two sweepers step round each other's rows.
        rows = rows.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        for row in rows[:limit]:
            handling = handlers().get(row.kind)
            if handling is not None and row.attempts >= handling.attempts:
                row.gave_up_at, row.lease_owner, row.leased_until = now, "", None
                row.last_words = f"Its process ended in the middle of attempt {row.attempts}. {row.last_words}".strip()
            else:
                row.attempts += 1
                row.lease_owner = owner
                row.leased_until = now + (handling or Handling(_nobody)).lease
                row.asked_again = False
                leased.append(row)
            row.save(
                update_fields=["attempts", "lease_owner", "leased_until", "asked_again", "gave_up_at", "last_words"]
            )
    return leased


def _run(row: Due, owner: str, chance: random.Random) -> bool:
    handling = handlers().get(row.kind)
    try:
        if not _still_leased(row, owner, handling):
            return False
        if handling is None:
            raise LookupError(f"Nobody handles the kind {row.kind!r}.")
        if handling.within:
            with transaction.atomic():
                handling.handler(row.wish)
                if not _finish(row, owner):
                    raise _LeaseLost
        else:
            handling.handler(row.wish)
            with transaction.atomic():
                _finish(row, owner)
    except _LeaseLost:
        # Somebody else runs it now; what was written here has been rolled back with the block.
        return False
    except Exception as error:
        log.warning("The job %s failed at attempt %s: %s", row, row.attempts, error, exc_info=True)
        _note_failure(row, owner, error, handling, chance)
    return True


class _LeaseLost(Exception):
    pass


def _still_leased(row: Due, owner: str, handling: Handling | None) -> bool:
    """Renew a lease that the rows before this one have half used up; False when another process has it by now."""
    now = clock.now()
    lease = (handling or Handling(_nobody)).lease
    assert row.leased_until is not None
    if row.leased_until - now > lease / 2:
        return True
    with transaction.atomic():
        return _mine(row, owner).update(leased_until=now + lease) > 0


def _finish(row: Due, owner: str) -> bool:
    """Remove the row, or have it run once more when it was asked for meanwhile. False when the lease was lost."""
    removed, _ = _mine(row, owner).filter(asked_again=False).delete()
    if removed:
        return True
    return _finish_again(row, owner)


def _finish_again(row: Due, owner: str) -> bool:
    """Begin anew with the newer payload, if somebody asked for it while this run went on."""
    fresh = {"asked_again": False, "attempts": 0, "due_at": clock.now(), "lease_owner": "", "leased_until": None}
    return _mine(row, owner).filter(asked_again=True).update(**fresh, last_words="") > 0


def _note_failure(row: Due, owner: str, error: Exception, handling: Handling | None, chance: random.Random) -> None:
    now = clock.now()
    words = f"{type(error).__name__}: {error}"[:LONGEST_WORDS]
    most = (handling or Handling(_nobody)).attempts
    changes: dict[str, Any] = {"lease_owner": "", "leased_until": None, "last_words": words, "asked_again": False}
    if isinstance(error, GiveUp) or row.attempts >= most:
        changes |= {"gave_up_at": now}
        if isinstance(error, GiveUp):
            changes["last_words"] = str(error)[:LONGEST_WORDS]
    else:
        changes |= {"due_at": now + pause(row.attempts, chance)}
    with transaction.atomic():
        if "gave_up_at" in changes and _finish_again(row, owner):
            return
        _mine(row, owner).update(**changes)


def _mine(row: Due, owner: str) -> DueQuerySet:
    return _rows().filter(pk=row.pk, lease_owner=owner, attempts=row.attempts)


def _nobody(payload: dict[str, Any]) -> None:
    raise LookupError("Nobody handles this kind.")


def _rows() -> DueQuerySet:
    # The package is imported while the apps are being loaded, when no model may be imported yet.
    model: type[Due] = apps.get_model("due", "Due")
    return model.objects.all()
