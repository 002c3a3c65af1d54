"""Ways to read: views, highlights, pages, keys, errors, and places that are not for everybody."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.people import open_thread, sign_in
from tests.journeys.running import Serving

Person = Callable[..., BrowserContext]
LONG = "The hedge between 17 and 18, since everybody is talking about it anyway"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_thread_has_three_views_six_highlights_and_pages(serving: Serving, person: Person, scripts: bool) -> None:
    page = person(java_script_enabled=scripts).new_page()
    sign_in(page, serving.address, "Ana")
    open_thread(page, serving.address, "Two winters of letters have settled nothing on the weir")
    ways = page.get_by_role("navigation", name="Ways to read")
    expect(page.locator("article.post")).to_have_count(27)
    ways.get_by_role("link", name="Tree").click()
    expect(page.locator("ol.posts[data-tree] ol.branch article.post").first).to_be_visible()
    expect(page.locator("article.post")).to_have_count(27)
    ways.get_by_role("link", name="First post").click()
    expect(page.locator("article.post")).to_have_count(0)
    expect(page.locator("article.opening")).to_be_visible()
    ways.get_by_role("link", name="Flat").click()

    lit = {}
    for choice in ("none", "new since", "5 newest", "10 newest", "recommended", "by the original author"):
        menu = page.locator(".pick", has_text="Highlight:")
        menu.locator("summary").click()
        menu.get_by_role("link", name=re.compile(f"^{choice}")).click()
        expect(menu.locator("summary")).to_contain_text(choice)
        lit[choice] = page.locator("article.post[data-highlighted]").count()
    assert (lit["none"], lit["5 newest"], lit["10 newest"]) == (0, 5, 10)
    rhonas = page.locator("article.post", has=page.locator("abbr.tag")).count()
    assert lit["by the original author"] == rhonas > 0

    open_thread(page, serving.address, LONG)
    expect(page.locator("article.post")).to_have_count(50)
    pages = page.get_by_role("navigation", name="Pages", exact=True)
    pages.get_by_role("link", name="Later replies").click()
    expect(page.locator("article.post").first).to_have_attribute("id", "p51")
    expect(page.locator("h1")).to_have_text(LONG)
    pages.get_by_role("link", name="Page 3").click()
    expect(page.locator("article.post").last).to_have_attribute("id", "p107")
    page.goto(f"{page.url.split('?')[0]}?view=tree")
    page.get_by_role("link", name="Further into the tree").last.click()
    expect(page.locator("article.post").first).to_be_visible()
    page.get_by_role("link", name="Back to the beginning").first.click()
    expect(page.locator("article.post").first).to_have_attribute("id", "p1")


def test_keys_lead_through_lists_and_threads(serving: Serving, person: Person) -> None:
    page = person().new_page()
    sign_in(page, serving.address, "Hana")
    page.goto(f"{serving.address}/latest")
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    for key in "jjk":
        page.keyboard.press(key)
    current = page.locator("[data-current]")
    expect(current).to_have_count(1)
    subject = current.locator("h2").inner_text()
    page.keyboard.press("o")
    expect(page.locator("h1")).to_have_text(subject)
    page.keyboard.press("n")
    expect(page.locator("article[data-new][data-current]")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press(".")
    expect(page.locator("[data-current] .rec button")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("r")
    expect(page.locator(".answering")).to_be_visible()
    page.get_by_label("What you want to say").fill("Said with the keyboard alone.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.post:target")).to_contain_text("Said with the keyboard alone.")
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile("/f/[a-z-]+/$"))
    page.keyboard.press("m")
    expect(page.locator("main .row[data-new]")).to_have_count(0)
    for key, title in (("l", "Latest discussions"), ("f", "All forums"), ("n", "New for me"), ("m", "Hana")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        expect(page.locator("h1")).to_have_text(title)

    page.goto(f"{serving.address}/account/preferences/")
    page.get_by_label(re.compile("^Keyboard keys")).uncheck()
    page.get_by_role("button", name="Save").click()
    page.goto(f"{serving.address}/latest")
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.locator("[data-current]")).to_have_count(0)
    expect(page.locator("dialog")).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        ("/nowhere", 404, "There is nothing at this address"),
        ("/t/99999999/x", 404, "There is nothing at this address"),
        ("/t/1/post/99999", 404, "There is nothing at this address"),
        ("/m/Nobody%20at%20all", 404, "There is nothing at this address"),
        ("/f/the-lounge/mark", 405, "This address takes no such request"),
    ],
)
def test_an_error_page_says_what_happened_and_where_to_go(
    serving: Serving, page: Page, accessible: Callable[..., None], path: str, status: int, heading: str
) -> None:
    answer = page.goto(serving.address + path)
    assert answer is not None and answer.status == status
    expect(page.locator("h1")).to_have_text(heading)
    accessible(page)
    page.get_by_role("link", name="All forums").last.click()
    expect(page.locator("h1")).to_have_text("All forums")


def test_the_desk_is_the_operators_alone(serving: Serving, person: Person) -> None:
    page = person().new_page()
    sign_in(page, serving.address, "Chidi")
    answer = page.goto(f"{serving.address}/desk/")
    assert answer is not None and answer.status == 403
    expect(page.locator("h1")).to_have_text("This is not open to you")


def test_places_tell_what_they_are(serving: Serving, page: Page) -> None:
    page.goto(f"{serving.address}/f/general-discussion/")
    page.get_by_role("link", name="About this forum").click()
    expect(page.locator("main")).to_contain_text("Hosts, in order")
    expect(page.get_by_role("link", name="Chidi").first).to_be_visible()
    page.goto(f"{serving.address}/forums")
    expect(page.locator("main")).to_contain_text("Retired")
    page.get_by_role("link", name="Bridge Closure Desk").first.click()
    expect(page.locator(".locked").first).to_contain_text("This forum is retired")
    assert page.get_by_role("link", name="Start a thread").count() == 0
    page.goto(f"{serving.address}/m/Jonas")
    expect(page.locator(".flash[data-kind=refused]")).to_contain_text("Suspended until")


def test_colours_chosen_by_a_guest_last(serving: Serving, page: Page) -> None:
    page.goto(f"{serving.address}/")
    with page.expect_response(lambda answer: answer.url.endswith("/theme")):
        page.get_by_label("Colours").select_option("dark")
    page.goto(f"{serving.address}/forums")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_label("Colours")).to_have_value("dark")


@pytest.mark.parametrize(("locale", "said"), [("en-GB", r"\b\d{2}:\d{2}$"), ("en-US", r"\b\d{1,2}:\d{2}\s[AP]M$")])
def test_times_are_written_as_the_reader_writes_them(serving: Serving, person: Person, locale: str, said: str) -> None:
    page = person(locale=locale, timezone_id="America/Chicago" if locale == "en-US" else "Europe/London").new_page()
    open_thread(page, serving.address, LONG)
    expect(page.locator(".byline time")).to_have_text(re.compile(said))
