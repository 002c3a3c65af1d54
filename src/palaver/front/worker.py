"""One page worker: its loop, its connections, its drain. Runs in a process that the supervisor forked."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
import time
from typing import Any

import uvloop

from palaver.front import logs
from palaver.front.door import Door
from palaver.front.given import Front
from palaver.front.http1 import Connection
from palaver.front.static import Static
from palaver.front.words import Words


def work(
    front: Front,
    handler: Any,
    words: Words,
    static: Static,
    number: int,
    listener: socket.socket,
    supervisor: int,
    ready: int,
) -> None:
    """Serve until told to drain or until the supervisor is gone.

    `supervisor` is the reading end of a pipe that ends when the supervisor does; a byte is written to `ready` once the
    lanes have answered.
    """
    sys.setswitchinterval(0.0005)
    gc.set_threshold(50_000, 20, 50)
    words.renew()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(front, handler, words, static, number, listener, supervisor, ready))


async def _serve(
    front: Front,
    handler: Any,
    words: Words,
    static: Static,
    number: int,
    listener: socket.socket,
    supervisor: int,
    ready: int,
) -> None:
    loop = asyncio.get_running_loop()
    door = Door(front, handler, words, static)
    connections: set[Connection] = set()
    told = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, told.set if sign == signal.SIGTERM else lambda: None)

    orphaned = False

    def supervisor_gone() -> None:
        nonlocal orphaned
        orphaned = True
        loop.remove_reader(supervisor)
        told.set()

    loop.add_reader(supervisor, supervisor_gone)
    running = door.start(loop, number)
    await running.in_lane(lambda: True)
    server = await loop.create_server(lambda: Connection(door, loop, connections), sock=listener, backlog=1024)
    clock = loop.create_task(_time_out(connections, loop))
    os.write(ready, b"r")
    os.close(ready)
    await told.wait()

    # Drain: whoever asks now is told to come back, streams say goodbye, what has begun is finished.
    deadline = time.monotonic() + (1.0 if orphaned else front.drain_seconds)
    door.draining = True
    running.drain()
    while time.monotonic() < deadline:
        for connection in list(connections):
            connection.close_if_idle()
        if door.open_work <= 0 and not connections:
            break
        await asyncio.sleep(0.02)
        if door.open_work <= 0 and all(connection.current is None for connection in connections):
            await asyncio.sleep(0.05)
            break
    server.close()
    clock.cancel()
    left = [connection for connection in connections if connection.current is not None]
    if left:
        logs.line("drain", unfinished=len(left), worker=number)
    for connection in list(connections):
        connection.transport.abort()
    door.stop(max(0.1, deadline - time.monotonic()))
    # A lane that still hangs in the database must not keep the process: nothing it does has been acknowledged.
    sys.stdout.flush()
    os._exit(0)


async def _time_out(connections: set[Connection], loop: asyncio.AbstractEventLoop) -> None:
    """Once a second, close what has been waited for too long."""
    while True:
        await asyncio.sleep(1)
        now = loop.time()
        for connection in list(connections):
            if connection.deadline and connection.deadline < now:
                connection.overdue()
