"""Streams, heard through the broadcaster on a real loop, with the real table and the real sockets."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction

from palaver.kit import clock
from palaver.live import telling, waking
from palaver.live.models import LiveEvent
from palaver.live.streams import Broadcaster, _new_rows


class Kept:
    """A reply that keeps what is written to it."""

    def __init__(self, *, slow: bool = False) -> None:
        self.closed = False
        self.status = 0
        self.text = ""
        self.slow = slow
        self.aborted = False
        self._closers: list[Callable[[], None]] = []

    def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.status = status

    def write(self, data: bytes) -> None:
        self.text += data.decode()

    def end(self) -> None:
        self.closed = True
        for callback in self._closers:
            callback()

    def abort(self) -> None:
        self.aborted = True
        self.end()

    def buffered(self) -> int:
        return 10_000_000 if self.slow else 0

    def when_closed(self, callback: Callable[[], None]) -> None:
        self._closers.append(callback)


class Asked:
    def __init__(self, query: str, headers: dict[bytes, bytes] | None = None) -> None:
        self.method, self.query, self.headers = "GET", query.encode(), headers or {}


class Worker:
    """What the front offers. The lane runs on this very thread, so that it sees the test's database."""

    headers: list[tuple[bytes, bytes]] = []

    def __init__(self, loop: asyncio.AbstractEventLoop, home_run: Path) -> None:
        self.loop, self.number, self.home_run = loop, 0, home_run
        self.drains: list[Callable[[], None]] = []

    def in_lane(self, call: Callable[[], Any], *, rank: int = 0) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = self.loop.create_future()
        try:
            future.set_result(call())
        except Exception as problem:
            future.set_exception(problem)
        return future

    def when_draining(self, callback: Callable[[], None]) -> None:
        self.drains.append(callback)

    def refuse(self, reply: Kept, request: Any, status: int) -> None:
        reply.status = status
        reply.end()


class House:
    def __init__(self, loop: asyncio.AbstractEventLoop, folder: Path) -> None:
        self.loop = loop
        self.allowed: dict[str, set[str]] = {"": {"thread:1", "thread:2"}}
        self.worker = Worker(loop, folder)
        self.live = Broadcaster(lambda key, topics: self.allowed.get(key, set()) & {*topics, "member:7"})
        self.live.start(self.worker)
        self.rest()

    def rest(self) -> None:
        for _ in range(6):
            self.loop.run_until_complete(asyncio.sleep(0.002))

    def open(self, query: str, reply: Kept | None = None, **headers: bytes) -> Kept:
        reply = reply or Kept()
        self.live.open(
            Asked(query, {name.encode().replace(b"_", b"-"): value for name, value in headers.items()}),
            reply,
            self.worker,
        )
        self.rest()
        return reply

    def tell(self, topic: str, kind: str = "reply", **payload: Any) -> int:
        with transaction.atomic():
            event = telling.tell(topic, kind, payload)
        waking.wake(self.worker.home_run)
        self.rest()
        return event.pk


