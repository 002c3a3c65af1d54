"""No page is older than the last acknowledged verb, whoever did it and whichever worker answers (page 1, Page cache).

A state machine acts on a served community – over HTTP, by another process, by an import, with workers killed – and after
each act asks every page concerned of both workers, with changing encodings and with the ETags that a browser would hold.
A second reader hammers the same pages all the while, so that bodies are rendered in every gap of every verb.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import secrets
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.conftest import ROOT
from tests.journeys.running import Serving, palaver, started
from tests.sweeps.community import ENCODINGS, Hands, Page, Visitor, children, hands, of_each_worker

pytestmark = pytest.mark.dear

CLOSED = "takes no more replies"
pick = st.integers(0, 10**6)


def word(letter: str) -> str:
    """Letters and digits that stand nowhere else in the community."""
    return f"{letter}{secrets.token_hex(6)}"


class Stale(AssertionError):
    """A page shows what an acknowledged verb has changed, or lacks what it has brought."""


@dataclass
class Place:
    """One served community and those who read and act in it."""

    running: Serving
    acting: Hands
    operator: str
    etags: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    readers: list[Visitor] = field(default_factory=list)
    asked: int = 0
    unchanged: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    _turn: int = 0
    hammered: tuple[str, ...] = ()

    def read(self, path: str) -> Iterator[tuple[int, str, str, str]]:
        """(status, text, location, how) of a page as each worker gives it now."""
        if not self.readers:
            self.readers = of_each_worker(self.running)
        for reader in self.readers:
            self._turn += 1
            encoding = ENCODINGS[self._turn % len(ENCODINGS)]
            etag, before = self.etags.get((path, encoding), ("", ""))
            page = reader.get(path, Accept_Encoding=encoding, **({"If_None_Match": etag} if etag else {}))
            self.asked += 1
            how = f"{path} as {encoding} from worker {page.worker}{' with an ETag' if etag else ''}"
            if page.status == 304:
                self.unchanged += 1
                yield 200, before, "", how + " (304)"
                continue
            if "etag" in page.headers:
                self.etags[path, encoding] = (page.headers["etag"], page.text)
            yield page.status, page.text, page.headers.get("location", ""), how

    def reconnect(self) -> None:
        for reader in self.readers:
            reader.close()
        self.readers = []


@contextmanager
def hammering(place: Place) -> Iterator[None]:
    """Somebody who reloads the pages concerned for as long as the context lasts."""
    stop = threading.Event()

    def hammer() -> None:
        visitors: list[Visitor] = []
        turn = 0
        while not stop.is_set():
            paths = place.hammered
            if not paths:
                time.sleep(0.01)
                continue
            try:
                if not visitors:
                    visitors = [Visitor(place.running) for _ in range(4)]
                turn += 1
                visitors[turn % 4].get(paths[turn % len(paths)], Accept_Encoding=ENCODINGS[turn // 3 % 4])
            except (OSError, http.client.HTTPException):
                for one in visitors:
                    one.close()
                visitors = []
                time.sleep(0.05)
            time.sleep(0.002)

    thread = threading.Thread(target=hammer)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@dataclass
class Person:
    id: int
    name: str
    session: str
    before: list[str] = field(default_factory=list)
    about: str = ""
    about_before: list[str] = field(default_factory=list)
    suspended: str = ""


@dataclass
class Words:
    """A post as it should be shown."""

    id: int
    by: Person
    now: str
    before: list[str] = field(default_factory=list)
    withdrawn: bool = False
    recs: set[int] = field(default_factory=set)


@dataclass
class Hall:
    id: int
    slug: str
    name: str
    description: str
    before: list[str] = field(default_factory=list)
    open: bool = True


@dataclass
class Talk:
    id: int
    slug: str
    subject: str
    hall: Hall
    posts: list[Words]
    before: list[str] = field(default_factory=list)
    slugs_before: list[str] = field(default_factory=list)
    locked: str = ""
    reasons: list[str] = field(default_factory=list)


class Freshness(RuleBasedStateMachine):
    """What stands, and every page held against it after each act."""

    place: Place

    @initialize()
    def begin(self) -> None:
        act = self.place.acting
        made = [act.join(name=word("N")) for _ in range(3)]
        self.people = [Person(m["id"], m["name"], m["session"]) for m in made]
        self.halls = []
        for _ in range(2):
            name, said = word("f"), word("d")
            # The address keeps its words when the forum is renamed, so it is made of others.
            place = {"slug": word("h"), "description": said, "purpose": said}
            hall = act.open_forum(name=name, by="Odile", host=self.people[2].name, **place)
            self.halls.append(Hall(hall["id"], hall["slug"], name, said))
        self.talks: list[Talk] = []
        self.imported: list[str] = []
        self.suspensions: list[str] = []
        self.start(0, 0, False)
        self.look()

    # Acts ---------------------------------------------------------------------------------------------------------

    def _free(self, n: int) -> Person:
        free = [one for one in self.people if not one.suspended]
        return free[n % len(free)]

    def _sent(self, person: str, path: str, **fields: str) -> Page:
        visitor = Visitor(self.place.running, person)
        page = visitor.post(path, **fields)
        visitor.close()
        assert page.status == 302, f"{path}: {page.status}\n{page.text[:2000]}"
        return page

    @rule(n=pick, where=pick, by_page=st.booleans())
    def start(self, n: int, where: int, by_page: bool) -> None:
        by, hall = self._free(n), self.halls[where % 2]
        subject, text = word("s"), word("w")
        if by_page:
            page = self._sent(by.session, f"/f/{hall.slug}/start", subject=subject, body=text, once=word("k"))
            number = int(page.headers["location"].split("/")[2])
            first = int(self._id_of(number, 0))
        else:
            made = self.place.acting.start(forum=hall.id, by=by.name, subject=subject, text=text)
            number, first = made["id"], made["post"]
        self.talks.append(Talk(number, subject, subject, hall, [Words(first, by, text)]))
        self.look()

    def _id_of(self, thread: int, number: int) -> str:
        member = Visitor(self.place.running, self.people[0].session)
        page = member.get(f"/t/{thread}/post/{number}")
        page = member.get(page.headers["location"].split("#")[0])
        member.close()
        found = re.search(rf'id="p{number}" data-post="(\d+)"', page.text)
        assert found, page.text[:2000]
        return found.group(1)

    def _talk(self, n: int) -> Talk:
        return self.talks[n % len(self.talks)]

    @rule(n=pick, where=pick, by_page=st.booleans(), to=pick)
    def reply(self, n: int, where: int, by_page: bool, to: int) -> None:
        talk, by = self._talk(where), self._free(n)
        if talk.locked:
            return
        text = word("w")
        answered = talk.posts[to % len(talk.posts)]
        if by_page:
            page = self._sent(by.session, f"/p/{answered.id}/reply", body=text, once=word("k"))
            made = int(self._id_of(talk.id, int(page.headers["location"].rsplit("/", 1)[1])))
        else:
            made = self.place.acting.reply(thread=talk.id, by=by.name, text=text, answers=answered.id)
        talk.posts.append(Words(made, by, text))
        self.look()

    @rule(where=pick, which=pick, by_page=st.booleans(), rename=st.booleans())
    def edit(self, where: int, which: int, by_page: bool, rename: bool) -> None:
        talk = self._talk(where)
        post = talk.posts[which % len(talk.posts)]
        if post.withdrawn or post.by.suspended:
            return
        text = word("w")
        subject = word("s") if rename and post is talk.posts[0] else None
        if by_page:
            shown = talk.subject if post is talk.posts[0] else ""
            self._sent(post.by.session, f"/p/{post.id}/edit", body=text, subject=subject or shown)
        else:
            self.place.acting.edit(post=post.id, by=post.by.name, text=text, subject=subject)
        post.before.append(post.now)
        post.now = text
        if subject:
            talk.before.append(talk.subject)
            talk.slugs_before.append(talk.slug)
            talk.subject = talk.slug = subject
        self.look()

    @rule(where=pick, which=pick, by_page=st.booleans())
    def withdraw(self, where: int, which: int, by_page: bool) -> None:
        talk = self._talk(where)
        post = talk.posts[which % len(talk.posts)]
        if post.withdrawn or post.by.suspended or (post is talk.posts[0] and which % 3):
            return
        if by_page:
            self._sent(post.by.session, f"/p/{post.id}/withdraw", reason="")
        else:
            self.place.acting.withdraw(post=post.id, by=post.by.name)
        post.withdrawn = True
        if post is talk.posts[0] and not talk.locked:
            talk.locked = "Its author has withdrawn the original post"
        self.look()

    @rule(where=pick, by_page=st.booleans())
    def lock_or_open(self, where: int, by_page: bool) -> None:
        talk = self._talk(where)
        because = word("l")
        if talk.locked:
            if by_page:
                self._sent(self.place.operator, f"/t/{talk.id}/lock")
            else:
                self.place.acting.unlock(thread=talk.id, by="Odile")
            talk.locked = ""
        else:
            if by_page:
                self._sent(self.place.operator, f"/t/{talk.id}/lock", reason=because)
            else:
                self.place.acting.lock(thread=talk.id, by="Odile", because=because)
            talk.locked = because
            talk.reasons.append(because)
        self.look()

    @rule(n=pick, where=pick, which=pick, by_page=st.booleans())
    def recommend(self, n: int, where: int, which: int, by_page: bool) -> None:
        talk, by = self._talk(where), self._free(n)
        post = talk.posts[which % len(talk.posts)]
        if post.withdrawn or post.by is by:
            return
        give = by.id not in post.recs
        if by_page:
            self._sent(by.session, f"/p/{post.id}/recommendation", act="give" if give else "take-back")
        elif give:
            self.place.acting.recommend(post=post.id, by=by.name)
        else:
            self.place.acting.take_back(post=post.id, by=by.name)
        post.recs ^= {by.id}
        self.look()

    @rule(n=pick)
    def rename_member(self, n: int) -> None:
        by = self._free(n)
        name = word("N")
        self.place.acting.settle(member=by.id, name=name)
        by.before.append(by.name)
        by.name = name
        self.look()

    @rule(n=pick)
    def say_about(self, n: int) -> None:
        by = self._free(n)
        if by.about:
            by.about_before.append(by.about)
        by.about = word("a")
        self.place.acting.settle(member=by.id, about=by.about)
        self.look()

    @rule(where=pick, what=st.sampled_from(["name", "description", "gate"]))
    def change_forum(self, where: int, what: str) -> None:
        hall = self.halls[where % 2]
        changed = word("f" if what == "name" else "d")
        if what == "gate":
            hall.open = not hall.open
            self.place.acting.change_forum(forum=hall.id, by="Odile", who_reads="everyone" if hall.open else "members")
        elif what == "name":
            hall.before.append(hall.name)
            hall.name = changed
            self.place.acting.change_forum(forum=hall.id, by="Odile", name=changed)
        else:
            hall.before.append(hall.description)
            hall.description = changed
            self.place.acting.change_forum(forum=hall.id, by="Odile", description=changed, purpose=changed)
        self.look()

    @rule(n=pick)
    def suspend_or_end(self, n: int) -> None:
        person = self.people[n % 2]
        if person.suspended:
            self.place.acting.end_suspension(member=person.id, by="Odile")
            person.suspended = ""
        else:
            person.suspended = word("b")
            self.suspensions.append(person.suspended)
            self.place.acting.suspend(member=person.id, by="Odile", because=person.suspended)
        self.look()

    @precondition(lambda self: len(self.imported) < 2)
    @rule()
    def import_letters(self) -> None:
        subject, text = word("s"), word("w")
        letter = (
            f"From nobody Mon Mar  3 10:00:00 2003\nFrom: Goran <goran@example.org>\nSubject: {subject}\n"
            f"Message-ID: <{subject}@example.org>\nDate: Mon, 3 Mar 2003 10:00:00 +0000\n\n{text}\n\n"
        )
        file = self.place.running.home / f"{subject}.mbox"
        file.write_text(letter)
        done = palaver("import", "mbox", str(file), "--forum", "Letters", "--quiet", home=self.place.running.home)
        assert done.returncode == 0, done.stdout + done.stderr
        self.imported.append(subject)
        self.look()

    @rule(which=pick)
    def kill_a_child(self, which: int) -> None:
        """kill -9 of a page worker or of the jobs process; the supervisor brings it back."""
        before = children(self.place.running.process.pid)
        gone = before[which % len(before)]
        os.kill(gone, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            now = children(self.place.running.process.pid)
            if gone not in now and len(now) == len(before):
                break
            time.sleep(0.05)
        self.place.reconnect()
        self.look()

    # Looking ------------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Hold every page of this community against what stands."""
        self.place.acts[sys._getframe(1).f_code.co_name] += 1
        for path, status, must, must_not, location in self._pages():
            for got, text, led_to, how in self.place.read(path):
                if got != status:
                    raise Stale(f"{how} answers {got}, not {status}.")
                if location and led_to != location:
                    raise Stale(f"{how} leads to {led_to}, not to {location}.")
                for one in must:
                    if one not in text:
                        raise Stale(f"{how} lacks {one}.")
                for one in must_not:
                    if one in text:
                        raise Stale(f"{how} still shows {one}.")
                for talk in self.talks if "/t/" in path and status == 200 else ():
                    if path.startswith(f"/t/{talk.id}/") and "view=op" not in path:
                        self._counts(talk, text, how)
        self.place.hammered = tuple(path for path, *_ in self._pages())

    def _counts(self, talk: Talk, text: str, how: str) -> None:
        for post in talk.posts[1:]:
            found = re.search(rf'href="/p/{post.id}/recommendations">.*?▲ (\d+)</a>', text)
            shown = int(found.group(1)) if found else 0
            if not post.withdrawn and shown != len(post.recs):
                raise Stale(f"{how} counts {shown} recommendations of post {post.id}; there are {len(post.recs)}.")

    def _pages(self) -> Iterator[tuple[str, int, list[str], list[str], str]]:
        """(path, status, what must stand on it, what must not, where it leads) of every page concerned."""
        stale = [name for one in self.people for name in (*one.before, *one.about_before)]
        stale += [name for hall in self.halls for name in hall.before]
        stale += [name for talk in self.talks for name in talk.before]
        for talk in self.talks:
            stale += [name for post in talk.posts for name in post.before]
            stale += [post.now for post in talk.posts if post.withdrawn]
        hidden = [
            one for talk in self.talks if not talk.hall.open for one in (talk.subject, *(p.now for p in talk.posts))
        ]
        for talk in self.talks[-4:]:
            address = f"/t/{talk.id}/{talk.slug}"
            if not talk.hall.open:
                yield address, 403, [], [*stale, *hidden], ""
                continue
            shown = [post.now for post in talk.posts if not post.withdrawn]
            must = [talk.subject, talk.hall.name, *{post.by.name for post in talk.posts}]
            not_now = [*stale, *hidden]
            (must if talk.locked else not_now).append(CLOSED)
            if talk.locked:
                must.append(talk.locked)
            yield address, 200, [*must, *shown], not_now, ""
            yield f"{address}?view=tree", 200, [*must, *shown], not_now, ""
            first = [] if talk.posts[0].withdrawn else [talk.posts[0].now]
            yield f"{address}?view=op", 200, [talk.subject, talk.posts[0].by.name, *first], [*stale, *hidden], ""
            for slug in talk.slugs_before[-1:]:
                yield f"/t/{talk.id}/{slug}", 301, [], [], address
        for hall in self.halls:
            if hall.open:
                own = [talk.subject for talk in self.talks if talk.hall is hall]
                yield f"/f/{hall.slug}/", 200, [hall.name, *own], [*stale, *hidden], ""
                yield f"/f/{hall.slug}/about", 200, [hall.name, hall.description], [*stale, *hidden], ""
            else:
                yield f"/f/{hall.slug}/", 403, [], [*stale, *hidden], ""
        listed = [talk.subject for talk in self.talks if talk.hall.open]
        for path in ("/", "/latest", "/newest", "/recommended"):
            # Letters of 2003 stand on the last pages of these lists, if at all.
            yield path, 200, listed if path != "/recommended" else [], [*stale, *hidden], ""
        yield "/forums", 200, [hall.name for hall in self.halls if hall.open], [*stale, *hidden], ""
        if self.imported:
            yield "/f/letters/", 200, self.imported, stale, ""
        for person in self.people:
            mine = [
                post.now
                for talk in self.talks
                if talk.hall.open
                for post in talk.posts
                if post.by is person and not post.withdrawn
            ]
            must = [person.name, *mine, *([person.about] if person.about else [])]
            away = [name for name in [*stale, *hidden] if name not in person.before]
            (must if person.suspended else away).append("Suspended until")
            yield f"/m/{person.name}", 200, must, away, ""
            for name in person.before[-1:]:
                yield f"/m/{name}", 301, [], [], f"/m/{person.name}"
        reasons = [because for talk in self.talks if talk.hall.open for because in talk.reasons]
        secret = [because for talk in self.talks if not talk.hall.open for because in talk.reasons]
        gone = [name for one in self.people for name in one.before] + [s for t in self.talks for s in t.before]
        yield "/record", 200, [*reasons, *self.suspensions], [*gone, *secret, *hidden], ""


