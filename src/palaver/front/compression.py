"""Content encodings: choosing one by Accept-Encoding, and packing bodies.

Pages rendered for one reader are packed fast; pages kept for all guests and static files are packed well, once.
The levels are those of `docs/decisions/0002-front-protocol.md`.
"""

from __future__ import annotations

import threading
import zlib
from functools import lru_cache
from typing import Literal, get_args

import brotli
import zstandard

Encoding = Literal["zstd", "br", "gzip", ""]
Effort = Literal["now", "kept", "static"]

SMALLEST = 600
_LEVELS: dict[str, dict[Effort, int]] = {
    "zstd": {"now": 3, "kept": 6, "static": 15},
    "br": {"now": 2, "kept": 5, "static": 9},
    "gzip": {"now": 1, "kept": 6, "static": 9},
}
_PREFERRED: tuple[Encoding, ...] = ("zstd", "br", "gzip")
_local = threading.local()


@lru_cache(maxsize=512)
def choose(accept: bytes) -> Encoding:
    """The best encoding a reader takes, by its Accept-Encoding; "" for none. `q=0` is a refusal, `*` the rest."""
    wanted: dict[str, float] = {}
    for part in accept.decode("latin-1").lower().split(","):
        name, _, parameters = part.partition(";")
        quality = 1.0
        key, _, value = parameters.strip().partition("=")
        if key.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                quality = 0.0
        if name.strip():
            wanted[name.strip().removeprefix("x-")] = quality
    rest = wanted.get("*", 0.0)
    best: Encoding = ""
    best_quality = 0.0
    for encoding in _PREFERRED:
        quality = wanted.get(encoding, rest)
        if quality > best_quality:
            best, best_quality = encoding, quality
    return best


def pack(body: bytes, encoding: Encoding, effort: Effort = "now") -> bytes:
    """A body in an encoding."""
    if encoding == "":
        return body
    level = _LEVELS[encoding][effort]
    if encoding == "zstd":
        key = f"zstd{level}"
        compressor = getattr(_local, key, None)  # a compressor may not be shared between threads
        if compressor is None:
            compressor = zstandard.ZstdCompressor(level=level)
            setattr(_local, key, compressor)
        packed: bytes = compressor.compress(body)
        return packed
    if encoding == "br":
        # A window of 256 KB holds any page and saves brotli from setting up 4 MB for each.
        squeezed: bytes = brotli.compress(body, quality=level, lgwin=18 if effort != "static" else 22)
        return squeezed
    gzip = zlib.compressobj(level, zlib.DEFLATED, 31)
    return gzip.compress(body) + gzip.flush()


def unpack(body: bytes) -> bytes:
    """A zstd body unpacked."""
    decompressor = getattr(_local, "unzstd", None)
    if decompressor is None:
        decompressor = _local.unzstd = zstandard.ZstdDecompressor()
    plain: bytes = decompressor.decompress(body)
    return plain


def worthwhile(content_type: bytes) -> bool:
    """Whether a type gains from packing: text, not pictures or archives."""
    kind = content_type.partition(b";")[0].strip().lower()
    return kind.startswith(b"text/") or kind in _PACKED


_PACKED = frozenset(
    {
        b"application/json",
        b"application/javascript",
        b"application/xml",
        b"application/atom+xml",
        b"application/rss+xml",
        b"application/manifest+json",
        b"image/svg+xml",
    }
)
ENCODINGS: tuple[str, ...] = get_args(Encoding)
