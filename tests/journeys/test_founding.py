"""From an empty home to the first thread: the founder, an invited member, one who asked to be let in; every new page looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.people import give_name
from tests.journeys.running import started
from tests.web.test_gallery import OF_COLOURS, SIDEWAYS, SMALL_TARGETS, axe

pytestmark = pytest.mark.dear

Person = Callable[..., BrowserContext]
PASSWORD = "a heron on the weir"
PHONE = {"width": 390, "height": 844}


class Looking:
    """Looks at a page in both themes and at a phone's width, keeps its pictures and gathers what is wrong."""

    def __init__(self, scripts: bool, picture: Callable[..., Path]) -> None:
        self.scripts, self.picture = scripts, picture
        self.faults: dict[str, list[str]] = {}

    def at(self, page: Page, name: str) -> None:
        if not self.scripts:
            return
        found: list[str] = []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found += axe(page, OF_COLOURS if scheme == "dark" else None)
            self.picture(page, f"{name}-{scheme}", full=True)
        was = page.viewport_size
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        self.picture(page, f"{name}-phone", full=True)
        if page.evaluate(SIDEWAYS):
            found.append(f"scrolls sideways by {page.evaluate(SIDEWAYS)} px")
        found += page.evaluate(SMALL_TARGETS)
        assert was is not None
        page.set_viewport_size(was)
        page.emulate_media(color_scheme="light")
        if found:
            self.faults[name] = found


def tell_who(page: Page, name: str) -> None:
    """Fill in the sign-up form's name and password."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password").fill(PASSWORD)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_empty_home_becomes_a_community(
    home: Path, person: Person, picture: Callable[..., Path], scripts: bool
) -> None:
    looking = Looking(scripts, picture)
    # Without motion, because a colour on its way from one theme to the other is no fault.
    with started(home, ("serve", "--workers", "1")) as running:
        token = (home / "secrets" / "set_up_token").read_text()
        assert f"{running.address}/set-up?token={token}" in running.log.read_text()
        page = person(java_script_enabled=scripts, reduced_motion="reduce").new_page()
        page.goto(f"{running.address}/latest")
        expect(page.locator("h1")).to_have_text("Here a community will meet")
        looking.at(page, "door")
        page.get_by_label("Token").fill("not-it")
        page.get_by_role("button", name="Open").click()
        expect(page.get_by_role("alert")).to_contain_text("This is not the token")
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Open").click()
        expect(page.locator("h1")).to_have_text("Found a community")
        looking.at(page, "set-up")
        page.get_by_label("What is your community called?").fill("Weir & Mill")
        page.get_by_label("Your name").fill("Odile")
        page.get_by_label("A password").fill("short")
        page.get_by_label("By invitation").check()
        page.get_by_label("A hobby club").check()
        page.get_by_label("Wanted and offered").uncheck()
        page.get_by_role("button", name="Found it").click()
        expect(page.get_by_role("alert").first).to_contain_text("One thing is to be put right")
        expect(page.get_by_label("Wanted and offered")).not_to_be_checked()
        looking.at(page, "set-up-again")
        page.get_by_label("A password").fill(PASSWORD)
        page.get_by_role("button", name="Found it").click()
        expect(page.locator("h1")).to_have_text("Weir & Mill stands")
        looking.at(page, "first-steps")

        page.get_by_role("link", name="Choose a forum").click()
        expect(page.locator("main")).not_to_contain_text("Wanted and offered")
        page.locator("main").get_by_role("link", name="Talk", exact=True).click()
        page.get_by_role("link", name="Start a thread").first.click()
        page.get_by_label("Subject").fill("Under the tree")
        page.get_by_label("What you want to say").fill("Here we are.")
        page.locator("main form").get_by_role("button", name="Start").click()
        expect(page.locator("h1")).to_have_text("Under the tree")

        page.goto(f"{running.address}/account/invitations")
        page.get_by_label("For whom").fill("Bram")
        page.get_by_role("button", name="Make an invitation").click()
        link = page.locator("code").inner_text()
        looking.at(page, "invitations")

        bram = person(java_script_enabled=scripts, reduced_motion="reduce").new_page()
        bram.goto(f"{running.address}/account/signup/")
        expect(bram.locator("h1")).to_have_text("People join by invitation here")
        looking.at(bram, "by-invitation")
        bram.goto(link)
        expect(bram.locator("main")).to_contain_text("Odile has invited you.")
        looking.at(bram, "join")
        tell_who(bram, "Bram")
        bram.locator("main").get_by_role("button", name="Join").click()
        expect(bram.locator("header.top").get_by_text("Bram", exact=True)).to_be_visible()
        late = person(java_script_enabled=scripts, reduced_motion="reduce").new_page()
        late.goto(link)
        expect(late.locator("h1")).to_have_text("This invitation does not lead in")

        page.goto(f"{running.address}/desk/community")
        page.get_by_label("Who may join").select_option("approval")
        page.get_by_label("The question asked").fill("What do you mend?")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status").first).to_contain_text("Saved")
        looking.at(page, "desk-community")

        late.goto(f"{running.address}/account/signup/")
        looking.at(late, "by-approval")
        tell_who(late, "Dara")
        late.get_by_label("What do you mend?").fill("Bicycles, mostly.")
        late.get_by_role("button", name="Ask to join").click()
        expect(late.locator("h1")).to_have_text("Your application waits")
        looking.at(late, "applied")
        late.goto(f"{running.address}/account/login/")
        give_name(late, "Dara", PASSWORD)
        expect(late.locator("main")).to_contain_text("nobody has decided yet")

        page.goto(f"{running.address}/desk/applications")
        expect(page.locator("main")).to_contain_text("Bicycles, mostly.")
        looking.at(page, "desk-applications")
        page.get_by_role("button", name="Let in").click()
        expect(page.locator("main")).to_contain_text("Dara is a member now.")
        late.goto(f"{running.address}/account/login/")
        give_name(late, "Dara", PASSWORD)
        expect(late.locator("header.top").get_by_text("Dara", exact=True)).to_be_visible()

        page.goto(f"{running.address}/desk/forums")
        looking.at(page, "desk-forums")
        page.locator("main").get_by_role("link", name="Talk").click()
        page.get_by_label("In one line").fill("Everything under the tree.")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".lede")).to_have_text("Everything under the tree.")
        page.get_by_text("Appoint a host").click()
        page.get_by_label("Member’s name").fill("Bram")
        page.get_by_role("button", name="Appoint").click()
        expect(page.locator("table")).to_contain_text("Bram")
        looking.at(page, "desk-forum")
        page.goto(f"{running.address}/desk/members?name=br")
        looking.at(page, "desk-members")
        page.locator("main").get_by_role("link", name="Bram").click()
        page.get_by_label("Why").fill("Sold lamps.")
        page.locator("main").get_by_role("button", name="Suspend").click()
        expect(page.locator(".facts")).to_contain_text("Sold lamps.")
        looking.at(page, "desk-member")
        page.goto(f"{running.address}/desk/")
        looking.at(page, "desk")
        page.goto(f"{running.address}/record")
        expect(page.locator("main")).to_contain_text("let in the member")
    assert looking.faults == {}
