"""What is typed and what is said about it. No database."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from palaver.kit.text import words
from palaver.search.excerpts import excerpt, marked
from palaver.search.language import LONGEST, Query, Term, read


def asked(text: str) -> Query:
    return read(text, UTC)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("autor:ana x", "Did you mean author:?"),
        ("forums:kitchen x", "Did you mean forum:?"),
        ("befor:2026 x", "Did you mean before:?"),
        ("has:picture x", "there are has:image, has:link"),
        ("has:imgae x", "Did you mean has:image?"),
        ("has:source x", "source card"),
        ("has:poll x", "poll"),
        ("is:article x", "news desk"),
        ("is:removed x", "no longer shown"),
        ("is:opp x", "Did you mean is:op?"),
        ("in:title x", "there are in:subject"),
        ("in:thread:abc x", "wants the thread's number"),
        ("-in:subject x", "cannot be turned round"),
        ("in:subject in:body x", "both are left out"),
        ("author: ana x", "has nothing behind it"),
        ('author:"" x', "has nothing behind it"),
        ("before:yesterweek x", "wants a day, month or year"),
        ("after:2026-13 x", "wants a day, month or year"),
        ("after:2026-02-30 x", "wants a day, month or year"),
        ('"open x', "opened and not closed"),
        ("x OR", "OR stands between two words"),
        ("OR x", "OR stands between two words"),
        ("x OR author:ana y", "OR joins words only"),
        ("x AND y", "AND is not needed"),
        ("(x OR y) z", "Brackets do not group"),
        ("bak* x", "does not stand for other endings"),
        ("is:op is:reply x", "exclude each other"),
    ],
)
def test_what_is_not_understood_is_explained(text: str, sentence: str) -> None:
    query = asked(text)
    assert query.refused == ""
    assert any(sentence in note for note in query.notes), query.notes


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Type a word"),
        ("  \x00 \u202e ", "Type a word"),
        ("!!! ??? …", "no letter or digit"),
        ("-rye", "only leaves out"),
        ("-author:ana", "only leaves out"),
        ("before:2026 after:2027", "Turn the two round"),
        ("x" * (LONGEST + 1), "up to 300"),
        (" ".join(["x"] * 60), "up to 40"),
        ("has:poll", "Add a word"),
    ],
)
def test_what_cannot_be_looked_for_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    assert sentence in asked(text).refused


@pytest.mark.parametrize("text", ["note: x", "http://example.org:8000/a", "at 12:30", "C:\\temp", "a:b:c", "ratio 3:1"])
def test_a_colon_that_is_no_filter_belongs_to_the_words(text: str) -> None:
    query = asked(text)
    assert query.notes == []
    assert [token for group in query.groups for term in group for token in term.tokens] == words.tokens(text)


def test_days_begin_where_the_reader_lives() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    assert read("after:2026-11-02", tokyo).after == datetime(2026, 11, 2, tzinfo=tokyo)
    assert read("-after:2026-11", UTC).before == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize("bit", ["(", '"', "-", "OR ", "a:", '-"', "author:", "\u0301", "ﷺ", "猫", "'", "*|"])
def test_reading_costs_no_more_than_its_length(bit: str) -> None:
    began = time.process_time()
    asked(bit * 100_000)
    for length in (10, 100, 299):
        asked((bit * length)[:LONGEST])
    # Not a measurement: what is superlinear takes minutes here.
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "text",
    ["Rye bread", "ＦＵＬＬ ﬁne ½ Ǆ", "L’été d'Ana: naïve café", "東京の天気 and 猫", "الخُبْزُ طازج", "हिन्दी में", "서울에서", "x" * 90, "İstanbul ẞ ŉ", ""],
)  # fmt: skip
def test_the_places_of_tokens_are_those_of_the_tokens(text: str) -> None:
    found = words.spans(text)
    assert [token for token, _start, _end in found] == words.tokens(text)
    for token, start, end in found:
        assert 0 <= start < end <= len(text)
        assert token in words.tokens(text[start:end])


def shown(text: str, *terms: str) -> str:
    made = [Term(tuple(words.tokens(term)), len(term) == 1 and words.is_lone(term)) for term in terms]
    return "".join(f"[{piece.text}]" if piece.found else piece.text for piece in excerpt(text, made))


def test_what_was_found_is_marked_where_it_stands() -> None:
    assert shown("Le café est fermé.", "cafe") == "Le [café] est fermé."
    assert shown("a slow oven, a slow cow", "slow oven") == "a [slow oven], a slow cow"
    assert shown("今日は東京で雨", "東京") == "今日は[東京]で雨"
    assert shown("黒猫がいます。猫", "猫") == "黒[猫]がいます。[猫]"
    assert shown("nothing here", "rye") == "nothing here"
    assert shown("rye rye-bread", "rye", "rye bread") == "[rye] [rye-bread]"


def test_an_excerpt_begins_near_the_words_and_holds_most_of_them() -> None:
    long = "rye " + "word " * 300 + "oven then rye and barley " + "word " * 300
    cut = shown(long, "rye", "oven", "barley")
    assert "[oven] then [rye] and [barley]" in cut
    assert cut.startswith("… ")
    assert cut.endswith(" …")
    assert len(cut) < 330


def test_a_mark_never_makes_markup() -> None:
    pieces = marked("<b>rye</b> & co", [Term(("b",)), Term(("rye",))])
    assert "".join(piece.text for piece in pieces) == "<b>rye</b> & co"
