"""kill -9 of the whole application at random instants while members write: what was acknowledged is there, once."""

from __future__ import annotations

import http.client
import json
import os
import random
import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from palaver.kit.sqlite import library

library.swap()

import sqlite3  # noqa: E402

from tests.journeys.running import Serving, palaver, started  # noqa: E402
from tests.sweeps.community import People, Visitor, found, hands  # noqa: E402

pytestmark = pytest.mark.dear

SECONDS_UNDER_LOAD = (0.2, 3.0)
NAMES = ("Odile", "Ana", "Bram", "Chidi", "Dara", "Emil")


class Ledger:
    """What the application has acknowledged, on disk before the client goes on: a client that could be killed too."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a")
        self._lock = threading.Lock()

    def note(self, what: str) -> None:
        with self._lock:
            self._file.write(what + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def all(self) -> list[str]:
        return self.path.read_text().splitlines()


@dataclass
class Writer:
    """One member at one browser, who sends again what was not answered: with the same key, as the form would."""

    name: str
    session: str
    address: list[str]
    ledger: Ledger
    unanswered: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    sent_twice: int = 0

    def write(self, running: Serving, stop: threading.Event, chance: random.Random) -> None:
        visitor = Visitor(running, self.session, timeout=10)
        again = list(self.unanswered)
        self.sent_twice += len(again)
        while not stop.is_set():
            if again:
                path, fields = again.pop(0)
            else:
                marker = f"w{secrets.token_hex(8)}"
                fields = {"body": f"{marker} and more words by {self.name}", "once": marker}
                path = chance.choice(self.address)
                if path.endswith("/start"):
                    fields["subject"] = f"About {marker}"
                self.unanswered.append((path, fields))
            try:
                answer = visitor.post(path, **fields)
            except (OSError, http.client.HTTPException):
                return
            if answer.status == 302:
                self.ledger.note(fields["once"])
                self.unanswered.remove((path, fields))
            elif answer.status != 503:
                self.odd.append(f"{answer.status} to {path}: {answer.text[:300]}")
                return
        visitor.close()


@dataclass
class Locker:
    """The host, whose locks must stand on the record."""

    session: str
    thread: int
    ledger: Ledger
    acts: int = 0

    def write(self, running: Serving, stop: threading.Event) -> None:
        visitor = Visitor(running, self.session, timeout=10)
        while not stop.is_set():
            self.acts += 1
            because = f"l{secrets.token_hex(8)}"
            try:
                # One form locks and opens: the kill before may have left the thread locked.
                locked = "Open it again" in visitor.get(f"/t/{self.thread}/lock").text
                answer = visitor.post(f"/t/{self.thread}/lock", reason=because)
                if answer.status == 302 and not locked:
                    self.ledger.note(because)
            except (OSError, http.client.HTTPException):
                return
        visitor.close()


def _kept(home: Path) -> tuple[Counter[str], set[str]]:
    """Every marker in the stored texts with how often it stands, and every reason on the record."""
    with sqlite3.connect(f"file:{home / 'palaver.sqlite3'}?mode=ro", uri=True) as database:
        texts = database.execute("SELECT text FROM forums_sourcetext").fetchall()
        payloads = database.execute("SELECT body FROM record_payload WHERE body IS NOT NULL").fetchall()
    posts = Counter(str(text).split(" ", 1)[0] for (text,) in texts)
    return posts, {str(json.loads(body).get("because")) for (body,) in payloads}


def _compare(home: Path, posts: Ledger, locks: Ledger) -> None:
    kept, reasons = _kept(home)
    lost = [marker for marker in posts.all() if kept[marker] == 0]
    doubled = [marker for marker, times in kept.items() if marker.startswith("w") and times > 1]
    unrecorded = [because for because in locks.all() if because not in reasons]
    assert not lost, f"Acknowledged and lost: {lost}"
    assert not doubled, f"There twice: {doubled}"
    assert not unrecorded, f"Acknowledged locks that the record lacks: {unrecorded}"


def _sound(home: Path) -> None:
    doctor = palaver("doctor", home=home)
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    record = palaver("verify", "--record", home=home)
    assert record.returncode == 0, record.stdout + record.stderr


def _cycles(home: Path, count: int, seed: int) -> None:
    chance = random.Random(seed)
    with hands(home) as acting:
        people: People = found(acting, NAMES)
        threads = [
            acting.start(forum=people.forum, by="Odile", subject=f"Thread {n}", text=f"Thread {n}")["id"]
            for n in range(4)
        ]
    posts, locks = Ledger(home / "acknowledged.posts"), Ledger(home / "acknowledged.locks")
    addresses = [f"/t/{thread}/replies" for thread in threads[1:]] * 3 + [f"/f/{people.slug}/start"]
    writers = [Writer(name, people.sessions[name], addresses, posts) for name in ("Ana", "Bram", "Dara", "Emil")]
    locker = Locker(people.sessions["Chidi"], threads[0], locks)
    slowest = 0.0
    for cycle in range(count):
        stop = threading.Event()
        begun = time.monotonic()
        with started(home, ("serve", "--workers", "2")) as running:
            slowest = max(slowest, time.monotonic() - begun)
            working = [
                threading.Thread(target=one.write, args=(running, stop, random.Random(chance.random())))
                for one in writers
            ]
            working.append(threading.Thread(target=locker.write, args=(running, stop)))
            for one in working:
                one.start()
            time.sleep(chance.uniform(*SECONDS_UNDER_LOAD))
            running.kill()
            stop.set()
            for one in working:
                one.join()
        odd = [line for one in writers for line in one.odd]
        assert not odd, odd
        _compare(home, posts, locks)
        if cycle % 20 == 19:
            _sound(home)
            print(f"cycle {cycle + 1}: {len(posts.all())} posts, {len(locks.all())} locks acknowledged", flush=True)
    _sound(home)
    acknowledged = len(posts.all())
    again = sum(one.sent_twice for one in writers)
    print(
        f"\n{count} kills of the whole application: {acknowledged} posts and {len(locks.all())} locks acknowledged, "
        f"0 lost, 0 doubled, {again} unanswered requests sent again; slowest start {slowest:.1f} s."
    )
    assert acknowledged > count, "The load was too small to show anything."
    assert locks.all(), "No lock was acknowledged."
    assert again, "No kill met a request on its way."


def test_no_acknowledged_post_is_lost_or_doubled_by_five_kills_of_everything(prepared_home: Path) -> None:
    _cycles(prepared_home, 5, seed=1)


@pytest.mark.long
def test_no_acknowledged_post_is_lost_or_doubled_by_two_hundred_kills_of_everything(prepared_home: Path) -> None:
    _cycles(prepared_home, 200, seed=2)


def test_the_comparison_notices_what_is_lost_doubled_or_missing_on_the_record(prepared_home: Path) -> None:
    posts, locks = Ledger(prepared_home / "posts"), Ledger(prepared_home / "locks")
    with hands(prepared_home) as acting:
        people = found(acting, ("Odile", "Ana"))
        thread = acting.start(forum=people.forum, by="Ana", subject="Kept", text="wkept and more")
        acting.lock(thread=thread["id"], by="Odile", because="lkept")
        posts.note("wkept")
        locks.note("lkept")
        _compare(prepared_home, posts, locks)
        locks.note("lgone")
        with pytest.raises(AssertionError, match="lgone"):
            _compare(prepared_home, posts, locks)
        acting.start(forum=people.forum, by="Ana", subject="Doubled", text="wkept and more")
        with pytest.raises(AssertionError, match="There twice"):
            _compare(prepared_home, posts, locks)
        posts.note("wgone")
        with pytest.raises(AssertionError, match="wgone"):
            _compare(prepared_home, posts, locks)
