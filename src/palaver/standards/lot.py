"""The draw's arithmetic. Pure functions on plain values, so that an outside verifier does the same with the public JSON.

Every input of a keyed hash is a tag followed by fields of fixed length, so that no two different inputs read alike:

    seed of a day   = HMAC-SHA256(draw secret,  "seed"   ‖ day as YYYYMMDD in ASCII)
    juror key       = HMAC-SHA256(draw secret,  "juror"  ‖ member, 8 bytes ‖ year, 2 bytes ‖ quarter, 1 byte)
    pseudonym       = HMAC-SHA256(juror key,    "case"   ‖ case, 8 bytes)
    chance          = HMAC-SHA256(juror key,    "chance" ‖ case, 8 bytes)
    ticket          = HMAC-SHA256(seed,         "ticket" ‖ case, 8 bytes ‖ pseudonym, 32 bytes)
    watch ticket    = HMAC-SHA256(seed,         "watch"  ‖ draw, 8 bytes ‖ member, 8 bytes)
    commitment      = SHA-256(seed)

Numbers are big-endian. A pseudonym and a ticket are written as 64 hexadecimal digits, so that the order of the texts is the
order of the numbers. Source: Standards, Jury ("Draw, verifiable, jurors unnamed").
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import date

WHOLE = 10_000
"""All of those who may judge, in ten-thousandths: what a case's `share` is where nobody is left out for number."""


def seed(secret: bytes, day: date) -> bytes:
    """The seed of a day, 32 bytes; known to whoever holds the draw secret, and to all once it is published."""
    return _keyed(secret, b"seed", day.strftime("%Y%m%d").encode())


def commitment(seed: bytes) -> str:
    """What is said of a seed beforehand: its SHA-256, hexadecimal."""
    return hashlib.sha256(seed).hexdigest()


def quarter_of(day: date) -> tuple[int, int]:
    """The year and the quarter (1 to 4) whose juror keys a case opened on a day uses."""
    return day.year, (day.month + 2) // 3


def juror_key(secret: bytes, member_id: int, year: int, quarter: int) -> bytes:
    """A member's key of a quarter, 32 bytes; shown to that member alone."""
    return _keyed(secret, b"juror", member_id.to_bytes(8, "big"), year.to_bytes(2, "big"), quarter.to_bytes(1, "big"))


def pseudonym(key: bytes, case_id: int) -> str:
    """What a member is called in one case; no two cases' pseudonyms can be told to be the same person's."""
    return _keyed(key, b"case", case_id.to_bytes(8, "big")).hex()


def takes_part(key: bytes, case_id: int, chance_percent: int, share: int = WHOLE) -> bool:
    """Whether a member who may judge is in the case's pool: by the own chance (0 to 100 %) and the case's share (of 10,000).

    The share is below the whole only in a very large community, where so many may judge that a part of them is enough.
    """
    drawn = int.from_bytes(_keyed(key, b"chance", case_id.to_bytes(8, "big")), "big")
    return drawn * 100 * WHOLE < chance_percent * share << 256


def ticket(seed: bytes, case_id: int, pseudonym: str) -> str:
    """The lot itself: among those present the lowest ticket is offered a seat first."""
    return _keyed(seed, b"ticket", case_id.to_bytes(8, "big"), bytes.fromhex(pseudonym)).hex()


def offered(tickets: dict[str, str], present: Iterable[str], seats: int) -> list[str]:
    """Whom a round offers a seat: of the present pseudonyms those with the lowest tickets, as many as seats are open."""
    return sorted(present, key=lambda name: (tickets[name], name))[: max(seats, 0)]


def watch_ticket(seed: bytes, draw: int, member_id: int) -> str:
    """A volunteer's lot in one draw of watchers. They volunteered by name, so there is no pseudonym here."""
    return _keyed(seed, b"watch", draw.to_bytes(8, "big"), member_id.to_bytes(8, "big")).hex()


def drawn_to_watch(seed: bytes, draw: int, volunteers: Iterable[int], seats: int) -> list[int]:
    """Who of the volunteers watches: the lowest tickets, as many as there are seats, in their order."""
    return sorted(volunteers, key=lambda one: (watch_ticket(seed, draw, one), one))[: max(seats, 0)]


def _keyed(key: bytes, tag: bytes, *fields: bytes) -> bytes:
    return hmac.digest(key, tag + b"".join(fields), "sha256")
