"""Writing a push as a row."""

from __future__ import annotations

from typing import Any

from palaver.delivery.models import Endpoint, Push
from palaver.delivery.push import sending
from palaver.delivery.push.sending import encoded

LONGEST = 3000
"""Bytes of a payload: services must take 4096 with the encryption's own (RFC 8030, 7.2)."""


def write(endpoint: Endpoint, payload: dict[str, Any], *, topic: str = "", seconds_kept: int = 86400) -> Push:
    """Write one push to one browser in the caller's transaction, and have it sent once that is committed.

    Texts that make the payload too long are cut at the end of the longest. Raises RuntimeError outside a transaction.
    """
    row = Push(endpoint=endpoint, payload=_fitting(payload), topic=topic[:32], seconds_kept=seconds_kept)
    row.save(force_insert=True)
    sending.enqueue(row)
    return row


def _fitting(payload: dict[str, Any]) -> dict[str, Any]:
    payload = dict(payload)
    while len(encoded(payload)) > LONGEST:
        key = max((key for key, value in payload.items() if isinstance(value, str)), key=lambda key: len(payload[key]))
        payload[key] = payload[key][: len(payload[key]) * 2 // 3].rstrip() + "…"
    return payload
