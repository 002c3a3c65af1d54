"""A resolved query as the statement of each database. Both find the same documents, the newest first.

SQLite walks FTS5's lists downwards, which is quick for rare and common words alike. PostgreSQL has no such walk: a GIN
index gives all documents of a word in no order. So there it depends on how many an estimate expects: few are taken from
GIN and sorted; of very common words the newest are found by walking back in time; between the two GIN is asked for one
stretch of time after the other (docs/decisions/0005-search.md).
"""

from __future__ import annotations

import json
import math
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from django.db import connection

from palaver.kit import clock
from palaver.search.language import Term, Where
from palaver.search.models.document import SEQUENCE
from palaver.search.texts import STRETCH, stretch

_LATEST = 1 << 62


class Tokens(NamedTuple):
    """A document found, with its tokens."""

    key: int
    post_id: int
    subject: str
    body: str


class Line(NamedTuple):
    """A document found, with what is shown of its post. `created_at` is as the database gives it."""

    key: int
    post_id: int
    standing: int
    number: int
    subject: str
    created_at: Any
    author_id: int
    author_name: str
    forum_id: int
    thread_id: int
    thread_subject: str
    thread_slug: str
    html: str


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


@dataclass(frozen=True, slots=True)
class _Form:
    """What is asked of a document: its own columns that are needed, what is selected, and from which tables besides."""

    own: str
    selected: str
    besides: tuple[str, ...] = ()

    def joined(self, word: str) -> str:
        return " ".join(f"{word} {table}" for table in self.besides)


_TOKENS = _Form("d.key, d.post_id, d.subject, d.body", "d.key, d.post_id, d.subject, d.body")
_LINES = _Form(
    "d.key, d.post_id",
    "d.key, p.id, p.standing, p.number, p.subject, p.created_at, p.author_id, m.name, p.forum_id, p.thread_id,"
    " t.subject, t.slug, b.html",
    (
        "forums_post p ON p.id = d.post_id",
        "forums_thread t ON t.id = p.thread_id",
        "accounts_member m ON m.id = p.author_id",
        "forums_postbody b ON b.post_id = p.id",
    ),
)


def lines(wanted: Wanted, limit: int) -> list[Line]:
    """The newest documents that are wanted, the newest first, with what is shown of their posts."""
    return [Line._make(row) for row in _newest(wanted, limit, _LINES)]


def tokens(wanted: Wanted, limit: int) -> list[Tokens]:
    """The same with their tokens and nothing else, in no order: plain tuples of this shape, since they may be thousands."""
    return cast("list[Tokens]", _newest(wanted, limit, _TOKENS))


def lines_of(keys: Sequence[int]) -> list[Line]:
    """What is shown of the documents with these keys, in this order."""
    if not keys:
        return []
    asked = ", ".join(["%s"] * len(keys))
    sql = f"SELECT {_LINES.selected} FROM search_document d {_LINES.joined('JOIN')} WHERE d.key IN ({asked})"
    found = {row[0]: row for row in _rows(sql, keys)}
    return [Line._make(found[key]) for key in keys if key in found]


def _newest(wanted: Wanted, limit: int, form: _Form) -> list[Any]:
    if not wanted.forums or wanted.lowest >= wanted.below:
        return []
    if connection.vendor == "postgresql":
        return _Postgres(wanted, form).newest(limit)
    return _sqlite(wanted, limit, form)


