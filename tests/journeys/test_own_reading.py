"""A member's own reading in a real browser: keeping, being told, hiding, following, marking; with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.people import open_thread, sign_in
from tests.journeys.running import Serving

Person = Callable[..., BrowserContext]
WEIR = "Two winters of letters have settled nothing on the weir"
NOTE = "Ask Bram before the meeting."


def from_menu(page: Page, name: str) -> None:
    """Press something in the menu “This thread” above the replies."""
    page.locator(".bar-tools summary", has_text="This thread").click()
    page.locator(".bar-tools").get_by_role("button", name=name).click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_member_keeps_hides_and_finds_again(
    serving: Serving, person: Person, accessible: Callable[..., None], scripts: bool
) -> None:
    page = person(java_script_enabled=scripts).new_page()
    sign_in(page, serving.address, "Ana" if scripts else "Emil")
    look: Callable[[], None] = (lambda: accessible(page)) if scripts else (lambda: None)

    open_thread(page, serving.address, WEIR)
    thread = page.url.split("#")[0]
    post = page.locator("article.post").nth(3)
    post.get_by_role("link", name="Bookmark").click()
    if scripts:
        expect(post.get_by_role("link", name="Bookmarked")).to_be_visible()
        assert page.url.split("#")[0] == thread
        post.get_by_role("link", name="Bookmarked").click()
    expect(page.locator("h1")).to_have_text("Bookmark")
    look()
    page.get_by_label("Note").fill(NOTE)
    page.get_by_label("Reminder").select_option(label="In three days")
    page.get_by_role("button", name="Keep it").click()
    page.goto(f"{serving.address}/me/bookmarks")
    expect(page.locator("main")).to_contain_text(NOTE)
    expect(page.locator("main")).to_contain_text("reminder")
    look()

    page.goto(thread)
    from_menu(page, "Subscribe")
    page.goto(f"{serving.address}/me/subscriptions")
    page.get_by_label(re.compile(WEIR)).select_option(label="A notice here, and mail at once")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label(re.compile(WEIR))).to_have_value("mail")
    look()

    page.goto(thread)
    from_menu(page, "Put into my trash")
    page.goto(f"{serving.address}/latest")
    expect(page.get_by_role("link", name=WEIR, exact=True)).to_have_count(0)
    page.goto(f"{serving.address}/me/trash")
    look()
    page.get_by_role("button", name=re.compile(f"Take out.*{WEIR}")).click()
    expect(page.locator(".flash")).to_contain_text("Taken out")
    page.goto(f"{serving.address}/latest")
    expect(page.get_by_role("link", name=WEIR, exact=True)).to_have_count(1)

    page.goto(thread)
    author = page.locator("article.post .post-author").nth(0).inner_text()
    folded = page.locator("article.post:has(summary)", has_text="someone you ignore")
    expect(folded).to_have_count(0)
    page.locator("article.post a.post-author").nth(0).click()
    page.get_by_role("button", name="Ignore").click()
    expect(page.get_by_role("button", name="Stop ignoring")).to_be_visible()
    look()
    page.goto(thread)
    expect(folded.first).to_be_visible()
    expect(folded.first.locator(".prose")).to_be_hidden()
    folded.first.locator("summary").click()
    expect(folded.first.locator(".prose")).to_be_visible()
    look()
    page.goto(f"{serving.address}/me/ignored")
    look()
    page.get_by_role("button", name=re.compile(f"Stop ignoring.*{author}")).click()

    page.goto(f"{serving.address}/me/following")
    page.get_by_label("A member's name").fill(author.lower())
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.locator("main")).to_contain_text(author)
    look()
    page.get_by_role("link", name="Posts by those I follow").first.click()
    expect(page.locator("ol.list li").first).to_contain_text(author)
    page.goto(f"{thread}?highlight=followed")
    lit = page.locator("article.post[data-highlighted], article.post[data-new]")
    expect(lit.first).to_be_visible()

    page.goto(f"{serving.address}/unread")
    rows = page.locator(".row")
    ticked = [rows.nth(n).locator("h2").inner_text() for n in range(2)]
    look()
    for n in range(2):
        rows.nth(n).get_by_role("checkbox").check()
    page.get_by_role("button", name="Mark the ticked read").click()
    expect(page.locator(".flash")).to_contain_text("2 threads count as read")
    for subject in ticked:
        expect(page.get_by_role("heading", name=subject, exact=True)).to_have_count(0)


def test_keys_keep_mark_and_lead_to_what_is_new(serving: Serving, person: Person) -> None:
    page = person().new_page()
    sign_in(page, serving.address, "Dara")
    open_thread(page, serving.address, WEIR)
    page.keyboard.press("n")
    current = page.locator("article[data-new][data-current]")
    expect(current).to_have_count(1)
    page.keyboard.press("b")
    expect(page.locator("[data-current]").get_by_role("link", name="Bookmarked")).to_be_visible()
    page.keyboard.press("m")
    expect(page.locator("article[data-new]")).to_have_count(0)
    page.goto(f"{serving.address}/unread")
    expect(page.get_by_role("link", name=WEIR, exact=True)).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page).to_have_url(re.compile("/me/$"))
    page.get_by_role("link", name="Bookmarks").click()
    expect(page.locator("main ol.list > li")).to_have_count(1)


def test_on_a_phone_me_leads_to_ones_own(serving: Serving, person: Person, accessible: Callable[..., None]) -> None:
    page = person(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, color_scheme="dark"
    ).new_page()
    sign_in(page, serving.address, "Femi")
    page.locator(".bottom-bar").get_by_role("link", name="Me").click()
    expect(page.locator("h1")).to_have_text("Femi")
    for name in (
        "My posts",
        "My threads",
        "Replies to me",
        "Bookmarks",
        "Subscriptions",
        "Following",
        "Trash",
        "Ignored",
        "Avoidance list",
    ):
        page.goto(f"{serving.address}/me/")
        page.locator("main").get_by_role("link", name=name, exact=True).click()
        expect(page.locator("h1")).to_have_text(name)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, name
        accessible(page)
