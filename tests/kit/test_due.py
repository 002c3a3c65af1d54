"""Jobs as rows: written with the verb, run at least once, given up in the open."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from palaver.kit import clock, due
from palaver.kit.due import handling, running, sweeping, waking
from palaver.kit.due.models import Due
from tests.kit.conftest import Start

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHANCE = random.Random(1)


@pytest.fixture(autouse=True)
def no_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handling, "_handlings", {})
    monkeypatch.setattr(running, "_rounds", {})


@pytest.fixture(autouse=True)
def a_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PALAVER_HOME", str(tmp_path))


@pytest.fixture
def done() -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    due.job("note")(seen.append)
    return seen


def enqueue(*arguments: Any, **options: Any) -> Due:
    with transaction.atomic():
        return due.enqueue(*arguments, **options)


def failing(times: int, error: Exception) -> Callable[[dict[str, Any]], None]:
    left = [times]

    def handler(payload: dict[str, Any]) -> None:
        if left[0]:
            left[0] -= 1
            raise error

    return handler


def test_a_job_is_written_only_inside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        due.enqueue("note", {})


def test_a_job_is_rolled_back_with_its_verb(done: list[dict[str, Any]]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        due.enqueue("note", {"n": 1})
        raise ZeroDivisionError
    assert due.sweep() == 0
    assert done == []


def test_a_payload_that_is_no_json_is_refused_at_once() -> None:
    with pytest.raises(TypeError), transaction.atomic():
        due.enqueue("note", {"when": NOON})


def test_what_is_due_is_run_once_and_removed(done: list[dict[str, Any]]) -> None:
    enqueue("note", {"n": 1})
    enqueue("note", {"n": 2})
    assert due.sweep() == 2
    assert due.sweep() == 0
    assert done == [{"n": 1}, {"n": 2}]
    assert not Due.objects.exists()


def test_what_is_due_later_waits(done: list[dict[str, Any]]) -> None:
    with clock.stopped_at(NOON):
        enqueue("note", {"n": 1}, at=NOON + timedelta(hours=1))
        assert due.sweep() == 0
    with clock.stopped_at(NOON + timedelta(hours=1)):
        assert due.sweep() == 1


def test_equal_keys_make_one_wish_with_the_newer_words(done: list[dict[str, Any]]) -> None:
    first = enqueue("note", {"n": 1}, key="thread:1", at=clock.now() + timedelta(hours=1))
    second = enqueue("note", {"n": 2}, key="thread:1")
    other = enqueue("note", {"n": 3}, key="thread:2")
    assert first.pk == second.pk != other.pk
    assert due.sweep() == 2
    assert done == [{"n": 2}, {"n": 3}] or done == [{"n": 3}, {"n": 2}]


def test_a_wish_that_comes_while_its_like_is_run_is_not_lost() -> None:
    seen: list[int] = []

    def handler(payload: dict[str, Any]) -> None:
        seen.append(payload["n"])
        if payload["n"] == 1:
            enqueue("note", {"n": 2}, key="k")

    due.job("note")(handler)
    enqueue("note", {"n": 1}, key="k")
    assert due.sweep() == 1
    assert due.sweep() == 1
    assert seen == [1, 2]
    assert not Due.objects.exists()


def test_many_equal_wishes_at_once_make_one_row() -> None:
    barrier = threading.Barrier(4)
    rows: list[int] = []

    def ask(number: int) -> None:
        try:
            barrier.wait()
            for _ in range(5):
                rows.append(enqueue("note", {"n": number}, key="same").pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows) == 20
    assert Due.objects.count() == 1


def test_a_failure_is_noted_and_tried_again_after_a_pause() -> None:
    due.job("note")(failing(1, OSError("no route")))
    with clock.stopped_at(NOON):
        enqueue("note")
        assert due.sweep(chance=CHANCE) == 1
        row = Due.objects.get()
        assert row.last_words == "OSError: no route"
        assert row.attempts == 1
        assert NOON < row.due_at <= NOON + timedelta(seconds=7.5)
        assert due.sweep() == 0
    with clock.stopped_at(NOON + timedelta(seconds=8)):
        assert due.sweep() == 1
    assert not Due.objects.exists()


def test_pauses_double_up_to_an_hour_and_are_spread() -> None:
    spread = [sweeping.pause(3, random.Random(seed)).total_seconds() for seed in range(50)]
    assert 10 <= min(spread) < 15 < 25 < max(spread) <= 30
    assert sweeping.pause(10**6, random.Random(2)) <= timedelta(hours=1.5)


def test_after_the_last_attempt_it_is_given_up_in_the_open() -> None:
    due.job("note", attempts=3)(failing(99, OSError("no route")))
    enqueue("note", key="k")
    at = clock.now()
    for _ in range(6):
        at += timedelta(hours=2)
        with clock.stopped_at(at):
            due.sweep()
    row = due.given_up().get()
    assert row.attempts == 3
    assert row.last_words == "OSError: no route"
    assert enqueue("note", key="k").pk != row.pk, "a new wish is not swallowed by the old failure"
    assert not due.try_again(row.pk), "the same waits anew already"
    assert due.drop(row.pk)
    assert not due.drop(row.pk)


def test_an_operator_may_have_it_tried_again(done: list[dict[str, Any]]) -> None:
    due.job("bad")(failing(1, due.GiveUp("The address is gone.")))
    enqueue("bad", {"n": 1})
    assert due.sweep() == 1
    row = due.given_up().get()
    assert row.last_words == "The address is gone."
    assert due.try_again(row.pk)
    assert not due.try_again(row.pk)
    assert due.sweep() == 1
    assert not Due.objects.exists()


def test_a_kind_that_nobody_handles_stays_and_says_so(done: list[dict[str, Any]]) -> None:
    enqueue("unheard")
    enqueue("note", {"n": 1})
    due.sweep()
    assert "Nobody handles" in Due.objects.get().last_words
    assert done == [{"n": 1}]


def test_a_handler_within_is_undone_with_its_failure() -> None:
    def handler(payload: dict[str, Any]) -> None:
        Due.objects.create(kind="trace", due_at=clock.now() + timedelta(days=1))
        if payload["fail"]:
            raise OSError("no")

    due.job("note", within=True)(handler)
    enqueue("note", {"fail": True}, key="a")
    enqueue("note", {"fail": False}, key="b")
    due.sweep()
    assert Due.objects.filter(kind="trace").count() == 1
    assert Due.objects.get(kind="note").key == "a"


def test_a_kind_has_one_handler() -> None:
    due.job("note")(failing(0, OSError()))
    with pytest.raises(ValueError, match="handler already"):
        due.job("note")(failing(0, OSError()))


def test_a_lease_keeps_others_away_until_it_ends(done: list[dict[str, Any]]) -> None:
    with clock.stopped_at(NOON):
        enqueue("note", {"n": 1})
        (leased,) = sweeping._lease("ana", 5)
        assert due.sweep(owner="bram") == 0
    with clock.stopped_at(NOON + handling.LEASE):
        assert due.sweep(owner="bram") == 1
        assert not sweeping._run(leased, "ana", CHANCE), "who lost the lease does not run the job"
    assert done == [{"n": 1}]


def test_a_late_end_does_not_touch_what_another_has_leased_anew() -> None:
    due.job("note")(failing(0, OSError()))
    with clock.stopped_at(NOON):
        enqueue("note", {"n": 1})
        (first,) = sweeping._lease("ana", 5)
    with clock.stopped_at(NOON + handling.LEASE):
        (second,) = sweeping._lease("bram", 5)
        with transaction.atomic():
            assert not sweeping._finish(first, "ana")
        sweeping._note_failure(first, "ana", OSError("late"), None, CHANCE)
        row = Due.objects.get()
        assert row.lease_owner == "bram"
        assert row.last_words == ""
        assert row.attempts == second.attempts == 2


def test_a_job_that_always_kills_its_process_is_given_up(done: list[dict[str, Any]]) -> None:
    enqueue("note", {"n": 1})
    at = clock.now()
    for _ in range(handling.ATTEMPTS):
        with clock.stopped_at(at):
            assert len(sweeping._lease("killed", 5)) == 1
        at += handling.LEASE
    with clock.stopped_at(at):
        assert due.sweep() == 0
    assert "ended in the middle of attempt 10" in due.given_up().get().last_words
    assert done == []


def test_an_idle_sweep_takes_no_lock(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert due.sweep() == 0


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
def test_two_sweepers_step_round_each_other(done: list[dict[str, Any]]) -> None:
    enqueue("note", {"n": 1})
    enqueue("note", {"n": 2})
    taken: list[int] = []

    def other() -> None:
        try:
            taken.extend(row.pk for row in sweeping._lease("bram", 5))
        finally:
            connection.close()

    with transaction.atomic():
        mine = Due.objects.select_for_update().order_by("id")[0]
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
        assert not thread.is_alive()
    assert len(taken) == 1
    assert mine.pk not in taken


WORKING = """
    from datetime import timedelta
    path = sys.argv[2]
    @due.job("slow", lease=timedelta(seconds=0.5), attempts=1000)
    def slow(payload):
        with open(path, "a") as file:
            file.write(f"begin {payload['n']}\\n")
        time.sleep(float(sys.argv[3]))
        with open(path, "a") as file:
            file.write(f"end {payload['n']}\\n")
    import threading
    due.run_forever(threading.Event(), owner=str(os.getpid()), look_every=0.05)
