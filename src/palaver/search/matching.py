"""A resolved query as the statement of each database. Both find the same documents, the newest first.

SQLite walks FTS5's lists downwards, which is quick for rare and common words alike. PostgreSQL has no such walk: a GIN
index gives all documents of a word in no order. So there it depends on how many an estimate expects: few are taken from
GIN and sorted; of very common words the newest are found by walking back in time; between the two GIN is asked for one
stretch of time after the other (docs/decisions/0005-search.md).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection

from palaver.search.language import Term, Where
from palaver.search.texts import STRETCH, stretch

FEW = 2000
"""Expected documents up to which they are all fetched and sorted (about 3 ms)."""

COMMON = 0.02
"""Share of all documents from which walking back in time finds a page sooner than GIN does."""

WALKED = 3000
"""Documents looked at in a walk before GIN is asked after all: a wrong estimate costs no more than that."""

_LATEST = 1 << 62


class Hit(NamedTuple):
    """A document found. `subject` and `body` are its tokens, empty unless asked for."""

    key: int
    post_id: int
    thread_id: int
    forum_id: int
    author_id: int
    subject: str
    body: str


@dataclass(slots=True)
class Wanted:
    """A query after its names have become ids. `marks` hold groups of which one must be met each, `not_marks` none may be.

    Keys are taken from `lowest` to just below `below`. `forums` are those that may be read, `hidden` all others.
    """

    groups: list[tuple[Term, ...]] = field(default_factory=list)
    without: list[Term] = field(default_factory=list)
    where: Where = "anywhere"
    marks: list[tuple[str, ...]] = field(default_factory=list)
    not_marks: list[str] = field(default_factory=list)
    lowest: int = -_LATEST
    below: int = _LATEST
    forums: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()


def newest(wanted: Wanted, limit: int, *, texts: bool = False) -> list[Hit]:
    """The newest documents that are wanted, the newest first; with `texts` their tokens too."""
    if not wanted.forums or wanted.lowest >= wanted.below:
        return []
    if connection.vendor == "postgresql":
        return _Postgres(wanted, texts).newest(limit)
    return _sqlite(wanted, limit, texts)


def _columns(texts: bool) -> str:
    return f"d.key, d.post_id, d.thread_id, d.forum_id, d.author_id, {'d.subject, d.body' if texts else 'NULL, NULL'}"


def _hits(sql: str, parameters: Sequence[Any]) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [Hit._make((*row[:5], row[5] or "", row[6] or "")) for row in cursor.fetchall()]


def _rights(wanted: Wanted) -> tuple[list[tuple[str, ...]], list[str]]:
    """Marks that say what may be read, by the shorter of the two lists."""
    if not wanted.hidden:
        return [], []
    if len(wanted.hidden) <= len(wanted.forums):
        return [], [f":f{forum}" for forum in sorted(wanted.hidden)]
    return [tuple(f":f{forum}" for forum in sorted(wanted.forums))], []


# SQLite.

_FTS_COLUMNS = {"anywhere": "{subject body}", "subject": "{subject}", "body": "{body}"}


def _sqlite(wanted: Wanted, limit: int, texts: bool) -> list[Hit]:
    of_rights, against = _rights(wanted)
    columns = _FTS_COLUMNS[wanted.where]
    must = [f"({columns} : ({' OR '.join(_fts_term(term) for term in group)}))" for group in _without_lone(wanted)]
    must += [
        f"({{marks}} : ({' OR '.join(_fts_mark(mark) for mark in group)}))" for group in [*wanted.marks, *of_rights]
    ]
    conditions, parameters = [], []
    for group in _with_lone(wanted):
        # A character of its own is marked per post; where it stands is asked of the text.
        if wanted.where == "anywhere":
            must.append("(" + " OR ".join(_fts_anywhere(term) for term in group) + ")")
        else:
            conditions.append("(" + " OR ".join([f"instr(d.{wanted.where} || ' ', %s)"] * len(group)) + ")")
            parameters += [_closed(term) for term in group]
    bounds = [wanted.lowest, wanted.below]
    if not must:
        # Only dates are asked for, so the documents themselves are walked, and their texts are asked.
        column = {"anywhere": "d.subject || '  ' || d.body", "subject": "d.subject", "body": "d.body"}[wanted.where]
        for term in wanted.without:
            conditions.append(f"NOT instr({column} || ' ', %s)")
            parameters.append(_closed(term))
        for mark in [*wanted.not_marks, *against]:
            conditions.append("NOT instr(d.marks || ' ', %s)")
            parameters.append(f" {mark} ")
        sql = f"SELECT {_columns(texts)} FROM search_document d WHERE d.key >= %s AND d.key < %s"
        return _hits(_and(sql, conditions) + " ORDER BY d.key DESC LIMIT %s", [*bounds, *parameters, limit])
    must_not = [_fts_mark(mark) for mark in [*wanted.not_marks, *against]]
    must_not = [f"({{marks}} : ({' OR '.join(must_not)}))"] if must_not else []
    for term in wanted.without:
        if term.lone and wanted.where != "anywhere":
            conditions.append(f"NOT instr(d.{wanted.where} || ' ', %s)")
            parameters.append(_closed(term))
        else:
            must_not.append(_fts_anywhere(term) if term.lone else f"({columns} : {_fts_term(term)})")
    match = " AND ".join(must)
    if must_not:
        match = f"({match}) NOT ({' OR '.join(must_not)})"
    sql = f"""
    SELECT {_columns(texts)} FROM search_index i CROSS JOIN search_document d ON d.key = i.rowid
     WHERE search_index MATCH %s AND i.rowid >= %s AND i.rowid < %s"""
    return _hits(_and(sql, conditions) + " ORDER BY i.rowid DESC LIMIT %s", [match, *bounds, *parameters, limit])


def _and(sql: str, conditions: Sequence[str]) -> str:
    return " AND ".join([sql, *conditions])


def _with_lone(wanted: Wanted) -> list[tuple[Term, ...]]:
    return [group for group in wanted.groups if any(term.lone for term in group)]


def _without_lone(wanted: Wanted) -> list[tuple[Term, ...]]:
    return [group for group in wanted.groups if not any(term.lone for term in group)]


def _closed(term: Term) -> str:
    """What must occur in a document's column with a space behind it."""
    return term.stored if term.lone else term.stored + " "


