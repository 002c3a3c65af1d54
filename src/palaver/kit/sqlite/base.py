"""The backend itself: what Django loads for `ENGINE = "palaver.kit.sqlite"`.

Options (`DATABASES[…]["OPTIONS"]`) beside Django's own: `lock_timeout`, seconds to wait for the turn to write (10);
`cache_kib`, page cache of one connection (8192); `autocheckpoint`, pages of the log after which a writer must
checkpoint itself because the jobs process did not (8000 pages, 32 MB).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from palaver.kit.sqlite import library

library.swap()

from django.db import ProgrammingError, transaction  # noqa: E402
from django.db.backends.sqlite3 import base as stock  # noqa: E402

from palaver.kit.sqlite.creation import DatabaseCreation  # noqa: E402
from palaver.kit.sqlite.writing import WriteLock  # noqa: E402

# The very module that Django itself holds.
stock_library: Any = vars(stock)["Database"]

LOCK_TIMEOUT = 10.0
CACHE_KIB = 8192
AUTOCHECKPOINT = 8000
JOURNAL_KEPT = 64 * 1024 * 1024

# Django's migration executor notes what it has applied outside any transaction when a migration had deferred SQL.
_MIGRATION_LOG = ('INSERT INTO "django_migrations"', 'DELETE FROM "django_migrations"')


class WriteOutsideTransaction(ProgrammingError):
    """A statement tried to change the database in autocommit mode. Open `transaction.atomic()` in the verb."""


class DatabaseWrapper(stock.DatabaseWrapper):
    """One connection of one thread."""

    creation_class = DatabaseCreation

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.write_lock: WriteLock | None = None
        self.lock_timeout = LOCK_TIMEOUT
        self.cache_kib = CACHE_KIB
        self.autocheckpoint = AUTOCHECKPOINT
        self._guarded = False
        self._relax_next = False
        self._relaxed = False
        self.writes_alone = False

    # Opening and closing.

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        self.lock_timeout = float(params.pop("lock_timeout", LOCK_TIMEOUT))
        self.cache_kib = int(params.pop("cache_kib", CACHE_KIB))
        self.autocheckpoint = int(params.pop("autocheckpoint", AUTOCHECKPOINT))
        params.setdefault("timeout", 5.0)
        params["isolation_level"] = None
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._forget_lock()
        connection = super().get_new_connection(conn_params)
        try:
            path = self.file()
            self.write_lock = WriteLock(path + ".lock", like=path) if path else None
            connection.execute(f"PRAGMA cache_size = -{self.cache_kib}")
            connection.execute("PRAGMA temp_store = MEMORY")
            if self.write_lock is not None:
                self._use_write_ahead_log(connection, self.write_lock)
            connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            self._forget_lock()
            raise
        self._guarded = True
        self._relaxed = False
        return connection

    def _use_write_ahead_log(self, connection: Any, lock: WriteLock) -> None:
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            # Two processes that open a new file at once must not both convert it: the busy handler is not asked then.
            lock.take(self.lock_timeout)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            finally:
                lock.let_go()
        connection.execute(f"PRAGMA wal_autocheckpoint = {self.autocheckpoint}")
        connection.execute(f"PRAGMA journal_size_limit = {JOURNAL_KEPT}")

    def file(self) -> str:
        """The real path of the database file, "" for a database in memory."""
        name = str(self.settings_dict["NAME"])
        if self.is_in_memory_db():
            return ""
        if name.startswith("file:"):
            name = unquote(name.removeprefix("file:").partition("?")[0])
            name = name if not name.startswith("//") else "/" + name.lstrip("/")
        return os.path.realpath(name)

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if not self.is_in_memory_db():
                self._forget_lock()

    def _forget_lock(self) -> None:
        if self.write_lock is not None:
            self.write_lock.close()
            self.write_lock = None

    # Transactions.

    def _start_transaction_under_autocommit(self) -> None:
        if self.write_lock is not None:
            self.write_lock.take(self.lock_timeout)
        try:
            with self.wrap_database_errors:
                if self._relax_next:
                    self._relaxed = True
                    self.connection.execute("PRAGMA synchronous = NORMAL")
                self._guard(False)
            self.cursor().execute("BEGIN IMMEDIATE")
        except BaseException:
            self._settle()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        # When COMMIT fails the transaction stands and the lock stays: Django rolls back next, or closes.
        self._settle()

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]
        self._settle()

    def _set_autocommit(self, autocommit: bool) -> None:
        if not autocommit:
            raise ProgrammingError("Switching autocommit off would write without the lock; use transaction.atomic().")
        super()._set_autocommit(autocommit)  # type: ignore[misc]
        if self.connection is not None:
            self._settle()

    def _settle(self) -> None:
        """Leave no transaction open, put the guard back, and let the next writer in. Safe to call at any time."""
        connection = self.connection
        try:
            if connection is not None:
                with self.wrap_database_errors:
                    if connection.in_transaction and not self._guarded:
                        connection.rollback()
                    if self._relaxed:
                        connection.execute("PRAGMA synchronous = FULL")
                        self._relaxed = False
                    self._guard(True)
        finally:
            if self.write_lock is not None:
                self.write_lock.let_go()

    def _guard(self, on: bool) -> None:
        # Only a transaction that holds the lock may write: see Cursor. The library's own bit for that is not held all the
        # time, because changing it makes the library prepare every statement of the connection anew.
        self._guarded = on

    @contextmanager
    def reading_only(self) -> Iterator[None]:
        """Let the library itself refuse whatever would write."""
        self.connection.execute("PRAGMA query_only = 1")
        try:
            yield
        finally:
            self.connection.execute("PRAGMA query_only = 0")

    @contextmanager
    def relaxed(self) -> Iterator[None]:
        """Let the next outermost transaction begin with `synchronous=NORMAL`. See `kit.durability`."""
        if self.in_atomic_block:
            # The setting cannot change inside a transaction, and the stricter one is the right one to keep.
            yield
            return
        before, self._relax_next = self._relax_next, True
        try:
            yield
        finally:
            self._relax_next = before

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Give each write outside a transaction one of its own: for a library that saves in autocommit mode (allauth)."""
        before, self.writes_alone = self.writes_alone, True
        try:
            yield
        finally:
            self.writes_alone = before

    @contextmanager
    def upkeep(self) -> Iterator[Any]:
        """Hold the lock without a transaction, for VACUUM, ANALYZE and `PRAGMA optimize`. Gives the raw connection."""
        self.validate_no_atomic_block()
        self.ensure_connection()
        if self.write_lock is not None:
            self.write_lock.take(self.lock_timeout)
        try:
            with self.wrap_database_errors:
                self._guard(False)
                yield self.connection
        finally:
            self._settle()

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = self.connection.cursor(factory=Cursor)
        cursor.wrapper = self
        return cursor


