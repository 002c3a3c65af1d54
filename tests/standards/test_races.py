"""Many hands at one jury, and processes killed between any two steps: one verdict, and no case that cannot finish."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.db import connection

from palaver.forums.models import Post, Removal
from palaver.front.changing import shared
from palaver.kit.decisions import Refusal
from palaver.record.models import Entry
from palaver.record.verifying import verify
from palaver.standards import alerting, convening, recounting, seating, seeds
from palaver.standards.models import Alert, Case, Round, Seat, Seed, Verdict
from tests.ballots.test_races import killed_at
from tests.cast import Cast, fresh
from tests.forums.test_races import at_once
from tests.standards.court import BREAKS, KEEPS, Court, fresh_case, hand_in, juror, offers, take

pytestmark = pytest.mark.django_db(transaction=True)


def whole() -> None:
    """The record can be recomputed, and no row of judging contradicts another."""
    assert verify()
    assert list(recounting.drift()) == []


def test_64_last_votes_at_once_make_one_verdict(court: Court) -> None:
    court.crowd(30)
    case = court.sitting()
    seats = take(offers(case))
    assert len(seats) == 5
    done = at_once(*(lambda n=n: hand_in(seats[n % 5], BREAKS) for n in range(64)))
    assert sum(isinstance(one, Seat) for one in done) == 4, "The fifth paper came when four had decided."
    assert sum(isinstance(one, Refusal) for one in done) == 60
    verdict = Verdict.objects.get()
    assert (verdict.outcome, verdict.votes) == ("removed", 4)
    assert Removal.objects.count() == Entry.objects.filter(act="case.verdict").count() == 1
    assert fresh(court.post).standing == Post.Standing.REMOVED
    whole()


def test_votes_and_sweeps_at_once_never_give_away_more_seats_than_there_are(court: Court) -> None:
    court.crowd(40)
    case = court.sitting()
    seats = take(offers(case)[:3])

    def sweep() -> object:
        court.gather()
        return convening.sit(case.pk)

    def leave() -> object:
        mine = offers(case)
        return seating.decline(mine[0], by=juror(mine[0])) if mine else None

    acts: list[Callable[[], object]] = [sweep, leave] * 12
    acts += [lambda n=n: hand_in(seats[n], KEEPS if n else BREAKS) for n in range(2)]
    at_once(*acts)
    held = Seat.objects.filter(case=case, state__in=["offered", "taken", "voted"]).count()
    assert held <= case.seats
    numbers = list(Round.objects.filter(case=case).order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    given = [name for one in Round.objects.filter(case=case) for name in one.offered]
    assert len(given) == len(set(given)) == Seat.objects.filter(case=case).count(), "Nobody was offered two seats."
    whole()


def test_64_copies_of_one_alert_are_one(court: Court) -> None:
    court.crowd(9)
    bram = court.cast.bram
    at_once(*[lambda: court.alert(by=bram)] * 64)
    assert Alert.objects.count() == Case.objects.count() == Entry.objects.filter(act="case.open").count() == 1
    whole()


def test_64_alerts_on_one_post_open_one_case(court: Court) -> None:
    alerters = [court.cast.member(f"Alerter {n}") for n in range(8)]
    standards = ("personal-attacks", "threats", "spam", "bigotry")
    done = at_once(*(lambda n=n: court.alert(by=alerters[n % 8], standard=standards[n // 16]) for n in range(64)))
    assert Case.objects.count() == 1
    alerts = Alert.objects.all()
    assert {one.standard for one in alerts} <= set(standards) and len(alerts) == len({one.standard for one in alerts})
    assert sum(one.state == Alert.State.OPEN for one in alerts) == 1
    assert any(isinstance(one, Refusal) for one in done)
    whole()


def test_two_who_alert_on_each_others_names_at_once_do_not_wait_for_ever(court: Court) -> None:
    dara, emil = court.cast.dara, court.cast.emil

    def name_alert(by: object, member: object) -> object:
        return alerting.alert(by=by, about="name", member=member, standard="bigotry", because="So.")  # type: ignore[arg-type]

    at_once(*[lambda: name_alert(dara, emil), lambda: name_alert(emil, dara)] * 16)
    assert Alert.objects.count() == 2
    whole()


def test_seeds_are_committed_to_once_by_many_at_once(cast: Cast) -> None:
    assert cast.odile
    done = at_once(*[seeds.commit_due] * 32)
    assert sum(one for one in done if isinstance(one, int)) == 8
    assert Seed.objects.count() == Entry.objects.filter(act="draw.commit").count() == 8
    whole()


# Killed between any two statements --------------------------------------------------------------------------------


def finish(court: Court, case: Case) -> None:
    """Whatever is left is done by those who come after: the case comes to its verdict."""
    for _turn in range(10):
        court.gather()
        convening.sit(case.pk)
        for seat in take(offers(case)) + offers(case, "taken"):
            if fresh_case(case).is_open and fresh(seat).state == Seat.State.TAKEN:
                hand_in(seat, BREAKS)
        if not fresh_case(case).is_open:
            break
    assert Verdict.objects.filter(case=case).count() == 1
    assert Removal.objects.filter(post=court.post, ended_at=None).count() == 1
    whole()


def killed_everywhere(act: Callable[[], object], *, at_least: int, still: Callable[[], None]) -> None:
    """Kill an act before its first statement, its second and so on, until it gets through; each time all is as before."""
    statement = 1
    connection.close()
    while killed_at(statement, act):
        still()
        connection.close()
        statement += 1
    assert statement > at_least
    # What the dead had in flight is settled by the supervisor; none runs here.
    shared().sweep(now=time.time() + 60)


def test_an_alert_that_is_killed_anywhere_leaves_nothing_and_can_be_sent_again(court: Court) -> None:
    court.crowd(9)
    assert court.cast.bram

    def nothing() -> None:
        assert not Alert.objects.exists() and not Case.objects.exists()
        assert not Entry.objects.filter(act="case.open").exists()

    killed_everywhere(court.alert, at_least=25, still=nothing)
    case = court.alert().case
    assert case is not None and Case.objects.count() == 1
    finish(court, case)


def test_a_round_that_is_killed_anywhere_is_handed_out_by_the_next(court: Court) -> None:
    court.crowd(9)
    case = court.case()
    court.gather()

    def nothing() -> None:
        assert not Seat.objects.exists() and not Round.objects.exists()

    killed_everywhere(lambda: convening.sit(case.pk), at_least=10, still=nothing)
    assert Seat.objects.count() == 3
    finish(court, case)


def test_a_deciding_vote_that_is_killed_anywhere_can_be_handed_in_again(court: Court) -> None:
    court.crowd(9)
    case = court.sitting()
    one, two, three = take(offers(case))
    hand_in(one, BREAKS)
    hand_in(two, BREAKS)

    def undecided() -> None:
        assert fresh_case(case).is_open and fresh(three).state == Seat.State.TAKEN
        assert not Verdict.objects.exists() and not Removal.objects.exists()
        assert fresh(court.post).standing == Post.Standing.SHOWN

    killed_everywhere(lambda: hand_in(three, BREAKS), at_least=25, still=undecided)
    assert Verdict.objects.get().outcome == "removed"
    finish(court, case)
