"""The one writer: an advisory lock on a file beside the database, taken before BEGIN IMMEDIATE.

SQLite's own busy handler sleeps and tries again, so whoever wakes at the right instant wins and others starve. Waiters
for this lock stand in the kernel's queue instead. Two files make the queue hold: only the first in the queue asks for
the lock itself, so a process that ends one transaction and at once begins the next cannot overtake those who wait.
"""

from __future__ import annotations

import fcntl
import os
import threading
import weakref

from django.db import OperationalError


class LockTimeout(OperationalError):
    """Somebody else has been writing for longer than we may wait."""


class WriteLock:
    """One connection's claim to write. Not shared between threads; each connection has its own descriptors."""

    def __init__(self, path: str, *, like: str = "") -> None:
        """`path` is the lock file; a second one, `<path>q`, is the queue before it. Both are made on first use.

        They get the mode of the file `like`, and its owner when root makes them, so that whoever may write the one may
        lock the other.
        """
        self.path = path
        self.like = like
        self.held = False
        self._lock: int | None = None
        self._queue: int | None = None
        _all.add(self)

    def take(self, timeout: float) -> None:
        """Wait at most `timeout` seconds for the lock. Raises LockTimeout, or OperationalError (no file)."""
        if self.held:
            return
        if self._lock is None or self._queue is None:
            self._open()
        assert self._lock is not None and self._queue is not None
        if not (_at_once(self._queue) and _at_once(self._lock)):
            self._wait(timeout)
        self.held = True
        # Whoever is next may now step from the queue to the lock.
        fcntl.flock(self._queue, fcntl.LOCK_UN)

    def let_go(self) -> None:
        """Free the lock; nothing happens when it is not held."""
        if self.held:
            self.held = False
            if self._lock is not None:
                fcntl.flock(self._lock, fcntl.LOCK_UN)

    def close(self) -> None:
        """Free the lock and give back the descriptors."""
        self.let_go()
        self._drop()

    def __del__(self) -> None:
        self._drop()

    def _open(self) -> None:
        self._drop()
        try:
            self._lock = _opened(self.path, self.like)
            self._queue = _opened(self.path + "q", self.like)
        except OSError as error:
            self._drop()
            raise OperationalError(f"The write lock {self.path} cannot be opened: {error.strerror}.") from error

    def _drop(self) -> None:
        # Closing an inherited descriptor after a fork does not free the parent's lock; LOCK_UN would.
        for descriptor in (self._lock, self._queue):
            if descriptor is not None:
                os.close(descriptor)
        self._lock = self._queue = None
        self.held = False

    def _wait(self, timeout: float) -> None:
        """Stand in the kernel's queue, in a thread of its own because flock knows no time limit."""
        assert self._lock is not None and self._queue is not None
        waiter = _Waiter(self._queue, self._lock)
        waiter.start()
        if waiter.finished.wait(timeout) or not waiter.abandon():
            if waiter.error is not None:
                self._drop()
                raise OperationalError(f"The write lock {self.path} failed: {waiter.error}.") from waiter.error
            return
        # The waiter owns the old descriptors now and closes them when its turn comes.
        self._lock = self._queue = None
        raise LockTimeout(f"The database is busy: others have been writing for more than {timeout:g} seconds.")

    def _after_fork(self) -> None:
        self._drop()


class _Waiter(threading.Thread):
    def __init__(self, queue: int, lock: int) -> None:
        super().__init__(name="palaver-write-lock", daemon=True)
        self.finished = threading.Event()
        self.error: OSError | None = None
        self._descriptors = (queue, lock)
        self._fate = threading.Lock()
        self._abandoned = False

    def run(self) -> None:
        try:
            for descriptor in self._descriptors:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                if self._abandoned:
                    break
        except OSError as error:
            self.error = error
        with self._fate:
            if not self._abandoned:
                self.finished.set()
                return
        for descriptor in self._descriptors:
            os.close(descriptor)

    def abandon(self) -> bool:
        """Leave the queue. False when the lock arrived at the very same moment: then it is ours."""
        with self._fate:
            if self.finished.is_set():
                return False
            self._abandoned = True
            return True


def _opened(path: str, like: str) -> int:
    flags = os.O_RDWR | os.O_CLOEXEC
    try:
        return os.open(path, flags)
    except FileNotFoundError:
        descriptor = os.open(path, flags | os.O_CREAT, 0o600)
    if like and os.path.exists(like):
        model = os.stat(like)
        os.fchmod(descriptor, model.st_mode & 0o666)
        if os.geteuid() == 0:
            os.fchown(descriptor, model.st_uid, model.st_gid)
    return descriptor


def _at_once(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


_all: weakref.WeakSet[WriteLock] = weakref.WeakSet()


def _forget_after_fork() -> None:
    for lock in list(_all):
        lock._after_fork()


os.register_at_fork(after_in_child=_forget_after_fork)
