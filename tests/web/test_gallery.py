"""Every page of the gallery in a real browser: reachable by all, no sideways scroll, thumb-sized, within its budget."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_NAME
from playwright.sync_api import Browser, Page

import axe_playwright_python

from palaver.web import building

AXE = (Path(axe_playwright_python.__file__).parent / AXE_FILE_NAME).read_text(encoding="utf-8")
LIGHT: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
DARK: dict[str, Any] = {**LIGHT, "color_scheme": "dark"}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NARROW: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}

RUN_AXE = """async () => {
  const found = await axe.run(document, {runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}});
  return found.violations.map((one) => one.id + ": " + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + " " + (node.any[0]?.message ?? "")).join(" | "));
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll("a[href], button, summary, select, input:not([type=hidden]), textarea")]
  .filter((target) => target.checkVisibility({visibilityProperty: true, opacityProperty: true}) && !target.closest(".unseen, .prose, .skip"))
  .filter((target) => {
    const box = target.getBoundingClientRect();
    if (!box.width || box.width < 2) return false;
    const inSentence = target.closest("p:not(.row-replies, .row-last, .row-meta, .form-acts), td, dd, .list, .version, .panel p, .lede, .flash, .grid, h1, h2:not(.row-subject), h3:not(.post-subject)");
    if (inSentence) return false;
    if (target.matches("[type=checkbox], [type=radio]")) return target.labels[0].getBoundingClientRect().height < 44;
    return box.height < 43.5 || box.width < 24;
  }).map((target) => target.outerHTML.slice(0, 120) + " " + JSON.stringify(target.getBoundingClientRect()))"""
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


def each(browser: Browser, address: str, pages: dict[str, Path], context: dict[str, Any], look: Any) -> dict[str, Any]:
    """What `look(page)` found on every page of the gallery, by name, where it found something."""
    opened = browser.new_context(**context)
    page = opened.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    found: dict[str, Any] = {}
    for name in pages:
        page.goto(f"{address}/{name}.html")
        if answer := look(page):
            found[name] = answer
    opened.close()
    assert broken == []
    return found


def axe(page: Page) -> list[str]:
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN_AXE)
    return found


@pytest.mark.parametrize("context", [LIGHT, DARK, PHONE], ids=["light", "dark", "phone"])
def test_axe_finds_nothing_on_any_page(browser: Browser, address: str, pages: dict[str, Path], context: Any) -> None:
    assert each(browser, address, pages, context, axe) == {}


def test_axe_does_find_a_fault_that_is_there(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/thread.html")
    page.evaluate("document.querySelector('h1').innerHTML = '<img src=\"x\">'; document.documentElement.lang = ''")
    assert len(axe(page)) >= 2
    page.close()


@pytest.mark.parametrize("context", [NARROW, PHONE, LIGHT], ids=["320", "390", "1280"])
def test_no_page_scrolls_sideways(browser: Browser, address: str, pages: dict[str, Path], context: Any) -> None:
    look = "() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"
    assert each(browser, address, pages, context, lambda page: page.evaluate(look)) == {}


def test_no_page_scrolls_sideways_at_twice_the_letter_size(browser: Browser, address: str, pages: dict[str, Path]) -> None:
    def look(page: Page) -> int:
        page.add_style_tag(content="html { font-size: 200% !important }")
        wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return max(0, wide)

    assert each(browser, address, pages, LIGHT, look) == {}


def test_every_target_is_thumb_sized_on_a_touch_screen(browser: Browser, address: str, pages: dict[str, Path]) -> None:
    assert each(browser, address, pages, PHONE, lambda page: page.evaluate(SMALL_TARGETS)) == {}


@pytest.mark.parametrize("context", [LIGHT, PHONE], ids=["light", "phone"])
def test_nothing_lies_over_anything(browser: Browser, address: str, pages: dict[str, Path], context: Any) -> None:
    assert each(browser, address, pages, context, lambda page: page.evaluate(OVERLAPS)) == {}


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
        order.append(page.evaluate("document.activeElement.closest('header.top, details.rail, main, footer')?.className ?? ''"))
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
