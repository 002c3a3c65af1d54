"""The real supervisor with real processes on a real port."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
SITE = HERE / "small_site.py"
SRC = HERE.parents[1] / "src"
PATIENCE = 30.0


def free_port() -> int:
    for port in range(8136, 8150):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port")


class Site:
    def __init__(self, process: subprocess.Popen[str], port: int, home: Path) -> None:
        self.process, self.port, self.home = process, port, home

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body

    def raw(self, data: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            connection.sendall(data)
            received = b""
            while piece := connection.recv(65536):
                received += piece
        return received

    def children(self) -> list[int]:
        return [
            int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]

    def stream(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.sendall(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = b""
        while b"hello" not in received:
            received += connection.recv(4096)
        return connection


@contextmanager
def serving(home: Path, workers: int = 2) -> Iterator[Site]:
    port = free_port()
    environment = {**os.environ, "PYTHONPATH": str(SRC)}
    with open(home / "log", "w") as log:
        process = subprocess.Popen(
            [sys.executable, str(SITE), str(port), str(home / "run"), str(workers)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment,
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert f"http://127.0.0.1:{port}/" in line, (home / "log").read_text()
        yield Site(process, port, home)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("front")) as site:
        yield site


def eventually(question: object) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if question():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_page_comes_through_the_lane_with_the_common_headers_and_a_request_id(site: Site) -> None:
    status, headers, body = site.ask("/")
    assert (status, body) == (200, b"Hello 127.0.0.1 by http")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-request-id"]


def test_a_large_body_arrives_whole_and_one_over_the_cap_is_refused_with_a_sentence(site: Site) -> None:
    sent = os.urandom(3_000_000)
    assert site.ask("/echo", "POST", sent)[2] == sent
    assert site.ask("/echo", "POST", b"")[2] == b""
    status, _, body = site.ask("/", "POST", b"x" * 1001)
    assert status == 413 and b"too large" in body
    chunked = (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n"
        + b"x" * 2000
        + b"\r\n0\r\n\r\n"
    )
    assert site.raw(chunked).startswith(b"HTTP/1.1 413")


def test_streamed_answers_and_files_arrive_whole(site: Site) -> None:
    assert site.ask("/pieces")[2] == b"".join(b"%07d\n" % number for number in range(100_000))
    assert site.ask("/file")[2] == b"0123456789" * 100_000


def test_two_cookies_are_two_headers(site: Site) -> None:
    assert site.raw(b"GET /cookies HTTP/1.0\r\nHost: localhost\r\n\r\n").count(b"set-cookie:") == 2


def test_a_failing_view_answers_500_and_the_log_keeps_the_secret(site: Site) -> None:
    assert site.ask("/broken?q=private")[0] == 500
    assert eventually(lambda: '"status": 500' in (site.home / "log").read_text())
    assert "private" not in (site.home / "log").read_text()


def test_pipelined_requests_are_answered_in_order(site: Site) -> None:
    answer = site.raw(
        b"GET /slow?s=0.2 HTTP/1.1\r\nHost: localhost\r\n\r\n"
        b"GET /static/plain.svg HTTP/1.1\r\nHost: localhost\r\n\r\n"
        b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    assert answer.count(b"HTTP/1.1 200") == 3
    assert answer.index(b"done") < answer.index(b"<svg/>") < answer.index(b"Hello")


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"GET http://elsewhere/ HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nBad Header: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_what_is_no_clear_request_is_refused_and_the_connection_closed(site: Site, request_: bytes) -> None:
    answer = site.raw(request_)
    assert answer.startswith(b"HTTP/1.1 400"), answer
    assert b"connection: close" in answer


def test_a_head_too_large_is_refused(site: Site) -> None:
    answer = site.raw(b"GET / HTTP/1.1\r\nHost: a\r\nCookie: " + b"x" * 60_000 + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 431")


def test_a_forged_address_or_underscored_header_does_not_reach_django(site: Site) -> None:
    body = site.ask("/env", X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="https")[2].decode()
    assert "REMOTE_ADDR=127.0.0.1" in body and "203.0.113.9" not in body and "https" not in body
    answer = site.raw(b"GET /env HTTP/1.1\r\nHost: a\r\nX_Custom: forged\r\nConnection: close\r\n\r\n")
    assert b"HTTP_HOST" in answer and b"forged" not in answer


def test_static_files_come_packed_and_lasting_and_unchanged_ones_do_not_come_again(site: Site) -> None:
    status, headers, packed = site.ask("/static/0123456789abcdef.css", Accept_Encoding="gzip, zstd")
    assert status == 200 and headers["content-encoding"] == "zstd" and len(packed) < 200
    assert headers["content-type"] == "text/css; charset=utf-8" and "immutable" in headers["cache-control"]
    assert site.ask("/static/0123456789abcdef.css", If_None_Match=headers["etag"])[::2] == (304, b"")
    assert site.ask("/static/no-such.css")[0] == 404
    assert "immutable" not in site.ask("/static/plain.svg")[1]["cache-control"]


def test_a_head_request_has_the_length_and_no_body(site: Site) -> None:
    answer = site.raw(b"HEAD /static/plain.svg HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert b"content-length: 6\r\n" in answer and answer.endswith(b"\r\n\r\n")


def test_health_and_readiness_are_told(site: Site) -> None:
    assert site.ask("/healthz")[::2] == (200, b"alive\n")
    assert site.ask("/readyz")[::2] == (200, b"ready\n")


def test_a_full_lane_answers_503_and_when_to_come_back(tmp_path: Path) -> None:
    with serving(tmp_path, workers=1) as site:
        busy = []
        for _ in range(6):
            connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
            connection.request("GET", "/slow?s=1.5")
            busy.append(connection)
        answers = [connection.getresponse() for connection in busy]
        refused = [answer for answer in answers if answer.status == 503]
        # One at work and one waiting; the first may not have left the queue when the second came.
        assert len(refused) in (4, 5), [answer.status for answer in answers]
        assert all(answer.getheader("retry-after") for answer in refused)
        assert b"busy" in refused[0].read()
        assert site.ask("/")[0] == 200, "the other lane is free"


def test_a_killed_worker_is_started_again_and_so_is_the_jobs_process(tmp_path: Path) -> None:
    with serving(tmp_path) as site:
        before = site.children()
        assert len(before) == 3
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: len(site.children()) == 3 and not set(site.children()) & set(before))
        assert eventually(lambda: site.ask("/")[0] == 200)


def test_all_go_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    with serving(tmp_path) as site:
        children = site.children()
        site.process.kill()
        site.process.wait()
        assert eventually(lambda: all(gone(pid) for pid in children))


def test_a_drain_ends_a_hundred_streams_finishes_what_has_begun_and_refuses_what_comes(tmp_path: Path) -> None:
    with serving(tmp_path, workers=1) as site:
        streams = [site.stream() for _ in range(100)]
        working = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
        working.request("GET", "/slow?s=1")
        late = socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE)
        late.sendall(b"GET / HTTP/1.1\r\nHost: lo")
        time.sleep(0.3)
        site.process.send_signal(signal.SIGTERM)
        for stream in streams:
            received = b""
            while piece := stream.recv(4096):
                received += piece
            assert b"retry: 1234" in received and received.endswith(b"0\r\n\r\n")
        late.sendall(b"calhost\r\n\r\n")
        assert late.recv(4096).startswith(b"HTTP/1.1 503")
        assert working.getresponse().read() == b"done"
        assert site.process.wait(PATIENCE) == 0


def test_a_second_supervisor_on_the_same_home_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path, workers=1) as site:
        second = subprocess.run(
            [sys.executable, str(SITE), str(free_port()), str(tmp_path / "run"), "1"],
            env={**os.environ, "PYTHONPATH": str(SRC)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert second.returncode != 0 and "already runs" in second.stderr
        assert site.ask("/")[0] == 200


def test_the_same_front_answers_on_another_server(tmp_path: Path) -> None:
    port = free_port()
    code = (
        "import sys, pathlib, uvicorn; sys.path.insert(0, sys.argv[1]); import small_site; "
        "from palaver.front.asgi import application; "
        "front = small_site.front(pathlib.Path(sys.argv[2])); "
        "uvicorn.run(application(front), port=int(sys.argv[3]), log_level='error')"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(HERE), str(tmp_path), str(port)], env={**os.environ, "PYTHONPATH": str(SRC)}
    )
    site = Site(process, port, tmp_path)  # type: ignore[arg-type]

    def answers() -> bool:
        try:
            return site.ask("/healthz")[0] == 200
        except OSError:
            return False

    try:
        assert eventually(answers)
        assert site.ask("/")[2] == b"Hello 127.0.0.1 by http"
        assert site.ask("/echo", "POST", b"x" * 200_000)[2] == b"x" * 200_000
        assert site.ask("/", "POST", b"x" * 1001)[0] == 413
        assert len(site.ask("/pieces")[2]) == 800_000
        first = site.ask("/pages", Accept_Encoding="zstd")
        assert first[1]["content-encoding"] == "zstd"
        assert site.ask("/pages", Accept_Encoding="zstd", If_None_Match=first[1]["etag"])[0] == 304
    finally:
        process.terminate()
        process.wait(PATIENCE)
