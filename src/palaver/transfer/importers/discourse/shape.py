"""Asking JSON for what must be in it. Every refusal names the file and the place in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from palaver.transfer.errors import ArchiveRefused

_KINDS: dict[type, str] = {dict: "an object", list: "a list", str: "text", int: "a whole number", bool: "true or false"}
LARGEST = 2**31 - 1


def parse(content: bytes, name: str) -> Any:
    """The JSON value of a file. Raises ArchiveRefused with line, column and byte."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ArchiveRefused(name, f"it is not UTF-8 text at byte {error.start:,}, so it is no JSON.") from error
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        byte = len(text[: error.pos].encode("utf-8", "surrogatepass"))
        cut = " The file seems to be cut off there." if not text[error.pos :].strip() or byte > len(content) - 3 else ""
        raise ArchiveRefused(
            name, f"it is not JSON at line {error.lineno:,}, column {error.colno:,} (byte {byte:,}): {error.msg}.{cut}"
        ) from error
    except RecursionError as error:
        raise ArchiveRefused(name, "its JSON is nested too deeply to be a topic.") from error
    except ValueError as error:
        raise ArchiveRefused(name, f"its JSON holds a number that is too long: {error}.") from error


class Shape:
    """A JSON object of a file and the place at which it stands there."""

    __slots__ = ("at", "name", "value")

    def __init__(self, value: Any, name: str, at: str = "") -> None:
        if not isinstance(value, dict):
            what = f"“{at}” should be an object" if at else "it is JSON, but not a Discourse topic"
            raise ArchiveRefused(name, f"{what}: it is {_kind(value)}.")
        self.value, self.name, self.at = value, name, at

    def _wrong(self, key: str, wanted: str, given: Any) -> ArchiveRefused:
        place = f"{self.at}.{key}" if self.at else key
        found = "is missing" if given is None else f"is {_kind(given)}"
        return ArchiveRefused(
            self.name, f"it is JSON, but not a topic as Discourse gives it: “{place}” should be {wanted} and {found}."
        )

    def inner(self, key: str) -> Shape:
        """An object inside."""
        given = self.value.get(key)
        if not isinstance(given, dict):
            raise self._wrong(key, "an object", given)
        return Shape(given, self.name, f"{self.at}.{key}" if self.at else key)

    def each(self, key: str) -> list[Shape]:
        """The objects of a list inside."""
        given = self.value.get(key)
        if not isinstance(given, list):
            raise self._wrong(key, "a list", given)
        at = f"{self.at}.{key}" if self.at else key
        return [Shape(item, self.name, f"{at}[{index}]") for index, item in enumerate(given)]

    def text(self, key: str, default: str | None = None) -> str:
        """A text; `default` where it may be missing."""
        given = self.value.get(key)
        if given is None and default is not None:
            return default
        if not isinstance(given, str):
            raise self._wrong(key, "text", given)
        return given

    def number(self, key: str, *, least: int = 0, largest: int = LARGEST) -> int:
        """A whole number between `least` and `largest`."""
        given = self.value.get(key)
        if type(given) is not int or not least <= given <= largest:
            raise self._wrong(key, f"a whole number from {least} to {largest:,}", given)
        return given

    def number_or_none(self, key: str) -> int | None:
        """A whole number from 0, or nothing."""
        return None if self.value.get(key) is None else self.number(key)

    def flag(self, key: str) -> bool:
        """True or not; missing is not."""
        return self.value.get(key) is True

    def instant(self, key: str) -> datetime:
        """An instant as Discourse writes it (ISO 8601), exact, in UTC."""
        given = self.text(key)
        try:
            found = datetime.fromisoformat(given)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self._wrong(key, "an instant like 2017-08-27T12:19:27.123Z", given[:60]) from None


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return f"“{value}”" if len(value) < 60 else "text"
    if type(value) is int:
        return f"{value:,}" if abs(value) < 10**30 else "a very long number"
    return "nothing" if value is None else _KINDS.get(type(value), "something else")
