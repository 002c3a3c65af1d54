"""The browser itself: that it runs scripts, or none; that it is what the fixtures promise; that axe finds faults."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

PAGE = """<!doctype html><html lang="en"><title>A page</title><main><h1>Under the tree</h1>
<p id="told">No script has run.</p><script>document.getElementById("told").textContent = "A script has run."</script>
{}</main></html>"""


def test_scripts_run(page: Page) -> None:
    page.set_content(PAGE.format(""))
    assert page.inner_text("#told") == "A script has run."


def test_no_script_runs_where_there_is_none(page_without_javascript: Page) -> None:
    page_without_javascript.set_content(PAGE.format(""))
    assert page_without_javascript.inner_text("#told") == "No script has run."


def test_a_phone_is_narrow_and_a_dark_desktop_is_dark(page_on_a_phone: Page, page_in_the_dark: Page) -> None:
    assert page_on_a_phone.evaluate("screen.width") == 390
    assert page_in_the_dark.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert not page_on_a_phone.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")


def test_axe_finds_nothing_on_a_good_page_and_names_what_is_wrong(page: Page, accessible: Callable[..., None]) -> None:
    page.set_content(PAGE.format(""))
    accessible(page)
    page.set_content(PAGE.format('<img src="data:,"><p style="color:#ccc">Too pale to read</p>'))
    with pytest.raises(AssertionError) as found:
        accessible(page)
    assert "image-alt" in str(found.value)
    assert "color-contrast" in str(found.value)


def test_a_picture_is_kept(page: Page, picture: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.journeys.browsing.NOBODY_LOOKS", False)
    page.set_content(PAGE.format(""))
    kept = picture(page, "tree")
    assert kept.read_bytes().startswith(b"\x89PNG")
