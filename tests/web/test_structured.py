"""What a page tells programs about itself: schema.org data and the few words for previews of links."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser
from tests.cast import Cast, original, signed_in

from palaver.forums import posting, recommending, withdrawing
from palaver.forums.models import Post, Thread
from palaver.project.serving import POLICY
from palaver.web import structured
from palaver.web.contexts import Link

pytestmark = pytest.mark.one_database

HERE = settings.PALAVER_ORIGIN
BREAKING = "</script><script>alert(1)</script><!--<script> & \u2028 “x” \\u003c"


class Blocks(HTMLParser):
    """Collects what a browser would take for the content of data blocks, and counts other inline scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self.inline = 0
        self._in = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._in = tag == "script" and given.get("type") == "application/ld+json"
        self.inline += tag == "script" and not self._in and "src" not in given
        if self._in:
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in = False

    def handle_data(self, data: str) -> None:
        if self._in:
            self.blocks[-1] += data


def graph(page: str) -> list[dict[str, Any]]:
    """The things of a page's one data block."""
    read = Blocks()
    read.feed(page)
    assert read.inline == 0
    if not read.blocks:
        return []
    (block,) = read.blocks
    data = json.loads(block)
    assert data["@context"] == "https://schema.org"
    return list(data["@graph"])


def thing(page: str, kind: str) -> dict[str, Any] | None:
    return next((one for one in graph(page) if one["@type"] == kind), None)


def shown(thread: Thread, client: Client | None = None) -> str:
    return (client or Client()).get(f"/t/{thread.pk}/{thread.slug}").content.decode()


def test_a_thread_is_a_posting_with_its_replies(cast: Cast) -> None:
    thread = cast.thread("What did you bake?", text="Mine was **rye** & oats.")
    reply = cast.reply(thread, text="Oat.")
    recommending.recommend(original(thread), by=cast.bram)
    posting.edit(original(thread), by=cast.ana, text="Mine was **rye** & barley.")
    made = thing(shown(thread), "DiscussionForumPosting")
    assert made is not None
    assert made["headline"] == "What did you bake?" and made["text"] == "Mine was rye & barley."
    assert made["url"] == f"{HERE}/t/{thread.pk}/{thread.slug}"
    assert made["author"] == {"@type": "Person", "name": "Ana", "url": f"{HERE}/m/Ana"}
    assert made["commentCount"] == 1 and made["datePublished"] <= made["dateModified"]
    counts = {
        one["interactionType"].rsplit("/", 1)[1]: one["userInteractionCount"] for one in made["interactionStatistic"]
    }
    assert counts == {"LikeAction": 1, "CommentAction": 1}
    (comment,) = made["comment"]
    assert comment["text"] == "Oat." and comment["author"]["name"] == "Bram"
    assert comment["url"] == f"{HERE}/t/{thread.pk}/{thread.slug}#p{reply.number}"


def test_the_way_to_a_page_is_told_in_steps(cast: Cast) -> None:
    made = thing(shown(cast.thread("Bread")), "BreadcrumbList")
    assert made is not None
    steps = [(one["position"], one["name"], one["item"].removeprefix(HERE)) for one in made["itemListElement"]]
    assert [name for _n, name, _item in steps] == ["Latest discussions", "Life", "The lounge", "Bread"]
    assert [n for n, _name, _item in steps] == [1, 2, 3, 4] and steps[2][2] == "/f/the-lounge/"


def test_no_subject_and_no_text_ends_the_block(cast: Cast) -> None:
    subject = "</script><script>alert(1)</script>"
    thread = cast.thread(subject, text=f"`{BREAKING}`")
    cast.reply(thread, text=BREAKING)
    made = thing(shown(thread), "DiscussionForumPosting")
    assert made is not None and made["headline"] == subject and subject in made["text"]
    block = structured.block([{"@type": "WebSite", "name": BREAKING}])
    assert block.count("</script>") == 1 and "<!--" not in block and "\u2028" not in block
    assert graph(block)[0]["name"] == BREAKING


def test_a_block_that_was_written_carelessly_is_noticed() -> None:
    data = json.dumps({"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": BREAKING}]})
    with pytest.raises((AssertionError, ValueError)):
        graph(f'<script type="application/ld+json">{data}</script>')


def test_a_withdrawn_post_is_told_to_nobody(cast: Cast) -> None:
    thread = cast.thread("Gone", text="Zanzibarquokka.")
    reply = cast.reply(thread, text="Quokkazanzibar.")
    withdrawing.withdraw(reply, by=cast.bram)
    made = thing(shown(thread), "DiscussionForumPosting")
    assert made is not None and made["comment"] == []
    withdrawing.withdraw(original(thread), by=cast.ana)
    assert thing(shown(thread), "DiscussionForumPosting") is None
    assert "Zanzibarquokka" not in shown(thread)


def test_members_pages_do_not_carry_it(cast: Cast) -> None:
    thread = cast.thread()
    assert graph(shown(thread))
    page = shown(thread, signed_in(cast.bram))
    assert graph(page) == [] and "og:title" not in page


def test_previews_of_links_have_their_words(cast: Cast) -> None:
    thread = cast.thread('Bread "and" butter', text="Mine was rye.")
    page = shown(thread)

    def told(name: str) -> str:
        found = re.search(f'<meta (?:property|name)="{name}" content="([^"]*)"', page)
        assert found, name
        return found[1]

    assert told("og:title") == "Bread &#34;and&#34; butter" and told("og:url") == f"{HERE}/t/{thread.pk}/{thread.slug}"
    assert told("og:description") == told("description") == "Mine was rye."
    assert told("og:type") == "website" and told("twitter:card") == "summary" and told("og:site_name")


def test_the_front_page_says_what_the_site_is(cast: Cast) -> None:
    cast.thread()
    made = thing(Client().get("/").content.decode(), "WebSite")
    assert made is not None and made["url"] == f"{HERE}/" and made["description"]
    assert thing(Client().get("/latest").content.decode(), "WebSite") is None


def test_a_long_text_is_cut_and_a_trail_of_nothing_is_not_told() -> None:
    assert len(structured._text("<p>" + "word " * 5000)) <= structured.TEXT + 1
    assert structured.trail([], "Home", "/") == [] == structured.trail([Link("a", "/a")], "b", "")


@pytest.mark.django_db(transaction=True)
def test_the_statements_of_a_guests_thread_stay_as_they_were(cast: Cast, django_assert_max_num_queries: Any) -> None:
    thread = cast.thread()
    cast.reply(thread)
    shown(thread)
    with django_assert_max_num_queries(2):
        shown(thread)
    assert Post.objects.count() == 2


def test_the_policy_of_our_pages_lets_the_block_be(browser: Browser) -> None:
    """Data is not run, so the policy against inline scripts has nothing to say to it; an inline script it does stop."""
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text))

    def answer(route: Any) -> None:
        body = "<!doctype html><title>x</title>" + (
            str(structured.block([{"@type": "WebSite", "name": BREAKING}]))
            if "data" in route.request.url
            else "<script>document.title = 'ran'</script>"
        )
        route.fulfill(
            body=body, headers={"content-type": "text/html; charset=utf-8", "content-security-policy": POLICY}
        )

    page.route("http://palaver.test/**", answer)
    page.goto("http://palaver.test/data")
    assert said == []
    data = page.evaluate("JSON.parse(document.querySelector('script').textContent)['@graph'][0].name")
    assert data == BREAKING and page.title() == "x"
    page.goto("http://palaver.test/script")
    assert page.title() == "x" and any("Content Security Policy" in line for line in said)
    page.close()
