"""A guest looks into the help, does not find it, writes to the operators; one of them answers. With scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.people import sign_in
from tests.journeys.running import Serving

Person = Callable[..., BrowserContext]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_guest_asks_and_an_operator_answers(serving: Serving, person: Person, scripts: bool) -> None:
    subject = f"Is the hall free {'on Friday' if scripts else 'on Sunday'}?"
    guest = person(java_script_enabled=scripts).new_page()
    broken: list[str] = []
    guest.on("console", lambda line: broken.append(line.text) if line.type == "error" else None)
    guest.goto(f"{serving.address}/")
    guest.get_by_role("link", name="How it works").click()
    expect(guest.locator("h1")).to_have_text("Start here")
    guest.locator("footer").get_by_role("link", name="Help", exact=True).last.click()
    guest.get_by_label("Search the help").fill("quiet hours")
    guest.get_by_role("button", name="Search", exact=True).click()
    guest.get_by_role("link", name="Quiet hours").first.click()
    expect(guest).to_have_url(re.compile(r"/help/notices#quiet$"))
    expect(guest.locator("#quiet")).to_be_in_viewport()
    guest.locator("main").get_by_role("link", name="Write to the operators").click()

    guest.get_by_label("Your name").fill("Kaya")
    guest.get_by_label("Your e-mail address").fill("kaya@example.org")
    guest.get_by_label("What it is about").fill("\u200b")
    guest.get_by_label("What you want to say").fill("We are twelve people and a piano.")
    guest.wait_for_timeout(3100)  # The form is not taken from who is faster than a person.
    guest.get_by_role("button", name="Send").click()
    expect(guest.locator(".error")).to_contain_text("A subject is missing")
    expect(guest.get_by_label("What you want to say")).to_have_value("We are twelve people and a piano.")
    guest.get_by_label("What it is about").fill(subject)
    guest.get_by_role("button", name="Send").click()
    expect(guest.locator(".flash")).to_contain_text("Sent. The answer comes by mail to kaya@example.org.")
    guest.goto(f"{serving.address}/record")
    expect(guest.locator("main li").first).to_contain_text("wrote to the operators")
    expect(guest.locator("main")).not_to_contain_text("piano")

    desk = person(java_script_enabled=scripts).new_page()
    sign_in(desk, serving.address, "Odile")
    desk.goto(f"{serving.address}/desk/")
    desk.get_by_role("navigation", name="Desk").get_by_role("link", name=re.compile("^Inquiries")).click()
    desk.get_by_role("link", name=subject).click()
    expect(desk.locator(".mail")).to_have_text("We are twelve people and a piano.")
    desk.get_by_label("Your answer").fill("It is yours. The piano comes in by the side door.")
    desk.get_by_role("button", name="Answer").click()
    expect(desk.locator(".flash")).to_have_text("Answered.")
    expect(desk.locator("li", has_text=subject)).to_contain_text("answered")
    desk.goto(f"{serving.address}/desk/")
    desk.get_by_role("link", name=f"Re: {subject}").click()
    expect(desk.locator(".mail")).to_contain_text("It is yours.")
    expect(desk.locator(".mail")).to_contain_text("> We are twelve people and a piano.")
    # The one complaint of the console is the refused form's status.
    assert [line for line in broken if "422" not in line] == []


def test_an_operator_writes_the_terms_and_everybody_reads_them(serving: Serving, person: Person) -> None:
    guest = person().new_page()
    guest.goto(f"{serving.address}/terms")
    expect(guest.locator("main")).to_contain_text("The operators have not written this page yet.")
    desk = person(java_script_enabled=False).new_page()
    sign_in(desk, serving.address, "Odile")
    desk.goto(f"{serving.address}/terms")
    desk.get_by_role("link", name="Edit this page").click()
    desk.get_by_label("Text").fill("Be *kind*. Mind the piano.")
    desk.get_by_role("button", name="Preview").click()
    expect(desk.locator(".prose em")).to_have_text("kind")
    guest.reload()
    expect(guest.locator("main")).to_contain_text("have not written")
    desk.get_by_role("button", name="Save").click()
    expect(desk.locator("main .prose").first).to_contain_text("Mind the piano.")
    guest.reload()
    expect(guest.locator("main .prose").first).to_contain_text("Mind the piano.")
