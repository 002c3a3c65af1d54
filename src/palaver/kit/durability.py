"""How durable a transaction is. Content waits for the disk; marks and sessions need not.

A relaxed transaction that was committed survives the death of every process, but perhaps not the loss of power. It is
never torn: after a power cut either all of it is there or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from palaver.kit.sqlite.base import DatabaseWrapper


@contextmanager
def relaxed(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Open a transaction whose commit does not wait for the disk. For read marks and session stamps only.

    Inside a transaction that is already open it is a plain nested one, and the outer durability holds.
    """
    connection = connections[using]
    outermost = not connection.in_atomic_block
    if isinstance(connection, DatabaseWrapper):
        with connection.relaxed(), transaction.atomic(using=using):
            yield
        return
    with transaction.atomic(using=using):
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO OFF")
        yield


@contextmanager
def alone(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Let a library that saves in autocommit mode write: each statement is a transaction of its own, on both databases."""
    connection: Any = connections[using]
    if connection.vendor != "sqlite":
        yield
        return
    with connection.alone():
        yield
