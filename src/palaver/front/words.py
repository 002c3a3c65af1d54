"""Cache words: one random 64-bit value per thing shown, in a file that every process of the host maps.

A cached body is served only while every word it was rendered under still has the value it had then. A verb calls
`pending(names)` just before COMMIT and `settle(names)` just after; between the two the words are *pending* (odd) and
nothing may be stored or served under them.

Why it is sound, with any process killed at any instant:

- Values are random, never counted up: a lost update or an old value coming back cannot make a stale body valid.
- Who is in flight is written down in the same file, one record per (process, word), before the word turns odd and
  until after the word has its settled value. A word becomes even only when no other record names it, so a writer that
  settles can never hide another one that has yet to commit.
- A process killed between COMMIT and settle leaves its record and an odd word: uncacheable, never stale, until
  `sweep` finds its process gone (or a worker start, which sweeps and renews everything).
- `version`, one word over the whole table, is renewed by every pending and settle. A page whose names are not known
  before it is rendered is stored only if it did not change in the meantime.

Writers take a short `flock` on the file; readers take nothing: they read aligned 8-byte values, and a torn value is
merely a value that matches nothing. `pending` may be called any time before COMMIT: the things are merely uncacheable
for longer. Names are hashed to slots; two names in one slot only invalidate each other.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

SLOTS = 1 << 17
RECORDS = 4096
_MAGIC = 0x50414C4156455233
_HEAD = 8  # in 8-byte units: magic, version word, high-water mark of records, time of overflow in ms, rest unused
_VERSION, _HIGH, _OVERFLOW = 1, 2, 3
_FIRST_RECORD = _HEAD
_FIRST_SLOT = _HEAD + 2 * RECORDS
_SIZE = 8 * (_FIRST_SLOT + SLOTS)
_GRACE = 5.0
_OVERFLOW_REST = 60.0


def slot_of(name: str) -> int:
    """The place of a name in the table, as an index of 8-byte units."""
    return _FIRST_SLOT + int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little") % SLOTS


def _fresh() -> int:
    value: int = struct.unpack("<Q", os.urandom(8))[0]
    return value & ~1


class Words:
    """The table at one path. Open it once per process; it survives a fork (the lock is reopened in the child)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._thread_lock = threading.Lock()
        self._pid = 0
        self._lock_file = -1
        self._slots: dict[str, int] = {}
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_size != _SIZE:
                os.ftruncate(descriptor, 0)
                os.ftruncate(descriptor, _SIZE)
            self._map = mmap.mmap(descriptor, _SIZE)
            self._table = memoryview(self._map).cast("Q")
            if self._table[0] != _MAGIC:
                self._renew()
                self._table[0] = _MAGIC
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # the map keeps a copy of the descriptor: closing would not do
            os.close(descriptor)

    # Readers ------------------------------------------------------------------------------------------------------

    def slots(self, names: Iterable[str]) -> tuple[int, ...]:
        """The places of names, remembered, for `at`."""
        known = self._slots
        if len(known) > 50_000:
            known.clear()
        found = []
        for name in names:
            slot = known.get(name)
            if slot is None:
                slot = known[name] = slot_of(name)
            found.append(slot)
        return tuple(found)

    def at(self, slots: Iterable[int]) -> tuple[int, ...]:
        """The present values at places. An odd one is pending."""
        table = self._table
        return tuple([table[slot] for slot in slots])

    def read(self, names: Iterable[str]) -> tuple[int, ...]:
        """The present values of names, in their order. An odd one is pending."""
        return self.at(self.slots(names))

    def still(self, slots: tuple[int, ...], values: tuple[int, ...]) -> bool:
        """Whether every place still holds its value: the question of every cache hit."""
        table = self._table
        for slot, value in zip(slots, values):  # noqa: B905, SIM110 - the hot path; both come from one entry
            if table[slot] != value:
                return False
        return True

    def version(self) -> int:
        """A value that differs whenever anything was pended or settled in between."""
        return self._table[_VERSION]

    # Writers ------------------------------------------------------------------------------------------------------

    def pending(self, names: Iterable[str]) -> None:
        """Mark what a transaction is about to change. Call just before COMMIT; `settle` the same names after it."""
        slots = self.slots(set(names))
        with self._locked():
            self._record(slots)
            table = self._table
            table[_VERSION] = _fresh()
            for slot in slots:
                table[slot] = _fresh() | 1

    def settle(self, names: Iterable[str]) -> None:
        """Give what was changed its new value. Call after COMMIT, and after a COMMIT that failed too."""
        slots = self.slots(set(names))
        with self._locked():
            table = self._table
            mine = self._me()
            records = self._records()
            # Before any word turns even: whoever sees an even one must also see that the version has moved.
            table[_VERSION] = _fresh()
            for slot in slots:
                others = 0
                own = -1
                for index, (pid, recorded) in records.items():
                    if recorded == slot:
                        if pid == mine and own < 0:
                            own = index
                        else:
                            others += 1
                odd = 1 if others or table[_OVERFLOW] else 0
                table[slot] = _fresh() | odd
                if own >= 0:
                    self._forget(own)
                    del records[own]

    def bump(self, names: Iterable[str]) -> None:
        """Invalidate at once what no transaction guards, such as a file that was replaced."""
        names = list(names)
        self.pending(names)
        self.settle(names)

    def renew(self) -> None:
        """Give every word a fresh value; whoever is in flight and alive stays pending. Every worker start does this."""
        with self._locked():
            self._renew()

    def sweep(self, *, now: float | None = None) -> int:
        """Settle the words of processes that are gone, and return how many. Called every few seconds by the supervisor.

        A record is left alone for its first five seconds: a database server may still be carrying out the COMMIT of a
        client that was killed.
        """
        now = time.time() if now is None else now
        table = self._table
        if not table[_HIGH] and not table[_OVERFLOW]:
            return 0
        swept = 0
        with self._locked():
            records = self._records()
            table[_VERSION] = _fresh()
            for index, (pid, slot) in list(records.items()):
                since = table[_FIRST_RECORD + 2 * index + 1] / 1000
                if now - since > _GRACE and not self._lives(pid, since):
                    del records[index]
                    odd = 1 if any(recorded == slot for _, recorded in records.values()) else 0
                    table[slot] = _fresh() | odd
                    self._forget(index)
                    swept += 1
            if table[_OVERFLOW] and not records and now - table[_OVERFLOW] / 1000 > _OVERFLOW_REST:
                table[_OVERFLOW] = 0
                self._renew()
        return swept

    _lives = staticmethod(lambda pid, since: _lives(pid, since))

    def _me(self) -> int:
        return os.getpid()

    # Below: only with the lock held -------------------------------------------------------------------------------

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._thread_lock:
            if self._pid != os.getpid():  # a forked child must not share its parent's lock
                self._lock_file = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
                self._pid = os.getpid()
            fcntl.flock(self._lock_file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._lock_file, fcntl.LOCK_UN)

    def _records(self) -> dict[int, tuple[int, int]]:
        """Whoever is in flight: index → (pid, slot)."""
        found = {}
        table = self._table
        for index in range(table[_HIGH]):
            packed = table[_FIRST_RECORD + 2 * index]
            if packed:
                found[index] = (packed >> 32, packed & 0xFFFFFFFF)
        return found

    def _record(self, slots: Iterable[int]) -> None:
        table = self._table
        mine = self._me() << 32
        now = int(time.time() * 1000)
        index = 0
        for slot in slots:
            while index < RECORDS and table[_FIRST_RECORD + 2 * index]:
                index += 1
            if index == RECORDS:
                # Thousands of words in flight at once: from here on nothing settles to even until all have landed.
                table[_OVERFLOW] = now
                return
            if index >= table[_HIGH]:
                table[_FIRST_RECORD + 2 * index] = 0
                table[_HIGH] = index + 1
            table[_FIRST_RECORD + 2 * index + 1] = now
            table[_FIRST_RECORD + 2 * index] = mine | slot

    def _forget(self, index: int) -> None:
        table = self._table
        table[_FIRST_RECORD + 2 * index] = 0
        high = table[_HIGH]
        while high and not table[_FIRST_RECORD + 2 * (high - 1)]:
            high -= 1
        table[_HIGH] = high

    def _renew(self) -> None:
        table = self._table
        size = 8 * SLOTS
        lowest = b"\x01" + b"\x00" * 7
        odd = int.from_bytes(lowest * SLOTS, "little")
        value = int.from_bytes(os.urandom(size), "little") | odd
        if not table[_OVERFLOW]:
            value ^= odd
        fresh = memoryview(value.to_bytes(size, "little")).cast("Q")
        flying = {slot for _, slot in self._records().values()}
        held = {slot: _fresh() | 1 for slot in flying}
        table[_VERSION] = _fresh()
        # A word in flight stays odd throughout: its neighbours are written around it.
        start = _FIRST_SLOT
        for slot in [*sorted(held), _FIRST_SLOT + SLOTS]:
            table[start:slot] = fresh[start - _FIRST_SLOT : slot - _FIRST_SLOT]
            if slot in held:
                table[slot] = held[slot]
            start = slot + 1


def _lives(pid: int, since: float) -> bool:
    """Whether the process that wrote a record at `since` (seconds since 1970) is still there, not a later namesake."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            fields = stat.read().rsplit(b")", 1)[1].split()
        if fields[0] in (b"Z", b"X"):
            return False
        with open("/proc/stat", "rb") as system:
            boot = next(int(line.split()[1]) for line in system if line.startswith(b"btime"))
        return boot + int(fields[19]) / os.sysconf("SC_CLK_TCK") <= since + 2
    except (OSError, StopIteration, IndexError, ValueError):
        return True
