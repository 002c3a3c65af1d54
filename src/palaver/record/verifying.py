"""Recomputing the chain. A fault is a sentence that names the entry and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction

from palaver.kit import clock
from palaver.record import chain
from palaver.record.models import Entry, Head


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
    """Recompute every header, payload and link of the record, and remember the head that was found whole.

    The record may grow meanwhile: entries and payloads are read in one statement, so as of one instant, which lies
    between the two readings of the head.
    """
    found = Verification()
    redactions: dict[int, int] = {}
    emptied: list[int] = []
    previous, expected = chain.BEGINNING, 1
    head = Head.objects.filter(id=1).first()
    at_head = chain.BEGINNING
    for entry in Entry.objects.order_by("sequence").select_related("payload").iterator(chunk_size=2000):
        n = entry.sequence
        if n != expected:
            found.faults.append(f"Entry {expected} is missing; the next one is {n}.")
        if entry.previous_hash != previous:
            found.faults.append(f"Entry {n} does not follow from the entry before it: its previous hash differs.")
        if entry.hash != chain.header_hash(
            n, entry.previous_hash, entry.at, entry.office, entry.act, entry.subject, entry.payload_hash
        ):
            found.faults.append(f"Entry {n} was altered: its header does not give its hash.")
        payload = getattr(entry, "payload", None)
        if payload is None:
            found.faults.append(f"Entry {n} has no payload row.")
        elif payload.body is None or payload.salt is None:
            emptied.append(n)
        elif chain.payload_hash(payload.salt, payload.body) != entry.payload_hash:
            found.faults.append(f"Entry {n} was altered: its payload does not give its payload hash.")
        elif entry.act == "record.redact":
            redactions[json.loads(payload.body)["entry"]] = n
        previous, expected = entry.hash, n + 1
        if head is not None and n == head.sequence:
            at_head = entry.hash
        found.entries += 1
    for n in emptied:
        found.redacted += 1
        if redactions.get(n, 0) <= n:
            found.faults.append(f"Entry {n} is empty, but no redaction entry says so.")
    found.head = previous
    found.faults.extend(_faults_of_head(head, at_head, expected - 1))
    if found and head is not None:
        with transaction.atomic():
            Head.objects.filter(id=1, verified_sequence__lte=head.sequence).update(
                verified_sequence=head.sequence, verified_at=clock.now()
            )
    return found


def _faults_of_head(head: Head | None, at_head: str, end: int) -> Iterator[str]:
    """What the head, read before the entries, and the end of the chain say against each other."""
    if head is None:
        if end and not Head.objects.filter(id=1).exists():
            yield f"The record has no head, but the chain ends at {end}."
        return
    later = Head.objects.filter(id=1).first()
    if head.hash != at_head or head.sequence > end or later is None or later.sequence < end:
        yield f"The head names entry {head.sequence}, but the chain ends at {end} or has another hash there."
    if head.verified_sequence > end:
        yield f"The record was verified up to entry {head.verified_sequence}, but the chain ends at {end}."
