"""An mbox file into messages, line by line, so that no file is too large; a line or message that is, is refused by
place.

A message begins at a line `From …` if header lines follow it and an empty line stands before it, or the line ends
with a date as such lines do; it may be broken once (some archivers break it when an address holds a line end).
Everything else that begins with `From ` is text of a message. A body line `>From ` loses one `>`, the convention
called mboxrd."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from palaver.transfer.archives import MEBIBYTE, ArchiveFile, damage_told
from palaver.transfer.errors import ArchiveRefused

LONGEST_LINE = 8 * MEBIBYTE
LARGEST_MESSAGE = 64 * MEBIBYTE

_HEADER = re.compile(rb"[!-9;-~]{1,100}:|>?From ")
_DATED = re.compile(rb" [ \d]\d \d\d:\d\d(:\d\d)? .{0,6}\d{4}\s*$")
_QUOTED = re.compile(rb"(?m)^>(>*From )")


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A message as it lies in its file: the `From ` line, header and body as bytes, and the byte at which it begins."""

    separator: bytes
    content: bytes
    file: str
    byte: int


def messages(file: ArchiveFile) -> Iterator[RawMessage]:
    """The messages of one mbox file. Raises ArchiveRefused when it is none, or holds too long a line or message."""
    lines = _Lines(file)
    first = lines.next()
    while first is not None and not first.strip():
        first = lines.next()
    if first is None:
        return
    if not first.startswith(b"From "):
        raise ArchiveRefused(file.name, _no_mbox(first))
    separator, begin = first, lines.byte - len(first)
    content: list[bytes] = []
    size, empty, text = 0, False, lines.next()
    while text is not None:
        if text.startswith(b"From ") and (empty or _DATED.search(text)):
            ahead = lines.peek(2)
            if _begins_message(ahead):
                yield RawMessage(separator, _whole(content), file.name, begin)
                separator, begin, content, size, empty = text, lines.byte - len(text), [], 0, False
                text = lines.next()
                continue
        content.append(text)
        size += len(text)
        if size > LARGEST_MESSAGE:
            raise ArchiveRefused(
                file.name,
                f"the message at byte {begin:,} is longer than {LARGEST_MESSAGE // MEBIBYTE} MiB. Take it out first.",
            )
        empty = not text.strip(b"\r\n")
        text = lines.next()
    yield RawMessage(separator, _whole(content), file.name, begin)


def _begins_message(ahead: list[bytes]) -> bool:
    if not ahead:
        return False
    if _HEADER.match(ahead[0]):
        return True
    return ahead[0][:1] in b" \t" and bool(ahead[0].strip()) and len(ahead) > 1 and bool(_HEADER.match(ahead[1]))


def _whole(content: list[bytes]) -> bytes:
    joined = b"".join(content)
    if joined[:1] in (b" ", b"\t") and joined[:1]:
        # The second half of a broken `From ` line.
        joined = joined.partition(b"\n")[2]
    # The one empty line before the next message belongs to the format, not to the text.
    joined = joined[:-1] if joined.endswith(b"\n\n") else joined[:-2] if joined.endswith(b"\n\r\n") else joined
    return _QUOTED.sub(rb"\1", joined)


def _no_mbox(first: bytes) -> str:
    start = first[:4]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in first[:200]:
        return "its first bytes are UTF-16 or no text at all, and an mbox begins with “From ” in ASCII (byte 0)."
    shown = ascii(first[:40].decode("latin-1"))
    return f"it begins with {shown}; an mbox begins with a line “From …” (byte 0)."


class _Lines:
    """Lines of a file with their places, and a look at those ahead."""

    def __init__(self, file: ArchiveFile) -> None:
        self._file = file
        self._ahead: list[bytes] = []
        self._number = 0
        self._read = 0
        self.byte = 0

    def next(self) -> bytes | None:
        """The next line with its end, None when there is none. `byte` is then the place behind it."""
        line = self._ahead.pop(0) if self._ahead else self._get()
        if line is None:
            return None
        self.byte += len(line)
        return line

    def peek(self, number: int) -> list[bytes]:
        while len(self._ahead) < number and (line := self._get()) is not None:
            self._ahead.append(line)
        return self._ahead[:number]

    def _get(self) -> bytes | None:
        with damage_told(self._file.name, lambda: self._read):
            line = self._file.stream.readline(LONGEST_LINE + 1)
        if not line:
            return None
        self._number += 1
        if len(line) > LONGEST_LINE:
            raise ArchiveRefused(
                self._file.name,
                f"line {self._number:,} (from byte {self._read:,}) is longer than"
                f" {LONGEST_LINE:,} bytes; no mail has such lines.",
            )
        self._read += len(line)
        return line
