"""Being told: a badge that keeps itself, a list that works without scripts, and a browser that tells while no page is open."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.people import open_thread, reply, sign_in
from tests.journeys.running import Serving

Person = Callable[..., BrowserContext]
SUBJECT = "What is on your windowsill right now?"


def badge(page: Page) -> str:
    return page.locator("header.top [data-badge]").evaluate("(it) => it.hidden ? '' : it.firstChild.data")


def everything_seen(page: Page, address: str) -> None:
    page.goto(f"{address}/notices/")
    mark = page.get_by_role("button", name="Mark all as seen")
    if mark.count():
        mark.click()


def author_of(page: Page) -> str:
    return page.locator("main [href^='/m/']").first.inner_text()


def test_the_badge_keeps_itself_and_goes_when_the_reply_is_read(serving: Serving, person: Person) -> None:
    writer = person().new_page()
    sign_in(writer, serving.address, "Femi")
    open_thread(writer, serving.address, SUBJECT)
    author = author_of(writer)
    assert author != "Femi", "The thread must be somebody else's."
    told = person().new_page()
    sign_in(told, serving.address, author)
    everything_seen(told, serving.address)
    told.goto(f"{serving.address}/forums")
    assert badge(told) == ""
    told.wait_for_timeout(1200)
    reply(writer, "A geranium that listens at the window.")
    expect(told.locator("header.top [data-badge]")).to_be_visible(timeout=8000)
    assert badge(told) == "1"
    told.locator("header.top a.bell").click()
    row = told.locator("li.notice[data-new]").first
    expect(row).to_contain_text("Femi wrote in your thread")
    expect(row).to_contain_text("A geranium that listens")
    row.get_by_role("link").first.click()
    expect(told.locator("article.post", has_text="A geranium that listens").last).to_be_visible()
    assert badge(told) == ""


def test_notices_and_choices_work_without_scripts(
    serving: Serving, page_without_javascript: Page, accessible: Callable[..., None], person: Person
) -> None:
    page = page_without_javascript
    sign_in(page, serving.address, "Ana")
    page.goto(f"{serving.address}/account/notices/")
    page.get_by_role("button", name="Send me a trial notice").click()
    page.locator("header.top a.bell").click()
    expect(page.locator("li.notice").first).to_contain_text("A trial")
    page.get_by_role("button", name="Mark all as seen").click()
    assert page.locator("li.notice[data-new]").count() == 0
    page.get_by_role("link", name="How I am told").first.click()
    page.get_by_role("checkbox", name="Push – Quotes").uncheck()
    page.get_by_label("Digest", exact=True).select_option("weekly")
    page.get_by_label("From").fill("22:30")
    page.get_by_label("Until").fill("06:30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("From")).to_have_value("22:30")
    expect(page.get_by_role("checkbox", name="Push – Quotes")).not_to_be_checked()
    for scheme in ("light", "dark"):
        seen = person(color_scheme=scheme).new_page()
        sign_in(seen, serving.address, "Ana")
        for where in ("/notices/", "/account/notices/"):
            seen.goto(serving.address + where)
            accessible(seen)
            assert seen.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_worker_shows_what_is_pushed(serving: Serving, person: Person) -> None:
    """The browser itself delivers a push to our worker; only the way through its maker's service is left out."""
    context = person()
    context.grant_permissions(["notifications"], origin=serving.address)
    page = context.new_page()
    sign_in(page, serving.address, "Ana")
    page.goto(f"{serving.address}/account/notices/")
    expect(page.get_by_role("button", name="Let this browser tell me")).to_be_visible()
    key = page.locator("form[data-push]").get_attribute("data-push") or ""
    assert len(base64.urlsafe_b64decode(key + "=")) == 65
    devtools = context.new_cdp_session(page)
    found: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.evaluate(
        "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => true)"
    )
    until = time.monotonic() + 10
    while not found and time.monotonic() < until:
        page.wait_for_timeout(100)
    told = {"title": "Bram answered you", "body": "Grüße", "url": "/notices/1", "tag": "notice-1"}
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": serving.address, "registrationId": found[0], "data": json.dumps(told)},
    )
    shown = """async () => {
      const worker = await navigator.serviceWorker.ready;
      for (let n = 0; n < 50; n++) {
        const all = await worker.getNotifications();
        if (all.length) return all.map((one) => [one.title, one.body, one.tag, one.data.url]);
        await new Promise((done) => setTimeout(done, 100));
      }
      return [];
    }"""
    assert page.evaluate(shown) == [["Bram answered you", "Grüße", "notice-1", "/notices/1"]]
