"""Backup and restore: whole or not at all, checked to the last byte, on both databases."""

from __future__ import annotations

import hashlib
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction

from palaver.accounts.models import Session
from palaver.delivery.models import Mail
from palaver.forums.models import Attachment
from palaver.kit import clock, due, env
from palaver.transfer import backing_up, restoring, sealing
from palaver.transfer.errors import ArchiveRefused
from palaver.transfer.sealing import Nobody
from tests.cast import Cast, signed_in
from tests.conftest import HOME
from tests.journeys.running import environment, palaver, started
from tests.sweeps.community import Visitor, found, hands

# What a restore settles, or what goes on living by itself; every other table must come back the same.
SETTLED = {"accounts_session", "delivery_mail", "due_due", "record_head", "live_liveevent", "django_migrations"}


class Restored:
    """A home out of a backup, with a database of its own, and how to run commands on it."""

    def __init__(self, home: Path, **more: str) -> None:
        self.home, self.more = home, more

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return palaver(*words, home=self.home, **self.more)


@pytest.fixture
def elsewhere(tmp_path: Path, db: None) -> Iterator[Restored]:
    """An empty home and, on PostgreSQL, an empty database of its own."""
    home = tmp_path / "elsewhere"
    if connection.vendor == "sqlite":
        yield Restored(home)
        return
    name = f"restored_{secrets.token_hex(4)}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield Restored(home, PALAVER_DATABASE_URL=address(name))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def address(name: str = "") -> str:
    """The database of this test, or another one of its server, as PALAVER_DATABASE_URL names it."""
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{told['NAME']}"
    host, port = quote(str(told["HOST"]), safe=""), told["PORT"] or 5432
    return f"postgresql://{told['USER']}:{told['PASSWORD']}@/{name or told['NAME']}?host={host}&port={port}"


def attach(cast: Cast, content: bytes) -> str:
    """An attachment as it lies in the home."""
    checksum = hashlib.sha256(content).hexdigest()
    file = env.home() / "media" / checksum[:2] / checksum
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    with transaction.atomic():
        Attachment.objects.create(
            token=secrets.token_hex(8), owner=cast.ana, kind="file", name="notes.txt", mime="text/plain",
            size=len(content), checksum=checksum,
        )  # fmt: skip
    return checksum


