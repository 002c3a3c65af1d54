"""What happens to the record."""

from __future__ import annotations

from dataclasses import dataclass

from palaver.kit.events import Event


@dataclass(frozen=True, slots=True)
class EntryMade(Event):
    sequence: int
    act: str
    subject: str
