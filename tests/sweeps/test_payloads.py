"""Hostile markup through every sink of real pages in real Chromium: nothing of it runs.

First with the content policy off, so that the sanitiser and the templates stand alone; then with the policy on and bodies
that went past the sanitiser, so that the policy stands alone; last the same raw pages with both off, where it must run.
"""

from __future__ import annotations

import base64
import html
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import feedparser
import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Response, Route

from tests.journeys.running import Serving, palaver, started
from tests.kit.pictures.making import picture
from tests.sweeps.community import Hands, Visitor, hands
from tests.sweeps.payloads import FIRST_MARK, alone, lists, marked
from tests.transfer.making import mail

pytestmark = [pytest.mark.journey, pytest.mark.dear]

BATCH = 50
TABS = 8
LONGEST_QUERY = 4000

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
    own_pages: list[str] = field(default_factory=list)
    raw_pages: list[str] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    payloads: list[tuple[str, str]] = field(default_factory=list)
    sinks: Counter[str] = field(default_factory=Counter)
    operator: str = ""


def _batches(items: list[Any], size: int = BATCH) -> Iterator[list[Any]]:
    for at in range(0, len(items), size):
        yield items[at : at + size]


class Filler:
    """Puts every payload through every sink with the product's own verbs, and notes where to look for it."""

    def __init__(self, acting: Hands, hall: Hall) -> None:
        self.acting, self.hall = acting, hall
        hall.operator = acting.join(name="Odile")["session"]
        acting.make_operator(name="Odile")
        self.forum = acting.open_forum(name="Sinks", by="Odile")
        self.texts = [text for _, text in hall.payloads]

    def fill(self) -> None:
        for kind in ("markdown", "html", "bbcode", "plain"):
            self.bodies(kind)
        self.threads()
        self.reasons()
        self.captions()
        self.members()
        self.letters()
        self.imported()
        # A few are longer than an address may be.
        asked = [query for text in self.texts if len(query := quote(text)) < LONGEST_QUERY]
        self.hall.pages += [f"/search?q={query}" for query in asked]
        self.hall.sinks["search"] = len(asked)
        self.raw()

    def _thread(self, subject: str) -> dict[str, Any]:
        made = self.acting.start(forum=self.forum["id"], by="Odile", subject=subject, text="Here they stand.")
        assert isinstance(made, dict)
        return made

    def _many(self, sink: str, what: str, each: Iterable[dict[str, Any]], **same: Any) -> list[Any]:
        """One verb for each payload; what it made where the payload was not refused."""
        made = [
            one for one in self.acting.many(what=what, each=[{**same, **words} for words in each]) if one != "refused"
        ]
        self.hall.sinks[sink] += len(made)
        return made

    def bodies(self, kind: str) -> None:
        for batch in _batches(self.texts):
            at = self._thread(f"Bodies in {kind}")
            same = {"thread": at["id"], "by": "Odile", "kind": kind}
            self._many("post's subject", "reply", [{"text": text, "subject": text[:180]} for text in batch], **same)
            # Once more without the subject, which may have been what was refused.
            posts = self._many(f"body, {kind}", "reply", [{"text": text} for text in batch], **same)
            address = f"/t/{at['id']}/{at['slug']}"
            self.hall.pages += [address, f"{address}?page=2", f"{address}?view=tree"]
            self.hall.feeds.append(f"/t/{at['id']}/feed.atom")
            self.hall.sinks[f"feed, {kind}"] += len(posts)
            if kind == "markdown":
                self.hall.own_pages += [f"/p/{post}/edit" for post in posts]
                self.hall.sinks["form"] += len(posts)

    def threads(self) -> None:
        each = [{"subject": text[:180], "text": text} for text in self.texts]
        made = self._many("thread's subject", "start", each, forum=self.forum["id"], by="Odile")
        self.hall.pages += [f"/t/{one['id']}/{quote(one['slug'])}" for one in made]
        self.hall.pages += self._followed("/newest", f"/f/{self.forum['slug']}/", "/m/Odile")

    def reasons(self) -> None:
        for batch in _batches(self.texts):
            at = self._thread("Reasons")
            same = {"thread": at["id"], "by": "Odile"}
            self._many("reason of a withdrawal", "write_and_withdraw", [{"because": t[:180]} for t in batch], **same)
            self._many("reason of a lock", "lock_and_open", [{"because": text} for text in batch], **same)
            edits = [{"text": f"Version {n} {text}", "because": text[:180]} for n, text in enumerate(batch)]
            self._many("reason of an edit", "edit", edits, post=at["post"], by="Odile")
            self.hall.pages += [f"/t/{at['id']}/{at['slug']}", f"/p/{at['post']}/history"]
        self.hall.pages += self._followed("/record")

    def captions(self) -> None:
        """Captions of a picture; on the same posts corrections, and notes to bookmarks of them."""
        shown = self.acting.put_up_picture(by="Odile", data=base64.b64encode(picture()).decode())
        for batch in _batches(self.texts):
            at = self._thread("Captions")
            captions = [{"caption": text} for text in batch]
            posts = self._many("caption", "show", captions, thread=at["id"], by="Odile", picture=shown)
            pairs = list(zip(posts, batch, strict=False))
            self._many(
                "correction", "correct", [{"post": post, "line": text[:300]} for post, text in pairs], by="Odile"
            )
            notes = [{"post": post, "note": text[:500]} for post, text in pairs]
            self._many("note to a bookmark", "bookmark", notes, by="Odile")
            self.hall.pages.append(f"/t/{at['id']}/{at['slug']}")
        self.hall.own_pages += self._followed("/me/bookmarks", session=self.hall.operator)

    def members(self) -> None:
        made = self._many("", "join", [{"name": f"About{number}"} for number in range(len(self.texts))])
        wishes = [{"member": one["id"], "about": text[:2000]} for one, text in zip(made, self.texts, strict=True)]
        self._many("about", "settle", wishes)
        named = [one["name"] for one in self._many("name", "join", [{"name": text} for text in self.texts])]
        self.hall.pages += [f"/m/{quote(name, safe='')}" for name in (*(one["name"] for one in made), *named)]

    def letters(self) -> None:
        """As the desk shows them. In the mail itself there is no markup: it is plain text, which is held below."""
        each = [{"subject": text, "text": text} for text in self.texts]
        self.hall.own_pages += [f"/desk/mail/{pk}" for pk in self._many("mail", "letter", each)]

    def imported(self) -> None:
        """Names, subjects and bodies of a mailing list."""
        letters = []
        for number, text in enumerate(self.texts):
            root = f"r{number - number % BATCH}@example.org"
            letters.append(
                mail(
                    root if number % BATCH == 0 else f"r{number}@example.org",
                    _encoded(text[:180]) if number % BATCH else "Letters",
                    "" if number % BATCH == 0 else root,
                    sender=f"{_encoded(text[:60])} <p{number}@example.org>",
                    body=(text + "\n").replace("\nFrom ", "\n>From ").encode(),
                    MIME_Version="1.0",
                    Content_Type="text/plain; charset=utf-8",
                )
            )
        file = self.hall.running.home / "letters.mbox"
        file.write_bytes(b"".join(letters))
        done = palaver("import", "mbox", str(file), "--forum", "Letters", "--quiet", home=self.hall.running.home)
        assert done.returncode == 0, done.stdout + done.stderr
        visitor = Visitor(self.hall.running)
        found: dict[str, None] = {}
        for page in self._followed("/f/letters/"):
            found |= dict.fromkeys(re.findall(r'href="(/t/\d+/[^"?#]+)["?#]', visitor.get(page).text))
        assert len(found) >= len(self.texts) // BATCH
        members: dict[str, None] = {}
        for thread in found:
            members |= dict.fromkeys(re.findall(r'href="(/m/[^"?#]+)"', visitor.get(html.unescape(thread)).text))
        assert len(members) * 2 > len(self.texts) // BATCH
        self.hall.sinks["import"] += len(letters)
        self.hall.pages += [html.unescape(one) for one in (*found, *members)]

    def raw(self) -> None:
        # Lists apart, because what eats the rest of a page stands last in its list.
        by_list: dict[str, list[str]] = {}
        for name, text in self.hall.payloads:
            by_list.setdefault(name, []).append(text)
        for batch in (batch for each in by_list.values() for batch in _batches(each, 10)):
            at = self._thread("Past the sanitiser")
            self._many("", "raw", [{"html": alone(text)} for text in batch], thread=at["id"], by="Odile")
            self.hall.raw_pages.append(f"/t/{at['id']}/{at['slug']}")

    def _followed(self, *starts: str, session: str = "") -> list[str]:
        """Each list with all that its pager leads to."""
        visitor, found = Visitor(self.hall.running, session), []
        for start in starts:
            at = start
            while at and len(found) < 500:
                found.append(at)
                following = re.search(r'rel="next" href="([^"]+)"', visitor.get(at).text)
                at = html.unescape(following[1]) if following else ""
                at = start + at if at.startswith("?") else at
        return found


