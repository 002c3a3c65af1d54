from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import palaver
from palaver.cli import main
from palaver.kit.decisions import Refusal
from tests.journeys.running import environment
from tests.journeys.running import palaver as run


def test_the_version_is_told_without_a_home(home: Path) -> None:
    told = run("--version", home=home / "nowhere")
    assert (told.returncode, told.stdout) == (0, f"Palaver {palaver.__version__}\n")
    assert not (home / "nowhere").exists()


def test_every_command_is_listed_with_its_help(home: Path) -> None:
    told = run("--help", home=home).stdout
    for command in main.commands():
        assert command.NAME in told
        assert command.HELP.split(";")[0] in " ".join(told.split())


def test_command_names_are_different() -> None:
    names = [command.NAME for command in main.commands()]
    assert len(names) == len(set(names))


def test_an_unknown_command_is_refused_with_those_there_are(home: Path) -> None:
    told = run("dance", home=home)
    assert told.returncode == main.MISUSED
    assert "doctor" in told.stderr


@pytest.mark.parametrize("words", [["--home", "{}", "migrate", "--quiet"], ["migrate", "--quiet", "--home", "{}"]])
def test_home_may_stand_before_or_after_the_command(home: Path, words: list[str]) -> None:
    there = home / "there"
    told = run(*(word.format(there) for word in words), home=home / "elsewhere")
    assert told.returncode == 0, told.stderr
    assert (there / "palaver.sqlite3").is_file()
    assert not (home / "elsewhere").exists()


def test_what_cannot_be_done_is_one_sentence_and_a_code(home: Path) -> None:
    (home / "file").write_text("not a folder")
    told = run("migrate", "--home", str(home / "file" / "inside"), home=home)
    assert told.returncode == main.FAILED
    assert told.stderr.count("\n") == 1
    assert "Traceback" not in told.stderr
    assert str(home / "file") in told.stderr


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (Refusal("The thread is\n locked."), "The thread is locked."),
        (FileNotFoundError(2, "No such file or directory", "a.tar"), "a.tar: No such file or directory."),
        (ValueError(""), "ValueError."),
    ],
)
def test_a_trouble_becomes_a_sentence(trouble: BaseException, told: str) -> None:
    assert main.sentence(trouble) == told


def test_interrupting_is_quiet(home: Path) -> None:
    script = (
        "import os, signal, sys\n"
        # Whoever runs the tests in the background may have this signal ignored, and children inherit that.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from palaver.cli import main, migrate\n"
        "migrate.run = lambda args: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.exit(main.main(['migrate']))\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], env=environment(home), capture_output=True, text=True)
    assert (ended.returncode, ended.stderr.strip()) == (main.INTERRUPTED, "")


def test_a_reader_who_has_seen_enough_is_no_error(home: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, "-P", "-m", "palaver.cli.main", "--help"]
    with os.fdopen(writing, "wb") as gone:
        held_back = environment(home, PYTHONUNBUFFERED="")
        ended = subprocess.run(words, env=held_back, stdout=gone, stderr=subprocess.PIPE, text=True)
    assert (ended.returncode, ended.stderr) == (main.FAILED, "")
