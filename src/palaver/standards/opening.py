"""Opening a case: who may judge it is drawn up under pseudonyms and entered on the record, before any ticket is read."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from palaver.accounts.models import Member
from palaver.forums.models import Office, Post
from palaver.front.changing import change
from palaver.kit import clock, events
from palaver.record import chain
from palaver.record.entering import enter
from palaver.standards import bounds, eligibility, lot, seeds
from palaver.standards.eligibility import Matter
from palaver.standards.events import CaseOpened, JudgeAsked
from palaver.standards.models import Alert, Case, PoolMember, Seed

TABLES = {
    Case.Kind.ALERT: bounds.JURY,
    Case.Kind.WATCH: bounds.WATCH,
    Case.Kind.APPEAL: bounds.APPEAL,
    Case.Kind.LONG: bounds.APPEAL,
}


class Draw(NamedTuple):
    """What a case is drawn with: the seed's row, whether it is late, the seed itself."""

    row: Seed
    is_late: bool
    seed: bytes


def open_case(
    *,
    kind: str,
    author: Member,
    post: Post | None,
    standard: str,
    charter: int,
    seats: int | None = None,
    needed: int | None = None,
    of: Case | None = None,
    exclude: Iterable[int] = (),
    commits_to: dict[str, Any],
    alerts: Sequence[Alert] = (),
) -> Case:
    """Open a case on what an author wrote or may do, and return it. Must be called inside the verb's transaction.

    `alerts` are those it answers (their members are parties); `exclude` names further members who must not judge. The
    sizes follow from the pool unless `seats` and `needed` say otherwise. `commits_to` is what the case is about, as it
    becomes public with the verdict: plain values, never an alerter. Where fewer than eight can be drawn, one host or
    operator who is not concerned judges instead. Publishes CaseOpened, and JudgeAsked for each who may judge alone.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A case was opened outside the verb's transaction.")
    now = clock.now()
    draw = _draw(min((alert.at for alert in alerts), default=now))
    salt, body = secrets.token_hex(32), chain.canonical(commits_to)
    case = Case.objects.create(
        kind=kind,
        judges=Case.Judges.OPERATOR,
        post=post,
        author=author,
        of=of,
        charter=charter,
        standard=standard,
        seats=1,
        needed=1,
        commits_to=body,
        commitment=chain.payload_hash(salt, body),
        commitment_salt=salt,
        opened_at=now,
        ends_at=now + bounds.LONE_JUDGE_HAS,
    )
    alerters = {alert.by_id for alert in alerts if alert.by_id is not None}
    asked = eligibility.matter(author_id=author.pk, post=post, of=of, alerters=alerters, exclude=exclude)
    pool = _pool(case, asked)
    table = TABLES[Case.Kind(kind)] if seats is None else (bounds.Size(bounds.SMALLEST_POOL, seats, needed or seats),)
    size = bounds.size(table, len(pool))
    if size is None:
        _open_alone(case, asked)
    else:
        _open_jury(case, size, pool, draw)
    for alert in alerts:
        alert.case, alert.state = case, Alert.State.OPEN
        alert.save(update_fields=["case", "state"])
    change(["juries", f"case:{case.pk}"])
    events.publish(CaseOpened(case.pk))
    return case


def _draw(at: datetime) -> Draw:
    """The seed for an alert of this instant. On an installation that has committed to none yet that is done first, openly."""
    found = seeds.usable(at)
    if found is None:
        seeds.commit_due()
        found = seeds.usable(at)
    if found is None:
        raise RuntimeError("No seed is committed to that a case could draw with.")
    row, is_late = found
    return Draw(row, is_late, lot.seed(seeds.secret(), row.day))


def _pool(case: Case, asked: Matter) -> dict[str, int]:
    """The case's pool: pseudonym → member. Sets the case's share where many may judge."""
    able = eligibility.eligible(asked)
    if len(able) > bounds.MOST_IN_POOL:
        case.share = max(lot.WHOLE * bounds.MOST_IN_POOL // len(able), 1)
    key, chances, case_id = seeds.secret(), eligibility.chances(asked.now), case.pk
    year, quarter = lot.quarter_of(case.opened_at.date())
    pool = {}
    for member_id in able:
        own = lot.juror_key(key, member_id, year, quarter)
        if lot.takes_part(own, case_id, chances.get(member_id, 100), case.share):
            pool[lot.pseudonym(own, case_id)] = member_id
    return pool


def _open_jury(case: Case, size: bounds.Size, pool: dict[str, int], draw: Draw) -> None:
    case.judges, case.seats, case.needed, case.pool_size = Case.Judges.JURY, size.seats, size.needed, len(pool)
    case.seed_day, case.is_late_seed = draw.row.day, draw.is_late
    case.ends_at = case.opened_at + bounds.WAITS_AT_MOST
    year, quarter = lot.quarter_of(case.opened_at.date())
    payload = _payload(case) | {
        "seed_day": draw.row.day.isoformat(),
        "seed_commitment": draw.row.commitment,
        "late_seed": draw.is_late,
        "quarter": [year, quarter],
        "share": case.share,
        "pool": sorted(pool),
    }
    _enter(case, payload)
    # Only now, with the pool on the record, are tickets read.
    rows = [(case.pk, member, name, lot.ticket(draw.seed, case.pk, name)) for name, member in pool.items()]
    table = PoolMember._meta.db_table
    sql = f"INSERT INTO {table} (case_id, member_id, pseudonym, ticket) VALUES (%s, %s, %s, %s)"
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _open_alone(case: Case, asked: Matter) -> None:
    """Too few can be drawn: a host of the forum who is not concerned, else an operator, decides – said on the record."""
    hosts = set() if asked.forum is None else set(_hosts(asked.forum.pk))
    free = eligibility.unconcerned(asked, hosts)
    case.stage, case.sat_at = Case.Stage.SITTING, case.opened_at
    if free:
        case.judges = Case.Judges.HOST
    _enter(case, _payload(case))
    for member_id in sorted(free or operators(asked)):
        events.publish(JudgeAsked(case.pk, member_id))


def _hosts(forum_id: int) -> Iterable[int]:
    sitting = Office.objects.sitting().filter(forum_id=forum_id, member__left_at=None)
    return sitting.values_list("member_id", flat=True)


def operators(asked: Matter) -> frozenset[int]:
    """The operators who may decide alone: those whom nothing ties to the matter; if there is none, all but its author."""
    every = Member.objects.filter(is_operator=True, left_at=None, claimed_at__isnull=False)
    ids = frozenset(every.values_list("pk", flat=True))
    return eligibility.unconcerned(asked, ids) or ids - {asked.author_id}


def hosts(asked: Matter) -> frozenset[int]:
    """The forum's hosts whom nothing ties to the matter."""
    return frozenset() if asked.forum is None else eligibility.unconcerned(asked, set(_hosts(asked.forum.pk)))


