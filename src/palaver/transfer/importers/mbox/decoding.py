"""Header fields and bodies of mail as text, with nothing lost: what is in no encoding that works is read byte for
byte."""

from __future__ import annotations

import base64
import codecs
import email.message
import email.parser
import email.policy
import quopri
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

_PARSER = email.parser.BytesParser(policy=email.policy.compat32)
_ID = re.compile(r"<([^<>\s]{1,2000})>")
_TAG = re.compile(
    r"^\s*(?:(?:re|aw|antw|sv|vs|fwd?|wg|odp|rif|tr)\s*(?:\[\d+\]|\(\d+\)|\^\d+)?\s*:|\[[^\]\[]{1,60}\])\s*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s<>()\",;:]+@[^\s<>()\",;:]+")
_AT = re.compile(r"([^\s<>()\",;:@]+) at ([^\s<>()\",;:@]+\.[^\s<>()\",;:@]+)")
_IN_BRACKETS = re.compile(r"\(((?:[^()]|\([^()]*\))*)\)\s*$")
_WORD = re.compile(r"=\?(?P<charset>[^?\s]{1,60})\?(?P<how>[bBqQ])\?(?P<text>[^?]{0,2000})\?=")
_BETWEEN = re.compile(r"\?=\s+=\?")
_STAMP = re.compile(rb"([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d(?::\d\d)? (?:[A-Z]{3,4} )?\d{4})\s*$")
_EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
_MOST_PARTS = 500


@dataclass(slots=True)
class Text:
    """The words of a message: their kind, what was attached to them, and whether the encoding had to be guessed."""

    text: str
    kind: str
    attachments: list[str]
    undeclared: bool


def parse(content: bytes) -> email.message.Message:
    """The message. Never raises on what a stranger wrote."""
    return _PARSER.parsebytes(content)


def read(content: bytes, charset: str | None) -> tuple[str, bool]:
    """Bytes as text, and whether that was a guess: as declared, else UTF-8, else Windows-1252, else Latin-1, in which
    every byte is a letter and can be had back."""
    if charset:
        try:
            name = codecs.lookup(charset.strip("\"' ")).name
            if name not in _NO_TEXT:
                return content.decode(name), False
        except (LookupError, UnicodeError, ValueError):
            pass
    if content.isascii():
        return content.decode("ascii"), False
    for guess in ("utf-8", "cp1252"):
        try:
            return content.decode(guess), True
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1"), True


# Codecs that turn bytes into something else than the text they stand for.
_NO_TEXT = frozenset({"idna", "punycode", "undefined", "raw-unicode-escape", "unicode-escape"})


def field(message: email.message.Message, name: str) -> str:
    """A header field on one line, encoded words read, undeclared bytes too; "" when there is none."""
    wanted = name.lower()
    for key, value in message.raw_items():
        if key.lower() == wanted:
            # The parser keeps bytes beyond ASCII as surrogates.
            text = read(str(value).encode("utf-8", "surrogateescape"), None)[0]
            text = _BETWEEN.sub("?==?", text)
            return " ".join(_WORD.sub(_word, text).split())
    return ""


def _word(match: re.Match[str]) -> str:
    """One encoded word of RFC 2047; as it stands when it is broken."""
    try:
        if match["how"] in "bB":
            content = base64.b64decode(match["text"] + "=" * (-len(match["text"]) % 4))
        else:
            content = quopri.decodestring(match["text"].replace("_", " ").encode("latin-1"), header=True)
    except ValueError:
        return match[0]
    return read(content, match["charset"].partition("*")[0])[0]


def identifier(message: email.message.Message) -> str:
    """The Message-ID without its brackets, "" when there is none."""
    value = field(message, "Message-ID")
    found = _ID.search(value)
    return found[1] if found else value.strip("<> ")


def references(message: email.message.Message) -> list[str]:
    """What a message says it answers, the nearest first: In-Reply-To, then References from the last to the first."""
    nearest = _ID.findall(field(message, "In-Reply-To"))[:1]
    return list(dict.fromkeys([*nearest, *reversed(_ID.findall(field(message, "References")))]))


def wordy_reference(message: email.message.Message) -> str:
    """An old-fashioned In-Reply-To in words ("Ana's message of Monday"), which names no message."""
    value = field(message, "In-Reply-To")
    return value if value and not _ID.search(value) else ""


def author(message: email.message.Message, separator: bytes) -> tuple[str, str]:
    """Address (lower case) and display name of who wrote. Archives write `ana@example.org (Ana)` or `ana at
    example.org`."""
    value = field(message, "From") or separator.decode("latin-1")[5:]
    bracketed = _IN_BRACKETS.search(value)
    outside = value[: bracketed.start()] if bracketed else value
    address = _address(outside) or _address(value)
    if bracketed and bracketed[1].strip():
        name = bracketed[1]
    else:
        name = re.split(r"<|\S+@\S+", outside, maxsplit=1)[0]
    name = name.strip().strip("\"'").strip()
    if not name or _ADDRESS.fullmatch(name):
        name = (address or name).partition("@")[0]
    return address, name


def _address(value: str) -> str:
    if found := _ADDRESS.search(value):
        return found[0].strip(".'").lower()
    if found := _AT.search(value):
        return f"{found[1]}@{found[2]}".lower()
    return ""


def subject(value: str) -> str:
    """A subject without what mail programs and lists put before it: Re:, AW:, [tag]. Never empty unless it was."""
    shorter = value
    while (found := _TAG.match(shorter)) and found.end() < len(shorter):
        shorter = shorter[found.end() :]
    return shorter.strip()


def instant(value: str, latest: datetime) -> datetime | None:
    """A Date as an instant in UTC, or None when it cannot be one. Without a time zone it is taken as UTC."""
    try:
        parts = parsedate_tz(value)
        if parts is None:
            return None
        found = datetime(*parts[:6], tzinfo=UTC) - timedelta(seconds=parts[9] or 0)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    return found if _EARLIEST <= found <= latest else None


def separator_instant(separator: bytes, second: bytes, latest: datetime) -> datetime | None:
    """The instant of a line `From ana@example.org  Mon Mar  1 06:22:56 1999`, or of its broken-off `second` half."""
    for line in (separator, second):
        if found := _STAMP.search(line):
            return instant(found[1].decode("ascii"), latest)
    return None


def body(message: email.message.Message) -> Text:
    """What the author wrote: plain text where there is any, else HTML; attachments by name, type and size."""
    plain: list[str] = []
    html: list[str] = []
    attachments: list[str] = []
    undeclared = False
    for count, part in enumerate(message.walk()):
        if count > _MOST_PARTS:
            attachments.append("…")
            break
        if part.is_multipart():
            continue
        kind = part.get_content_type()
        name = part.get_filename()
        content = _payload(part)
        if (
            name is None
            and kind in ("text/plain", "text/html", "text/enriched", "message/rfc822")
            and (part.get_content_disposition() != "attachment")
        ):
            text, guessed = read(content, part.get_content_charset())
            undeclared = undeclared or guessed
            (html if kind == "text/html" else plain).append(text)
        elif content.strip():
            attachments.append(f"{name or 'nameless'} ({kind}, {len(content):,} bytes)")
    if any(text.strip() for text in plain) or not html:
        return Text("\n".join(plain), "plain", attachments, undeclared)
    return Text("\n".join(html), "html", attachments, undeclared)


def _payload(part: email.message.Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        content = None
    if isinstance(content, bytes):
        return content
    raw = part.get_payload()
    return str(raw).encode("utf-8", "surrogateescape")
