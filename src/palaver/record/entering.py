"""Entering an act of authority. A verb calls `enter` as the last statement of its transaction, because the head is locked from then on."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction

from palaver.kit import clock, events
from palaver.record import chain
from palaver.record.events import EntryMade
from palaver.record.models import Entry, Head, Payload


def enter(act: str, *, office: str, subject: str, payload: dict[str, Any]) -> Entry:
    """Append one entry and return it. Must be called inside the verb's transaction.

    `act` is a dotted word such as `thread.lock`; `office` the capacity acted in (`host`, `operator`, `member`, `rule`);
    `subject` is `kind:id`. Members are named in the payload by id, never in the header; jurors and alerters nowhere.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record.enter() was called outside the act's transaction.")
    head = hold_head()
    at = clock.now()
    salt, body = secrets.token_hex(32), chain.canonical(payload)
    hashed = chain.payload_hash(salt, body)
    sequence = head.sequence + 1
    entry = Entry(
        sequence=sequence,
        previous_hash=head.hash,
        at=at,
        office=office,
        act=act,
        subject=subject,
        payload_hash=hashed,
        hash=chain.header_hash(sequence, head.hash, at, office, act, subject, hashed),
    )
    entry.save(force_insert=True)
    Payload(entry=entry, salt=salt, body=body).save(force_insert=True)
    Head.objects.filter(id=1).update(sequence=sequence, hash=entry.hash)
    events.publish(EntryMade(sequence, act, subject))
    return entry


def hold_head() -> Head:
    """Lock the head for the rest of the transaction, for who must know that nobody else enters meanwhile."""
    return Head.objects.select_for_update(no_key=True).get_or_create(id=1)[0]