def _payload(case: Case) -> dict[str, Any]:
    return {
        "case": case.pk,
        "kind": case.kind,
        "judges": case.judges,
        "of": case.of_id,
        "seats": case.seats,
        "needed": case.needed,
        "commitment": case.commitment,
    }


def _enter(case: Case, payload: dict[str, Any]) -> None:
    entry = enter("case.open", office="rule", subject=f"case:{case.pk}", payload=payload)
    case.opened_entry = entry.sequence
    case.save()


def open_on(alert: Alert) -> Case:
    """Open the case of one alert. Inside a transaction that holds the lock on what it is about."""
    return open_case(
        kind=Case.Kind.ALERT,
        author=alert.author,
        post=alert.post,
        standard=alert.standard,
        charter=alert.charter,
        commits_to=about(alert),
        alerts=[alert],
    )


def about(alert: Alert) -> dict[str, Any]:
    """What a case on an alert commits to: everything of the alert but whose it is and in what words."""
    return {
        "about": alert.about,
        "author": alert.author_id,
        "post": alert.post_id,
        "version": alert.version,
        "text": alert.text,
        "standard": alert.standard,
        "charter": alert.charter,
        "at": chain.stamp(alert.at),
    }


def waiting_on(alert: Alert) -> list[Alert]:
    """The alerts that wait for a verdict on the same thing, the oldest first."""
    same = Alert.objects.filter(state=Alert.State.WAITING, about=alert.about, author_id=alert.author_id)
    same = same.filter(post_id=alert.post_id) if alert.post_id is not None else same.filter(post=None)
    return list(same.order_by("at", "pk"))


def open_waiting(post_id: int) -> Case | None:
    """Start the oldest alert that waits on a post, unless a jury still sits on it. None when nothing waits."""
    with transaction.atomic():
        post = Post.objects.select_for_update(no_key=True).get(pk=post_id)
        alert = Alert.objects.filter(post=post, state=Alert.State.WAITING).order_by("at", "pk").first()
        if alert is None or Case.objects.filter(post=post, stage__in=OPEN).exists():
            return None
        if post.standing == Post.Standing.REMOVED:
            Alert.objects.filter(post=post, state=Alert.State.WAITING).update(state=Alert.State.DROPPED)
            return None
        return open_on(alert)


def start_waiting() -> int:
    """Start what waits on posts, names and texts that no jury sits on any more. A verdict does that itself; this is for what came between."""
    open_cases = Case.objects.filter(stage__in=OPEN, post=OuterRef("post"))
    waiting = Alert.objects.filter(state=Alert.State.WAITING, post__isnull=False).exclude(Exists(open_cases))
    ids = list(waiting.values_list("post_id", flat=True).distinct())
    started = sum(1 for post_id in ids if open_waiting(post_id) is not None)
    for alert in Alert.objects.filter(state=Alert.State.WAITING, post=None).order_by("at", "pk"):
        with transaction.atomic():
            Member.objects.select_for_update(no_key=True).get(pk=alert.author_id)
            same = Case.objects.filter(stage__in=OPEN, post=None, author_id=alert.author_id, alerts__about=alert.about)
            still = Alert.objects.select_related("author").filter(pk=alert.pk, state=Alert.State.WAITING).first()
            if still is not None and not same.exists():
                open_on(still)
                started += 1
    return started


OPEN = (Case.Stage.WAITING, Case.Stage.SITTING)
