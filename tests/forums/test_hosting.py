"""Hosts' terms: the queue, elections, and how terms end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from palaver.accounts import suspending
from palaver.accounts.models import Member
from palaver.ballots import closing, voting
from palaver.ballots.models import Ballot
from palaver.forums import blocking, hosting, placing, subscribing
from palaver.forums.models import Forum, HostVolunteer, Office
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.notices.models import Notice
from palaver.record.models import Entry
from tests.cast import MORNING, Cast, at, fresh

LONG_AGO = MORNING - timedelta(days=60)


def settled(*members: Member) -> None:
    with transaction.atomic():
        Member.objects.filter(pk__in=[one.pk for one in members]).update(joined_at=LONG_AGO, post_count=50)


@pytest.fixture
def village(cast: Cast) -> Cast:
    """Nobody is a newcomer; the lounge is a main forum with two seats, the kitchen elects its one host."""
    with at(LONG_AGO):
        assert cast.lounge and cast.kitchen
    placing.change_forum(cast.lounge, by=cast.odile, host_seats=2)
    placing.change_forum(cast.kitchen, by=cast.odile, host_seats=1)
    settled(cast.ana, cast.bram, cast.dara, cast.emil, cast.femi, cast.goran, cast.hana)
    return cast


def volunteer(forum: Forum, *members: Member, when: datetime = MORNING) -> None:
    for n, member in enumerate(members):
        with at(when + timedelta(minutes=n)):
            hosting.volunteer(forum, by=fresh(member))


def hosts(forum: Forum, when: datetime) -> list[str]:
    return list(
        Office.objects.sitting(when).filter(forum=forum).order_by("since", "pk").values_list("member__name", flat=True)
    )


def sweep(when: datetime) -> None:
    with at(when):
        hosting.sweep()


def day(n: float) -> datetime:
    return MORNING + timedelta(days=n)


def test_a_main_forums_seats_go_to_the_next_in_the_queue_for_90_days_and_then_on(village: Cast) -> None:
    lounge = village.lounge
    volunteer(lounge, village.ana, village.bram, village.dara)
    sweep(day(1))
    assert hosts(lounge, day(1)) == ["Ana", "Bram"]
    assert Entry.objects.filter(act="host.seat", office="rule").count() == 2
    assert "until 2027-02-01" in Notice.objects.get(member=village.ana, kind="office").words
    sweep(day(89))
    sweep(day(89.5))
    assert Notice.objects.filter(key__startswith="seat-soon").count() == 2  # Ana's and Bram's, once each.
    assert hosts(lounge, day(91) - timedelta(seconds=1)) == ["Ana", "Bram"]
    assert hosts(lounge, day(91)) == []  # By itself, before anything is swept.
    sweep(day(91))
    assert hosts(lounge, day(91)) == ["Dara", "Ana"]
    assert list(HostVolunteer.objects.values_list("member__name", flat=True)) == ["Bram"]


def test_who_is_suspended_loses_the_seat_and_who_cannot_write_is_passed_over(village: Cast) -> None:
    lounge = village.lounge
    volunteer(lounge, village.ana, village.bram, village.dara, village.emil)
    with at(day(0.5)):
        blocking.block(lounge, member=village.bram, by=village.odile, until=day(20), because="Quarrels.")
    sweep(day(1))
    assert hosts(lounge, day(1)) == ["Ana", "Dara"]
    with at(day(2)):
        suspending.suspend(village.ana, by=village.odile, until=day(3), because="Enough for a day.")
    assert hosts(lounge, day(2)) == ["Dara"]
    sweep(day(2))
    assert hosts(lounge, day(2)) == ["Dara", "Emil"]
    assert "whoever is suspended" in Notice.objects.get(member=village.ana, key__startswith="seat-end").words


def test_a_host_resigns_and_nobody_elses_seat(village: Cast) -> None:
    volunteer(village.lounge, village.ana)
    sweep(day(1))
    office = Office.objects.get(member=village.ana)
    with at(day(2)):
        with pytest.raises(NotAllowed):
            hosting.resign(office, by=village.bram)
        hosting.resign(office, by=village.ana)
        with pytest.raises(Refusal, match="ended already"):
            hosting.resign(office, by=village.ana)
    assert hosts(village.lounge, day(2)) == []


def test_newcomers_and_blocked_members_do_not_volunteer_and_one_steps_back(village: Cast) -> None:
    with at(day(0)), pytest.raises(NotAllowed, match="first days"):
        hosting.volunteer(village.lounge, by=village.kaya)
    volunteer(village.lounge, village.ana, village.ana)
    assert HostVolunteer.objects.count() == 1
    with at(day(1)):
        assert hosting.step_back(village.lounge, by=village.ana)
        assert not hosting.step_back(village.lounge, by=village.ana)
    sweep(day(1))
    assert hosts(village.lounge, day(1)) == []


@pytest.fixture
def subscribed(village: Cast) -> Cast:
    """Five have subscribed to the kitchen for two months, Hana for a week; Goran has muted it."""
    for member in (village.ana, village.bram, village.dara, village.emil, village.femi):
        with at(LONG_AGO):
            subscribing.subscribe(village.kitchen, by=member)
    with at(LONG_AGO):
        subscribing.mute(village.kitchen, by=village.goran)
    with at(day(-7)):
        subscribing.subscribe(village.kitchen, by=village.hana)
    return village


def vote(cast: Cast, ballot: Ballot, when: datetime, **chosen: list[str]) -> None:
    places = {option.label: option.place for option in ballot.options.all()}
    for name, labels in chosen.items():
        with at(when):
            voting.cast(ballot, by=getattr(cast, name), chosen=[places[label] for label in labels])


def test_other_forums_hosts_are_elected_by_their_subscribers_for_a_year(subscribed: Cast) -> None:
    kitchen = subscribed.kitchen
    volunteer(kitchen, subscribed.goran, subscribed.hana)
    sweep(day(1))
    assert hosts(kitchen, day(1)) == []
    ballot = Ballot.objects.get(about=f"forum:{kitchen.pk}")
    assert (ballot.eligible, ballot.seats, ballot.is_secret, ballot.closes_at) == (5, 1, True, day(8))
    vote(subscribed, ballot, day(2), ana=["Hana"], bram=["Hana", "Goran"], dara=["None of these"])
    sweep(day(3))  # No second ballot while one runs.
    with at(day(8)):
        closing.close_due()
    assert Ballot.objects.count() == 1 and hosts(kitchen, day(8)) == ["Hana"]
    office = Office.objects.get(forum=kitchen)
    assert (office.how, office.until) == ("ballot", day(8) + timedelta(days=365))
    assert [row.member.name for row in hosting.queue(kitchen)] == ["Goran"]
    assert "elected host of Kitchen" in Notice.objects.get(member=subscribed.hana, kind="office").words


def test_a_seat_that_none_of_these_wins_stays_vacant_and_is_voted_on_again_after_a_month(subscribed: Cast) -> None:
    kitchen = subscribed.kitchen
    volunteer(kitchen, subscribed.goran)
    sweep(day(1))
    ballot = Ballot.objects.get()
    vote(subscribed, ballot, day(2), ana=["None of these"], bram=["None of these"], dara=["Goran"])
    with at(day(8)):
        closing.close_due()
    sweep(day(9))
    assert hosts(kitchen, day(9)) == [] and Ballot.objects.count() == 1
    sweep(day(32))
    assert Ballot.objects.count() == 2


def test_a_seat_is_voted_on_two_weeks_before_its_year_is_over(subscribed: Cast) -> None:
    kitchen = subscribed.kitchen
    volunteer(kitchen, subscribed.hana)
    sweep(day(1))
    vote(subscribed, Ballot.objects.get(), day(2), ana=["Hana"], bram=["Hana"], dara=["Hana"])
    with at(day(8)):
        closing.close_due()
        with pytest.raises(Refusal, match="already"):
            hosting.volunteer(kitchen, by=fresh(subscribed.hana))
    ends = day(8) + timedelta(days=365)
    volunteer(kitchen, subscribed.goran, when=day(10))
    sweep(ends - timedelta(days=15))
    assert Ballot.objects.count() == 1
    volunteer(kitchen, subscribed.hana, when=ends - timedelta(days=14))
    sweep(ends - timedelta(days=14) + timedelta(hours=1))
    second = Ballot.objects.latest("opened_at")
    assert [option.label for option in second.options.all()] == ["Goran", "Hana", "None of these"]
    when = ends - timedelta(days=13)
    vote(subscribed, second, when, ana=["Hana"], bram=["Hana"], dara=["Hana"])
    with at(ends - timedelta(days=6)):
        closing.close_due()
    assert hosts(kitchen, ends + timedelta(days=1)) == ["Hana"]


def test_a_forum_with_too_few_electors_takes_from_its_queue(village: Cast) -> None:
    volunteer(village.kitchen, village.goran)
    sweep(day(1))
    assert hosts(village.kitchen, day(1)) == ["Goran"] and not Ballot.objects.exists()
