"""Events: frozen dataclasses that verbs publish once, and the moments at which others may react.

`project/wiring.py` is the only place that connects. *within* runs inside the verb's transaction (failing it fails the
verb), *after* runs once the transaction has been committed. What should be done later is a *within* reaction that enqueues
a due row (`kit.due`), so that it is neither lost nor done for a verb that failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import transaction

Handler = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events: plain ids and values, never model instances that may go stale."""


_within: dict[type[Event], tuple[Handler, ...]] = {}
_after: dict[type[Event], tuple[Handler, ...]] = {}
_silent: ContextVar[bool] = ContextVar("palaver_events_silent", default=False)


def connect(event: type[Event], *, within: Iterable[Handler] = (), after: Iterable[Handler] = ()) -> None:
    """Name all reactions to one kind of event. Called once per kind, from wiring."""
    if event in _within:
        raise ValueError(f"{event.__name__} is wired twice; keep its reactions in one place.")
    _within[event] = tuple(within)
    _after[event] = tuple(after)


def wired() -> frozenset[type[Event]]:
    """Every kind of event that wiring has named, heard or listed unheard."""
    return frozenset(_within)


def publish(event: Event) -> None:
    """Run the reactions to an event. Must be called inside the verb's transaction."""
    if _silent.get():
        return
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{type(event).__name__} was published outside a transaction.")
    try:
        handlers = _within[type(event)]
    except KeyError:
        raise RuntimeError(f"{type(event).__name__} is not named in project/wiring.py.") from None
    for handler in handlers:
        handler(event)
    for handler in _after[type(event)]:
        transaction.on_commit(lambda handler=handler: handler(event))  # type: ignore[misc]


@contextmanager
def silence() -> Iterator[None]:
    """Publish nothing in this block: importers announce themselves once, at the end."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)
