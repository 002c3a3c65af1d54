"""Moving the log into the database file, and the library's own upkeep. Called by the jobs process, not by requests."""

from __future__ import annotations

from typing import Any, NamedTuple

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


# A virtual table keeps its content in tables of its own and asks for it by key. When those were counted while they were
# empty, the planner thinks that reading one of them whole costs as little as its key, and FTS5 does so sixteen times at
# every sixteenth row. Without a count it takes the key.
_FORGET = """
DELETE FROM sqlite_stat1 WHERE tbl IN (SELECT name FROM pragma_table_list WHERE type = 'shadow' AND schema = 'main')
"""


def optimize(alias: str = DEFAULT_DB_ALIAS) -> bool:
    """`PRAGMA optimize`: renew the planner's statistics where they are out of date. False when not SQLite."""
    connection = connections[alias]
    if not isinstance(connection, DatabaseWrapper):
        return False
    with connection.upkeep() as raw:
        raw.execute("PRAGMA analysis_limit = 1000")
        raw.execute("PRAGMA optimize")
        forget_shadows(raw)
    return True


def forget_shadows(raw: Any) -> int:
    """Take what virtual tables keep out of the planner's statistics, which no other table needs; returns how many rows
    of statistics went. `raw` is a connection that may write. Connections opened from now on know nothing of them."""
    if raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone() is None:
        return 0
    gone = int(raw.execute(_FORGET).rowcount)
    if gone:
        raw.execute("ANALYZE sqlite_master")
    return gone
