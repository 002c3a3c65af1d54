"""The readable part of an address, made of a subject."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60
NAMELESS = "thread"

_FOLDED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})
_DROPPED = re.compile(r"['’`´\"“”]")


def slug(subject: str) -> str:
    """Lower case, words joined by hyphens, at most `LONGEST` characters, never empty.

    Latin letters lose their accents; letters of other scripts stay, so that an address remains readable to its readers.
    """
    lowered = unicodedata.normalize("NFKC", subject[:1000]).casefold().translate(_FOLDED)
    apart = unicodedata.normalize("NFKD", _DROPPED.sub("", lowered))
    kept: list[str] = []
    for letter in apart:
        if unicodedata.combining(letter) and kept and (kept[-1].isascii() or unicodedata.combining(kept[-1])):
            continue
        if unicodedata.category(letter) in ("Mn", "Mc"):
            # Vowel signs and dots of other scripts belong to their letters; they are no break between words.
            kept.append(letter)
        else:
            kept.append(letter if letter.isalnum() else " ")
    joined = "-".join(unicodedata.normalize("NFC", "".join(kept)).split())
    if len(joined) > LONGEST:
        head = joined[: LONGEST + 1]
        cut = head.rfind("-")
        joined = head[:cut] if cut >= LONGEST // 2 else joined[:LONGEST]
    return joined.strip("-") or NAMELESS
