"""Which SQLite library speaks: pysqlite3 in the place of the interpreter's own, and whether its version can be trusted.

Source of the version list: SQLite's notes on the "WAL-reset" fault. From 3.7.0 to 3.51.2 several connections that
write and checkpoint at the same instant can lose committed rows; mended in 3.51.3 and, for the older lines, 3.50.7 and
3.44.6.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from palaver.kit.decisions import YES, Decision, no

Version = tuple[int, int, int]

FIRST_WITH_WAL: Version = (3, 7, 0)
MENDED: Version = (3, 51, 3)
MENDED_LINES: tuple[Version, ...] = ((3, 50, 7), (3, 44, 6))


def swap() -> bool:
    """Let `import sqlite3` give pysqlite3 from here on. True when it does, False when pysqlite3 is not installed.

    Call it first, before Django's SQLite backend is loaded; calling it again changes nothing. Raises RuntimeError when
    it comes too late, because then two libraries with different faults would open the same file.
    """
    try:
        theirs = importlib.import_module("pysqlite3")
        api = importlib.import_module("pysqlite3.dbapi2")
        core = importlib.import_module("pysqlite3._sqlite3")
    except ImportError:
        return False
    if sys.modules.get("sqlite3") is theirs:
        return True
    loaded: ModuleType | None = sys.modules.get("django.db.backends.sqlite3.base")
    if loaded is not None and loaded.Database is not api:
        raise RuntimeError("Django's SQLite backend was loaded before palaver.kit.sqlite.library.swap().")
    sys.modules["sqlite3"] = theirs
    sys.modules["sqlite3.dbapi2"] = api
    sys.modules["_sqlite3"] = core
    return True


def version() -> Version:
    """The version of the SQLite library that `import sqlite3` gives now."""
    major, minor, patch = importlib.import_module("sqlite3").sqlite_version_info
    return major, minor, patch


def safe(of: Version | None = None) -> Decision:
    """Whether several connections may write and checkpoint one file in WAL mode with this library version."""
    asked = version() if of is None else of
    if asked < FIRST_WITH_WAL:
        return no(f"SQLite {_dotted(asked)} has no write-ahead log. Install pysqlite3 0.6.1 or newer.")
    if asked >= MENDED or any(asked[:2] == line[:2] and asked >= line for line in MENDED_LINES):
        return YES
    return no(
        f"SQLite {_dotted(asked)} can lose committed rows when several connections write at once."
        " Install pysqlite3 0.6.1 or newer (pip install 'pysqlite3>=0.6.1'), or let one worker write alone."
    )


def may_run(writers: int, of: Version | None = None) -> Decision:
    """Whether this many writing processes may share the file. `palaver check` and the supervisor ask here."""
    decision = safe(of)
    return YES if writers <= 1 and (version() if of is None else of) >= FIRST_WITH_WAL else decision


def _dotted(of: Version) -> str:
    return ".".join(str(part) for part in of)
