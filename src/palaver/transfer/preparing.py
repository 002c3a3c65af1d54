"""Rendering in child processes, so that on two cores one batch is rendered while the one before it is stored.

A child knows neither the database nor the archive: it gets texts and gives HTML. It ends by itself when the import is
killed, because it watches who its parent is.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType

from django.utils.translation import gettext as _

from palaver.kit.decisions import Refusal
from palaver.kit.text import rendering

CHUNK = 100
FEW = 300
"""So many texts are rendered here before children are started: a small archive is done sooner than a child is ready."""


@dataclass(frozen=True, slots=True)
class Work:
    """One text: its kind, and this site's origin."""

    text: str
    kind: rendering.Kind
    own: str


Done = tuple[str, str, int]
"""HTML, opening, version of the renderer."""


@dataclass(slots=True)
class Promise:
    """The texts of one batch, on their way."""

    ready: list[Done] = field(default_factory=list)
    coming: list[Future[list[Done]]] = field(default_factory=list)

    def wait(self) -> list[Done]:
        """All of them, in the order in which they were given."""
        try:
            for future in self.coming:
                self.ready.extend(future.result())
        except BrokenExecutor as error:
            raise Refusal(_("A process that renders texts has died. Is memory short? Run again to go on.")) from error
        self.coming = []
        return self.ready


class Preparing:
    """A pool of children, started when there is enough to do."""

    def __init__(self, children: int | None = None) -> None:
        self._children = min(os.cpu_count() or 1, 8) if children is None else children
        self._pool: ProcessPoolExecutor | None = None
        self._seen = 0

    def begin(self, works: Sequence[Work]) -> Promise:
        """Begin to render; `Promise.wait` gives the results in the same order."""
        self._seen += len(works)
        if self._pool is None and (self._seen < FEW or self._children < 1):
            return Promise(ready=render(works))
        pool = self._pool or self._start()
        chunks: Iterable[Sequence[Work]] = (works[start : start + CHUNK] for start in range(0, len(works), CHUNK))
        try:
            return Promise(coming=[pool.submit(render, chunk) for chunk in chunks])
        except BrokenExecutor as error:
            raise Refusal(_("A process that renders texts has died. Is memory short? Run again to go on.")) from error

    def _start(self) -> ProcessPoolExecutor:
        # Spawned, not forked: a child must not hold our database connection or our descriptors.
        self._pool = ProcessPoolExecutor(
            self._children, multiprocessing.get_context("spawn"), initializer=_settle, initargs=(os.getpid(),)
        )
        return self._pool

    def __enter__(self) -> Preparing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)


def render(works: Sequence[Work]) -> list[Done]:
    """Render texts one after the other. Names and numbers in them are not looked up: they are the old community's."""
    done = []
    for work in works:
        rendered = rendering.render(work.text, work.kind, own=work.own)
        done.append((rendered.html, rendered.opening, rendered.version))
    return done


def _settle(parent: int) -> None:
    """Called in a fresh child: be polite to the process that stores, and do not outlive it."""
    os.nice(5)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
