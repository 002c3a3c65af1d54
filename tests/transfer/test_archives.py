from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest
import zstandard

from palaver.transfer import archives
from palaver.transfer.errors import ArchiveRefused
from tests.transfer.making import post, tar, topic


def names(path: Path) -> dict[str, bytes]:
    return {file.name.removeprefix(f"{path}: "): file.read(10**6) for file in archives.files(path)}


def member(path: Path, **what: object) -> Path:
    with tarfile.open(path, "w") as archive:
        found = tarfile.TarInfo(str(what.pop("name", "a.json")))
        for key, value in what.items():
            setattr(found, key, value)
        archive.addfile(found)
    return path


@pytest.mark.parametrize("mode", ["w:", "w:gz", "w:xz", "w:bz2"])
def test_a_tar_is_streamed_however_it_is_packed(tmp_path: Path, mode: str) -> None:
    # Sizes around the block size: the reader must find each next header without stepping back.
    files = [(f"{size}.json", b"x" * size) for size in (0, 1, 511, 512, 513, 1024, 70_000)]
    assert names(tar(tmp_path / "a.tar", *files, mode=mode)) == dict(files)


def test_a_tar_may_be_packed_with_zstandard(tmp_path: Path) -> None:
    plain = tar(tmp_path / "a.tar", ("a.json", b"{}"), mode="w:").read_bytes()
    packed = tmp_path / "a.tar.zst"
    packed.write_bytes(zstandard.ZstdCompressor().compress(plain))
    assert names(packed) == {"a.json": b"{}"}


@pytest.mark.parametrize("name", ["../a.json", "/etc/a.json", "x/../../a.json", "..\\a.json", "C:\\a.json"])
def test_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveRefused, match="leads out of the archive"):
        names(tar(tmp_path / "a.tar", ("good.json", b"{}"), (name, b"{}")))


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (tarfile.SYMTYPE, "a link to"),
        (tarfile.LNKTYPE, "a link to"),
        (tarfile.CHRTYPE, "a device"),
        (tarfile.FIFOTYPE, "a pipe"),
    ],
)
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes, sentence: str) -> None:
    with pytest.raises(ArchiveRefused, match=sentence):
        names(member(tmp_path / "a.tar", type=kind, linkname="/etc/passwd"))


def test_a_link_in_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").symlink_to("/etc/passwd")
    with pytest.raises(ArchiveRefused, match="it is a link"):
        names(tmp_path)


def test_a_tar_that_is_cut_off_is_told_with_its_place(tmp_path: Path) -> None:
    whole = tar(tmp_path / "a.tar.xz", ("a.json", json.dumps(topic(1, post(1))).encode() * 500))
    whole.write_bytes(whole.read_bytes()[:-200])
    with pytest.raises(ArchiveRefused, match=r"a\.tar\.xz.*damaged or cut off"):
        names(whole)


def test_a_header_that_claims_gigabytes_is_refused_before_they_are_read(tmp_path: Path) -> None:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 5 * 10**9
    path = tmp_path / "a.tar"
    path.write_bytes(header.tobuf(tarfile.USTAR_FORMAT) + b"\0" * 10240)
    with pytest.raises(ArchiveRefused, match=r"claims 5,000,000,\d+ bytes"):
        names(path)


def test_a_file_that_is_too_large_is_refused_by_its_size(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"x" * 2000)
    with pytest.raises(ArchiveRefused, match=r"a\.json: it has 2,000 bytes, and at most 1,000"):
        next(archives.files(tmp_path)).read(1000)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match="there is no such file or folder"):
        names(tmp_path / "nothing")


def test_a_zip_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04" + b"\0" * 600)
    with pytest.raises(ArchiveRefused, match="it is a zip file"):
        names(tmp_path / "a.zip")


def test_a_single_file_is_an_archive_of_one(tmp_path: Path) -> None:
    (tmp_path / "a.mbox").write_bytes(b"From ana\n")
    (found,) = archives.files(tmp_path / "a.mbox")
    assert isinstance(found.stream, io.BufferedReader) and found.stream.closed is not None
