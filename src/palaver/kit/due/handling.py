"""Who does what: one handler per kind, named by wiring. The kit knows none by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

Handler = Callable[[dict[str, Any]], None]

LEASE = timedelta(minutes=2)
ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Handling:
    """How one kind is done: by whom, in which transaction, for how long alone, and how often at most."""

    handler: Handler
    within: bool = False
    lease: timedelta = LEASE
    attempts: int = ATTEMPTS


_handlings: dict[str, Handling] = {}


def job(
    kind: str, *, within: bool = False, lease: timedelta = LEASE, attempts: int = ATTEMPTS
) -> Callable[[Handler], Handler]:
    """Register the handler of a kind. It is called with the payload, a fresh dictionary.

    `within`: run inside the transaction that removes the row, for handlers that only write rows; never for one that
    opens a socket, because the only writer would wait for it. `lease` must be longer than one run may take.
    Raises ValueError for a second handler of the same kind.
    """
    if lease <= timedelta(0) or attempts < 1:
        raise ValueError("A lease lasts, and a job is tried at least once.")

    def register(handler: Handler) -> Handler:
        standing = _handlings.get(kind)
        if standing is not None and standing.handler is not handler:
            raise ValueError(f"The kind {kind!r} has a handler already.")
        _handlings[kind] = Handling(handler, within, lease, attempts)
        return handler

    return register


def handlers() -> Mapping[str, Handling]:
    """Every kind and how it is done."""
    return _handlings
