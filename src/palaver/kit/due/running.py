"""The loop of the jobs process: sweep, do what comes round, wait for a nudge."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from django.db import close_old_connections, connections

from palaver.kit.due.sweeping import sweep
from palaver.kit.due.waking import Bell

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
AFTER_TROUBLE = 1.0


@dataclass(slots=True)
class Round:
    """Something done again and again, in this process only, on the monotonic clock."""

    name: str
    seconds: float
    function: Callable[[], object]
    next_at: float = 0.0


_rounds: dict[str, Round] = {}


def every(name: str, seconds: float, function: Callable[[], object]) -> None:
    """Have the jobs process call `function` about every so many seconds, first at its start.

    For care of this host (checkpoints, sweeping up); what must not be lost is a due row. A name said twice replaces.
    """
    if seconds <= 0:
        raise ValueError("A round takes some time.")
    _rounds[name] = Round(name, seconds, function)


def rounds() -> dict[str, Round]:
    """What comes round, by name."""
    return dict(_rounds)


def run_forever(stop: Event, *, owner: str = "", look_every: float = LOOK_EVERY) -> None:
    """Do what is due until `stop` is set; then end after the job in hand. Troubles are logged and the loop goes on."""
    bell = Bell()
    if not bell.hears:
        log.warning("Nobody can nudge the jobs process; it looks at its table every %s s.", look_every)
    try:
        while not stop.is_set():
            trouble = _do_rounds(stop)
            try:
                # One row at a time, so that a stop is heard between two jobs and no lease is left behind.
                while not stop.is_set() and sweep(owner=owner, limit=1):
                    trouble = _do_rounds(stop) or trouble
            except Exception:
                log.exception("The sweep failed.")
                trouble = True
            if trouble:
                close_old_connections()
                stop.wait(AFTER_TROUBLE)
            elif not stop.is_set():
                bell.wait(look_every)
    finally:
        bell.close()
        connections.close_all()


def _do_rounds(stop: Event) -> bool:
    trouble = False
    for item in list(_rounds.values()):
        if stop.is_set() or time.monotonic() < item.next_at:
            continue
        item.next_at = time.monotonic() + item.seconds
        try:
            item.function()
        except Exception:
            log.exception("The round %r failed.", item.name)
            trouble = True
    return trouble
