"""Marks and positions: idempotent, and never backwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from palaver.forums.models import Thread
from palaver.kit.decisions import NotAllowed
from palaver.reading import marking
from palaver.reading.models import ForumMark, ThreadMark
from tests.cast import MORNING, Cast, at

HOUR = timedelta(hours=1)


def mark_of(cast: Cast) -> ForumMark:
    return ForumMark.objects.get(member=cast.bram, forum=cast.lounge)


def test_a_forum_is_marked_up_to_now(cast: Cast) -> None:
    with at(MORNING):
        marking.mark_forum(cast.lounge, by=cast.bram)
    assert mark_of(cast).marked_at == MORNING


def test_a_mark_moves_forwards_only(cast: Cast) -> None:
    with at(MORNING):
        assert cast.bram and cast.lounge
    with at(MORNING + 9 * HOUR):
        for hours, stands_at in ((2, 2), (1, 2), (3, 3), (2, 3)):
            marking.mark_forum(cast.lounge, by=cast.bram, up_to=MORNING + hours * HOUR)
            assert mark_of(cast).marked_at == MORNING + stands_at * HOUR
    with at(MORNING + HOUR):
        marking.mark_forum(cast.lounge, by=cast.bram)
    assert mark_of(cast).marked_at == MORNING + 3 * HOUR


def test_nobody_marks_the_future_read(cast: Cast) -> None:
    with at(MORNING):
        marking.mark_forum(cast.lounge, by=cast.bram, up_to=MORNING + 5 * HOUR)
    assert mark_of(cast).marked_at == MORNING


def test_a_first_mark_does_not_fall_behind_the_horizon(cast: Cast) -> None:
    """Who never marked has read all that was there when they joined; an older mark would bring it back as new."""
    with at(MORNING):
        assert cast.bram and cast.lounge
        marking.mark_forum(cast.lounge, by=cast.bram, up_to=MORNING - 30 * HOUR)
    assert mark_of(cast).marked_at == MORNING


def test_all_forums_one_may_read_are_marked(cast: Cast) -> None:
    assert cast.lounge and cast.kitchen and cast.den
    assert marking.mark_all(by=cast.kaya) == 2
    assert set(ForumMark.objects.values_list("forum__name", flat=True)) == {"The lounge", "Kitchen"}
    assert marking.mark_all(by=cast.bram) == 3


def test_a_position_is_the_highest_number_read(cast: Cast) -> None:
    thread = cast.thread()
    for _n in range(3):
        cast.reply(thread)
    for number, stands_at in ((1, 1), (0, 1), (3, 3), (2, 3)):
        marking.read_up_to(thread, by=cast.kaya, number=number)
        mark = ThreadMark.objects.get(member=cast.kaya)
        assert (mark.number, mark.place) == (stands_at, stands_at)


def test_a_position_between_or_beyond_numbers_is_the_post_before(cast: Cast) -> None:
    thread = cast.thread()
    with transaction.atomic():
        Thread.objects.filter(pk=thread.pk).update(last_number=9)
    cast.reply(thread)
    marks = [marking.read_up_to(thread, by=cast.kaya, number=number) for number in (5, 99)]
    assert [(mark.number, mark.place) for mark in marks if mark] == [(0, 0), (10, 1)]


def test_a_batch_of_positions_is_kept_at_once(cast: Cast) -> None:
    threads = [cast.thread(f"Thread {n}") for n in range(3)]
    assert marking.read_many([(thread, 0) for thread in threads], by=cast.kaya) == 3
    assert ThreadMark.objects.filter(member=cast.kaya).count() == 3


def test_no_row_is_made_for_what_was_never_opened(cast: Cast) -> None:
    assert cast.thread()
    marking.mark_all(by=cast.kaya)
    assert not ThreadMark.objects.exists()


def test_outsiders_and_leavers_mark_nothing(cast: Cast) -> None:
    thread = cast.thread(forum=cast.den)
    with pytest.raises(NotAllowed, match="read by its own audience"):
        marking.mark_forum(cast.den, by=cast.kaya)
    with pytest.raises(NotAllowed, match="read by its own audience"):
        marking.read_up_to(thread, by=cast.kaya, number=0)
    with pytest.raises(NotAllowed, match="Sign in first"):
        marking.mark_all(by=None)  # type: ignore[arg-type]


def test_the_suspended_may_mark(cast: Cast) -> None:
    assert marking.mark_forum(cast.lounge, by=cast.jonas).pk
