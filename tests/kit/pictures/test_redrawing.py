"""What comes out of the child: a fresh picture or a sentence, whatever went in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zipfile
from io import BytesIO

import pytest
from PIL import Image

from palaver.kit.decisions import Refusal
from palaver.kit.pictures import kind_of, limits, redraw, redrawing
from tests.kit.pictures import making

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PRIVATE = [b"Exif", b"GPS", b"Secret Telephones", b"Its Owner", b"taken at home", b"xmpmeta", b"ICC_PROFILE", b"iCCP"]


def shown(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def refused(data: bytes) -> str:
    with pytest.raises(Refusal) as found:
        redraw(data)
    assert found.value.field == "file"
    return found.value.because


@pytest.mark.parametrize(
    ("format", "kind"), [("JPEG", "jpeg"), ("PNG", "png"), ("GIF", "png"), ("WEBP", "jpeg"), ("AVIF", "jpeg")]
)
def test_every_kind_that_is_taken_comes_out_as_a_picture_that_every_browser_shows(format: str, kind: str) -> None:
    made = redraw(making.picture(format))
    assert (made.picture.kind, made.picture.width, made.picture.height) == (kind, 120, 80)
    assert made.small is None and not made.moving
    red = shown(made.picture.data).convert("RGB").getpixel((100, 40))
    assert isinstance(red, tuple) and red[0] > 200 and red[2] < 60


def test_nothing_of_a_photograph_is_left_but_what_can_be_seen() -> None:
    data = making.photograph()
    assert [word for word in PRIVATE if word in data] == [word for word in PRIVATE if word not in (b"GPS", b"iCCP")]
    assert shown(data).getexif().get_ifd(0x8825)[4] == (13.0, 22.0, 1.0), "The picture sent says where it was taken."
    made = redraw(data)
    assert made.small is not None
    for drawing in (made.picture, made.small):
        assert [word for word in PRIVATE if word in drawing.data] == []
        again = shown(drawing.data)
        assert dict(again.getexif()) == {} and not {"icc_profile", "exif", "comment", "xmp"} & set(again.info)


def test_a_picture_lying_on_its_side_is_set_upright() -> None:
    made = redraw(making.photograph()).picture
    assert (made.width, made.height) == (600, 900)
    top, bottom = (shown(made.data).convert("RGB").getpixel((300, y)) for y in (100, 800))
    assert isinstance(top, tuple) and isinstance(bottom, tuple)
    assert top[2] > 200 and bottom[0] > 200, "Its left half was blue; turned clockwise, that is the upper half."


def test_a_large_picture_is_made_smaller_and_has_a_smaller_copy() -> None:
    made = redraw(making.picture("PNG", (3000, 1000)))
    assert (made.picture.width, made.picture.height) == (2048, 683)
    assert made.small is not None and (made.small.width, made.small.height) == (640, 213)


def test_what_is_clear_stays_clear() -> None:
    out = BytesIO()
    Image.new("RGBA", (50, 50), (255, 0, 0, 0)).save(out, "PNG")
    assert shown(redraw(out.getvalue()).picture.data).getpixel((5, 5)) == (255, 0, 0, 0)


def test_a_heavy_drawing_is_kept_as_webp() -> None:
    out = BytesIO()
    Image.effect_noise((900, 900), 90).convert("RGB").save(out, "PNG")
    made = redraw(out.getvalue())
    assert made.picture.kind == "webp" and len(made.picture.data) < len(out.getvalue()) / 2


def test_sixteen_bits_of_grey_and_colours_of_print_are_understood() -> None:
    out = BytesIO()
    Image.new("I;16", (10, 10), 40_000).save(out, "PNG")
    assert shown(redraw(out.getvalue()).picture.data).convert("L").getpixel((5, 5)) == 156
    out = BytesIO()
    Image.new("CMYK", (10, 10), (0, 255, 255, 0)).save(out, "JPEG")
    red = shown(redraw(out.getvalue()).picture.data).getpixel((5, 5))
    assert isinstance(red, tuple) and red[0] > 200 and red[1] < 60


def test_a_hundred_megapixels_are_refused_by_the_header_with_the_limits_named() -> None:
    said = refused(making.png_of(10_000, 10_000))
    assert "10,000 × 10,000 pixels, 100 million; up to 25 million" in said
    assert "up to 50 million" in refused(_jpeg_that_says(10_000, 10_000))
    assert "up to 25 million" in refused(_webp_that_says(16_383, 16_383))
    assert "no side above 30,000" in refused(making.png_of(40_000, 2))


def test_a_bomb_of_few_bytes_takes_bounded_time_and_memory() -> None:
    data = making.bomb(5_000, 4_900)
    assert len(data) < 100_000
    used, peak, answer = _measured(data)
    assert b'"width": 2048' in answer
    assert used < limits.PROCESSOR_SECONDS and peak < limits.MEMORY
    print(f"\n{len(data):,} bytes, 24.5 million pixels: {used:.2f} s of a processor, {peak / 2**20:.0f} MB at most")


def test_a_picture_that_wants_more_memory_than_there_is_ends_as_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    data = making.bomb(5_000, 4_900)
    assert redraw(data).picture.width == 2048
    monkeypatch.setattr(limits, "MEMORY", 100 * 1024 * 1024)
    assert "more time or memory" in refused(data)


def test_a_picture_that_takes_too_long_is_stopped_by_the_clock() -> None:
    before = time.monotonic()
    with pytest.raises(Refusal, match="more time or memory"):
        redraw(making.bomb(5_000, 4_900), seconds=0.05)
    assert time.monotonic() - before < limits.WALL_SECONDS
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)  # and is not left behind


def test_a_picture_that_takes_too_much_of_the_processor_is_stopped_by_the_kernel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = BytesIO()
    Image.effect_noise((1700, 1700), 90).convert("RGB").save(out, "PNG", compress_level=1)
    monkeypatch.setattr(limits, "PROCESSOR_SECONDS", 1)
    assert "more time or memory" in refused(out.getvalue())


def test_a_gif_of_a_hundred_thousand_pictures_is_one_picture() -> None:
    data = making.endless_gif(100_000)
    assert len(data) > 2_000_000
    made = redraw(data)
    assert (made.picture.kind, made.picture.width, made.moving) == ("png", 1, True)


def test_a_picture_that_is_also_an_archive_and_a_script_is_a_picture_only() -> None:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as inside:
        inside.writestr("page.html", "<script>alert('polyglot')</script>")
    text = making.chunk(b"tEXt", b"Comment\0<script>alert('polyglot')</script>")
    good = making.picture("PNG")
    data = good[:33] + text + good[33:] + archive.getvalue() + b"<script>alert('polyglot')</script>"
    assert zipfile.is_zipfile(BytesIO(data)) and shown(data).size == (120, 80), "It is both."
    made = redraw(data).picture.data
    assert b"script" not in made and b"PK" not in made and not zipfile.is_zipfile(BytesIO(made))
    assert made.endswith(b"IEND\xaeB`\x82")


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_half_a_picture_is_refused(format: str) -> None:
    data = making.picture(format, (600, 400))
    for part in (len(data) // 2, 40):
        assert "incomplete or damaged" in refused(data[:part])


def test_a_picture_with_a_bomb_in_its_texts_is_refused_or_harmless() -> None:
    import zlib

    good = making.picture("PNG")
    text = making.chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9))
    assert "incomplete or damaged" in refused(good[:33] + text + good[33:])


@pytest.mark.parametrize(
    ("data", "kind", "says"),
    [
        (SVG, "svg", "SVG drawings can carry programs"),
        (b"\xef\xbb\xbf  <SVG onload=alert(1)>", "svg", "SVG drawings"),
        (b"<!DOCTYPE html><script>", "html", "no picture that we know"),
        (b"%PDF-1.7", "pdf", "no picture that we know"),
        (b"II*\x00aaaa", "tiff", "TIFF"),
        (b"BM" + b"\0" * 60, "bmp", "BMP"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic", "JPEG"),
        (b"\0\0\0\x18ftypisom\0\0\0\0mp41avc1", "video", "film"),
        (b"8BPS" + b"\0" * 20, "psd", "PNG"),
        (b"words", "", "JPEG, PNG, WebP, AVIF or GIF"),
        (b"", "", "empty"),
    ],
)
def test_what_is_no_picture_of_ours_is_refused_with_what_to_do(data: bytes, kind: str, says: str) -> None:
    assert kind_of(data) == kind
    assert says in refused(data)


def test_a_picture_of_too_many_bytes_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    assert "10.0 MB; up to 10 MB" in refused(making.picture() + bytes(limits.BYTES))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0\0",
        b"\0\0\0\x02[]",
        b"\0\0\0\x02{}",
        b"\x7f\xff\xff\xff{}",
        b'\0\0\0\x10{"drawings": [}',
        {"drawings": [{"kind": "svg", "width": 1, "height": 1, "size": 4}]},
        {"drawings": [{"kind": "png", "width": 1, "height": 1, "size": 4}]},
        {"drawings": [{"kind": "png", "width": 10**9, "height": 1, "size": 4}]},
        {"drawings": [{"kind": "png", "width": 1, "height": 1, "size": -1}]},
        {"drawings": "many"},
        {"refused": ["x"]},
    ],
)
def test_a_child_that_was_taken_over_is_not_believed(
    answer: bytes | dict[str, object], monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    if isinstance(answer, dict):
        told = json.dumps(answer).encode()
        answer = len(told).to_bytes(4, "big") + told + b"<svg"
    monkeypatch.setattr(redrawing, "_read", lambda pipe, deadline: answer)
    assert refused(making.picture())


def test_the_child_can_open_no_file_and_no_socket_and_start_no_process() -> None:
    asked = """
