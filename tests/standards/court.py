"""What tests of judging share: a crowd that may judge, alerts, a jury that sits, papers handed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from palaver.accounts.models import Member, Session
from palaver.forums.models import Post, Thread
from palaver.kit import clock
from palaver.standards import alerting, convening, seating, seeds, voting
from palaver.standards.models import Alert, Case, PoolMember, Seat
from tests.cast import Cast, original

BREAKS, KEEPS = Seat.Choice.CLEARLY_BREAKS, Seat.Choice.CLEARLY_KEEPS


def settled(*members: Member, at: datetime | None = None) -> None:
    """Members of two months and fifty posts, signed in somewhere a moment ago."""
    now = at or clock.now()
    with transaction.atomic():
        ids = [member.pk for member in members]
        Member.objects.filter(pk__in=ids).update(joined_at=now - timedelta(days=60), post_count=50)
        Session.objects.bulk_create(
            [Session(key=f"seen-{pk}", member_id=pk, seen_at=now, expires_at=now + timedelta(days=9)) for pk in ids],
            ignore_conflicts=True,
        )


class Court:
    """Ana has written in the lounge, Bram alerts, a crowd of settled members judges."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.jurors: list[Member] = []
        self.thread: Thread = cast.thread()
        self.post: Post = original(self.thread)

    def crowd(self, size: int) -> list[Member]:
        """So many more members who may judge."""
        first = len(self.jurors)
        made = [self.cast.member(f"Juror {number}") for number in range(first, first + size)]
        settled(*made)
        self.jurors += made
        return made

    def alert(self, post: Post | None = None, *, by: Member | None = None, standard: str = "personal-attacks") -> Alert:
        """Bram alerts on Ana's original post, unless told otherwise."""
        return alerting.alert(
            by=by or self.cast.bram, about="post", post=post or self.post, standard=standard, because="It is unkind."
        )

    def case(self, **more: Any) -> Case:
        """The case that an alert opens."""
        case = self.alert(**more).case
        assert case is not None
        return case

    def sitting(self, **more: Any) -> Case:
        """A case whose pool is here and whose first round has gone out."""
        case = self.case(**more)
        self.gather()
        convening.sit(case.pk)
        return fresh_case(case)

    def gather(self, members: Iterable[Member] | None = None) -> None:
        """Members load a page."""
        convening.saw_all([member.pk for member in (self.jurors if members is None else members)])


def fresh_case(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def offers(case: Case, *states: str) -> list[Seat]:
    """The seats of a case in some states (open offers unless told), in the order of their offers."""
    found = Seat.objects.filter(case=case, state__in=states or [Seat.State.OFFERED])
    return list(found.select_related("drawn__member", "case").order_by("pk"))


def take(seats: Sequence[Seat]) -> list[Seat]:
    """Each of those who were offered a seat takes it."""
    return [seating.accept(seat, by=seat.drawn.member) for seat in seats]


def hand_in(seat: Seat, choice: int, **more: Any) -> Seat:
    """One juror's paper."""
    return voting.vote(seat, by=juror(seat), choice=choice, reason=more.pop("reason", "As the standard says."), **more)


def juror(seat: Seat) -> Member:
    return PoolMember.objects.select_related("member").get(pk=seat.drawn_id).member


def judge(case: Case, *choices: int) -> None:
    """Everybody who was offered a seat takes it, and papers are handed in in this order, as long as the case is open."""
    seats = take(offers(case))
    for seat, choice in zip(seats, choices, strict=False):
        if fresh_case(case).is_open:
            hand_in(seat, choice)


@pytest.fixture
def court(cast: Cast) -> Court:
    """The court before anybody has alerted; seeds are committed to, as on an installation that was started."""
    seeds.commit_due()
    return Court(cast)
