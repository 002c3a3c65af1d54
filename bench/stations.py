"""Two Djangos cannot live in one process, so each side of a comparison is a *station*: a process that calls its handler when told.

The line between them is text. The measurer writes `<call> <times>`; the station calls that often and writes back JSON with the
CPU seconds of its thread a call. The measurer lets the stations take turns. `<call> body` gives the page itself, for looking.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

Call = Callable[[], bytes]


def wsgi(handler: Any, path: str, cookie: str, *, host: str = "127.0.0.1", **more: str) -> Call:
    """A call of a WSGI application as a server makes it: a new environ, the body joined, closed."""
    name, _, query = path.partition("?")

    def call() -> bytes:
        environ = {
            "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": name, "QUERY_STRING": query, "SERVER_NAME": host,
            "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": host,
            "HTTP_COOKIE": cookie, "HTTP_ACCEPT": "text/html", "HTTP_ACCEPT_LANGUAGE": "en", "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "wsgi.multithread": False,
            "wsgi.multiprocess": True, "wsgi.run_once": False, **more,
        }  # fmt: skip
        seen: list[str] = []
        answer = handler(environ, lambda status, headers, problem=None: seen.append(status))
        body = b"".join(answer)
        answer.close()
        if not seen[0].startswith("200"):
            raise SystemExit(f"{path} answered {seen[0]}: {body[:500]!r}")
        return body

    return call


def serve(calls: Mapping[str, Call], *, facts: Mapping[str, Any]) -> None:
    """Answer orders from standard input until it ends. The first line out is the facts."""
    print(json.dumps(dict(facts)), flush=True)
    for line in sys.stdin:
        name, _, rest = line.strip().partition(" ")
        call = calls[name]
        if rest == "body":
            print(json.dumps(call().decode("utf-8", "replace")), flush=True)
            continue
        times = int(rest)
        began = time.thread_time()
        for _ in range(times):
            call()
        print(json.dumps((time.thread_time() - began) / times), flush=True)


class Station:
    """A station started in a process of its own. Use it as a context."""

    def __init__(self, module: str, *arguments: str, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, *arguments],
            env={**os.environ, **environment}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.facts: dict[str, Any] = self._line()

    def _line(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The station ended with {self._process.wait()}.")
        return json.loads(line)

    def order(self, call: str, what: str | int) -> Any:
        """Seconds of CPU a call for a number of calls; the page's text for "body"."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{call} {what}\n")
        self._process.stdin.flush()
        return self._line()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
