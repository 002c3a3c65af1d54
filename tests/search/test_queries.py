"""Sixty and more queries of every operator: what is found equals what an oracle finds by looking at every post."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from palaver.search import matching
from palaver.search.finding import find
from palaver.search.matching import Estimate, Way
from palaver.search.sight import sight_of, sight_of_guests
from tests.cast import Cast
from tests.search.village import BEGAN, Told, Village, build

Wanted = Callable[[Told], bool]


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


QUERIES: list[tuple[str, Wanted]] = [
    # words
    ("bread", lambda p: p.has("bread")),
    ("BREAD", lambda p: p.has("bread")),
    ("bread oven", lambda p: p.has("bread") and p.has("oven")),
    ("oven bread", lambda p: p.has("bread") and p.has("oven")),
    ("well", lambda p: p.has("well")),
    ("wells", lambda p: p.has("wells")),
    ("nosuchword", lambda p: False),
    ("bread nosuchword", lambda p: False),
    ("the", lambda p: p.has("the")),
    ("2026", lambda p: p.has("2026")),
    ("x86", lambda p: p.has("x86")),
    ("c++", lambda p: p.has("c")),
    ("inside", lambda p: p.has("inside")),
    ("bread AND oven", lambda p: p.has("bread") and p.has("oven")),
    # phrases
    ('"slow oven"', lambda p: p.has("slow oven")),
    ('"oven slow"', lambda p: p.has("oven slow")),
    ('"three feet"', lambda p: p.has("three feet")),
    ('"three feet of water"', lambda p: p.has("three feet of water")),
    ('"bread"', lambda p: p.has("bread")),
    ('"the harvest rye"', lambda p: False),  # the subject ends where the body begins
    ('"a a b"', lambda p: p.has("a a b")),
    ('"the the the"', lambda p: p.has("the the the")),
    ('"bread bread bread"', lambda p: p.has("bread bread bread")),
    ("“slow oven”", lambda p: p.has("slow oven")),
    ('"slow oven" rye', lambda p: p.has("slow oven") and p.has("rye")),
    ('"unclosed oven', lambda p: p.has("unclosed oven")),
    ('hot "slow oven', lambda p: p.has("hot") and p.has("slow oven")),
    # words that are several tokens are phrases
    ("foo_bar.py", lambda p: p.has("foo bar py")),
    ("12:30", lambda p: p.has("12 30")),
    ("e-mail", lambda p: p.has("e mail")),
    ("well-known", lambda p: p.has("well known")),
    ("https://example.org/map", lambda p: p.has("https example org map")),
    ("don't", lambda p: p.has("dont")),
    ("don’t", lambda p: p.has("dont")),
    # without
    ("bread -oven", lambda p: p.has("bread") and not p.has("oven")),
    ('oven -"slow oven"', lambda p: p.has("oven") and not p.has("slow oven")),
    ("oven NOT slow", lambda p: p.has("oven") and not p.has("slow")),
    ("bread -author:ana", lambda p: p.has("bread") and p.author != "Ana"),
    ("bread -forum:kitchen", lambda p: p.has("bread") and p.forum != "Kitchen"),
    ("the -has:link", lambda p: p.has("the") and not p.link),
    ("東京 -京都", lambda p: p.has("東京") and not p.has("京都")),
    ("東京 -猫", lambda p: p.has("東京") and not p.shows("猫")),
    # either
    ("rye OR wheat", lambda p: p.has("rye") or p.has("wheat")),
    ("rye | wheat", lambda p: p.has("rye") or p.has("wheat")),
    ("rye OR wheat oven", lambda p: (p.has("rye") or p.has("wheat")) and p.has("oven")),
    ("oven rye OR wheat", lambda p: (p.has("rye") or p.has("wheat")) and p.has("oven")),
    ("rye OR wheat OR coffee", lambda p: p.has("rye") or p.has("wheat") or p.has("coffee")),
    ('"slow oven" OR "three feet"', lambda p: p.has("slow oven") or p.has("three feet")),
    ("猫 OR bread", lambda p: p.shows("猫") or p.has("bread")),
    ('猫 OR "slow oven" -kitchen', lambda p: (p.shows("猫") or p.has("slow oven")) and not p.has("kitchen")),
    ("OR bread OR", lambda p: p.has("bread")),
    # accents, case, width
    ("café", lambda p: p.has("cafe")),
    ("cafe", lambda p: p.has("cafe")),
    ("NAÏVE", lambda p: p.has("naive")),
    ("straße", lambda p: p.has("strasse")),
    ("Strasse", lambda p: p.has("strasse")),
    ("koln", lambda p: p.has("koln")),
    ("fullwidth", lambda p: p.has("fullwidth")),
    ("fine", lambda p: p.has("fine")),
    ("ψωμι", lambda p: p.has("ψωμι")),
    ("елка", lambda p: p.has("елка")),
    ("الخبز", lambda p: p.has("الخبز")),
    ("לחם", lambda p: p.has("לחם")),
    ("रोटी", lambda p: p.has("रोटी")),
    # scripts without spaces
    ("東京", lambda p: p.has("東京")),
    ("京都", lambda p: p.has("京都")),
    ("東京都", lambda p: p.has("東京都")),
    ("猫", lambda p: p.shows("猫")),
    ("黒猫", lambda p: p.has("黒猫")),
    ("서울", lambda p: p.has("서울")),
    ("김치", lambda p: p.has("김치")),
    ("in:subject 天", lambda p: p.shows("天", where="subject")),
    ("in:body 天", lambda p: p.shows("天", where="body")),
    ("in:subject 天 OR bread", lambda p: p.shows("天", where="subject") or p.has("bread", where="subject")),
    ("in:body 東京 -猫", lambda p: p.has("東京", where="body") and not p.shows("猫", where="body")),
    # filters
    ("author:ana", lambda p: p.author == "Ana"),
    ("author:ANA bread", lambda p: p.author == "Ana" and p.has("bread")),
    ("author:@bram well", lambda p: p.author == "Bram" and p.has("well")),
    ("author:ana author:bram well", lambda p: p.author in ("Ana", "Bram") and p.has("well")),
    ("author:nobody bread", lambda p: False),
    ("forum:kitchen", lambda p: p.forum == "Kitchen"),
    ('forum:"The Lounge" bread', lambda p: p.forum == "The lounge" and p.has("bread")),
    ("forum:the-lounge bread", lambda p: p.forum == "The lounge" and p.has("bread")),
    ("forum:kitchen forum:the-lounge bread", lambda p: p.forum in ("Kitchen", "The lounge") and p.has("bread")),
    ("forum:nowhere bread", lambda p: False),
    ("in:subject bread", lambda p: p.has("bread", where="subject")),
    ("in:body bread", lambda p: p.has("bread", where="body")),
    ("in:subject bread -water", lambda p: p.has("bread", where="subject") and not p.has("water", where="subject")),
    ('in:subject "well runs"', lambda p: p.has("well runs", where="subject")),
    ("has:link", lambda p: p.link),
    ("has:link map", lambda p: p.link and p.has("map")),
    ("has:image", lambda p: p.image),
    ("is:op", lambda p: p.op),
    ("is:reply", lambda p: not p.op),
    ("is:reply bread", lambda p: not p.op and p.has("bread")),
    ("-is:op bread", lambda p: not p.op and p.has("bread")),
    ("is:op is:reply", lambda p: False),
    ("after:2026-09-20", lambda p: p.at >= day("2026-09-20")),
    ("before:2026-09-20", lambda p: p.at < day("2026-09-20")),
    ("before:2026-10 after:2026-09-15", lambda p: day("2026-09-15") <= p.at < day("2026-10-01")),
    ("after:2026-09-10 -猫 -bread", lambda p: p.at >= day("2026-09-10") and not p.shows("猫") and not p.has("bread")),
    ("bread after:2026", lambda p: p.has("bread")),
    ("bread before:2026", lambda p: False),
    (
        'author:bram forum:kitchen is:reply after:2026-09 "the oven" -slow',
        lambda p: p.author == "Bram" and p.forum == "Kitchen" and not p.op and p.has("the oven") and not p.has("slow"),
    ),
]


@pytest.fixture
def village(cast: Cast) -> Village:
    return build(cast)


OPEN = ("Kitchen", "The lounge")
EVERY = (*OPEN, "The den")


def found(text: str, village: Village, **more: object) -> list[int]:
    """All that is found, over all pages."""
    sight = sight_of_guests()
    ids: list[int] = []
    below = None
    while True:
        answer = find(text, sight, below=below, size=7, **more)  # type: ignore[arg-type]
        ids += [post.post_id for post in answer.posts]
        if not answer.more:
            return ids
        below = answer.below


def test_every_query_finds_what_an_oracle_finds_for_a_guest_and_for_a_member(village: Village) -> None:
    assert len(QUERIES) >= 60
    wrong = []
    ana = sight_of(village.cast.ana)
    for text, wanted in QUERIES:
        if found(text, village) != village.answer(wanted, OPEN):
            wrong.append(("guest", text))
        all_of_them = find(text, ana, size=1000)
        if [post.post_id for post in all_of_them.posts] != village.answer(wanted, EVERY):
            wrong.append(("Ana", text))
    assert wrong == []
    # The table is worth something only if most of it finds something and nothing of it finds everything.
    sizes = [len(village.answer(wanted, EVERY)) for _text, wanted in QUERIES]
    assert sum(size > 0 for size in sizes) > len(sizes) * 0.75
    assert max(sizes) < len(village.posts)


def test_best_match_finds_the_same_posts_in_another_order(village: Village) -> None:
    sight = sight_of_guests()
    for text, wanted in QUERIES:
        best = find(text, sight, best=True, size=1000)
        assert sorted(post.post_id for post in best.posts) == sorted(village.answer(wanted, OPEN)), text


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one way of looking")
@pytest.mark.parametrize(
    "way", [Way(5, 1), Way(3, 64), Way(0, 1), Way(0, 5), Way(0, 0)], ids=["walking", "little", "one", "five", "all"]
)
def test_every_way_of_looking_on_postgresql_finds_the_same(
    village: Village, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    monkeypatch.setattr(matching, "way", lambda limit, estimate: way)
    for text, wanted in QUERIES:
        assert found(text, village) == village.answer(wanted, OPEN), text
        best = find(text, sight_of_guests(), best=True, size=1000)
        assert sorted(post.post_id for post in best.posts) == sorted(village.answer(wanted, OPEN)), text


def test_the_way_is_chosen_by_what_is_expected() -> None:
    everything = 1_000_000.0

    def chosen(matches: float, limit: int = 26) -> Way:
        return matching.way(limit, Estimate(matches, everything, everything, (15e3, 6e4, 24e4, everything)))

    assert chosen(0) == chosen(200) == Way(0, 0)
    assert chosen(2_000) == Way(0, 2)
    assert chosen(10_000) == Way(0, 1)
    assert chosen(300_000).walked == 158
    assert chosen(10_000, 2_000) == Way(0, 17)
    assert chosen(2_000, 2_000) == Way(0, 0)
    assert chosen(600_000, 2_000).walked == 4_216


def test_days_are_the_readers_own(village: Village) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    first = village.posts[0]
    assert first.at > BEGAN
    local = first.at.astimezone(tokyo).date().isoformat()
    assert first.id in found(f"after:{local} before:2027", village, zone=tokyo)
