"""Holds: who may hide a post before a jury, on which ground, for how long, and what ends it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction

from palaver.accounts.models import Member
from palaver.forums.models import Hold, Post
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.record.models import Payload
from palaver.search.models import Document
from palaver.standards import bounds, convening, holding, restoring
from palaver.standards.models import Case, Verdict, WatchTerm
from tests.cast import at, fresh
from tests.standards.court import BREAKS, KEEPS, Court, fresh_case, judge, offers, settled


def watch(*members: Member) -> None:
    with transaction.atomic():
        for member in members:
            WatchTerm.objects.create(member=member, until=clock.now() + timedelta(days=90))


def test_two_watchers_hide_a_post_and_a_jury_sits_at_once(court: Court) -> None:
    court.crowd(9)
    dara, emil = court.cast.dara, court.cast.emil
    watch(dara, emil)
    court.gather(court.jurors[:3])
    hold = holding.hold(court.post, by=dara, second=emil, ground="threat", because="It names a house.")
    assert (hold.office, hold.until) == ("watch", hold.at + bounds.HOLD_LASTS)
    assert fresh(court.post).standing == Post.Standing.HELD
    assert not Document.objects.filter(post_id=court.post.pk).exists()
    case = Case.objects.get(post=court.post)
    assert case.standard == "threats"
    court.gather(court.jurors[:3])
    convening.sit_due()
    assert len(offers(case)) == 3, "Three of nine are here; it does not wait for more."
    said = json.loads(Payload.objects.get(entry__act="post.hold").body or "")
    assert (said["by"], said["second"], said["ground"]) == (dara.pk, emil.pk, "threat")
    judge(case, KEEPS, KEEPS, KEEPS)
    assert fresh(court.post).standing == Post.Standing.SHOWN and fresh(hold).ended_at is not None
    assert Document.objects.filter(post_id=court.post.pk).exists()


def test_one_watcher_alone_holds_nothing(court: Court) -> None:
    watch(court.cast.dara)
    for second in (None, court.cast.dara, court.cast.emil):
        with pytest.raises(NotAllowed, match="second watcher"):
            holding.hold(court.post, by=court.cast.dara, second=second, ground="threat", because="It names a house.")
    with pytest.raises(NotAllowed, match="two watchers"):
        holding.hold(court.post, by=court.cast.emil, second=court.cast.dara, ground="threat", because="So.")


def test_only_an_operator_holds_on_the_ground_of_law_and_no_jury_sits(court: Court) -> None:
    watch(court.cast.dara, court.cast.emil)
    with pytest.raises(NotAllowed, match="only an operator"):
        holding.hold(court.post, by=court.cast.dara, second=court.cast.emil, ground="law", because="A court.")
    hold = holding.hold(court.post, by=court.cast.odile, ground="law", because="A court asks for it.")
    assert hold.until is None and not Case.objects.exists()
    with at(clock.now() + timedelta(days=90)):
        assert holding.lapse_due() == 0


def test_a_hold_without_a_verdict_ends_after_a_day(court: Court) -> None:
    hold = holding.hold(court.post, by=court.cast.odile, ground="private", because="An address.")
    with at(hold.at + timedelta(hours=23)):
        assert holding.lapse_due() == 0
    with at(hold.at + timedelta(hours=24)):
        assert holding.lapse_due() == 1 and holding.lapse_due() == 0
    assert fresh(court.post).standing == Post.Standing.SHOWN
    assert Case.objects.get(post=court.post).is_open, "Whoever judges it goes on."


def test_a_held_post_that_is_removed_is_held_no_more(court: Court) -> None:
    court.crowd(9)
    case = court.sitting()
    hold = holding.hold(court.post, by=court.cast.odile, ground="law", because="A court asks for it.")
    assert Case.objects.count() == 1
    judge(case, BREAKS, BREAKS, BREAKS)
    assert fresh(hold).ended_at is not None and fresh(court.post).standing == Post.Standing.REMOVED


def test_a_hold_of_law_stays_when_a_jury_leaves_the_post(court: Court) -> None:
    court.crowd(9)
    case = court.sitting()
    hold = holding.hold(court.post, by=court.cast.odile, ground="law", because="A court asks for it.")
    judge(case, KEEPS, KEEPS, KEEPS)
    assert Verdict.objects.get(case=case).outcome == "stays"
    assert fresh(hold).ended_at is None and fresh(court.post).standing == Post.Standing.HELD
    holding.release(hold, by=court.cast.odile, because="The court has let it go.")
    assert fresh(court.post).standing == Post.Standing.SHOWN


def test_a_hold_makes_a_waiting_jury_sit(court: Court) -> None:
    court.crowd(9)
    case = court.case()
    court.gather(court.jurors[:3])
    assert convening.sit_due() == 0
    holding.hold(court.post, by=court.cast.odile, ground="private", because="An address.")
    convening.sit_due()
    assert fresh_case(case).stage == Case.Stage.SITTING and Case.objects.count() == 1


def test_what_a_jury_has_left_only_the_law_hides(court: Court) -> None:
    court.crowd(9)
    judge(court.sitting(standard="privacy"), KEEPS, KEEPS, KEEPS)
    with pytest.raises(Refusal, match="only the law"):
        holding.hold(court.post, by=court.cast.odile, ground="private", because="An address.")
    assert fresh(court.post).standing == Post.Standing.SHOWN and not Hold.objects.exists()


def test_a_hold_says_why_and_is_placed_once_and_not_on_ones_own(court: Court) -> None:
    with pytest.raises(Refusal, match="Say why"):
        holding.hold(court.post, by=court.cast.odile, ground="law", because=" ")
    with pytest.raises(Refusal, match="Choose the ground"):
        holding.hold(court.post, by=court.cast.odile, ground="taste", because="Ugly.")
    settled(court.cast.ana)
    with pytest.raises(NotAllowed, match="newcomer"):
        holding.hold(court.post, by=court.cast.odile, ground="spam", because="Lamps.")
    holding.hold(court.post, by=court.cast.odile, ground="law", because="A court asks for it.")
    with pytest.raises(NotAllowed, match="held already"):
        holding.hold(court.post, by=court.cast.odile, ground="law", because="Again.")
    with pytest.raises(NotAllowed, match="their own post"):
        holding.hold(
            court.cast.reply(court.thread, by=court.cast.odile), by=court.cast.odile, ground="law", because="Mine."
        )


def test_a_newcomers_spam_is_held_at_once(court: Court) -> None:
    spam = court.cast.reply(court.thread, by=court.cast.kaya)
    assert holding.hold(spam, by=court.cast.odile, ground="spam", because="Lamps.").until is not None
    assert Case.objects.get(post=spam).standard == "spam"


def test_who_may_release_a_hold(court: Court) -> None:
    dara, emil = court.cast.dara, court.cast.emil
    watch(dara, emil)
    hold = holding.hold(court.post, by=dara, second=emil, ground="private", because="An address.")
    with pytest.raises(NotAllowed, match="who placed it"):
        holding.release(hold, by=court.cast.ana, because="It is mine.")
    with pytest.raises(Refusal, match="Say why"):
        holding.release(hold, by=emil, because="")
    assert holding.release(hold, by=emil, because="It is a shop's.").ended_at is not None
    with pytest.raises(NotAllowed, match="ended already"):
        holding.release(hold, by=court.cast.odile, because="Once more.")


def test_a_removal_is_restored_once(court: Court) -> None:
    court.crowd(9)
    case = court.sitting()
    judge(case, BREAKS, BREAKS, BREAKS)
    removal = Verdict.objects.get(case=case).removal
    assert removal is not None
    for _ in range(2):
        restoring.restore(removal, because="Its appeal was won.")
    assert fresh(court.post).standing == Post.Standing.SHOWN and fresh(removal).ended_at is not None
    assert Payload.objects.filter(entry__act="post.restore").count() == 1
    assert Document.objects.filter(post_id=court.post.pk).exists()
