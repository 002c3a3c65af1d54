"""Rows of models for the commonest writes: the statement is made once for each model, and nothing else is done.

`Model.save` and `QuerySet.get` build their statements anew each time, which costs several times what the database needs.
A post writes ten rows, so its verb writes and reads them by these two. Values pass the same fields as ever; signals are
not sent (there are none here) and defaults are those of Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)
Row = Sequence[Any]
_Convert = Callable[[Any, Any, Any], Any]


def store(rows: Sequence[M]) -> Sequence[M]:
    """Write new rows of one model with one statement, give them their keys, and return them.

    For a handful of rows in a transaction. Raises what the database raises, IntegrityError for a broken constraint.
    """
    if not rows:
        return rows
    model = type(rows[0])
    sql, fields, makes_key = _insert(model, len(rows), connection.vendor)
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for row in rows for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        keys = cursor.fetchall() if makes_key else ()
    for row, key in zip(rows, keys, strict=False):
        row.pk = key[0]
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return rows


def held(model: type[M], key: Any, *, with_its: str) -> M:
    """The row with this key, kept from changing until the transaction ends, and with it the row that its foreign key
    `with_its` leads to, which is not kept. Raises the model's DoesNotExist."""
    sql, own, its, convert = _select(model, with_its, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [key])
        found = cursor.fetchone()
    if found is None:
        missing: Any = model
        raise missing.DoesNotExist(f"There is no {model.__name__} {key}.")
    values = list(found)
    for place, converters, column in convert:
        for converter in converters:
            values[place] = converter(values[place], column, connection)
    row = model.from_db(connection.alias, own, values[: len(own)])
    related: Any = model._meta.get_field(with_its).related_model
    setattr(row, with_its, related.from_db(connection.alias, its, values[len(own) :]))
    return row


@lru_cache(maxsize=200)
def _insert(model: type[models.Model], count: int, vendor: str) -> tuple[str, list[Any], bool]:
    own = model._meta
    makes_key = isinstance(own.pk, models.AutoField)
    fields = [field for field in own.concrete_fields if not (makes_key and field.primary_key)]
    columns = ", ".join(_quoted(field.column) for field in fields)
    one = f"({', '.join(['%s'] * len(fields))})"
    sql = f"INSERT INTO {_quoted(own.db_table)} ({columns}) VALUES {', '.join([one] * count)}"
    if makes_key:
        sql += f" RETURNING {_quoted(own.pk.column)}"
    return sql, fields, makes_key


@lru_cache(maxsize=50)
def _select(
    model: type[models.Model], with_its: str, vendor: str
) -> tuple[str, list[str], list[str], list[tuple[int, list[_Convert], Any]]]:
    link: Any = model._meta.get_field(with_its)
    other: Any = link.related_model
    fields = [*model._meta.concrete_fields, *other._meta.concrete_fields]
    count = len(model._meta.concrete_fields)
    columns = [f"{'t' if place < count else 'r'}.{_quoted(field.column)}" for place, field in enumerate(fields)]
    sql = (
        f"SELECT {', '.join(columns)} FROM {_quoted(model._meta.db_table)} t"
        f" JOIN {_quoted(other._meta.db_table)} r ON r.{_quoted(other._meta.pk.column)} = t.{_quoted(link.column)}"
        f" WHERE t.{_quoted(model._meta.pk.column)} = %s"
    )
    if connection.features.has_select_for_update:
        sql += " FOR NO KEY UPDATE OF t"
    convert: list[tuple[int, list[_Convert], Any]] = []
    for place, field in enumerate(fields):
        column = field.get_col(field.model._meta.db_table)
        converters = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
        if converters:
            convert.append((place, converters, column))
    return sql, [field.attname for field in fields[:count]], [field.attname for field in fields[count:]], convert


def _quoted(name: str | None) -> str:
    """A table or column as it stands in a statement; only a field without a column has no name."""
    return str(connection.ops.quote_name(name or ""))
