"""Reading archives of strangers: a folder, a single file, or a tar (plain, gz, bz2, xz, zst), streamed and never
unpacked.

Nothing of an archive ever becomes a path on this machine. Names that lead outside, links and devices are refused all
the same, because whoever made such an archive meant harm or made a mistake that the operator should know of."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import zstandard

from palaver.transfer.errors import ArchiveRefused

MEBIBYTE = 1024 * 1024
LONGEST_NAME = 1000
_HEADERS = 2 * MEBIBYTE
_BLOCK = 512
_DAMAGE = (lzma.LZMAError, EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError, tarfile.TarError, ValueError)


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One file of an archive, to be read before the next one is asked for. `name` says where it lies, for sentences;
    `size` is in bytes, None when only reading tells it."""

    name: str
    size: int | None
    stream: IO[bytes]

    def read(self, largest: int) -> bytes:
        """Everything in it. Raises ArchiveRefused when that is more than `largest` bytes, or when it is damaged."""
        if self.size is not None and self.size > largest:
            raise ArchiveRefused(
                self.name,
                f"it has {self.size:,} bytes, and at most {largest:,} are read of one file. Nothing of it was taken.",
            )
        with damage_told(self.name):
            content = self.stream.read(largest + 1)
        if len(content) > largest:
            raise ArchiveRefused(self.name, f"it goes on after byte {largest:,}, which is the most read of one file.")
        return content


class damage_told:
    """Turn what broken archives raise into a sentence with the file's name."""

    def __init__(self, name: str, tell: Any = None) -> None:
        self.name, self.tell = name, tell

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, ArchiveRefused) or error is None:
            return
        if isinstance(error, _DAMAGE):
            place = f" near byte {self.tell():,} of its unpacked content" if self.tell else ""
            raise ArchiveRefused(self.name, f"it is damaged or cut off{place} ({_plain(error)}).") from error
        if isinstance(error, OSError):
            raise ArchiveRefused(self.name, f"it cannot be read: {error.strerror or error}.") from error


