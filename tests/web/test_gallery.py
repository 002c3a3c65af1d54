"""Every page of the gallery in a real browser: reachable by all, no sideways scroll, thumb-sized, within its budget."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from axe_playwright_python.base import AXE_FILE_NAME
from playwright.sync_api import Browser, Page

from palaver.web import building

pytestmark = pytest.mark.dear

AXE = (Path(axe_playwright_python.__file__).parent / AXE_FILE_NAME).read_text(encoding="utf-8")
LIGHT: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
DARK: dict[str, Any] = {**LIGHT, "color_scheme": "dark"}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NARROW: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}

# A desktop is looked at in light, then turned dark; a phone is held upright, then made narrow.
DESK: dict[str, dict[str, Any]] = {"light": LIGHT, "dark": DARK}
HAND: dict[str, dict[str, Any]] = {"phone": PHONE, "narrow": NARROW}
SCREENS = {**DESK, **HAND}
SIDEWAYS = "() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"
RUN_AXE = """async (rules) => {
  const only = rules ? {type: "rule", values: rules} : {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]};
  const found = await axe.run(document, {runOnly: only, resultTypes: ["violations"], selectors: false});
  return found.violations.map((one) => one.id + ": " + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + " " + (node.any[0]?.message ?? "")).join(" | "));
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll("a[href], button, summary, select, input:not([type=hidden]), textarea")]
  .filter((target) => target.checkVisibility({visibilityProperty: true, opacityProperty: true}) && !target.closest(".unseen, .prose, .skip"))
  .filter((target) => {
    const box = target.getBoundingClientRect();
    if (!box.width || box.width < 2) return false;
    const inSentence = target.closest("p:not(.row-replies, .row-last, .row-meta, .form-acts), td, dd, .list, .version, .panel p, .lede, .flash, .grid, h1, h2:not(.row-subject), h3:not(.post-subject)");
    if (inSentence) return false;
    if (target.matches("[type=checkbox], [type=radio]")) return (target.labels[0] ?? target.closest('label') ?? target).getBoundingClientRect().height < 44;
    return box.height < 43.5 || box.width < 24;
  }).map((target) => target.outerHTML.slice(0, 120) + " " + JSON.stringify(target.getBoundingClientRect()))"""
# What can differ between the themes of one page: they set other colours, and nothing else (a test below holds that).
OF_COLOURS = ["color-contrast", "link-in-text-block"]
OVERLAPS = """() => {
  const texts = [...document.querySelectorAll("h1, h2, h3, .prose, .post-by, .acts, .row-meta, .row-last, .row-replies, .tree a, .crumbs, .button")].filter((one) => !one.closest(".unseen, .bottom-bar, .live-bar, dialog") && one.checkVisibility());
  const found = [];
  for (let i = 0; i < texts.length; i++) for (let j = i + 1; j < texts.length; j++) {
    if (texts[i].contains(texts[j]) || texts[j].contains(texts[i])) continue;
    const a = texts[i].getBoundingClientRect(), b = texts[j].getBoundingClientRect();
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left), high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 2 && high > 2 && a.width > 2 && b.width > 2) found.push(texts[i].outerHTML.slice(0, 80) + " / " + texts[j].outerHTML.slice(0, 80));
  }
  return found.slice(0, 5);
}"""
BODY_CONTRAST = """() => {
  const luminance = (colour) => { const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(Number).map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
  const ground = luminance(getComputedStyle(document.documentElement).backgroundColor), ink = luminance(getComputedStyle(document.querySelector(".prose p")).color);
  return (Math.max(ground, ink) + .05) / (Math.min(ground, ink) + .05);
}"""


WORN_BY_OTHERS = re.compile(r"account-(?!login|signup$|email$)|error-(?!403|404)|category|edit|lock$|mail|orders")
"""Pages whose shape another page has too: they are looked at in one size only, which keeps this file quick."""


class Sights:
    """One visit to each page on a desk and in the hand answers every question; each test then asserts one of the answers."""

    def __init__(self, browser: Browser, address: str, pages: dict[str, Path]) -> None:
        self.browser, self.address, self.pages = browser, address, pages
        self.seen: dict[str, dict[str, dict[str, Any]]] = {}

    def faults(self, kind: str, question: str) -> dict[str, Any]:
        """What a question found on a kind of screen, by page, where it found something."""
        if kind not in self.seen:
            self._visit(DESK if kind in DESK else HAND)
        return {name: answers[question] for name, answers in self.seen[kind].items() if answers[question]}

    def _visit(self, screens: dict[str, dict[str, Any]]) -> None:
        first, second = screens
        # Without motion, so that no colour is looked at while it is still changing to the other theme's.
        opened = self.browser.new_context(**screens[first], reduced_motion="reduce")
        page = opened.new_page()
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        for kind in screens:
            self.seen[kind] = {}
        for name in self.pages:
            if first == "phone" and WORN_BY_OTHERS.match(name):
                continue
            broken.clear()
            page.goto(f"{self.address}/{name}.html")
            self.seen[first][name] = self._look(page, None if first == "light" else [], broken)
            if first == "light":
                page.emulate_media(color_scheme="dark")
                self.seen[second][name] = self._look(page, OF_COLOURS, broken)
                page.emulate_media(color_scheme="light")
            else:
                self.seen[first][name]["axe"] = axe(page)
                page.set_viewport_size(screens[second]["viewport"])
                self.seen[second][name] = self._look(page, [], broken)
                page.set_viewport_size(screens[first]["viewport"])
            page.evaluate("document.documentElement.classList.add('twice')")
            page.add_style_tag(content="html.twice { font-size: 200% }")
            self.seen[first][name]["sideways at twice the size"] = page.evaluate(SIDEWAYS)
        opened.close()

    def _look(self, page: Page, rules: list[str] | None, broken: list[str]) -> dict[str, Any]:
        """Everything that is asked on one screen. axe with the rules named; None: with all; []: not at all."""
        return {
            "sideways": page.evaluate(SIDEWAYS),
            "over": page.evaluate(OVERLAPS),
            "small": page.evaluate(SMALL_TARGETS),
            "axe": axe(page, rules) if rules is None or rules else [],
            "broken": list(broken),
        }


@pytest.fixture(scope="session")
def sights(browser: Browser, address: str, pages: dict[str, Path]) -> Sights:
    return Sights(browser, address, pages)


def axe(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds on a page, by all its rules or by those named."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN_AXE, rules)
    return found


def kinds(*names: str) -> Any:
    """A test for each kind of screen. Those that share a visit stay with one worker (tests/conftest.py), so it is made once."""
    return pytest.mark.parametrize("kind", names)


@kinds("light", "dark", "phone")
def test_axe_finds_nothing_on_any_page(sights: Sights, kind: str) -> None:
    assert sights.faults(kind, "axe") == {}


@kinds("light", "phone", "narrow")
def test_no_page_scrolls_sideways(sights: Sights, kind: str) -> None:
    assert sights.faults(kind, "sideways") == {}


@kinds("light")
def test_no_page_scrolls_sideways_at_twice_the_letter_size(sights: Sights, kind: str) -> None:
    assert sights.faults(kind, "sideways at twice the size") == {}


@kinds("phone", "narrow")
def test_every_target_is_thumb_sized_on_a_touch_screen(sights: Sights, kind: str) -> None:
    assert sights.faults(kind, "small") == {}


@kinds("light", "phone")
def test_nothing_lies_over_anything(sights: Sights, kind: str) -> None:
    assert sights.faults(kind, "over") == {}


@kinds("light", "dark", "phone")
def test_no_script_breaks(sights: Sights, kind: str) -> None:
    assert sights.faults(kind, "broken") == {}


def test_themes_differ_in_colours_alone() -> None:
    """So on a page that was looked at in light, the rules of axe that ask for colours are enough in the dark."""
    sheets = {path.name: path.read_text(encoding="utf-8") for path in building.SOURCE.glob("css/**/*.css")}
    themed = re.compile(r"data-theme|prefers-color-scheme|light-dark\(")
    assert [name for name, text in sheets.items() if themed.search(text)] == ["tokens.css"]
    blocks = re.findall(r"\[data-theme[^{}]*\{([^{}]*)\}", sheets["tokens.css"])
    said = [one.strip() for block in blocks for one in block.split(";") if one.strip()]
    assert len(said) > 20
    assert [one for one in said if not re.fullmatch(r"--[\w-]+: light-dark\(#\w+, #\w+\)|color-scheme: \w+", one)] == []


def test_axe_does_find_a_fault_that_is_there(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/thread.html")
    page.evaluate("document.querySelector('h1').innerHTML = '<img src=\"x\">'; document.documentElement.lang = ''")
    assert len(axe(page)) >= 2
    page.close()


@pytest.mark.parametrize("context", [LIGHT, DARK], ids=["light", "dark"])
def test_what_people_wrote_has_the_highest_contrast(browser: Browser, address: str, context: Any) -> None:
    opened = browser.new_context(**context)
    page = opened.new_page()
    page.goto(f"{address}/thread.html")
    assert page.evaluate(BODY_CONTRAST) >= 7
    opened.close()


def test_the_skip_link_comes_first_and_the_focus_can_be_seen(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/thread.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip unseen"
    assert page.evaluate("document.activeElement.getBoundingClientRect().width") > 50
    order = []
    for _ in range(30):
        page.keyboard.press("Tab")
        order.append(
            page.evaluate("document.activeElement.closest('header.top, details.rail, main, footer')?.className ?? ''")
        )
        assert page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 2
    firsts = list(dict.fromkeys(order))
    assert firsts == ["top", "rail", "contents"]
    page.close()


def test_no_page_holds_inline_style_or_script(pages: dict[str, Path]) -> None:
    for name, path in pages.items():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|<script(?![^>]*\bsrc=)|\son[a-z]+=|javascript:", text), name


def test_pages_fit_their_budget(pages: dict[str, Path]) -> None:
    """Page 6: chrome 15 KB compressed with the posts' text apart, style 14 KB, script 26 KB, six requests cold."""
    manifest = building.collect()
    weights = {name: len(gzip.compress(content, 9)) for name, content in manifest.files.items()}
    by_name = {plain: weights[url.rsplit("/", 1)[1]] for plain, url in manifest.urls.items()}
    assert by_name["palaver.css"] <= 14 * 1024
    assert by_name["palaver.js"] <= 26 * 1024
    for name, path in pages.items():
        text = path.read_text(encoding="utf-8")
        chrome = re.sub(r'<div class="prose".*?</div>', "", text, flags=re.DOTALL)
        assert len(gzip.compress(chrome.encode(), 9)) <= 15 * 1024, name
        fetched = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', text))
        assert 1 + len(fetched) <= 6, name
        assert not re.search(r'(?:src|<link[^>]*href)="https?:', text), name
