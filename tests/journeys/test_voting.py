"""Members change their charter and answer a poll: proposing, voting with a receipt, changing the vote; with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.people import sign_in
from tests.journeys.running import Serving

Person = Callable[..., BrowserContext]
Look = Callable[..., None]
Picture = Callable[..., Path]
# Both have been in the demo's town for long and have written much.
PROPOSERS = {True: "Ana", False: "Bram"}


def propose(page: Page, address: str, title: str, rule: str) -> None:
    """Change one standard in the form that is the charter, look at the change, and send it."""
    page.goto(f"{address}/charter")
    page.get_by_role("link", name="Propose an amendment").click()
    standard = page.locator("details.standard-form", has_text="No threats").first
    standard.locator("summary").click()
    standard.get_by_label("The rule, in a sentence or two").fill(rule)
    page.get_by_label("Your amendment in one line").fill(title)
    page.locator("#because").fill("It should count when somebody cheers a threat on.")
    page.get_by_role("button", name="See the change word by word").click()
    expect(page.locator("#preview ins", has_text="cheer")).to_be_visible()
    expect(page.locator("#preview")).to_contain_text("Nothing is sent yet.")
    page.get_by_role("button", name="Propose it").click()
    expect(page.locator("h1")).to_have_text(title)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_amendment_is_proposed_talked_about_and_voted_on(
    serving: Serving, person: Person, accessible: Look, picture: Picture, scripts: bool
) -> None:
    address, title = serving.address, f"Threats: the bystander too ({'with' if scripts else 'without'} scripts)"
    ana = person(java_script_enabled=scripts).new_page()
    sign_in(ana, address, PROPOSERS[scripts])
    propose(ana, address, title, "Do not threaten anybody, and do not cheer it on.")
    ana.get_by_role("link", name="Talk about it in its thread").click()
    expect(ana.locator("h1")).to_have_text(f"Amendment: {title}")
    ana.go_back()
    ana.locator("#act-ballot summary").click()
    ana.get_by_role("button", name="Open the ballot").click()
    expect(ana.locator(".flash").first).to_contain_text("The ballot is open")
    amendment = ana.url

    emil = person(java_script_enabled=scripts).new_page()
    sign_in(emil, address, "Emil")
    emil.goto(amendment)
    emil.get_by_role("link", name="Vote", exact=True).click()
    if scripts:
        accessible(emil)
        picture(emil, "ballot", full=True)
    emil.get_by_label("For", exact=True).check()
    emil.get_by_role("button", name="Vote").click()
    receipt = emil.locator(".receipt code").inner_text()
    assert re.fullmatch(r"([A-Z2-7]{5}-){4}[A-Z2-7]{5}", receipt)
    expect(emil.locator(".lede")).to_contain_text("1 has voted so far")
    ballot = emil.url.removesuffix("/vote")
    # It is shown once; this browser keeps it, so the vote can be changed without typing it.
    emil.goto(ballot)
    assert receipt not in emil.content()
    emil.get_by_label("Against", exact=True).check()
    emil.get_by_role("button", name="Change my vote").click()
    expect(emil.locator(".flash").first).to_contain_text("Your vote is counted")
    # On another device the receipt is asked for.
    elsewhere = person(java_script_enabled=scripts).new_page()
    sign_in(elsewhere, address, "Emil")
    elsewhere.goto(ballot)
    elsewhere.get_by_label("Abstain", exact=True).check()
    elsewhere.get_by_role("button", name="Change my vote").click()
    expect(elsewhere.get_by_role("alert")).to_contain_text("your vote stands")
    elsewhere.get_by_label("Abstain", exact=True).check()
    elsewhere.get_by_label("Your receipt").fill(receipt.lower())
    elsewhere.get_by_role("button", name="Change my vote").click()
    expect(elsewhere.locator(".flash").first).to_contain_text("Your vote is counted")
    elsewhere.get_by_label("Receipt", exact=True).fill(receipt)
    elsewhere.get_by_role("button", name="Look it up").click()
    expect(elsewhere.locator("#receipt [role=status]")).to_contain_text("is counted")
    if scripts:
        guest = person(viewport={"width": 390, "height": 844}).new_page()
        for path in ("/charter", "/charter/amendments/", amendment.removeprefix(address), ballot.removeprefix(address)):
            guest.goto(f"{address}{path}")
            accessible(guest)
            assert guest.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_poll_is_asked_answered_and_seen_to_change(
    serving: Serving, person: Person, accessible: Look, picture: Picture, scripts: bool
) -> None:
    chidi = person(java_script_enabled=scripts).new_page()
    sign_in(chidi, serving.address, "Chidi")
    chidi.goto(f"{serving.address}/f/the-lounge/start")
    chidi.get_by_text("Ask a poll with it").click()
    chidi.get_by_label("Options, one a line").fill("Tuesday\nWednesday\nThursday")
    chidi.get_by_label("Subject").fill("When shall the circle meet?")
    chidi.get_by_label("What you want to say").fill("The library is open late on three days.")
    chidi.get_by_role("button", name="Start the thread").click()
    poll = chidi.locator("[data-poll]")
    expect(poll.get_by_role("radio")).to_have_count(3)
    if scripts:
        accessible(chidi)
        chidi.wait_for_timeout(1200)  # Until its stream stands.
    dara = person(java_script_enabled=scripts).new_page()
    sign_in(dara, serving.address, "Dara")
    dara.goto(chidi.url)
    dara.get_by_label("Wednesday").check()
    dara.get_by_role("button", name="Vote").click()
    expect(dara.locator("[data-poll] tr", has_text="Wednesday")).to_contain_text("100 %")
    # Chidi is about to choose while the vote comes in: what he has ticked stays.
    chidi.get_by_label("Tuesday").check()
    if not scripts:
        chidi.reload()
    expect(chidi.locator("[data-poll] tr", has_text="Wednesday")).to_contain_text("100 %", timeout=10_000)
    if scripts:
        expect(chidi.get_by_label("Tuesday")).to_be_checked()
        picture(chidi, "poll")
    chidi.get_by_label("Tuesday").check()
    chidi.get_by_role("button", name="Vote").click()
    expect(chidi.locator("[data-poll] tr", has_text="Tuesday")).to_contain_text("50 %")
    expect(chidi.get_by_role("button", name="Change my vote")).to_be_visible()
