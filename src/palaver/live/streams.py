"""Streams: Server-Sent Events at `/live?topics=…`, all on the event loop of a page worker.

    broadcaster = Broadcaster(may_hear, cookie="session")
    Front(…, streams={"/live": broadcaster.open},
          on_worker_start=[broadcaster.start], on_worker_stop=[broadcaster.stop])

`may_hear(session_key, topics)` is asked on a lane: which of the topics may this reader hear? It may add the reader's
own topic (`member:<id>`) unasked. When an event of kind `rights` or `signed-out` comes to a topic, its readers hear
nothing more until they have been asked about again; a stream that may no longer hear that topic, or any, ends.

What carries the streams is named here only by its shape (`Running`, `Request`, `Reply`): the front is a neighbour.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs

from palaver.live import position, waking

RIGHTS = frozenset({"rights", "signed-out"})
TOPICS_CAP = 20
REPLAY_CAP = 500
BUFFER_CAP = 64 * 1024
HEARTBEAT_SECONDS = 20
LOOK_SECONDS = 2.0
STREAMS_CAP = 6000
LATE = 256
"""PostgreSQL hands out numbers before the commit, so a lower one may appear this much after a higher one."""

MayHear = Callable[[str, tuple[str, ...]], Collection[str]]
Row = tuple[int, str, str, Any]


class Request(Protocol):
    """A request as the front hands it over."""

    method: str
    query: bytes
    headers: dict[bytes, bytes]


class Reply(Protocol):
    """The way back."""

    closed: bool

    def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None: ...
    def write(self, data: bytes) -> None: ...
    def end(self) -> None: ...
    def abort(self) -> None: ...
    def buffered(self) -> int: ...
    def when_closed(self, callback: Callable[[], None]) -> None: ...


class Running(Protocol):
    """A worker at work."""

    loop: asyncio.AbstractEventLoop
    number: int
    home_run: Path

    @property
    def headers(self) -> list[tuple[bytes, bytes]]: ...
    def in_lane(self, call: Callable[[], Any], *, rank: int = 0) -> asyncio.Future[Any]: ...
    def when_draining(self, callback: Callable[[], None]) -> None: ...
    def refuse(self, reply: Any, request: Any, status: int) -> None: ...


class Stream:
    """One open browser."""

    __slots__ = ("asked", "held", "last", "reply", "session", "topics")

    def __init__(self, reply: Reply, session: str, asked: tuple[str, ...]) -> None:
        self.reply = reply
        self.session = session
        self.asked = asked
        self.topics: tuple[str, ...] = ()
        self.last = 0
        self.held: list[tuple[int, bytes]] | None = None

    def hear(self, number: int, frame: bytes) -> None:
        """Write a frame, hold it while the past is being looked up, or let go of a reader who does not keep up."""
        if self.held is not None:
            self.held.append((number, frame))
            if len(self.held) > REPLAY_CAP:
                self.reply.abort()
            return
        if self.reply.buffered() > BUFFER_CAP:
            self.reply.abort()
            return
        self.last = number
        self.reply.write(frame)


class Broadcaster:
    """All streams of one worker. Made before the workers are forked, started in each of them."""

    def __init__(self, may_hear: MayHear, *, cookie: str = "sessionid") -> None:
        self.may_hear = may_hear
        self.cookie = cookie
        self.streams: set[Stream] = set()
        self._by_topic: dict[str, set[Stream]] = {}
        self._beats: list[set[Stream]] = [set() for _ in range(HEARTBEAT_SECONDS)]
        self._beat = 0
        self._running: Running | None = None
        self._listener: socket.socket | None = None
        self._reading = False
        self._again = False
        self._since: int | None = None
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._next_look = 0.0

    # A worker's life ----------------------------------------------------------------------------------------------

    def start(self, running: Running) -> None:
        self._running = running
        self._listener = waking.listen(running.home_run, running.number)
        if self._listener is not None:
            running.loop.add_reader(self._listener.fileno(), self._woken)
        running.when_draining(self._goodbye)
        running.loop.call_later(1.0, self._tick)
        self._look()

    def stop(self, running: Running) -> None:
        if self._listener is not None:
            running.loop.remove_reader(self._listener.fileno())
            self._listener.close()
            waking.address(running.home_run, running.number).unlink(missing_ok=True)
            self._listener = None

    def _goodbye(self) -> None:
        """The worker drains: each browser is told when to come back, not all at once."""
        for stream in list(self.streams):
            stream.reply.write(b"retry: %d\n\n" % random.randint(500, 5000))
            stream.reply.end()

    def _tick(self) -> None:
        """Once a second: a twentieth of the streams gets its heartbeat, and a lost wake-up is made good."""
        assert self._running is not None
        loop = self._running.loop
        loop.call_later(1.0, self._tick)
        self._beat = (self._beat + 1) % HEARTBEAT_SECONDS
        for stream in list(self._beats[self._beat]):
            if stream.reply.buffered() > BUFFER_CAP:
                stream.reply.abort()
            else:
                stream.reply.write(b":\n\n")
        if self.streams and loop.time() >= self._next_look:
            self._look()

    def members(self) -> set[int]:
        """The members who have a page open here and are not turned away from it, by their own topics."""
        own = (topic.partition(":")[2] for topic in self._by_topic if topic.startswith("member:"))
        return {int(number) for number in own if number.isdecimal()}

    # Opening ------------------------------------------------------------------------------------------------------

    def open(self, request: Any, reply: Any, running: Any) -> None:
        """Answer one request for a stream: rights first, then what was missed, then what comes."""
        if request.method != "GET":
            running.refuse(reply, request, 400)
            return
        if len(self.streams) >= STREAMS_CAP:
            running.refuse(reply, request, 503)
            return
        asked, after = _wanted(request)
        if not asked:
            running.refuse(reply, request, 400)
            return
        stream = Stream(reply, _session(request, self.cookie), asked)
        self._ask(stream, after, lambda: self._begin(stream, running), lambda: running.refuse(reply, request, 503))

    def _begin(self, stream: Stream, running: Running) -> None:
        reply = stream.reply
        reply.start(
            200,
            [
                *running.headers,
                (b"content-type", b"text/event-stream; charset=utf-8"),
                (b"cache-control", b"no-store"),
                (b"x-accel-buffering", b"no"),
            ],
        )
        reply.write(b"retry: %d\n\n" % random.randint(1500, 6000))
        self.streams.add(stream)
        self._beats[hash(stream) % HEARTBEAT_SECONDS].add(stream)
        reply.when_closed(lambda: self._left(stream))

    def _left(self, stream: Stream) -> None:
        self._unsubscribe(stream)
        self.streams.discard(stream)
        for beat in self._beats:
            beat.discard(stream)

    def _subscribe(self, stream: Stream, topics: Iterable[str]) -> None:
        stream.topics = tuple(topics)
        for topic in stream.topics:
            self._by_topic.setdefault(topic, set()).add(stream)

    def _unsubscribe(self, stream: Stream) -> None:
        for topic in stream.topics:
            readers = self._by_topic.get(topic)
            if readers is not None:
                readers.discard(stream)
                if not readers:
                    del self._by_topic[topic]
        stream.topics = ()

    def _ask(
        self,
        stream: Stream,
        after: int | None,
        begin: Callable[[], None] | None = None,
        refuse: Callable[[], None] | None = None,
        through: str = "",
    ) -> None:
        """Ask for rights on a lane, subscribe, and replay what came after an event, in this order."""
        assert self._running is not None
        running = self._running

        def answered(future: asyncio.Future[Any]) -> None:
            if stream.reply.closed:
                return
            if future.cancelled() or future.exception() is not None:
                if refuse is not None:
                    refuse()
                else:
                    stream.reply.abort()  # we do not know what it may hear; the browser comes again and is asked anew
                return
            allowed = tuple(future.result())
            if begin is not None:
                begin()
            if through and through not in allowed:
                # Signed out, or shut out of the very topic: the browser comes again and is asked as whoever it is then.
                stream.reply.end()
                return
            if not any(topic in stream.asked for topic in allowed):
                if begin is not None:
                    stream.reply.write(b'event: end\ndata: {"because":"rights"}\n\n')
                stream.reply.end()
                return
            self._subscribe(stream, allowed)
            if after is not None:
                stream.held = []
                running.in_lane(lambda: _replay(allowed, after)).add_done_callback(replayed)

        def replayed(future: asyncio.Future[Any]) -> None:
            held, stream.held = stream.held or [], None
            if stream.reply.closed:
                return
            if future.cancelled() or future.exception() is not None:
                stream.reply.abort()
                return
            rows: list[Row] = future.result()
            told = set()
            for row in rows:
                told.add(row[0])
                stream.hear(row[0], _frame(row))
            if len(rows) >= REPLAY_CAP:
                stream.reply.write(b'event: gap\ndata: {"because":"too much happened"}\n\n')
            for number, frame in held:
                if number not in told and not stream.reply.closed:
                    stream.hear(number, frame)

        running.in_lane(lambda: self.may_hear(stream.session, stream.asked)).add_done_callback(answered)

    # Hearing ------------------------------------------------------------------------------------------------------

    def _woken(self) -> None:
        assert self._listener is not None
        try:
            while self._listener.recv(16):
                pass
        except BlockingIOError:
            pass
        except OSError:
            return
        self._look()

    def _look(self) -> None:
        """Read the new rows once for all streams; a wake-up that comes meanwhile means one more look."""
        assert self._running is not None
        self._next_look = self._running.loop.time() + LOOK_SECONDS
        if self._reading:
            self._again = True
            return
        self._reading = True
        since = self._since
        self._running.in_lane(lambda: _new_rows(since), rank=-1).add_done_callback(self._read)

    def _read(self, future: asyncio.Future[Any]) -> None:
        self._reading = False
        if not future.cancelled() and future.exception() is None:
            newest, rows, more = future.result()
            if self._since is None:
                self._since = newest
            else:
                self._since = max(self._since, newest)
                for row in rows:
                    if row[0] not in self._seen:
                        self._seen[row[0]] = None
                        self.publish(row)
                while len(self._seen) > 4096:
                    self._seen.popitem(last=False)
            position.heard(max(self._since - LATE, 0))
            self._again = self._again or more
        if self._again:
            self._again = False
            self._look()

    def publish(self, row: Row) -> None:
        """One event to all streams that hear its topic: one frame, encoded once."""
        number, topic, kind, _ = row
        readers = self._by_topic.get(topic)
        if not readers:
            return
        if kind in RIGHTS:
            for stream in list(readers):
                self._unsubscribe(stream)
                self._ask(stream, number, through=topic)
            return
        frame = _frame(row)
        for stream in list(readers):
            stream.hear(number, frame)


def _frame(row: Row) -> bytes:
    number, topic, kind, payload = row
    data = json.dumps({"topic": topic, "kind": kind, "payload": payload}, ensure_ascii=False, separators=(",", ":"))
    return b"id: %d\ndata: %b\n\n" % (number, data.encode())


def _wanted(request: Request) -> tuple[tuple[str, ...], int | None]:
    """Topics asked for, at most twenty, and the last event the browser saw."""
    try:
        query = parse_qs(request.query.decode("ascii"), max_num_fields=10)
    except (UnicodeDecodeError, ValueError):
        return (), None
    topics = dict.fromkeys(topic.strip() for part in query.get("topics", []) for topic in part.split(","))
    named = tuple(topic for topic in topics if 0 < len(topic) <= 100 and topic.isprintable())[:TOPICS_CAP]
    last = request.headers.get(b"last-event-id", b"").decode("latin-1") or query.get("after", [""])[0]
    return named, int(last) if last.isascii() and last.isdigit() and len(last) < 19 else None


def _session(request: Request, cookie: str) -> str:
    """The reader's session key, "" for a guest."""
    try:
        found = SimpleCookie(request.headers.get(b"cookie", b"").decode("latin-1")).get(cookie)
    except CookieError:
        return ""
    return found.value if found is not None else ""


# On a lane's thread -----------------------------------------------------------------------------------------------


def _new_rows(since: int | None) -> tuple[int, list[Row], bool]:
    """The newest id and the rows after `since`, and whether there may be more.

    On PostgreSQL the last ids are read again, because lower ones may appear late, and the caller drops those it has seen.
    SQLite's writers take turns.
    """
    from django.db import connection

    from palaver.live.models import LiveEvent

    events = LiveEvent.objects.order_by("pk")
    if since is None:
        newest = LiveEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        return newest, [], False
    window = 0 if connection.vendor == "sqlite" else LATE
    rows = list(events.filter(pk__gt=since - window).values_list("pk", "topic", "kind", "payload")[: 1000 + window])
    return max([since, *(row[0] for row in rows)]), rows, len(rows) >= 1000 + window


def _replay(topics: Collection[str], after: int) -> list[Row]:
    """What was told to topics after an event; rights are asked and never replayed."""
    from palaver.live.models import LiveEvent

    found = LiveEvent.objects.filter(topic__in=topics, pk__gt=after).exclude(kind__in=RIGHTS).order_by("pk")
    return list(found.values_list("pk", "topic", "kind", "payload")[:REPLAY_CAP])