"""


def wait_for(what: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.01)


@pytest.mark.parametrize("cycles", [3, pytest.param(60, marks=pytest.mark.long)])
def test_a_job_survives_the_death_of_its_process(start: Start, tmp_path: Path, cycles: int) -> None:
    log = tmp_path / "log"
    log.touch()
    enqueue("slow", {"n": 1})
    for cycle in range(1, cycles + 1):
        process = start(WORKING, log, 60)
        wait_for(lambda cycle=cycle: log.read_text().count("begin") == cycle)  # type: ignore[misc]
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert Due.objects.get().attempts == cycle
    start(WORKING, log, 0)
    wait_for(lambda: not Due.objects.exists())
    assert log.read_text().count("end 1") == 1
    assert log.read_text().count("begin 1") == cycles + 1


def test_the_loop_is_woken_by_a_commit_and_ends_when_told(done: list[dict[str, Any]], loop: threading.Event) -> None:
    wait_for(lambda: waking.address().exists())
    enqueue("note", {"n": 1})
    wait_for(lambda: done == [{"n": 1}])


@pytest.fixture
def loop() -> Iterator[threading.Event]:
    stop = threading.Event()
    # It would look by itself only after an hour, so whatever it does it was woken for.
    thread = threading.Thread(target=due.run_forever, args=[stop], kwargs={"look_every": 3600.0})
    thread.start()
    yield stop
    stop.set()
    due.wake()
    thread.join(10)
    assert not thread.is_alive()
    assert not waking.address().exists()


def test_without_a_socket_the_loop_still_looks(
    done: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PALAVER_HOME", str(tmp_path / ("x" * 200)))
    stop = threading.Event()
    thread = threading.Thread(target=due.run_forever, args=[stop], kwargs={"look_every": 0.05})
    thread.start()
    try:
        enqueue("note", {"n": 1})
        wait_for(lambda: done == [{"n": 1}])
    finally:
        stop.set()
        thread.join(10)


def test_rounds_go_on_after_one_fails() -> None:
    seen: list[str] = []
    stop = threading.Event()

    def bad() -> None:
        raise OSError("no disk")

    def good() -> None:
        seen.append("good")
        if len(seen) == 3:
            stop.set()

    due.every("bad", 0.01, bad)
    due.every("good", 0.01, good)
    running.AFTER_TROUBLE, before = 0.01, running.AFTER_TROUBLE
    try:
        thread = threading.Thread(target=due.run_forever, args=[stop], kwargs={"look_every": 0.01})
        thread.start()
        thread.join(20)
    finally:
        running.AFTER_TROUBLE = before
    assert seen == ["good"] * 3
