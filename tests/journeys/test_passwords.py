"""Passwords: a wrong one, a forgotten one, and sessions that end."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.journeys.people import give_name, join, sign_in
from tests.journeys.running import Serving

Person = Callable[..., BrowserContext]


def test_a_wrong_password_is_told_in_a_sentence(serving: Serving, person: Person) -> None:
    page = person().new_page()
    for name in ("Ana", "Nobody at all"):
        page.goto(f"{serving.address}/account/login/?next=/unread")
        give_name(page, name, "under the bush")
        expect(page.get_by_role("alert")).to_contain_text("not correct")
        expect(page.get_by_label("Name or e-mail address")).to_have_value(name)
    give_name(page, "Ana", "under the tree")
    expect(page).to_have_url(f"{serving.address}/unread")


def test_a_name_that_is_taken_and_a_weak_password_are_refused_with_the_form_kept(
    serving: Serving, person: Person
) -> None:
    page = person().new_page()
    page.goto(f"{serving.address}/account/signup/")
    page.get_by_label("Name", exact=True).fill("ana")
    page.get_by_label("Password").fill("password")
    page.locator("main").get_by_role("button", name="Join").click()
    expect(page.locator(".errorlist")).to_have_count(2)
    expect(page.get_by_label("Name", exact=True)).to_have_value("ana")
    assert "<" not in page.locator("main").inner_text()


def test_a_forgotten_password_is_set_by_the_link_that_waits_at_the_operators_desk(
    serving: Serving, person: Person
) -> None:
    old = person().new_page()
    join(old, serving.address, "Wanda", email="wanda@example.org")
    page = person().new_page()
    page.goto(f"{serving.address}/account/login/")
    page.get_by_role("link", name="I forgot my password").click()
    page.get_by_label("E-mail address").fill("wanda@example.org")
    page.get_by_role("button", name="Write to me").click()
    expect(page.locator("h1")).to_have_text("A mail is on its way")

    desk = person().new_page()
    sign_in(desk, serving.address, "Odile")
    desk.locator("header.top summary").click()
    desk.get_by_role("link", name="Operators’ desk").click()
    desk.locator("tr", has_text="wanda@example.org").first.get_by_role("link").click()
    found = re.search(rf"{re.escape(serving.address)}/\S+", desk.locator("main").inner_text())
    assert found is not None

    page.goto(found.group())
    expect(page.locator("h1")).to_have_text("Choose a new password")
    page.get_by_label("Password", exact=True).fill("seven herons, no weir")
    if page.get_by_label("The same once more").count():
        page.get_by_label("The same once more").fill("seven herons, no weir")
    page.get_by_role("button", name="Keep this password").click()
    expect(page.locator("h1")).to_have_text("Your new password is set")

    old.goto(f"{serving.address}/unread")
    assert "/account/login/" in old.url, "the session from before the reset is still signed in"
    give_name(old, "Wanda", "a heron on the weir")
    expect(old.get_by_role("alert")).to_be_visible()
    give_name(old, "Wanda", "seven herons, no weir")
    expect(old.locator("h1")).to_have_text("New for me")
    page.goto(found.group())
    expect(page.locator("h1")).to_have_text("This link no longer works")


def test_a_changed_password_ends_all_sessions_but_this_one(serving: Serving, person: Person) -> None:
    here, there = person().new_page(), person().new_page()
    join(here, serving.address, "Xenia")
    sign_in(there, serving.address, "Xenia", "a heron on the weir")
    here.goto(f"{serving.address}/account/password/change/")
    here.get_by_label("Your password until now").fill("a heron on the weir")
    here.get_by_label("Password", exact=True).fill("two herons on the weir")
    if here.get_by_label("The same once more").count():
        here.get_by_label("The same once more").fill("two herons on the weir")
    here.get_by_role("button", name="Change it").click()
    here.goto(f"{serving.address}/unread")
    expect(here.locator("h1")).to_have_text("New for me")
    there.goto(f"{serving.address}/unread")
    assert "/account/login/" in there.url


def test_one_browser_or_all_others_can_be_signed_out_from_here(serving: Serving, person: Person) -> None:
    pages = [person().new_page() for _ in range(4)]
    for page in pages:
        sign_in(page, serving.address, "Teodora")
    here = pages[0]
    here.goto(f"{serving.address}/account/sessions/")
    expect(here.locator("main .list li")).to_have_count(4)
    expect(here.locator("main .list li", has=here.locator(".tag"))).to_contain_text("Chrome, Linux")
    here.get_by_role("button", name="Sign out there").first.click()
    expect(here.locator("main .list li")).to_have_count(3)
    here.get_by_role("button", name="Sign out everywhere else").click()
    expect(here.locator(".flash")).to_have_text("Signed out in 2 other browsers.")
    expect(here.locator("main .list li")).to_have_count(1)
    for page in pages[1:]:
        page.goto(f"{serving.address}/unread")
        assert "/account/login/" in page.url
