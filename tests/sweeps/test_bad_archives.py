"""Broken and hostile archives at the command line: one sentence that names file and place, and a community left whole."""

from __future__ import annotations

import io
import json
import resource
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.running import environment, palaver
from tests.sweeps.community import found, hands

MEMORY = 1_500_000_000  # bytes of address space: a gigabyte that is read at once does not fit beside the program


def _topic(number: int) -> dict[str, object]:
    posts = [
        {
            "id": 1000 * number + n, "post_number": n, "post_type": 1, "user_id": 7, "username": "Goran", "name": "Goran",
            "created_at": "2015-03-02T10:00:00.000Z", "updated_at": "2015-03-02T10:00:00.000Z",
            "cooked": f"<p>Words {n} of topic {number}.</p>", "reply_to_post_number": None, "actions_summary": [],
        }
        for n in (1, 2)
    ]  # fmt: skip
    return {
        "id": number, "title": f"Topic number {number}", "slug": f"topic-{number}", "category_id": 3, "closed": False,
        "created_at": "2015-03-02T10:00:00.000Z", "posts_count": 2, "post_stream": {"posts": posts, "stream": [1, 2]},
    }  # fmt: skip


def _good(folder: Path, number: int = 1) -> None:
    (folder / f"{number}.json").write_text(json.dumps(_topic(number)))


def _letter(number: int) -> bytes:
    return (
        b"From goran Mon Mar  3 10:00:00 2003\nFrom: Goran <goran@example.org>\nSubject: Letter %d\n"
        b"Message-ID: <%d@example.org>\nDate: Mon, 3 Mar 2003 10:00:00 +0000\n\nWords.\n\n" % (number, number)
    )


def cut_off_json(folder: Path) -> tuple[str, Path, list[str]]:
    _good(folder)
    (folder / "2.json").write_text(json.dumps(_topic(2))[:-200])
    return "discourse", folder, ["2.json"]


def no_topic(folder: Path) -> tuple[str, Path, list[str]]:
    _good(folder)
    (folder / "2.json").write_text('{"users": [], "groups": {}}')
    return "discourse", folder, ["2.json"]


def no_json_at_all(folder: Path) -> tuple[str, Path, list[str]]:
    (folder / "notes.txt").write_text("Nothing here.")
    return "discourse", folder, [str(folder)]


def a_wrong_archive(folder: Path) -> tuple[str, Path, list[str]]:
    file = folder / "picture.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    return "discourse", file, ["picture.png"]


def nothing_there(folder: Path) -> tuple[str, Path, list[str]]:
    return "discourse", folder / "gone.tar.xz", ["gone.tar.xz"]


def a_cut_off_tar(folder: Path) -> tuple[str, Path, list[str]]:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:xz") as archive:
        for number in range(1, 40):
            content = json.dumps(_topic(number)).encode()
            member = tarfile.TarInfo(f"t/{number}.json")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    file = folder / "cut.tar.xz"
    file.write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    return "discourse", file, ["cut.tar.xz"]


def a_tar_that_leads_out(folder: Path) -> tuple[str, Path, list[str]]:
    file = folder / "out.tar"
    with tarfile.open(file, "w") as archive:
        for name in ("t/1.json", "../../../tmp/escaped.json"):
            content = json.dumps(_topic(1)).encode()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return "discourse", file, ["out.tar", "../../../tmp/escaped.json"]


def a_tar_with_a_link(folder: Path) -> tuple[str, Path, list[str]]:
    file = folder / "link.tar"
    with tarfile.open(file, "w") as archive:
        member = tarfile.TarInfo("t/1.json")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(member)
    return "discourse", file, ["link.tar", "1.json"]


def a_gigabyte_of_json(folder: Path) -> tuple[str, Path, list[str]]:
    with (folder / "1.json").open("wb") as file:
        file.write(b'{"id": 1, "title": "')
        file.truncate(1 << 30)
    return "discourse", folder, ["1.json"]


def a_line_of_a_gigabyte(folder: Path) -> tuple[str, Path, list[str]]:
    file = folder / "list.mbox"
    with file.open("wb") as stream:
        stream.write(_letter(1) + _letter(2))
        stream.truncate(1 << 30)
    return "mbox", file, ["list.mbox", "line"]


def letters_in_utf_16(folder: Path) -> tuple[str, Path, list[str]]:
    file = folder / "wide.mbox"
    file.write_text(_letter(1).decode(), encoding="utf-16")
    return "mbox", file, ["wide.mbox", "byte 0"]


def letters_in_no_encoding(folder: Path) -> tuple[str, Path, list[str]]:
    file = folder / "noise.mbox"
    file.write_bytes(bytes(range(256)) * 4000)
    return "mbox", file, ["noise.mbox", "byte 0"]


def a_json_taken_for_letters(folder: Path) -> tuple[str, Path, list[str]]:
    _good(folder)
    return "mbox", folder / "1.json", ["1.json", "byte 0"]


CASES: tuple[Callable[[Path], tuple[str, Path, list[str]]], ...] = (
    cut_off_json, no_topic, no_json_at_all, a_wrong_archive, nothing_there, a_cut_off_tar, a_tar_that_leads_out,
    a_tar_with_a_link, a_gigabyte_of_json, a_line_of_a_gigabyte, letters_in_utf_16, letters_in_no_encoding,
    a_json_taken_for_letters,
)  # fmt: skip


def _import(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    return subprocess.run(
        [sys.executable, "-P", "-m", "palaver.cli.main", "import", *words],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=300,
        preexec_fn=limit,
    )


@pytest.fixture(scope="module")
def lived_in(_prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a community in it, to be copied."""
    home = Path(shutil.copytree(_prepared, tmp_path_factory.mktemp("lived") / "home"))
    with hands(home) as acting:
        people = found(acting, ("Odile", "Ana"))
        acting.start(forum=people.forum, by="Ana", subject="Before", text="Here before the import.")
    return home


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_bad_archive_gets_a_sentence_and_leaves_the_community_whole(
    case: Callable[[Path], tuple[str, Path, list[str]]], lived_in: Path, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(lived_in, tmp_path / "home"))
    folder = tmp_path / "archive"
    folder.mkdir()
    engine, path, names = case(folder)
    done = _import(home, engine, str(path), "--quiet")
    said = done.stderr.strip()
    print(f"\n{case.__name__}: {said}")
    assert done.returncode == 1, (done.returncode, done.stdout, said)
    assert "Traceback" not in said and said.startswith("palaver import: "), said
    assert len(said.splitlines()) <= 2, said
    for name in names:
        assert name in said, f"{name!r} is not named: {said}"
    doctor = palaver("doctor", home=home)
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr


def test_what_came_before_the_broken_place_is_kept_and_a_mended_archive_goes_on(
    prepared_home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    cut_off_json(folder)
    first = _import(prepared_home, "discourse", str(folder), "--quiet", "--json")
    assert first.returncode == 1 and "2.json" in json.loads(first.stdout)["error"]
    _good(folder, 2)
    second = _import(prepared_home, "discourse", str(folder), "--quiet", "--json")
    assert second.returncode == 0, second.stderr
    third = _import(prepared_home, "discourse", str(folder), "--quiet", "--json")
    told = [json.loads(done.stdout) for done in (first, second, third)]
    assert told[0]["threads"] + told[1]["threads"] == 2, told
    assert told[2]["threads"] == told[2]["posts"] == 0, told
