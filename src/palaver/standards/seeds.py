"""The seeds of the draw: committed to on the record eight days ahead, published 48 hours after their day, when no case needs them.

Nothing here is stored but what is public: a seed is made again from the draw secret, which is a file among the home's secrets.
"""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet

from palaver.kit import clock, env
from palaver.record.entering import enter, hold_head
from palaver.record.models import Entry
from palaver.standards import bounds, lot
from palaver.standards.models import Case, Seed

log = logging.getLogger("palaver.standards")

SECRET = "PALAVER_DRAW_SECRET"
FILE = "draw_secret"


def secret() -> bytes:
    """The draw secret of this installation, made on first use."""
    return env.secret(SECRET, FILE).encode()


def commit_due() -> int:
    """Commit to the seeds of today and the seven days after it, as far as that is not done. Returns how many were new.

    Asked twice, or by two processes at once, it commits once: the day is the row's key. A day whose commitment was made
    with another draw secret, and on which no case has drawn, is committed to anew, and the entry says what it replaces.
    """
    key, today = secret(), clock.now().date()
    days = [today + timedelta(days=n) for n in range(bounds.SEEDS_AHEAD)]
    if not _missing(key, days):
        return 0
    with transaction.atomic():
        hold_head()  # Whoever came first has entered by now, and is seen.
        missing = _missing(key, days)
        for day, replaced in missing.items():
            said = lot.commitment(lot.seed(key, day))
            payload: dict[str, object] = {"day": day.isoformat(), "commitment": said}
            if replaced is not None:
                payload["replaces"] = replaced.commitment_entry
            entry = enter("draw.commit", office="rule", subject=f"seed:{day.isoformat()}", payload=payload)
            Seed.objects.update_or_create(day=day, defaults={"commitment": said, "commitment_entry": entry.sequence})
    return len(missing)


def _missing(key: bytes, days: list[date]) -> dict[date, Seed | None]:
    """The days that have no commitment by this secret, each with the row that stands in its place."""
    known = Seed.objects.in_bulk(days)
    fits = {day for day, row in known.items() if row.commitment == lot.commitment(lot.seed(key, day)) or row.seed}
    used = set(Case.objects.filter(seed_day__in=days).values_list("seed_day", flat=True))
    return {day: known.get(day) for day in days if day not in fits and not (day in known and day in used)}


def usable(at: datetime) -> tuple[Seed, bool] | None:
    """The newest seed that a case on an alert of this instant draws with, locked, and whether it is late. Inside a transaction.

    Its day is not after the alert's, it is not published, and its commitment stands before the alert. Late: no such seed
    was there, so that the newest one committed to before the case opens takes its place; the case's entry says so.
    """
    key = secret()
    found = _unpublished(at)[: bounds.SEEDS_AHEAD]
    rows = [row for row in found if row.commitment == lot.commitment(lot.seed(key, row.day))]
    entries = Entry.objects.in_bulk([row.commitment_entry for row in rows])
    for row in rows:
        entry = entries.get(row.commitment_entry)
        if entry is not None and entry.at <= at:
            return row, False
    return (rows[0], True) if rows else None


def hold() -> None:
    """Lock the seeds that a case could draw with, for who enters the record first and may open a case after it."""
    list(_unpublished(clock.now()).values_list("pk", flat=True)[: bounds.SEEDS_AHEAD])


def _unpublished(at: datetime) -> QuerySet[Seed]:
    return Seed.objects.select_for_update(no_key=True).filter(day__lte=at.date(), seed="").order_by("-day")


def publish_due() -> int:
    """Publish the seeds whose day is over for 48 hours and on which no case is open. Returns how many."""
    now = clock.now()
    last = (now - bounds.PUBLISHED_AFTER).date() - timedelta(days=1)
    done = 0
    for day in Seed.objects.filter(seed="", day__lte=last).order_by("day").values_list("day", flat=True):
        if now < datetime.combine(day + timedelta(days=1), time(), UTC) + bounds.PUBLISHED_AFTER:
            continue
        done += _publish(day)
    return done


def _publish(day: date) -> bool:
    seed = lot.seed(secret(), day)
    with transaction.atomic():
        # Whoever opens a case on this seed holds its row, so it is either seen here or finds the seed published.
        row = Seed.objects.select_for_update(no_key=True).get(day=day)
        if row.seed or Case.objects.filter(seed_day=day, stage__in=[Case.Stage.WAITING, Case.Stage.SITTING]).exists():
            return False
        if lot.commitment(seed) != row.commitment:
            log.error("The seed of %s cannot be published: the draw secret is not the one it was committed with.", day)
            return False
        payload = {"day": day.isoformat(), "seed": seed.hex(), "committed": row.commitment_entry}
        entry = enter("draw.publish", office="rule", subject=f"seed:{day.isoformat()}", payload=payload)
        row.seed, row.published_entry = seed.hex(), entry.sequence
        row.save(update_fields=["seed", "published_entry"])
    return True
