"""The kinds of due rows that notices write, and who does them. All run in the transaction that removes their row."""

from __future__ import annotations

from palaver.kit import due
from palaver.notices import counting, digesting, hearing, sending, telling

HANDLERS = {
    telling.SEND: sending.handle,
    hearing.FAN: hearing.fan,
    hearing.RIGHTS: hearing.rights,
    hearing.BALLOT: hearing.electors,
    counting.KIND: counting.handle,
    digesting.KIND: digesting.handle,
}


def register() -> None:
    """Name the handlers to `kit.due`. Called once, at the start of the jobs process."""
    for kind, handler in HANDLERS.items():
        due.job(kind, within=True)(handler)
