"""What a page of results needs besides the results: one statement, whoever asks (hot)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from palaver.reading.sight import Sight as Filters
from palaver.search.models import Building


class Kept(NamedTuple):
    """A search that the member keeps."""

    id: int
    name: str
    query: str
    best: bool


class Hidden(NamedTuple):
    """A member's own trash and ignore list, in ids; keywords are tokens joined by single spaces."""

    threads: frozenset[int] = frozenset()
    forums: frozenset[int] = frozenset()
    authors: frozenset[int] = frozenset()
    keywords: tuple[str, ...] = ()

    @property
    def filters(self) -> Filters:
        """The same as lists of threads need it."""
        return Filters(self.forums, self.keywords, self.authors)


NOTHING = Hidden()


class Around(NamedTuple):
    """`building` is the percent of the old posts that are in the index, None when all are. `kept` is in order of name."""

    building: int | None
    kept: Sequence[Kept]
    hidden: Hidden


_BUILDING = "SELECT 0 AS kind, below AS one, highest AS two, '' AS words, '' AS more FROM search_building"
_KEPT = "SELECT 1, id, CASE WHEN best THEN 1 ELSE 0 END, name, query FROM search_savedsearch WHERE member_id = %s"
_TRASH = "SELECT 2, thread_id, forum_id, keyword, '' FROM reading_trash WHERE member_id = %s"
_IGNORED = "SELECT 3, ignored_id, 0, '', '' FROM reading_ignore WHERE member_id = %s"


def around(member_id: int | None, *, hides_things: bool) -> Around:
    """How far the index is, and a member's own: the searches they keep, and what they have put out of sight."""
    parts = [_BUILDING]
    if member_id is not None:
        parts += [_KEPT, _TRASH, _IGNORED] if hides_things else [_KEPT]
    rows = _rows(parts, member_id)
    shares = [Building(below=below, highest=highest).share for kind, below, highest, _, _ in rows if kind == 0]
    kept = [Kept(pk, name, query, bool(best)) for kind, pk, best, name, query in rows if kind == 1]
    return Around(shares[0] if shares else None, sorted(kept, key=lambda one: (one.name, one.id)), _hidden(rows))


def hidden(member_id: int) -> Hidden:
    """What a member has put out of sight."""
    return _hidden(_rows([_TRASH, _IGNORED], member_id))


def _rows(parts: Sequence[str], member_id: int | None) -> list[Any]:
    sql = " UNION ALL ".join(parts)
    with connection.cursor() as cursor:
        cursor.execute(sql, [member_id] * sql.count("%s"))
        return list(cursor.fetchall())


def _hidden(rows: Sequence[Any]) -> Hidden:
    trashed = [row[1:4] for row in rows if row[0] == 2]
    return Hidden(
        frozenset(thread for thread, _forum, _word in trashed if thread is not None),
        frozenset(forum for _thread, forum, _word in trashed if forum is not None),
        frozenset(row[1] for row in rows if row[0] == 3),
        tuple(word for _thread, _forum, word in trashed if word),
    )
