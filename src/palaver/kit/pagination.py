"""Paging by dense places, and cursors for lists that have none.

A *place* counts from 1 without gaps (a post's place in its thread), so a page is arithmetic and never an OFFSET.
A *cursor* is the sort key of the last row seen, packed so that it may stand in an address. It is not secret and not
signed: whoever forges one reads another page of a list that they may read anyway.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass

Key = int | str | float | bool | None

LONGEST_CURSOR = 512
LARGEST_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list with dense places: its number from 1, and the places it holds, both ends included."""

    number: int
    first: int
    last: int

    @property
    def empty(self) -> bool:
        return self.last < self.first


def pages(count: int, size: int) -> int:
    """How many pages `count` things fill; an empty list still has one."""
    _check_size(size)
    return max(1, -(-count // size))


def page_of(place: int, size: int) -> int:
    """The number of the page that holds a place; places before the first are on page 1."""
    _check_size(size)
    return max(1, -(-place // size))


def page(number: int, count: int, size: int) -> Page:
    """The page with this number; numbers out of range give the nearest page there is."""
    nearest = min(max(1, number), pages(count, size))
    first = (nearest - 1) * size + 1
    return Page(nearest, first, min(nearest * size, count))


def asked(text: str | None) -> int:
    """The page number in an address, 1 for anything that is not one."""
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > 18:
        return 1
    return max(1, int(text))


def window(current: int, last: int, around: int = 1) -> list[int | None]:
    """The numbers a pager shows, None for a gap: 1 … 4 [5] 6 … 20. A gap always hides at least two pages."""
    current = min(max(1, current), max(1, last))
    shown = {1, last} | set(range(max(1, current - around), min(last, current + around) + 1))
    numbers: list[int | None] = []
    before = 0
    for number in sorted(shown):
        if number - before == 2:
            numbers.append(number - 1)
        elif number - before > 2:
            numbers.append(None)
        numbers.append(number)
        before = number
    return numbers


def encode(key: Sequence[Key]) -> str:
    """Pack a sort key for an address. Raises ValueError when it is too long to come back."""
    packed = json.dumps(list(key), separators=(",", ":"), ensure_ascii=False).encode()
    text = base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")
    if len(text) > LONGEST_CURSOR:
        raise ValueError(f"A cursor of {len(text)} characters is too long for an address.")
    return text


def decode(text: str | None, shape: Sequence[type]) -> tuple[Key, ...] | None:
    """Unpack a cursor, or None when it is none of ours: wrong length, letters, parts or types. Never raises.

    `shape` names the type of each part; numbers outside 64 bits and texts with NUL or half characters are refused,
    because no database takes them.
    """
    if not text or len(text) > LONGEST_CURSOR or not text.isascii():
        return None
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        parts = json.loads(packed.decode("utf-8"), parse_constant=_refuse)
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(parts, list) or len(parts) != len(shape):
        return None
    if not all(_fits(part, kind) for part, kind in zip(parts, shape, strict=True)):
        return None
    return tuple(parts)


def _fits(part: object, kind: type) -> bool:
    # A bool is an int to Python, but not to whoever asked for an int.
    if type(part) is not kind:
        return False
    if isinstance(part, int):
        return -LARGEST_NUMBER - 1 <= part <= LARGEST_NUMBER
    if isinstance(part, float):
        return part - part == 0  # neither endless nor no number
    if isinstance(part, str):
        return "\x00" not in part and not any("\ud800" <= letter <= "\udfff" for letter in part)
    return True


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _check_size(size: int) -> None:
    if size < 1:
        raise ValueError("A page holds at least one thing.")
