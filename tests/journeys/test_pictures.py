"""Pictures are pasted, dropped and chosen, described, seen in the thread – and added by a plain form without scripts."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.people import open_thread, sign_in
from tests.journeys.running import Serving
from tests.kit.pictures import making

Person = Callable[..., BrowserContext]
SUBJECT = "What is on your windowsill right now?"

GIVE = """([kind, data, name, type]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const given = new DataTransfer();
  given.items.add(new File([bytes], name, {type}));
  const area = document.querySelector("form#reply textarea");
  area.dispatchEvent(kind === "paste"
    ? new ClipboardEvent("paste", {clipboardData: given, bubbles: true, cancelable: true})
    : new DragEvent("drop", {dataTransfer: given, bubbles: true, cancelable: true}));
}"""


def give(page: Page, kind: str, data: bytes, name: str, type: str) -> None:
    """Paste or drop a file on the text of the reply form."""
    page.evaluate(GIVE, [kind, base64.b64encode(data).decode(), name, type])


def test_a_picture_is_pasted_another_dropped_and_a_bad_one_stays_in_sight(
    serving: Serving, person: Person, accessible: Callable[..., None], picture: Callable[..., object]
) -> None:
    page = person().new_page()
    sign_in(page, serving.address, "Ana")
    open_thread(page, serving.address, SUBJECT)
    text = page.get_by_label("What you want to say")
    text.fill("Before.\n\nAfter.")
    text.evaluate("area => area.setSelectionRange(9, 9)")

    give(page, "paste", making.photograph(), "sill.jpg", "image/jpeg")
    row = page.locator(".attaching")
    expect(row.get_by_role("status")).to_have_text("sill.jpg: ready")
    page.keyboard.type("A red wall [and] a blue one")
    accessible(page)
    picture(page, "describing")
    page.keyboard.press("Enter")
    expect(row).to_have_count(0)
    assert text.input_value().startswith("Before.\n\n![A red wall \\[and\\] a blue one](/media/")
    assert text.input_value().endswith("/sill.jpg)\n\nAfter.") and text.evaluate(
        "area => area === document.activeElement"
    )

    give(page, "drop", b"<svg onload='alert(1)'/>", "logo.svg", "image/svg+xml")
    expect(row.get_by_role("status")).to_contain_text("SVG drawings can carry programs")
    page.locator("form#reply").get_by_role("button", name="Reply", exact=True).click()
    expect(page.get_by_text("This is not in your text yet")).to_be_visible()
    row.get_by_role("button", name="Leave it out").click()

    give(page, "drop", making.picture("PNG", (300, 200)), "plan.png", "image/png")
    row.get_by_role("button", name="Put it into the text").click()
    expect(row).to_have_count(0)
    page.locator("[data-attach] input[type=file]").set_input_files(
        {"name": "list.txt", "mimeType": "text/plain", "buffer": b"tape\nseeds\n"}
    )
    expect(text).to_have_value(re.compile(r"\[list\.txt\]\(/media/[0-9a-f]{24}/list\.txt\)"))

    page.locator("form#reply").get_by_role("button", name="Reply", exact=True).click()
    post = page.locator("article.post", has_text="list.txt").last
    shown = post.get_by_role("img", name="A red wall [and] a blue one")
    expect(shown).to_be_visible()
    shown.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=shown.element_handle())
    box = shown.bounding_box()
    assert box is not None and abs(box["height"] / box["width"] - 1.5) < 0.02, "It stands upright."
    picture(page, "post")
    address = shown.locator("xpath=..").get_attribute("href")
    assert address is not None and b"Secret Telephones" not in page.request.get(f"{serving.address}{address}").body()

    guest = person().new_page()
    assert guest.request.get(f"{serving.address}{address}").status == 200
    page.goto(f"{serving.address}/account/files")
    expect(page.locator(".piece", has_text="sill.jpg")).to_contain_text(SUBJECT)
    accessible(page)
    picture(page, "mine")


def test_without_scripts_a_picture_is_added_by_the_form(serving: Serving, person: Person) -> None:
    page = person(java_script_enabled=False).new_page()
    sign_in(page, serving.address, "Bram")
    open_thread(page, serving.address, SUBJECT)
    page.get_by_label("What you want to say").fill("A fern.")
    page.locator("summary", has_text="Add a picture or file").click()
    chosen = {"name": "fern.png", "mimeType": "image/png", "buffer": making.picture("PNG", (200, 100))}

    page.get_by_label("Picture or file").set_input_files({**chosen, "buffer": chosen["buffer"][:50]})
    page.get_by_role("button", name="Add to the text").click()
    expect(page.get_by_text("incomplete or damaged")).to_be_visible()
    expect(page.get_by_label("What you want to say")).to_have_value("A fern.")

    page.locator("summary", has_text="Add a picture or file").click()
    page.get_by_label("Picture or file").set_input_files(chosen)
    page.get_by_label("What it shows").fill("a fern in a pot")
    page.get_by_role("button", name="Add to the text").click()
    expect(page.locator(".prose").get_by_role("img", name="a fern in a pot")).to_be_visible()
    page.locator("main").get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator("article.post", has_text="A fern.").get_by_role("img", name="a fern in a pot")).to_be_visible()
