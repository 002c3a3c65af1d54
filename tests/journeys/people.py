"""What people do on every page: come in, join, sign in and out, find a thread. Works with scripts and without."""

from __future__ import annotations

from playwright.sync_api import Page, expect

PASSWORD = "under the tree"


def join(page: Page, address: str, name: str, password: str = "a heron on the weir", email: str = "") -> None:
    """Sign up by the form that the front page offers."""
    page.goto(f"{address}/")
    page.locator(".welcome").get_by_role("link", name="Join").click()
    page.get_by_label("Name", exact=True).fill(name)
    if email:
        page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.locator("main").get_by_role("button", name="Join").click()
    expect(page.locator("header.top").get_by_text(name, exact=True)).to_be_visible()


def sign_in(page: Page, address: str, name: str, password: str = PASSWORD) -> None:
    """Sign in by the form."""
    page.goto(f"{address}/account/login/")
    give_name(page, name, password)
    expect(page.locator("header.top").get_by_text(name, exact=True)).to_be_visible()


def give_name(page: Page, name: str, password: str) -> None:
    """Fill and send the sign-in form that is on the page."""
    page.get_by_label("Name or e-mail address").fill(name)
    page.get_by_label("Password").fill(password)
    page.locator("main").get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    """Sign out by the menu."""
    page.locator("header.top summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("header.top").get_by_role("link", name="Sign in")).to_be_visible()


def open_thread(page: Page, address: str, subject: str) -> None:
    """Find a thread among the latest and open it."""
    page.goto(f"{address}/latest")
    while not page.get_by_role("link", name=subject, exact=True).count():
        page.get_by_role("link", name="Older").click()
    page.get_by_role("link", name=subject, exact=True).click()
    expect(page.locator("h1")).to_have_text(subject)


def reply(page: Page, text: str, subject: str = "") -> str:
    """Write in the form below the thread and send it; returns the new post's element id (`p12`)."""
    form = page.locator("form#reply")
    if subject:
        form.get_by_label("Subject").fill(subject)
    form.get_by_label("What you want to say").fill(text)
    form.get_by_role("button", name="Reply").click()
    written = page.locator("article.post", has_text=text).last
    expect(written).to_be_visible()
    return written.get_attribute("id") or ""
