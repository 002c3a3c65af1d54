"""Whether this host's clock may be trusted to end things: it has not been put forward while the process ran.

The wall clock is compared with the time since boot, which nobody sets. A clock that was put forward by more than MOST is not
believed until it is right again, or until as much time as it jumped has really passed: what ends by it ends late then, never
early. One that was put back only makes everything late by itself. A process that starts after the jump cannot know of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps

from palaver.kit import clock

MOST = 60.0
"""Seconds that a clock may be put right by unnoticed: what time servers correct on a host that is looked after."""


def _since_boot() -> float:
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Steady:
    """Remembers how wall clock and time since boot stood to each other. `wall` and `running` are in seconds."""

    def __init__(
        self, wall: Callable[[], float] = lambda: clock.now().timestamp(), running: Callable[[], float] = _since_boot
    ) -> None:
        self._wall, self._running = wall, running
        self._apart = wall() - running()
        self._noticed: float | None = None

    def believes(self) -> bool:
        """Whether what has come by the wall clock has come."""
        running = self._running()
        jump = self._wall() - running - self._apart
        if jump <= MOST:
            self._noticed = None
            # Small corrections are followed, and a clock that was put back is the right one from now on.
            self._apart += jump
            return True
        if self._noticed is None:
            self._noticed = running
        if running - self._noticed >= jump:
            self._apart += jump
            self._noticed = None
            return True
        return False


def held(function: Callable[[], object], steady: Steady) -> Callable[[], object]:
    """The function, which does nothing while the clock is not to be believed."""

    @wraps(function)
    def inner() -> object:
        return function() if steady.believes() else None

    return inner
