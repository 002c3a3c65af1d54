"""A host splits a thread and moves it, another locks; a member questions the lock, and the hosts' ballot opens the thread again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.journeys.people import sign_in
from tests.journeys.rows import settle
from tests.journeys.running import Serving

Person = Callable[..., BrowserContext]
Look = Callable[..., None]
Picture = Callable[..., Path]

TALK = """
from palaver.forums import posting
general = Forum.objects.get(slug="general-discussion")
thread = posting.start_thread(forum=general, author=member("Bram"), subject="New bins for the square", text="Green ones.")
first = posting.reply(thread=thread, author=member("Dara"), text="Green is good.")
quinces = posting.reply(thread=thread, author=member("Emil"), text="My quinces are ripe, by the way.")
posting.reply(thread=thread, author=member("Femi"), text="How many can I have?", answers=quinces)
tell["thread"], tell["quinces"] = thread.pk, quinces.number
"""
THREE_DAYS_LATER = """
from palaver.ballots import closing
from palaver.ballots.models import Ballot
with transaction.atomic():
    Ballot.objects.filter(about__startswith="lock:").update(
        opened_at=clock.ago(days=4), closes_at=clock.ago(seconds=1)
    )
closing.close_due()
"""


def test_a_host_splits_moves_and_locks_and_the_hosts_ballot_opens_it_again(
    serving: Serving, person: Person, accessible: Look, picture: Picture
) -> None:
    address, told = serving.address, settle(serving.home, TALK)
    here = f"{address}/t/{told['thread']}"
    chidi = person().new_page()
    sign_in(chidi, address, "Chidi")
    chidi.goto(here)
    chidi.get_by_text("As a host").click()
    picture(chidi, "menu")
    chidi.get_by_role("link", name="Split replies off …").click()
    chidi.get_by_role("checkbox", name="My quinces are ripe").check()
    chidi.get_by_label("Subject of the new thread").fill("Ripe quinces")
    chidi.get_by_label("Why").fill("Quinces are no bins.")
    accessible(chidi)
    picture(chidi, "split", full=True)
    chidi.get_by_role("button", name="Split them off").click()
    expect(chidi.locator("h1")).to_have_text("Ripe quinces")
    expect(chidi.locator("main")).to_contain_text("How many can I have?")
    expect(chidi.locator(".event-line").first).to_contain_text("Quinces are no bins.")

    # It belongs in the Lounge. The old address of the post leads there.
    chidi.get_by_text("As a host").click()
    chidi.get_by_role("link", name="Move to another forum …").click()
    chidi.get_by_label("To which forum").select_option("the-lounge")
    chidi.get_by_label("Why").fill("Nothing here is to be decided.")
    chidi.get_by_role("button", name="Move it").click()
    expect(chidi.locator("h1")).to_have_text("Ripe quinces")
    chidi.goto(f"{here}/post/{told['quinces']}")
    expect(chidi.locator("h1")).to_have_text("Ripe quinces")
    expect(chidi.locator(".crumbs").first).to_contain_text("The Lounge")

    chidi.goto(here)
    chidi.get_by_text("As a host").click()
    chidi.get_by_role("link", name="Lock the thread …").click()
    chidi.get_by_label("Why").fill("The bins are ordered.")
    chidi.get_by_role("button", name="Lock it").click()
    expect(chidi.locator(".locked").first).to_contain_text("The bins are ordered.")

    # Without scripts: it is all plain forms.
    bram = person(java_script_enabled=False).new_page()
    sign_in(bram, address, "Bram")
    bram.goto(here)
    bram.get_by_role("link", name="Should it be open?").click()
    bram.get_by_label("Why it should be open").fill("The order can still be changed until Monday.")
    picture(bram, "question", full=True)
    bram.get_by_role("button", name="Ask the other hosts").click()
    expect(bram.locator("main")).to_contain_text("the other hosts vote until")

    ines = person().new_page()
    sign_in(ines, address, "Ines")
    ines.goto(f"{here}/lock/question")
    ines.get_by_role("link", name="The hosts’ ballot").click()
    ines.get_by_label("For", exact=True).check()
    ines.locator("main form button").first.click()
    expect(ines.locator("main")).to_contain_text("1")
    settle(serving.home, THREE_DAYS_LATER)

    bram.goto(here)
    expect(bram.locator(".event-line").last).to_contain_text("Opened again by the hosts’ ballot")
    expect(bram.locator("form#reply")).to_be_visible()
    bram.goto(f"{address}/notices/")
    expect(bram.locator("main")).to_contain_text("The hosts have opened the thread again that you asked about")
    bram.goto(f"{address}/record")
    expect(bram.locator("main")).to_contain_text("moved the thread to another forum")
