"""The door of a page worker: answers from memory what it can, hands the rest to a lane or a stream.

All methods run on the loop thread; what runs on a lane's thread says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from palaver.front import compression, logs
from palaver.front.cache import KEPT_STATUSES, VARY, Cache, Entry, Key, Seen
from palaver.front.exchange import Answer, Headers, Reply, Request
from palaver.front.given import Front, Sentence
from palaver.front.given import Lane as LaneName
from palaver.front.lanes import GUEST, MEMBER, Lane, Work, settled
from palaver.front.rendering import Rendered, render
from palaver.front.static import Static, folder
from palaver.front.words import Words

_WORDS = {
    400: "This request could not be understood. Please go back and try again.",
    404: "There is nothing at this address.",
    408: "Your request took too long to arrive. Please try again.",
    413: "What you sent is too large. Please send less at once.",
    414: "This address is too long.",
    421: "This server does not answer under that name.",
    431: "Your browser sent too many headers. Clearing this site's cookies may help.",
    500: "Something went wrong on our side. If it happens again, tell the operator this number: {request_id}",
    503: "We are very busy just now. Please try again in a few seconds; nothing you wrote has been saved yet.",
}


class Running:
    """A worker at work, as streams and start hooks see it."""

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop, number: int) -> None:
        self._door = door
        self.loop = loop
        self.number = number
        self.home_run = door.front.home_run
        self._drains: list[Callable[[], None]] = []

    @property
    def headers(self) -> Headers:
        """The headers that every response has."""
        return self._door.common

    @property
    def draining(self) -> bool:
        return self._door.draining

    def in_lane(self, call: Callable[[], Any], *, lane: LaneName = "pages", rank: int = MEMBER) -> asyncio.Future[Any]:
        """Run a call on a lane's thread. Raises `asyncio.QueueFull` through the future if the lane is full."""
        future: asyncio.Future[Any] = self.loop.create_future()

        def done(value: Any, problem: BaseException | None) -> None:
            self._door.from_lane(_resolve, future, value, problem)

        def refused() -> None:
            self._door.from_lane(_resolve, future, None, asyncio.QueueFull())

        work = Work(settled(call, done), rank, refused)
        if not self._door.lanes[lane].offer(work):
            future.set_exception(asyncio.QueueFull())
        return future

    def when_draining(self, callback: Callable[[], None]) -> None:
        """Call back when the worker begins to drain: streams say goodbye then."""
        if self._door.draining:
            callback()
        else:
            self._drains.append(callback)

    def drain(self) -> None:
        drains, self._drains = self._drains, []
        for callback in drains:
            callback()

    def refuse(self, reply: Reply, request: Request, status: int) -> None:
        """Answer with the sentence for a status."""
        reply.send(self._door.refusal(status, request))


def _resolve(future: asyncio.Future[Any], value: Any, problem: BaseException | None) -> None:
    if future.done():
        return
    if problem is not None:
        future.set_exception(problem)
    else:
        future.set_result(value)


class _Flight:
    """One rendering of a guest's page on its way, and who waits for its outcome."""

    __slots__ = ("key", "waiting")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.waiting: list[tuple[Request, Reply]] = []


