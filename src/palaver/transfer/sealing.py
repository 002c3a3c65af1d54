"""The shape of a backup file: a zstd-compressed tar, and after it a seal that says it is whole.

    tar.zst     database.sqlite3, or tables/<name>.copy with tables.json; media/…; secrets/…; last of all manifest.json
    seal        a skippable zstd frame, which `zstd -d` and `tar --zstd` pass over: the magic number, its length, then
                "palaver-backup-1 " and the SHA-256, hexadecimal, of every byte before the frame

A file that was cut off has no seal; one in which any byte differs has another checksum. So neither is taken for good.
This module knows bytes only, and needs no Django, so that a restore can look at its file before anything is set up.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import zstandard

from palaver.transfer.errors import ArchiveRefused

FORMAT = 1
_MAGIC = (0x184D2A5B).to_bytes(4, "little")
_WORDS = b"palaver-backup-1 "
_TEXT = len(_WORDS) + 64
SEAL = len(_MAGIC) + 4 + _TEXT
CHUNK = 1024 * 1024
MANIFEST = "manifest.json"
_NAMES = re.compile(
    r"manifest\.json|tables\.json|database\.sqlite3|tables/[a-z0-9_]{1,63}\.copy|secrets/[A-Za-z0-9_.-]{1,80}"
    r"|media/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,120}(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,120}){0,4}"
)


class Watch(Protocol):
    """Whoever is told how far it has come."""

    def begin(self, what: str, total: int | None, unit: str) -> None: ...

    def advance(self, by: int) -> None: ...

    def end(self) -> None: ...


class Nobody:
    """Watches nothing."""

    def begin(self, what: str, total: int | None, unit: str) -> None: ...

    def advance(self, by: int) -> None: ...

    def end(self) -> None: ...


class _Hashing(io.RawIOBase):
    """Writes through and keeps the checksum of what was written."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.sum = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.sum.update(data)
        self.file.write(data)
        return len(data)


class Packing:
    """A backup being written: files go in one by one, `close` adds the manifest."""

    def __init__(self, tar: tarfile.TarFile, watch: Watch) -> None:
        self._tar = tar
        self._watch = watch
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, path: Path, name: str) -> None:
        """Put a file in under a name, with mode 600. Raises ValueError for a name that a restore would refuse."""
        if not _NAMES.fullmatch(name):
            raise ValueError(f"{name} has no place in a backup.")
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            reading = _Reading(file, size, self._watch)
            self._tar.addfile(_member(name, size), reading)
        self.files[name] = {"size": size, "sha256": reading.sum.hexdigest()}

    def close(self, manifest: dict[str, Any]) -> None:
        """Add the manifest, which names every file and its checksum."""
        body = json.dumps({**manifest, "files": self.files}, indent=1, ensure_ascii=False, sort_keys=True).encode()
        self._tar.addfile(_member(MANIFEST, len(body)), io.BytesIO(body))


def _member(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


class _Reading:
    """A file of which exactly `size` bytes are read: one that grows meanwhile is taken as it began."""

    def __init__(self, file: BinaryIO, size: int, watch: Watch) -> None:
        self._file, self._left, self._watch = file, size, watch
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(self._left, size if size >= 0 else self._left))
        self._left -= len(data)
        self.sum.update(data)
        self._watch.advance(len(data))
        return data