def _fts_term(term: Term) -> str:
    return '"' + " ".join(term.tokens) + '"'


def _fts_mark(mark: str) -> str:
    return f'"{mark.removeprefix(":")}"'


def _fts_anywhere(term: Term) -> str:
    if term.lone:
        return f'({{marks}} : "u{term.tokens[0]}")'
    return f"({{subject body}} : {_fts_term(term)})"


# PostgreSQL.

_WORDS = "string_to_array(substr(d.marks || d.subject || d.body, 2), ' ')"
_TEXTS = {
    "anywhere": "(d.subject || '  ' || d.body || ' ')",
    "subject": "(d.subject || ' ')",
    "body": "(d.body || ' ')",
}


class _Postgres:
    """One query on PostgreSQL: what GIN is asked, and what the texts of a document are asked instead or as well."""

    def __init__(self, wanted: Wanted, texts: bool) -> None:
        self._wanted, self._texts = wanted, texts
        of_rights, against = _rights(wanted)
        self._gin: list[tuple[str, list[Any]]] = []
        """Conditions that GIN answers: necessary, but not always enough."""
        self._exact: list[tuple[str, list[Any]]] = []
        """Conditions on the texts that make them enough."""
        self._walked: list[tuple[str, list[Any]]] = []
        """Conditions on the texts alone, for walking."""
        text = _TEXTS[wanted.where]
        every: list[str] = []
        for group in wanted.groups:
            needed = [_tokens(term) for term in group]
            if len(group) == 1:
                every += needed[0]
            elif all(len(tokens) == 1 for tokens in needed):
                self._gin.append((f"{_WORDS} && %s", [[tokens[0] for tokens in needed]]))
            else:
                self._gin.append(("(" + " OR ".join([f"{_WORDS} @> %s"] * len(group)) + ")", needed))
            asked = "(" + " OR ".join([f"strpos({text}, %s) > 0"] * len(group)) + ")", [_closed(term) for term in group]
            self._walked.append(asked)
            if wanted.where != "anywhere" or any(len(term.tokens) > 1 for term in group):
                self._exact.append(asked)
        for marks in [*wanted.marks, *of_rights]:
            if len(marks) == 1:
                every.append(marks[0])
            else:
                self._gin.append((f"{_WORDS} && %s", [list(marks)]))
            self._walked.append(
                (
                    "(" + " OR ".join(["strpos(d.marks || ' ', %s) > 0"] * len(marks)) + ")",
                    [f" {mark} " for mark in marks],
                )
            )
        if every:
            self._gin.insert(0, (f"{_WORDS} @> %s", [every]))
        both = [(f"NOT strpos({text}, %s) > 0", [_closed(term)]) for term in wanted.without]
        both += [("NOT strpos(d.marks || ' ', %s) > 0", [f" {mark} "]) for mark in [*wanted.not_marks, *against]]
        self._exact += both
        self._walked += both

    def newest(self, limit: int) -> list[Hit]:
        wanted = self._wanted
        if not self._gin:
            return self._ask(self._walked, wanted.lowest, wanted.below, limit)
        few, all_of_them = self._estimate()
        if few <= max(FEW, limit):
            return self._ask([*self._gin, *self._exact], wanted.lowest, wanted.below, limit, sort=True)
        found: list[Hit] = []
        below = wanted.below
        if few >= COMMON * all_of_them:
            found, below = self._walk(limit)
        if len(found) < limit and below > wanted.lowest:
            found += self._by_stretches(limit - len(found), below)
        return found

    def _walk(self, limit: int) -> tuple[list[Hit], int]:
        """Look at the newest documents one by one; also the key below which none has been looked at."""
        wanted = self._wanted
        looked_at = max(WALKED, 2 * limit)
        inner = "SELECT * FROM search_document WHERE key >= %s AND key < %s ORDER BY key DESC LIMIT %s"
        conditions = [sql for sql, _parameters in self._walked]
        sql = (
            f"SELECT {_columns(self._texts)} FROM ({inner}) d WHERE "
            + " AND ".join(conditions)
            + " ORDER BY d.key DESC LIMIT %s"
        )
        given = [one for _sql, parameters in self._walked for one in parameters]
        found = _hits(sql, [wanted.lowest, wanted.below, looked_at, *given, limit])
        if len(found) == limit:
            return found, found[-1].key
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT key FROM search_document WHERE key >= %s AND key < %s ORDER BY key DESC OFFSET %s LIMIT 1",
                [wanted.lowest, wanted.below, looked_at - 1],
            )
            row = cursor.fetchone()
        return found, wanted.lowest if row is None else row[0]

    def _by_stretches(self, limit: int, below: int) -> list[Hit]:
        """Ask GIN for one stretch of time after the other, each twice as long as the one before, until enough is found."""
        wanted = self._wanted
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT max(key), min(key) FROM search_document WHERE key >= %s AND key < %s", [wanted.lowest, below]
            )
            highest, lowest = cursor.fetchone()
        if highest is None:
            return []
        found: list[Hit] = []
        upper, width = stretch(highest), 1
        while len(found) < limit and upper >= stretch(lowest):
            bottom = max(upper - width + 1, stretch(lowest))
            if width > 64:
                # What is left holds so few that it is fetched at once.
                return found + self._ask(
                    [*self._gin, *self._exact],
                    wanted.lowest,
                    min(below, (upper + 1) << STRETCH),
                    limit - len(found),
                    sort=True,
                )
            marks = [f":m{number}" for number in range(bottom, upper + 1)]
            stretches = (f"{_WORDS} @> %s", [marks]) if len(marks) == 1 else (f"{_WORDS} && %s", [marks])
            found += self._ask(
                [*self._gin, stretches, *self._exact], wanted.lowest, below, limit - len(found), sort=True
            )
            upper, width = bottom - 1, width * 2
        return found

    def _ask(
        self, conditions: Sequence[tuple[str, list[Any]]], lowest: int, below: int, limit: int, *, sort: bool = False
    ) -> list[Hit]:
        # The planner would rather walk the keys when it expects a limit to be met soon; `+ 0` takes that way from it.
        key = "d.key + 0" if sort else "d.key"
        sql = _and(
            f"SELECT {_columns(self._texts)} FROM search_document d WHERE {key} >= %s AND {key} < %s",
            [condition for condition, _parameters in conditions],
        )
        given = [one for _sql, parameters in conditions for one in parameters]
        return _hits(f"{sql} ORDER BY {key} DESC LIMIT %s", [lowest, below, *given, limit])

    def _estimate(self) -> tuple[float, float]:
        """How many documents GIN would give, and how many there are, as the planner sees it."""
        conditions = " AND ".join(sql for sql, _parameters in self._gin)
        given = [one for _sql, parameters in self._gin for one in parameters]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON) SELECT 1 FROM search_document d WHERE {conditions}", given)
            plan = cursor.fetchone()[0]
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'search_document'::regclass")
            total = cursor.fetchone()[0]
        if isinstance(plan, str):
            plan = json.loads(plan)
        return float(plan[0]["Plan"]["Plan Rows"]), max(float(total), 1.0)


def _tokens(term: Term) -> list[str]:
    return [f":u{term.tokens[0]}"] if term.lone else list(term.tokens)
