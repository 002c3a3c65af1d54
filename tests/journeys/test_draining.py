"""SIGTERM while a hundred readers hang on their streams."""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.journeys.running import started


def test_sigterm_with_a_hundred_open_streams_ends_within_five_seconds(filled: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(filled, tmp_path / "home"))
    with started(home, ("demo", "--workers", "2")) as running:
        where = urlsplit(running.address)
        streams = []
        for _ in range(100):
            stream = socket.create_connection((where.hostname, where.port), timeout=20)
            stream.sendall(f"GET /live?topics=thread:1 HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n".encode())
            assert stream.recv(64).startswith(b"HTTP/1.1 200")
            streams.append(stream)
        began = time.monotonic()
        code = running.stop(within=5)
        assert code == 0, f"{code} after {time.monotonic() - began:.1f} s"
        for stream in streams:
            told = b""
            while part := stream.recv(4096):
                told += part
            assert b"retry:" in told
            stream.close()
