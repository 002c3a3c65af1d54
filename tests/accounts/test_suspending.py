"""Suspensions and operators."""

from __future__ import annotations

from datetime import timedelta

import pytest

from palaver.accounts import operating, suspending
from palaver.accounts.permissions import may_act, may_speak
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.record.models import Entry, Payload
from tests.cast import MORNING, Cast, at, fresh, seen_by


def test_a_suspended_member_may_act_but_not_speak(cast: Cast) -> None:
    assert may_act(cast.jonas)
    refused = may_speak(cast.jonas)
    assert not refused
    assert "suspended until" in refused.because and "He sold lamps." in refused.because


def test_a_suspension_stands_on_the_record(cast: Cast) -> None:
    entry = Entry.objects.get(act="member.suspend", subject=f"member:{cast.jonas.pk}")
    assert "He sold lamps." in (Payload.objects.get(entry=entry).body or "")


def test_a_suspension_lapses_by_itself(cast: Cast) -> None:
    with at(MORNING):
        jonas, seen = cast.jonas, seen_by(cast.jonas)
        assert seen.suspended_until == MORNING + timedelta(days=10)
    with at(MORNING + timedelta(days=10)):
        assert may_speak(jonas)
        assert seen_by(jonas).suspended_until is None


def test_an_operator_ends_a_suspension_early_and_the_record_says_so(cast: Cast) -> None:
    suspending.end(cast.jonas.running_suspension(), by=cast.odile)
    assert may_speak(cast.jonas)
    assert Entry.objects.filter(act="member.unsuspend").count() == 1


def test_an_ended_suspension_does_not_end_again(cast: Cast) -> None:
    suspension = cast.jonas.running_suspension()
    suspending.end(suspension, by=cast.odile)
    with pytest.raises(Refusal, match="ended already"):
        suspending.end(suspension, by=cast.odile)


def test_only_an_operator_suspends(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="for the operators"):
        suspending.suspend(cast.bram, by=cast.ana, until=clock.now() + timedelta(days=1), because="So there.")
    with pytest.raises(NotAllowed, match="for the operators"):
        suspending.end(cast.jonas.running_suspension(), by=cast.ana)


@pytest.mark.parametrize(
    ("days", "because", "sentence", "field"),
    [(1, "  ", "Say why", "because"), (-1, "So.", "in the future", "until"), (31, "So.", "30 days at most", "until")],
)
def test_an_unfit_suspension_is_refused(cast: Cast, days: int, because: str, sentence: str, field: str) -> None:
    with pytest.raises(Refusal, match=sentence) as refused:
        suspending.suspend(cast.bram, by=cast.odile, until=clock.now() + timedelta(days=days), because=because)
    assert refused.value.field == field


def test_nobody_is_suspended_twice_at_a_time(cast: Cast) -> None:
    with pytest.raises(Refusal, match="Jonas is suspended already"):
        suspending.suspend(cast.jonas, by=cast.odile, until=clock.now() + timedelta(days=1), because="Again.")


def test_an_operator_makes_another_and_the_record_names_who_did(cast: Cast) -> None:
    assert operating.make_operator(cast.ana, by=cast.odile).is_operator
    entry = Entry.objects.get(act="operator.make", subject=f"member:{cast.ana.pk}")
    assert Payload.objects.get(entry=entry).body == f'{{"by":{cast.odile.pk}}}'


def test_a_member_makes_no_operator(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="for the operators"):
        operating.make_operator(cast.bram, by=cast.ana)
    assert not fresh(cast.bram).is_operator


def test_an_operator_is_not_made_one_again(cast: Cast) -> None:
    with pytest.raises(Refusal, match="Odile is an operator already"):
        operating.make_operator(cast.odile, by=None)
