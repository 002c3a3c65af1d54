"""A post before a jury: alerted, judged by members who are summoned while they read, folded under a reader's eyes.

Once in ten real browsers at once, once without any script. A crowd of sixty-six may judge; those of it who hold no browser
are there by plain requests and say no, so that the seats come to those who do.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.browsing import PHONE
from tests.journeys.crowds import Juror, crowd
from tests.journeys.people import open_thread, reply, sign_in
from tests.journeys.running import Serving, started
from tests.journeys.test_live import listening
from tests.web.test_gallery import AXE, RUN_AXE, SIDEWAYS, SMALL_TARGETS

Person = Callable[..., BrowserContext]
SUBJECT = "What is on your windowsill right now?"
ELSEWHERE = "The weather in three words"
"""Where the seven read: whoever has just opened the thread itself is left out where enough others can judge."""
SUMMONED = re.compile(r'href="(/juries/seat/\d+)"')
SECONDS = 150


@dataclass
class Court:
    """The running application and the crowd that may judge in it."""

    serving: Serving
    jurors: list[Juror]

    @property
    def address(self) -> str:
        return self.serving.address

    def seat_of(self, juror: Juror) -> str:
        """The path of the seat that is offered to a juror, "" while there is none."""
        found = SUMMONED.search(juror.get(f"{self.address}/help/orders"))
        return found[1] if found else ""


@pytest.fixture(scope="module")
def court(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    home = Path(shutil.copytree(filled, tmp_path_factory.mktemp("court") / "home"))
    jurors = crowd(home, 66)
    with started(home, ("demo", "--workers", "2")) as running:
        yield Court(running, jurors)


def alerted(page: Page, court: Court, post: str, *, standard: str, because: str) -> None:
    """Raise an alert by the link below a post."""
    page.locator(f"#{post} .acts").get_by_role("link", name="Alert").click()
    expect(page.locator("h1")).to_have_text("Raise an alert")
    page.get_by_role("radio", name=standard).check()
    page.get_by_label("Why").fill(because)
    page.get_by_role("button", name="Raise the alert").click()
    expect(page.locator(".flash")).to_contain_text("a jury is being drawn")


def until_all_are_summoned(court: Court, wanted: list[Juror], there: list[Juror]) -> dict[str, str]:
    """The seats of those who hold a browser. Of the others who are there, whoever is asked says no, and another is asked."""
    seats: dict[str, str] = {}
    deadline = time.monotonic() + SECONDS
    while len(seats) < len(wanted) and time.monotonic() < deadline:
        for juror in there:
            if seat := court.seat_of(juror):
                juror.send(f"{court.address}{seat}", act="decline")
        for juror in wanted:
            if juror.name not in seats and (seat := court.seat_of(juror)):
                seats[juror.name] = seat
        time.sleep(2)
    assert len(seats) == len(wanted), f"Summoned within {SECONDS} s: {sorted(seats)}"
    return seats


def test_seven_members_are_summoned_while_they_read_and_an_eighth_sees_the_post_fold(
    court: Court, person: Person, picture: Callable[..., Path]
) -> None:
    goran, bram = person().new_page(), person().new_page()
    sign_in(goran, court.address, "Goran")
    open_thread(goran, court.address, SUBJECT)
    post = reply(goran, "Only a heron-brained oaf keeps basil on the north side, and Goran told you so.")
    sign_in(bram, court.address, "Bram")
    open_thread(bram, court.address, SUBJECT)

    eighth = person().new_page()
    open_thread(eighth, court.address, SUBJECT)
    expect(eighth.locator(f"#{post} .prose")).to_contain_text("heron-brained")
    listening(eighth)

    seven, there = court.jurors[:7], court.jurors[7:22]
    looks = [{"viewport": PHONE, "is_mobile": True, "has_touch": True}, {"color_scheme": "dark"}, *[{}] * 5]
    readers: list[Page] = []
    for juror, look in zip(seven, looks, strict=True):
        context = person(**look)  # type: ignore[arg-type]
        context.add_cookies([juror.cookie(court.address)])  # type: ignore[list-item]
        reader = context.new_page()
        open_thread(reader, court.address, ELSEWHERE)
        listening(reader)
        readers.append(reader)

    alerted(bram, court, post, standard="No personal attacks", because="It calls whoever disagrees an oaf.")
    for juror in there:
        juror.get(f"{court.address}/help/orders")
    until_all_are_summoned(court, seven, there)

    # Each was reading, and the page they read has told them.
    for reader in readers:
        expect(reader.locator("[data-summons]")).to_contain_text("the lot fell on you", timeout=20_000)
        assert "/t/" in reader.url
    picture(readers[0], "summons-phone")
    picture(readers[2], "summons")
    assert eighth.locator("[data-summons]").count() == 0

    for number, reader in enumerate(readers):
        reader.get_by_role("link", name="See and answer").click()
        expect(reader.locator("h1")).to_have_text("Will you judge?")
        if number < 2:
            looked_at(reader, picture, f"offer-{number}", hand=number == 0)
        reader.get_by_role("button", name="Yes, show me the paper").click()
        expect(reader.locator("h1")).to_have_text("Does this break “No personal attacks”?")
        source = reader.content()
        assert "goran" not in source.lower() and "‹author›" in source
        if number < 3:
            looked_at(reader, picture, f"paper-{number}", hand=number == 0)
    for number, reader in enumerate(readers[:5]):
        reader.get_by_role("radio", name="Clearly breaks it" if number % 2 else "Breaks it", exact=False).first.check()
        reader.get_by_label("Your reason").fill(f"It is about a person and not about basil ({number}).")
        reader.get_by_role("button", name="Cast my vote").click()
        expect(reader.locator("h1")).to_have_text("Thank you for judging")

    # The eighth has touched nothing.
    folded = eighth.locator(f"#{post} .gone")
    expect(folded).to_contain_text("Removed by a jury of members, 5 of 5, under No personal attacks", timeout=20_000)
    assert "heron-brained" not in eighth.content() and "Goran" not in eighth.locator(f"#{post}").inner_text()
    picture(eighth, "folded")
    # The two who had not voted yet are let go.
    readers[6].reload()
    expect(readers[6].locator("main")).to_contain_text("The jury has decided meanwhile")

    folded.get_by_role("link", name=re.compile(r"case \d+")).click()
    expect(eighth.locator("h1")).to_have_text(re.compile(r"Case \d+: removed"))
    expect(eighth.locator("main")).to_contain_text("5 of 5 jurors found that it breaks “No personal attacks”")
    expect(eighth.locator(".reasons li")).to_have_count(5)
    looked_at(eighth, picture, "case")
    eighth.goto(f"{court.address}/juries/")
    looked_at(eighth, picture, "juries")

    goran.goto(f"{court.address}/notices/")
    expect(goran.locator("main")).to_contain_text("A post of yours was removed, under “No personal attacks”")
    bram.goto(f"{court.address}/me/alerts")
    expect(bram.locator("main")).to_contain_text("It has been decided: case")
    looked_at(bram, picture, "my-alerts")


def looked_at(page: Page, picture: Callable[..., Path], name: str, *, hand: bool = False) -> None:
    """axe finds nothing, nothing scrolls sideways, targets fit a thumb; a picture is kept."""
    page.evaluate(AXE)
    faults = list(page.evaluate(RUN_AXE))
    if page.evaluate(SIDEWAYS):
        faults.append("scrolls sideways")
    if hand:
        faults += page.evaluate(SMALL_TARGETS)
    picture(page, name, full=True)
    assert not faults, f"{name}: {faults}"


def test_the_same_without_a_script(court: Court, person: Person, picture: Callable[..., Path]) -> None:
    plain = {"java_script_enabled": False}
    hana, ines = person(**plain).new_page(), person(**plain).new_page()
    sign_in(hana, court.address, "Hana")
    open_thread(hana, court.address, SUBJECT)
    post = reply(hana, "Whoever waters succulents in winter is a murderer and a fool.")
    sign_in(ines, court.address, "Ines")
    open_thread(ines, court.address, SUBJECT)
    alerted(ines, court, post, standard="No personal attacks", because="It calls people fools.")

    one, others = court.jurors[22], court.jurors[23:47]
    context = person(**plain, viewport=PHONE, is_mobile=True)
    context.add_cookies([one.cookie(court.address)])  # type: ignore[list-item]
    page = context.new_page()
    open_thread(page, court.address, SUBJECT)
    # The one with a browser is to be among those who judge: others are asked until the lot has come to them.
    for juror in others:
        juror.get(f"{court.address}/help/orders")
    page.reload()
    deadline = time.monotonic() + SECONDS
    papers: dict[str, str] = {}
    while time.monotonic() < deadline and not (page.locator("[data-summons]").count() and len(papers) >= 5):
        for juror in others:
            if juror.name in papers or not (seat := court.seat_of(juror)):
                continue
            if len(papers) < 5:
                said = juror.send(f"{court.address}{seat}", act="accept")
                assert "hana" not in said.lower()
                papers[juror.name] = seat
            else:
                juror.send(f"{court.address}{seat}", act="decline")
        time.sleep(2)
        page.reload()
    expect(page.locator("[data-summons]")).to_contain_text("the lot fell on you")
    page.get_by_role("link", name="See and answer").click()
    page.get_by_role("button", name="Yes, show me the paper").click()
    page.get_by_role("radio", name="Clearly does not").check()
    picture(page, "paper-without-scripts", full=True)
    page.get_by_role("button", name="Cast my vote").click()
    expect(page.locator("h1")).to_have_text("Thank you for judging")

    by_name = {juror.name: juror for juror in others}
    for name, seat in papers.items():
        by_name[name].send(f"{court.address}{seat}", act="vote", choice="1", reason="Fools and murderers, for a plant.")
    ines.goto(f"{court.address}/me/alerts")
    ines.get_by_role("link", name=re.compile(r"case \d+")).click()
    expect(ines.locator("h1")).to_have_text(re.compile(r"Case \d+: removed"))
    expect(ines.locator("main")).to_contain_text("5 of 6 jurors found that it breaks")
    open_thread(ines, court.address, SUBJECT)
    folded = ines.locator(f"#{post} .gone")
    expect(folded).to_contain_text("Removed by a jury of members, 5 of 6")
    folded.get_by_role("link", name="Read it all the same").click()
    expect(ines.locator("h1")).to_have_text("A removed post")
    expect(ines.locator("main")).to_contain_text("a murderer and a fool")
    assert "Hana" not in ines.locator("main").inner_text()
    hana.goto(f"{court.address}/notices/")
    hana.get_by_role("link", name=re.compile("A post of yours was removed")).click()
    expect(hana.locator("main")).to_contain_text("This was yours. You can appeal")
