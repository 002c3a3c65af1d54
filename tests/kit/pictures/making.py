"""Pictures as members send them, and as intruders do; made here, so that every byte is known."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms


def picture(format: str = "JPEG", size: tuple[int, int] = (120, 80), mode: str = "RGB", **more: Any) -> bytes:
    """A red picture with a blue left half."""
    image = Image.new(mode, size, "red")
    image.paste(Image.new(mode, (size[0] // 2, size[1]), "blue"), (0, 0))
    out = BytesIO()
    image.save(out, format, **more)
    return out.getvalue()


def photograph() -> bytes:
    """As a telephone makes one: lying on its side by EXIF, with the place, the maker, a comment, a profile, a caption."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    exif[0x010F] = "Secret Telephones"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 30.0, 59.0), 3: "E", 4: (13.0, 22.0, 1.0)})
    exif.get_ifd(0x8769).update({0x9286: b"ASCII\0\0\0a comment within", 0xA430: "Its Owner"})
    return picture(
        size=(900, 600),
        exif=exif,
        comment=b"taken at home",
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        xmp=b"<x:xmpmeta>caption</x:xmpmeta>",
        quality=95,
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, *chunks: bytes, colour: int = 2) -> bytes:
    """A PNG that says it has this size, whatever its chunks hold."""
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IEND", b"")


def bomb(width: int, height: int) -> bytes:
    """A few kilobytes that are `width × height × 3` bytes of picture."""
    packer = zlib.compressobj(9)
    row = bytes(1 + width * 3)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return png_of(width, height, chunk(b"IDAT", packed))


def endless_gif(frames: int) -> bytes:
    """A GIF of so many pictures, each of a few bytes."""
    frame = (
        b"\x21\xf9\x04\x00\x01\x00\x00\x00" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    )
    screen = struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\xff\0\0\0\0\xff"
    return b"GIF89a" + screen + frame * frames + b";"