def _encoded(text: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="


class Tab:
    """One page of a browser that notes what ran in it, and where."""

    def __init__(self, watch: Watch) -> None:
        self.watch, self.where = watch, ""
        self.open()

    def open(self) -> None:
        self.page: Page = self.watch.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("dialog", lambda dialog: dialog.dismiss())

    def _heard(self, message: ConsoleMessage) -> None:
        if message.text.startswith("FIRED "):
            self.watch.fired.append(f"{message.text[6:]} on {self.where}")

    def does(self, act: Callable[[], Any]) -> Any:
        """What the act answers. A raw payload may take the page elsewhere; on a page of ours that would be an execution."""
        try:
            return act()
        except Error as problem:
            self.watch.failed.append(f"{self.where}: {problem.message.splitlines()[0]}")
            self.page.close()
            self.open()
            return None


class Watch:
    """A browser whose tabs visit pages and note what ran in which post."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.origin, self.context = origin, context
        self.fired: list[str] = []
        self.left: list[str] = []
        self.failed: list[str] = []
        self.visited = 0
        context.add_init_script(_HOOK)
        # Our own pages, styles and scripts pass by themselves: what is asked here is asked slowly.
        context.route(re.compile(rf"^(?!{re.escape(origin)}/)"), self._elsewhere)
        context.route(f"{origin}/live*", lambda route: route.abort())
        self.tabs = [Tab(self) for _ in range(TABS)]

    @staticmethod
    def _elsewhere(route: Route) -> None:
        if route.request.resource_type == "script":
            # The lists' remote scripts are gone; one that were loaded would do this.
            route.fulfill(content_type="text/javascript", body="alert('remote')")
        else:
            route.abort()

    def visit(self, paths: Iterable[str], *, milliseconds: int = 40) -> None:
        """Open the pages, some at a time; wait for what runs by itself, then set off what would run for a reader."""
        for batch in _batches(list(dict.fromkeys(paths)), TABS):
            self._look(
                batch,
                lambda tab: tab.page.goto(self.origin + tab.where, wait_until="commit", timeout=20_000),
                milliseconds,
            )

    def show(self, documents: Iterable[tuple[str, str]], *, milliseconds: int = 40) -> None:
        """The same with documents that another program would make of ours."""
        for batch in _batches(list(documents), TABS):
            known = dict(batch)
            self._look(list(known), lambda tab: tab.page.set_content(known[tab.where]), milliseconds)  # noqa: B023

    def _look(self, wheres: list[str], lead: Callable[[Tab], Response | None], milliseconds: int) -> None:
        opened = []
        for tab, tab.where in zip(self.tabs, wheres, strict=False):
            answer = tab.does(lambda: lead(tab) or True)  # noqa: B023
            # A query that cannot be read is answered with a sentence and 422.
            fine = (200, 422) if tab.where.startswith("/search?") else (200,)
            if isinstance(answer, Response) and answer.status not in fine:
                self.failed.append(f"{tab.where} answers {answer.status}")
            elif answer:
                opened.append(tab)
        for tab in opened:
            tab.does(lambda: tab.page.wait_for_load_state("domcontentloaded", timeout=20_000))  # noqa: B023
        time.sleep(milliseconds / 1000)
        for tab in opened:
            self.left += [f"{one} on {tab.where}" for one in tab.does(lambda: tab.page.evaluate(_POKE)) or ()]  # noqa: B023
        time.sleep(milliseconds / 1000)
        for tab in opened:
            # What was said on the console is heard before this is answered.
            tab.does(lambda: tab.page.evaluate("1"))  # noqa: B023
        self.visited += len(opened)


def _as_a_feed_reader_shows(running: Serving, paths: list[str]) -> Iterator[tuple[str, str]]:
    """Each feed as a document of the markup that it carries, put on a page as it is."""
    visitor = Visitor(running)
    for path in paths:
        feed = feedparser.parse(visitor.get(path).body, sanitize_html=False)
        assert len(feed.entries) > 1, f"{path} has {len(feed.entries)} entries."
        pieces = [
            f"<article>{one.get('summary', '')}{''.join(c.value for c in one.get('content', []))}</article>"
            for one in feed.entries
        ]
        yield path, f"<!doctype html><main>{''.join(pieces)}</main>"


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
    listed = [(name, one) for name, each in chosen.items() for one in each]
    began = time.monotonic()
    with hands(home) as acting, started(home, ("serve", "--workers", "2")) as running:
        hall = Hall(running, payloads=[(name, marked(one, number)) for number, (name, one) in enumerate(listed)])
        Filler(acting, hall).fill()
        assert acting.mails_with_markup() == 0
        filled = time.monotonic()

        alone_ = Watch(person(bypass_csp=True), running.address)
        alone_.visit(hall.pages)
        alone_.show(_as_a_feed_reader_shows(running, hall.feeds))
        signed_in = person(bypass_csp=True)
        signed_in.add_cookies([{"name": "palaver_session", "value": hall.operator, "url": running.address}])
        own = Watch(signed_in, running.address)
        own.visit(hall.own_pages)
        for watch in (alone_, own):
            assert not watch.fired, _named(watch.fired, hall.payloads)
            assert not watch.left, _named(watch.left, hall.payloads)
            assert not watch.failed, watch.failed[:20]

        policy = Watch(person(), running.address)
        policy.visit(hall.raw_pages, milliseconds=400)
        assert not policy.fired, _named(policy.fired, hall.payloads)

        both_off = Watch(person(bypass_csp=True), running.address)
        both_off.visit(hall.raw_pages, milliseconds=400)
        ran = _by_list(both_off.fired, hall.payloads)
        del hall.sinks[""]
        print(
            f"\n{len(hall.payloads)} payloads, {sum(hall.sinks.values())} times in {len(hall.sinks)} sinks, on {alone_.visited} "
            f"pages and feeds for guests and {own.visited} for their member: 0 ran past the sanitiser, 0 past the policy "
            f"({len(hall.raw_pages)} raw pages); filled in {filled - began:.0f} s, looked at in {time.monotonic() - filled:.0f} s."
        )
        for sink, count in sorted(hall.sinks.items()):
            print(f"  {sink}: {count} times taken")
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
