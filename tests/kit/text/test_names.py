from __future__ import annotations

import unicodedata

import pytest

from palaver.kit.decisions import Refusal
from palaver.kit.text import names


@pytest.mark.parametrize(
    "name",
    [
        "Ana",
        "bram-7",
        "Dara.E",
        "Zoë",
        "Łukasz",
        "Мария",
        "Ελένη",
        "李小龍",
        "はなこ",
        "김민수",
        "अनीता",
        "محمد",
        "Tanaka太郎",
    ],
)
def test_names_of_the_world_are_taken(name: str) -> None:
    assert names.clean(name) == unicodedata.normalize("NFKC", name)


def test_a_name_is_stored_in_its_compatible_form() -> None:
    assert names.clean("Ａｎａ") == "Ana"
    assert names.clean("Zoe\u0308") == "Zoë"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("A", "too short"),
        ("a" * 31, "too long"),
        ("Ana  Bram", "twice in a row"),
        ("Ana\u00a0\u00a0Bram", "twice in a row"),
        ("Ana\u200b", "nobody can see"),
        ("Ana\u202eB", "nobody can see"),
        ("A\u200dna", "nobody can see"),
        ("An\u00ada", "nobody can see"),
        ("Ana\x00", "nobody can see"),
        ("ㅤAna", "nobody can see"),
        ("Аna", "several alphabets"),
        ("Αna", "several alphabets"),
        ("Анa", "several alphabets"),
        ("ɑna", "cannot stand"),
        ("ana!", "cannot stand"),
        ("an<a", "cannot stand"),
        ("an/a", "cannot stand"),
        ("ᏚᎪᎡᎪ", "cannot stand"),
        ("ana😀", "cannot stand"),
        ("ana١", "0 to 9"),
        ("Z̷̸a", "marks"),
        ("-ana", "not first"),
        ("ana.", "not first"),
        ("a__na", "not first"),
        ("._.", "letter or a digit"),
    ],
)
def test_a_name_that_could_deceive_is_refused_with_its_reason(name: str, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        names.clean(name)
    assert says in refused.value.because and refused.value.field == "name"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana", "ana"),
        ("Ana", "Аnа"),
        ("сосо", "coco"),
        ("ОСА", "OCA"),
        ("НЕТ", "HET"),
        ("Ιris", "lris"),
        ("Iris", "lris"),
        ("Il1", "lil"),
        ("bob0", "bobo"),
        ("Zoë", "Zoe"),
        ("Łukasz", "Lukasz"),
        ("ana_b", "ana-b"),
        ("rnark", "mark"),
        ("vvim", "wim"),
        ("ΡΑΤ", "PAT"),
        ("ѕсоре", "scope"),
        ("оոе", "one"),
        ("straße", "strasse"),
        ("ＡＮＡ", "ana"),
    ],
)
def test_look_alikes_share_a_key(one: str, other: str) -> None:
    assert names.name_key(one) == names.name_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Ana", "Bram"), ("李", "王"), ("Мария", "Марина"), ("dara", "clara"), ("5a", "6a")]
)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert names.name_key(one) != names.name_key(other)


def test_a_key_is_its_own_key() -> None:
    for name in ("Ana", "Iris", "НЕТ", "Zoë", "李小龍", "rnvv", "Łukasz", "김민수"):
        assert names.name_key(names.name_key(name)) == names.name_key(name)


@pytest.mark.parametrize(
    ("given", "near"),
    [
        ("Ana Bram", "Ana Bram"),
        ("  x!y ", "x_y"),
        ("Ana\u200bB", "Ana_B"),
        ("Аna", "na"),
        ("!!!", ""),
        ("a" * 80, "a" * 30),
    ],
)
def test_an_imported_name_is_brought_near(given: str, near: str) -> None:
    assert names.nearest(given) == near
