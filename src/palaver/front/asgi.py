"""The same front as a standard ASGI application, for any server that speaks it (tested on uvicorn).

One process, no supervisor: drain, restarts and time-outs are the server's then. Production uses `http1`; the figures
are in `docs/decisions/0002-front-protocol.md`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from palaver.front.door import Door, words_of
from palaver.front.exchange import Answer, Body, Headers, Reply, Request
from palaver.front.given import Front

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_ROOM = 256 * 1024


class AsgiReply(Reply):
    """Collects what is said on the loop thread; `carry` hands it to the server in order."""

    def __init__(self, door: Door, request: Request) -> None:
        super().__init__()
        self._door = door
        self._request = request
        self._messages: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self._waiting = 0
        self._wants_room: list[Callable[[], None]] = []

    def send(self, answer: Answer) -> None:
        if not self.closed:
            self.status = answer.status
            self.sent = len(answer.body)
            self._put("answer", answer)
            self._over()

    def start(self, status: int, headers: Headers) -> None:
        if not self.closed:
            self.status = status
            self._put("start", (status, headers))

    def write(self, data: bytes) -> None:
        if not self.closed and data:
            self.sent += len(data)
            self._waiting += len(data)
            self._put("write", data)

    def end(self) -> None:
        if not self.closed:
            self._put("end", None)
            self._over()

    def abort(self) -> None:
        if not self.closed:
            self._put("abort", None)
            self._over()

    def lost(self) -> None:
        """The reader has gone."""
        if not self.closed:
            self.status = self.status or 499
            self._put("gone", None)
            self._over()

    def buffered(self) -> int:
        return self._waiting

    def when_room(self, callback: Callable[[], None]) -> None:
        if self.closed:
            return
        if self._waiting < _ROOM:
            asyncio.get_running_loop().call_soon(callback)
        else:
            self._wants_room.append(callback)

    def _put(self, what: str, value: Any) -> None:
        self._messages.put_nowait((what, value))

    def _over(self) -> None:
        self._door.finished(self._request, self.status, self.sent)
        self._close()

    async def carry(self, send: Send) -> None:
        """Send everything until the end. Raises ConnectionAbortedError for an answer that was broken off."""
        while True:
            what, value = await self._messages.get()
            if what == "answer":
                await _send(send, value, self._request)
                return
            if what == "start":
                status, headers = value
                marked = [*headers, (b"x-request-id", self._request.id.encode())]
                await send({"type": "http.response.start", "status": status, "headers": marked})
            elif what == "write":
                await send({"type": "http.response.body", "body": value, "more_body": True})
                self._waiting -= len(value)
                if self._wants_room and self._waiting < _ROOM:
                    wanting, self._wants_room = self._wants_room, []
                    for callback in wanting:
                        callback()
            elif what == "end":
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            elif what == "abort":
                raise ConnectionAbortedError("The answer was broken off.")
            else:
                return


async def _send(send: Send, answer: Answer, request: Request) -> None:
    body = b"" if request.method == "HEAD" else answer.body
    headers = [*answer.headers, (b"x-request-id", request.id.encode())]
    if answer.status not in (204, 304):
        headers.append((b"content-length", b"%d" % len(answer.body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def application(front: Front) -> Callable[[Message, Receive, Send], Awaitable[None]]:
    """The front as one ASGI application with lifespan."""
    door: Door | None = None

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        nonlocal door
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                if message["type"] == "lifespan.startup":
                    words = words_of(front)
                    words.renew()
                    door = Door(front, front.load(), words)
                    door.start(asyncio.get_running_loop(), 0)
                    await send({"type": "lifespan.startup.complete"})
                else:
                    if door is not None:
                        door.draining = True
                        if door.running is not None:
                            door.running.drain()
                        door.stop(front.drain_seconds)
                    await send({"type": "lifespan.shutdown.complete"})
                    return
        elif scope["type"] == "http" and door is not None:
            await _answer(door, scope, receive, send)

    return app


async def _answer(door: Door, scope: Message, receive: Receive, send: Send) -> None:
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        glue = b"; " if name == b"cookie" else b", "
        headers[name] = headers[name] + glue + value if name in headers else value
    raw = scope.get("raw_path") or quote(scope["path"]).encode()
    request = Request(
        scope["method"],
        raw,
        scope["query_string"],
        headers,
        peer=(scope.get("client") or ("", 0))[0],
        scheme=scope.get("scheme", "http"),
        version=scope.get("http_version", "1.1"),
        server=scope.get("server") or ("", 0),
        started=asyncio.get_running_loop().time(),
    )
    request.id = door.next_id()
    cap = door.body_cap(request)
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        data = message.get("body", b"")
        if data:
            request.body = request.body or Body()
            request.body.add(data)
            if request.body.size > cap:
                await _send(send, door.refusal(413, request), request)
                return
        if not message.get("more_body"):
            break
    answer = door.quick(request)
    if answer is not None:
        await _send(send, answer, request)
        door.finished(request, answer.status, len(answer.body))
        return
    reply = AsgiReply(door, request)
    door.take(request, reply)

    async def until_gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        reply.lost()

    watch = asyncio.ensure_future(until_gone())
    try:
        await reply.carry(send)
    finally:
        watch.cancel()
        reply.lost()
        if request.body is not None:
            request.body.close()
