"""A request as the front sees it, a whole answer, and the reply that carries one back: the same for every protocol.

The adapters (`http1` for production, `asgi` for any ASGI server) make `Request`s and implement `Reply`; everything
between them speaks only these three nouns. All of it lives on the loop thread unless a sentence says otherwise.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from http import HTTPStatus
from typing import IO

SPOOL_AT = 64 * 1024

Headers = list[tuple[bytes, bytes]]


class Body:
    """The bytes of a request, in memory up to 64 KB and in an unnamed file beyond."""

    __slots__ = ("_buffer", "_file", "size")

    def __init__(self) -> None:
        self.size = 0
        self._buffer = bytearray()
        self._file: IO[bytes] | None = None

    def add(self, data: bytes) -> None:
        self.size += len(data)
        if self._file is not None:
            self._file.write(data)
            return
        self._buffer += data
        if self.size > SPOOL_AT:
            self._file = tempfile.TemporaryFile(prefix="palaver-body-")  # noqa: SIM115 - closed by close()
            self._file.write(self._buffer)
            self._buffer = bytearray()

    @property
    def spooled(self) -> bool:
        return self._file is not None

    def open(self) -> IO[bytes]:
        """The whole body from its first byte."""
        if self._file is not None:
            self._file.seek(0)
            return self._file
        return io.BytesIO(self._buffer)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._buffer = bytearray()


class Request:
    """One request with its body read whole. `path` is the raw, still percent-encoded path; header names are lower case.

    A header sent twice is joined by a comma (cookies by a semicolon); the adapters refuse a second Host.
    """

    __slots__ = (
        "body",
        "headers",
        "id",
        "lane",
        "method",
        "path",
        "peer",
        "query",
        "scheme",
        "server",
        "started",
        "version",
    )

    def __init__(
        self,
        method: str,
        path: bytes,
        query: bytes,
        headers: dict[bytes, bytes],
        *,
        peer: str = "",
        scheme: str = "http",
        version: str = "1.1",
        server: tuple[str, int] = ("", 0),
        started: float = 0.0,
    ) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.peer = peer
        self.scheme = scheme
        self.version = version
        self.server = server
        self.started = started
        self.body: Body | None = None
        self.id = ""
        self.lane = ""


def wire_head(status: int, headers: Headers) -> bytes:
    """Status line and headers in HTTP/1.1, without the closing blank line. A line break in a value is refused."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Status"
    lines = [b"HTTP/1.1 %d %s\r\n" % (status, phrase.encode())]
    for name, value in headers:
        if b"\n" in value or b"\r" in value or b"\n" in name or b"\r" in name:
            raise ValueError("A response header may not hold a line break.")
        lines.append(name + b": " + value + b"\r\n")
    return b"".join(lines)


class Answer:
    """A whole response: status, headers without length, date and request id (the adapter adds those), and body."""

    __slots__ = ("_wire", "body", "headers", "status")

    def __init__(self, status: int, headers: Headers, body: bytes = b"") -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self._wire: bytes | None = None

    @property
    def wire(self) -> bytes:
        """The head for HTTP/1.1 with its length, made once however often the answer is sent."""
        wire = self._wire
        if wire is None:
            headers = self.headers
            if self.status not in (204, 304):
                headers = [*headers, (b"content-length", b"%d" % len(self.body))]
            wire = self._wire = wire_head(self.status, headers)
        return wire


class Reply:
    """The way back of one request. `closed` turns true when the reader has gone or everything has been said."""

    def __init__(self) -> None:
        self.closed = False
        self.status = 0
        self.sent = 0
        self._closers: list[Callable[[], None]] = []
        self._room: list[Callable[[], None]] = []

    def send(self, answer: Answer) -> None:
        """A whole answer at once."""
        raise NotImplementedError

    def start(self, status: int, headers: Headers) -> None:
        """Begin an answer of unknown length."""
        raise NotImplementedError

    def write(self, data: bytes) -> None:
        """More of a started answer. Never waits: ask `buffered` and `when_room`."""
        raise NotImplementedError

    def end(self) -> None:
        """Close a started answer properly."""
        raise NotImplementedError

    def abort(self) -> None:
        """Drop the reader without a proper end."""
        raise NotImplementedError

    def buffered(self) -> int:
        """Bytes written that the reader has not taken yet, as far as the adapter knows."""
        return 0

    def when_closed(self, callback: Callable[[], None]) -> None:
        """Call back once, when the reader leaves or the answer ends."""
        if self.closed:
            callback()
        else:
            self._closers.append(callback)

    def when_room(self, callback: Callable[[], None]) -> None:
        """Call back once, when more may be written without piling up."""
        raise NotImplementedError

    def _close(self) -> None:
        if not self.closed:
            self.closed = True
            closers, self._closers = self._closers, []
            self._room = []
            for callback in closers:
                callback()
