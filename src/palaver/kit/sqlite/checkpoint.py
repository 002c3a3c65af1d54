"""Moving the log into the database file, and the library's own upkeep. Called by the jobs process, not by requests."""

from __future__ import annotations

from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

from palaver.kit.sqlite.base import DatabaseWrapper


class Checkpoint(NamedTuple):
    """What one checkpoint did: whether it was hindered, pages in the log, pages of them now in the database file."""

    hindered: bool
    in_log: int
    moved: int


def passive(alias: str = DEFAULT_DB_ALIAS) -> Checkpoint | None:
    """Move what can be moved without making any reader or writer wait. None when the database is not SQLite."""
    connection = connections[alias]
    if not isinstance(connection, DatabaseWrapper):
        return None
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        hindered, in_log, moved = cursor.fetchone()
    return Checkpoint(bool(hindered), in_log, moved)


def optimize(alias: str = DEFAULT_DB_ALIAS) -> bool:
    """`PRAGMA optimize`: renew the planner's statistics where they are out of date. False when not SQLite."""
    connection = connections[alias]
    if not isinstance(connection, DatabaseWrapper):
        return False
    with connection.upkeep() as raw:
        raw.execute("PRAGMA analysis_limit = 1000")
        raw.execute("PRAGMA optimize")
    return True