@pytest.fixture
def house(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    loop = asyncio.new_event_loop()
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        house = House(loop, Path(folder))
        yield house
        house.live.stop(house.worker)
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.close()


def test_a_reader_hears_the_topics_asked_for_and_no_other(house: House) -> None:
    reader = house.open("topics=thread:1")
    assert reader.status == 200 and reader.text.startswith("retry: ")
    number = house.tell("thread:1", number=5)
    house.tell("thread:2", number=6)
    assert f'id: {number}\ndata: {{"topic":"thread:1","kind":"reply","payload":{{"number":5}}}}\n\n' in reader.text
    assert "thread:2" not in reader.text


def test_a_topic_that_the_reader_may_not_hear_is_not_heard(house: House) -> None:
    both = house.open("topics=thread:1,forum:9")
    none = house.open("topics=forum:9")
    house.tell("forum:9", secret="canary")
    assert "canary" not in both.text and "canary" not in none.text
    assert none.closed and "event: end" in none.text and not both.closed


def test_what_was_missed_is_told_once_and_in_order(house: House) -> None:
    first = house.tell("thread:1", number=1)
    second = house.tell("thread:1", number=2)
    house.tell("thread:2", number=3)
    for reader in (
        house.open("topics=thread:1", last_event_id=str(first).encode()),
        house.open(f"topics=thread:1&after={first}"),
    ):
        third = house.tell("thread:1", number=4)
        ids = [int(line[4:]) for line in reader.text.splitlines() if line.startswith("id: ")]
        assert ids == [second, third] if third < second + 3 else ids[0] == second and ids[-1] == third
        assert len(ids) == len(set(ids))


def test_rights_are_asked_again_when_they_change_and_a_stream_without_any_ends(house: House) -> None:
    house.allowed["bram"] = {"thread:1", "thread:2", "member:7"}
    reader = house.open("topics=thread:1,thread:2", cookie=b"sessionid=bram")
    house.allowed["bram"] = {"thread:2", "member:7"}
    house.tell("member:7", "rights")
    house.tell("thread:1", word="canary")
    house.tell("thread:2", word="heard")
    assert "heard" in reader.text and "canary" not in reader.text and not reader.closed
    house.allowed["bram"] = set()
    house.tell("member:7", "signed-out")
    house.tell("thread:2", word="canary")
    assert reader.closed and "canary" not in reader.text and not house.live.streams


def test_signing_out_ends_the_stream_though_guests_may_hear_its_topic(house: House) -> None:
    house.allowed["bram"] = {"thread:1", "member:7"}
    reader = house.open("topics=thread:1", cookie=b"sessionid=bram")
    house.allowed["bram"] = {"thread:1"}
    house.tell("member:7", "signed-out")
    assert reader.closed


def test_a_reader_who_does_not_keep_up_is_dropped(house: House) -> None:
    reader = house.open("topics=thread:1", Kept(slow=True))
    other = house.open("topics=thread:1")
    house.tell("thread:1")
    assert reader.aborted and not other.closed and len(house.live.streams) == 1


def test_a_request_without_topics_is_refused(house: House) -> None:
    assert house.open("").status == 400
    assert house.open("topics=%00").status == 400


def test_a_drain_says_when_to_come_back(house: House) -> None:
    reader = house.open("topics=thread:1")
    for drain in house.worker.drains:
        drain()
    assert reader.closed and reader.text.count("retry: ") == 2


def test_what_is_rolled_back_is_never_told(house: House) -> None:
    reader = house.open("topics=thread:1")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        telling.tell("thread:1", "reply", {"word": "canary"})
        raise ZeroDivisionError
    house.tell("thread:1", word="heard")
    assert "canary" not in reader.text and "heard" in reader.text


@pytest.mark.django_db(transaction=True)
def test_telling_outside_a_transaction_is_a_fault() -> None:
    with pytest.raises(RuntimeError):
        telling.tell("thread:1", "reply")
    assert not LiveEvent.objects.exists()


@pytest.mark.django_db
def test_rows_of_more_than_a_day_go_and_the_newest_stays() -> None:
    with clock.stopped_at(clock.ago(days=2)):
        for _ in range(3):
            telling.tell("thread:1", "reply")
    assert telling.prune() == 2
    assert LiveEvent.objects.count() == 1


@pytest.mark.django_db
def test_a_lower_id_that_is_committed_later_is_still_read_where_that_can_happen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [telling.tell("thread:1", "reply").pk for _ in range(3)]
    monkeypatch.setattr(connections["default"], "vendor", "postgresql")
    assert [row[0] for row in _new_rows(rows[-1])[1]] == rows
    monkeypatch.setattr(connections["default"], "vendor", "sqlite")
    assert _new_rows(rows[-1])[1] == []
