"""Recomputing the chain. A fault is a sentence that names the entry and what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from django.db import transaction

from palaver.kit import clock
from palaver.record import chain
from palaver.record.models import Entry, Head, Payload


@dataclass(slots=True)
class Verification:
    """What recomputing found: how many entries, the head's hash, and every fault as a sentence (none = whole)."""

    entries: int = 0
    head: str = chain.BEGINNING
    redacted: int = 0
    faults: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return not self.faults


def verify() -> Verification:
    """Recompute every header, payload and link of the record, and remember the head that was found whole."""
    found = Verification()
    redactions: dict[int, int] = {}
    emptied: list[Entry] = []
    previous, expected = chain.BEGINNING, 1
    payloads = {row.entry_id: row for row in Payload.objects.all().iterator(chunk_size=2000)}
    for entry in Entry.objects.order_by("sequence").iterator(chunk_size=2000):
        n = entry.sequence
        if n != expected:
            found.faults.append(f"Entry {expected} is missing; the next one is {n}.")
        if entry.previous_hash != previous:
            found.faults.append(f"Entry {n} does not follow from the entry before it: its previous hash differs.")
        if entry.hash != chain.header_hash(
            n, entry.previous_hash, entry.at, entry.office, entry.act, entry.subject, entry.payload_hash
        ):
            found.faults.append(f"Entry {n} was altered: its header does not give its hash.")
        payload = payloads.get(n)
        if payload is None:
            found.faults.append(f"Entry {n} has no payload row.")
        elif payload.body is None or payload.salt is None:
            emptied.append(entry)
        elif chain.payload_hash(payload.salt, payload.body) != entry.payload_hash:
            found.faults.append(f"Entry {n} was altered: its payload does not give its payload hash.")
        elif entry.act == "record.redact":
            redactions[json.loads(payload.body)["entry"]] = n
        previous, expected = entry.hash, n + 1
        found.entries += 1
    for entry in emptied:
        found.redacted += 1
        if redactions.get(entry.sequence, 0) <= entry.sequence:
            found.faults.append(f"Entry {entry.sequence} is empty, but no redaction entry says so.")
    found.head = previous
    head = Head.objects.filter(id=1).first()
    if head is not None and (head.sequence, head.hash) != (expected - 1, previous):
        found.faults.append(
            f"The head names entry {head.sequence}, but the chain ends at {expected - 1} with another hash."
        )
    if found and head is not None:
        with transaction.atomic():
            Head.objects.filter(id=1).update(verified_sequence=head.sequence, verified_at=clock.now())
    return found
