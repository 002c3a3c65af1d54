"""The real application in a process of its own, started with the command that an operator uses."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT

SECONDS_TO_START = 90


@dataclass
class Serving:
    """A running application. `address` has no slash at its end; `log` holds what it printed."""

    address: str
    home: Path
    log: Path
    process: subprocess.Popen[bytes]

    def stop(self, *, within: float = 30) -> int:
        """Ask it to end (SIGTERM) and return its exit code; kill its whole group when it does not."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(within)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"SIGTERM did not end it within {within} s:\n{self.tail()}") from None
        return self.process.returncode

    def kill(self) -> None:
        """kill -9 the supervisor and every worker at once: they share the process group that we made for them."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def tail(self) -> str:
        """The last lines that it printed."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])


def free_port() -> int:
    """A port of the loopback interface that nobody listened on a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a started Palaver sees: this checkout, that home, `more`, and no setting of the developer's own."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PALAVER_", "DJANGO_", "PYTEST_"))
    }
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "PALAVER_HOME": str(home), **more}


def palaver(*words: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end, as `bin/palaver` would."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "palaver.cli.main", *words],
        env=environment(home, **more),
        capture_output=True,
        text=True,
        timeout=600,
    )


@contextmanager
def started(home: Path, words: Sequence[str] = ("serve",), **more: str) -> Iterator[Serving]:
    """`palaver serve --port N` (or other words) until /readyz answers 200; stopped afterwards by its process id."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    log = home / "printed.log"
    home.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "palaver.cli.main", *words, "--port", str(port)],
            env=environment(home, **{"PALAVER_ORIGIN": address, **more}),
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    running = Serving(address, home, log, process)
    try:
        _wait(running)
        yield running
        running.stop()
    finally:
        running.kill()


def _wait(running: Serving) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if running.process.poll() is not None:
            raise AssertionError(f"It ended with {running.process.returncode} before it was ready:\n{running.tail()}")
        try:
            with urllib.request.urlopen(f"{running.address}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    raise AssertionError(f"/readyz did not answer 200 within {SECONDS_TO_START} s:\n{running.tail()}")


def made_once(name: str, words: Sequence[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that a command has made: by the first worker of the run that needs it; the others wait for it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    home = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / f"{name}.made").exists():
            done = palaver(*words, home=home)
            assert done.returncode == 0, done.stderr
            (folder / f"{name}.made").touch()
    return home


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the demo community in it, filled once and never served: modules take copies."""
    return made_once("filled", ("demo", "--fill-only"), tmp_path_factory)


@pytest.fixture(scope="module")
def serving(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """The application with the demo community in it and two page workers, one for the journeys of a module."""
    home = Path(shutil.copytree(filled, tmp_path_factory.mktemp("serving") / "home"))
    with started(home, ("demo", "--workers", "2")) as running:
        yield running