@contextmanager
def served(home: Path, **more: str) -> Iterator[Place]:
    """A community served by two page workers, with its acting process and somebody who reloads all the time."""
    with ExitStack() as stack:
        acting = stack.enter_context(hands(home, **more))
        operator = acting.join(name="Odile")["session"]
        acting.make_operator(name="Odile")
        running = stack.enter_context(started(home, ("serve", "--workers", "2"), **more))
        place = Place(running, acting, operator)
        stack.enter_context(hammering(place))
        yield place
        place.reconnect()


def _sweep(home: Path, examples: int, steps: int) -> None:
    with served(home) as place:
        machine = type("FreshnessHere", (Freshness,), {"place": place})
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            machine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                derandomize=examples < 20,
                database=None,
                suppress_health_check=list(HealthCheck),
                report_multiple_bugs=False,
            ),
        )
        print(f"\n{place.asked} pages compared, {place.unchanged} of them answered 304, after {dict(place.acts)}.")
        assert place.unchanged, "No conditional request was answered 304: the check has lost its cache."


def test_no_page_is_older_than_the_last_act(prepared_home: Path) -> None:
    _sweep(prepared_home, 3, 14)


@pytest.mark.long
def test_no_page_is_older_than_the_last_act_in_a_long_life(prepared_home: Path) -> None:
    _sweep(prepared_home, 40, 40)


def test_without_cache_words_a_stale_page_is_noticed(prepared_home: Path, tmp_path: Path) -> None:
    """The same machine finds old content once acts no longer change their words."""
    (tmp_path / "sitecustomize.py").write_text(
        "import palaver.front.changing\npalaver.front.changing.change = lambda names: None\n"
    )
    path = os.pathsep.join((str(tmp_path), str(ROOT / "src")))
    with served(prepared_home, PYTHONPATH=path) as place:
        machine: Any = type("FreshnessWithoutWords", (Freshness,), {"place": place})()
        with contextlib.suppress(Stale):
            machine.begin()
        with pytest.raises(Stale):
            for n in range(5):
                machine.look()
                machine.reply(n, 0, True, 0)
                machine.rename_member(n)


def test_a_withdrawn_original_post_is_quoted_nowhere(prepared_home: Path) -> None:
    """Neither in the lists nor in the page's own description, which search engines and messengers show."""
    with served(prepared_home) as place:
        machine: Any = type("FreshnessOfOne", (Freshness,), {"place": place})()
        machine.begin()
        machine.withdraw(0, 0, True)
        assert machine.talks[0].posts[0].withdrawn
