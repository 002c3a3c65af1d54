"""Hostile markup through every sink of real pages in real Chromium: nothing of it runs.

First with the content policy off, so that the sanitiser and the templates stand alone; then with the policy on and bodies
that went past the sanitiser, so that the policy stands alone; last the same raw pages with both off, where it must run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Route

from tests.journeys.running import Serving, started
from tests.sweeps.community import hands
from tests.sweeps.payloads import FIRST_MARK, alone, lists, marked

pytestmark = pytest.mark.journey

BATCH = 50

# Says on the console which payload ran, by its number; a loop of alerts is ended by an error.
_HOOK = """
(() => {
  let times = 0;
  const told = kind => function (mark) {
    console.log('FIRED ' + (Number.isInteger(mark) ? mark : '?') + ' ' + kind);
    if (++times > 400) throw new Error('enough');
    return true;
  };
  for (const kind of ['alert', 'confirm', 'prompt', 'print']) window[kind] = told(kind);
})();
"""

# What a reader would do: every handler is set off, every link that is a script is followed. Our pages have neither.
_POKE = """
() => {
  const found = [];
  const named = node => (node.outerHTML.match(/77\\d{4}/) || ['?'])[0];
  for (const node of document.querySelectorAll('*')) {
    for (const {name, value} of [...node.attributes]) {
      if (name.startsWith('on')) {
        found.push(named(node) + ' ' + name);
        try { node.dispatchEvent(new Event(name.slice(2), {bubbles: true, cancelable: true})); } catch (error) {}
      } else if (/^[\\u0000-\\u0020]*(javascript|vbscript|data:(?!image\\/))/i.test(value.replace(/[\\t\\n\\r]/g, ''))
                 && ['href', 'src', 'action', 'formaction', 'xlink:href', 'data', 'poster', 'srcdoc'].includes(name)) {
        found.push(named(node) + ' ' + name + '=' + value.slice(0, 40));
        try { node.click && node.click(); } catch (error) {}
      }
    }
    if (['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'BASE', 'STYLE', 'META', 'LINK'].includes(node.tagName) && node.closest('main'))
      found.push(named(node) + ' <' + node.tagName.toLowerCase() + '>');
  }
  return found;
}
"""


@dataclass
class Hall:
    """A served community full of payloads: where to look, and each payload with its list, by its number."""

    running: Serving
    pages: list[str] = field(default_factory=list)
    raw_pages: list[str] = field(default_factory=list)
    payloads: list[tuple[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    posts: int = 0


def _batches(items: list[Any], size: int = BATCH) -> Iterator[list[Any]]:
    for at in range(0, len(items), size):
        yield items[at : at + size]


def _fill(acting: Any, chosen: dict[str, list[str]], hall: Hall) -> None:
    """Put every payload through every sink with the product's own verbs."""
    acting.join(name="Odile")
    acting.make_operator(name="Odile")
    forum = acting.open_forum(name="Sinks", by="Odile")
    every = [(name, one) for name, each in chosen.items() for one in each]
    hall.payloads = payloads = [(name, marked(one, number)) for number, (name, one) in enumerate(every)]

    def thread(subject: str) -> dict[str, Any]:
        made = acting.start(forum=forum["id"], by="Odile", subject=subject, text="Here they stand.")
        assert isinstance(made, dict)
        return made

    for kind in ("markdown", "html", "bbcode", "plain"):
        for batch in _batches(payloads):
            at = thread(f"Bodies in {kind}")
            each = [
                {"thread": at["id"], "by": "Odile", "text": text, "subject": text[:180], "kind": kind}
                for _, text in batch
            ]
            hall.posts += sum(made is not None for made in acting.many(what="reply", each=each))
            # Once more without the subject, which may have been what was refused.
            each = [{**words, "subject": ""} for words in each]
            hall.posts += sum(made is not None for made in acting.many(what="reply", each=each))
            address = f"/t/{at['id']}/{at['slug']}"
            hall.pages += [address, f"{address}?page=2", f"{address}?view=tree"]
    for batch in _batches(payloads):
        each = [{"forum": forum["id"], "by": "Odile", "subject": text[:180], "text": text} for _, text in batch]
        started_ = acting.many(what="start", each=each)
        hall.pages += [f"/t/{made['id']}/{quote(made['slug'])}" for made in started_ if made]
        hall.pages += ["/newest", f"/f/{forum['slug']}/", "/m/Odile"]
        at = thread("Reasons")
        address = f"/t/{at['id']}/{at['slug']}"
        acting.many(
            what="write_and_withdraw", each=[{"thread": at["id"], "by": "Odile", "because": t[:180]} for _, t in batch]
        )
        acting.many(what="lock_and_open", each=[{"thread": at["id"], "by": "Odile", "because": t} for _, t in batch])
        edits = [
            {"post": at["post"], "by": "Odile", "text": f"Version {n} {text}", "because": text[:180]}
            for n, (_, text) in enumerate(batch)
        ]
        acting.many(what="edit", each=edits)
        hall.pages += [address, f"/p/{at['post']}/history"]
    hall.pages += [f"/record?at={at}" for at in range(50, 2 * len(payloads) + 100, 50)]
    for number, (_, text) in enumerate(payloads):
        about = acting.join(name=f"About{number}")
        acting.many(what="settle", each=[{"member": about["id"], "about": text[:2000]}])
        hall.pages.append(f"/m/About{number}")
    hall.names = [
        made["name"] for made in acting.many(what="join", each=[{"name": text} for _, text in payloads]) if made
    ]
    hall.pages += [f"/m/{quote(name, safe='')}" for name in hall.names]
    for batch in _batches(payloads, 10):
        at = thread("Past the sanitiser")
        each = [{"thread": at["id"], "by": "Odile", "html": alone(text)} for _, text in batch]
        acting.many(what="raw", each=each)
        hall.raw_pages.append(f"/t/{at['id']}/{at['slug']}")


class Watch:
    """A browser that visits pages and notes what ran in which post."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.origin = origin
        self.context = context
        self.fired: list[str] = []
        self.left: list[str] = []
        self.failed: list[str] = []
        context.add_init_script(_HOOK)
        context.route(re.compile(r".*"), self._route)
        self.page = self._open()

    def _open(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._heard)
        page.on("dialog", lambda dialog: dialog.dismiss())
        return page

    def _route(self, route: Route) -> None:
        if route.request.url.startswith(self.origin + "/"):
            if "/static/" in route.request.url or route.request.resource_type == "document":
                route.continue_()
            else:
                route.abort()
        elif route.request.resource_type == "script":
            # The lists' remote scripts are gone; one that were loaded would do this.
            route.fulfill(content_type="text/javascript", body="alert('remote')")
        else:
            route.abort()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.text.startswith("FIRED "):
            self.fired.append(f"{message.text[6:]} on {self.where}")

    def visit(self, path: str, *, milliseconds: int = 30) -> None:
        self.where = path
        try:
            answer = self.page.goto(self.origin + path, wait_until="domcontentloaded", timeout=20_000)
            if answer is None or answer.status != 200:
                self.failed.append(f"{path} answers {answer.status if answer else 'nothing'}")
                return
            self.page.wait_for_timeout(milliseconds)
            self.left += [f"{one} on {path}" for one in self.page.evaluate(_POKE)]
            self.page.wait_for_timeout(milliseconds)
        except Error as problem:
            # A raw payload may take the page elsewhere; on a page of ours that would be an execution.
            self.failed.append(f"{path}: {problem.message.splitlines()[0]}")
            self.page.close()
            self.page = self._open()


def _named(lines: list[str], payloads: list[tuple[str, str]]) -> list[str]:
    """What ran, each with its payload where it said its number."""
    return [f"{line}: {_payload(line, payloads)}" for line in dict.fromkeys(lines)][:20]


def _payload(line: str, payloads: list[tuple[str, str]]) -> tuple[str, str] | None:
    number = line.split(" ", 1)[0]
    index = int(number) - FIRST_MARK if number.isdecimal() else -1
    return payloads[index] if 0 <= index < len(payloads) else None


def _by_list(lines: list[str], payloads: list[tuple[str, str]]) -> Counter[str]:
    ran = {found for line in lines if (found := _payload(line, payloads))}
    return Counter(name for name, _ in ran)


def _sweep(home: Path, shared: Path, person: Callable[..., BrowserContext], every: int) -> None:
    chosen = {name: each[::every] for name, each in lists(shared).items()}
    with hands(home) as acting, started(home, ("serve", "--workers", "2")) as running:
        hall = Hall(running)
        _fill(acting, chosen, hall)

        alone_ = Watch(person(bypass_csp=True), running.address)
        for path in hall.pages:
            alone_.visit(path)
        assert not alone_.failed, alone_.failed[:20]
        assert not alone_.fired, _named(alone_.fired, hall.payloads)
        assert not alone_.left, _named(alone_.left, hall.payloads)

        policy = Watch(person(), running.address)
        for path in hall.raw_pages:
            policy.visit(path, milliseconds=200)
        assert not policy.fired, _named(policy.fired, hall.payloads)

        both_off = Watch(person(bypass_csp=True), running.address)
        for path in hall.raw_pages:
            both_off.visit(path, milliseconds=200)
        ran = _by_list(both_off.fired, hall.payloads)
        print(
            f"\n{len(hall.payloads)} payloads ({hall.posts} posts) on {len(hall.pages)} pages: 0 ran past the sanitiser, "
            f"0 past the policy ({len(hall.raw_pages)} raw pages); {len(hall.names)} were accepted as names."
        )
        for name, each in chosen.items():
            print(f"  control, both off: {ran[name]:4} of {len(each):4} of {name} ran")
        assert sum(ran.values()) * 10 > len(hall.payloads), f"The control hardly fires: {ran} of {len(hall.payloads)}."


def test_a_sample_of_the_payloads_runs_nowhere(
    prepared_home: Path, shared: Path, person: Callable[..., BrowserContext]
) -> None:
    _sweep(prepared_home, shared, person, 60)


@pytest.mark.long
def test_no_payload_runs_anywhere(prepared_home: Path, shared: Path, person: Callable[..., BrowserContext]) -> None:
    _sweep(prepared_home, shared, person, 1)
