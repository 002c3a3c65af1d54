"""The summary table's rows, kept per thread for as long as its cache words stand, and the tables made of them.

Every reader of a thread sees the same rows; only what is new to them differs, and which posts are on their page. The words
are those under which guests' pages are kept, so a table is never older than the thread.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace

from django.utils.translation import get_language

from palaver.accounts.reads import Viewer
from palaver.forums import reads
from palaver.front.changing import shared as shared_words
from palaver.reading.reads import ThreadHead
from palaver.web import assembling, contexts
from palaver.web.threads import assembly

ROWS_KEPT = 8_000
"""Rows of all kept tables together, about 0.5 KB each."""


class _Thread:
    """One thread's rows under the values of its words, and the last few tables made of them."""

    __slots__ = ("made", "rows", "values")

    def __init__(self, values: tuple[int, ...], rows: list[reads.TableRow]) -> None:
        self.values = values
        self.rows = rows
        self.made: dict[tuple[frozenset[int], frozenset[int], frozenset[int], str], contexts.SummaryTable] = {}


_kept: OrderedDict[int, _Thread] = OrderedDict()
_lock = threading.Lock()


def whole(
    head: ThreadHead,
    viewer: Viewer | None,
    here: frozenset[int],
    *,
    limit: int,
    ignored: frozenset[int] = frozenset(),
) -> contexts.SummaryTable:
    """The table of a thread of fewer than `limit` posts, as one reader sees it from a page that holds the posts `here`."""
    thread = _thread(head.id, limit)
    if ignored:
        ignored &= frozenset(row.author_id for row in thread.rows)
    new: frozenset[int] = frozenset()
    if viewer is not None and head.marked_at is not None and head.last_post_at > head.marked_at:
        new = frozenset(
            row.number for row in thread.rows if assembly.is_new(row.created_at, row.author_id, head, viewer)
        )
    key = (here, new, ignored, get_language() or "en")
    table = thread.made.get(key)
    if table is None:
        table = assembly.summary(thread.rows, head, viewer, here, ignored)
        # The rows may be newer than the head, and what is kept must be of one time.
        table = replace(table, total=max(len(thread.rows) - 1, 0), html=assembling.table(table))
        if len(thread.made) >= 8:
            thread.made.clear()
        thread.made[key] = table
    return table


def _thread(thread_id: int, limit: int) -> _Thread:
    shared, names = shared_words(), (f"thread:{thread_id}", "names")
    values = shared.read(names)
    kept = _kept.get(thread_id)
    if kept is not None and kept.values == values:
        return kept
    made = _Thread(values, reads.table(thread_id, limit=limit))
    # An odd value is a verb that has yet to commit; another value afterwards one that has committed meanwhile.
    if any(value & 1 for value in values) or shared.read(names) != values:
        return made
    with _lock:
        _kept[thread_id] = made
        _kept.move_to_end(thread_id)
        while sum(len(one.rows) for one in _kept.values()) > ROWS_KEPT:
            _kept.popitem(last=False)
    return made


def forget() -> None:
    """Drop everything kept: for measurements of a cold start."""
    with _lock:
        _kept.clear()
