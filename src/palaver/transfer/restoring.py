"""`palaver restore`: an installation out of a backup, on an empty home and, with PostgreSQL, in an empty database.

Nothing of it is believed before it was looked at: the seal of the file, the checksum of each file in it, the content of
each table, each attachment. Only what has passed all of that gets the home's name. `check_empty` and `lay_out` need no Django,
because settings make secrets in a home that has none.

What is not restored as it was: sessions end, so that a sign-in that was ended since does not come back; mails that
waited are held for an operator, because they have most likely gone out since; jobs in somebody's hands are free again.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

from palaver.transfer import sealing
from palaver.transfer.errors import ArchiveRefused
from palaver.transfer.sealing import Watch

HELD = "Held back when a backup was restored: it may have gone out before. Send it again if it should."
_DATABASE = "database.sqlite3"
_RUNNING = {"run", "backups"}
"""What may stand in a home that counts as empty."""


def check_empty(home: Path) -> None:
    """Refuse a home in which anything lies. Raises ArchiveRefused with a sentence."""
    there = sorted(one.name for one in home.iterdir() if one.name not in _RUNNING) if home.is_dir() else []
    if there:
        raise ArchiveRefused(
            str(home),
            f"this home is not empty ({', '.join(there[:3])}{' …' if len(there) > 3 else ''}). A restore overwrites nothing:"
            " name an empty folder with --home.",
        )


def lay_out(path: Path, home: Path, watch: Watch) -> tuple[Path, dict[str, Any]]:
    """Check a backup and unpack it beside the home. The folder and the manifest; raises ArchiveRefused, OSError.

    Attachments are checked here: each that the manifest lists must be there under the checksum of its own bytes.
    """
    sealing.check_seal(path, watch)
    home.parent.mkdir(parents=True, exist_ok=True)
    beside = home.with_name(f".{home.name}.restoring-{os.getpid()}")
    beside.mkdir(mode=0o700)
    try:
        manifest = sealing.unpack(path, beside, watch)
        _check_attachments(path, manifest)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return beside, manifest


def _check_attachments(path: Path, manifest: dict[str, Any]) -> None:
    missing = set(manifest.get("missing", ()))
    for checksum in manifest["attachments"]:
        if checksum in missing:
            continue
        named = manifest["files"].get(f"media/{checksum[:2]}/{checksum}")
        if named is None or named["sha256"] != checksum:
            raise ArchiveRefused(str(path), f"the attachment {checksum} is not in it, or is not itself.")


def check_version(path: Path, manifest: dict[str, Any]) -> None:
    """Refuse a backup of a later Palaver, or of the other database. Needs Django. Raises ArchiveRefused."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    if manifest["engine"] != connection.vendor:
        raise ArchiveRefused(
            str(path),
            f"it holds a {manifest['engine']} database, and this installation is set to {connection.vendor}"
            " (PALAVER_DATABASE_URL).",
        )
    known = set(MigrationLoader(None).disk_migrations)
    later = [f"{app}.{name}" for app, name in manifest["migrations"] if (app, name) not in known]
    if later:
        raise ArchiveRefused(
            str(path),
            f"it was made by Palaver {manifest['palaver']}, which is newer than this one ({later[0]} is unknown here).",
        )


def check_sqlite(path: Path, beside: Path, manifest: dict[str, Any], watch: Watch) -> None:
    """Compare each table of the unpacked database with the manifest. Needs Django. Raises ArchiveRefused."""
    from palaver.transfer import tables

    file = beside / _DATABASE
    if not file.is_file() or not tables.is_sound(file):
        raise ArchiveRefused(str(path), "its database is missing or damaged.")
    _compare(path, manifest["tables"], tables.told_of_sqlite(file, watch))


def _compare(path: Path, told: dict[str, Any], found: dict[str, Any]) -> None:
    for table in sorted(told.keys() | found.keys()):
        pair = [(one.get("rows"), one.get("sha256")) for one in (told.get(table, {}), found.get(table, {}))]
        if pair[0] != pair[1]:
            raise ArchiveRefused(
                str(path),
                f"the table {table} is not what it was: {pair[0][0]} rows were told, {pair[1][0]} are there or differ.",
            )


def load_postgresql(path: Path, beside: Path, manifest: dict[str, Any], watch: Watch) -> None:
    """Make the tables as the backup's version had them, fill them in one transaction, and compare each. Needs Django.

    Raises ArchiveRefused, and then the database is left with empty tables at worst.
    """
    from django.core.management import call_command
    from django.db import connection, transaction

    from palaver.transfer import tables

    if connection.introspection.table_names():
        raise ArchiveRefused(
            str(path),
            "the database is not empty. A restore overwrites nothing: make a new one and name it in PALAVER_DATABASE_URL.",
        )
    last: dict[str, str] = {}
    for app, name in manifest["migrations"]:
        last[app] = max(last.get(app, ""), name)
    for app, name in last.items():
        call_command("migrate", app, name, interactive=False, verbosity=0)
    with transaction.atomic(), connection.cursor() as wrapped:
        cursor: Any = wrapped.cursor
        here = {table for (table,) in cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        ).fetchall()}  # fmt: skip
        told: dict[str, Any] = manifest["tables"]
        if here != set(told):
            raise ArchiveRefused(
                str(path), f"its tables are not those of its version: {', '.join(sorted(here ^ set(told))[:5])}."
            )
        cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in sorted(here)) + " RESTART IDENTITY CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        watch.begin("Filling the tables", len(told), "tables")
        for table, one in told.items():
            _fill(cursor, table, one["columns"], beside / "tables" / f"{table}.copy")
            watch.advance(1)
        watch.end()
        for sequence, value in manifest.get("sequences", {}).items():
            if not re.fullmatch(r"[a-z0-9_]+", sequence):
                raise ArchiveRefused(str(path), f"{sequence!r} is no name of a sequence.")
            cursor.execute("SELECT setval(%s::regclass, %s)", [f'"{sequence}"', value])
        watch.begin("Adding up the tables", len(told), "tables")
        found = {}
        for table, one in told.items():
            found[table] = tables.copy_table(cursor.connection, table, one, None)
            watch.advance(1)
        watch.end()
        _compare(path, told, found)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    shutil.rmtree(beside / "tables", ignore_errors=True)


def _fill(cursor: Any, table: str, columns: list[str], file: Path) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    with file.open("rb") as source, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as sink:
        while data := source.read(sealing.CHUNK):
            sink.write(data)


def move_in(beside: Path, home: Path) -> None:
    """Give the checked folder the home's name; the database goes last, so that half a move is no installation."""
    database = beside / _DATABASE
    if database.exists():
        database.rename(beside / "palaver.sqlite3")
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for one in sorted(beside.iterdir(), key=lambda one: one.name == "palaver.sqlite3"):
        one.rename(home / one.name)
    beside.rmdir()
    sealing.sync(home)


def settle() -> None:
    """What must not come back as it was: sessions, mails on their way, leases of jobs. Needs Django, and the new home."""
    from django.db import transaction

    from palaver.accounts.models import Session
    from palaver.delivery.models import Mail
    from palaver.kit.due.models import Due

    with transaction.atomic():
        Session.objects.all().delete()
        underway = Mail.objects.filter(state__in=[Mail.State.WAITING, Mail.State.SENDING])
        underway.update(state=Mail.State.FAILED, may_have_gone_twice=False, last_words=HELD)
        Due.objects.filter(kind="mail").delete()
        Due.objects.update(leased_until=None, lease_owner="")
