"""Hosts' terms: the queue of volunteers, who takes a vacant seat, elections, and how a term ends.

In a main forum the next in the queue hosts for 90 days and then goes to its end. In the others the subscribers of 30 days
elect hosts for a year; a forum that has too few of them for a ballot takes from its queue for 90 days as well. Operators
may appoint besides, as ever (`placing`). Source: Standards, Hosts; numbers with "ours" are not said there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from palaver.accounts.models import Member, Suspension
from palaver.ballots.models import Ballot, Option
from palaver.ballots.opening import MOST_CANDIDATES, open_ballot
from palaver.forums.events import HostLeft, HostSeated, PlacesChanged, QueueChanged, TermEndsSoon
from palaver.forums.models import Forum, HostVolunteer, Office, Subscription
from palaver.forums.permissions import may_volunteer, readers_among
from palaver.kit import clock, events
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.record.entering import enter

TERM = timedelta(days=90)
YEAR = timedelta(days=365)
ELECTION = timedelta(days=7)
"""How long subscribers vote; as for every ballot of the members."""
SUBSCRIBED_FOR = timedelta(days=30)
"""Ours: who elects has subscribed to the forum for so long, so that nobody is brought in for a vote."""
FEWEST_ELECTORS = 5
"""Ours: with fewer of them there is no ballot, and the queue decides."""
ELECTORS_TO_COME = 3
"""Ours: the quorum."""
CONFIRMED_BY = 50
"""Ours: hundredths of the voters that a candidate needs."""
BETWEEN_ELECTIONS = timedelta(days=30)
"""Ours: where nobody was elected, the forum is asked again after so long."""
ELECTED_AHEAD = timedelta(days=14)
"""Ours: seats whose year ends so soon are voted on too, so that no seat stands empty meanwhile."""
TOLD_AHEAD = timedelta(days=7)

log = logging.getLogger("palaver.jobs")


def volunteer(forum: Forum, *, by: Member) -> HostVolunteer:
    """Join the end of a forum's queue. Doing it twice changes nothing. Raises NotAllowed, Refusal."""
    with transaction.atomic():
        forum = Forum.objects.select_for_update(of=("self",), no_key=True).get(pk=forum.pk)
        may_volunteer(by, forum).or_refuse()
        seat = Office.objects.sitting().filter(forum=forum, member=by).first()
        if seat is not None and (seat.until is None or seat.until > clock.now() + ELECTED_AHEAD):
            raise Refusal(_("You host this forum already. Towards the end of your term you can stand again."))
        row, made = HostVolunteer.objects.get_or_create(forum=forum, member=by, defaults={"at": clock.now()})
        if made:
            events.publish(QueueChanged(forum.pk))
    return row


def step_back(forum: Forum, *, by: Member) -> bool:
    """Leave a forum's queue. Open to everybody who stands in it; False when one did not."""
    with transaction.atomic():
        gone, _rows = HostVolunteer.objects.filter(forum=forum, member=by).delete()
        if gone:
            events.publish(QueueChanged(forum.pk))
    return bool(gone)


def resign(office: Office, *, by: Member) -> Office:
    """Give one's own seat back before the term is over. Raises NotAllowed, Refusal."""
    if office.member_id != by.pk:
        raise NotAllowed(_("This is somebody else's seat. An operator can end a term at the desk."))
    with transaction.atomic():
        office = Office.objects.select_for_update(of=("self",), no_key=True).get(pk=office.pk)
        if office.ended_at is not None or (office.until is not None and office.until <= clock.now()):
            raise Refusal(_("This term has ended already."))
        _end(office, why="resigned")
    return office


def is_elective(forum: Forum, electors: int) -> bool:
    """Whether a forum's seats are filled by ballot: not in main forums, nor where too few would vote."""
    return not forum.is_main and electors >= FEWEST_ELECTORS


def electors(forum: Forum, at: datetime | None = None) -> list[int]:
    """Who votes on a forum's hosts: its subscribers of 30 days (not those who muted it) who may write and read it."""
    instant = at or clock.now()
    subscribed = Subscription.objects.filter(forum=forum, muted=False, at__lte=instant - SUBSCRIBED_FOR)
    ids = _free(subscribed.values_list("member_id", flat=True))
    return sorted(readers_among(ids, forum))


