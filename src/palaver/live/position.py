"""How far this process has heard: pages say it, so that a stream begins where its page was made and nothing falls between."""

from __future__ import annotations

_heard: int | None = None


def heard(number: int) -> None:
    """All events up to this number are committed, and this process knows of them."""
    global _heard
    _heard = number if _heard is None else max(_heard, number)


def reached() -> int | None:
    """The number up to which a page made from now on holds every event; None where no stream is served."""
    return _heard
