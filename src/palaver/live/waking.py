"""Wake-ups between the processes of one host: datagrams on unix sockets, one socket for each page worker.

A lost datagram costs little: workers with open streams look at the table every two seconds anyway. Across hosts a
NOTIFY or a Redis channel would call `wake` on each; nothing else would change.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

from palaver.kit import env

LONGEST_ADDRESS = 107


def address(folder: Path, worker: int) -> Path:
    """Where a worker listens."""
    return folder / f"live-{worker}.sock"


def wake(folder: Path | None = None) -> int:
    """Nudge every worker of the host; returns how many were reached. Never waits and never raises."""
    reached = 0
    try:
        folder = folder or env.home() / "run"
        listeners = [entry.path for entry in os.scandir(folder) if _is_ours(entry.name)]
        if not listeners:
            return 0
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            for listener in listeners:
                try:
                    sender.sendto(b"!", listener)
                    reached += 1
                except OSError:
                    continue  # its worker is gone, or has so many wake-ups waiting that it needs no other
    except OSError:
        pass
    return reached


def _is_ours(name: str) -> bool:
    return name.startswith("live-") and name.endswith(".sock")


def listen(folder: Path, worker: int) -> socket.socket | None:
    """A worker's listening end; None where a unix socket cannot be had, as under a path that is too long."""
    path = address(folder, worker)
    if len(os.fsencode(path)) > LONGEST_ADDRESS:
        return None
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        os.chmod(path, 0o600)
        listener.setblocking(False)
    except OSError:
        listener.close()
        return None
    return listener
