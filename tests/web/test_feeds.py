"""Feeds: what an outside reader makes of them, what stands in them, and what never does."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from django.conf import settings
from django.test import Client
from tests.cast import MORNING, Cast, at, original, signed_in

from palaver.accounts import settling
from palaver.forums import posting, recommending, withdrawing
from palaver.forums.models import Post, PostBody
from palaver.web import feeds

ATOM = "{http://www.w3.org/2005/Atom}"
THREADING = "{http://purl.org/syndication/thread/1.0}"
HERE = settings.PALAVER_ORIGIN
NASTY = "</title>]]><script>alert(1)</script> & \x08\x1f\ufffe “quoted” \u202e"
LISTS = ("/feed", "/latest", "/newest", "/recommended", "/unanswered", "/c/life/feed", "/f/the-lounge/feed", "/record")


def entry(**more: Any) -> feeds.Entry:
    values: dict[str, Any] = {
        "id": "/p/1",
        "href": "/t/1/rye",
        "title": "Rye",
        "html": "<p>Mine was rye.</p>",
        "published": MORNING,
        "updated": MORNING,
    }
    return feeds.Entry(**{**values, **more})


FEED = feeds.Feed("Bread – Millbrook", "/f/bread/", "/f/bread/feed", "Loaves.", "en", "Millbrook")


def atom(address: str, client: Client | None = None) -> ElementTree.Element:
    answer = (client or Client()).get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return ElementTree.fromstring(answer.content)


def titles(address: str) -> list[str]:
    return [str(one.findtext(f"{ATOM}title")) for one in atom(address).iter(f"{ATOM}entry")]


def faults(root: ElementTree.Element) -> list[str]:
    """What RFC 4287 asks of a feed and this one lacks (its sections 4.1.1, 4.1.2, 4.2.6, 3.3, 4.2.7)."""
    found = []
    for node, name in [(root, "feed"), *((one, "entry") for one in root.findall(f"{ATOM}entry"))]:
        for part in ("id", "title", "updated"):
            if len(node.findall(ATOM + part)) != 1:
                found.append(f"{name} has {len(node.findall(ATOM + part))} {part}")
        for link in node.findall(f"{ATOM}link"):
            if not link.get("href", "").startswith("http"):
                found.append(f"{name} links to {link.get('href')}")
        if len(node.findall(f"{ATOM}link[@rel='alternate']")) != 1:
            found.append(f"{name} has not one alternate")
        for instant in ("updated", "published"):
            for one in node.findall(ATOM + instant):
                if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one.text or ""):
                    found.append(f"{name} {instant} {one.text}")
    if root.find(f"{ATOM}link[@rel='self']") is None or root.find(f"{ATOM}author/{ATOM}name") is None:
        found.append("no self or author")
    ids = [one.findtext(f"{ATOM}id") for one in root.findall(f"{ATOM}entry")]
    return found + (["ids twice"] if len(ids) != len(set(ids)) else [])


def test_an_outside_reader_understands_every_part() -> None:
    made = feeds.atom(FEED, [entry(author="Ana", author_href="/m/Ana", category="Bread", replies=3, answers="/p/0")])
    read = feedparser.parse(made)
    assert not read.bozo
    assert (read.version, read.feed.title, read.feed.link) == ("atom10", "Bread – Millbrook", f"{HERE}/f/bread/")
    (one,) = read.entries
    assert (one.id, one.link, one.title, one.author) == (f"{HERE}/p/1", f"{HERE}/t/1/rye", "Rye", "Ana")
    assert (one.content[0].type, one.content[0].value) == ("text/html", "<p>Mine was rye.</p>")
    assert [tag.term for tag in one.tags] == ["Bread"]
    assert datetime(*one.updated_parsed[:6], tzinfo=UTC) == MORNING
    assert one["thr_total"] == "3"
    assert faults(ElementTree.fromstring(made)) == []


def test_a_feed_that_breaks_the_rules_is_noticed() -> None:
    made = feeds.atom(FEED, [entry(), entry()])
    assert faults(ElementTree.fromstring(made)) == ["ids twice"]
    assert faults(ElementTree.fromstring(made.replace(b"<updated>2026-11-02T09", b"<updated>2 Nov 2026, 09"))) != []
    assert feedparser.parse(made[:-9]).bozo


def test_what_strangers_write_stays_text() -> None:
    made = feeds.atom(FEED._replace(title=NASTY), [entry(title=NASTY, author=NASTY, category=NASTY, summary=NASTY)])
    root = ElementTree.fromstring(made)
    assert root.find(f".//{ATOM}script") is None and b"<script" not in made
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == NASTY.replace("\x08\x1f\ufffe", "\ufffd\ufffd\ufffd")
    assert not feedparser.parse(made).bozo
    item = json.loads(feeds.json(FEED, [entry(title=NASTY)]))["items"][0]
    assert "\x08" not in item["title"] and "<script>" in item["title"]


def test_addresses_in_a_text_are_whole_and_leaps_lead_to_the_page() -> None:
    html = (
        '<p><a href="/m/Ana" class="mention">@Ana</a> <a href="#fn-1">1</a> <a href="//evil.example/">x</a>'
        '<a href="https://example.org/?a=1&amp;b=2">y</a><img src="/files/1.png" alt="a &quot;b&quot;"></p>'
    )
    root = ElementTree.fromstring(feeds.atom(FEED, [entry(html=html)]))
    content = str(root.findtext(f"{ATOM}entry/{ATOM}content"))
    assert f'href="{HERE}/m/Ana"' in content and f'href="{HERE}/p/1#fn-1"' in content
    assert f'src="{HERE}/files/1.png"' in content and 'alt="a &quot;b&quot;"' in content
    assert 'href="https://example.org/?a=1&amp;b=2"' in content and 'href="//evil.example/"' in content


def test_an_empty_feed_is_a_feed_and_the_same_every_time() -> None:
    assert faults(ElementTree.fromstring(feeds.atom(FEED, []))) == []
    assert feeds.atom(FEED, []) == feeds.atom(FEED, [])
    assert json.loads(feeds.json(FEED, []))["items"] == []


def test_every_list_has_both_feeds_and_its_page_names_them(cast: Cast) -> None:
    thread = cast.thread()
    reply = cast.reply(thread)
    recommending.recommend(original(thread), by=cast.bram)
    pages = {
        "/feed": "/",
        "/c/life/feed": "/c/life/",
        "/f/the-lounge/feed": "/f/the-lounge/",
        "/m/Ana/feed": "/m/Ana",
        f"/t/{thread.pk}/feed": f"/t/{thread.pk}/{thread.slug}",
    }
    for address in (*LISTS, "/m/Ana/feed", f"/t/{thread.pk}/feed"):
        page = Client().get(pages.get(address, address)).content.decode()
        for ending, kind in (("atom", "application/atom+xml"), ("json", "application/feed+json")):
            link = re.search(f'<link rel="alternate" type="{re.escape(kind)}"[^>]* href="([^"]*)"', page)
            assert link and link[1] == f"{address}.{ending}", (address, link and link[0])
        read = feedparser.parse(Client().get(f"{address}.atom").content)
        assert not read.bozo, address
        assert faults(atom(f"{address}.atom")) == [], address
        answer = Client().get(f"{address}.json")
        made = json.loads(answer.content)
        assert answer["Content-Type"].startswith("application/feed+json")
        assert made["version"] == "https://jsonfeed.org/version/1.1" and made["feed_url"] == f"{HERE}{address}.json"
        assert len(read.entries) == len(made["items"]) > 0 or address == "/unanswered", address
        assert [one.id for one in read.entries] == [one["id"] for one in made["items"]]
    assert f"{HERE}/p/{reply.pk}" in [
        one.id for one in feedparser.parse(Client().get(f"/t/{thread.pk}/feed.atom").content).entries
    ]


def test_a_feed_has_the_order_and_the_texts_of_its_list(cast: Cast) -> None:
    with at(MORNING):
        first = cast.thread("First", text="One **loaf**.")
    with at(MORNING + timedelta(hours=1)):
        cast.thread("Second")
    with at(MORNING + timedelta(hours=2)):
        cast.reply(first)
    assert titles("/newest.atom") == ["Second", "First"]
    assert titles("/latest.atom") == ["First", "Second"]
    assert titles("/unanswered.atom") == ["Second"]
    made = atom("/latest.atom").findall(f"{ATOM}entry")[0]
    assert made.findtext(f"{ATOM}content") == PostBody.objects.get(post=original(first)).html
    assert made.findtext(f"{THREADING}total") == "1"
    assert made.findtext(f"{ATOM}updated") == made.findtext(f"{ATOM}published") == "2026-11-02T09:00:00Z"


def test_the_recommended_feed_has_a_window(cast: Cast) -> None:
    with at(MORNING - timedelta(days=3)):
        old = cast.thread("Old")
        recommending.recommend(original(old), by=cast.bram)
    with at(MORNING):
        assert titles("/recommended.atom?in=day") == []
        assert titles("/recommended.atom") == ["Old"]
    assert Client().get("/recommended.atom?in=century").status_code == 404


def test_a_threads_feed_has_its_replies_newest_first_and_what_they_answer(cast: Cast) -> None:
    thread = cast.thread()
    one = cast.reply(thread, text="Oat.")
    two = cast.reply(thread, by=cast.ana, text="Both.", answers=one, subject="Or both")
    root = atom(f"/t/{thread.pk}/feed.atom")
    made = root.findall(f"{ATOM}entry")
    assert [item.findtext(f"{ATOM}title") for item in made] == [
        "Or both",
        "#1 in: What did you bake?",
        "What did you bake?",
    ]
    assert made[0].find(f"{THREADING}in-reply-to").get("ref") == f"{HERE}/p/{one.pk}"  # type: ignore[union-attr]
    assert made[0].findtext(f"{ATOM}id") == f"{HERE}/p/{two.pk}"
    assert made[0].find(f"{ATOM}link").get("href") == f"{HERE}/t/{thread.pk}/post/2"  # type: ignore[union-attr]


def test_an_edited_post_is_updated_and_keeps_its_id(cast: Cast) -> None:
    with at(MORNING):
        thread = cast.thread()
    before = atom("/latest.atom").find(f"{ATOM}entry")
    with at(MORNING + timedelta(hours=5)):
        posting.edit(original(thread), by=cast.ana, text="Mine was *spelt*.")
    after = atom("/latest.atom").find(f"{ATOM}entry")
    assert before is not None and after is not None
    assert before.findtext(f"{ATOM}id") == after.findtext(f"{ATOM}id")
    assert before.findtext(f"{ATOM}published") == after.findtext(f"{ATOM}published")
    assert after.findtext(f"{ATOM}updated") == "2026-11-02T14:00:00Z"
    assert "<em>spelt</em>" in str(after.findtext(f"{ATOM}content"))


def test_a_withdrawn_post_leaves_every_feed(cast: Cast) -> None:
    thread = cast.thread("Gone", text="Zanzibarquokka.")
    reply = cast.reply(thread, text="Quokkazanzibar.")
    recommending.recommend(original(thread), by=cast.bram)
    addresses = [
        *(f"{one}.atom" for one in LISTS),
        f"/t/{thread.pk}/feed.atom",
        "/m/Ana/feed.atom",
        "/m/Bram/feed.json",
    ]
    held = "".join(Client().get(one).content.decode() for one in addresses)
    assert "Zanzibarquokka" in held and "Quokkazanzibar" in held
    withdrawing.withdraw(reply, by=cast.bram)
    withdrawing.withdraw(original(thread), by=cast.ana)
    for address in addresses:
        shown = Client().get(address).content.decode()
        assert "Zanzibarquokka" not in shown and "Quokkazanzibar" not in shown, address
    assert titles("/latest.atom") == []


@pytest.mark.parametrize("who", ["guest", "ana", "odile"])
def test_what_a_gate_keeps_is_in_no_feed_whoever_asks(cast: Cast, who: str) -> None:
    """A feed is the same for everybody; its address may be handed on, so it holds what guests may read."""
    inside = cast.thread("Zanzibarquokka", forum=cast.den)
    cast.reply(inside, text="Zanzibarquokka.")
    recommending.recommend(original(inside), by=cast.bram)
    cast.thread("In the open")
    client = Client() if who == "guest" else signed_in(getattr(cast, who))
    for address in (*LISTS, "/m/Ana/feed", "/m/Bram/feed"):
        for ending in ("atom", "json"):
            answer = client.get(f"{address}.{ending}")
            assert answer.status_code == 200 and b"Zanzibarquokka" not in answer.content, address
    for address in ("/f/the-den/feed.atom", f"/t/{inside.pk}/feed.json"):
        answer = client.get(address)
        assert answer.status_code == 403 and b"Zanzibarquokka" not in answer.content
    page = signed_in(cast.ana).get("/f/the-den/").content.decode()
    assert "Zanzibarquokka" in page and 'rel="alternate"' not in page
    assert "In the open" in client.get("/latest.atom").content.decode()


def test_a_reader_who_has_it_is_told_so_until_it_changes(cast: Cast) -> None:
    thread = cast.thread()
    reply = cast.reply(thread)
    for address in ("/latest.atom", "/recommended.json", f"/t/{thread.pk}/feed.atom"):
        first = Client().get(address)
        again = Client().get(address, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b""), address
    # A date alone proves nothing: a withdrawal leaves the newest date as it was.
    address = f"/t/{thread.pk}/feed.atom"
    first = Client().get(address)
    withdrawing.withdraw(reply, by=cast.bram)
    told = {"if-none-match": first["ETag"], "if-modified-since": first["Last-Modified"]}
    assert Client().get(address, headers=told).status_code == 200
    assert Client().get(address, headers={"if-modified-since": first["Last-Modified"]}).status_code == 200


def test_guests_feeds_may_be_kept_except_the_one_that_moves_with_time(cast: Cast) -> None:
    thread = cast.thread()
    for address in ("/latest.atom", "/f/the-lounge/feed.json", f"/t/{thread.pk}/feed.atom", "/m/Ana/feed.atom"):
        answer = Client().get(address)
        assert getattr(answer, "cache_words", None), address
        assert not answer.cookies
    assert not hasattr(Client().get("/recommended.atom"), "cache_words")


def test_a_former_name_leads_to_the_feed_of_the_present_one(cast: Cast) -> None:
    cast.thread()
    settling.settle(cast.ana, name="Anneliese")
    answer = Client().get("/m/Ana/feed.atom")
    assert (answer.status_code, answer["Location"]) == (301, "/m/Anneliese/feed.atom")


@pytest.mark.parametrize(
    "address",
    ["/f/nowhere/feed.atom", "/c/nowhere/feed.json", "/t/999/feed.atom", "/m/Nobody/feed.atom", "/latest.rss"],
)
def test_there_is_no_feed_of_nothing(cast: Cast, address: str) -> None:
    assert cast.lounge
    assert Client().get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_feed_costs_few_statements_however_long(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for n in range(3):
        cast.reply(cast.thread(f"Thread {n}"))
    Client().get("/latest.atom")
    with django_assert_max_num_queries(2):
        Client().get("/latest.atom")
    with django_assert_max_num_queries(3):
        Client().get(f"/t/{Post.objects.all()[0].thread_id}/feed.atom")
