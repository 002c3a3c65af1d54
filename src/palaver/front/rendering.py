"""One Django request, carried out on a lane's thread: environ, `get_response`, and what came of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from django.core import signals
from django.core.handlers.wsgi import WSGIRequest
from django.urls import set_script_prefix

from palaver.front import addresses
from palaver.front.exchange import Headers, Request

CHUNK = 64 * 1024


@dataclass(slots=True)
class Rendered:
    """What a view answered. Exactly one of `body` and `chunks` is used; with `chunks`, `close` must be called."""

    status: int
    headers: Headers
    body: bytes = b""
    chunks: Iterator[bytes] | None = None
    response: Any = None
    words: frozenset[str] | None = None
    fresh_until: datetime | None = None

    def close(self) -> None:
        """End the response: Django's request_finished. On the lane's thread only."""
        response, self.response = self.response, None
        if response is not None:
            response.close()


def environ(request: Request, proxies: tuple[addresses.Network, ...]) -> dict[str, Any]:
    """The WSGI environ of a request, with the client's address and scheme already made out."""
    headers = request.headers
    peer = request.peer
    scheme = addresses.scheme(peer, headers, proxies, request.scheme)
    body = request.body
    found: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.query.decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{request.version}",
        "SERVER_NAME": request.server[0] or "localhost",
        "SERVER_PORT": str(request.server[1] or (443 if scheme == "https" else 80)),
        "REMOTE_ADDR": addresses.client(peer, headers.get(b"x-forwarded-for"), proxies),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": body.open() if body is not None else BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "palaver.request_id": request.id,
    }
    if body is not None:
        found["CONTENT_LENGTH"] = str(body.size)
    for name, value in headers.items():
        # A name with an underscore would arrive in the environ as another header's name.
        if b"_" in name or name in _NOT_PASSED:
            continue
        if name == b"content-type":
            found["CONTENT_TYPE"] = value.decode("latin-1")
        else:
            found["HTTP_" + name.decode("latin-1").upper().replace("-", "_")] = value.decode("latin-1")
    return found


# Lengths and framing are ours; the forwarded ones have been made out above and must not be believed again.
_NOT_PASSED = frozenset(
    {
        b"content-length",
        b"transfer-encoding",
        b"proxy",
        b"connection",
        b"x-forwarded-for",
        b"x-forwarded-proto",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-real-ip",
        b"forwarded",
    }
)
_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade", "date", "server", "content-length"})


def render(handler: Any, request: Request, proxies: tuple[addresses.Network, ...]) -> Rendered:
    """Ask Django. A view's exception is Django's to answer (500); what escapes here is a fault of ours."""
    scope = environ(request, proxies)
    set_script_prefix("")
    signals.request_started.send(sender=handler.__class__, environ=scope)
    response = handler.get_response(WSGIRequest(scope))
    response._handler_class = handler.__class__
    headers: Headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in response.items()
        if name.lower() not in _HOP
    ]
    for cookie in response.cookies.values():
        headers.append((b"set-cookie", cookie.output(header="").strip().encode("latin-1")))
    rendered = Rendered(response.status_code, headers, response=response)
    if response.streaming:
        length = response.headers.get("Content-Length")
        if length is not None:
            headers.append((b"content-length", length.encode("latin-1")))
        rendered.chunks = _chunks(response)
        return rendered
    rendered.body = response.content
    words = getattr(response, "cache_words", None)
    if words is not None:
        rendered.words = frozenset(words)
        rendered.fresh_until = getattr(response, "fresh_until", None)
    rendered.close()
    return rendered


def _chunks(response: Any) -> Iterator[bytes]:
    """A streamed response in pieces of about 64 KB, a file read as such."""
    file = getattr(response, "file_to_stream", None)
    if file is not None:
        while data := file.read(CHUNK):
            yield data
        return
    gathered = bytearray()
    for piece in response:
        gathered += piece if isinstance(piece, bytes) else str(piece).encode()
        if len(gathered) >= CHUNK:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)
