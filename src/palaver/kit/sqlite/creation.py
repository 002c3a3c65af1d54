"""Test databases: always files, so that the threads and processes of a test see the same rows."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import creation as stock

BESIDE = ("-wal", "-shm", ".lock", ".lockq")


class DatabaseCreation(stock.DatabaseCreation):
    """Makes a test database at TEST["NAME"] when that is a whole path, else under the temporary folder."""

    def _get_test_db_name(self) -> str:
        asked = str(self.connection.settings_dict["TEST"]["NAME"] or "")
        if asked == ":memory:" or "mode=memory" in asked or os.path.isabs(asked):
            return asked
        # pytest-xdist puts "test_" before the path of the real database and its worker after it.
        stem = Path(asked).name or f"{self.connection.alias}.sqlite3"
        return str(Path(tempfile.gettempdir()) / f"palaver-test-{os.getpid()}-{stem}")

    def _create_test_db(self, verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        name: str = super()._create_test_db(verbosity, autoclobber, keepdb)  # type: ignore[misc]
        if not keepdb:
            _remove_beside(name)
        return name

    def _clone_test_db(self, suffix: str, verbosity: int, keepdb: bool = False) -> None:
        # The copy is one of the main file, so the log must be in it first.
        with self.connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        super()._clone_test_db(suffix, verbosity, keepdb)  # type: ignore[misc]

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        with suppress(FileNotFoundError):
            super()._destroy_test_db(test_database_name, verbosity)  # type: ignore[misc]
        _remove_beside(test_database_name)


def _remove_beside(name: Any) -> None:
    for ending in BESIDE:
        with suppress(FileNotFoundError):
            os.remove(f"{name}{ending}")
