"""The door of one worker: who gets a page from the cache, who does not, and what a change does to it."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path as route

from palaver.front import compression
from palaver.front.door import Door
from palaver.front.exchange import Answer, Headers, Reply, Request
from palaver.front.given import Front
from palaver.front.words import Words


class Site:
    text = "first"
    rendered = 0
    during: Callable[[], None] = staticmethod(lambda: None)
    response: Callable[[HttpResponse], None] = staticmethod(lambda response: None)


def page(request: HttpRequest) -> HttpResponse:
    Site.rendered += 1
    text = Site.text
    Site.during()
    response = HttpResponse(f"<p>{text}</p>" + "a word or two " * 100)
    response.cache_words = frozenset({"thread:1"})  # type: ignore[attr-defined]
    Site.response(response)
    return response


urlpatterns = [route("pages", page)]


class Kept(Reply):
    """A reply that keeps its answer."""

    answer: Answer | None = None

    def __init__(self) -> None:
        super().__init__()
        self.said = asyncio.Event()

    def send(self, answer: Answer) -> None:
        self.answer = answer
        self.said.set()
        self._close()

    def start(self, status: int, headers: Headers) -> None:
        raise AssertionError("nothing is streamed here")


class House:
    def __init__(self, home: Path, **more: Any) -> None:
        front = Front(
            load=WSGIHandler,
            home_run=home,
            queries=lambda where: ("page", "view") if where == "/pages" else None,
            private_cookies=("session", "messages"),
            variant=lambda language, cookies: (
                ("de" if language.startswith("de") else "en") + ("/dark" if "theme=dark" in cookies else "")
            ),
            hosts=frozenset({"forum.example", "127.0.0.1:8000"}),
        )
        self.words = Words(home / "words")
        self.door = Door(dataclasses.replace(front, **more), WSGIHandler(), self.words)
        self.loop = asyncio.new_event_loop()
        self.door.start(self.loop, 0)

    def close(self) -> None:
        self.door.stop(5)
        self.loop.close()

    def request(self, query: str = "", **headers: str) -> Request:
        named = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
        return Request("GET", b"/pages", query.encode(), {b"host": b"forum.example", **named})

    async def _ask(self, request: Request) -> Answer:
        quick = self.door.quick(request)
        if quick is not None:
            return quick
        reply = Kept()
        self.door.take(request, reply)
        await asyncio.wait_for(reply.said.wait(), 20)
        assert reply.answer is not None
        return reply.answer

    def ask(self, query: str = "", **headers: str) -> Answer:
        return self.loop.run_until_complete(self._ask(self.request(query, **headers)))

    def renders(self, query: str = "", **headers: str) -> bool:
        before = Site.rendered
        self.ask(query, **headers)
        return Site.rendered > before


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    Site.text, Site.rendered = "first", 0
    Site.during, Site.response = staticmethod(lambda: None), staticmethod(lambda response: None)
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["*"]):
        house = House(tmp_path)
        yield house
        house.close()


def header(answer: Answer, name: bytes) -> bytes:
    return dict(answer.headers)[name]


def test_a_guest_gets_a_page_from_memory_until_one_of_its_words_changes(house: House) -> None:
    assert house.renders() and not house.renders()
    house.words.bump(["thread:2"])
    assert not house.renders()
    Site.text = "second"
    house.words.bump(["thread:1"])
    assert b"second" in house.ask().body


def test_nothing_is_kept_or_given_while_a_change_is_in_flight(house: House) -> None:
    house.ask()
    house.words.pending(["thread:1"])
    assert house.renders() and house.renders()
    house.words.settle(["thread:1"])
    assert house.renders() and not house.renders()


@pytest.mark.parametrize("known", [False, True])
def test_a_page_that_changed_while_it_was_rendered_is_not_kept(house: House, known: bool) -> None:
    if known:
        house.ask()
        house.words.bump(["thread:1"])
    Site.during = staticmethod(lambda: house.words.bump(["thread:1"]))
    house.ask()
    Site.during = staticmethod(lambda: None)
    assert house.renders()


def test_a_page_rendered_before_is_kept_though_other_things_changed_meanwhile(house: House) -> None:
    Site.during = staticmethod(lambda: house.words.bump(["elsewhere"]))
    assert house.renders() and house.renders(), "its words were not known before, so any change counts"
    assert not house.renders(), "now they are"


def test_members_and_readers_with_messages_or_credentials_never_meet_the_cache(house: House) -> None:
    house.ask()
    assert house.renders(cookie="a=1; session=x")
    assert house.renders(cookie="messages=x")
    assert house.renders(authorization="Bearer x")
    assert not house.renders(cookie="analytics=x")


def test_language_theme_and_query_tell_pages_apart_and_unknown_parameters_pass_by(house: House) -> None:
    house.ask()
    assert house.renders(accept_language="de") and not house.renders(accept_language="de-AT")
    assert house.renders(cookie="theme=dark")
    assert house.renders("page=2&view=tree") and not house.renders("view=tree&page=2")
    assert house.renders("page=2&other=1") and house.renders("page=2&other=1")
    assert house.renders("page=2&page=3") and house.renders("page=2&page=3")


def test_a_page_is_not_kept_past_the_instant_it_names(house: House) -> None:
    Site.response = staticmethod(lambda r: setattr(r, "fresh_until", datetime.now(UTC) - timedelta(seconds=1)))
    assert house.renders() and house.renders()
    Site.response = staticmethod(lambda r: setattr(r, "fresh_until", datetime.now(UTC) + timedelta(hours=1)))
    assert house.renders() and not house.renders()


def test_what_sets_a_cookie_or_names_no_words_is_not_kept(house: House) -> None:
    Site.response = staticmethod(lambda response: response.set_cookie("a", "b"))
    assert house.renders() and house.renders()


def test_a_page_without_words_is_not_kept(house: House) -> None:
    Site.response = staticmethod(lambda response: delattr(response, "cache_words"))
    assert house.renders() and house.renders()


def test_a_page_that_failed_once_is_kept_when_it_succeeds(house: House) -> None:
    Site.response = staticmethod(lambda response: setattr(response, "status_code", 500))
    assert house.renders() and house.renders()
    Site.response = staticmethod(lambda response: None)
    assert house.renders() and not house.renders()


def test_an_unchanged_page_does_not_travel_again(house: House) -> None:
    first = house.ask(accept_encoding="br")
    tag = header(first, b"etag").decode()
    again = house.ask(accept_encoding="br", if_none_match=tag)
    assert (again.status, again.body) == (304, b"") and header(again, b"etag").decode() == tag
    Site.text = "second"
    house.words.bump(["thread:1"])
    assert house.ask(accept_encoding="br", if_none_match=tag).status == 200


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip", ""])
def test_each_reader_gets_the_encoding_they_take(house: House, encoding: str) -> None:
    import gzip

    import brotli
    import zstandard

    unpack = {"zstd": zstandard.decompress, "br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding]
    for _ in range(2):
        answer = house.ask(accept_encoding=encoding or "identity")
        assert unpack(answer.body).startswith(b"<p>first</p>")
        assert dict(answer.headers).get(b"content-encoding", b"").decode() == encoding
        assert header(answer, b"vary") == b"cookie, accept-language, accept-encoding"
        assert header(answer, b"cache-control") == b"private, no-cache"
    assert Site.rendered == 1
    member = house.ask(accept_encoding=encoding or "identity", cookie="session=x")
    assert unpack(member.body).startswith(b"<p>first</p>")


def test_readers_who_come_together_share_one_rendering(house: House) -> None:
    async def together() -> list[Answer]:
        return await asyncio.gather(*(house._ask(house.request()) for _ in range(20)))

    answers = house.loop.run_until_complete(together())
    assert Site.rendered == 1 and all(b"first" in answer.body for answer in answers)


def test_who_joins_a_rendering_after_a_change_does_not_get_what_was_before_it(house: House) -> None:
    rendering, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        rendering.set()
        go_on.wait(20)

    Site.during = staticmethod(hold)

    async def story() -> tuple[Answer, Answer]:
        first = asyncio.ensure_future(house._ask(house.request()))
        await asyncio.get_running_loop().run_in_executor(None, rendering.wait, 20)
        Site.text = "second"
        house.words.bump(["thread:1"])
        later = asyncio.ensure_future(house._ask(house.request()))
        await asyncio.sleep(0)
        go_on.set()
        return await first, await later

    first, later = house.loop.run_until_complete(story())
    assert b"first" in first.body and b"second" in later.body


def test_another_host_is_turned_away_with_a_sentence(house: House) -> None:
    for good in ("forum.example", "Forum.Example:443", "127.0.0.1:8000"):
        assert house.ask(host=good).status == 200
    for bad in ("evil.example", "127.0.0.1:9000", "forum.example.evil", ""):
        assert house.ask(host=bad).status == 421


def test_the_cache_keeps_to_its_bytes_and_to_what_is_read_again(tmp_path: Path) -> None:
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["*"]):
        Site.during, Site.response = staticmethod(lambda: None), staticmethod(lambda response: None)
        house = House(tmp_path, cache_bytes=60_000)
        try:
            for number in range(200):
                house.ask("page=favourite")
                house.ask(f"page={number}")
                assert house.door.cache.size <= 60_000
            assert not house.renders("page=favourite"), "a crawler's walk pushed it out"
            assert house.renders("page=3"), "what was read once has gone"
            living = sum(entry.size for entry in house.door.cache._entries.values())
            assert house.door.cache.size == living
        finally:
            house.close()


def test_encodings_are_chosen_by_what_the_reader_says() -> None:
    assert compression.choose(b"gzip, deflate, br, zstd") == "zstd"
    assert compression.choose(b"gzip;q=1.0, br;q=0.5") == "gzip"
    assert compression.choose(b"br;q=0, gzip") == "gzip"
    assert compression.choose(b"*") == "zstd"
    assert compression.choose(b"*;q=0") == compression.choose(b"identity") == compression.choose(b"") == ""
    assert compression.choose(b"zstd;q=nonsense, br") == "br"
