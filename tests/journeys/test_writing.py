"""Writing a reply by keyboard: tools, completion, preview, a quote, a draft found on another device – and the same without scripts."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.journeys.people import open_thread, sign_in
from tests.journeys.running import Serving

Person = Callable[..., BrowserContext]
SUBJECT = "What is on your windowsill right now?"


def test_a_reply_is_written_with_the_keyboard_and_found_on_another_device(serving: Serving, person: Person) -> None:
    page = person().new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    sign_in(page, serving.address, "Ana")
    open_thread(page, serving.address, SUBJECT)
    box = page.locator("#reply textarea")
    author = page.locator("#p1 .post-author").inner_text()

    # A selection and the key q make a quote that leads back.
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#p1 .prose p'))")
    expect(page.get_by_role("button", name="Quote", exact=True)).to_be_visible()
    page.keyboard.press("q")
    expect(box).to_be_focused()
    assert box.input_value().startswith(f"[quote={author}, #1]\n")
    page.keyboard.press("Control+End")

    # Bold by its key, undone and done again; the toolbar is one stop of the Tab key.
    page.keyboard.type("It is very ")
    page.keyboard.press("Control+b")
    page.keyboard.type("cold")
    assert box.input_value().endswith("It is very **cold**")
    page.keyboard.press("End")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Bold")).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator("[data-do=view]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-view] strong")).to_have_text("cold")
    expect(page.locator("[data-view] blockquote .reference")).to_have_text("#1")
    page.keyboard.press("Tab")
    expect(box).to_be_focused()

    # A name is completed without the mouse.
    page.keyboard.press("Control+End")
    page.keyboard.type(" here, @Bra")
    expect(page.get_by_role("option", name="Bram")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    assert box.input_value().endswith("**cold** here, @Bram ")
    expect(page.locator("[data-view] .mention", has_text="@Bram")).to_be_visible()
    expect(page.locator("#reply [data-draft-line]")).to_contain_text("Kept as a draft.")
    begun = box.input_value()

    # The other device has it when one turns to the form.
    other = person(java_script_enabled=False).new_page()
    sign_in(other, serving.address, "Ana")
    other.goto(f"{serving.address}/account/drafts")
    other.get_by_role("link", name="Go on writing").first.click()
    expect(other.locator("textarea")).to_have_value(begun)
    other.get_by_role("button", name="Reply", exact=True).click()
    mine = other.locator("article.post[data-own]").last
    expect(mine.locator(".mention", has_text="@Bram")).to_be_visible()
    expect(mine.locator("blockquote a.reference")).to_have_text("#1")
    other.goto(f"{serving.address}/account/drafts")
    expect(other.get_by_text("No drafts.")).to_be_visible()
    assert broken == []


def test_without_scripts_a_post_is_quoted_kept_and_sent_past_what_came_meanwhile(
    serving: Serving, person: Person
) -> None:
    page = person(java_script_enabled=False).new_page()
    sign_in(page, serving.address, "Bram")
    open_thread(page, serving.address, SUBJECT)
    page.locator("#p1").get_by_role("link", name="Quote").click()
    body = page.locator("textarea")
    quoted = body.input_value()
    assert ", #1]" in quoted
    body.fill(f"{quoted}A pot of chives, since you ask.")
    page.get_by_role("button", name="Keep as draft").click()
    expect(page.get_by_text("Kept as a draft.")).to_be_visible()

    another = person(java_script_enabled=False).new_page()
    sign_in(another, serving.address, "Dara")
    open_thread(another, serving.address, SUBJECT)
    another.locator("#reply textarea").fill("Somebody has to say basil.")
    another.locator("#reply").get_by_role("button", name="Reply", exact=True).click()

    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.get_by_role("heading", name="Written while you were writing")).to_be_visible()
    expect(page.locator(".meanwhile-posts")).to_contain_text("Somebody has to say basil.")
    expect(page.locator("textarea")).to_have_value(f"{quoted}A pot of chives, since you ask.")
    page.get_by_role("button", name="Reply all the same").click()
    mine = page.locator("article.post[data-own]", has_text="A pot of chives")
    expect(mine).to_be_visible()

    mine.get_by_role("link", name="Correct").click()
    page.get_by_label("Corrected:").fill("They are leeks.")
    page.get_by_role("button", name="Put it on top").click()
    expect(page.locator("article.post[data-own] .correction")).to_contain_text("They are leeks.")