import json, os, resource, runpy, socket, sys
child = runpy.run_path(sys.argv[2], run_name="child")
def tried(act):
    try:
        act()
        return "could"
    except OSError as problem:
        return problem.strerror
acts = {"read": lambda: os.open("/etc/hostname", os.O_RDONLY), "connect": socket.socket, "tie": os.pipe}
before = {name: tried(act) for name, act in acts.items()}
child["shut_in"]()
after = {name: tried(act) for name, act in acts.items()}
limits = [resource.getrlimit(getattr(resource, "RLIMIT_" + name)) for name in ("AS", "NPROC", "CORE")]
print(json.dumps([before, after, limits, dict(os.environ)]))
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", asked, json.dumps(limits.for_the_child()), str(redrawing.CHILD)],
        capture_output=True,
        text=True,
        check=True,
        env=redrawing._ENVIRONMENT,
    )
    before, after, given, environment = json.loads(done.stdout)
    assert set(before.values()) == {"could"}
    assert set(after.values()) == {"Too many open files"}
    assert given == [[limits.MEMORY, limits.MEMORY], [0, 0], [0, 0]]
    assert not any("PALAVER" in name or "PATH" in name for name in environment)


def _measured(data: bytes) -> tuple[float, int, bytes]:
    """Processor seconds, greatest memory in bytes, and the answer of a child that is run apart from this large process."""
    asked = (
        "import resource, subprocess, sys; data = sys.stdin.buffer.read();"
        "done = subprocess.run([sys.executable, '-I', *sys.argv[1:]], input=data, capture_output=True);"
        "u = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "sys.stdout.buffer.write(f'{u.ru_utime + u.ru_stime} {u.ru_maxrss}\\n'.encode() + done.stdout[:400])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked, str(redrawing.CHILD), json.dumps(limits.for_the_child())],
        input=data,
        capture_output=True,
        check=True,
    )
    line, _, answer = done.stdout.partition(b"\n")
    seconds, kilobytes = line.split()
    return float(seconds), int(kilobytes) * 1024, answer


def _jpeg_that_says(width: int, height: int) -> bytes:
    data = bytearray(making.picture("JPEG", (16, 16)))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return bytes(data)


def _webp_that_says(width: int, height: int) -> bytes:
    bits = (width - 1) | (height - 1) << 14
    return b"RIFF\x40\0\0\0WEBPVP8L\x38\0\0\0\x2f" + bits.to_bytes(4, "little") + bytes(40)
