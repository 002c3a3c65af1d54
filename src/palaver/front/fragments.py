"""Rendered fragments of posts, kept per worker: (post, version, language) → the HTML that is the same for every reader.

A fragment is never invalidated: a changed post has another version. The least recently used ones go when the cap is
reached. Safe to use from both lanes at once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable

FragmentKey = tuple[int, int, str]

_OVERHEAD = 200


class Fragments:
    """At most `capacity` bytes of fragments, counted as they lie in memory (with their keys, about 200 bytes each)."""

    def __init__(self, capacity: int = 16 * 1024 * 1024) -> None:
        self.capacity = capacity
        self.size = 0
        self._kept: OrderedDict[FragmentKey, str] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: FragmentKey) -> str | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def many(self, keys: Iterable[FragmentKey]) -> dict[FragmentKey, str]:
        """Those of the keys that are kept: one turn at the lock for a whole page."""
        found = {}
        with self._lock:
            for key in keys:
                text = self._kept.get(key)
                if text is not None:
                    self._kept.move_to_end(key)
                    found[key] = text
        return found

    def put(self, key: FragmentKey, text: str) -> None:
        """Keep a fragment. One larger than an eighth of everything is not worth what it would push out."""
        size = _size(text)
        if size > self.capacity // 8:
            return
        with self._lock:
            old = self._kept.pop(key, None)
            if old is not None:
                self.size -= _size(old)
            self._kept[key] = text
            self.size += size
            while self.size > self.capacity:
                _, oldest = self._kept.popitem(last=False)
                self.size -= _size(oldest)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self.size = 0


def _size(text: str) -> int:
    """Bytes of a str in memory: one, two or four for each character, by its widest one."""
    return text.__sizeof__() + _OVERHEAD
