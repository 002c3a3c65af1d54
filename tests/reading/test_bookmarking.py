"""Bookmarks: kept with a note, reminded of once, and by nobody who may not read the post."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from palaver.kit import events
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.reading import bookmarking
from palaver.reading.events import BookmarkDue
from palaver.reading.models import Bookmark
from tests.cast import MORNING, Cast, at, dismissed, fresh, original

DAY = timedelta(days=1)


@pytest.fixture
def heard() -> Iterator[list[BookmarkDue]]:
    """What was published while the test ran, beside what wiring does."""
    told: list[BookmarkDue] = []
    standing = events._within[BookmarkDue]
    events._within[BookmarkDue] = (*standing, told.append)
    yield told
    events._within[BookmarkDue] = standing


def test_a_post_is_kept_with_a_note_and_let_go(cast: Cast) -> None:
    post = cast.reply(cast.thread())
    bookmarking.keep(post, by=cast.kaya, note=" Try this. ")
    kept = Bookmark.objects.get()
    assert (kept.member, kept.post_id, kept.note, kept.remind_at) == (cast.kaya, post.pk, "Try this.", None)
    assert bookmarking.let_go(post, by=cast.kaya)
    assert not bookmarking.let_go(post, by=cast.kaya)
    assert not Bookmark.objects.exists()


def test_keeping_twice_loses_neither_note_nor_reminder(cast: Cast) -> None:
    with at(MORNING):
        post = original(cast.thread())
        bookmarking.keep(post, by=cast.kaya, note="Rye.", remind_at=MORNING + DAY)
        bookmarking.keep(post, by=cast.kaya)
        kept = Bookmark.objects.get()
        assert (kept.note, kept.remind_at) == ("Rye.", MORNING + DAY)
        bookmarking.keep(post, by=cast.kaya, note="")
        kept = Bookmark.objects.get()
        assert (kept.note, kept.remind_at) == ("", None)


def test_a_reminder_comes_once_when_its_instant_has_come(cast: Cast, heard: list[BookmarkDue]) -> None:
    with at(MORNING):
        post = original(cast.thread())
        kept = bookmarking.keep(post, by=cast.kaya, note="", remind_at=MORNING + DAY)
    with at(MORNING + DAY - timedelta(seconds=1)):
        assert bookmarking.remind_due() == 0
    with at(MORNING + DAY):
        assert bookmarking.remind_due() == 1
        assert bookmarking.remind_due() == 0
    assert heard == [BookmarkDue(cast.kaya.pk, kept.pk, post.pk)]
    assert fresh(kept).reminded_at == MORNING + DAY


def test_a_reminder_that_was_moved_comes_at_its_new_instant_only(cast: Cast, heard: list[BookmarkDue]) -> None:
    with at(MORNING):
        post = original(cast.thread())
        bookmarking.keep(post, by=cast.kaya, note="", remind_at=MORNING + DAY)
        bookmarking.keep(post, by=cast.kaya, note="", remind_at=MORNING + 3 * DAY)
    for days, told in ((1, 0), (2, 0), (3, 1), (4, 1)):
        with at(MORNING + days * DAY):
            bookmarking.remind_due()
        assert len(heard) == told


def test_a_new_note_does_not_bring_an_old_reminder_again(cast: Cast, heard: list[BookmarkDue]) -> None:
    with at(MORNING):
        post = original(cast.thread())
        bookmarking.keep(post, by=cast.kaya, note="", remind_at=MORNING + DAY)
    with at(MORNING + 2 * DAY):
        bookmarking.remind_due()
        bookmarking.keep(post, by=cast.kaya, note="Done.", remind_at=MORNING + DAY)
        bookmarking.remind_due()
        bookmarking.keep(post, by=cast.kaya, note="Once more.", remind_at=MORNING + 4 * DAY)
    with at(MORNING + 5 * DAY):
        bookmarking.remind_due()
    assert len(heard) == 2


def test_who_may_not_read_it_any_more_is_not_reminded_but_may_let_go(cast: Cast, heard: list[BookmarkDue]) -> None:
    with at(MORNING):
        post = original(cast.thread(forum=cast.den))
        bookmarking.keep(post, by=cast.bram, note="", remind_at=MORNING + DAY)
        dismissed(cast.den, cast.bram)
    with at(MORNING + DAY):
        assert bookmarking.remind_due() == 1
    assert heard == []
    assert bookmarking.let_go(post, by=cast.bram)


@pytest.mark.parametrize("instant", [MORNING, MORNING - DAY, MORNING + 2000 * DAY], ids=["now", "past", "too far"])
def test_a_reminder_lies_in_the_near_future(cast: Cast, instant: object) -> None:
    with at(MORNING), pytest.raises(Refusal) as refused:
        bookmarking.keep(original(cast.thread()), by=cast.kaya, note="", remind_at=instant)  # type: ignore[arg-type]
    assert refused.value.field == "remind_at"


def test_a_note_too_long_is_refused_with_its_length(cast: Cast) -> None:
    with pytest.raises(Refusal, match="501") as refused:
        bookmarking.keep(original(cast.thread()), by=cast.kaya, note="x" * 501)
    assert refused.value.field == "note"


def test_what_one_may_not_read_cannot_be_kept(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        bookmarking.keep(original(cast.thread(forum=cast.den)), by=cast.kaya)


def test_five_thousand_fit(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bookmarking.MOST == 5000
    monkeypatch.setattr(bookmarking, "MOST", 1)
    thread = cast.thread()
    bookmarking.keep(original(thread), by=cast.kaya)
    with pytest.raises(Refusal, match="1 bookmarks already"):
        bookmarking.keep(cast.reply(thread), by=cast.kaya)
