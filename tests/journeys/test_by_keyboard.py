"""The main acts with the keyboard alone: every step is a real key press; nothing is clicked, filled in or addressed by hand."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.people import PASSWORD
from tests.journeys.running import Serving

Person = Callable[..., BrowserContext]
NAMED = """() => { const at = document.activeElement; return at === document.body ? "" :
  (at.getAttribute("aria-label") || at.labels?.[0]?.textContent || at.textContent || at.value || at.name || "").trim().replace(/\\s+/g, " "); }"""
FOCUS_IS_SEEN = """() => { const at = document.activeElement, box = at.getBoundingClientRect();
  const drawn = getComputedStyle(at), around = getComputedStyle(at.closest("label, .field, .row, form") ?? at);
  return box.width > 1 && box.height > 1 && [drawn, around].some((one) => parseFloat(one.outlineWidth) >= 2 && one.outlineStyle !== "none"); }"""


def tab_to(page: Page, name: str, *, most: int = 120) -> None:
    """Press Tab until what is so named has the focus, which must be seen there."""
    met = []
    for _ in range(most):
        page.keyboard.press("Tab")
        met.append(page.evaluate(NAMED))
        if re.search(name, met[-1]):
            assert page.evaluate(FOCUS_IS_SEEN), f"Nobody sees that {met[-1]!r} has the focus."
            return
    raise AssertionError(f"Tab never led to {name!r} at {page.url}, only to {met}.")


def test_a_member_signs_in_reads_answers_marks_and_searches_by_keyboard_alone(serving: Serving, person: Person) -> None:
    page = person().new_page()
    page.goto(f"{serving.address}/")
    tab_to(page, "^Sign in$")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Sign in")
    tab_to(page, "^Name or e-mail address")
    page.keyboard.type("Bram")
    tab_to(page, "^Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("header.top").get_by_text("Bram", exact=True)).to_be_visible()

    # The way of those who know no keys of ours: Tab and Enter.
    tab_to(page, "^Latest$")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Latest discussions")
    tab_to(page, "^(Skip|To) ", most=1)
    page.keyboard.press("Enter")
    subject = page.locator("main .row[data-new] h2").first.inner_text()
    tab_to(page, f"^{re.escape(subject)}$")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(subject)
    tab_to(page, "^What you want to say", most=400)
    page.keyboard.type("Written without a mouse in the house.")
    tab_to(page, "^Reply$", most=20)
    page.keyboard.press("Enter")
    expect(page.locator("article.post:target")).to_contain_text("Written without a mouse in the house.")

    # The short way: u up to the forum, m marks it read, / searches, o opens what stands first.
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile("/f/[a-z-]+/$"))
    page.keyboard.press("m")
    expect(page.locator("main .row[data-new]")).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("mouse house")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/search"))
    expect(page.locator("main")).to_contain_text("Written without a")
    tab_to(page, f"{re.escape(subject)}", most=120)
    page.keyboard.press("Enter")
    expect(page.locator("article.post:target")).to_contain_text("Written without a mouse in the house.")
