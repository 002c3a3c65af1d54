"""Every table of the database, with a checksum of its content, and the database itself as files of a backup.

SQLite: one consistent copy of the file, made by SQLite's own backup under a read transaction, so that writers go on.
PostgreSQL: each table by COPY, all in one REPEATABLE READ snapshot. A checksum is SHA-256 over the rows in the order of
their primary key: as JSON lists on SQLite, as COPY's text lines on PostgreSQL.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from palaver.transfer.sealing import Watch

PAGES = 2048
Told = dict[str, dict[str, Any]]


def copy_sqlite(target: Path, watch: Watch) -> None:
    """Write one instant of the running database into a file. Writers are never held up; readers neither."""
    library = _library()
    connection.ensure_connection()
    source: Any = connection.connection
    # Holding a read transaction fixes the instant: without it every write meanwhile would start the copy anew.
    source.execute("BEGIN")
    try:
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        total = source.execute("PRAGMA page_count").fetchone()[0]
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        copy = library.connect(str(target))
        done = [0]

        def tell(_status: int, remaining: int, pages: int) -> None:
            watch.advance(pages - remaining - done[0])
            done[0] = pages - remaining

        watch.begin("Copying the database", total, "pages")
        try:
            copy.execute("PRAGMA synchronous = OFF")  # The backup as a whole is synced before it gets its name.
            source.backup(copy, pages=PAGES, progress=tell, sleep=0)
        finally:
            copy.close()
            watch.end()
    finally:
        source.execute("ROLLBACK")


def told_of_sqlite(file: Path, watch: Watch) -> Told:
    """Rows and checksum of every table in a database file that nobody writes."""
    opened = _library().connect(f"file:{_quoted(file)}?immutable=1", uri=True)
    opened.text_factory = bytes  # Whatever bytes stand there count, readable as text or not.
    try:
        names = [
            name.decode()
            for name, sql in opened.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if not name.startswith(b"sqlite_") and not (sql or b"").upper().startswith(b"CREATE VIRTUAL")
        ]
        watch.begin("Adding up the tables", len(names), "tables")
        told = {}
        for name in names:
            told[name] = _sum_of(opened, name)
            watch.advance(1)
        watch.end()
        return told
    finally:
        opened.close()


def is_sound(file: Path) -> bool:
    """Whether SQLite finds its own pages in order."""
    return bool(asked(file, "PRAGMA quick_check(1)")[0][0] == "ok")


def asked(file: Path, sql: str) -> list[tuple[Any, ...]]:
    """What a database file that nobody writes answers to a statement."""
    opened = _library().connect(f"file:{_quoted(file)}?immutable=1", uri=True)
    try:
        return list(opened.execute(sql).fetchall())
    finally:
        opened.close()


def _sum_of(opened: Any, name: str) -> dict[str, Any]:
    columns = opened.execute(f'PRAGMA table_info("{name}")').fetchall()
    key = [column[1].decode() for column in sorted(columns, key=lambda one: one[5]) if column[5]]
    # Rows of a table without a key of its own are told in the order in which they lie.
    order = ", ".join(f'"{column}"' for column in key) or "rowid"
    sum_, rows = hashlib.sha256(), 0
    for row in opened.execute(f'SELECT * FROM "{name}" ORDER BY {order}'):
        sum_.update(json.dumps([_plain(value) for value in row]).encode() + b"\n")
        rows += 1
    return {"rows": rows, "sha256": sum_.hexdigest()}


def _plain(value: Any) -> Any:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value


def _library() -> Any:
    from palaver.kit.sqlite.base import stock_library

    return stock_library


def _quoted(file: Path) -> str:
    return str(file).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


# PostgreSQL.


@contextmanager
def snapshot() -> Iterator[Any]:
    """A connection of its own that sees one instant of the database, and may not write."""
    opened: Any = connection.get_new_connection(connection.get_connection_params())
    opened.autocommit = True
    try:
        opened.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        opened.execute("SET LOCAL TimeZone = 'UTC'")
        yield opened
    finally:
        opened.close()


def columns_of(opened: Any) -> dict[str, dict[str, list[str]]]:
    """Each table's columns (generated ones apart) and the columns of its primary key."""
    found: dict[str, dict[str, list[str]]] = {}
    for table, column in opened.execute(
        "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)"
        " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'"
        " ORDER BY table_name, ordinal_position"
    ):
        found.setdefault(table, {"columns": [], "key": []})["columns"].append(column)
    for table, column in opened.execute(
        "SELECT k.table_name, k.column_name FROM information_schema.table_constraints c JOIN"
        " information_schema.key_column_usage k USING (constraint_schema, constraint_name)"
        " WHERE c.table_schema = current_schema() AND c.constraint_type = 'PRIMARY KEY' ORDER BY k.table_name, k.ordinal_position"
    ):
        found[table]["key"].append(column)
    return found


def sequences_of(opened: Any) -> dict[str, int]:
    """The last number that each sequence has given; those that gave none are left out."""
    rows = opened.execute(
        "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL"
    )
    return {name: int(value) for name, value in rows}


def copy_table(opened: Any, table: str, shape: dict[str, list[str]], file: Path | None) -> dict[str, Any]:
    """Write a table's rows into a file (None: only add them up). Rows and checksum of what COPY told."""
    columns = ", ".join(f'"{name}"' for name in shape["columns"])
    order = ", ".join(f'"{name}"' for name in shape["key"] or shape["columns"])
    sum_, rows = hashlib.sha256(), 0
    sink = None if file is None else os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    try:
        with (
            opened.cursor() as cursor,
            cursor.copy(f'COPY (SELECT {columns} FROM "{table}" ORDER BY {order}) TO STDOUT') as lines,
        ):
            for data in lines:
                sum_.update(data)
                rows += bytes(data).count(b"\n")
                if sink is not None:
                    sink.write(data)
    finally:
        if sink is not None:
            sink.close()
    return {"rows": rows, "sha256": sum_.hexdigest()}