class Door:
    """The front's own part of one worker."""

    def __init__(self, front: Front, handler: Any, words: Words, static: Static | None = None) -> None:
        self.front = front
        self.handler = handler
        self.words = words
        self.cache = Cache(words, front.cache_bytes)
        self.static = static if static is not None else static_of(front)
        self.draining = False
        self.open_work = 0
        self.loop: asyncio.AbstractEventLoop | None = None
        self.running: Running | None = None
        self.lanes: dict[LaneName, Lane] = {
            "pages": Lane("pages", front.pages_queue, self._crashed),
            "slow": Lane("slow", front.slow_queue, self._crashed),
        }
        self._hosts = frozenset(host.lower().encode() for host in front.hosts)
        self._good_hosts: set[bytes] = set()
        self.common: Headers = [(name.lower().encode(), value.encode()) for name, value in front.headers]
        self._private = tuple(name.encode() for name in front.private_cookies)
        self._variants: dict[tuple[bytes, bytes], bytes | None] = {}
        self._queries: dict[bytes, tuple[str, ...] | None] = {}
        self._flights: dict[Key, _Flight] = {}
        self._alone: set[Key] = set()
        self._health = Answer(200, [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")], b"alive\n")
        self._refusals: dict[int, Answer] = {}
        self._series = secrets.token_hex(4)
        self._number = 0
        self._log_hits = front.log_hits

    def start(self, loop: asyncio.AbstractEventLoop, number: int) -> Running:
        """Start the lanes. Returns what the hooks are called with."""
        self.loop = loop
        self.running = Running(self, loop, number)
        for lane in self.lanes.values():
            lane.start()
        for hook in self.front.on_worker_start:
            hook(self.running)
        return self.running

    def stop(self, seconds: float) -> None:
        """End the lanes; their queues are carried out first, within the given seconds."""
        deadline = time.monotonic() + seconds
        for lane in self.lanes.values():
            lane.stop()
        for lane in self.lanes.values():
            lane.join(max(0.0, deadline - time.monotonic()))
        if self.running is not None:
            for hook in self.front.on_worker_stop:
                hook(self.running)

    def from_lane(self, callback: Callable[..., None], *arguments: Any) -> None:
        """Continue on the loop thread. Callable from any thread; a loop that has ended hears nothing."""
        assert self.loop is not None
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(callback, *arguments)

    # What the adapters ask ----------------------------------------------------------------------------------------

    def next_id(self) -> str:
        self._number += 1
        return f"{self._series}{self._number:x}"

    def body_cap(self, request: Request) -> int:
        return self.front.body_cap(request.method, decoded(request.path))

    def refusal(self, status: int, request: Request | None = None) -> Answer:
        """The page for a refusal, with the request's id where it has a place for it."""
        known = self._refusals.get(status)
        if known is not None:
            return known
        sentence = self.front.sentences.get(status)
        if sentence is None:
            text = _WORDS.get(status, "This could not be done.")
            sentence = Sentence(text.encode() + b"\n", b"text/plain; charset=utf-8")
        headers: Headers = [*self.common, (b"content-type", sentence.content_type), (b"cache-control", b"no-store")]
        if status == 503:
            headers.append((b"retry-after", b"2"))
        numbered = b"{request_id}" in sentence.body
        body = sentence.body
        if numbered:
            body = body.replace(b"{request_id}", (request.id if request is not None else "").encode())
        answer = Answer(status, headers, body)
        if not numbered:
            self._refusals[status] = answer
        return answer

    def quick(self, request: Request) -> Answer | None:
        """What can be said at once, from memory."""
        headers = request.headers
        host = headers.get(b"host", b"")
        if self._hosts and host not in self._good_hosts and not self._is_ours(host):
            if request.path == b"/healthz":
                return self._health
            return self.refusal(421, request)
        if self.draining:
            return self.refusal(503, request)
        method = request.method
        if method != "GET" and method != "HEAD":
            return None
        path = request.path
        if path.startswith(b"/static/"):
            return self.static.answer(request) or self.refusal(404, request)
        key = self.key(request)
        if key is not None:
            entry = self.cache.get(key)
            if entry is not None:
                self.cache.hits += 1
                return self.cache.answer(entry, request)
            return None
        if path == b"/healthz":
            return self._health
        return self.static.answer(request)

    def _is_ours(self, host: bytes) -> bool:
        """Whether a Host is one of ours, in any case and, for a name given without a port, at any port."""
        low = host.lower()
        if low in self._hosts or _without_port(low) in self._hosts:
            if len(self._good_hosts) < 64:
                self._good_hosts.add(host)
            return True
        return False

    def take(self, request: Request, reply: Reply) -> None:
        """Answer what takes a lane or is a stream."""
        path = decoded(request.path)
        self.open_work += 1
        reply.when_closed(self._closed)
        if len(request.path) + len(request.query) > 8192:
            reply.send(self.refusal(414, request))
            return
        handler = self.front.streams.get(path)
        if handler is not None and self.running is not None:
            request.lane = "stream"
            self.open_work -= 1
            reply.when_closed(self._stream_closed)
            handler(request, reply, self.running)
            return
        if path == "/readyz" and self.running is not None:
            self._ready(request, reply)
            return
        key = self.key(request) if request.method == "GET" else None
        if key is None or key in self._alone:
            self._render(request, reply, path, None)
            return
        flight = self._flights.get(key)
        if flight is not None:
            flight.waiting.append((request, reply))
            return
        flight = self._flights[key] = _Flight(key)
        self.cache.misses += 1
        self._render(request, reply, path, flight)

    def _stream_closed(self) -> None:
        self.open_work += 1  # `_closed` counts it down again: a stream is no work a drain waits for

    def _closed(self) -> None:
        self.open_work -= 1

    def finished(self, request: Request, status: int, sent: int) -> None:
        """A request has been answered: its log line."""
        if not (request.lane or self._log_hits or status >= 400):
            return
        now = self.loop.time() if self.loop is not None else request.started
        logs.line(
            "request",
            id=request.id,
            method=request.method,
            path=self.front.loggable(decoded(request.path)),
            status=status,
            bytes=sent,
            ms=round((now - request.started) * 1000, 1),
            lane=request.lane,
        )

    # Guests' pages ------------------------------------------------------------------------------------------------

    def key(self, request: Request) -> Key | None:
        """The page cache's key, or None for a reader or an address the cache is not for."""
        headers = request.headers
        if b"authorization" in headers:
            return None
        asked = (headers.get(b"accept-language", b""), headers.get(b"cookie", b""))
        try:
            variant = self._variants[asked]
        except KeyError:
            variant = self._variant(*asked)
        if variant is None:
            return None
        path = request.path
        try:
            known = self._queries[path]
        except KeyError:
            if len(self._queries) >= 8192:
                self._queries.clear()
            known = self._queries[path] = self.front.queries(decoded(path))
        if known is None:
            return None
        query = request.query
        if query:
            canonical = _in_order(query, known)
            if canonical is None:
                return None
            query = canonical
        return (headers.get(b"host", b"").lower(), path, query, variant)

    def _variant(self, language: bytes, cookies: bytes) -> bytes | None:
        found: bytes | None = None
        if not self._is_private(cookies):
            found = self.front.variant(language.decode("latin-1"), cookies.decode("latin-1")).encode()
        if len(self._variants) >= 4096:
            self._variants.clear()
        self._variants[language, cookies] = found
        return found

    def _is_private(self, cookies: bytes) -> bool:
        return any(part.partition(b"=")[0].strip() in self._private for part in cookies.split(b";"))

    # Lanes --------------------------------------------------------------------------------------------------------

    def _render(self, request: Request, reply: Reply, path: str, flight: _Flight | None) -> None:
        key = flight.key if flight is not None else None
        lane = self.lanes[name := self.front.classify(request.method, path)]
        request.lane = name
        member = self._private[0] + b"=" in request.headers.get(b"cookie", b"") if self._private else False
        known = self.cache.names(key) if key is not None else ()

        def run() -> None:  # on the lane's thread
            entry: Entry | None = None
            storable = False
            try:
                seen = Seen(self.words, known) if key is not None else None
                rendered = render(self.handler, request, self.front.trusted_proxies)
                self._add_common(rendered)
                if seen is not None and key is not None and _shareable(rendered):
                    slots, values = seen.after(rendered.words or ())
                    storable = values is not None
                    entry = Entry(
                        key,
                        rendered.status,
                        rendered.headers,
                        rendered.body,
                        slots,
                        values or (),
                        rendered.fresh_until,
                    )
                elif rendered.chunks is None:
                    _pack(rendered, request)
            except BaseException as problem:
                logs.line(
                    "error", id=request.id, error=type(problem).__name__, trace=logs.trace(problem), lane=lane.name
                )
                self.from_lane(self._turn_away, 500, request, reply, flight)
                return
            self.from_lane(self._rendered, request, reply, path, flight, lane, rendered, entry, storable)

        def refused() -> None:
            self.from_lane(self._turn_away, 503, request, reply, flight)

        work = Work(run, MEMBER if member else GUEST, refused)
        if not lane.offer(work):
            self._turn_away(503, request, reply, flight)
            return

        def gone() -> None:
            if flight is None or not flight.waiting:  # work that others wait for is done all the same
                work.cancelled = True
                self._land(flight)

        reply.when_closed(gone)

    def _rendered(
        self,
        request: Request,
        reply: Reply,
        path: str,
        flight: _Flight | None,
        lane: Lane,
        rendered: Rendered,
        entry: Entry | None,
        storable: bool,
    ) -> None:
        waiting = self._land(flight)
        if entry is not None and flight is not None:
            # Asked again: a reader may have joined, after a change, while the outcome was on its way to this thread.
            storable = storable and self.words.still(entry.slots, entry.values)
            self.cache.remember(flight.key, entry.slots)
            if storable:
                self.cache.store(entry)
            reply.send(entry.answer(request)[0])
            if storable:
                for other, other_reply in waiting:
                    other_reply.send(self.cache.answer(entry, other))
            elif waiting:
                # They may have come after a change this rendering missed: render once more, for all of them.
                self._together(waiting, path, flight.key)
            return
        for other, other_reply in waiting:
            self._render(other, other_reply, path, None)
        if flight is not None:
            if len(self._alone) > 4096:
                self._alone.clear()
            self._alone.add(flight.key)
        if rendered.chunks is None:
            reply.send(Answer(rendered.status, rendered.headers, rendered.body))
        else:
            _Pump(self, lane, rendered, reply).begin()

    def _together(self, waiting: list[tuple[Request, Reply]], path: str, key: Key) -> None:
        """Render once for readers who all came before this rendering begins; its outcome is true for each of them."""
        waiting = [(request, reply) for request, reply in waiting if not reply.closed]
        if not waiting:
            return
        lane = self.lanes[self.front.classify("GET", path)]
        known = self.cache.names(key)
        request = waiting[0][0]

        def run() -> None:  # on the lane's thread
            try:
                seen = Seen(self.words, known)
                rendered = render(self.handler, request, self.front.trusted_proxies)
                self._add_common(rendered)
                if not _shareable(rendered):
                    rendered.close()
                    self.from_lane(apart)
                    return
                slots, values = seen.after(rendered.words or ())
                entry = Entry(
                    key, rendered.status, rendered.headers, rendered.body, slots, values or (), rendered.fresh_until
                )
            except BaseException as problem:
                logs.line("error", id=request.id, error=type(problem).__name__, trace=logs.trace(problem))
                self.from_lane(fail, 500)
                return
            self.from_lane(share, entry, values is not None)

        def share(entry: Entry, storable: bool) -> None:
            self.cache.remember(key, entry.slots)
            if storable:
                self.cache.store(entry)
            for other, reply in waiting:
                reply.send(entry.answer(other)[0])

        def apart() -> None:
            for other, reply in waiting:
                self._render(other, reply, path, None)

        def fail(status: int) -> None:
            for other, reply in waiting:
                reply.send(self.refusal(status, other))

        if not lane.offer(Work(run, GUEST, lambda: self.from_lane(fail, 503))):
            fail(503)

    def _land(self, flight: _Flight | None) -> list[tuple[Request, Reply]]:
        """End a flight, and return who waits for it."""
        if flight is None:
            return []
        if self._flights.get(flight.key) is flight:
            del self._flights[flight.key]
        return flight.waiting

    def _turn_away(self, status: int, request: Request, reply: Reply, flight: _Flight | None) -> None:
        waiting = self._land(flight)
        reply.send(self.refusal(status, request))
        for other, other_reply in waiting:
            other_reply.send(self.refusal(status, other))

    def _add_common(self, rendered: Rendered) -> None:
        names = {name for name, _ in rendered.headers}
        rendered.headers += [pair for pair in self.common if pair[0] not in names]
        if b"cache-control" not in names:
            rendered.headers.append((b"cache-control", b"private, no-cache"))

    def _ready(self, request: Request, reply: Reply) -> None:
        assert self.running is not None
        ready = self.front.ready

        def said(future: asyncio.Future[Any]) -> None:
            good = not future.cancelled() and future.exception() is None and bool(future.result())
            kind = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
            if good:
                reply.send(Answer(200, kind, b"ready\n"))
            else:
                reply.send(Answer(503, [*kind, (b"retry-after", b"2")], b"not ready\n"))

        self.running.in_lane(ready if ready is not None else lambda: True).add_done_callback(said)

    def _crashed(self, problem: BaseException) -> None:
        logs.line("error", error=type(problem).__name__, trace=logs.trace(problem), lane="itself")


def _without_port(host: bytes) -> bytes:
    name, colon, port = host.rpartition(b":")
    return name if colon and port.isdigit() else host


def _in_order(query: bytes, known: tuple[str, ...]) -> bytes | None:
    """A query with its parameters in the route's order; None if it holds an unknown one or one twice."""
    found: dict[str, bytes] = {}
    for part in query.split(b"&"):
        name, _, value = part.partition(b"=")
        text = name.decode("latin-1")
        if text not in known or text in found:
            return None
        found[text] = value
    return b"&".join(name.encode() + b"=" + found[name] for name in known if name in found)


class _Pump:
    """A streamed answer: each piece is pulled on the lane's thread, but only when the reader has room for it."""

    def __init__(self, door: Door, lane: Lane, rendered: Rendered, reply: Reply) -> None:
        self._door = door
        self._lane = lane
        self._rendered = rendered
        self._reply = reply
        self._over = False

    def begin(self) -> None:
        if self._reply.closed:
            self._close()
            return
        self._reply.when_closed(self._close)
        self._reply.start(self._rendered.status, self._rendered.headers)
        self._ask()

    def _ask(self) -> None:
        if not self._over:
            self._lane.again(Work(self._pull, MEMBER))

    def _pull(self) -> None:  # on the lane's thread
        chunks = self._rendered.chunks
        assert chunks is not None
        if self._over:
            return
        try:
            piece = next(chunks, None)
        except BaseException as problem:
            logs.line("error", error=type(problem).__name__, trace=logs.trace(problem), lane=self._lane.name)
            self._door.from_lane(self._reply.abort)
            return
        self._door.from_lane(self._push, piece)

    def _push(self, piece: bytes | None) -> None:
        if self._over:
            return
        if piece is None:
            self._reply.end()
            return
        self._reply.write(piece)
        self._reply.when_room(self._ask)

    def _close(self) -> None:
        if not self._over:
            self._over = True
            self._lane.again(Work(self._rendered.close, MEMBER))


def _shareable(rendered: Rendered) -> bool:
    """Whether a guest's page may be given to other guests: it says so itself, and sets no cookie."""
    if rendered.words is None or rendered.chunks is not None or rendered.status not in KEPT_STATUSES:
        return False
    for name, value in rendered.headers:
        if name == b"set-cookie" or name == b"content-encoding":
            return False
        if name == b"vary" and not {part.strip() for part in value.lower().split(b",")} <= _VARIES:
            return False
    return True


_VARIES = frozenset(part.strip() for part in VARY.split(b","))


def _pack(rendered: Rendered, request: Request) -> None:
    """Pack one reader's page; on the lane's thread."""
    body = rendered.body
    if len(body) < compression.SMALLEST:
        return
    kind = b""
    vary = b""
    for name, value in rendered.headers:
        if name == b"content-encoding":
            return
        if name == b"content-type":
            kind = value
        elif name == b"vary":
            vary = value
    if not compression.worthwhile(kind):
        return
    rendered.headers = [pair for pair in rendered.headers if pair[0] != b"vary"]
    parts = [part.strip() for part in vary.split(b",") if part.strip()]
    if b"accept-encoding" not in {part.lower() for part in parts}:
        parts.append(b"accept-encoding")
    rendered.headers.append((b"vary", b", ".join(parts)))
    encoding = compression.choose(request.headers.get(b"accept-encoding", b""))
    if encoding:
        rendered.body = compression.pack(body, encoding)
        rendered.headers.append((b"content-encoding", encoding.encode()))


def decoded(path: bytes) -> str:
    """A raw path as text; bytes that are no UTF-8 become replacement characters."""
    return (unquote_to_bytes(path) if b"%" in path else path).decode("utf-8", "replace")


def static_of(front: Front) -> Static:
    """All static files of a front, packed."""
    files = list(front.static)
    for prefix, root in front.static_folders:
        files += folder(prefix, root)
    return Static(files, front.headers)


def words_of(front: Front) -> Words:
    """The word table of an installation."""
    return Words(front.home_run / "words")