@contextmanager
def written(path: Path, watch: Watch) -> Iterator[Packing]:
    """Write a backup so that the file of this name is there whole or not at all. Raises FileExistsError, OSError."""
    if path.exists():
        raise FileExistsError(17, "It exists already, and a backup overwrites nothing", str(path))
    fresh = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            hashing = _Hashing(file)
            compressor = zstandard.ZstdCompressor(level=6, write_checksum=True)
            with (
                compressor.stream_writer(hashing, closefd=False) as stream,  # type: ignore[arg-type]
                tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT, bufsize=CHUNK) as tar,
            ):
                yield Packing(tar, watch)
            text = _WORDS + hashing.sum.hexdigest().encode()
            file.write(_MAGIC + len(text).to_bytes(4, "little") + text)
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)  # Unlike a rename it never replaces a file that has come into being meanwhile.
        sync(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """Have the disk keep what names stand in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_seal(path: Path, watch: Watch) -> None:
    """Read the whole file and compare its seal. Raises ArchiveRefused, OSError."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= SEAL or not (seal := _seal_of(file, size)):
            raise ArchiveRefused(
                str(path),
                "it ends without its seal. It was cut off, is still being written, or is no backup of Palaver.",
            )
        file.seek(0)
        watch.begin("Reading the seal", size - SEAL, "bytes")
        found = _sum(lambda n: file.read(n), size - SEAL, watch)
        watch.end()
    if found != seal:
        raise ArchiveRefused(
            str(path), "its bytes are not those that were written: its checksum differs. Take another copy."
        )


def _seal_of(file: BinaryIO, size: int) -> str:
    file.seek(size - SEAL)
    seal = file.read(SEAL)
    head = _MAGIC + _TEXT.to_bytes(4, "little") + _WORDS
    return seal[len(head) :].decode("ascii", "replace") if seal.startswith(head) else ""


def _sum(read: Callable[[int], bytes], size: int, watch: Watch) -> str:
    sum_, left = hashlib.sha256(), size
    while left:
        data = read(min(CHUNK, left))
        if not data:
            break
        sum_.update(data)
        left -= len(data)
        watch.advance(len(data))
    return sum_.hexdigest()


def unpack(path: Path, into: Path, watch: Watch) -> dict[str, Any]:
    """Lay the backup's files into an empty folder and return its manifest; every checksum is compared.

    Raises ArchiveRefused with a sentence for what is not as the manifest says. Look at the seal first.
    """
    found: dict[str, str] = {}
    size = path.stat().st_size - SEAL
    watch.begin("Unpacking", size, "bytes")
    try:
        with path.open("rb") as file:
            stream = zstandard.ZstdDecompressor().stream_reader(_Part(file, size, watch), closefd=False)  # type: ignore[arg-type]
            with tarfile.open(fileobj=stream, mode="r|", bufsize=CHUNK) as tar:
                for member in tar:
                    found[member.name] = _lay(tar, member, into, path)
    except (tarfile.TarError, zstandard.ZstdError, EOFError) as error:
        raise ArchiveRefused(str(path), f"it cannot be unpacked: {error}.") from error
    watch.end()
    return _manifest(path, into, found)


class _Part:
    """The first bytes of a file, up to the seal."""

    def __init__(self, file: BinaryIO, size: int, watch: Watch) -> None:
        self._file, self._left, self._watch = file, size, watch

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(self._left, size if size >= 0 else self._left))
        self._left -= len(data)
        self._watch.advance(len(data))
        return data


def _lay(tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path, path: Path) -> str:
    if not member.isfile() or not _NAMES.fullmatch(member.name):
        raise ArchiveRefused(str(path), f"it holds {member.name!r}, which has no place in a backup.")
    target = into / member.name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    source = tar.extractfile(member)
    assert source is not None
    sum_ = hashlib.sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while data := source.read(CHUNK):
            sum_.update(data)
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return sum_.hexdigest()


def _manifest(path: Path, into: Path, found: dict[str, str]) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((into / MANIFEST).read_bytes())
        told = {name: one["sha256"] for name, one in manifest["files"].items()}
        version = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveRefused(str(path), "its manifest is missing or cannot be read.") from error
    if version != FORMAT:
        raise ArchiveRefused(str(path), f"it is of format {version}; this Palaver reads format {FORMAT}.")
    found.pop(MANIFEST, None)
    for name in sorted(told.keys() | found.keys()):
        if told.get(name) != found.get(name):
            raise ArchiveRefused(str(path), f"{name} is not what the manifest says.")
    (into / MANIFEST).unlink()
    return manifest
