"""Keeping pace: when the machine's clock is set, what is running moves with it, so that nothing ends early and nothing hangs.

The jobs process alone ends what is over (offers, seats, cases, holds). Before each look it compares how far the clock has
come with how far a clock has come that nobody can set (time since the machine was started). Where the two differ by more
than half a minute the clock was set, and every running end is moved by the difference. What it compares is kept in a file,
so that this holds across restarts of Palaver; not across a restart of the machine, after which the clock is believed.
"""

from __future__ import annotations

import json
import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from palaver.forums.models import Hold
from palaver.kit import clock, env
from palaver.standards.models import AlerterPause, Case, JurorSetting, Seat

TOLERANCE = timedelta(seconds=30)
FILE = "pace"


class Beat(NamedTuple):
    """One look at both clocks: which start of the machine, seconds since then, and what the clock said."""

    boot: str
    ticks: float
    at: datetime


def beat() -> Beat:
    """Both clocks now."""
    return Beat(_boot(), time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)), clock.now())


def step(before: Beat, after: Beat) -> timedelta:
    """By how much the clock was set between two looks; nothing where that cannot be told or is not worth it."""
    if before.boot != after.boot or after.ticks < before.ticks:
        return timedelta()
    set_by = (after.at - before.at) - timedelta(seconds=after.ticks - before.ticks)
    return set_by if abs(set_by) > TOLERANCE else timedelta()


def keep(now: Beat | None = None, *, file: Path | None = None) -> timedelta:
    """Move what is running by what the clock was set since the last look, and remember this one. Returns the step."""
    file = file or env.home() / "run" / FILE
    after, before = now or beat(), _remembered(file)
    set_by = timedelta() if before is None else step(before, after)
    if set_by:
        move(set_by)
    _remember(file, after)
    return set_by


def move(by: timedelta) -> None:
    """Move every running end of the judging by a step of the clock."""
    with transaction.atomic():
        running = [Case.Stage.WAITING, Case.Stage.SITTING]
        seats = Seat.objects.filter(state__in=[Seat.State.OFFERED, Seat.State.TAKEN])
        seats.update(offered_at=F("offered_at") + by, answer_by=F("answer_by") + by)
        seats.filter(vote_by__isnull=False).update(vote_by=F("vote_by") + by)
        Case.objects.filter(stage__in=running).update(ends_at=F("ends_at") + by)
        Hold.objects.filter(ended_at=None, until__isnull=False).update(until=F("until") + by)
        AlerterPause.objects.filter(until__gt=clock.now() - abs(by)).update(until=F("until") + by)
        JurorSetting.objects.filter(rests_until__gt=clock.now() - abs(by)).update(rests_until=F("rests_until") + by)


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return f"process {os.getpid()}"


def _remembered(file: Path) -> Beat | None:
    try:
        boot, ticks, at = json.loads(file.read_text(encoding="utf-8"))
        return Beat(boot, float(ticks), datetime.fromisoformat(at))
    except (OSError, ValueError, TypeError):
        return None


def _remember(file: Path, seen: Beat) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.write_text(json.dumps([seen.boot, seen.ticks, seen.at.isoformat()]), encoding="utf-8")
    fresh.replace(file)
