"""HTTP/1.1 on the event loop: httptools (llhttp) reads, this module answers in order, limits and times out.

Whatever llhttp does not decide is decided strictly here: one Host, origin-form targets only, no upgrade, head ≤ 32 KB,
trailers ignored, bodies read whole and capped by the door before the first byte is kept.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from email.utils import formatdate
from typing import Any, Protocol

import httptools

from palaver.front.exchange import Answer, Body, Headers, Reply, Request, wire_head

HEAD_CAP = 32 * 1024
HEAD_SECONDS = 15.0
IDLE_SECONDS = 75.0
READ_SECONDS = 60.0
PIPELINE = 16
HIGH_WATER = 256 * 1024

_SINGLE = frozenset({b"host", b"content-length", b"transfer-encoding", b"content-type", b"authorization", b"origin"})
_now_head = [0, b""]


def date_head() -> bytes:
    """The Date header line of this second."""
    now = int(time.time())
    if _now_head[0] != now:
        _now_head[:] = [now, b"date: " + formatdate(now, usegmt=True).encode() + b"\r\n"]
    return _now_head[1]  # type: ignore[return-value]


class Door(Protocol):
    """What answers: see `door.Door`."""

    draining: bool

    def next_id(self) -> str: ...
    def body_cap(self, request: Request) -> int: ...
    def quick(self, request: Request) -> Answer | None: ...
    def take(self, request: Request, reply: Reply) -> None: ...
    def refusal(self, status: int, request: Request | None = None) -> Answer: ...
    def finished(self, request: Request, status: int, sent: int) -> None: ...


class Connection(asyncio.Protocol):
    """One connection of one reader."""

    __slots__ = (
        "_closing",
        "_failed",
        "_head_size",
        "_headers",
        "_in_body",
        "_paused",
        "_peer",
        "_server",
        "_url",
        "arriving",
        "current",
        "deadline",
        "door",
        "loop",
        "others",
        "parser",
        "room",
        "transport",
        "waiting",
    )

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop, others: set[Connection]) -> None:
        self.door = door
        self.loop = loop
        self.others = others
        self.waiting: deque[tuple[Request, bool]] = deque()
        self.current: Http1Reply | None = None
        self.arriving: Request | None = None
        self.deadline = 0.0
        self.room: list[Callable[[], None]] = []
        self._headers: dict[bytes, bytes] = {}
        self._url = b""
        self._head_size = 0
        self._in_body = False
        self._failed = 0
        self._paused = False
        self._closing = False
        self.parser: Any = None

    # From the transport -------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.transport.set_write_buffer_limits(high=HIGH_WATER)
        peer = transport.get_extra_info("peername")
        self._peer = str(peer[0]) if isinstance(peer, tuple) else ""
        name = transport.get_extra_info("sockname")
        self._server = (str(name[0]), int(name[1])) if isinstance(name, tuple) else ("", 0)
        self.parser = httptools.HttpRequestParser(self)
        self.deadline = self.loop.time() + HEAD_SECONDS
        self.others.add(self)

    def connection_lost(self, problem: Exception | None) -> None:
        self.others.discard(self)
        self._closing = True
        self.room = []
        if self.arriving is not None and self.arriving.body is not None:
            self.arriving.body.close()
        for request, _ in self.waiting:
            if request.body is not None:
                request.body.close()
        self.waiting.clear()
        current, self.current = self.current, None
        if current is not None:
            current.lost()
        self.parser = None  # the parser and this object hold each other

    def data_received(self, data: bytes) -> None:
        if self._closing:
            return  # the reader is still sending what we have refused; let it drain away
        if not self._in_body:
            self._head_size += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            if not self._failed:  # what is no request of ours is refused in words, below
                self._finish_after_current()
        except httptools.HttpParserError:
            self._fail(self._failed or 400)
            return
        if self._failed:
            self._fail(self._failed)
        elif not self._in_body and self._head_size > HEAD_CAP:
            self._fail(431)

    def pause_writing(self) -> None:
        self.deadline = self.loop.time() + READ_SECONDS

    def resume_writing(self) -> None:
        self.deadline = 0.0 if self.current is not None else self.loop.time() + IDLE_SECONDS
        room, self.room = self.room, []
        for callback in room:
            callback()

    # From the parser ----------------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        self._url = b""
        self._headers = {}
        self._in_body = False
        if self.current is None:
            self.deadline = self.loop.time() + HEAD_SECONDS

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_body:
            return  # a trailer
        name = name.lower()
        headers = self._headers
        if name in headers:
            if name in _SINGLE:
                self._failed = 400
            elif name == b"cookie":
                headers[name] += b"; " + value
            else:
                headers[name] += b", " + value
        else:
            headers[name] = value

    def on_headers_complete(self) -> None:
        headers = self._headers
        parser = self.parser
        url = self._url
        # What came at once may hold a body or further requests: only then is the head itself measured.
        large = self._head_size > HEAD_CAP and sum(map(len, headers)) + sum(map(len, headers.values())) > HEAD_CAP
        self._head_size = 0
        self._in_body = True
        path, _, query = url.partition(b"?")
        version = parser.get_http_version()
        request = Request(
            parser.get_method().decode("ascii"),
            path,
            query.partition(b"#")[0],
            headers,
            peer=self._peer,
            version=version,
            server=self._server,
            started=self.loop.time(),
        )
        self.arriving = request
        if not path.startswith(b"/") or (version != "1.0" and b"host" not in headers):
            self._failed = 400
            return
        if large:
            self._failed = 431
            return
        length = headers.get(b"content-length")
        if length is None and b"transfer-encoding" not in headers:
            return
        cap = self.door.body_cap(request)
        size = int(length) if length is not None else 0
        if size > cap:
            self._failed = 413
            return
        request.body = Body()
        # A body may take half a minute, and a second more for every 32 KB it announces.
        self.deadline = self.loop.time() + 30 + size / 32768
        if headers.get(b"expect", b"").lower() == b"100-continue" and version == "1.1" and self.current is None:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, data: bytes) -> None:
        request = self.arriving
        if request is None or request.body is None or self._failed:
            return
        request.body.add(data)
        if request.body.size > self.door.body_cap(request):
            self._failed = 413

    def on_message_complete(self) -> None:
        request = self.arriving
        self._in_body = False
        if request is None or self._failed or self._closing:
            return
        self.arriving = None
        stay: bool = self.parser.should_keep_alive() and not self.parser.should_upgrade()
        if self.current is not None or self.waiting:
            self.waiting.append((request, stay))
            if len(self.waiting) >= PIPELINE and not self._paused:
                self._paused = True
                self.transport.pause_reading()
        else:
            self._handle(request, stay)

    # Answering ----------------------------------------------------------------------------------------------------

    def _handle(self, request: Request, stay: bool) -> None:
        door = self.door
        request.id = door.next_id()
        answer = door.quick(request)
        if answer is not None:
            self.answer(request, answer, stay)
            return
        self.deadline = 0.0
        reply = Http1Reply(self, request, stay)
        self.current = reply
        door.take(request, reply)

    def answer(self, request: Request, answer: Answer, stay: bool) -> int:
        """Write a whole answer; the connection then waits for the next request or closes."""
        stay = stay and not self.door.draining
        body = b"" if request.method == "HEAD" else answer.body
        last = (
            b"\r\n"
            if stay and request.version == "1.1"
            else (b"connection: keep-alive\r\n\r\n" if stay else b"connection: close\r\n\r\n")
        )
        self.transport.write(
            b"".join((answer.wire, date_head(), b"x-request-id: ", request.id.encode(), b"\r\n", last, body))
        )
        if request.body is not None:
            request.body.close()
        self.door.finished(request, answer.status, len(body))
        self.done(stay)
        return len(body)

    def done(self, stay: bool) -> None:
        """One request has been answered."""
        self.current = None
        if not stay:
            self._closing = True
            self.waiting.clear()
            self._let_go()
            return
        self.deadline = self.loop.time() + IDLE_SECONDS
        if self.waiting:
            self.loop.call_soon(self._next)

    def _next(self) -> None:
        while self.waiting and self.current is None and not self._closing:
            request, stay = self.waiting.popleft()
            self._handle(request, stay)
        if self._paused and len(self.waiting) < PIPELINE // 2 and not self._closing:
            self._paused = False
            self.transport.resume_reading()

    def _finish_after_current(self) -> None:
        # Bytes after an upgrade we did not grant belong to no request.
        if self.current is not None:
            self.current.stay = False
        elif not self._closing:
            self._closing = True
            self._let_go()

    def _fail(self, status: int) -> None:
        """Refuse what arrives and close; a request still being answered is answered first."""
        request = self.arriving
        self._closing = True
        if request is not None and request.body is not None:
            request.body.close()
        self.arriving = None
        self.waiting.clear()
        if self.current is not None:
            self.current.stay = False
            return
        answer = self.door.refusal(status, request)
        self.transport.write(b"".join((answer.wire, date_head(), b"connection: close\r\n\r\n", answer.body)))
        self._let_go()

    def _let_go(self) -> None:
        """Say that nothing more comes, and give the reader two seconds to take what was said before closing."""
        transport = self.transport
        if transport.is_closing():
            return
        if self.arriving is None and not self._failed:
            transport.close()
            return
        try:
            transport.write_eof()
        except (OSError, RuntimeError, NotImplementedError):
            transport.close()
            return
        self.deadline = self.loop.time() + 2

    def overdue(self) -> None:
        """The connection's deadline has passed."""
        if self._closing or self.current is not None:
            self.transport.abort()
        elif self.arriving is not None:
            self._failed = 408
            self._fail(408)
        else:
            self.transport.close()

    def close_if_idle(self) -> None:
        """Drain: a connection that nobody is using closes now."""
        if self.current is None and self.arriving is None and not self.waiting and not self._head_size:
            self._closing = True
            self.transport.close()