def queue(forum: Forum) -> list[HostVolunteer]:
    """The volunteers in their order, without those who could not take a seat today (suspended, kept out, gone)."""
    rows = list(HostVolunteer.objects.filter(forum=forum).select_related("member"))
    ids = set(readers_among(_free(row.member_id for row in rows), forum))
    now = clock.now()
    kept_out = set(forum.blocks.filter(ended_at=None, until__gt=now).values_list("member_id", flat=True))
    return [row for row in rows if row.member_id in ids - kept_out]


def running_election(forum: Forum) -> Ballot | None:
    """The ballot on a forum's hosts that is under way, if any."""
    return Ballot.objects.filter(about=about(forum), closed_at=None).first()


def about(forum: Forum) -> str:
    """What a ballot on a forum's hosts is about."""
    return f"forum:{forum.pk}"


# What the jobs process does ----------------------------------------------------------------------------------------


def sweep() -> None:
    """End terms that are over, say which end soon, and fill vacant seats: forum by forum, each in its own transaction."""
    for forum_id in list(Forum.objects.filter(retired_at=None).values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                end_terms(forum_id)
            with transaction.atomic():
                appoint_from_queue(forum_id)
            with transaction.atomic():
                elect(forum_id)
        except Exception:
            log.exception("The hosts' seats of forum %s could not be settled; they will be looked at again.", forum_id)


def end_terms(forum_id: int) -> int:
    """End the terms of a forum that are over, and the seats of those who left. How many. In a transaction."""
    now = clock.now()
    forum = Forum.objects.select_for_update(of=("self",), no_key=True).get(pk=forum_id)
    standing = Office.objects.filter(forum=forum, ended_at=None).select_related("member")
    over = [office for office in standing if office.until is not None and office.until <= now]
    for office in over:
        _end(office, why="term")
        # Who was next in the queue goes to its end; who was elected stands for election again by volunteering anew.
        if office.how == Office.How.QUEUE and office.member.is_active:
            HostVolunteer.objects.get_or_create(forum=forum, member=office.member, defaults={"at": now})
    gone = [office for office in standing if office not in over and office.member.left_at is not None]
    for office in gone:
        _end(office, why="left")
    for office in standing:
        if office not in [*over, *gone] and office.until is not None and office.until <= now + TOLD_AHEAD:
            events.publish(TermEndsSoon(office.member_id, forum.pk, office.pk))
    return len(over) + len(gone)


def appoint_from_queue(forum_id: int) -> list[Office]:
    """Give a forum's vacant seats to the next in its queue, where the queue decides. In a transaction."""
    forum = Forum.objects.select_for_update(of=("self",), no_key=True).get(pk=forum_id)
    vacant = forum.host_seats - Office.objects.sitting().filter(forum=forum).count()
    if vacant <= 0 or not HostVolunteer.objects.filter(forum=forum).exists():
        return []
    if is_elective(forum, len(electors(forum))) or running_election(forum) is not None:
        return []
    sitting = set(Office.objects.sitting().filter(forum=forum).values_list("member_id", flat=True))
    next_ones = [row.member for row in queue(forum) if row.member_id not in sitting][:vacant]
    return [_seat(forum, member, how=Office.How.QUEUE, term=TERM) for member in next_ones]


def elect(forum_id: int) -> Ballot | None:
    """Open the ballot on a forum's vacant seats and on those whose year ends soon, where subscribers elect. In a transaction."""
    now = clock.now()
    forum = Forum.objects.select_for_update(of=("self",), no_key=True).get(pk=forum_id)
    if forum.is_main or not HostVolunteer.objects.filter(forum=forum).exists():
        return None
    last = Ballot.objects.filter(about=about(forum)).order_by("-opened_at").first()
    if last is not None and (last.closed_at is None or last.opened_at > now - BETWEEN_ELECTIONS):
        return None
    who = electors(forum)
    if not is_elective(forum, len(who)):
        return None
    staying = Office.objects.sitting().filter(forum=forum).filter(Q(until=None) | Q(until__gt=now + ELECTED_AHEAD))
    seats = forum.host_seats - staying.count()
    candidates = [row.member for row in queue(forum)][: MOST_CANDIDATES - 1]
    if seats <= 0 or not candidates:
        return None
    ballot = open_ballot(
        about=about(forum),
        title=_("Hosts of %(forum)s") % {"forum": forum.name},
        text=_(
            "Who shall host this forum for a year? Choose everybody whom you would have. Seats: %(seats)s. Who is chosen by at"
            " least half of the voters and stands before the others has a seat; a seat won by “None of these” stays vacant."
        )
        % {"seats": seats},
        method=Ballot.Method.MULTIPLE,
        options=[*candidates, _("None of these")],
        electors=who,
        opened_by=None,
        closes_at=now + ELECTION,
        is_secret=True,
        quorum=ELECTORS_TO_COME,
        threshold=CONFIRMED_BY,
        most=len(candidates) + 1,
        seats=seats,
    )
    events.publish(QueueChanged(forum.pk))
    return ballot


def on_ballot_closed(event: object) -> None:
    """Seat who was elected. Wired to BallotClosed, within."""
    kind, _colon, number = str(getattr(event, "about", "")).partition(":")
    decided: tuple[int, ...] = getattr(event, "decided", ())
    if kind != "forum" or not number.isdecimal():
        return
    forum = Forum.objects.select_for_update(of=("self",), no_key=True).filter(pk=int(number)).first()
    if forum is None or forum.retired_at is not None:
        return
    chosen = Option.objects.filter(pk__in=decided, candidate__isnull=False).order_by("-votes", "place")
    able = set(_free(chosen.values_list("candidate_id", flat=True)))
    for option in chosen.select_related("candidate"):
        if option.candidate_id not in able or option.candidate is None:
            continue  # Left, or was suspended, while the ballot ran.
        _seat(forum, option.candidate, how=Office.How.BALLOT, term=YEAR)
    events.publish(QueueChanged(forum.pk))


def on_suspended(event: object) -> None:
    """The suspended lose their office (page 3, Hosts). Wired to MemberSuspended, within."""
    member_id = int(getattr(event, "member_id", 0))
    for office in Office.objects.sitting().filter(member_id=member_id):
        _end(office, why="suspended")


def _seat(forum: Forum, member: Member, *, how: str, term: timedelta) -> Office:
    HostVolunteer.objects.filter(forum=forum, member=member).delete()
    # A lapsed term whose end no sweep has written yet would stand in the way of the new one.
    for old in Office.objects.filter(forum=forum, member=member, ended_at=None):
        _end(old, why="term", tells=False)
    now = clock.now()
    until = now + term
    office = Office.objects.create(forum=forum, member=member, since=now, until=until, how=how)
    events.publish(PlacesChanged(forum.pk))
    events.publish(HostSeated(member.pk, forum.pk, office.pk, how))
    enter(
        "host.seat",
        office="rule",
        subject=f"forum:{forum.pk}",
        payload={"member": member.pk, "how": how, "until": until.isoformat(), "seat": office.pk},
    )
    return office


def _end(office: Office, *, why: str, tells: bool = True) -> None:
    now = clock.now()
    office.ended_at = min(now, office.until) if office.until is not None else now
    office.save(update_fields=["ended_at"])
    events.publish(PlacesChanged(office.forum_id))
    if tells:
        events.publish(HostLeft(office.member_id, office.forum_id, office.pk, why))
    enter(
        "host.end",
        office="member" if why == "resigned" else "rule",
        subject=f"forum:{office.forum_id}",
        payload={"member": office.member_id, "why": why, "seat": office.pk},
    )


def _free(member_ids: Iterable[int]) -> list[int]:
    """Those of some members who may hold an office today: with an account, and not suspended."""
    ids = list(member_ids)
    suspended = Suspension.objects.running().filter(member_id__in=ids).values("member_id")
    active = Member.objects.filter(pk__in=ids, left_at=None, claimed_at__isnull=False).exclude(pk__in=suspended)
    return list(active.values_list("pk", flat=True))
