"""What the scripts shorten, in a real browser. The server is the test's own and answers as the product's pages do."""

from __future__ import annotations

import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.web import gallery

from palaver.web import assembling, building, templating
from palaver.web.contexts import PostView

STREAM = """
const hearers = [];
export function subscribe(topic, hear) {
  hearers.push({topic, hear});
  globalThis.heard = {topic, hear(event) { for (const one of hearers) if (one.topic === topic) one.hear(event); }};
}
"""


class Small(http.server.ThreadingHTTPServer):
    """Keeps what was sent, and the state it shows."""

    sent: list[tuple[str, dict[str, list[str]]]]
    recommended = False
    more = False
    script = b""


class Answer(http.server.BaseHTTPRequestHandler):
    server: Small

    def log_message(self, format: str, *args: object) -> None:
        return

    def do_GET(self) -> None:
        if self.path.endswith(".js"):
            self.give(self.server.script, "text/javascript")
        elif self.path.startswith("/static/"):
            content = building.collect().files.get(self.path.rsplit("/", 1)[1], b"")
            self.give(content, "text/css" if self.path.endswith(".css") else "image/svg+xml")
        elif self.path.startswith("/list"):
            context = next(context for name, _, context in gallery.pages() if name == "home")
            self.page("threads/list.html", context)
        else:
            lines = [post for post in gallery.posts() if isinstance(post, PostView)]
            lines = [replace(post, recommended=self.server.recommended) if post.number == 1 else post for post in lines]
            if self.server.more:
                lines.append(replace(lines[0], id=710, number=10, subject="A late letter"))
            view: Any = "tree" if "tree" in self.path else "flat"
            made = assembling.posts(templating.own(), lines, "en", tree=view == "tree", signed_in=True)
            page = replace(gallery.thread(view), posts=made)
            self.page("threads/thread.html", {"shell": replace(gallery.SHELL, live="thread:7"), "page": page})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.sent.append((self.path, parse_qs(body)))
        if self.path.endswith("/recommendation"):
            self.server.recommended = not self.server.recommended
        self.send_response(303)
        self.send_header("Location", "/t/7/x")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def page(self, template: str, context: dict[str, Any]) -> None:
        self.give(templating.strict().get_template(template).render(context).encode(), "text/html; charset=utf-8")

    def give(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    # The stream's own module is another part's; here one that only remembers who listens takes its place.
    folder = tmp_path / "js"
    shutil.copytree(building.SOURCE / "js", folder)
    (folder / "live.js").write_text(STREAM, encoding="utf-8")
    entry = folder / "palaver.js"
    if "./replies.js" not in entry.read_text(encoding="utf-8"):
        entry.write_text(entry.read_text(encoding="utf-8") + 'import "./replies.js";\n', encoding="utf-8")
    server = Small(("127.0.0.1", 0), Answer)
    server.sent = []
    server.script = building.script(folder).encode()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Browser, small: Small) -> Iterator[Page]:
    context = browser.new_context(base_url=f"http://127.0.0.1:{small.server_address[1]}", timezone_id="Asia/Tokyo")
    opened = context.new_page()
    broken: list[str] = []
    opened.on("pageerror", lambda error: broken.append(str(error)))
    opened.on("console", lambda line: broken.append(line.text) if line.type == "error" else None)
    yield opened
    context.close()
    assert broken == []


def test_recommending_needs_no_reload_and_can_be_taken_back(page: Page, small: Small) -> None:
    page.goto("/t/7/x")
    page.evaluate("window.stayed = true")
    button = page.locator("#p1 form[data-rec] button")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert [fields["act"] for _, fields in small.sent] == [["give"], ["take-back"]]
    assert page.evaluate("window.stayed") is True


