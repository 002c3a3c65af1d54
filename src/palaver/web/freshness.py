"""Cache words as pages use them: what a page shows, and a small store of things that are read with every page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Generic, TypeVar

from django.http import HttpResponse

from palaver.front.changing import shared
from palaver.kit import clock

T = TypeVar("T")

DECORATION = timedelta(seconds=60)
"""How old decoration may be on a guest's page: post counts, day labels, "4 min ago". Content is never stale."""


def cacheable(response: HttpResponse, names: Iterable[str]) -> HttpResponse:
    """Say that guests may be given this page again until one of its words changes, or its decoration is a minute old.

    Every page shows the community's name, so its word is always among them.
    """
    response.cache_words = frozenset({*names, "community"})  # type: ignore[attr-defined]
    response.fresh_until = clock.now() + DECORATION  # type: ignore[attr-defined]
    return response


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
