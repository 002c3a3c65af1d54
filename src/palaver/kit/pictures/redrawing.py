"""Drawing a stranger's picture anew: the application's side, which trusts neither the picture nor the child."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from palaver.kit.decisions import Refusal
from palaver.kit.pictures import kinds, limits

CHILD = Path(__file__).with_name("child.py")
MIMES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
ENDINGS = {"jpeg": "jpg", "png": "png", "webp": "webp"}

# Nothing of our own environment, where secrets may stand. One arena, or threads' arenas would eat the address space.
_ENVIRONMENT = {"MALLOC_ARENA_MAX": "1", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class Drawing:
    """One fresh encoding. `kind` is jpeg, png or webp; `width` and `height` in pixels."""

    kind: str
    data: bytes
    width: int
    height: int

    @property
    def mime(self) -> str:
        return MIMES[self.kind]

    @property
    def ending(self) -> str:
        return ENDINGS[self.kind]


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A picture as it is kept. `small` is for pages, None when the picture itself is small; `moving`: it was an
    animation, of which the first picture is kept."""

    picture: Drawing
    small: Drawing | None
    moving: bool


def redraw(data: bytes, *, seconds: float = limits.WALL_SECONDS) -> Redrawn:
    """A fresh encoding of a picture: at most `limits.EDGE` pixels a side, upright, without EXIF, profile or comments.

    Raises Refusal with a sentence for what is no picture of ours, too large, damaged, or too much work. Takes at most
    `seconds` and, beside the encodings, none of this process's memory.
    """
    refuse_by_look(data)
    answer = _ask(data, seconds)
    if answer is None:
        raise _too_much_work()
    told, bodies = answer
    if "refused" in told:
        raise _refusal(told)
    drawings = _believed(told, bodies)
    return Redrawn(drawings[0], drawings[1] if len(drawings) > 1 else None, told.get("moving") is True)


def refuse_by_look(data: bytes) -> None:
    """What the size and the first bytes already tell. Raises Refusal."""
    if not data:
        raise Refusal(_("This file is empty. Perhaps it was still being written; choose it once more."), field="file")
    if len(data) > limits.BYTES:
        raise Refusal(
            _("This picture has %(size)s MB; up to %(most)s MB are taken. Save it smaller and add it again.")
            % {"size": f"{len(data) / 1024 / 1024:.1f}", "most": limits.BYTES // 1024 // 1024},
            field="file",
        )
    kind = kinds.kind_of(data)
    if kind not in kinds.PICTURES:
        raise Refusal(no_picture(kind), field="file")


def no_picture(kind: str) -> str:
    """Why a file of another kind is no picture here, and what to do."""
    taken = _("Pictures are taken as JPEG, PNG, WebP, AVIF or GIF.")
    why = {
        "svg": _("SVG drawings can carry programs, so they are not shown. Save it as PNG and add that."),
        "heic": _("Most browsers cannot show HEIC photographs. Save or share it as JPEG and add that."),
        "tiff": _("Browsers cannot show TIFF. Save it as JPEG or PNG and add that."),
        "bmp": _("BMP is very large for what it shows. Save it as PNG and add that."),
        "psd": _("Browsers cannot show Photoshop files. Save it as PNG and add that."),
        "jxl": _("Most browsers cannot show JPEG XL. Save it as JPEG or PNG and add that."),
        "jp2": _("Browsers cannot show JPEG 2000. Save it as JPEG and add that."),
        "ico": _("Icons are not taken as pictures. Save it as PNG and add that."),
        "video": _("This is a film. Films are not taken; give a link to where it can be seen."),
    }.get(kind)
    return why or _("This is no picture that we know.") + " " + taken


def _refusal(told: dict[str, Any]) -> Refusal:
    if told["refused"] == "pixels":
        width, height, most = (_number(told, name) for name in ("width", "height", "most"))
        return Refusal(
            _(
                "This picture has %(width)s × %(height)s pixels, %(millions)s million; up to %(most)s million are taken, "
                "and no side above %(side)s. Save it smaller and add it again."
            )
            % {
                "width": f"{width:,}",
                "height": f"{height:,}",
                "millions": f"{width * height / 1e6:,.0f}",
                "most": most // 1_000_000,
                "side": f"{limits.SIDE:,}",
            },
            field="file",
        )
    if told["refused"] == "heavy":
        return _too_much_work()
    return Refusal(
        _("This picture is incomplete or damaged. Open it, save it anew as JPEG or PNG, and add that."), field="file"
    )


def _number(told: dict[str, Any], name: str) -> int:
    value = told.get(name)
    return value if isinstance(value, int) else 0


def _too_much_work() -> Refusal:
    return Refusal(
        _(
            "Opening this picture takes more time or memory than one picture is given. Save it smaller, as JPEG or PNG, "
            "and add that."
        ),
        field="file",
    )


def _ask(data: bytes, seconds: float) -> tuple[dict[str, Any], bytes] | None:
    """The child's answer, or None when it was stopped or made no sense."""
    deadline = time.monotonic() + seconds
    with tempfile.TemporaryFile(prefix="palaver-picture-") as given:
        given.write(data)
        given.flush()
        given.seek(0)
        # -I: neither our folder nor our environment is looked at for modules. The child gets a copy of the open file.
        child = subprocess.Popen(
            [sys.executable, "-I", str(CHILD), json.dumps(limits.for_the_child())],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd="/",
            close_fds=True,
        )
    assert child.stdout is not None
    try:
        answer = _read(child.stdout, deadline)
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        child.stdout.close()
        child.wait()
    if answer is None or len(answer) < 4:
        return None
    (length,) = struct.unpack(">I", answer[:4])
    try:
        told = json.loads(answer[4 : 4 + length])
    except ValueError:
        return None
    return (told, answer[4 + length :]) if isinstance(told, dict) else None


def _read(pipe: IO[bytes], deadline: float) -> bytes | None:
    """Everything until the end; None after the deadline or beyond `limits.ANSWER`."""
    got = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if not selector.select(left):
                continue
            piece = os.read(pipe.fileno(), 256 * 1024)
            if not piece:
                return bytes(got)
            got += piece
            if len(got) > limits.ANSWER:
                return None
    return None


def _believed(told: dict[str, Any], bodies: bytes) -> list[Drawing]:
    """The drawings, after a look: the child read a stranger's file and may have been taken over by it."""
    found: list[Drawing] = []
    listed = told.get("drawings")
    at = 0
    for one in listed if isinstance(listed, list) else []:
        kind, width, height, size = (one.get(name) for name in ("kind", "width", "height", "size"))
        if not (isinstance(width, int) and isinstance(height, int) and isinstance(size, int)):
            raise _too_much_work()
        data = bodies[at : at + size]
        at += size
        edge = limits.SMALL_EDGE if found else limits.EDGE
        if not (0 < width <= edge and 0 < height <= edge and size == len(data)):
            raise _too_much_work()
        if kind not in MIMES or kinds.kind_of(data) != kind or (found and found[0].kind != kind):
            raise _too_much_work()
        found.append(Drawing(kind, data, width, height))
    if not 1 <= len(found) <= 2 or at != len(bodies):
        raise _too_much_work()
    return found
