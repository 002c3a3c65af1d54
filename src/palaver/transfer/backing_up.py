"""`palaver backup`: everything an installation owns, in one file, while it is being used.

What is in it: the database as of one instant, the attachments, the secrets. What is not: caches, sockets and logs of the
running processes. Posts that were acknowledged before it began are in it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

import palaver
from palaver.forums.models import Attachment
from palaver.kit import clock, env
from palaver.transfer import sealing, tables
from palaver.transfer.sealing import FORMAT, Nobody, Packing, Watch

_MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY app, name"
_CHECKSUMS = f"SELECT checksum, thumbnail_checksum FROM {Attachment._meta.db_table}"
TRANSIENT = frozenset({"set_up_tries"})


@dataclass(slots=True)
class Backup:
    """What a backup holds. `missing` names attachments whose file was not there: they were lost before."""

    path: Path
    rows: int = 0
    files: int = 0
    size: int = 0
    missing: list[str] = field(default_factory=list)


def default_path() -> Path:
    """Where a backup goes when nobody says: home()/backups, named by its instant in UTC."""
    return env.home() / "backups" / name()


def name() -> str:
    """A backup's file name, by its instant in UTC."""
    return f"palaver-{clock.now():%Y%m%dT%H%M%SZ}.tar.zst"


def back_up(path: Path, *, watch: Watch | None = None) -> Backup:
    """Write a backup; the file has its name only once it is whole. Raises FileExistsError, OSError, database errors."""
    seen = watch or Nobody()
    made = Backup(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target: there is room for a backup there, and perhaps none in /tmp.
    scratch = Path(tempfile.mkdtemp(prefix=".palaver-backup-", dir=path.parent))
    try:
        manifest: dict[str, Any] = {"format": FORMAT, "palaver": palaver.__version__, "engine": connection.vendor}
        manifest["begun_at"] = clock.now().isoformat()
        with sealing.written(path, seen) as packing:
            add = _add_sqlite if connection.vendor == "sqlite" else _add_postgresql
            manifest |= add(packing, scratch, seen)
            _add_files(packing, manifest, made, seen)
            manifest["finished_at"] = clock.now().isoformat()
            packing.close(manifest)
            made.files = len(packing.files)
        made.rows = sum(one["rows"] for one in manifest["tables"].values())
        made.size = path.stat().st_size
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return made


def _add_sqlite(packing: Packing, scratch: Path, watch: Watch) -> dict[str, Any]:
    copy = scratch / "database.sqlite3"
    taken_at = clock.now().isoformat()
    tables.copy_sqlite(copy, watch)
    told = tables.told_of_sqlite(copy, watch)
    watch.begin("Packing the database", copy.stat().st_size, "bytes")
    packing.add(copy, "database.sqlite3")
    watch.end()
    migrations = [list(row) for row in tables.asked(copy, _MIGRATIONS)]
    checksums = _each(tables.asked(copy, _CHECKSUMS))
    copy.unlink()
    return {"taken_at": taken_at, "tables": told, "migrations": migrations, "attachments": checksums}


def _each(rows: Iterable[tuple[str, str]]) -> list[str]:
    return sorted({checksum for row in rows for checksum in row if checksum})


def _add_postgresql(packing: Packing, scratch: Path, watch: Watch) -> dict[str, Any]:
    told: dict[str, Any] = {}
    with tables.snapshot() as opened:
        shapes = tables.columns_of(opened)
        taken_at = clock.now().isoformat()
        watch.begin("Copying the tables", len(shapes), "tables")
        for table, shape in shapes.items():
            file = scratch / f"{table}.copy"
            told[table] = {**tables.copy_table(opened, table, shape, file), **shape}
            packing.add(file, f"tables/{table}.copy")
            file.unlink()
            watch.advance(1)
        watch.end()
        sequences = tables.sequences_of(opened)
        migrations = [list(row) for row in opened.execute(_MIGRATIONS)]
        checksums = _each(opened.execute(_CHECKSUMS))
    return {
        "taken_at": taken_at,
        "tables": told,
        "sequences": sequences,
        "migrations": migrations,
        "attachments": checksums,
    }


def _add_files(packing: Packing, manifest: dict[str, Any], made: Backup, watch: Watch) -> None:
    """The attachments that the database names, and the secrets. What nobody's text shows any more is left behind."""
    home = env.home()
    found = [(one, home / "media" / one[:2] / one) for one in manifest["attachments"]]
    made.missing = [one for one, file in found if not file.is_file()]
    there = [(one, file) for one, file in found if one not in set(made.missing)]
    watch.begin("Packing attachments", sum(file.stat().st_size for _, file in there) or None, "bytes")
    for one, file in there:
        packing.add(file, f"media/{one[:2]}/{one}")
        if packing.files[f"media/{one[:2]}/{one}"]["sha256"] != one:
            made.missing.append(one)
    watch.end()
    manifest["missing"] = made.missing
    folder = home / "secrets"
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.is_file() and not file.name.startswith(".") and file.name not in TRANSIENT:
            packing.add(file, f"secrets/{file.name}")
