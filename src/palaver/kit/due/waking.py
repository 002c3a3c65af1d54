"""A nudge for the jobs process, so that a due row does not wait for its next look at the table.

A datagram that is lost costs a second at most: the table is the truth, the socket only hurries.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
from pathlib import Path

from palaver.kit import env

LONGEST_ADDRESS = 107


def address() -> Path:
    """Where the jobs process listens."""
    return env.home() / "run" / "jobs.sock"


def wake() -> None:
    """Nudge the jobs process if there is one. Never waits and never raises."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        sender.sendto(b"!", str(address()))


class Bell:
    """The listening end. Without a socket (a path too long, a full disk) it only waits out the time."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._path = address()
        if len(os.fsencode(self._path)) > LONGEST_ADDRESS:
            return
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.unlink(missing_ok=True)
            listener.bind(str(self._path))
            os.chmod(self._path, 0o600)
            listener.setblocking(False)
        except OSError:
            listener.close()
        else:
            self._socket = listener

    @property
    def hears(self) -> bool:
        return self._socket is not None

    def wait(self, seconds: float) -> bool:
        """Wait until somebody rings, at most so many seconds; True when somebody did. Many rings count as one."""
        if self._socket is None:
            select.select([], [], [], max(0.0, seconds))
            return False
        ready, _, _ = select.select([self._socket], [], [], max(0.0, seconds))
        if not ready:
            return False
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.recv(16)
        return True

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
