"""The one clock. Verbs take `at=None` and ask `clock.now()`; tests and the demo set the hands.

The hands are held per context (thread or task), so a demo being filled with last year's posts never moves the clock
of a request beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC as UTC
from datetime import datetime, timedelta

_hands: ContextVar[datetime | None] = ContextVar("palaver_clock_hands", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC, with microseconds."""
    return _hands.get() or datetime.now(UTC)


@contextmanager
def stopped_at(instant: datetime) -> Iterator[None]:
    """Hold the clock at an aware instant for the length of the block."""
    if instant.tzinfo is None:
        raise ValueError("The clock needs an aware datetime.")
    token = _hands.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _hands.reset(token)


def ago(**parts: float) -> datetime:
    """The instant that lies `timedelta(**parts)` before now."""
    return now() - timedelta(**parts)
