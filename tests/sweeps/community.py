"""A small community for sweeps: made and acted on by a process of its own, and asked for over plain HTTP connections."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import brotli
import zstandard

from tests.conftest import ROOT
from tests.journeys.running import Serving, environment

ENCODINGS = ("identity", "gzip", "br", "zstd")


class Refused(Exception):
    """A verb has said no; the text is its sentence."""


class Hands:
    """Verbs carried out by another process: `hands.reply(thread=1, by="Ana", text="…")`."""

    def __init__(self, home: Path, **more: str) -> None:
        path = os.pathsep.join(p for p in (more.pop("PYTHONPATH", ""), str(ROOT / "src"), str(ROOT)) if p)
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(ROOT / "tests" / "sweeps" / "hands.py")],
            env=environment(home, **more, PYTHONPATH=path),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __getattr__(self, do: str) -> Any:
        def act(**words: Any) -> Any:
            assert self.process.stdin is not None and self.process.stdout is not None
            self.process.stdin.write(json.dumps({"do": do, **words}) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
            assert line, f"The process that acts has ended during {do}."
            said = json.loads(line)
            if "refused" in said:
                raise Refused(said["refused"])
            assert "ok" in said, f"{do}: {said}"
            return said["ok"]

        return act

    def close(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


@contextmanager
def hands(home: Path, **more: str) -> Iterator[Hands]:
    """The acting process of a home, ended afterwards."""
    acting = Hands(home, **more)
    try:
        yield acting
    finally:
        acting.close()


@dataclass
class People:
    """Session keys by name, and the forum they meet in."""

    sessions: dict[str, str]
    ids: dict[str, int]
    forum: int
    slug: str


def found(acting: Hands, names: tuple[str, ...] = ("Odile", "Ana", "Bram", "Chidi")) -> People:
    """Odile the operator, Chidi the host of one main forum, and members."""
    made = [acting.join(name=name) for name in names]
    acting.make_operator(name="Odile")
    forum = acting.open_forum(name="The hall", by="Odile", host="Chidi" if "Chidi" in names else "")
    return People(
        {m["name"]: m["session"] for m in made}, {m["name"]: m["id"] for m in made}, forum["id"], forum["slug"]
    )


@dataclass
class Page:
    """An answer, unpacked."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def worker(self) -> str:
        """Which page worker answered: request ids begin with a series of its own."""
        return self.headers.get("x-request-id", "")[:8]


class Visitor:
    """One kept connection to the application: always the same page worker answers it."""

    def __init__(self, running: Serving, session: str = "", *, timeout: float = 30) -> None:
        place = urlsplit(running.address)
        self.origin = running.address
        self.session = session
        self.connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=timeout)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Page:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.session:
            sent["Cookie"] = f"palaver_session={self.session}"
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        content = answer.read()
        got = {name.lower(): value for name, value in answer.getheaders()}
        return Page(answer.status, got, unpacked(content, got.get("content-encoding", "identity")))

    def get(self, path: str, **headers: str) -> Page:
        return self.ask("GET", path, **headers)

    def post(self, path: str, **fields: str) -> Page:
        body = urlencode(fields).encode()
        return self.ask("POST", path, body, Origin=self.origin, Content_Type="application/x-www-form-urlencoded")

    def close(self) -> None:
        self.connection.close()


def unpacked(body: bytes, encoding: str) -> bytes:
    """A body without its content encoding."""
    if not body or encoding == "identity":
        return body
    if encoding == "gzip":
        return gzip.decompress(body)
    if encoding == "br":
        return bytes(brotli.decompress(body))
    assert encoding == "zstd", encoding
    return zstandard.ZstdDecompressor().decompressobj().decompress(body)


def of_each_worker(running: Serving, workers: int = 2) -> list[Visitor]:
    """One guest's connection to each page worker: connections are made until all have answered."""
    met: dict[str, Visitor] = {}
    for _ in range(200):
        visitor = Visitor(running)
        try:
            worker = visitor.get("/healthz").worker
        except (OSError, http.client.HTTPException):
            visitor.close()
            continue
        if worker in met or not worker:
            visitor.close()
        else:
            met[worker] = visitor
        if len(met) == workers:
            return list(met.values())
    raise AssertionError(f"Only {len(met)} of {workers} page workers answered 200 new connections.")


def children(pid: int) -> list[int]:
    """The processes that a process has started and that are alive."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in listed]
