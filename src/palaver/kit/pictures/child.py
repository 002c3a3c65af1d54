"""The child: reads one picture from standard input, writes it anew to standard output, and ends.

Run as a file, never imported by the application: only the standard library and Pillow are loaded, which takes a tenth of
a second. It gives up what it does not need before it reads the first byte. Its answer is a length of four bytes, JSON
of that length, and the encoded pictures that the JSON names, in its order.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import resource
import signal
import struct
import sys
from typing import Any, NamedTuple, cast

from PIL import AvifImagePlugin, ExifTags, Image, ImageCms, features

# A Pillow built by hand may lack the last two; then such pictures count as damaged.
FORMATS = ("JPEG", "PNG", "GIF", *(name for name in ("WEBP", "AVIF") if features.check(name.lower())))
_PDEATHSIG, _DUMPABLE, _NO_NEW_PRIVILEGES = 1, 4, 38
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Limits(NamedTuple):
    """The numbers of `limits.py`, handed over as JSON in the first argument."""

    BYTES: int
    PIXELS: int
    PIXELS_OF_A_PHOTOGRAPH: int
    SIDE: int
    EDGE: int
    SMALL_EDGE: int
    MEMORY: int
    PROCESSOR_SECONDS: int
    HEAVY_PNG: int


class Unfit(Exception):
    """Why this picture is not drawn: `pixels`, `unreadable` or `heavy`."""

    def __init__(self, why: str, **more: int) -> None:
        super().__init__(why)
        self.told = {"refused": why, **more}


def shut_in() -> None:
    """Give up memory, time, further processes, and every way to open anything: no file and no socket gets a number any
    more, only the three streams there are. There is no way back from here but for root."""
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    library.prctl(_DUMPABLE, 0, 0, 0, 0)
    for what, most in (
        (resource.RLIMIT_AS, limits.MEMORY),
        (resource.RLIMIT_CPU, limits.PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        hard = resource.getrlimit(what)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))


def warm() -> None:
    """Draw a tiny picture of each kind, so that all modules are loaded: later no file can be opened."""
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # a thread would count as a process
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    for name in FORMATS:
        out = io.BytesIO()
        Image.new("P" if name == "GIF" else "RGB", (2, 2)).save(out, name, **({} if name == "GIF" else {"exif": exif}))
        redraw(out.getvalue())


def fits(width: int, height: int, most: int) -> None:
    """Raises Unfit for more pixels than we decode."""
    if width < 1 or height < 1:
        raise Unfit("unreadable")
    if width * height > most or max(width, height) > limits.SIDE:
        raise Unfit("pixels", width=width, height=height, most=most)


def webp_size(data: bytes) -> tuple[int, int]:
    """Width and height of a WebP by its first chunk; Pillow's reader takes room for the whole picture at once."""
    kind = data[12:16]
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise Unfit("unreadable")


def opened(data: bytes) -> Image.Image:
    """The picture with its header read, nothing decoded yet."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit comes first, and is stricter
    if data[8:12] == b"WEBP":
        fits(*webp_size(data), limits.PIXELS)
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    fits(*image.size, limits.PIXELS_OF_A_PHOTOGRAPH if image.format == "JPEG" else limits.PIXELS)
    return image


def decoded(image: Image.Image) -> Image.Image:
    """Upright, in sRGB, mode RGB or RGBA, at most EDGE pixels a side. Made small first: all else then costs little."""
    drawn = image.format in {"PNG", "GIF"}
    edges = (limits.EDGE, limits.EDGE)
    if image.format == "JPEG":
        image.draft("RGB", edges)  # decodes large photographs at a half or a quarter at once
    profile = image.info.get("icc_profile")
    image.load()
    turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    clear = "transparency" in image.info or "A" in image.mode or "a" in image.mode
    made: Image.Image = image
    if image.mode in {"I", "I;16", "I;16B", "I;16L", "F"}:
        made = image.convert("I").point(lambda value: value / 256).convert("L")
    elif image.mode in {"1", "P", "PA", "LA", "La", "RGBa"} or clear:
        made = image.convert("RGBA" if clear else "RGB")
    made.thumbnail(edges, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if turn is not None:
        made = made.transpose(turn)
    made = in_srgb(made, profile)
    if made.mode == "RGBA" and made.getchannel("A").getextrema() == (255, 255):
        clear = False
    made = made.convert("RGBA" if clear else "RGB")
    made.info = {"drawn": drawn}
    return made


def in_srgb(image: Image.Image, profile: Any) -> Image.Image:
    """The colours that the profile meant, because the profile itself is not kept. A profile nobody can read is left out."""
    if not isinstance(profile, bytes) or not profile or image.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return image
    with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        made = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGBA" if image.mode == "RGBA" else "RGB",
        )
        return cast(Image.Image, made)
    return image


def encoded(image: Image.Image, kind: str) -> bytes:
    """The bytes of one encoding."""
    out = io.BytesIO()
    if kind == "jpeg":
        image.save(out, "JPEG", quality=85, optimize=True, progressive=True)
    elif kind == "png":
        image.save(out, "PNG", compress_level=6)
    else:
        image.save(out, "WEBP", quality=88, method=3)
    return out.getvalue()


def redraw(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """What is told of the picture, and its encodings: the picture, and the smaller one if it is large."""
    image = opened(data)
    moving = bool(getattr(image, "is_animated", False))
    image.seek(0)
    picture = decoded(image)
    image.close()
    drawn = bool(picture.info.pop("drawn"))
    # Photographs become JPEG, drawings PNG; heavy drawings and photographs that are clear in places WebP.
    kind = "png" if drawn else "jpeg" if picture.mode == "RGB" else "webp"
    body = encoded(picture, kind)
    if kind == "png" and len(body) > limits.HEAVY_PNG:
        kind, body = "webp", encoded(picture, "webp")
    pictures, bodies = [picture], [body]
    if max(picture.size) > limits.SMALL_EDGE:
        small = picture.copy()
        small.thumbnail((limits.SMALL_EDGE, limits.SMALL_EDGE), Image.Resampling.LANCZOS, reducing_gap=3.0)
        pictures.append(small)
        bodies.append(encoded(small, kind))
    told = [
        {"kind": kind, "width": one.width, "height": one.height, "size": len(body)}
        for one, body in zip(pictures, bodies, strict=True)
    ]
    return {"moving": moving, "drawings": told}, bodies


def main() -> None:
    warm()
    shut_in()
    bodies: list[bytes] = []
    told: dict[str, Any]
    try:
        told, bodies = redraw(sys.stdin.buffer.read(limits.BYTES + 1))
    except Unfit as unfit:
        told = unfit.told
    except MemoryError:
        told = {"refused": "heavy"}
    except Exception:  # Pillow raises whatever its decoders meet: OSError, ValueError, SyntaxError, struct.error, …
        told = {"refused": "unreadable"}
    head = json.dumps(told).encode()
    out = sys.stdout.buffer
    out.write(struct.pack(">I", len(head)) + head)
    for body in bodies:
        out.write(body)
    out.flush()


limits = Limits(**json.loads(sys.argv[1]))

if __name__ == "__main__":
    main()
