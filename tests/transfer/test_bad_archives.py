"""Whatever is wrong with an archive is said in one sentence that names file and place, with an exit code of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from palaver.cli.main import main
from palaver.forums.counting import drift
from palaver.forums.models import Post, Thread
from palaver.transfer.importers.discourse import reading
from palaver.transfer.importers.mbox import splitting
from tests.transfer.making import folder, mail, post, tar, topic

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = topic(1, post(1))


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """Run the command, which must fail, and return its one sentence."""
    code = main(["import", *map(str, words), "--quiet", "--json"])
    told = capsys.readouterr()
    assert code == 1, told.out
    lines = told.err.strip().splitlines()
    assert lines[0].startswith("palaver import: ") and len(lines) <= 2, told.err
    assert "Traceback" not in told.err
    return lines[0]


BROKEN: list[tuple[str, Any, str]] = [
    ("cut off", '{"id": 5, "title": "x", "post_', r"line 1, column 25 (byte 24)"),
    ("no text", b"\xff\xfe\x00", "not UTF-8 text at byte 0"),
    ("a list", "[]", "not a Discourse topic"),
    ("another shape", '{"id": 5, "title": "x", "posts": []}', "“post_stream” should be an object and is missing"),
    ("a post without a number", topic(5) | {"post_stream": {"posts": [{**post(1), "post_number": None}]}},
     "“post_stream.posts[0].post_number”"),
    ("a date that is none", topic(5, post(1, created_at="yesterday")), "“post_stream.posts[0].created_at”"),
    ("a text that is a number", topic(5, post(1, text=7)), "“post_stream.posts[0].cooked” should be text and is 7"),  # type: ignore[arg-type]
    ("nested beyond reason", "[" * 200_000, "nested too deeply"),
    ("an endless number", '{"id": ' + "9" * 5000 + "}", "too long"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "content", "sentence"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_topic_is_named_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str, content: Any, sentence: str
) -> None:
    archive = folder(tmp_path / "a", *(topic(number, post(1)) for number in (1, 2, 3)))
    broken = archive / "topic.0004.json"
    broken.write_bytes(
        content
        if isinstance(content, bytes)
        else (content if isinstance(content, str) else json.dumps(content)).encode()
    )
    told = refused(capsys, "discourse", archive)
    assert "topic.0004.json" in told and sentence in told
    assert Thread.objects.count() == Post.objects.count() == 3 and list(drift()) == []


def test_an_archive_that_leads_outside_is_refused_before_anything_is_stored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tar(tmp_path / "a.tar.xz", ("1.json", json.dumps(GOOD).encode()), ("../../2.json", b"{}"))
    assert "'../../2.json': this name leads out of the archive" in refused(capsys, "discourse", archive)
    assert not Thread.objects.exists()


@pytest.mark.parametrize("engine", ["discourse", "mbox"])
def test_what_is_not_there_or_empty_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str], engine: str) -> None:
    assert "no such file or folder" in refused(capsys, engine, tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    assert "no" in refused(capsys, engine, tmp_path / "empty")


def test_the_wrong_archive_is_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.mbox").write_bytes(mail("a@x"))
    assert "no file in it ends with .json" in refused(capsys, "discourse", tmp_path / "a.mbox")
    (tmp_path / "b.txt").write_text("Dear diary")
    assert "b.txt: it begins with 'Dear diary'" in refused(capsys, "mbox", tmp_path / "b.txt")
    (tmp_path / "c.mbox").write_bytes("From ana@x  Wed May  1 08:00:00 2002\n".encode("utf-16"))
    assert "UTF-16" in refused(capsys, "mbox", tmp_path / "c.mbox")


def test_an_endless_line_is_refused_by_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "LONGEST_LINE", 1000)
    (tmp_path / "a.mbox").write_bytes(mail("a@x") + mail("b@x", body=b"x" * 5000))
    assert "a.mbox: line 15 (from byte 321) is longer than 1,000 bytes" in refused(capsys, "mbox", tmp_path / "a.mbox")
    monkeypatch.setattr(reading, "LARGEST_TOPIC", 1000)
    big = folder(tmp_path / "b", topic(1, post(1, text="x" * 5000)))
    assert "and at most 1,000 are read" in refused(capsys, "discourse", big)


def test_a_line_of_a_gigabyte_costs_no_gigabyte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import tracemalloc

    with (tmp_path / "a.mbox").open("wb") as stream:
        stream.write(mail("a@x"))
        stream.truncate(1024**3)  # a hole of zeros: a line without an end, which takes no room on the disk
    tracemalloc.start()
    told = refused(capsys, "mbox", tmp_path / "a.mbox")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "is longer than 8,388,608 bytes" in told and peak < 64 * 1024**2


def test_the_report_of_a_good_run_is_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "discourse", str(folder(tmp_path / "a", GOOD)), "--json", "--quiet", "--checksum"]) == 0
    found = json.loads(capsys.readouterr().out)
    for key in (
        "threads",
        "posts",
        "events",
        "members",
        "reply_links",
        "recs",
        "redirects",
        "duplicates",
        "skipped",
        "checksum",
    ):
        assert key in found, key
    assert found["threads"] == 1 and found["finished"] is True
