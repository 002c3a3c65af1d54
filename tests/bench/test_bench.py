"""That what `bin/bench` measures is what is meant: the community is whole, both sides show the same page, reports have their shape.

No test here looks at a time.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bench.measuring import Row
from bench.stations import Station

from bench import community, measuring, run

ROOT = Path(__file__).resolve().parents[2]

DRIFT = """
import json, django
django.setup()
from palaver.forums.counting import drift
from palaver.forums.models import Forum, Post, Thread
print(json.dumps({
    "drift": list(drift()), "posts": Post.objects.count(), "threads": Thread.objects.count(),
    "long": Thread.objects.get(pk=1).post_count, "main": Forum.objects.filter(is_main=True).count(),
    "sum": sum(Post.objects.values_list("rec_count", flat=True)), "ends": str(Post.objects.get(pk=500).path),
}))
"""


def environment(home: Path) -> dict[str, str]:
    named = {
        **os.environ,
        "PALAVER_HOME": str(home),
        "PALAVER_DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "palaver.project.settings",
    }
    return {**named, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}


def told(home: Path, script: str) -> Any:
    said = subprocess.run(
        [sys.executable, "-P", "-c", script], env=environment(home), capture_output=True, text=True, timeout=120
    )
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout.splitlines()[-1])


def make(home: Path) -> Path:
    home.mkdir()
    command = [sys.executable, "-P", "-m", "bench.community", "tiny"]
    made = subprocess.run(command, env=environment(home), capture_output=True, text=True, timeout=120)
    assert made.returncode == 0, made.stderr
    return home


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("bench") / "tiny")


@pytest.fixture(scope="module")
def sides(tiny: Path) -> Iterator[tuple[Station, Station]]:
    """Our station and the twin's, on the same rows."""
    named = {**environment(tiny), "TWIN_DATABASE": str(tiny / "palaver.sqlite3")}
    page = str(community.PAGE_THREAD)
    with (
        Station("bench.ours", page, environment=named) as ours,
        Station("bench.twin.station", page, environment=named) as twin,
    ):
        yield ours, twin


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<article [^>]*id="p(\d+)"', page)]


def test_the_generated_community_is_as_large_as_promised_and_has_no_drift(tiny: Path) -> None:
    told_of = told(tiny, DRIFT)
    assert told_of["drift"] == []
    assert (told_of["posts"], told_of["threads"]) == (community.TINY.posts, community.TINY.threads)
    assert told_of["long"] == community.TINY.long + 1
    assert told_of["main"] == 4
    assert told_of["sum"] > 0


def test_the_same_seed_gives_the_same_community(tiny: Path, tmp_path: Path) -> None:
    again = make(tmp_path / "again")
    assert told(again, DRIFT) == told(tiny, DRIFT)


def test_the_drift_of_a_spoilt_community_is_seen(tmp_path: Path) -> None:
    spoilt = make(tmp_path / "spoilt")
    script = """
import json, django
django.setup()
from django.db import transaction
from palaver.forums.models import Thread
with transaction.atomic():
    Thread.objects.filter(pk=3).update(post_count=10_000)
"""
    assert told(spoilt, script + DRIFT.replace("import json, django\ndjango.setup()", ""))["drift"] != []


def test_the_twin_shows_the_posts_that_we_show(sides: tuple[Station, Station]) -> None:
    ours, twin = (side.order("page", "body") for side in sides)
    assert numbers(ours) == list(range(51))
    assert numbers(twin) == numbers(ours)


def test_bare_asgi_shows_the_posts_that_we_show(sides: tuple[Station, Station]) -> None:
    ours, _ = sides
    assert numbers(ours.order("bare", "body")) == numbers(ours.order("page", "body"))


def test_cold_fragments_give_the_same_page(sides: tuple[Station, Station]) -> None:
    ours, _ = sides
    assert numbers(ours.order("cold", "body")) == numbers(ours.order("page", "body"))


def test_the_twin_is_a_good_developers_work(sides: tuple[Station, Station]) -> None:
    """At most twelve statements, and it carries the same information as our page."""
    _, twin = sides
    assert 8 <= twin.facts["statements"] <= 12
    page = twin.order("page", "body")
    for part in ("<nav", "<table", 'class="reply"', "csrfmiddlewaretoken", "in reply to #", "recommendation"):
        assert part in page


def test_our_page_asks_no_more_than_four_statements(sides: tuple[Station, Station]) -> None:
    assert sides[0].facts["statements"] <= 4


def test_the_last_full_pages_of_the_long_thread_are_full(sides: tuple[Station, Station]) -> None:
    ours, _ = sides
    for view in ("flat", "tree"):
        first, last = (numbers(ours.order(f"{view}-{end}", "body")) for end in ("first", "last"))
        assert len(first) == len(last) == 51
        assert max(last) > max(first) or view == "tree"


def test_a_row_is_public_in_the_agreed_shape() -> None:
    shown = Row("3", "a ratio", 14.9, 15, 30, True).public()
    assert {"id", "what", "value", "floor", "aim", "ok"} <= set(shown)
    assert shown["ok"] is False
    assert Row("9", "a time", 3.0, 6, 4, False).public()["ok"] is True
    assert run.public(Row("7", "nothing", float("nan"), 6, 4, False))["value"] is None
    json.dumps(shown, allow_nan=False)


def test_a_row_that_could_not_be_measured_is_not_ok() -> None:
    assert not Row("7", "nothing", float("nan"), 6, 4, False).ok
    assert not Row("3", "nothing", float("nan"), 15, 30, True).ok


def test_every_row_asked_for_has_its_module_and_others_are_refused() -> None:
    assert run.chosen("3, 9") == ["members", "posting"]
    assert run.chosen("") == list(run.GROUPS)
    for name in run.GROUPS:
        assert (ROOT / "bench" / "rows" / f"{name}.py").is_file()
    with pytest.raises(SystemExit, match="no row 99"):
        run.chosen("99")


def test_cpu_and_memory_of_a_process_are_read_from_the_kernel() -> None:
    own = [os.getpid()]
    before = measuring.cpu(own)
    while measuring.cpu(own) - before < 0.02:
        sum(range(100_000))
    assert measuring.memory(own) > 5
    assert os.getpid() in measuring.family(os.getppid())