def tables_in(path: Path, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    told: dict[str, Any] = sealing.unpack(path, folder, Nobody())["tables"]
    return {name: (one["rows"], one["sha256"]) for name, one in told.items()}


@pytest.mark.django_db(transaction=True)
def test_what_was_backed_up_comes_back_with_equal_checksums(cast: Cast, elsewhere: Restored, tmp_path: Path) -> None:
    assert env.secret("PALAVER_SECRET_KEY", "secret_key")  # A test before this one may have emptied the home.
    thread = cast.thread("Bröd – ‏خبز", text="Rye.\tWith \\ and \x01 and ␀.\n\nSecond paragraph.")
    for n in range(20):
        cast.reply(thread, text=f"Reply {n}.")
    assert cast.den and cast.jonas and signed_in(cast.ana)
    attach(cast, b"notes " * 2000)
    with transaction.atomic():
        Mail.objects.create(to="ana@example.org", subject="Waits", text="Hello.")
        Mail.objects.create(to="ana@example.org", subject="Underway", text="Hello.", state="sending")
        due.enqueue("mail", {"mail": 1}, key="1")
    first = backing_up.back_up(tmp_path / "first.tar.zst")
    assert first.missing == [] and oct(first.path.stat().st_mode)[-3:] == "600"

    done = elsewhere.run("restore", "--quiet", str(first.path))
    assert done.returncode == 0, done.stderr
    assert "Every checksum agrees" in done.stdout and "The record is whole" in done.stdout
    assert elsewhere.run("doctor").returncode == 0
    checked = elsewhere.run("verify", "--record")
    assert checked.returncode == 0, checked.stderr

    again = elsewhere.run("backup", "--quiet", str(tmp_path / "second.tar.zst"))
    assert again.returncode == 0, again.stderr
    before = tables_in(first.path, tmp_path / "one")
    after = tables_in(tmp_path / "second.tar.zst", tmp_path / "two")
    assert before.keys() == after.keys() and before["forums_post"][0] == 21
    assert {name for name in before if before[name] != after[name]} <= SETTLED
    # Sessions end, jobs of mail go, and mails on their way are held for an operator.
    empty = hashlib.sha256().hexdigest()
    assert Session.objects.exists() and after["accounts_session"] == (0, empty)
    assert after["due_due"][0] == before["due_due"][0] - 1
    assert before["delivery_mail"] != after["delivery_mail"]
    files = [
        sorted(str(one.relative_to(tmp_path / n)) for one in (tmp_path / n / "media").rglob("*"))
        for n in ("one", "two")
    ]
    assert files[0] == files[1] and len(files[0]) == 2
    assert (tmp_path / "one/secrets/secret_key").read_bytes() == (tmp_path / "two/secrets/secret_key").read_bytes()


@pytest.mark.django_db(transaction=True)
def test_a_restore_overwrites_nothing(cast: Cast, elsewhere: Restored, tmp_path: Path) -> None:
    path = backing_up.back_up(tmp_path / "b.tar.zst").path
    with pytest.raises(FileExistsError):
        backing_up.back_up(path)
    elsewhere.home.mkdir()
    (elsewhere.home / "palaver.sqlite3").write_text("mine")
    done = elsewhere.run("restore", "--quiet", str(path))
    assert done.returncode == 1 and "not empty (palaver.sqlite3)" in done.stderr
    assert (elsewhere.home / "palaver.sqlite3").read_text() == "mine"
    assert sorted(one.name for one in elsewhere.home.parent.iterdir()) == ["b.tar.zst", "elsewhere"]
    checked = elsewhere.run("restore", "--quiet", "--check", str(path))
    assert checked.returncode == 0 and "is whole" in checked.stdout, checked.stderr


@pytest.mark.django_db(transaction=True)
def test_a_flipped_byte_is_noticed_wherever_it_is(cast: Cast, tmp_path: Path) -> None:
    attach(cast, os.urandom(3000))
    path = backing_up.back_up(tmp_path / "b.tar.zst").path
    whole = path.read_bytes()
    sealing.check_seal(path, Nobody())
    chance = random.Random(8)
    places = [
        *chance.sample(range(len(whole)), 60),
        0,
        len(whole) - 1,
        *range(len(whole) - sealing.SEAL, len(whole), 9),
    ]
    for place in places:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :])
        with pytest.raises(ArchiveRefused, match=r"seal|checksum"):
            sealing.check_seal(path, Nobody())


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_was_cut_off_is_refused(cast: Cast, tmp_path: Path, elsewhere: Restored) -> None:
    path = backing_up.back_up(tmp_path / "b.tar.zst").path
    whole = path.read_bytes()
    for length in [0, 1, len(whole) // 2, len(whole) - sealing.SEAL, len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(ArchiveRefused, match="cut off"):
            sealing.check_seal(path, Nobody())
    done = elsewhere.run("restore", "--quiet", str(path))
    assert done.returncode == 1 and "It was cut off" in done.stderr
    assert not elsewhere.home.exists() or not any(elsewhere.home.iterdir())


def repacked(path: Path, folder: Path, target: Path, change: Any) -> Path:
    """The same backup with something changed in it and every seal and file checksum right again."""
    folder.mkdir()
    manifest = sealing.unpack(path, folder, Nobody())
    change(folder, manifest)
    manifest.pop("files")
    with sealing.written(target, Nobody()) as packing:
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            packing.add(file, str(file.relative_to(folder)))
        packing.close(manifest)
    return target


@pytest.mark.django_db(transaction=True)
def test_content_that_differs_under_a_right_seal_is_noticed_too(
    cast: Cast, elsewhere: Restored, tmp_path: Path
) -> None:
    """Table by table and attachment by attachment, not by the seal alone."""
    cast.thread(text="Mine was rye, and I am telling the truth.")
    checksum = attach(cast, b"the notes")
    path = backing_up.back_up(tmp_path / "b.tar.zst").path

    def alter_table(folder: Path, _manifest: Any) -> None:
        files = [folder / "database.sqlite3", folder / "tables" / "forums_postbody.copy"]
        (file,) = [one for one in files if one.exists()]
        changed = file.read_bytes().replace(b"Mine was rye", b"Mine was oat")
        assert changed != file.read_bytes()
        file.write_bytes(changed)

    def alter_attachment(folder: Path, _manifest: Any) -> None:
        (folder / "media" / checksum[:2] / checksum).write_bytes(b"other notes")

    def lose_attachment(folder: Path, _manifest: Any) -> None:
        (folder / "media" / checksum[:2] / checksum).unlink()

    def come_from_later(_folder: Path, manifest: Any) -> None:
        manifest["migrations"].append(["forums", "9999_of_tomorrow"])

    def be_of_another_engine(_folder: Path, manifest: Any) -> None:
        manifest["engine"] = "oracle"

    told = {
        alter_table: r"the table forums_\w+ is not what it was",
        alter_attachment: "is not in it, or is not itself",
        lose_attachment: "is not in it, or is not itself",
        come_from_later: "newer than this one",
        be_of_another_engine: "holds a oracle database",
    }
    for n, (change, sentence) in enumerate(told.items()):
        made = repacked(path, tmp_path / f"x{n}", tmp_path / f"x{n}.tar.zst", change)
        done = elsewhere.run("restore", "--quiet", str(made))
        assert done.returncode == 1 and re.search(sentence, done.stderr), (change.__name__, done.stderr)
        assert not elsewhere.home.exists() or not any(elsewhere.home.iterdir())
        if change is alter_table and connection.vendor == "postgresql":
            break  # Its database has tables now, empty ones; the others are refused before that.


def test_a_name_that_leads_out_of_the_home_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "evil"
    file.write_bytes(b"x")
    for name in ("../evil", "/etc/passwd", "media/../../x", "secrets/../x", "run/words", "media/.x"):
        with pytest.raises(ValueError), sealing.written(tmp_path / "b.tar.zst", Nobody()) as packing:
            packing.add(file, name)
        assert not (tmp_path / "b.tar.zst").exists()


@pytest.mark.django_db(transaction=True)
def test_an_attachment_that_was_lost_before_is_told(cast: Cast, tmp_path: Path) -> None:
    checksum = attach(cast, b"soon gone")
    (env.home() / "media" / checksum[:2] / checksum).unlink()
    made = backing_up.back_up(tmp_path / "b.tar.zst")
    assert made.missing == [checksum]
    beside, manifest = restoring.lay_out(made.path, tmp_path / "home", Nobody())
    assert manifest["missing"] == [checksum] and beside.is_dir()


@pytest.mark.django_db(transaction=True)
def test_a_backup_killed_at_any_instant_never_has_its_name(cast: Cast, tmp_path: Path) -> None:
    for n in range(3):
        attach(cast, bytes([n]) + os.urandom(8_000_000))
    settings = {**environment(HOME, PALAVER_DATABASE_URL=address())}
    words = [sys.executable, "-P", "-m", "palaver.cli.main", "backup", "--quiet"]
    chance, killed = random.Random(3), 0
    begun = time.monotonic()
    assert subprocess.run([*words, str(tmp_path / "whole.tar.zst")], env=settings).returncode == 0
    takes = time.monotonic() - begun
    left: list[str] = []
    for n in range(25):
        if n >= 5 and left:
            break
        path = tmp_path / f"{n}.tar.zst"
        process = subprocess.Popen(
            [*words, str(path)], env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.4, 1.0) * takes)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        if path.exists():
            sealing.check_seal(path, Nobody())
        left = [one.name for one in tmp_path.iterdir() if one.name.startswith(".")]
    assert killed, "Every backup was done before it was killed; nothing was tried."
    assert left, "Nothing was left half-done; nothing is swept."
    assert subprocess.run([*words, str(tmp_path / "last.tar.zst")], env=settings).returncode == 0
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_a_backup_under_load_holds_what_was_acknowledged_before_it_began(prepared_home: Path, tmp_path: Path) -> None:
    with hands(prepared_home) as acting:
        people = found(acting)
        thread = acting.start(by="Ana", forum=people.forum, subject="What did you bake?", text="Rye.")["id"]
    acknowledged: list[str] = []
    stop = threading.Event()
    odd: list[str] = []

    def write(running: Any, name: str) -> None:
        visitor = Visitor(running, people.sessions[name], timeout=30)
        while not stop.is_set():
            marker = f"w{secrets.token_hex(6)}"
            answer = visitor.post(f"/t/{thread}/replies", body=f"{marker} by {name}", once=marker)
            if answer.status == 302:
                acknowledged.append(marker)
            elif answer.status != 503:
                odd.append(f"{answer.status}: {answer.text[:300]}")
                return
        visitor.close()

    with started(prepared_home, ("serve", "--workers", "1")) as running:
        writers = [threading.Thread(target=write, args=(running, name)) for name in ("Ana", "Bram", "Odile")]
        for writer in writers:
            writer.start()
        while len(acknowledged) < 20 and not odd:
            time.sleep(0.05)
        before = list(acknowledged)
        made = palaver("backup", "--quiet", str(tmp_path / "b.tar.zst"), home=prepared_home)
        during = len(acknowledged) - len(before)
        stop.set()
        for writer in writers:
            writer.join(30)
    assert made.returncode == 0, made.stderr
    assert odd == [] and during > 0, "Nobody wrote while the backup was made."
    done = palaver("restore", "--quiet", str(tmp_path / "b.tar.zst"), home=tmp_path / "again")
    assert done.returncode == 0, done.stderr
    with started(tmp_path / "again", ("serve", "--workers", "1")) as running:
        page, text = 1, ""
        visitor = Visitor(running, "")
        while (answer := visitor.get(f"/t/{thread}/what-did-you-bake?page={page}")).status == 200 and page < 60:
            text, page = text + answer.text, page + 1
        assert [marker for marker in before if marker not in text] == []
        # Whoever was signed in is not any more.
        assert Visitor(running, people.sessions["Ana"]).get("/unread").status == 302


def test_the_instant_of_a_backup_is_in_its_name() -> None:
    with clock.stopped_at(clock.now().replace(year=2026, month=11, day=2, hour=9, minute=5, second=7)):
        assert backing_up.name() == "palaver-20261102T090507Z.tar.zst"
