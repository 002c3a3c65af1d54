"""The supervisor: loads the application once, forks page workers and the jobs process, and keeps them alive.

Every child holds the reading end of a pipe whose writing end only the supervisor has: when it dies, however it dies,
they read the end of the pipe and go.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import resource
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from palaver.front import logs, worker
from palaver.front.door import static_of, words_of
from palaver.front.given import Front

#: Runs until the event is set, then returns within four seconds.
Jobs = Callable[[threading.Event], None]

STOP_SECONDS = 4.8


class AlreadyRunning(Exception):
    """Another supervisor holds this home or this port. Its text is fit for the operator."""


@dataclass(slots=True)
class _Child:
    name: str
    start: Callable[[], int]
    pid: int = 0
    began: float = 0.0
    failures: int = 0
    again: float = 0.0


def run(
    front: Front,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int | None = None,
    jobs: Jobs | None = None,
    *,
    origin: str = "",
) -> None:
    """Serve until SIGTERM or SIGINT. Returns when every child has gone. Must be called before any thread is started.

    Raises AlreadyRunning when another supervisor serves this home, or the port is taken.
    """
    _Supervisor(front, host, port, workers or os.cpu_count() or 1, jobs, origin).serve()


def bind(host: str, port: int, count: int) -> list[socket.socket]:
    """A listening socket for each worker, all on one address. They outlive the workers: what waits in the queue of one
    that died is answered by its successor."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    probe = socket.socket(family, socket.SOCK_STREAM)
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((host, port))
    except OSError as problem:
        raise AlreadyRunning(f"Port {port} on {host} cannot be used: {problem.strerror}.") from None
    finally:
        probe.close()
    listeners = []
    for _ in range(count):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((host, port))
        listener.listen(1024)
        listener.setblocking(False)
        listeners.append(listener)
    return listeners


