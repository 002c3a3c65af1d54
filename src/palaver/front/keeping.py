"""A small store of things that are read with every page: one value a process, as long as its cache words stand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from palaver.front.changing import shared

T = TypeVar("T")


class Kept(Generic[T]):
    """One value kept in the process for as long as its words stand. Safe across processes: the words are in shared memory."""

    def __init__(self, make: Callable[[], T], *names: str) -> None:
        self._make = make
        self._names = names
        self._lock = threading.Lock()
        # One attribute, so that another thread never sees the values of one and the value of another.
        self._kept: tuple[tuple[int, ...], T] | None = None

    def get(self) -> T:
        """The value, made anew if one of its words has changed or is in flight."""
        table = shared()
        values = table.read(self._names)
        kept = self._kept
        if kept is not None and kept[0] == values and not any(value & 1 for value in values):
            return kept[1]
        made = self._make()
        with self._lock:
            if not any(value & 1 for value in values) and table.read(self._names) == values:
                self._kept = (values, made)
        return made

    def at_hand(self) -> T | None:
        """The value if it is kept and still stands, else None. Asks no database."""
        kept = self._kept
        return kept[1] if kept is not None and shared().read(self._names) == kept[0] else None
