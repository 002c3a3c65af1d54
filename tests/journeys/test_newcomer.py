"""A newcomer joins, answers, corrects, recommends, sees what is new and marks it read – with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.people import give_name, join, open_thread, reply, sign_in, sign_out
from tests.journeys.running import Serving

Person = Callable[..., BrowserContext]


@pytest.mark.parametrize(
    ("scripts", "name"), [(True, "Nadia"), (False, "Olu")], ids=["with scripts", "without scripts"]
)
def test_a_newcomer_finds_everything_a_member_does(serving: Serving, person: Person, scripts: bool, name: str) -> None:
    page = person(java_script_enabled=scripts).new_page()
    broken = _listen(page)
    join(page, serving.address, name)

    open_thread(page, serving.address, "What is on your windowsill right now?")
    form = page.locator("#p1").get_by_role("link", name=re.compile("^Reply"))
    form.click()
    expect(page.locator(".answering")).to_be_visible()
    page.get_by_label("What you want to say").fill(f"A jar of *buttons* and a sleping cat, says {name}.")
    page.locator("main").get_by_role("button", name="Preview").click()
    expect(page.locator(".prose em", has_text="buttons")).to_be_visible()
    page.locator("main").get_by_role("button", name="Reply", exact=True).click()
    mine = page.locator("article.post", has_text=f"sleping cat, says {name}")
    expect(mine.locator("em")).to_have_text("buttons")
    expect(mine.get_by_role("link", name="reply to #1")).to_be_visible()

    mine.get_by_role("link", name=re.compile("^Edit")).click()
    page.get_by_label("What you want to say").fill(f"A jar of *buttons* and a sleeping cat, says {name}.")
    page.get_by_label("Why you edit").fill("spelling")
    page.get_by_role("button", name="Save").click()
    mine = page.locator("article.post", has_text=f"sleeping cat, says {name}")
    mine.get_by_role("link", name="edited – history (1)").click()
    expect(page.locator("#v2 ins")).to_contain_text("sleeping")
    expect(page.locator("#v2 del")).to_contain_text("sleping")
    expect(page.locator("#v2")).to_contain_text("spelling")
    expect(page.locator("#v1")).to_contain_text("sleping cat")

    open_thread(page, serving.address, "What is on your windowsill right now?")
    other = page.locator("#p1")
    other.get_by_role("button", name="Recommend").click()
    expect(other.get_by_role("button", name="Recommended")).to_have_attribute("aria-pressed", "true")
    other.locator("a.rec-count").click()
    expect(page.get_by_role("link", name=name, exact=True).first).to_be_visible()
    page.go_back()
    page.locator("#p1").get_by_role("button", name="Recommended").click()
    expect(page.locator("#p1").get_by_role("button", name="Recommend", exact=True)).to_be_visible()
    assert page.locator("article[data-own] form.rec").count() == 0

    sign_out(page)
    page.goto(f"{serving.address}/unread")
    assert page.url.endswith("/account/login/?next=%2Funread")
    give_name(page, name, "a heron on the weir")
    expect(page.locator("h1")).to_have_text("New for me")
    assert broken == []


def _listen(page: Page) -> list[str]:
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda line: broken.append(line.text) if line.type == "error" else None)
    return broken


@pytest.mark.parametrize(("scripts", "name"), [(True, "Ana"), (False, "Bram")], ids=["with scripts", "without scripts"])
def test_what_is_new_is_counted_until_the_forum_is_marked_read(
    serving: Serving, person: Person, scripts: bool, name: str
) -> None:
    writer = person().new_page()
    sign_in(writer, serving.address, "Dara")
    open_thread(writer, serving.address, "Does anybody else hear the hum?")
    reply(writer, f"I do, {name}, since Tuesday.")

    page = person(java_script_enabled=scripts).new_page()
    sign_in(page, serving.address, name)
    page.goto(f"{serving.address}/f/the-lounge/")
    row = page.locator(".row", has_text="Does anybody else hear the hum?")
    expect(row).to_have_attribute("data-new", "")
    row.locator("a.count").click()
    expect(page).to_have_url(re.compile(r"/t/\d+/does-anybody-else-hear-the-hum(\?.*)?#p\d+$"))
    expect(page.locator("article.post[data-new]").first).to_be_visible()
    expect(page.locator("#new")).to_have_text("New since you marked this forum read")

    page.goto(f"{serving.address}/f/the-lounge/")
    page.get_by_role("button", name="Mark forum read").click()
    expect(page.locator("main [data-new]")).to_have_count(0)
    page.goto(f"{serving.address}/f/the-lounge/")
    expect(page.locator("main .row").first).to_be_visible()
    expect(page.locator("main [data-new]")).to_have_count(0)
    page.goto(f"{serving.address}/unread")
    expect(page.locator("main")).not_to_contain_text("Does anybody else hear the hum?")

    page.goto(f"{serving.address}/forums")
    page.get_by_role("button", name="Mark all read").click()
    expect(page.locator("main .count")).to_have_count(0)
    page.goto(f"{serving.address}/unread")
    expect(page.locator("main")).to_contain_text("Nothing new: you have read it all.")


def test_reading_a_thread_quiets_its_count_but_not_the_forums_mark(serving: Serving, person: Person) -> None:
    writer = person().new_page()
    sign_in(writer, serving.address, "Dara")
    open_thread(writer, serving.address, "Does anybody else hear the hum?")
    reply(writer, "It has moved to the north.")
    page = person().new_page()
    sign_in(page, serving.address, "Emil")
    page.goto(f"{serving.address}/unread")
    row = page.locator(".row", has_text="Does anybody else hear the hum?")
    with page.expect_response(lambda answer: answer.url.endswith("/positions")) as told:
        row.locator("a.count").click()
        page.locator("article.post").last.scroll_into_view_if_needed()
    assert told.value.status == 204
    page.goto(f"{serving.address}/unread")
    expect(page.locator(".row").first).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Does anybody else hear the hum?")
    open_thread(page, serving.address, "Does anybody else hear the hum?")
    expect(page.locator("article.post[data-new]").last).to_contain_text("It has moved to the north.")
