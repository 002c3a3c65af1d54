"""Fields that behave the same on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Lookup

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

    Text = models.CharField[str, str]
else:
    Text = models.CharField

LAST = "\U0010ffff"


class BytewiseCharField(Text):
    """A CharField ordered by its UTF-8 bytes, whatever the database's language is.

    SQLite orders so by itself; PostgreSQL is told with COLLATE "C". `name__prefix="0a"` is an index range on both.
    """

    description = "Text ordered byte by byte"

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters: dict[str, Any] = dict(super().db_parameters(connection))
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


@BytewiseCharField.register_lookup
class Prefix(Lookup):
    """Rows whose value begins with the given text; byte-wise, so capital letters count."""

    lookup_name = "prefix"

    def get_prep_lookup(self) -> str:
        return str(self.rhs)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]
        left, left_parameters = self.process_lhs(compiler, connection)
        end = after(self.rhs)
        if end is None:
            return f"{left} >= %s", [*left_parameters, self.rhs]
        return f"({left} >= %s AND {left} < %s)", [*left_parameters, self.rhs, *left_parameters, end]


def after(prefix: str) -> str | None:
    """The least text that is greater than every text beginning with `prefix`; None when there is no such text."""
    kept = prefix.rstrip(LAST)
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    # Surrogates are no text; the code point after the gap is the next in byte order.
    return kept[:-1] + chr(0xE000 if 0xD800 <= following <= 0xDFFF else following)
