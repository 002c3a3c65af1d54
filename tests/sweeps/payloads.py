"""The lists of hostile markup in `../shared/corpora/xss`, one payload at a time."""

from __future__ import annotations

import json
import re
from pathlib import Path

_CLOSERS = "-->'\"></script></style></textarea></title></noscript></xmp></select></template></svg></math></form>"


def lists(shared: Path) -> dict[str, list[str]]:
    """List name → its payloads in order, each once. What eats the rest of a page stands last in its list."""
    found: dict[str, list[str]] = {}
    for path in sorted((shared / "corpora" / "xss").glob("*.txt")):
        text = path.read_text(encoding="utf-8", errors="replace").replace("\x00", "")
        if path.stem.startswith("Mario"):
            pieces = re.split(r'(?=<div id="\d+">)', text)
        else:
            pieces = text.splitlines()
        payloads = list(dict.fromkeys(piece.strip() for piece in pieces if piece.strip()))
        # Some lists write characters as \x20: what a browser would be given is the character.
        decoded = [re.sub(r"\\x([0-9a-fA-F]{2})", lambda m: chr(int(m.group(1), 16)), one) for one in payloads]
        payloads += [one.replace("\x00", "") for one in decoded if one not in payloads]
        found[path.stem] = sorted(dict.fromkeys(payloads), key=lambda one: "plaintext" in one.lower())
    return found


def naughty(shared: Path) -> list[str]:
    """The strings of blns.json."""
    strings: list[str] = json.loads((shared / "corpora" / "blns.json").read_text(encoding="utf-8"))
    return [one for one in strings if one.strip()]


_CALL = re.compile(r"(alert|confirm|prompt)(\s*)\([^()]{0,40}\)")
FIRST_MARK = 770_000


def marked(payload: str, number: int) -> str:
    """The payload with its own number in what it calls, so that it is known by name when it runs."""
    return _CALL.sub(rf"\1\2({FIRST_MARK + number})", payload)


def alone(payload: str) -> str:
    """A payload closed by whatever it may have left open, so that it does not swallow its neighbours."""
    return payload + _CLOSERS
