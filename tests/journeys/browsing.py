"""A real browser: Debian's Chromium driven by Playwright, with pages as different people hold them in their hands."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import IN_CI, ROOT, lacking

PICTURES = ROOT / "pictures"
NOBODY_LOOKS = IN_CI
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 15_000
"""Milliseconds until something that a page should do is given up: a busy machine takes its time."""
expect.set_options(timeout=PATIENCE)

# It never talks to anybody but the application: no updates, no account, no look-ups of its own.
SWITCHES = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def chromium() -> str | None:
    """Where Chromium is on this machine, or None (PALAVER_CHROMIUM overrides)."""
    named = os.environ.get("PALAVER_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys of a worker."""
    where = chromium()
    if where is None:
        lacking("Chromium is missing (apt-get install chromium, or name it in PALAVER_CHROMIUM)")
    switches = [*SWITCHES, "--no-sandbox"] if os.geteuid() == 0 else SWITCHES
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=where, args=switches)
        yield opened
        opened.close()


@pytest.fixture
def person(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browsers of separate people: `person(java_script_enabled=False)`; each with its own cookies.

    Playwright's sync API runs an event loop in this thread, where Django's ORM refuses: journeys look at pages only.
    """
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(
            **{"viewport": DESKTOP, "locale": "en-GB", "timezone_id": "Europe/London", **options}
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(person: Callable[..., BrowserContext]) -> Page:
    """A desktop with scripts and a light theme."""
    return person(color_scheme="light").new_page()


@pytest.fixture
def page_without_javascript(person: Callable[..., BrowserContext]) -> Page:
    """A desktop that runs no script."""
    return person(java_script_enabled=False).new_page()


@pytest.fixture
def page_in_the_dark(person: Callable[..., BrowserContext]) -> Page:
    """A desktop whose owner has asked for dark pages."""
    return person(color_scheme="dark").new_page()


@pytest.fixture
def page_on_a_phone(person: Callable[..., BrowserContext]) -> Page:
    """A phone: narrow, touched, two device pixels to one."""
    return person(viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True).new_page()


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[..., Path]:
    """`picture(page, "thread")` saves what the page shows as pictures/<test>-thread.png and returns the file.

    They are for a person to look at, and cost a third of the walk: where nobody looks (CI) none are taken but with --long.
    """

    def save(page: Page, name: str, *, full: bool = False) -> Path:
        PICTURES.mkdir(exist_ok=True)
        stem = re.sub(r"[^a-z0-9]+", "-", f"{request.node.name}-{name}".lower()).strip("-")
        file = PICTURES / f"{stem}.png"
        if NOBODY_LOOKS and not request.config.getoption("--long"):
            return file
        page.screenshot(path=file, full_page=full)
        return file

    return save


@pytest.fixture
def accessible() -> Callable[..., None]:
    """`accessible(page)` lets axe-core look at the page and fails with each violation of WCAG 2.2 A and AA it names."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}

    def look(page: Page, *, but: tuple[str, ...] = ()) -> None:
        found = [v for v in axe.run(page, options=rules).response["violations"] if v["id"] not in but]
        told = [f"{v['id']}: {v['help']} – {node['html'][:160]}" for v in found for node in v["nodes"]]
        assert not told, f"{page.url}\n" + "\n".join(told)

    return look