def _plain(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def files(path: Path) -> Iterator[ArchiveFile]:
    """Every file of an archive in its order (a folder's sorted by name). Raises ArchiveRefused."""
    if path.is_dir():
        yield from _of_folder(path)
        return
    try:
        raw = path.open("rb")
    except FileNotFoundError:
        raise ArchiveRefused(str(path), "there is no such file or folder.") from None
    except OSError as error:
        raise ArchiveRefused(str(path), f"it cannot be opened: {error.strerror}.") from error
    with raw:
        if not stat.S_ISREG(os.fstat(raw.fileno()).st_mode):
            raise ArchiveRefused(str(path), "it is neither a file nor a folder.")
        with closing(_unpacked(raw, path)) as stream:
            forward = _Forward(stream, str(path))
            with damage_told(str(path), forward.tell):
                head = forward.peek(_BLOCK)
            if not _is_tar(head):
                size = None if stream is not raw else os.fstat(raw.fileno()).st_size
                yield ArchiveFile(str(path), size, io.BufferedReader(_Raw(forward)))
                return
            yield from _of_tar(forward, path)


def _unpacked(raw: IO[bytes], path: Path) -> IO[bytes]:
    magic = raw.read(6)
    raw.seek(0)
    if magic.startswith(b"\xfd7zXZ\x00"):
        return lzma.LZMAFile(raw)
    if magic.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    if magic.startswith(b"BZh"):
        return bz2.BZ2File(raw)
    if magic.startswith(b"\x28\xb5\x2f\xfd"):
        return zstandard.ZstdDecompressor(max_window_size=128 * MEBIBYTE).stream_reader(raw)
    if magic.startswith(b"PK\x03\x04"):
        raise ArchiveRefused(str(path), "it is a zip file. Give the folder that it unpacks to, or a tar of it.")
    return raw


def _is_tar(head: bytes) -> bool:
    if len(head) < _BLOCK:
        return False
    try:
        tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _of_folder(folder: Path) -> Iterator[ArchiveFile]:
    for root, folders, names in os.walk(folder, onerror=_unreadable):
        folders.sort()
        for name in sorted(names):
            path = Path(root) / name
            kind = path.lstat()
            if stat.S_ISLNK(kind.st_mode):
                raise ArchiveRefused(
                    str(path), "it is a link. Archives with links are not read; put the file itself there."
                )
            if not stat.S_ISREG(kind.st_mode):
                raise ArchiveRefused(
                    str(path), "it is a device or a pipe, not a file. Archives with such are not read."
                )
            try:
                stream = path.open("rb")
            except OSError as error:
                raise ArchiveRefused(str(path), f"it cannot be opened: {error.strerror}.") from error
            with stream:
                yield ArchiveFile(str(path), kind.st_size, stream)


def _unreadable(error: OSError) -> None:
    raise ArchiveRefused(str(error.filename), f"it cannot be read: {error.strerror}.") from error


def _of_tar(stream: _Forward, path: Path) -> Iterator[ArchiveFile]:
    stream.limit = _HEADERS
    with damage_told(str(path), stream.tell):
        archive = tarfile.open(fileobj=cast(IO[bytes], stream), mode="r:", errors="surrogateescape")  # noqa: SIM115
    with archive:
        while True:
            stream.limit = _HEADERS
            with damage_told(str(path), stream.tell):
                member = archive.next()
                # The library keeps a list of all members that it has seen; an archive may hold a million.
                archive.members = []  # type: ignore[attr-defined]
            stream.limit = None
            if member is None:
                stream.check_end()
                return
            _check_member(member, path)
            if not member.isfile():
                continue
            with damage_told(f"{path}: {member.name}", stream.tell):
                content = archive.extractfile(member)
            assert content is not None
            yield ArchiveFile(f"{path}: {member.name}", member.size, content)


def _check_member(member: tarfile.TarInfo, path: Path) -> None:
    name = member.name
    shown = f"{path}: {name[:200]!a}"
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or name[1:3] in (":\\", ":/"):
        raise ArchiveRefused(shown, "this name leads out of the archive. Such archives are not read.")
    if len(name) > LONGEST_NAME or "\x00" in name:
        raise ArchiveRefused(
            shown, f"this name is longer than {LONGEST_NAME} characters or broken. Such archives are not read."
        )
    if member.issym() or member.islnk():
        raise ArchiveRefused(shown, f"this is a link to {member.linkname[:200]!a}. Archives with links are not read.")
    if not (member.isfile() or member.isdir()):
        raise ArchiveRefused(shown, "this is a device or a pipe, not a file. Archives with such are not read.")


class _Forward:
    """A stream read forwards only, for `tarfile`: it steps back by one byte at most, and by more only to its beginning
    while that is still held. `limit` caps one read, so that a forged header cannot ask for gigabytes."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream, self._name = stream, name
        self._position = 0
        self._held = b""
        self._last = b""
        self.limit: int | None = None

    def peek(self, size: int) -> bytes:
        while len(self._held) < size and (more := self._stream.read(size - len(self._held))):
            self._held += more
        return self._held[:size]

    def tell(self) -> int:
        return self._position

    def read(self, size: int = -1) -> bytes:
        if self.limit is not None and (size < 0 or size > self.limit):
            raise ArchiveRefused(self._name, f"a header near byte {self._position:,} of the tar claims {size:,} bytes.")
        content = b""
        if self._held:
            content, self._held = self._held[:size], self._held[size:]
        pieces = [content]
        missing = size - len(content)
        while missing > 0 and (more := self._stream.read(min(missing, MEBIBYTE))):
            pieces.append(more)
            missing -= len(more)
        content = b"".join(pieces)
        self._position += len(content)
        if content:
            self._last = content[-1:]
        return content

    def seek(self, position: int, whence: int = 0) -> int:
        if whence != 0:
            raise io.UnsupportedOperation("Only from the beginning.")
        if position == self._position - 1 and self._last:
            self._held, self._position, self._last = self._last + self._held, position, b""
        while position > self._position:
            self_limit, self.limit = self.limit, None
            got = self.read(min(position - self._position, MEBIBYTE))
            self.limit = self_limit
            if not got:
                break
        if position < self._position:
            raise tarfile.ReadError(f"step back from {self._position} to {position}")
        return self._position

    def check_end(self) -> None:
        """Read what follows the last member, so that a checksum of the packing that does not fit is noticed."""
        with damage_told(self._name, self.tell):
            while self.read(MEBIBYTE):
                pass


class _Raw(io.RawIOBase):
    def __init__(self, stream: _Forward) -> None:
        self._forward = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._forward.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)
