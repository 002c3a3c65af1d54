"""Cache words tied to database transactions: pending from the verb on, settled when its transaction has ended, either way.

Django tells of a commit (`on_commit`) but not of a rollback. So each thread remembers what it has in flight, and
`settle_leftovers` – called after every request, job and command – settles what no commit did.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import lru_cache

from django.db import transaction

from palaver.front.words import Words
from palaver.kit import env


class _InFlight(threading.local):
    def __init__(self) -> None:
        self.claims: list[tuple[str, ...]] = []


_in_flight = _InFlight()


@lru_cache(maxsize=1)
def shared() -> Words:
    """The table of this installation, mapped once per process; it survives a fork."""
    return Words(env.home() / "run" / "words")


def change(names: Iterable[str]) -> None:
    """Say that the running transaction changes what these words stand for. Must be called inside it."""
    claimed = {name for claim in _in_flight.claims for name in claim}
    claim = tuple(name for name in names if name not in claimed)
    if not claim:
        return  # This transaction has said so before; its commit settles them all.
    shared().pending(claim)
    _in_flight.claims.append(claim)
    transaction.on_commit(lambda: _settle(claim))


def bump(names: Iterable[str]) -> None:
    """Say that something no transaction guards has changed."""
    shared().bump(names)


def settle_leftovers() -> int:
    """Settle what transactions that were rolled back left pending in this thread. Returns how many claims there were."""
    if not _in_flight.claims or transaction.get_connection().in_atomic_block:
        return 0
    left, _in_flight.claims = _in_flight.claims, []
    for claim in left:
        shared().settle(claim)
    return len(left)


def _settle(claim: tuple[str, ...]) -> None:
    if claim in _in_flight.claims:
        _in_flight.claims.remove(claim)
        shared().settle(claim)
