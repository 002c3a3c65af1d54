"""How an entry is hashed. Pure functions on plain values, so that an outside verifier can do the same with the public JSON.

header  = sequence ‖ previous hash ‖ time ‖ office ‖ act ‖ subject ‖ payload hash, as canonical JSON of that list
hash    = SHA-256(header), hexadecimal
payload = canonical JSON; payload hash = SHA-256(salt as 32 bytes ‖ payload as UTF-8), hexadecimal
Canonical JSON: keys sorted, no spaces, no escapes but the necessary ones, UTF-8. Time: ISO 8601 in UTC with microseconds and Z.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

BEGINNING = "0" * 64


def canonical(value: Any) -> str:
    """The one spelling of a JSON value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def stamp(instant: datetime) -> str:
    """An aware instant as the record spells it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def payload_hash(salt: str, body: str) -> str:
    """Of a payload's canonical JSON under its salt (64 hexadecimal digits)."""
    return hashlib.sha256(bytes.fromhex(salt) + body.encode()).hexdigest()


def header_hash(
    sequence: int, previous_hash: str, at: datetime, office: str, act: str, subject: str, payload_hash: str
) -> str:
    """Of an entry's header: what the next entry names as its previous hash."""
    header = canonical([sequence, previous_hash, stamp(at), office, act, subject, payload_hash])
    return hashlib.sha256(header.encode()).hexdigest()
