"""`palaver restore`: an installation out of a backup, checked to the last byte, on an empty home."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import Any

NAME = "restore"
HELP = "make an installation out of a backup; checks everything and overwrites nothing"
# Settings make secrets in a home that has none, so Django comes in once the backup's own stand there.
DJANGO = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="PATH", help="the backup")
    parser.add_argument("--check", action="store_true", help="only look whether it is whole, and restore nothing")
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def run(args: argparse.Namespace) -> int:
    from palaver.kit import env
    from palaver.transfer.errors import ArchiveRefused

    home = env.home()
    try:
        return _restore(args, home)
    except ArchiveRefused as refused:
        print(f"palaver restore: {refused}", file=sys.stderr)
        return 1


def _restore(args: argparse.Namespace, home: Path) -> int:
    from palaver.cli.progress import Bar
    from palaver.transfer import restoring

    watch = Bar(args.quiet)
    if not args.check:
        restoring.check_empty(home)
    beside, manifest = restoring.lay_out(args.path, home, watch)
    try:
        os.environ["PALAVER_HOME"] = str(beside)
        _django()
        restoring.check_version(args.path, manifest)
        if manifest["engine"] == "sqlite":
            restoring.check_sqlite(args.path, beside, manifest, watch)
        if args.check:
            where = f"{len(manifest['tables'])} tables and {len(manifest['files'])} files of {manifest['taken_at']}"
            print(f"{args.path} is whole: {where}, from Palaver {manifest['palaver']} on {manifest['engine']}.")
            return 0
        if manifest["engine"] == "postgresql":
            restoring.load_postgresql(args.path, beside, manifest, watch)
        restoring.move_in(beside, home)
    finally:
        watch.end()
        shutil.rmtree(beside, ignore_errors=True)
    os.environ["PALAVER_HOME"] = str(home)
    return _finish(home, manifest)


def _django() -> None:
    """Set Django up on the unpacked folder: its secrets are those of the backup."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palaver.project.settings")
    import django

    django.setup()


def _finish(home: Path, manifest: dict[str, Any]) -> int:
    """Bring the database to this version's shape, settle what must not come back, count everything."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from palaver.ballots import counting as ballots
    from palaver.forums import counting
    from palaver.record.verifying import verify
    from palaver.transfer import restoring

    database = settings.DATABASES["default"]
    if manifest["engine"] == "sqlite" and Path(database["NAME"]).name == "palaver.sqlite3":
        connections["default"].close()
        connections["default"].settings_dict["NAME"] = database["NAME"] = str(home / "palaver.sqlite3")
    call_command("migrate", interactive=False, verbosity=0)
    restoring.settle()
    drifted = [*counting.drift(), *ballots.drift()]
    record = verify()
    for sentence in [*drifted, *record.faults]:
        print(sentence, file=sys.stderr)
    rows = sum(one["rows"] for one in manifest["tables"].values())
    print(
        f"{home} holds what was backed up at {manifest['taken_at']}: {rows} rows in {len(manifest['tables'])} tables,"
        f" {len(manifest['attachments'])} attachments. Every checksum agrees."
    )
    if record:
        print(f"The record is whole: {record.entries} entries.")
    print("All sessions have ended. Mails that waited are held at the operators' desk.")
    for checksum in manifest.get("missing", ()):
        print(f"The attachment {checksum} was lost before the backup was made.", file=sys.stderr)
    return 1 if drifted or not record else 0
