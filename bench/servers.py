"""What is served and what loads it: nginx, the product's own `serve`, wrk. Loopback, bounded, each ended by who started it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
LONGEST = 60
"""Seconds that one load may last at most."""


class Unfit(Exception):
    """A part that the measurement needs is not there, said for a person."""


def free_port() -> int:
    """A port of the loopback interface that nobody holds now; PALAVER_BENCH_PORTS="8180-8199" keeps to a range."""
    wanted = os.environ.get("PALAVER_BENCH_PORTS", "")
    first, _, last = wanted.partition("-")
    for port in range(int(first), int(last or first) + 1) if wanted else [0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Unfit(f"No port of {wanted} is free.")


def tools(*names: str) -> None:
    """Install what is missing of Debian's packages of these names when we may, else say how."""
    package = {"wrk": "wrk", "nginx": "nginx-light", "strace": "strace"}
    missing = [name for name in names if not shutil.which(name) and not Path("/usr/sbin", name).exists()]
    if not missing:
        return
    packages = [package[name] for name in missing]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        # Debian starts a freshly installed nginx where services run; a policy of 101 keeps it from doing so.
        policy = Path("/usr/sbin/policy-rc.d")
        ours = not policy.exists()
        if ours:
            policy.write_text("#!/bin/sh\nexit 101\n")
            policy.chmod(0o755)
        try:
            subprocess.run(["apt-get", "update", "-qq"], env=environment, timeout=300, **quiet)
            subprocess.run(
                ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
                env=environment,
                timeout=600,
                **quiet,
            )
        finally:
            if ours:
                policy.unlink()
    still = [name for name in missing if not shutil.which(name) and not Path("/usr/sbin", name).exists()]
    if still:
        raise Unfit(
            f"{' and '.join(still)} missing. On Debian: apt-get install {' '.join(package[name] for name in still)}"
        )


def ask(
    port: int, path: str, headers: Mapping[str, str] | None = None, *, method: str = "GET"
) -> tuple[int, dict[str, str], bytes]:
    """One request: status, headers in lower case, body as sent."""
    connection = HTTPConnection(HOST, port, timeout=20)
    try:
        connection.request(method, path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def wait_for(port: int, path: str, process: subprocess.Popen[Any], seconds: float = 30) -> None:
    """Until the page is answered with 200. Raises Unfit when the process dies or time is up."""
    end = time.monotonic() + seconds
    last: object = "nothing"
    while time.monotonic() < end:
        if process.poll() is not None:
            raise Unfit(f"The server on port {port} ended with {process.returncode}.")
        try:
            status, _, _ = ask(port, path)
            if status == 200:
                return
            last = status
        except OSError as error:
            last = error
        time.sleep(0.02)
    raise Unfit(f"Port {port} did not answer {path} in {seconds:.0f} s: {last}")


def end(process: subprocess.Popen[Any], seconds: float = 10) -> None:
    """End a process that we started, kindly and then not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def nginx(
    folder: Path, files: Mapping[str, tuple[bytes, Mapping[str, str]]], *, workers: int = 2
) -> Iterator[tuple[int, int]]:
    """nginx as it is set up for static files, serving bytes under paths, each with its headers. Gives (port, pid of master)."""
    binary = shutil.which("nginx") or "/usr/sbin/nginx"
    port = free_port()
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "files").mkdir(parents=True)
    folder.chmod(0o755)
    places = []
    for number, (path, (content, headers)) in enumerate(files.items()):
        (folder / "files" / str(number)).write_bytes(content)
        told = {name: value.replace("\\", "\\\\").replace('"', '\\"') for name, value in headers.items()}
        lines = "".join(
            f'add_header {name} "{value}";'
            for name, value in told.items()
            if name not in ("content-type", "content-length")
        )
        kind = headers.get("content-type", "text/html; charset=utf-8")
        places.append(f'location = {path} {{ default_type "{kind}"; alias {folder}/files/{number}; {lines} }}')
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} worker_processes {workers}; daemon off; pid {folder}/pid; error_log stderr crit;"
        "events { worker_connections 1024; }"
        "http { access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000; etag off;"
        f"open_file_cache max=100; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;"
        f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;"
        f"server {{ listen {HOST}:{port} reuseport; {' '.join(places)} }} }}"
    )
    process = subprocess.Popen([binary, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", "stderr"])
    try:
        wait_for(port, next(iter(files)), process)
        yield port, process.pid
    finally:
        end(process)


@contextmanager
def palaver(
    home: Path, *, workers: int = 2, database: str = "", log: Path | None = None
) -> Iterator[tuple[int, subprocess.Popen[Any]]]:
    """The product, served as `bin/palaver serve` serves it, on a home that is migrated. Gives (port, supervisor)."""
    port = free_port()
    environment = {
        **os.environ, "PALAVER_HOME": str(home), "PALAVER_DATABASE_URL": database, "PALAVER_WORKERS": str(workers),
        "PALAVER_ORIGIN": f"http://{HOST}:{port}",
    }  # fmt: skip
    with (log or home / "serve.log").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "palaver.cli.main", "serve", "--port", str(port)],
            env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_for(port, "/healthz", process)
            yield port, process
        finally:
            end(process)


@dataclass(frozen=True, slots=True)
class Load:
    """What a run of wrk saw. Latencies are seconds."""

    requests: int
    rate: float
    p50: float
    p99: float
    failed: int


_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


def wrk(
    port: int,
    path: str,
    *,
    seconds: float,
    connections: int = 16,
    headers: Mapping[str, str] | None = None,
    threads: int = 1,
) -> Load:
    """Load one address. One thread of wrk is enough for two cores and leaves the server the rest."""
    duration = min(max(int(seconds), 1), LONGEST)
    command = ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{duration}s", "--latency", "--timeout", "10s"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    said = subprocess.run(
        [*command, f"http://{HOST}:{port}{path}"], capture_output=True, text=True, check=True, timeout=duration + 30
    ).stdout
    total = re.search(r"(\d+) requests in", said)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if total is None or rate is None:
        raise Unfit(f"wrk said nothing that can be read: {said[:300]}")
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    failed = (int(errors[1]) if errors else 0) + (sum(map(int, broken.groups())) if broken else 0)
    shares = {
        share: float(value) * _UNITS[unit]
        for share, value, unit in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s|m)\b", said)
    }
    return Load(int(total[1]), float(rate[1]), shares.get("50", 0.0), shares.get("99", 0.0), failed)
