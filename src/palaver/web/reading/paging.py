"""Keyset paging of one's own lists: the cursor is the instant and id of the last row, as in the lists of threads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from palaver.kit import pagination
from palaver.web import contexts

T = TypeVar("T")
Key = tuple[datetime, int]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def before(request: HttpRequest) -> Key | None:
    """Where the page before ended, made by us; anything else begins at the top."""
    values = pagination.decode(request.GET.get("before", ""), (int, int))
    if values is None:
        return None
    instant, number = values
    assert isinstance(instant, int) and isinstance(number, int)
    try:
        return _EPOCH + timedelta(microseconds=instant), number
    except OverflowError:
        return None


def older(rows: QuerySet[Any], key: str, start: Key | None) -> QuerySet[Any]:
    """The rows behind a cursor, newest first. `key` names the instant by which they stand."""
    if start is not None:
        rows = rows.filter(Q(**{f"{key}__lt": start[0]}) | Q(**{key: start[0], "id__lt": start[1]}))
    return rows.order_by(f"-{key}", "-id")


def cut(listed: Iterable[T], size: int, path: str, start: Key | None, key: str) -> tuple[list[T], contexts.Pager]:
    """Cut the row too many and say where the list goes on."""
    found = list(listed)
    rows, later = found[:size], None
    if len(found) > size:
        last: Any = rows[-1]
        number = last.pk if hasattr(last, "pk") else last.id
        cursor = pagination.encode([(getattr(last, key) - _EPOCH) // timedelta(microseconds=1), number])
        later = contexts.Link(_("Older"), f"{path}?before={cursor}")
    earlier = None if start is None else contexts.Link(_("Back to the top"), path)
    return rows, contexts.Pager(earlier=earlier, later=later)