class Http1Reply(Reply):
    """The way back of one request on a connection."""

    def __init__(self, connection: Connection, request: Request, stay: bool) -> None:
        super().__init__()
        self.connection = connection
        self.request = request
        self.stay = stay
        self._chunked = False
        self._mute = request.method == "HEAD"
        self._started = False

    def send(self, answer: Answer) -> None:
        if self.closed:
            return
        if self._started:
            self.abort()
            return
        self.status = answer.status
        self.sent = self.connection.answer(self.request, answer, self.stay)
        self._close()

    def start(self, status: int, headers: Headers) -> None:
        if self.closed:
            return
        self._started = True
        self.status = status
        self.stay = self.stay and not self.connection.door.draining
        sized = any(name == b"content-length" for name, _ in headers)
        self._chunked = not sized and self.request.version == "1.1" and status not in (204, 304)
        if not sized and not self._chunked:
            self.stay = False
        head = [wire_head(status, headers), date_head(), b"x-request-id: ", self.request.id.encode(), b"\r\n"]
        if self._chunked:
            head.append(b"transfer-encoding: chunked\r\n")
        if not self.stay:
            head.append(b"connection: close\r\n")
        head.append(b"\r\n")
        self.connection.transport.write(b"".join(head))

    def write(self, data: bytes) -> None:
        if self.closed or self._mute or not data:
            return
        self.sent += len(data)
        if self._chunked:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        self.connection.transport.write(data)

    def end(self) -> None:
        if self.closed:
            return
        if self._chunked and not self._mute:
            self.connection.transport.write(b"0\r\n\r\n")
        self._finish()
        self.connection.done(self.stay)
        self._close()

    def abort(self) -> None:
        if not self.closed:
            self.connection.transport.abort()

    def lost(self) -> None:
        """The reader has gone."""
        if not self.closed:
            self.status = self.status or 499
            self._finish()
            self._close()

    def _finish(self) -> None:
        if self.request.body is not None and self._started:
            self.request.body.close()
        self.connection.door.finished(self.request, self.status, self.sent)

    def buffered(self) -> int:
        return 0 if self.closed else self.connection.transport.get_write_buffer_size()

    def when_room(self, callback: Callable[[], None]) -> None:
        if self.closed:
            return
        if self.buffered() < HIGH_WATER:
            self.connection.loop.call_soon(callback)
        else:
            self.connection.room.append(callback)
