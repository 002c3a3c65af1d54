"""A value over time: what was true from when on, to be asked for any instant."""

from __future__ import annotations

from bisect import bisect_right
from typing import Generic, TypeVar

T = TypeVar("T")


class Track(Generic[T]):
    """Values with the second from which each holds, rising. Setting within the same second replaces."""

    __slots__ = ("first", "now", "times", "values")

    def __init__(self, first: T) -> None:
        self.first = first
        self.now = first
        self.times: list[int] = []
        self.values: list[T] = []

    def set(self, at: int, value: T) -> None:
        """Let a value hold from an instant on, which is never before the last one set."""
        times = self.times
        if times and times[-1] == at:
            self.values[-1] = value
        else:
            times.append(at)
            self.values.append(value)
        self.now = value

    def at(self, instant: int) -> T:
        """The value at an instant (seconds since 1970)."""
        n = bisect_right(self.times, instant)
        return self.values[n - 1] if n else self.first

    def since(self, instant: int) -> int | None:
        """From when on the value of an instant has held; None for the first."""
        n = bisect_right(self.times, instant)
        return self.times[n - 1] if n else None
