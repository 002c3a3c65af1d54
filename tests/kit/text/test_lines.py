"""Subjects, slugs and search words."""

from __future__ import annotations

import pytest

from palaver.kit.decisions import Refusal
from palaver.kit.text import slugs, subjects, words


def test_a_subject_is_one_line_of_visible_characters() -> None:
    assert subjects.clean("  Bread\u202e \t and\n\u200b roses\x00 ") == "Bread and roses"


def test_a_subject_keeps_joiners_where_they_write() -> None:
    assert subjects.clean("👩\u200d🌾 می\u200cخواهم") == "👩\u200d🌾 می\u200cخواهم"
    assert subjects.clean("a\u200db\u200d\u200d") == "ab"


def test_a_subject_lets_no_marks_climb() -> None:
    assert subjects.clean("a" + "\u0335" * 50) == "a" + "\u0335" * 3


@pytest.mark.parametrize("subject", ["", " \n\t", "\u200b\u202e", "\u3164"])
def test_an_invisible_subject_is_refused(subject: str) -> None:
    with pytest.raises(Refusal, match="missing"):
        subjects.clean(subject)


def test_a_long_subject_is_refused_with_its_length() -> None:
    assert len(subjects.clean("a" * 200)) == 200
    with pytest.raises(Refusal, match="201 characters; 200 fit"):
        subjects.clean("a" * 201)


@pytest.mark.parametrize(
    ("subject", "slug"),
    [
        ("Bread & Roses!", "bread-roses"),
        ("Ça va? Straße, Łódź", "ca-va-strasse-lodz"),
        ("Ana's plan", "anas-plan"),
        ("Что делать", "что-делать"),
        ("日本語 の話", "日本語-の話"),
        ("हिन्दी बात", "हिन्दी-बात"),
        ("???", "thread"),
        ("", "thread"),
        ("../../etc", "etc"),
    ],
)
def test_a_slug_stays_readable(subject: str, slug: str) -> None:
    assert slugs.slug(subject) == slug


def test_a_slug_is_short_and_ends_at_a_word() -> None:
    slug = slugs.slug("word " * 40)
    assert len(slug) <= 60 and slug.endswith("word")
    assert len(slugs.slug("x" * 500)) == 60


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Hello, World 42", ["hello", "world", "42"]),
        ("don't stop", ["dont", "stop"]),
        ("naïve Café ΤΕΛΟΣ", ["naive", "cafe", "τελοσ"]),
        ("東京都", ["東京", "京都"]),
        ("人 x人y", ["人", "x", "人", "y"]),
        ("ガイド", ["ガイ", "イド"]),
        ("한국어", ["한국", "국어"]),
        ("हिन्दी", ["हिन्दी"]),
        ("ｆｕｌｌ ①", ["full", "1"]),
        ("snake_case a.b", ["snake", "case", "a", "b"]),
        ("!? \u200b", []),
    ],
)
def test_tokens_meet_what_people_search(text: str, tokens: list[str]) -> None:
    assert words.tokens(text) == tokens


def test_a_token_is_bounded() -> None:
    assert words.tokens("x" * 5000) == ["x" * 40] and words.tokens("é" * 5000) == ["e" * 40]


def test_tokens_of_tokens_are_the_same() -> None:
    for text in ("naïve Straße ΤΕΛΟΣ", "don’t", "हिन्दी", "İstanbul"):
        assert words.tokens(" ".join(words.tokens(text))) == words.tokens(text)
