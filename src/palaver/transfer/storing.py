"""Rows by the thousand: straight into the tables, past model instances, with ids taken beforehand.

Inside a transaction only. Columns that are not named get their model's default, so a new column needs no change here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

Row = Sequence[Any]


class Table:
    """A model's table and the attributes that rows are given for, in their order."""

    def __init__(self, model: type[models.Model], *attributes: str) -> None:
        self.name = model._meta.db_table
        fields = {field.attname: field for field in model._meta.concrete_fields}
        unknown = set(attributes) - set(fields)
        if unknown:
            raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}.")
        others = [
            field
            for name, field in fields.items()
            if name not in attributes and not isinstance(field, models.AutoField)
        ]
        self.columns = [fields[name].column for name in attributes] + [field.column for field in others]
        self._defaults = tuple(field.get_default() for field in others)
        self._instants = [
            place
            for place, field in enumerate([*(fields[name] for name in attributes), *others])
            if isinstance(field, models.DateTimeField)
        ]

    def insert(self, rows: Iterable[Row]) -> int:
        """Insert rows and return how many."""
        full = [(*row, *self._defaults) for row in rows]
        if not full:
            return 0
        columns = ", ".join(f'"{column}"' for column in self.columns)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.cursor.copy(f'COPY "{self.name}" ({columns}) FROM STDIN') as copy:
                    for row in full:
                        copy.write_row(row)
            else:
                adapt = connection.ops.adapt_datetimefield_value
                marks = ", ".join(["%s"] * len(self.columns))
                cursor.executemany(
                    f'INSERT INTO "{self.name}" ({columns}) VALUES ({marks})', self._adapted(full, adapt)
                )
        return len(full)

    def _adapted(self, rows: list[tuple[Any, ...]], adapt: Callable[[datetime], Any]) -> list[list[Any]]:
        adapted = []
        for row in rows:
            values = list(row)
            for place in self._instants:
                if values[place] is not None:
                    values[place] = adapt(values[place])
            adapted.append(values)
        return adapted


def take_ids(model: type[models.Model], number: int) -> list[int]:
    """So many ids of a table, taken for ever, rising. On SQLite they are safe because writers take turns."""
    if number == 0:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [f'"{table}"', number]
            )
            return sorted(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        cursor.execute(f'SELECT COALESCE(MAX(id), 0) FROM "{table}"')
        highest = max(row[0] if row else 0, cursor.fetchone()[0])
    return list(range(highest + 1, highest + 1 + number))
