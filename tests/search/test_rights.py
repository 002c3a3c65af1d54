"""Nobody finds what they may not read, or what they have put out of their own sight; nothing of it shows through."""

from __future__ import annotations

import re

from django.test import Client

from palaver.forums import placing, withdrawing
from palaver.reading import ignoring, trashing
from palaver.search.finding import find
from palaver.search.sight import sight_of, sight_of_guests
from tests.cast import Cast, fresh, signed_in

CANARY = "kanarienvogel"


def found(cast: Cast, client: Client, query: str = CANARY) -> bool:
    html = client.get("/search", {"q": query}).content.decode()
    body = html.partition("<main")[2].partition('class="find-more"')[0] if "find-head" in html else ""
    return "find-head" in html and CANARY in body


def test_a_forum_with_an_audience_is_searched_by_its_audience_only(cast: Cast) -> None:
    thread = cast.thread(f"On the {CANARY}", forum=cast.den, text=f"The {CANARY} sings.")
    cast.reply(thread, text=f"It is a {CANARY}.")
    for text in (
        CANARY,
        f'"the {CANARY}"',
        f"{CANARY} OR x",
        "author:ana",
        "is:op",
        "after:2026",
        f"in:thread:{thread.pk}",
    ):
        for client in (Client(), signed_in(cast.kaya), signed_in(cast.chidi)):
            assert f"/t/{thread.pk}/" not in client.get("/search", {"q": text}).content.decode(), text
            assert f"/t/{thread.pk}/" not in client.get("/search", {"q": text, "order": "best"}).content.decode(), text
    for client in (signed_in(cast.ana), signed_in(cast.bram), signed_in(cast.odile)):
        assert f"/t/{thread.pk}/" in client.get("/search", {"q": CANARY}).content.decode()


def test_a_closed_forum_is_as_unknown_as_one_that_does_not_exist(cast: Cast) -> None:
    cast.thread(forum=cast.den)
    kaya = signed_in(cast.kaya)
    closed = kaya.get("/search", {"q": "rye forum:the-den"}).content.decode()
    nowhere = kaya.get("/search", {"q": "rye forum:the-dec"}).content.decode()
    token = re.compile(r'value="\w{64}"')
    assert token.sub("", closed.replace("the-den", "the-dec")) == token.sub("", nowhere)


def test_who_is_let_out_of_an_audience_finds_nothing_there_any_more(cast: Cast) -> None:
    cast.thread(forum=cast.den, text=CANARY)
    bram = signed_in(cast.bram)
    assert "find-head" in bram.get("/search", {"q": CANARY}).content.decode()
    cast.den.admissions.filter(member=cast.bram).delete()
    assert "find-head" not in bram.get("/search", {"q": CANARY}).content.decode()


def test_a_forum_that_is_closed_later_is_not_found_from_then_on(cast: Cast) -> None:
    cast.thread(forum=cast.kitchen, text=CANARY)
    assert len(find(CANARY, sight_of_guests()).posts) == 1
    placing.change_forum(cast.kitchen, by=cast.odile, who_reads="members")
    assert len(find(CANARY, sight_of_guests()).posts) == 0
    assert len(find(CANARY, sight_of(cast.kaya)).posts) == 1


def test_a_withdrawn_post_shows_in_no_search_of_anybody(cast: Cast) -> None:
    thread = cast.thread()
    post = cast.reply(thread, text=CANARY)
    withdrawing.withdraw(post, by=cast.bram)
    for member in (cast.bram, cast.ana, cast.odile):
        assert find(CANARY, sight_of(member)).posts == []


def test_ones_own_trash_and_ignore_list_remove_rows_and_move_none(cast: Cast) -> None:
    one = cast.thread("One about goats", text=CANARY)
    two = cast.thread("Two", forum=cast.kitchen, text=CANARY)
    three = cast.thread("Three", by=cast.bram, text=CANARY)
    four = cast.thread("Four", text=CANARY)
    reply = cast.reply(one, by=cast.chidi, text=f"a reply: {CANARY}")
    kaya = cast.kaya

    def threads() -> list[int]:
        return [post.thread_id for post in find(CANARY, sight_of(fresh(kaya))).posts]

    assert threads() == [reply.thread_id, four.pk, three.pk, two.pk, one.pk]
    trashing.trash_keyword("Goats", by=kaya)
    assert threads() == [four.pk, three.pk, two.pk]
    trashing.trash_forum(cast.kitchen, by=kaya)
    assert threads() == [four.pk, three.pk]
    ignoring.ignore(cast.bram, by=kaya)
    assert threads() == [four.pk]
    trashing.trash_thread(four, by=kaya)
    assert threads() == []
    assert len(find(CANARY, sight_of(cast.ana)).posts) == 5


def test_a_page_is_full_although_much_is_in_the_trash(cast: Cast) -> None:
    kept = cast.thread("Kept", text=CANARY)
    goats = cast.thread("Goats", text=CANARY)
    for _ in range(40):
        cast.reply(goats, text=CANARY)
    trashing.trash_keyword("goats", by=cast.kaya)
    answer = find(CANARY, sight_of(fresh(cast.kaya)), size=5)
    assert [post.thread_id for post in answer.posts] == [kept.pk]
    assert not answer.more
