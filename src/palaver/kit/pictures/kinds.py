"""What a file is, by its first bytes: never by its name or by what a browser says of it."""

from __future__ import annotations

PICTURES = frozenset({"jpeg", "png", "gif", "webp", "avif"})
"""The kinds that can be redrawn."""

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"BM", "bmp"),
    (b"8BPS", "psd"),
    (b"\x00\x00\x01\x00", "ico"),
    (b"\xff\x0a", "jxl"),
    (b"\x00\x00\x00\x0cJXL ", "jxl"),
    (b"\x00\x00\x00\x0cjP  ", "jp2"),
    (b"\x1a\x45\xdf\xa3", "video"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)

_BRANDS = {
    b"avif": "avif",
    b"avis": "avif",
    b"heic": "heic",
    b"heix": "heic",
    b"hevc": "heic",
    b"heim": "heic",
    b"heis": "heic",
    b"mif1": "heic",
    b"msf1": "heic",
}


def kind_of(data: bytes) -> str:
    """jpeg, png, gif, webp, avif – or svg, tiff, bmp, heic, pdf, zip, … – or "" for what has no sign of its own."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp":
        return _by_brand(data)
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(b"<") and b"<svg" in head:
        return "svg"
    if head.startswith((b"<!doctype html", b"<html", b"<script", b"<body", b"<head")):
        return "html"
    return ""


def _by_brand(data: bytes) -> str:
    """Of the family of MP4: what its box of brands says. A picture that calls itself AVIF anywhere in it is one."""
    length = min(int.from_bytes(data[:4], "big"), 256, len(data))
    brands = [data[8:12], *(data[at : at + 4] for at in range(16, length - 3, 4))]
    kinds = [_BRANDS[brand] for brand in brands if brand in _BRANDS]
    return "avif" if "avif" in kinds else kinds[0] if kinds else "video"
