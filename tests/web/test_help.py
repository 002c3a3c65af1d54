"""Help: every page is there, every link in it leads somewhere, every word of it can be found."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast, signed_in

from palaver.web.help import topics
from palaver.web.templating import TEMPLATES

pytestmark = pytest.mark.one_database

KEYS = sorted(topics.TOPICS)


@pytest.fixture(autouse=True)
def a_community(cast: Cast) -> None:
    """Before there is one, every page leads to its set-up."""
    assert cast.lounge


class Page(HTMLParser):
    """The ids, links and headings of a page's main part."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a":
            self.links.append(str(given["href"]))
        if tag in {"h1", "h2", "h3"}:
            self.headings.append(tag)


def get(path: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def main(html: str) -> str:
    return html.split("<main", 1)[1].split("</main>", 1)[0]


def found(query: str) -> list[str]:
    """Where a search in the help leads."""
    page = main(get(f"/help/?q={query}")).split("<h2>", 1)[1].split("<h2>", 1)[0]
    return re.findall(r'<a class="plain" href="(/help/[^"]*)"', page)


def test_there_is_a_page_for_what_a_member_does() -> None:
    expected = {
        "start",
        "reading",
        "writing",
        "orders",
        "notices",
        "joining",
        "privacy",
        "feeds",
        "keyboard",
        "juries",
        "hosts",
    }
    assert expected <= set(KEYS)
    assert {path.stem for path in (TEMPLATES / "help" / "parts").glob("*.html")} == set(KEYS)


@pytest.mark.django_db
def test_the_index_leads_to_every_page_and_each_page_to_the_others() -> None:
    index = main(get("/help/"))
    for key in KEYS:
        assert f'href="/help/{key}"' in index
        if key != "orders":
            links = Page(main(get(f"/help/{key}"))).links
            assert {f"/help/{other}" for other in KEYS if other != key} <= set(links), key
    assert Client().get("/help/nothing").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("key", KEYS)
def test_every_page_has_its_sections_and_no_link_leads_astray(key: str) -> None:
    page = Page(get(f"/help/{key}"))
    headings = Page(main(get(f"/help/{key}"))).headings
    assert headings[0] == "h1" and set(headings[1:]) == {"h2"}
    assert len(page.ids) == len(set(page.ids))
    sections = [section.anchor for section in topics.sections(key)]
    assert sections and set(sections) <= set(page.ids)
    for link in Page(main(get(f"/help/{key}"))).links:
        path, _hash, anchor = link.partition("#")
        if not path:
            assert anchor in page.ids, link
            continue
        answer = Client().get(path)
        assert answer.status_code in {200, 302}, link
        assert answer.status_code == 200 or answer["Location"].startswith("/account/login/"), link
        if anchor:
            assert anchor in Page(answer.content.decode()).ids, link


@pytest.mark.django_db
def test_the_help_that_pages_point_to_is_there(cast: Cast) -> None:
    """Wherever a template names an address of the help, page and section exist."""
    named = set()
    for path in TEMPLATES.rglob("*.html"):
        named |= set(re.findall(r'href=\\?"(/help/[a-z/#-]*)\\?"', path.read_text(encoding="utf-8")))
    assert "/help/start" in named and "/help/" in named
    for address in named:
        path, _hash, anchor = address.partition("#")
        ids = Page(get(path)).ids
        assert not anchor or anchor in ids, address


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("spoiler", "/help/writing#text"),
        ("spoil", "/help/writing#text"),
        ("MARK forum read", "/help/reading#new"),
        ("quiet hours", "/help/notices#quiet"),
        ("json feed", "/help/feeds#kinds"),
        ("ties recommended", "/help/orders#recommended"),
        ("camera", "/help/writing#pictures"),
        ("thirty days", "/help/privacy#deleting"),
    ],
)
def test_words_lead_to_the_section_they_stand_in(query: str, where: str) -> None:
    assert where in found(query)


@pytest.mark.django_db
def test_every_word_must_stand_there_and_titles_come_first() -> None:
    assert found("spoiler passkey") == []
    assert "Try one word less" in get("/help/?q=spoiler+passkey")
    assert found("quiet")[0] == "/help/notices#quiet"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["", "   ", "%00", "%3Cscript%3Ealert(1)%3C/script%3E", "a" * 5000, "%F0%9F%8C%B3", "..."]
)
def test_whatever_is_asked_is_answered(query: str) -> None:
    page = get(f"/help/?q={query}")
    assert "<script>alert" not in page and "All pages" in page


@pytest.mark.django_db
def test_the_keys_on_the_page_are_those_of_the_script() -> None:
    listed = topics.keylist()
    assert (("j", "k"), "next, previous") in listed and len(listed) >= 14
    page = get("/help/keyboard")
    for caps, meaning in listed:
        assert all(f"<kbd>{cap}</kbd>" in page for cap in caps) and f"<td>{meaning}</td>" in page


def test_a_key_that_the_list_names_is_one_that_the_script_knows() -> None:
    script = (TEMPLATES.parent / "static_src" / "js" / "keys.js").read_text(encoding="utf-8")
    acts = script.split("const ACTS = {", 1)[1].split("\n};", 1)[0]
    known = set(re.findall(r'^  (?:"(.)"|(\w)):', acts, re.MULTILINE))
    flat = {one or other for one, other in known}
    for caps, _meaning in topics.keylist():
        if caps[0] not in {"Ctrl", "g"}:
            assert set(caps) <= flat, caps


@pytest.mark.django_db(transaction=True)
def test_help_is_kept_for_guests_and_open_to_members(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for path in ("/help/", "/help/reading", "/help/orders"):
        assert getattr(Client().get(path), "cache_words", None), path
        assert main(get(path, signed_in(cast.ana)))
    get("/help/reading")
    with django_assert_max_num_queries(0):
        get("/help/reading")
