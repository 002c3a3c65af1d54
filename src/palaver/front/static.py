"""Static files from memory: named by a hash of their content, so a browser may keep them for ever."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Sequence
from pathlib import Path

from palaver.front import compression
from palaver.front.exchange import Answer, Headers, Request

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
    ".map": "application/json",
}


def content_type(name: str) -> str:
    """By the ending; an unknown one is bytes that a browser must not guess at."""
    known = _TYPES.get(Path(name).suffix.lower())
    return known or mimetypes.guess_type(name)[0] or "application/octet-stream"


class Static:
    """Files at their addresses, each packed once in every encoding that makes it smaller.

    `lasting` says which of them carry a hash in their name; the others must be asked for again each time.
    """

    def __init__(self, files: Iterable[tuple[str, bytes]], headers: Sequence[tuple[str, str]]) -> None:
        self._common: Headers = [(name.lower().encode(), value.encode()) for name, value in headers]
        self._common = [pair for pair in self._common if pair[0] not in (b"cache-control", b"vary")]
        self._answers: dict[tuple[bytes, str], Answer] = {}
        self._unchanged: dict[bytes, tuple[bytes, Answer]] = {}
        for path, body in files:
            self._add(path, body)

    def _add(self, path: str, body: bytes) -> None:
        raw = path.encode()
        kind = content_type(path).encode()
        name = path.rpartition("/")[2]
        lasting = any(len(part) >= 8 and all(c in "0123456789abcdef" for c in part) for part in name.split("."))
        kept = b"public, max-age=31536000, immutable" if lasting else b"public, no-cache"
        etag = b'"' + _digest(body) + b'"'
        common = [*self._common, (b"cache-control", kept), (b"vary", b"accept-encoding")]
        if not any(pair[0] == b"x-content-type-options" for pair in common):
            common.append((b"x-content-type-options", b"nosniff"))
        for encoding in compression.ENCODINGS:
            packed = body
            if encoding:
                if not compression.worthwhile(kind) or len(body) < compression.SMALLEST:
                    continue
                packed = compression.pack(body, encoding, "static")  # type: ignore[arg-type]
                if len(packed) >= len(body):
                    continue
            tag = etag[:-1] + (b"-" + encoding.encode() if encoding else b"") + b'"'
            headers = [(b"content-type", kind), *common, (b"etag", tag)]
            if encoding:
                headers.append((b"content-encoding", encoding.encode()))
            self._answers[raw, encoding] = Answer(200, headers, packed)
        self._unchanged[raw] = (etag[:-1], Answer(304, [*common, (b"etag", etag)]))

    def answer(self, request: Request) -> Answer | None:
        """The file asked for, or that it has not changed; None when there is none such."""
        path = request.path
        headers = request.headers
        unchanged = self._unchanged.get(path)
        if unchanged is None:
            return None
        told = headers.get(b"if-none-match")
        if told is not None and unchanged[0] in told:
            return unchanged[1]
        accept = headers.get(b"accept-encoding")
        if accept:
            found = self._answers.get((path, compression.choose(accept)))
            if found is not None:
                return found
        return self._answers[path, ""]

    @property
    def paths(self) -> list[str]:
        return [path.decode() for path in self._unchanged]


def folder(prefix: str, root: Path) -> list[tuple[str, bytes]]:
    """Every file below a folder with its address below a prefix such as `/static/`."""
    return [
        (prefix + path.relative_to(root).as_posix(), path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file()
    ]


def _digest(body: bytes) -> bytes:
    from hashlib import blake2b

    return blake2b(body, digest_size=12).hexdigest().encode()