def test_new_replies_wait_until_they_are_asked_for(page: Page, small: Small) -> None:
    page.goto("/t/7/x")
    assert page.evaluate("heard.topic") == "thread:7"
    bar = page.locator("[data-live-bar]")
    expect(bar).to_be_hidden()
    small.more = True
    page.evaluate(
        "heard.hear({kind: 'reply', payload: {number: 10}}); heard.hear({kind: 'reply', payload: {number: 10}})"
    )
    expect(bar).to_have_text("1 new reply – show")
    assert page.locator("#p10").count() == 0
    bar.locator("a").click()
    expect(page.locator("#p10 .post-subject")).to_have_text("A late letter")
    expect(bar).to_be_hidden()
    page.evaluate(
        "heard.hear({kind: 'reply', payload: {number: 10}}); heard.hear({kind: 'reply', payload: {number: 4}})"
    )
    expect(bar).to_be_hidden()


def test_what_was_typed_survives_a_reload_and_is_sent_once(page: Page, small: Small) -> None:
    page.goto("/t/7/x")
    page.locator("#body").fill("A long thought")
    page.reload()
    expect(page.locator("#body")).to_have_value("A long thought")
    page.locator("#body").press("Control+Enter")
    page.wait_for_load_state()
    expect(page.locator("#body")).to_have_value("")
    assert [(path, fields["body"]) for path, fields in small.sent if path != "/drafts"] == [
        ("/t/7/reply", ["A long thought"])
    ]


def test_a_second_press_does_not_send_again(page: Page, small: Small) -> None:
    page.goto("/t/7/x")
    page.locator("#body").fill("Once")
    page.evaluate(
        "() => { const form = document.getElementById('reply'); form.requestSubmit(); form.requestSubmit(); }"
    )
    page.wait_for_load_state()
    expect(page.locator("#body")).to_have_value("")
    assert len(small.sent) == 1


def test_keys_walk_the_rows_and_stay_quiet_while_writing(page: Page) -> None:
    page.goto("/list")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-rows] > [data-current] h2 a")).to_have_attribute("href", "/t/2/x")
    page.keyboard.press("k")
    expect(page.locator("[data-rows] > [data-current] h2 a")).to_have_attribute("href", "/t/1/x")
    page.keyboard.press("n")
    expect(page.locator("[data-rows] > [data-current] h2 a")).to_have_attribute("href", "/t/2/x")
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto("/t/7/x")
    page.keyboard.press("r")
    page.keyboard.type("jk.?")
    expect(page.locator("#body")).to_have_value("jk.?")
    assert page.locator("[data-current]").count() == 0


def test_marking_read_quiets_the_list(page: Page, small: Small) -> None:
    page.goto("/list")
    assert page.locator("main [data-new]").count() > 0
    page.locator("form[data-mark] button").click()
    expect(page.locator("main [data-new]")).to_have_count(0)
    assert small.sent[0][0] == "/mark"


def test_branches_fold_and_tell_how_many_they_hide(page: Page) -> None:
    page.goto("/t/7/x?view=tree")
    fold = page.locator("#p1 .fold")
    expect(page.locator("#p2")).to_be_visible()
    fold.click()
    expect(page.locator("#p2")).to_be_hidden()
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(fold).to_contain_text("3")


def test_the_theme_changes_at_once_and_is_sent(page: Page, small: Small) -> None:
    page.goto("/t/7/x")
    light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.locator("[data-theme-choice]").select_option("dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != light
    page.wait_for_timeout(200)
    assert json.loads(json.dumps(small.sent[0][1]))["theme"] == ["dark"]


def test_a_guests_times_come_into_the_browsers_zone(browser: Browser, address: str) -> None:
    context = browser.new_context(timezone_id="Asia/Tokyo", locale="en-GB")
    opened = context.new_page()
    opened.goto(f"{address}/thread-guest.html")
    # 15:47 UTC on Sunday is 00:47 on Monday in Tokyo.
    expect(opened.locator(".byline time")).to_contain_text("Mon")
    expect(opened.locator(".byline time")).to_contain_text("47")
    context.close()
