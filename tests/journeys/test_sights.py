"""Every kind of page as people see it: axe finds nothing, nothing scrolls sideways, targets fit a thumb; pictures are kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.people import sign_in
from tests.journeys.running import Serving
from tests.web.test_gallery import AXE, RUN_AXE, SIDEWAYS, SMALL_TARGETS

Person = Callable[..., BrowserContext]
GUEST = {
    "home": "/",
    "newest": "/newest",
    "recommended": "/recommended?in=ever",
    "unanswered": "/unanswered",
    "forums": "/forums",
    "category": "/c/support-forums/",
    "forum": "/f/general-discussion/",
    "about": "/f/general-discussion/about",
    "retired": "/f/bridge-closure-desk/",
    "thread": "/t/63/two-winters-of-letters-have-settled-nothing-on-the-weir",
    "thread-locked": "/t/37/your-tap-water-and-what-they-are-not-telling-you",
    "member": "/m/Ana",
    "member-suspended": "/m/Jonas",
    "record": "/record",
    "orders": "/help/orders",
    "help": "/help/?q=quote",
    "help-writing": "/help/writing",
    "help-keyboard": "/help/keyboard",
    "privacy": "/privacy",
    "imprint": "/imprint",
    "contact": "/contact",
    "sign-in": "/account/login/",
    "join": "/account/signup/",
    "forgotten": "/account/password/reset/",
    "missing": "/nowhere",
}
MEMBER = {
    "home": "/",
    "unread": "/unread",
    "forum": "/f/the-lounge/",
    "thread-flat": "/t/63/two-winters-of-letters-have-settled-nothing-on-the-weir",
    "thread-tree": "/t/51/what-did-you-bake-with-the-quinces?view=tree",
    "thread-op": "/t/51/what-did-you-bake-with-the-quinces?view=op",
    "thread-long": "/t/33/the-hedge-between-17-and-18-since-everybody-is-talking-about?page=2",
    "thread-arabic": "/m/%D9%84%D9%8A%D9%84%D9%89",
    "start": "/f/the-lounge/start",
    "account": "/account/",
    "preferences": "/account/preferences/",
    "sessions": "/account/sessions/",
    "password": "/account/password/change/",
    "addresses": "/account/email/",
}
OPERATOR = {
    "desk": "/desk/",
    "inquiries": "/desk/inquiries",
    "pages": "/desk/pages",
    "page-form": "/desk/pages/terms",
}
SCREENS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "narrow": {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True},
}


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(
    ("who", "pages"), [("", GUEST), ("Ana", MEMBER), ("Odile", OPERATOR)], ids=["guest", "member", "operator"]
)
def test_every_page_is_sound(
    serving: Serving, person: Person, picture: Callable[..., Path], screen: str, who: str, pages: dict[str, str]
) -> None:
    page = person(**SCREENS[screen]).new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    if who:
        sign_in(page, serving.address, who)
    faults: dict[str, list[str]] = {}
    for name, path in pages.items():
        page.goto(serving.address + path)
        expect(page.locator("h1")).to_have_count(1)
        found = list(broken)
        broken.clear()
        if page.evaluate(SIDEWAYS):
            found.append(f"scrolls sideways by {page.evaluate(SIDEWAYS)} px")
        if screen in {"phone", "narrow"}:
            found += page.evaluate(SMALL_TARGETS)
        if screen in {"light", "dark"}:
            page.evaluate(AXE)
            found += page.evaluate(RUN_AXE)
        picture(page, name, full=name in {"thread", "preferences"} and screen == "light")
        if found:
            faults[name] = found
    assert faults == {}


def test_a_page_with_a_fault_is_noticed(serving: Serving, person: Person) -> None:
    page: Page = person(**SCREENS["phone"]).new_page()
    page.goto(f"{serving.address}/forums")
    page.evaluate("""() => { const wide = document.createElement("div"); wide.className = "wide"; document.body.append(wide);
        wide.innerHTML = "<a href='/' id='small'>x</a><img src='data:,'>"; wide.style.width = "900px"; }""")
    assert page.evaluate(SIDEWAYS) > 0
    page.evaluate(AXE)
    assert any("image-alt" in line for line in page.evaluate(RUN_AXE))
    assert any("small" in line for line in page.evaluate(SMALL_TARGETS))
