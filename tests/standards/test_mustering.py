"""The watch is drawn by lot from volunteers, and everybody can recompute the draw."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from palaver.accounts import suspending
from palaver.accounts.models import Member
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.notices.models import Notice
from palaver.record.models import Entry
from palaver.standards import bounds, lot, mustering, seeds
from palaver.standards.models import WatchTerm, WatchVolunteer
from tests.cast import MORNING, Cast, at, fresh


def day(n: float) -> datetime:
    return MORNING + timedelta(days=n)


def old_hands(cast: Cast, count: int) -> list[Member]:
    """So many members of a year and 600 posts."""
    made = [cast.member(f"Old hand {n}") for n in range(count)]
    with transaction.atomic():
        Member.objects.filter(pk__in=[one.pk for one in made]).update(joined_at=day(-365), post_count=600)
    return [fresh(one) for one in made]


def volunteer(*members: Member) -> None:
    with at(MORNING):
        for member in members:
            mustering.volunteer(by=member)


def muster(when: datetime) -> list[WatchTerm]:
    with at(when):
        seeds.commit_due()
    with at(when + timedelta(minutes=5)):
        return mustering.muster()


def test_five_of_the_volunteers_are_drawn_and_the_record_tells_how(cast: Cast) -> None:
    hands = old_hands(cast, 8)
    volunteer(*hands)
    terms = muster(day(1))
    assert len(terms) == 5 and {term.until for term in terms} == {day(91) + timedelta(minutes=5)}
    entry = Entry.objects.select_related("payload").get(act="watch.draw")
    said = json.loads(entry.payload.body or "")
    assert said["pool"] == sorted(one.pk for one in hands) and said["seats"] == 5
    assert said["drawn"] == [term.member_id for term in terms]
    assert {term.entry for term in WatchTerm.objects.all()} == {entry.sequence}
    assert WatchVolunteer.objects.count() == 3
    assert Notice.objects.filter(kind="watch", words__contains="lot has fallen on you").count() == 5
    with pytest.raises(Refusal, match="published after 48 hours"):
        mustering.verify(entry)
    with at(day(4)):
        seeds.publish_due()
        assert mustering.verify(entry) == ""


def test_a_draw_that_was_bent_is_found(cast: Cast) -> None:
    seed = lot.seed(b"secret", day(0).date())
    pool = list(range(10, 20))
    good = {
        "draw": 20261103, "seed_commitment": lot.commitment(seed), "pool": pool, "seats": 5,
        "drawn": lot.drawn_to_watch(seed, 20261103, pool, 5),
    }  # fmt: skip
    assert mustering.check(good, seed.hex()) == ""
    drawn = good["drawn"]
    assert isinstance(drawn, list)
    left_out = next(one for one in pool if one not in drawn)
    for bent, sentence in (
        ({"drawn": [*drawn[:4], left_out]}, "lowest tickets"),
        ({"drawn": drawn[::-1]}, "lowest tickets"),
        ({"pool": pool[1:]}, "lowest tickets" if pool[0] in drawn else ""),
        ({"pool": [*pool, 19]}, "once each"),
        ({"draw": 20261104}, "lowest tickets"),
        ({"seed_commitment": "0" * 64}, "not the one"),
    ):
        assert sentence in mustering.check(good | bent, seed.hex())


def test_fewer_than_five_make_no_watch(cast: Cast) -> None:
    volunteer(*old_hands(cast, 4))
    assert muster(day(1)) == []
    assert not mustering.is_there_a_watch() and not Entry.objects.filter(act="watch.draw").exists()


def test_who_volunteers_has_been_here_long_wrote_much_and_had_nothing_removed(cast: Cast) -> None:
    hand = old_hands(cast, 1)[0]
    for fields, sentence in (
        ({"joined_at": day(-100)}, "has been here for 180 days"),
        ({"post_count": 499}, "500 posts"),
    ):
        with transaction.atomic():
            Member.objects.filter(pk=hand.pk).update(joined_at=day(-365), post_count=600)
            Member.objects.filter(pk=hand.pk).update(**fields)
        with at(MORNING), pytest.raises(NotAllowed, match=sentence):
            mustering.volunteer(by=fresh(hand))
    with pytest.raises(NotAllowed, match="Operators do not watch"):
        mustering.volunteer(by=cast.odile)
    assert not WatchVolunteer.objects.exists()


def test_the_lot_falls_on_nobody_who_is_suspended_or_sits_already(cast: Cast) -> None:
    hands = old_hands(cast, 7)
    volunteer(*hands)
    with at(day(0.5)):
        suspending.suspend(hands[0], by=cast.odile, until=day(5), because="Enough for now.")
    first = muster(day(1))
    assert hands[0].pk not in {term.member_id for term in first}
    assert muster(day(1.2)) == []  # Once a day, and no seat is vacant.
    with at(day(2)):
        mustering.resign(first[0], by=first[0].member)
    second = muster(day(2.5))
    assert len(second) == 1 and second[0].member_id not in {term.member_id for term in first}


def test_a_watcher_who_is_suspended_is_one_no_longer(cast: Cast) -> None:
    volunteer(*old_hands(cast, 5))
    member = muster(day(1))[0].member
    with at(day(2)):
        suspending.suspend(member, by=cast.odile, until=day(5), because="Enough for now.")
    term = WatchTerm.objects.get(member=member)
    assert (term.ended_at, term.why) == (day(2), "suspended")


def test_after_two_terms_running_somebody_else_watches(cast: Cast) -> None:
    hands = old_hands(cast, 5)
    when = day(1)
    for _term in range(bounds.WATCH_TERMS_RUNNING):
        for hand in hands:
            with at(when - timedelta(hours=1)):
                mustering.volunteer(by=hand)
        assert len(muster(when)) == 5
        when += timedelta(days=91)
    with at(when):
        for hand in hands:
            mustering.volunteer(by=hand)
        assert mustering.able() == []
    with at(when + timedelta(days=100)):
        assert len(mustering.able()) == 5
