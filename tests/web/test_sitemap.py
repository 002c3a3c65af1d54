"""What crawlers find: the sitemaps, robots.txt, canonical and closed addresses, the well-known ones."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from tests.cast import Cast, fresh

from palaver.community.models import Community
from palaver.forums.models import Thread
from palaver.kit import clock
from palaver.web.house import crawling

pytestmark = pytest.mark.one_database

HERE = settings.PALAVER_ORIGIN
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def addresses(path: str) -> list[str]:
    answer = Client().get(path)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("application/xml"), path
    root = ElementTree.fromstring(answer.content)
    assert root.tag in {f"{SITEMAP}urlset", f"{SITEMAP}sitemapindex"}
    return [str(node.text) for node in root.iter(f"{SITEMAP}loc")]


def paths(path: str) -> list[str]:
    found = addresses(path)
    assert all(one.startswith(HERE + "/") for one in found)
    return [one.removeprefix(HERE) for one in found]


def test_the_index_leads_to_every_open_thread_and_to_nothing_else(cast: Cast) -> None:
    threads = [cast.thread(f"Thread {n}") for n in range(3)]
    inside = cast.thread("Within", forum=cast.den)
    found = [one for part in paths("/sitemap.xml") for one in paths(part)]
    for thread in threads:
        assert f"/t/{thread.pk}/{thread.slug}" in found
    assert not [one for one in found if str(inside.pk) in one.split("/") or "the-den" in one]
    assert {
        "/",
        "/latest",
        "/c/life/",
        "/f/the-lounge/",
        "/f/the-lounge/about",
        "/help/",
        "/help/reading",
        "/terms",
    } <= set(found)
    assert len(found) == len(set(found))


def test_every_address_in_it_is_the_one_that_its_page_calls_its_own(cast: Cast) -> None:
    cast.thread("Bread & butter")
    for part in paths("/sitemap.xml"):
        for path in paths(part):
            answer = Client().get(path)
            assert answer.status_code == 200, path
            canonical = re.search(r'<link rel="canonical" href="([^"]*)"', answer.content.decode())
            assert canonical and canonical[1] == HERE + path, path
            assert 'name="robots"' not in answer.content.decode(), path


def test_threads_lie_in_files_by_ranges_of_their_ids(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawling, "RANGE", 2)
    made = [cast.thread(f"Thread {n}") for n in range(5)]
    parts = [one for one in paths("/sitemap.xml") if "threads" in one]
    assert parts == sorted(
        {f"/sitemaps/threads-{thread.pk // 2}.xml" for thread in made}, key=lambda one: int(re.findall(r"\d+", one)[0])
    )
    for thread in made:
        assert f"/t/{thread.pk}/{thread.slug}" in paths(f"/sitemaps/threads-{thread.pk // 2}.xml")


def test_a_range_without_an_open_thread_is_not_named_and_not_there(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawling, "RANGE", 1)
    inside = cast.thread("Within", forum=cast.den)
    assert f"/sitemaps/threads-{inside.pk}.xml" not in paths("/sitemap.xml")
    for number in (inside.pk, 10**6, 2**70):
        assert Client().get(f"/sitemaps/threads-{number}.xml").status_code == 404


def test_the_date_is_that_of_the_last_post(cast: Cast) -> None:
    thread = cast.thread()
    cast.reply(thread)
    root = ElementTree.fromstring(Client().get(f"/sitemaps/threads-{thread.pk // crawling.RANGE}.xml").content)
    (date,) = [node.text for node in root.iter(f"{SITEMAP}lastmod")]
    assert date == fresh(thread).last_post_at.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.django_db(transaction=True)
def test_it_costs_a_statement_a_range(cast: Cast, django_assert_max_num_queries: Any) -> None:
    cast.thread()
    Client().get("/sitemap.xml")
    with django_assert_max_num_queries(1 + 1 + Thread.objects.latest("id").pk // crawling.RANGE):
        Client().get("/sitemap.xml")


def test_robots_are_told_what_not_to_ask_and_where_the_sitemap_is(cast: Cast) -> None:
    thread = cast.thread()
    answer = Client().get("/robots.txt")
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/plain") and f"Sitemap: {HERE}/sitemap.xml" in text
    closed = [
        re.compile(re.escape(line[10:]).replace(r"\*", ".*"))
        for line in text.splitlines()
        if line.startswith("Disallow: ")
    ]
    assert len(closed) > 10

    def asked(path: str) -> bool:
        return not any(rule.match(path) for rule in closed)

    for path in (
        "/account/login/",
        "/desk/",
        "/unread",
        f"/t/{thread.pk}/new",
        "/p/7/edit",
        "/t/1/x?view=tree",
        "/search?q=a",
    ):
        assert not asked(path), path
    for part in paths("/sitemap.xml"):
        assert asked(part)
        for path in paths(part):
            assert asked(path), path
    assert asked(f"/t/{thread.pk}/{thread.slug}?page=2") and asked("/latest?before=abc")


def test_other_ways_to_look_at_a_page_are_not_remembered(cast: Cast) -> None:
    thread = cast.thread()
    here = f"/t/{thread.pk}/{thread.slug}"
    for path, closed in (
        (here, False),
        (f"{here}?highlight=5", True),
        ("/latest", False),
        ("/latest?before=x", True),
        ("/f/the-lounge/", False),
        ("/f/the-lounge/?order=newest", True),
        ("/help/", False),
        ("/help/?q=mark", True),
    ):
        page = Client().get(path).content.decode()
        assert ('<meta name="robots" content="noindex, follow">' in page) is closed, path
    assert f'<link rel="canonical" href="{HERE}{here}">' in Client().get(f"{here}?view=tree").content.decode()


def test_security_txt_says_whom_to_write_to_and_when_to_look_again(cast: Cast) -> None:
    def fields() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for line in Client().get("/.well-known/security.txt").content.decode().splitlines():
            name, _colon, value = line.partition(": ")
            found.setdefault(name, []).append(value)
        return found

    assert cast.lounge
    now = clock.now()
    told = fields()
    assert told["Contact"] == [f"{HERE}/contact"] and told["Canonical"] == [f"{HERE}/.well-known/security.txt"]
    (expires,) = told["Expires"]
    assert now.strftime("%Y-%m-%dT%H:%M:%SZ") < expires < (now + timedelta(days=364)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with transaction.atomic():
        Community.objects.create(contact="house@example.org")
    assert fields()["Contact"] == ["mailto:house@example.org", f"{HERE}/contact"]


def test_a_keeper_of_passwords_finds_where_to_change_one(cast: Cast) -> None:
    assert cast.lounge
    answer = Client().get("/.well-known/change-password")
    assert (answer.status_code, answer["Location"]) == (302, "/account/password/change/")
