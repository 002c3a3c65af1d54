"""Every page as people see it: axe finds nothing, nothing scrolls sideways, targets fit a thumb; pictures are kept.

Which pages there are is not written here: each address of the map is opened as the first of guest, Ana and Odile whom the
matrix of permissions says it answers with a page (`tests.web.test_permissions`), filled in with things of the demo. So a
new page is looked at from the day it has a row there.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.people import sign_in
from tests.journeys.running import Serving
from tests.web.test_gallery import AXE, OF_COLOURS, RUN_AXE, SIDEWAYS, SMALL_TARGETS
from tests.web.test_permissions import ADDRESSES, EXPECTED, ROLES

pytestmark = pytest.mark.dear

Person = Callable[..., BrowserContext]
WALKERS = {"guest": "guest", "Ana": "Ana", "Odile": "Odile"}
NO_PAGE = re.compile(
    r".*-feed|ballot-lists|sitemap.*|robots|worker|verifier|record-entries|record-heads|case-proof|security-txt|media.*"
    r"|drafts-kept|completion|report-values|case-reasons-text"
)
"""What is read by programs and by our own scripts, and files."""
ELSEWHERE = {
    "join": "opened with the secret of an invitation, of which only a checksum is kept; its shape is that of joining",
    "claim": "opened with a signed link that an operator hands on, which tests/web reads; its shape is that of a form page",
    "appeal": "opened by whom a verdict concerns, in tests/web; looked at in tests/web/gallery_of_standards",
    "my-warning": "opened by whom a warning was written to, in tests/web; looked at in tests/web/gallery_of_standards",
    "my-longer": "opened by the suspended member alone, in tests/web; its shape is that of an appeal",
    "case-reasons": "two cases that the demo has decided are among the further shapes",
    "unsubscribe": "opened with a link from a mail, which tests/notices reads; its shape is that of a form page",
    "case": "two cases that the demo has decided are among the further shapes, others in the gallery",
    "case-decide": "there while a case waits for a lone judge; the gallery looks at its shape",
    "charter-adopt": "open in the founding time alone, which the demo has left behind; tests/web/test_charter opens it",
    "watch-answer": "opened by whom the watch has suspended, in tests/journeys/test_watch",
    "seat": "there for a juror who is summoned; test_juries looks at offer and paper in all three looks",
}
# Pages that a member sees otherwise than a guest.
SIGNED_IN_TOO = ("home", "forums", "forum", "forum-about", "thread", "member", "search", "record", "contact")
# The demo's own names in the place of the matrix's.
HERE = {"category": "c/support-forums/", "search": "search?q=weir"}
# Further shapes of pages, and what is no address of the map.
MORE: dict[str, dict[str, str]] = {
    "guest": {
        "recommended-ever": "recommended?in=ever",
        "retired": "f/bridge-closure-desk/",
        "thread-locked": "p/{locked}",
        "thread-folded": "p/{folded}",
        "case-removed": "juries/{removed_case}",
        "case-stays": "juries/{stays_case}",
        "reasons-of-a-case": "juries/{removed_case}/reasons",
        "member-suspended": "m/Jonas",
        "search-nothing": "search?q=quokkas",
        "search-misspelt": "search?q=autor:Ana",
        "missing": "nowhere",
    },
    "Ana": {
        "thread-tree": "t/{quinces}/what-did-you-bake-with-the-quinces?view=tree",
        "thread-op": "t/{quinces}/what-did-you-bake-with-the-quinces?view=op",
        "thread-long": "p/{deep}",
        "member-arabic": "m/%D9%84%D9%8A%D9%84%D9%89",
    },
    "Odile": {"member-seen-by-operator": "m/Jonas"},
}
OTHERWISE = {"missing": 404, "search-misspelt": 422}
DESK = {"color_scheme": "light", "reduced_motion": "reduce"}
HAND = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
NARROW = {"width": 320, "height": 640}


@dataclass
class Things:
    """What of the demo fills an address in, by the names that the matrix uses."""

    home: Path

    def __getitem__(self, name: str) -> Any:
        asked = {
            "forum": "SELECT slug FROM forums_forum WHERE slug = 'general-discussion'",
            "thread": "SELECT t.id FROM forums_thread t JOIN accounts_member m ON m.id = t.author_id WHERE m.name = 'Ana' AND t.id NOT IN (SELECT thread_id FROM forums_lock WHERE ended_at IS NULL) ORDER BY t.post_count DESC LIMIT 1",
            "thread_slug": "SELECT slug FROM forums_thread WHERE id = {thread}",
            "post": "SELECT id FROM forums_post WHERE thread_id = {thread} AND place = 0",
            "number": "SELECT max(number) FROM forums_post WHERE thread_id = {thread}",
            "locked": "SELECT p.id FROM forums_lock l JOIN forums_post p ON p.thread_id = l.thread_id AND p.place = 0 WHERE l.ended_at IS NULL LIMIT 1",
            "quinces": "SELECT id FROM forums_thread WHERE slug = 'what-did-you-bake-with-the-quinces'",
            "deep": "SELECT id FROM forums_post ORDER BY place DESC LIMIT 1",
            "forum_id": "SELECT id FROM forums_forum WHERE slug = 'general-discussion'",
            "category_id": "SELECT min(id) FROM forums_category",
            "bram": "SELECT id FROM accounts_member WHERE name = 'Bram'",
            "mail": "SELECT max(id) FROM delivery_mail",
            "inquiry": "SELECT max(id) FROM community_inquiry",
            "amendment": "SELECT max(id) FROM standards_amendment",
            "ballot": "SELECT max(id) FROM ballots_ballot",
            "removed_case": "SELECT case_id FROM standards_verdict WHERE outcome = 'removed' ORDER BY case_id LIMIT 1",
            "stays_case": "SELECT case_id FROM standards_verdict WHERE outcome = 'stays' ORDER BY case_id LIMIT 1",
            "folded": "SELECT post_id FROM forums_removal WHERE ended_at IS NULL ORDER BY id LIMIT 1",
            "year": "SELECT strftime('%Y', 'now')",
        }.get(name)
        assert asked is not None, f"An address of the map needs a {{{name}}}: say here where the demo has one."
        if "{thread}" in asked:
            asked = asked.replace("{thread}", str(self["thread"]))
        with sqlite3.connect(f"file:{self.home / 'palaver.sqlite3'}?mode=ro", uri=True) as database:
            found = database.execute(asked).fetchone()
        assert found and found[0] is not None, f"The demo shows no {name}."
        return found[0]


def answered(name: str) -> dict[str, str]:
    """What the matrix says each role is answered at an address, in an open forum where it lies in one."""
    return dict(zip(ROLES, EXPECTED.get(name, EXPECTED.get(f"{name} open", ("",)))[0].split(), strict=True))


def walks() -> dict[str, dict[str, str]]:
    """For each walker the pages to open: name and address, still to be filled in."""
    found: dict[str, dict[str, str]] = {who: {} for who in WALKERS}
    for name, address in ADDRESSES.items():
        if NO_PAGE.fullmatch(name) or name in ELSEWHERE:
            continue
        first = next((who for who in WALKERS if answered(name)[who] == "200"), None)
        if first is not None:
            found[first][name] = HERE.get(name, address)
            if first == "guest" and name in SIGNED_IN_TOO:
                found["Ana"][name] = HERE.get(name, address)
    for who, pages in MORE.items():
        found[who].update(pages)
    return found


@pytest.fixture(scope="module")
def things(serving: Serving, browser: Any) -> Things:
    """The demo with what it lacks: something asked of the operators, a mail that waits, a notice for Ana (she is named)."""
    context = browser.new_context(locale="en-GB")
    asking, page = context.new_page(), context.new_page()
    asking.goto(f"{serving.address}/contact")
    asking.locator("main [name=email]").fill("kaya@example.org")
    asking.locator("main [name=subject]").fill("A question from outside")
    asking.locator("main [name=text]").fill("Is the hall free on Friday?")
    page.goto(f"{serving.address}/account/signup/")
    page.get_by_label("Name", exact=True).fill("Wendela")
    page.get_by_label("E-mail address").fill("wendela@example.org")
    page.get_by_label("Password").fill("a heron on the weir")
    page.locator("main").get_by_role("button", name="Join").click()
    expect(page.locator("header.top").get_by_text("Wendela", exact=True)).to_be_visible()
    things = Things(serving.home)
    page.goto(f"{serving.address}/t/{things['thread']}/replies")
    page.locator("main textarea").first.fill("What do you think, @Ana?")
    page.locator("main").get_by_role("button", name="Reply", exact=True).click()
    page.context.clear_cookies()
    page.goto(f"{serving.address}/account/password/reset/")
    page.get_by_label("E-mail address").fill("wendela@example.org")
    page.get_by_role("button", name="Write to me").click()
    expect(page.locator("h1")).to_have_text("A mail is on its way")
    # A form that comes too soon is taken for a program's, and may be sent again.
    for _ in range(4):
        asking.locator("main").get_by_role("button", name="Send", exact=True).click()
        asking.wait_for_load_state()
        if not asking.locator("main .flash[data-kind=refused]").count():
            break
        asking.wait_for_timeout(2000)
    context.close()
    return things


def filled(address: str, things: Things) -> str:
    return "/" + re.sub(r"\{(\w+)\}", lambda name: str(things[name[1]]), address)


@pytest.mark.parametrize("who", WALKERS)
def test_every_page_is_sound_on_a_desk_in_both_themes(
    serving: Serving, person: Person, picture: Callable[..., Path], things: Things, who: str
) -> None:
    page = person(**DESK).new_page()
    broken = _prepared(page, serving, who)
    faults: dict[str, list[str]] = {}
    for name, address in walks()[who].items():
        found = _opened(page, serving, filled(address, things), name, broken)
        page.evaluate(AXE)
        found += page.evaluate(RUN_AXE, None)
        picture(page, f"{name}-light", full=name in {"thread", "preferences"})
        page.emulate_media(color_scheme="dark")
        found += [f"in the dark: {one}" for one in page.evaluate(RUN_AXE, OF_COLOURS)]
        picture(page, f"{name}-dark")
        page.emulate_media(color_scheme="light")
        if found:
            faults[name] = found
    assert not faults, "\n".join(f"{name}: {fault}" for name, found in faults.items() for fault in found)


@pytest.mark.long
@pytest.mark.parametrize("who", WALKERS)
def test_every_page_is_sound_in_the_hand(
    serving: Serving, person: Person, picture: Callable[..., Path], things: Things, who: str
) -> None:
    page = person(**HAND).new_page()
    broken = _prepared(page, serving, who)
    faults: dict[str, list[str]] = {}
    for name, address in walks()[who].items():
        found = _opened(page, serving, filled(address, things), name, broken)
        found += page.evaluate(SMALL_TARGETS)
        picture(page, f"{name}-phone")
        page.set_viewport_size(NARROW)
        if page.evaluate(SIDEWAYS):
            found.append(f"scrolls sideways by {page.evaluate(SIDEWAYS)} px on a narrow phone")
        found += [f"on a narrow phone: {one}" for one in page.evaluate(SMALL_TARGETS)]
        page.set_viewport_size(HAND["viewport"])  # type: ignore[arg-type]
        if found:
            faults[name] = found
    assert not faults, "\n".join(f"{name}: {fault}" for name, found in faults.items() for fault in found)


def _prepared(page: Page, serving: Serving, who: str) -> list[str]:
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    if who != "guest":
        sign_in(page, serving.address, who)
    return broken


def _opened(page: Page, serving: Serving, path: str, name: str, broken: list[str]) -> list[str]:
    """Open a page; what is wrong with it at first sight."""
    answer = page.goto(serving.address + path)
    if answer is None or answer.status != OTHERWISE.get(name, 200):
        return [f"{path} answers {answer.status if answer else 'nothing'}"]
    if "text/html" not in answer.headers.get("content-type", ""):
        return [f"{path} is no page: say so in NO_PAGE"]
    found = list(broken)
    if page.locator("h1").count() != 1:
        found.append(f"has {page.locator('h1').count()} headings of the first level")
    broken.clear()
    if page.evaluate(SIDEWAYS):
        found.append(f"scrolls sideways by {page.evaluate(SIDEWAYS)} px")
    return found


def test_every_address_is_walked_or_said_why_not() -> None:
    """The walk is made from the matrix; the matrix is held to the address map by its own test."""
    walked = {name for pages in walks().values() for name in pages}
    left = {name for name in ADDRESSES if name not in walked and not NO_PAGE.fullmatch(name) and name not in ELSEWHERE}
    assert [name for name in left if "200" in answered(name).values() and answered(name)["Chidi"] != "200"] == []
    assert len(walked) > 60
    assert [name for name, reason in ELSEWHERE.items() if name not in ADDRESSES or len(reason.split()) < 4] == []


def test_a_page_with_a_fault_is_noticed(serving: Serving, person: Person) -> None:
    page: Page = person(**HAND).new_page()
    page.goto(f"{serving.address}/forums")
    page.evaluate("""() => { const wide = document.createElement("div"); wide.className = "wide"; document.body.append(wide);
        wide.innerHTML = "<a href='/' id='small'>x</a><img src='data:,'>"; wide.style.width = "900px"; }""")
    assert page.evaluate(SIDEWAYS) > 0
    page.evaluate(AXE)
    assert any("image-alt" in line for line in page.evaluate(RUN_AXE, None))
    assert any("small" in line for line in page.evaluate(SMALL_TARGETS))
    page.goto(f"{serving.address}/forums")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.evaluate("document.querySelector('h1').style.color = '#333'")
    page.evaluate(AXE)
    assert any("color-contrast" in line for line in page.evaluate(RUN_AXE, OF_COLOURS))
