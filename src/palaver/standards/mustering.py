"""Mustering the watch: who volunteers, on whom the lot falls, how terms end. Source: Standards, Watch.

The draw is on the record with all its inputs: the volunteers who could be drawn, the seats, the day of the seed, which had
been committed to before, and who was drawn. Once the seed is published everybody recomputes it (`verify`). Volunteers are
named, because watchers are known by name.
"""

from __future__ import annotations

import json

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from palaver.accounts.models import Member, Suspension
from palaver.forums.models import Removal
from palaver.kit import clock, events
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.record.entering import enter
from palaver.record.models import Entry
from palaver.standards import bounds, eligibility, lot, seeds
from palaver.standards.events import WatchChanged, WatcherDrawn, WatchTermEnds
from palaver.standards.models import Seed, WatchTerm, WatchVolunteer
from palaver.standards.permissions import may_volunteer_to_watch


def volunteer(*, by: Member) -> WatchVolunteer:
    """Be ready to watch. Doing it twice changes nothing. Raises NotAllowed with what is missing."""
    with transaction.atomic():
        may_volunteer_to_watch(by).or_refuse()
        row, made = WatchVolunteer.objects.get_or_create(member=by, defaults={"at": clock.now()})
        if made:
            events.publish(WatchChanged())
    return row


def step_back(*, by: Member) -> bool:
    """Be ready no longer; who is on the watch stays on it until the term is over, or resigns."""
    with transaction.atomic():
        gone, _rows = WatchVolunteer.objects.filter(member=by).delete()
        if gone:
            events.publish(WatchChanged())
    return bool(gone)


def resign(term: WatchTerm, *, by: Member) -> WatchTerm:
    """Leave the watch before the term is over. Raises NotAllowed, Refusal."""
    if term.member_id != by.pk:
        raise NotAllowed(_("This is somebody else's term."))
    with transaction.atomic():
        term = WatchTerm.objects.select_for_update(of=("self",), no_key=True).get(pk=term.pk)
        if term.ended_at is not None:
            raise Refusal(_("This term has ended already."))
        _end(term, why="resigned")
    return term


def sitting() -> list[WatchTerm]:
    """Those on the watch now, in the order in which they came."""
    rows = WatchTerm.objects.filter(ended_at=None, until__gt=clock.now()).select_related("member")
    return list(rows.order_by("since", "pk"))


