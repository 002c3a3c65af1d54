from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.journeys.running import environment
from tests.journeys.running import palaver as run


def posts_of_ana(home: Path) -> int:
    with sqlite3.connect(home / "palaver.sqlite3") as database:
        return int(database.execute("SELECT post_count FROM accounts_member WHERE name = 'Ana'").fetchone()[0])


def make_ana(home: Path, *, posts: int) -> None:
    """Ana, with a counter that no row supports."""
    made = subprocess.run(
        [sys.executable, "-P", "-m", "palaver.cli.main", "createoperator", "Ana"],
        env=environment(home),
        input="under the old tree",
        text=True,
        capture_output=True,
    )
    assert made.returncode == 0, made.stderr
    with sqlite3.connect(home / "palaver.sqlite3") as database:
        database.execute("UPDATE accounts_member SET post_count = ? WHERE name = 'Ana'", [posts])


def test_doctor_finds_nothing_in_an_empty_house(prepared_home: Path) -> None:
    told = run("doctor", home=prepared_home)
    assert (told.returncode, told.stderr) == (0, "")
    assert "agrees" in told.stdout


def test_drift_is_told_and_mended_only_when_asked(prepared_home: Path) -> None:
    make_ana(prepared_home, posts=7)
    told = run("doctor", home=prepared_home)
    assert told.returncode == 1
    assert "says 7; it is 0" in told.stdout
    assert posts_of_ana(prepared_home) == 7
    mended = run("doctor", "--mend", home=prepared_home)
    assert mended.returncode == 0, mended.stderr
    assert posts_of_ana(prepared_home) == 0
    assert run("doctor", home=prepared_home).returncode == 0
