"""Freshness, explored: writers, renderers and kills interleaved at every single access to the table."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from palaver.front.cache import Seen
from palaver.front.words import Words


class Killed(BaseException):
    """The process of an actor dies here."""


class Stage:
    """Runs actors one step at a time; a step ends at each access to the table, to the lock or to the database."""

    def __init__(self) -> None:
        self.actors: list[Actor] = []
        self.lock_held_by: Actor | None = None
        self.by_thread: dict[int, Actor] = {}

    def step(self) -> None:
        actor = self.by_thread.get(threading.get_ident())
        if actor is not None:
            actor.pause()

    def run(self, order: list[tuple[int, int, bool]]) -> None:
        """Play by an order of (actor, steps, whether it dies then), then let all come to their ends in turn.

        Faults of this kind need few changes of turn but each at the right step, so an order is made of runs of steps.
        """
        for actor in self.actors:
            actor.begin()
        for number, steps, dies in order:
            actor = self.actors[number]
            for _ in range(steps):
                if not self.can(actor):
                    break
                actor.go(dies=False)
            if dies and actor.mortal and self.can(actor):
                actor.go(dies=True)
        while any(not actor.over for actor in self.actors):
            for actor in self.actors:
                while self.can(actor):
                    actor.go(dies=False)

    def can(self, actor: Actor) -> bool:
        return not actor.over and not (actor.wants_lock and self.lock_held_by is not None)


class Actor:
    def __init__(self, stage: Stage, pid: int, play: Callable[[], None], *, mortal: bool) -> None:
        self.stage, self.pid, self.play, self.mortal = stage, pid, play, mortal
        self.over = self.dead = self.dies = self.wants_lock = False
        self.turn, self.back = threading.Semaphore(0), threading.Semaphore(0)
        stage.actors.append(self)

    def begin(self) -> None:
        self.thread = threading.Thread(target=self.live, daemon=True)
        self.thread.start()

    def live(self) -> None:
        self.stage.by_thread[threading.get_ident()] = self
        self.turn.acquire()
        try:
            if not self.dies:
                self.play()
        except Killed:
            pass
        self.dead = self.dies
        self.over = True
        self.back.release()

    def go(self, *, dies: bool) -> None:
        self.dies = self.dies or dies
        self.turn.release()
        self.back.acquire()

    def pause(self) -> None:
        if self.dies:
            return  # already dying: what remains is the system letting go of the lock
        self.back.release()
        self.turn.acquire()
        if self.dies:
            raise Killed


class SteppedTable:
    """The real mapped table; every access is a step of its own."""

    def __init__(self, table: Any, stage: Stage) -> None:
        self.table, self.stage = table, stage

    def __getitem__(self, index: Any) -> Any:
        self.stage.step()
        return self.table[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        self.stage.step()
        self.table[index] = value


class SteppedWords(Words):
    stage: Stage

    def perform_on(self, stage: Stage) -> SteppedWords:
        self.stage = stage
        self._table = SteppedTable(self._table, stage)  # type: ignore[assignment]
        return self

    def _me(self) -> int:
        return self.stage.by_thread[threading.get_ident()].pid

    @contextmanager
    def _locked(self) -> Iterator[None]:
        actor = self.stage.by_thread[threading.get_ident()]
        actor.wants_lock = True
        actor.pause()
        actor.wants_lock = False
        self.stage.lock_held_by = actor
        try:
            yield
        finally:
            self.stage.lock_held_by = None


class CountingUp(SteppedWords):
    """Naive: a counter. Two that count at once lose an update, and a value comes back."""

    def pending(self, names: Any) -> None:
        pass

    def settle(self, names: Any) -> None:
        for slot in self.slots(names):
            self._table[slot] = self._table[slot] + 2


class OnlyAfter(SteppedWords):
    """Naive: a random value, but only after the commit."""

    def pending(self, names: Any) -> None:
        pass

    def settle(self, names: Any) -> None:
        for slot in self.slots(names):
            self._table[slot] = int.from_bytes(os.urandom(7), "little") << 1


class SettlesWhatIsThere(SteppedWords):
    """Naive: before and after, but whoever settles first clears the mark of the other."""

    def pending(self, names: Any) -> None:
        for slot in self.slots(names):
            self._table[slot] = int.from_bytes(os.urandom(7), "little") << 1 | 1

    def settle(self, names: Any) -> None:
        for slot in self.slots(names):
            self._table[slot] = int.from_bytes(os.urandom(7), "little") << 1


NAMES = ("thread:1", "forum:1")


def perform(words: SteppedWords, known: bool, order: list[tuple[int, int, bool]]) -> list[str]:
    """Two writers and two workers; returns every stale serve.

    The database is a set of committed changes per thing. A serve is stale if it lacks a change that was visible when
    its request began: committed is enough, acknowledged or not, for another reader may have seen it.
    """
    stage = Stage()
    words.perform_on(stage)
    database: dict[str, frozenset[int]] = dict.fromkeys(NAMES, frozenset())
    stale: list[str] = []

    def writer(number: int, names: tuple[str, ...]) -> Callable[[], None]:
        def play() -> None:
            words.pending(names)
            stage.step()
            for name in names:
                database[name] |= {number}
            stage.step()
            words.settle(names)

        return play

    def reader(names: tuple[str, ...]) -> Callable[[], None]:
        def play() -> None:
            kept = None
            for _ in range(3):
                stage.step()
                visible = {name: database[name] for name in names}
                if kept is not None and words.still(kept[1], kept[2]):
                    lacking = [name for name in names if not visible[name] <= kept[0][name]]
                    if lacking:
                        stale.append(f"{lacking} served without what was committed")
                    continue
                seen = Seen(words, words.slots(names) if known else ())
                stage.step()
                body = {name: database[name] for name in names}
                stage.step()
                slots, values = seen.after(names)
                kept = (body, slots, values) if values is not None else None

        return play

    Actor(stage, 101, writer(1, NAMES), mortal=True)
    Actor(stage, 102, writer(2, NAMES[:1]), mortal=True)
    Actor(stage, 103, reader(NAMES), mortal=False)
    Actor(stage, 104, reader(NAMES[:1]), mortal=False)
    stage.run(order)
    return stale


def explore(kind: type[SteppedWords], path: Path, data: st.DataObject) -> list[str]:
    path.unlink(missing_ok=True)
    known = data.draw(st.booleans(), label="the names were known")
    run = st.tuples(st.integers(0, 3), st.integers(1, 14) | st.integers(15, 60), st.sampled_from([False] * 5 + [True]))
    order = data.draw(st.lists(run, max_size=14), label="order")
    return perform(kind(path), known, order)


def test_no_interleaving_serves_what_is_older_than_a_commit(tmp_path: Path) -> None:
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def explored(data: st.DataObject) -> None:
        assert explore(SteppedWords, tmp_path / "words", data) == []

    explored()


@pytest.mark.parametrize("kind", [CountingUp, OnlyAfter, SettlesWhatIsThere])
def test_the_exploration_finds_the_fault_of_each_naive_variant(kind: type[SteppedWords], tmp_path: Path) -> None:
    class Found(Exception):
        pass

    @settings(
        max_examples=1500,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],
    )
    @given(st.data())
    def explored(data: st.DataObject) -> None:
        if explore(kind, tmp_path / "words", data):
            raise Found

    with pytest.raises(Found):
        explored()


def test_a_word_is_pending_until_the_last_of_two_writers_settles(tmp_path: Path) -> None:
    words = Words(tmp_path / "words")
    words.pending(["a"])
    words.pending(["a"])
    words.settle(["a"])
    assert words.read(["a"])[0] & 1
    words.settle(["a"])
    assert not words.read(["a"])[0] & 1


def test_a_writer_killed_after_its_commit_leaves_its_words_pending_until_they_are_swept(tmp_path: Path) -> None:
    words = Words(tmp_path / "words")
    child = os.fork()
    if not child:
        words.pending(["thread:1"])
        os._exit(0)
    os.waitpid(child, 0)
    assert words.read(["thread:1"])[0] & 1
    words.renew()
    assert words.read(["thread:1"])[0] & 1
    assert words.sweep() == 0, "a server may still be committing"
    assert words.sweep(now=time.time() + 6) == 1
    assert not words.read(["thread:1"])[0] & 1


def test_the_sweep_leaves_the_words_of_the_living(tmp_path: Path) -> None:
    words = Words(tmp_path / "words")
    words.pending(["thread:1"])
    assert words.sweep(now=time.time() + 1000) == 0
    assert words.read(["thread:1"])[0] & 1


def test_another_process_sees_a_change_at_once_and_a_renewal_changes_every_word(tmp_path: Path) -> None:
    words, others = Words(tmp_path / "words"), Words(tmp_path / "words")
    before = words.read(["a", "b"])
    others.bump(["a"])
    after = words.read(["a", "b"])
    assert after[0] != before[0] and after[1] == before[1]
    others.renew()
    assert words.read(["b"]) != (before[1],)


def test_more_words_in_flight_than_can_be_written_down_stay_pending(tmp_path: Path) -> None:
    words = Words(tmp_path / "words")
    names = [f"thread:{number}" for number in range(6000)]
    words.pending(names)
    words.settle(names[:3])
    assert all(value & 1 for value in words.read(names))
    words.settle(names[3:])
    words.sweep(now=time.time() + 100)
    assert not any(value & 1 for value in words.read(names))