class _Supervisor:
    def __init__(self, front: Front, host: str, port: int, workers: int, jobs: Jobs | None, origin: str) -> None:
        self.front = front
        self.host = host
        self.port = port
        self.workers = workers
        self.jobs = jobs
        self.origin = origin
        self.children: list[_Child] = []
        self.ready: list[int] = []
        self.announced = False
        self.stopping = False

    def serve(self) -> None:
        run_folder = self.front.home_run
        run_folder.mkdir(parents=True, exist_ok=True)
        # Thousands of readers are thousands of open files; what we may have, we take.
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self._hold(run_folder / "palaver.pid")
        self.listeners = bind(self.host, self.port, self.workers)
        self.handler = self.front.load()
        self.words = words_of(self.front)
        self.static = static_of(self.front)
        self.alive_out, self.alive_in = os.pipe()
        self.wake_out, self.wake_in = os.pipe()
        os.set_blocking(self.wake_in, False)
        os.set_blocking(self.wake_out, False)
        signal.set_wakeup_fd(self.wake_in, warn_on_full_buffer=False)
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGHUP):
            signal.signal(sign, self._signalled)
        gc.collect()
        gc.freeze()
        for number in range(self.workers):
            self.children.append(_Child(f"worker-{number}", lambda number=number: self._fork_worker(number)))  # type: ignore[misc]
        if self.jobs is not None:
            self.children.append(_Child("jobs", self._fork_jobs))
        for child in self.children:
            self._start(child)
        self._watch()
        self._stop()

    def _hold(self, path: Any) -> None:
        self.pid_file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self.pid_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"Palaver already runs with this home (see {path}). Stop it first.") from None
        os.ftruncate(self.pid_file, 0)
        os.write(self.pid_file, f"{os.getpid()}\n".encode())

    def _signalled(self, sign: int, frame: Any) -> None:
        if sign in (signal.SIGTERM, signal.SIGINT):
            self.stopping = True

    # Children -----------------------------------------------------------------------------------------------------

    def _start(self, child: _Child) -> None:
        child.began = time.monotonic()
        child.pid = child.start()

    def _in_child(self) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for descriptor in (self.alive_in, self.wake_in, self.wake_out, self.pid_file, *self.ready):
            os.close(descriptor)

    def _fork_worker(self, number: int) -> int:
        ready_out, ready_in = os.pipe()
        pid = os.fork()
        if pid:
            os.close(ready_in)
            self.ready.append(ready_out)
            return pid
        code = 1
        try:
            os.close(ready_out)
            self._in_child()
            for other, listener in enumerate(self.listeners):
                if other != number:
                    listener.close()
            worker.work(
                self.front,
                self.handler,
                self.words,
                self.static,
                number,
                self.listeners[number],
                self.alive_out,
                ready_in,
            )
            code = 0
        except BaseException as problem:
            logs.line("crash", process=f"worker-{number}", error=repr(problem), trace=logs.trace(problem))
        finally:
            os._exit(code)

    def _fork_jobs(self) -> int:
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            self._in_child()
            for listener in self.listeners:
                listener.close()
            self._work_off()
            code = 0
        except BaseException as problem:
            logs.line("crash", process="jobs", error=repr(problem), trace=logs.trace(problem))
        finally:
            os._exit(code)

    def _work_off(self) -> None:
        assert self.jobs is not None
        stop = threading.Event()

        def stop_soon() -> None:
            stop.set()
            time.sleep(STOP_SECONDS - 0.5)
            os._exit(1)

        def watch() -> None:
            select.select([self.alive_out], [], [])
            stop_soon()

        threading.Thread(target=watch, daemon=True).start()
        signal.signal(signal.SIGTERM, lambda sign, frame: threading.Thread(target=stop_soon, daemon=True).start())
        self.jobs(stop)

    # Watching -----------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        swept = time.monotonic()
        while not self.stopping:
            pause = 1.0
            now = time.monotonic()
            for child in self.children:
                if not child.pid:
                    pause = min(pause, max(0.0, child.again - now))
            found, _, _ = select.select([self.wake_out, *self.ready], [], [], pause)
            if self.wake_out in found:
                _empty(self.wake_out)
            for descriptor in found:
                if descriptor != self.wake_out:
                    self._heard(descriptor)
            self._reap()
            if self.stopping:
                return
            now = time.monotonic()
            for child in self.children:
                if not child.pid and child.again <= now:
                    self._start(child)
            if now - swept >= 2:
                swept = now
                self.words.sweep()

    def _heard(self, descriptor: int) -> None:
        if os.read(descriptor, 1) == b"r" and not self.announced:
            self.announced = True
            print(f"Palaver answers at {self.origin or f'http://{self.host}:{self.port}'}/", flush=True)
        self.ready.remove(descriptor)
        os.close(descriptor)

    def _reap(self) -> None:
        for child in self.children:
            if not child.pid:
                continue
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if not pid:
                continue
            now = time.monotonic()
            child.pid = 0
            if now - child.began > 10:
                child.failures = 0
            child.again = now + min(5.0, 0.05 * 2**child.failures)
            child.failures = min(child.failures + 1, 10)
            if not self.stopping:
                logs.line("died", process=child.name, status=os.waitstatus_to_exitcode(status))

    def _stop(self) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        self._tell(signal.SIGTERM)
        for listener in self.listeners:
            listener.close()
        while any(child.pid for child in self.children) and time.monotonic() < deadline:
            select.select([self.wake_out], [], [], 0.05)
            _empty(self.wake_out)
            self._reap()
        if any(child.pid for child in self.children):
            self._tell(signal.SIGKILL)
            for child in self.children:
                if child.pid:
                    os.waitpid(child.pid, 0)
        signal.set_wakeup_fd(-1)
        os.close(self.alive_in)
        sys.stdout.flush()

    def _tell(self, sign: int) -> None:
        for child in self.children:
            if child.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child.pid, sign)


def _empty(descriptor: int) -> None:
    try:
        while os.read(descriptor, 512):
            pass
    except BlockingIOError:
        pass
