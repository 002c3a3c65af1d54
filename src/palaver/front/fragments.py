"""Pieces of pages kept by a worker: bounded by bytes, the least recently used go first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

CAPACITY = 16 * 1024 * 1024
_OVERHEAD = 200  # an entry's key, links and objects, roughly


class Fragments:
    """Text by key. Asked on the pages lane, cleared from anywhere."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self._kept: OrderedDict[Hashable, str] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def bytes(self) -> int:
        """What is kept at present, by estimate."""
        return self._bytes

    def get(self, key: Hashable) -> str | None:
        """The text of a key, which becomes the most recently used, or None."""
        with self._lock:
            text = self._kept.get(key)
            if text is not None:
                self._kept.move_to_end(key)
            return text

    def put(self, key: Hashable, text: str) -> None:
        """Keep a text. One larger than a quarter of the store is not kept: it would drive out all others."""
        cost = _cost(text)
        if cost > self.capacity // 4:
            return
        with self._lock:
            before = self._kept.pop(key, None)
            if before is not None:
                self._bytes -= _cost(before)
            self._kept[key] = text
            self._bytes += cost
            while self._bytes > self.capacity:
                _key, gone = self._kept.popitem(last=False)
                self._bytes -= _cost(gone)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0


def _cost(text: str) -> int:
    # Latin text takes one byte a character in memory, other scripts two, and emoji make the whole text four.
    width = 1 if text.isascii() else 2
    return len(text) * width + _OVERHEAD
