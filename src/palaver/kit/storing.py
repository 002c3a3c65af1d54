"""Files kept by what is in them: each lies under its own SHA-256, is written whole or not at all, and never changes.

The order that makes a sudden end harmless: whoever keeps a file writes it first and its row after; whoever gives one up
removes the row first and the file after. So a crash can only leave a file without a row, which `strays` finds, and never
a row without its file. While a file stands without its row, `holding` keeps the sweeper away; the kernel lets go of that
hold when the process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = re.compile(r"[0-9a-f]{64}")


class Store:
    """A folder of such files: `<root>/<first two of the checksum>/<checksum>`, open to this account only."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, checksum: str) -> Path:
        """Where a file lies, or would. ValueError for what is no checksum."""
        if not _NAME.fullmatch(checksum):
            raise ValueError("A file is named by 64 hexadecimal digits.")
        return self.root / checksum[:2] / checksum

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Nothing is swept away meanwhile. Hold it from `keep` until the row is committed."""
        with self._locked(fcntl.LOCK_SH):
            yield

    @contextmanager
    def sweeping(self) -> Iterator[None]:
        """Alone: nobody is between a file and its row. Hold it while asking for rows and removing."""
        with self._locked(fcntl.LOCK_EX):
            yield

    def keep(self, data: bytes) -> str:
        """Write the bytes durably, unless they are there already, and return their checksum. Raises OSError."""
        checksum = hashlib.sha256(data).hexdigest()
        path = self.path(checksum)
        if path.exists() and path.stat().st_size == len(data):
            _settle(path.parent)
            return checksum
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{checksum[:16]}.{os.getpid()}.{os.urandom(4).hex()}")
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        _settle(path.parent)
        _settle(self.root)
        return checksum

    def remove(self, checksum: str) -> None:
        """Take a file away; one that is gone already is no fault."""
        self.path(checksum).unlink(missing_ok=True)

    def checksums(self) -> Iterator[str]:
        """Every file that is kept."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(folder.iterdir()):
                if _NAME.fullmatch(path.name):
                    yield path.name

    def forget_halves(self, older_than: float = 3600.0) -> int:
        """Remove what a write that ended suddenly left behind, if it is older than so many seconds. How many."""
        gone = 0
        for path in self.root.glob("[0-9a-f][0-9a-f]/.*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime >= older_than:
                    path.unlink()
                    gone += 1
        return gone

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.root / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)


def _settle(folder: Path) -> None:
    """A new name in a folder is durable only once the folder is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
