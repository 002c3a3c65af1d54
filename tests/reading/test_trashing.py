"""The trash: what goes in, what comes out, and that the member's own mark of it is never wrong."""

from __future__ import annotations

import pytest

from palaver.kit.decisions import NotAllowed, Refusal
from palaver.reading import ignoring, trashing
from palaver.reading.models import Trash
from tests.cast import Cast, fresh


def hides(cast: Cast) -> bool:
    return bool(fresh(cast.kaya).hides_things)


def test_a_thread_a_forum_and_a_keyword_go_in_and_come_out(cast: Cast) -> None:
    rows = [
        trashing.trash_thread(cast.thread(), by=cast.kaya),
        trashing.trash_forum(cast.kitchen, by=cast.kaya),
        trashing.trash_keyword("  Brexit  vote ", by=cast.kaya),
    ]
    assert (rows[2].written, rows[2].keyword) == ("Brexit vote", "brexit vote")
    for left, row in enumerate(reversed(rows)):
        assert hides(cast)
        trashing.take_out(row, by=cast.kaya)
        assert Trash.objects.count() == len(rows) - left - 1
    assert not hides(cast)


def test_what_is_in_already_goes_in_once(cast: Cast) -> None:
    thread = cast.thread()
    for _ in range(2):
        trashing.trash_thread(thread, by=cast.kaya)
        trashing.trash_forum(cast.kitchen, by=cast.kaya)
        trashing.trash_keyword("Äpfel", by=cast.kaya)
        trashing.trash_keyword("apfel!", by=cast.kaya)
    assert Trash.objects.filter(member=cast.kaya).count() == 3
    out = Trash.objects.get(thread=thread)
    trashing.take_out(out, by=cast.kaya)
    trashing.take_out(out, by=cast.kaya)
    assert hides(cast)


def test_an_ignore_alone_hides_things_too(cast: Cast) -> None:
    row = trashing.trash_keyword("lamps", by=cast.kaya)
    ignoring.ignore(cast.jonas, by=cast.kaya)
    trashing.take_out(row, by=cast.kaya)
    assert hides(cast)
    ignoring.stop_ignoring(cast.jonas, by=cast.kaya)
    assert not hides(cast)


def test_what_one_may_not_read_cannot_be_trashed(cast: Cast) -> None:
    thread = cast.thread(forum=cast.den)
    with pytest.raises(NotAllowed):
        trashing.trash_thread(thread, by=cast.kaya)
    with pytest.raises(NotAllowed):
        trashing.trash_forum(cast.den, by=cast.kaya)
    assert not hides(cast)


def test_nobody_empties_anothers_trash(cast: Cast) -> None:
    row = trashing.trash_keyword("lamps", by=cast.kaya)
    with pytest.raises(NotAllowed):
        trashing.take_out(row, by=cast.bram)
    assert hides(cast)


@pytest.mark.parametrize("written", ["", "   ", "!?", "a" * 81, "日" * 80], ids=repr)
def test_a_keyword_that_finds_nothing_or_is_too_long_is_refused_with_its_field(cast: Cast, written: str) -> None:
    with pytest.raises(Refusal) as refused:
        trashing.trash_keyword(written, by=cast.kaya)
    assert refused.value.field == "keyword"


def test_two_hundred_keywords_fit(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert trashing.KEYWORDS == 200
    monkeypatch.setattr(trashing, "KEYWORDS", 2)
    trashing.trash_keyword("one", by=cast.kaya)
    trashing.trash_keyword("two", by=cast.kaya)
    trashing.trash_keyword("TWO", by=cast.kaya)
    with pytest.raises(Refusal, match="2 keywords already"):
        trashing.trash_keyword("three", by=cast.kaya)


def test_half_characters_and_nul_are_stored(cast: Cast) -> None:
    assert trashing.trash_keyword("lamp \x00 \ud800", by=cast.kaya).keyword.startswith("lamp")


def test_the_suspended_tidy_their_sight_too(cast: Cast) -> None:
    trashing.trash_keyword("rules", by=cast.jonas)
    assert fresh(cast.jonas).hides_things