def able() -> list[int]:
    """The volunteers whom the lot could fall on now, by id."""
    now = clock.now()
    on_watch = WatchTerm.objects.filter(ended_at=None, until__gt=now).values("member")
    ready = (
        Member.objects.filter(
            pk__in=WatchVolunteer.objects.values("member"),
            joined_at__lte=now - bounds.WATCH_MEMBER_FOR,
            post_count__gte=bounds.WATCH_POSTS_WRITTEN,
            claimed_at__isnull=False,
            left_at=None,
            is_operator=False,
        )
        .exclude(pk__in=Suspension.objects.running(now).values("member"))
        .exclude(pk__in=removed_lately())
        .exclude(pk__in=on_watch)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return [member_id for member_id in ready if _terms_running(member_id) < bounds.WATCH_TERMS_RUNNING]


def removed_lately() -> set[int]:
    """Whose posts were removed by a verdict within 90 days."""
    since = clock.now() - bounds.WATCH_NO_REMOVAL_FOR
    removals = Removal.objects.filter(at__gt=since, ended_at=None, case_number__isnull=False)
    return set(removals.values_list("post__author_id", flat=True))


def seats() -> int:
    """How many watch: five, and one more for each 500 active members, fifteen at most."""
    active = eligibility.active_count(clock.now())
    return min(bounds.WATCH_LEAST + active // bounds.WATCH_ONE_MORE_PER, bounds.WATCH_MOST)


def muster() -> list[WatchTerm]:
    """What the jobs process does: end terms that are over, and draw for vacant seats, once a day at most.

    Nobody is drawn where fewer than five could watch together: then there is no watch, and the pages say so.
    """
    with transaction.atomic():
        _end_terms()
    with transaction.atomic():
        return _draw()


def verify(entry: Entry) -> str:
    """Recompute a `watch.draw` entry. "" when it is as it should be, else what is wrong; raises Refusal before its seed is out."""
    said = json.loads(entry.payload.body or "{}")
    row = Seed.objects.filter(day=said["seed_day"]).first()
    if row is None or not row.seed:
        raise Refusal(_("The seed of this draw is published after 48 hours; then everybody can recompute it."))
    return check(said, row.seed)


def check(said: dict[str, object], seed: str) -> str:
    """The same on plain values: an entry's payload and the published seed (hexadecimal)."""
    pool, drawn, free = said["pool"], said["drawn"], said["seats"]
    assert isinstance(pool, list) and isinstance(free, int) and isinstance(said["draw"], int)
    raw = bytes.fromhex(seed)
    if lot.commitment(raw) != said["seed_commitment"]:
        return "The published seed is not the one that was committed to."
    if pool != sorted(set(pool)):
        return "The volunteers are not listed once each, by number."
    if drawn != lot.drawn_to_watch(raw, said["draw"], pool, free):
        return "Those drawn are not the volunteers with the lowest tickets."
    return ""


def on_suspended(event: object) -> None:
    """The suspended hold no office. Wired to MemberSuspended, within."""
    member_id = int(getattr(event, "member_id", 0))
    for term in WatchTerm.objects.filter(member_id=member_id, ended_at=None):
        _end(term, why="suspended")


def _end_terms() -> None:
    now = clock.now()
    removed = removed_lately()
    for term in (
        WatchTerm.objects.select_for_update(of=("self",), no_key=True).filter(ended_at=None).select_related("member")
    ):
        if term.until <= now:
            _end(term, why="term")
        elif term.member.left_at is not None:
            _end(term, why="left")
        elif term.member_id in removed:
            _end(term, why="removal")
        elif term.until <= now + bounds.WATCH_TOLD_AHEAD:
            events.publish(WatchTermEnds(term.member_id, term.pk, False))


def _draw() -> list[WatchTerm]:
    now = clock.now()
    draw = int(now.strftime("%Y%m%d"))
    on_watch = WatchTerm.objects.filter(ended_at=None, until__gt=now).count()
    free, pool = seats() - on_watch, able()
    if free <= 0 or not pool or on_watch + len(pool) < bounds.WATCH_LEAST:
        return []
    if Entry.objects.filter(act="watch.draw", subject=f"draw:{draw}").exists():
        return []
    found = seeds.usable(now)
    if found is None:
        return []  # The jobs process commits to a seed within the hour, and this is looked at again.
    row, is_late = found
    chosen = lot.drawn_to_watch(lot.seed(seeds.secret(), row.day), draw, pool, free)
    terms = [
        WatchTerm.objects.create(member_id=member_id, since=now, until=now + bounds.WATCH_TERM) for member_id in chosen
    ]
    WatchVolunteer.objects.filter(member__in=chosen).delete()
    for term in terms:
        events.publish(WatcherDrawn(term.member_id, term.pk))
    events.publish(WatchChanged())
    entry = enter(
        "watch.draw",
        office="rule",
        subject=f"draw:{draw}",
        payload={
            "draw": draw,
            "seed_day": row.day.isoformat(),
            "seed_commitment": row.commitment,
            "late_seed": is_late,
            "pool": pool,
            "seats": free,
            "drawn": chosen,
        },
    )
    WatchTerm.objects.filter(pk__in=[term.pk for term in terms]).update(entry=entry.sequence)
    return terms


def _terms_running(member_id: int) -> int:
    """How many terms a member has served one after the other up to now."""
    running, begins = 0, clock.now()
    for term in WatchTerm.objects.filter(member_id=member_id).order_by("-since"):
        ended = term.ended_at or term.until
        if ended < begins - bounds.WATCH_RUNNING_WITHIN:
            break
        running, begins = running + 1, term.since
    return running


def _end(term: WatchTerm, *, why: str) -> None:
    term.ended_at, term.why = min(clock.now(), term.until), why
    term.save(update_fields=["ended_at", "why"])
    events.publish(WatchChanged())
    if why != "resigned":
        events.publish(WatchTermEnds(term.member_id, term.pk, True))
    enter(
        "watch.end",
        office="member" if why == "resigned" else "rule",
        subject=f"member:{term.member_id}",
        payload={"member": term.member_id, "why": why, "term": term.pk},
    )


def is_there_a_watch() -> bool:
    """Whether two watchers at least are on duty, so that anything can be decided by two."""
    return WatchTerm.objects.filter(Q(ended_at=None), until__gt=clock.now()).count() >= 2
