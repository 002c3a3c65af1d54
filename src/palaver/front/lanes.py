"""The two lanes of a page worker: one thread each, with a short queue in which members stand before guests, but for one in
nine: where a few members ask without a pause, a guest would otherwise wait for as long as they do.

*pages* does what needs SQL only, *slow* what takes its time (argon2, uploads, exports). A full lane refuses; when a
member arrives at a lane full of guests, the guest who came last gives way. Work whose reader has left is dropped.
"""

from __future__ import annotations

import contextvars
import heapq
import threading
from collections.abc import Callable
from typing import Any

MEMBER, GUEST = 0, 1
IN_A_ROW = 8
"""How many members are served one after the other while a guest waits."""


class Work:
    """One thing to do on a lane's thread. `refused` is called, on the thread that evicts, when it gives way."""

    __slots__ = ("cancelled", "rank", "refused", "run")

    def __init__(self, run: Callable[[], None], rank: int, refused: Callable[[], None] | None = None) -> None:
        self.run = run
        self.rank = rank
        self.refused = refused
        self.cancelled = False


class Lane:
    """A thread and its queue."""

    def __init__(self, name: str, capacity: int, crashed: Callable[[BaseException], None]) -> None:
        self.name = name
        self.capacity = capacity
        self.busy = False
        self._crashed = crashed
        self._queue: list[tuple[int, int, Work]] = []
        self._count = 0
        self._in_a_row = 0
        self._ready = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"lane-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def __len__(self) -> int:
        return len(self._queue)

    def offer(self, work: Work) -> bool:
        """Queue work; False if the lane is full and nobody gives way. Callable from any thread."""
        evicted: Work | None = None
        with self._ready:
            if self._stopping:
                return False
            if len(self._queue) >= self.capacity:
                self._queue = [item for item in self._queue if not item[2].cancelled]
                heapq.heapify(self._queue)
            if len(self._queue) >= self.capacity:
                last = max(self._queue)
                if last[0] <= work.rank:
                    return False
                self._queue.remove(last)
                heapq.heapify(self._queue)
                evicted = last[2]
            self._count += 1
            heapq.heappush(self._queue, (work.rank, self._count, work))
            self._ready.notify()
        if evicted is not None and evicted.refused is not None:
            evicted.refused()
        return True

    def again(self, work: Work) -> None:
        """Queue the continuation of work already begun: it is never refused."""
        with self._ready:
            self._count += 1
            heapq.heappush(self._queue, (work.rank, self._count, work))
            self._ready.notify()

    def stop(self) -> None:
        """Do what is queued, then end."""
        with self._ready:
            self._stopping = True
            self._ready.notify()

    def join(self, seconds: float) -> bool:
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _take(self) -> Work:
        """Who is next; called with the lock held and somebody waiting."""
        guests = [item for item in self._queue if item[0] > MEMBER] if self._in_a_row >= IN_A_ROW else []
        if guests:
            taken = min(guests)
            self._queue.remove(taken)
            heapq.heapify(self._queue)
        else:
            taken = heapq.heappop(self._queue)
        self._in_a_row = self._in_a_row + 1 if taken[0] == MEMBER else 0
        return taken[2]

    def _run(self) -> None:
        while True:
            with self._ready:
                while not self._queue:
                    if self._stopping:
                        return
                    self._ready.wait()
                work = self._take()
                if work.cancelled:
                    continue
                self.busy = True
            try:
                contextvars.Context().run(work.run)
            except BaseException as problem:
                self._crashed(problem)
            finally:
                self.busy = False
            del work


def settled(call: Callable[[], Any], done: Callable[[Any, BaseException | None], None]) -> Callable[[], None]:
    """A run for `Work` that hands its value or its problem on."""

    def run() -> None:
        try:
            value = call()
        except Exception as problem:
            done(None, problem)
        else:
            done(value, None)

    return run
