"""Web addresses: finding them in running text, telling our own from others', resolving relative ones."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

ADDRESS = re.compile(r"https?://[^\s<>\"`\[\]\\|{}^\x00-\x1f]{1,2000}", re.IGNORECASE)
"""An address in source text."""

_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0]+")
_HEAD = re.compile(r"[/?#]")

LOCAL_IMAGES = "/media/"


def trimmed(address: str) -> str:
    """The address without the punctuation of the sentence around it; a closing bracket opened inside stays."""
    end = len(address)
    unopened = address.count(")") - address.count("(")
    while end > 8:
        last = address[end - 1]
        if last in ".,;:!?'*_~":
            end -= 1
        elif last == ")" and unopened > 0:
            end -= 1
            unopened -= 1
        else:
            break
    return address[:end]


def is_safe(address: str) -> bool:
    """Whether an address has one of our schemes, or certainly none: no colon before its first slash, `?` or `#`."""
    bare = _INVISIBLE.sub("", address).lower()
    return bare.startswith(("http://", "https://", "mailto:", "ftp://")) or ":" not in _HEAD.split(bare, maxsplit=1)[0]


def is_outside(address: str, base: str = "") -> bool:
    """Whether an address leaves this site. Site-relative ones and fragments stay; `base` is our own origin."""
    if address.startswith(("/", "#", "?")) and not address.startswith(("//", "/\\")):
        return False
    return not (base and (address == base or address.startswith(base.rstrip("/") + "/")))


def resolved(address: str, base: str) -> str:
    """An address made absolute against `base`; unchanged when it cannot be."""
    if not base:
        return address
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def file_name(address: str) -> str:
    """The last part of an address's path, or its host: what an image without words is called."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address[:60]
    return (parts.path.rstrip("/").rsplit("/", 1)[-1] or parts.netloc or address)[:60]