class Cursor(stock.SQLiteCursorWrapper):
    """A cursor that says plainly why a write was refused."""

    wrapper: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        if not self.wrapper._guarded or _only_reads(query):
            return super().execute(query, params)
        try:
            with self.wrapper.reading_only():
                return super().execute(query, params)
        except stock_library.OperationalError as error:
            if not self._was_guarded(error):
                raise
            if self.wrapper.writes_alone or query.startswith(_MIGRATION_LOG):
                return self._execute_alone(query, params)
            raise _refused(query) from error

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        if not self.wrapper._guarded:
            return super().executemany(query, param_list)
        try:
            with self.wrapper.reading_only():
                return super().executemany(query, param_list)
        except stock_library.OperationalError as error:
            if self._was_guarded(error):
                raise _refused(query) from error
            raise

    def _execute_alone(self, query: str, params: Any) -> Any:
        with transaction.atomic(using=self.wrapper.alias):
            # A RETURNING clause must be read to its end before COMMIT; its row is then given out a second time.
            returned = super().execute(query, params).fetchall()
        if not returned:
            return self
        return super().execute(f"SELECT {', '.join(['%s'] * len(returned[0]))}", returned[0])

    def _was_guarded(self, error: Exception) -> bool:
        return self.wrapper._guarded and "readonly database" in str(error)


_WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def _only_reads(query: str) -> bool:
    """Whether a statement cannot write, by its first word. A WITH may lead to one that does."""
    first = query.lstrip()[:7].upper()
    if first.startswith(("SELECT", "EXPLAIN")):
        return True
    return first.startswith("WITH") and not any(word in query.upper() for word in _WRITING)


def _refused(query: str) -> WriteOutsideTransaction:
    opening = " ".join(query.split())[:80]
    return WriteOutsideTransaction(f"A write outside a transaction; open transaction.atomic() around it: {opening}")
