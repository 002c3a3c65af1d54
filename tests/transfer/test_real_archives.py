"""The two real archives beside this repository: a slice of each every day, all of them with --long, kills included."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from palaver.forums.counting import drift
from palaver.forums.models import Post, SourceText, Thread
from palaver.transfer.importers.discourse import Discourse
from tests.journeys.running import environment
from tests.journeys.running import palaver as run
from tests.transfer.making import discourse, mbox, tar

KILLS = 20


@pytest.fixture
def topics(shared: Path) -> Path:
    return shared / "data" / "discourse-urho3d.tar.xz"


@pytest.fixture
def lists(shared: Path) -> Path:
    return shared / "data" / "mbox-r-devel-1997-2003.tar.xz"


def slice_of(archive: Path, path: Path, number: int) -> Path:
    """The first files of a tar, in a tar of their own."""

    def contents() -> Iterator[tuple[str, bytes]]:
        with tarfile.open(archive) as opened:
            for member in opened:
                if member.isfile():
                    stream = opened.extractfile(member)
                    assert stream is not None
                    yield member.name, stream.read()

    return tar(path, *islice(contents(), number), mode="w:gz")


@pytest.mark.django_db(transaction=True)
def test_a_slice_of_the_forum_agrees_with_a_plain_count(topics: Path, tmp_path: Path) -> None:
    part = slice_of(topics, tmp_path / "part.tar.gz", 250)
    posts: list[dict[str, Any]] = []
    with tarfile.open(part) as opened:
        for member in opened:
            stream = opened.extractfile(member)
            assert stream is not None
            posts += json.load(stream)["post_stream"]["posts"]
    report = discourse(part)
    assert Thread.objects.count() == 250
    assert Post.objects.count() == sum(one["post_type"] == 1 for one in posts)
    assert report.counts["events"] == sum(one["post_type"] != 1 for one in posts)
    assert report.counts["members"] == len({one["user_id"] for one in posts})
    assert report.counts["reply_links"] == sum(one["reply_to_post_number"] is not None for one in posts)
    assert report.counts["recs"] == sum(
        act["count"] for one in posts for act in one["actions_summary"] if act["id"] == 2
    )
    assert sorted(SourceText.objects.values_list("text", flat=True)) == sorted(
        one["cooked"] for one in posts if one["post_type"] == 1
    )
    assert list(drift()) == []
    assert not discourse(part).added()


@pytest.mark.django_db(transaction=True)
def test_a_slice_of_the_list_is_taken_whole_and_once(lists: Path, tmp_path: Path) -> None:
    part = slice_of(lists, tmp_path / "part.tar.gz", 2)
    report = mbox(part)
    assert report.counts["messages"] == report.counts["posts"] + report.counts["duplicates"]
    assert Post.objects.count() == report.counts["posts"] > 300
    assert list(drift()) == []
    assert not mbox(part).added()


@pytest.mark.one_database
@pytest.mark.django_db
def test_the_whole_forum_is_read_without_a_fault(topics: Path) -> None:
    counts = discourse(topics, dry_run=True).counts
    wanted = {"threads": 5046, "posts": 36895, "events": 95, "members": 999, "reply_links": 10070, "recs": 11199}
    assert {key: counts[key] for key in wanted} == wanted
    assert counts["reply_links_missing"] == 65
    assert Discourse.engine == "discourse"


def imported(home: Path, engine: str, archive: Path, **environ: str) -> dict[str, Any]:
    """Import with the real command and return its report."""
    words = [
        sys.executable,
        "-P",
        "-m",
        "palaver.cli.main",
        "import",
        engine,
        str(archive),
        "--json",
        "--quiet",
        "--checksum",
    ]
    done = subprocess.run(words, env={**environment(home), **environ}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.long
def test_every_month_of_the_list_is_imported(lists: Path, prepared_home: Path) -> None:
    found = imported(prepared_home, "mbox", lists)
    # 11,400 Message-IDs, and the one message without any, which is there three times.
    assert (found["messages"], found["posts"], found["without_id"]) == (28429, 11401, 3)
    assert found["duplicates"] == 28429 - 11401
    again = imported(prepared_home, "mbox", lists)
    assert (again["posts"], again["checksum"]) == (0, found["checksum"])
    assert run("doctor", home=prepared_home).returncode == 0


@pytest.mark.long
def test_kills_at_any_moment_change_nothing_of_what_is_imported(
    topics: Path, prepared_home: Path, tmp_path: Path
) -> None:
    clean = tmp_path / "clean"
    clean.mkdir()
    assert run("migrate", "--quiet", home=clean).returncode == 0
    began = time.monotonic()
    wanted = imported(clean, "discourse", topics)
    whole = time.monotonic() - began
    chance = random.Random()
    command = [sys.executable, "-P", "-m", "palaver.cli.main", "import", "discourse", str(topics), "--quiet"]
    stood = between = 0
    for _ in range(KILLS):
        process = subprocess.Popen(command, env=environment(prepared_home), stdout=subprocess.DEVNULL)
        try:
            process.wait(chance.uniform(0.05, 0.6) * whole)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with sqlite3.connect(prepared_home / "palaver.sqlite3") as database:
            stands = int(database.execute("SELECT count(*) FROM forums_post").fetchone()[0])
        assert stands >= stood, "what was stored before a kill is there after it"
        stood = stands
        between += 0 < stood < wanted["posts"]
    assert between, "no kill came in the middle"
    found = imported(prepared_home, "discourse", topics)
    assert found["checksum"] == wanted["checksum"]
    assert imported(prepared_home, "discourse", topics)["posts"] == 0
    assert run("doctor", home=prepared_home).returncode == 0


@pytest.mark.long
def test_both_databases_tell_the_same_checksum(topics: Path, lists: Path, prepared_home: Path, tmp_path: Path) -> None:
    address = os.environ.get("PALAVER_TEST_POSTGRESQL", "")
    if not address:
        pytest.skip("PALAVER_TEST_POSTGRESQL names no empty PostgreSQL database")
    other = tmp_path / "other"
    other.mkdir()
    told = subprocess.run(
        [sys.executable, "-P", "-m", "palaver.cli.main", "migrate", "--quiet"],
        env={**environment(other), "PALAVER_DATABASE_URL": address}, capture_output=True, text=True,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    for engine, archive in (("discourse", topics), ("mbox", lists)):
        ours = imported(prepared_home, engine, archive)
        theirs = imported(other, engine, archive, PALAVER_DATABASE_URL=address)
        assert {**ours, "name_samples": None} == {**theirs, "name_samples": None}