def _rows(sql: str, parameters: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _rights(wanted: Wanted) -> tuple[list[tuple[str, ...]], list[str]]:
    """Marks that say what may be read, by the shorter of the two lists."""
    if not wanted.hidden:
        return [], []
    if len(wanted.hidden) <= len(wanted.forums):
        return [], [f":f{forum}" for forum in sorted(wanted.hidden)]
    return [tuple(f":f{forum}" for forum in sorted(wanted.forums))], []


# SQLite.

_FTS_COLUMNS = {"anywhere": "{subject body}", "subject": "{subject}", "body": "{body}"}


def _sqlite(wanted: Wanted, limit: int, form: _Form) -> list[Any]:
    # CROSS JOIN keeps the order of the tables, so that nothing is read of posts before their documents are found.
    besides = form.joined("CROSS JOIN")
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
        sql = f"SELECT {form.selected} FROM search_document d {besides} WHERE d.key >= %s AND d.key < %s"
        return _rows(_and(sql, conditions) + " ORDER BY d.key DESC LIMIT %s", [*bounds, *parameters, limit])
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
    SELECT {form.selected} FROM search_index i CROSS JOIN search_document d ON d.key = i.rowid {besides}
     WHERE search_index MATCH %s AND i.rowid >= %s AND i.rowid < %s"""
    return _rows(_and(sql, conditions) + " ORDER BY i.rowid DESC LIMIT %s", [match, *bounds, *parameters, limit])


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


WIDTHS = (1, 4, 16, 64)
"""Numbers of stretches of time for which the planner is asked how many documents they hold. GIN is asked for so many at
most at once; what is left then is asked for as a whole."""

FEW = 300
"""Documents that may be read for nothing: another statement would cost as much."""

LOOKED_AT = 20_000
"""Documents that are walked at most: a wrong estimate costs no more than that (about 20 ms)."""


class Estimate(NamedTuple):
    """What the planner expects: documents of GIN's conditions in all time, all documents, those between the bounds asked
    for, and those in the newest stretches of WIDTHS."""

    matches: float
    total: float
    between: float
    stretches: tuple[float, ...]


class Way(NamedTuple):
    """How to look: first walk so many documents back in time (0: none), then ask GIN for so many stretches at first
    (0: for all time)."""

    walked: int
    width: int


def way(limit: int, estimate: Estimate) -> Way:
    """The way that reads the fewest documents, given that each costs about the same."""
    share = min(max(estimate.matches, 1.0) / max(estimate.total, 1.0), 1.0)
    expected = share * estimate.between
    if expected <= max(FEW, limit):
        return Way(0, 0)
    # More than are needed, because a stretch may hold fewer than its part.
    among = limit * 1.25 / share
    width = _stretches_of(among, estimate)
    read = share * max(among, estimate.stretches[0]) if width else expected
    walked = int(among) + 50
    return Way(walked, 1) if walked <= min(read + FEW, LOOKED_AT) else Way(0, width)


def _stretches_of(documents: float, estimate: Estimate) -> int:
    """How many of the newest stretches hold so many documents; 0 for more than may be asked for at once."""
    before, held = 0, 0.0
    for width, holds in zip(WIDTHS, estimate.stretches, strict=True):
        if holds >= documents:
            return before + max(1, math.ceil((width - before) * (documents - held) / (holds - held)))
        before, held = width, holds
    return 0


_KNOWN_FOR = 60.0
_MOST_KNOWN = 500
_known: OrderedDict[str, tuple[float, Estimate]] = OrderedDict()
"""Estimates of the last minute. An old one is as good as a wrong one: it costs time and changes no answer."""


class _Postgres:
    """One query on PostgreSQL: what GIN is asked, and what the texts of a document are asked instead or as well."""

    def __init__(self, wanted: Wanted, form: _Form) -> None:
        self._wanted, self._form = wanted, form
        of_rights, against = _rights(wanted)
        self._gin: list[tuple[str, list[Any]]] = []
        """Conditions that GIN answers: necessary, but not always enough."""
        self._exact: list[tuple[str, list[Any]]] = []
        """Conditions on the texts that make them enough."""
        self._walked: list[tuple[str, list[Any]]] = []
        """Conditions on the texts alone, for walking."""
        text = _TEXTS[wanted.where]
        every: list[str] = []
        for marks in [*wanted.marks, *of_rights]:
            if len(marks) == 1:
                every.append(marks[0])
            else:
                self._gin.append((f"{_WORDS} && %s", [list(marks)]))
            self._walked.append(_marked(marks))
        for condition, numbers in map(
            _marked, [(mark,) for mark in wanted.not_marks] + ([tuple(against)] if against else [])
        ):
            self._exact.append((f"NOT {condition}", numbers))
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
        self._exact += [(f"NOT strpos({text}, %s) > 0", [_closed(term)]) for term in wanted.without]
        self._walked += [one for one in self._exact if one not in self._walked]
        if every:
            self._gin.insert(0, (f"{_WORDS} @> %s", [every]))

    def newest(self, limit: int) -> list[Any]:
        wanted = self._wanted
        if not self._gin:
            return self._ask(self._walked, wanted.lowest, wanted.below, limit)
        walked, width = way(limit, self._estimate())
        found: list[Any] = []
        below = wanted.below
        if walked:
            found, below = self._walk(limit, walked)
        if len(found) < limit and below > wanted.lowest:
            found += self._by_stretches(limit - len(found), below, width)
        return found

    def _walk(self, limit: int, looked_at: int) -> tuple[list[Any], int]:
        """Look at the newest documents one by one; also the key below which none has been looked at."""
        wanted = self._wanted
        inner = "SELECT * FROM search_document WHERE key >= %s AND key < %s ORDER BY key DESC LIMIT %s"
        sql = (
            f"SELECT {self._form.own} FROM ({inner}) d WHERE "
            + " AND ".join(condition for condition, _parameters in self._walked)
            + " ORDER BY d.key DESC LIMIT %s"
        )
        given = [one for _condition, parameters in self._walked for one in parameters]
        found = self._rows(sql, [wanted.lowest, wanted.below, looked_at, *given, limit])
        if len(found) == limit:
            return found, found[-1][0]
        last = _rows(
            "SELECT key FROM search_document WHERE key >= %s AND key < %s ORDER BY key DESC OFFSET %s LIMIT 1",
            [wanted.lowest, wanted.below, looked_at - 1],
        )
        return found, last[0][0] if last else wanted.lowest

    def _by_stretches(self, limit: int, below: int, width: int) -> list[Any]:
        """Ask GIN for some stretches of time, then for more of them before those, until enough is found."""
        lowest, newest = self._wanted.lowest, _newest_stretch(below)
        found: list[Any] = []
        bottom = newest + 1
        while 0 < width <= WIDTHS[-1] and len(found) < limit and bottom << STRETCH > lowest:
            top, bottom = bottom - 1, bottom - width
            if top < newest:
                marks: tuple[str, list[Any]] = f"{_WORDS} && %s", [[f":m{one}" for one in range(bottom, top + 1)]]
            else:
                # Whatever is dated later than now is among the newest.
                marks = (f"{_WORDS} && {_MARKS_FROM}", [bottom, below])
            rest = limit - len(found)
            more = self._ask([*self._gin, marks, *self._exact], lowest, below, rest, sort=True)
            found += more
            # As many as will do if the time before is like this; they may be few only because the words were estimated apart.
            width = min(8 * width, max(width, math.ceil(1.25 * width * rest / len(more)))) if more else 8 * width
        if bottom <= newest:
            below = min(below, bottom << STRETCH)
        if len(found) < limit and below > lowest:
            found += self._ask([*self._gin, *self._exact], lowest, below, limit - len(found), sort=True)
        return found

    def _ask(
        self, conditions: Sequence[tuple[str, list[Any]]], lowest: int, below: int, limit: int, *, sort: bool = False
    ) -> list[Any]:
        # The planner would rather walk the keys when it expects a limit to be met soon; `+ 0` takes that way from it.
        key = "d.key + 0" if sort else "d.key"
        # Texts are not carried through the sorting of more documents than are needed: their places are.
        apart = sort and self._form is _TOKENS
        sql = _and(
            f"SELECT {'d.ctid' if apart else self._form.own} FROM search_document d WHERE {key} >= %s AND {key} < %s",
            [condition for condition, _parameters in conditions],
        )
        sql = f"{sql} ORDER BY {key} DESC LIMIT %s"
        if apart:
            sql = f"SELECT {self._form.own} FROM search_document d WHERE d.ctid = ANY(ARRAY({sql}))"
        given = [one for _condition, parameters in conditions for one in parameters]
        return self._rows(sql, [lowest, below, *given, limit])

    def _rows(self, sql: str, parameters: Sequence[Any]) -> list[Any]:
        """The rows of a statement that gives documents, in the form that is asked for."""
        if self._form.besides:
            sql = f"SELECT {self._form.selected} FROM ({sql}) d {self._form.joined('JOIN')} ORDER BY d.key DESC"
        return _rows(sql, parameters)

    def _estimate(self) -> Estimate:
        """What the planner expects, in one statement, or from the last minute."""
        wanted = self._wanted
        newest = _newest_stretch(wanted.below)
        bounds = [(wanted.lowest, wanted.below)]
        bounds += [(max(wanted.lowest, newest - width + 1 << STRETCH), wanted.below) for width in WIDTHS]
        told_apart = [(f"NOT {_WORDS} @> %s", [_tokens(term)]) for term in wanted.without if len(term.tokens) == 1]
        conditions = " AND ".join(sql for sql, _parameters in [*self._gin, *told_apart])
        given = [one for _sql, parameters in [*self._gin, *told_apart] for one in parameters]
        known_as = repr((connection.settings_dict["NAME"], conditions, given, bounds))
        now = time.monotonic()
        told = _known.get(known_as)
        if told is not None and now - told[0] < _KNOWN_FOR:
            return told[1]
        parts = [f"SELECT 1 FROM search_document d WHERE {conditions}", "SELECT 1 FROM search_document"]
        parts += ["SELECT 1 FROM search_document WHERE key >= %s AND key < %s"] * len(bounds)
        # With a function that no helper process may call there is one process, whose rows are all rows.
        parts.append("SELECT 1 WHERE lastval() = 0")
        given += [key for pair in bounds for key in pair]
        plan = _rows(f"EXPLAIN (FORMAT JSON) {' UNION ALL '.join(parts)}", given)[0][0]
        if isinstance(plan, str):
            plan = json.loads(plan)
        matches, total, between, *stretches = [float(part["Plan Rows"]) for part in plan[0]["Plan"]["Plans"][:-1]]
        estimate = Estimate(matches, total, between, tuple(stretches))
        _known[known_as] = now, estimate
        while len(_known) > _MOST_KNOWN:
            _known.popitem(last=False)
        return estimate


_MARKS_FROM = f"""
ARRAY(SELECT ':m' || s FROM generate_series(
  %s::bigint, (SELECT max(key) >> {STRETCH} FROM search_document WHERE key < %s)) s)"""


def _newest_stretch(below: int) -> int:
    """The stretch of now, or that of the newest key asked for where it is earlier."""
    return stretch(min(below - 1, int(clock.now().timestamp()) << SEQUENCE))


_MARKED = {"f": "d.forum_id", "a": "d.author_id", "t": "d.thread_id"}


def _marked(marks: Sequence[str]) -> tuple[str, list[Any]]:
    """Whether a document has one of some marks, all of one kind, asked of its columns."""
    column = _MARKED.get(marks[0][1]) if marks[0][2:].isdecimal() else None
    if column is not None:
        return f"{column} = ANY(%s)", [[int(mark[2:]) for mark in marks]]
    return "(" + " OR ".join(["strpos(d.marks || ' ', %s) > 0"] * len(marks)) + ")", [f" {mark} " for mark in marks]


def _tokens(term: Term) -> list[str]:
    return [f":u{term.tokens[0]}"] if term.lone else list(term.tokens)
