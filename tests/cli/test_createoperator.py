from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.journeys.running import environment


def create(home: Path, *words: str, password: str) -> subprocess.CompletedProcess[str]:
    """Run the command with a password on its standard input."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "palaver.cli.main", "createoperator", *words],
        env=environment(home),
        input=password,
        capture_output=True,
        text=True,
    )


def operators(home: Path) -> list[str]:
    with sqlite3.connect(home / "palaver.sqlite3") as database:
        return [name for (name,) in database.execute("SELECT name FROM accounts_member WHERE is_operator")]


def test_the_first_operator_is_made_on_the_command_line(prepared_home: Path) -> None:
    made = create(prepared_home, "Chidi", "--email", "chidi@example.org", password="under the old tree\n")
    assert made.returncode == 0, made.stderr
    assert operators(prepared_home) == ["Chidi"]
    assert "under the old tree" not in made.stdout + made.stderr


def test_a_weak_password_is_refused_in_one_sentence_and_makes_nobody(prepared_home: Path) -> None:
    made = create(prepared_home, "Chidi", password="short\n")
    assert made.returncode == 1
    assert made.stderr.count("\n") == 1
    assert operators(prepared_home) == []


def test_whoever_is_an_operator_already_is_not_made_one_again(prepared_home: Path) -> None:
    create(prepared_home, "Chidi", password="under the old tree\n")
    again = create(prepared_home, "chidi", password="")
    assert again.returncode == 1
    assert "already" in again.stderr


def test_an_unprepared_database_is_named_with_the_way_out(home: Path) -> None:
    made = create(home, "Chidi", password="under the old tree\n")
    assert made.returncode == 1
    assert "palaver migrate" in made.stderr
