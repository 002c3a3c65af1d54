"""Subscriptions: to a forum or a thread, told in one way, changed, muted, ended."""

from __future__ import annotations

import pytest

from palaver.forums import subscribing
from palaver.forums.models import Subscription
from palaver.forums.subscribing import Way
from palaver.kit.decisions import NotAllowed, Refusal
from tests.cast import Cast, dismissed


def only() -> Subscription:
    return Subscription.objects.get()


@pytest.mark.parametrize("place", ["lounge", "thread"])
def test_a_place_is_subscribed_to_in_each_way_and_ended(cast: Cast, place: str) -> None:
    to = cast.lounge if place == "lounge" else cast.thread()
    subscribing.subscribe(to, by=cast.kaya)
    assert subscribing.way_of(only()) == Way.SITE
    for way, columns in (
        (Way.MAIL, (True, False, False)),
        (Way.DIGEST, (False, True, False)),
        (Way.MUTED, (False, False, True)),
        (Way.SITE, (False, False, False)),
    ):
        subscribing.subscribe(to, by=cast.kaya, way=way)
        assert (only().by_mail, only().in_digest, only().muted) == columns
        assert subscribing.way_of(only()) == way
    assert subscribing.unsubscribe(to, by=cast.kaya)
    assert not subscribing.unsubscribe(to, by=cast.kaya)


def test_subscribing_twice_changes_nothing(cast: Cast) -> None:
    subscribing.subscribe(cast.lounge, by=cast.kaya, way=Way.MAIL, by_push=True)
    subscribing.subscribe(cast.lounge, by=cast.kaya)
    assert only().by_mail and only().by_push


def test_what_is_muted_is_not_pushed(cast: Cast) -> None:
    subscribing.subscribe(cast.lounge, by=cast.kaya, by_push=True)
    subscribing.mute(cast.lounge, by=cast.kaya)
    assert (only().muted, only().by_push) == (True, False)


def test_only_its_owner_changes_a_subscription(cast: Cast) -> None:
    row = subscribing.subscribe(cast.lounge, by=cast.kaya)
    subscribing.change(row, by=cast.kaya, way=Way.DIGEST, by_push=True)
    assert only().in_digest and only().by_push
    with pytest.raises(NotAllowed):
        subscribing.change(row, by=cast.bram, way=Way.MAIL, by_push=False)


def test_what_one_may_not_read_tells_nothing(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        subscribing.subscribe(cast.den, by=cast.kaya)
    with pytest.raises(NotAllowed):
        subscribing.subscribe(cast.thread(forum=cast.den), by=cast.kaya)


def test_who_may_not_read_it_any_more_can_still_end_it(cast: Cast) -> None:
    subscribing.subscribe(cast.den, by=cast.bram)
    dismissed(cast.den, cast.bram)
    with pytest.raises(NotAllowed):
        subscribing.subscribe(cast.den, by=cast.bram, way=Way.MAIL)
    assert subscribing.unsubscribe(cast.den, by=cast.bram)


def test_two_thousand_fit(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert subscribing.MOST == 2000
    monkeypatch.setattr(subscribing, "MOST", 1)
    subscribing.subscribe(cast.lounge, by=cast.kaya)
    with pytest.raises(Refusal, match="1 subscriptions already"):
        subscribing.subscribe(cast.kitchen, by=cast.kaya)


def test_the_suspended_may_still_be_told(cast: Cast) -> None:
    assert subscribing.subscribe(cast.lounge, by=cast.jonas).pk
