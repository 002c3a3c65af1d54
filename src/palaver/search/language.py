"""The language of searching: what was typed becomes a Query, and what was not understood becomes a sentence.

Words must all occur; "a phrase" word by word; -word must not; a OR b one of the two; `name:value` filters. Reading never
fails and takes time in proportion to the text, of which there may be LONGEST characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from difflib import get_close_matches
from typing import Literal, NamedTuple

from django.utils.translation import gettext as _

from palaver.kit.text import words

LONGEST = 300
"""Characters of a query."""

MOST_TOKENS = 40
"""Words of a query; a run of CJK characters counts one less than it is long."""

OPERATORS = ("author", "forum", "in", "has", "before", "after", "is")

Where = Literal["anywhere", "subject", "body"]


class Term(NamedTuple):
    """A word, or words in a row. `lone` is one character of an unspaced script, which may stand in any pair."""

    tokens: tuple[str, ...]
    lone: bool = False

    @property
    def stored(self) -> str:
        """As it stands in a document (see search.texts); a word ends where a space or the text ends."""
        return self.tokens[0] if self.lone else " " + " ".join(self.tokens)


@dataclass(slots=True)
class Query:
    """What is asked. `groups` must all be met, each by one of its terms. Names are as typed; instants are aware.

    `notes` are sentences for the reader; `refused` is the one that says why nothing can be looked for.
    """

    text: str = ""
    groups: list[tuple[Term, ...]] = field(default_factory=list)
    without: list[Term] = field(default_factory=list)
    where: Where = "anywhere"
    authors: list[str] = field(default_factory=list)
    not_authors: list[str] = field(default_factory=list)
    forums: list[str] = field(default_factory=list)
    not_forums: list[str] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    has: set[str] = field(default_factory=set)
    has_not: set[str] = field(default_factory=set)
    is_op: bool | None = None
    before: datetime | None = None
    after: datetime | None = None
    notes: list[str] = field(default_factory=list)
    refused: str = ""
    impossible: bool = False
    """Two filters exclude each other, so nothing can be found."""


_ITEM = re.compile(
    r"(?P<minus>-*)(?:(?P<name>[^\W\d_]+):(?=[\"\S]))?(?:\"(?P<quoted>[^\"]*)(?P<close>\"?)|(?P<bare>[^\s\"]+))|\S"
)
_BARE_OPERATOR = re.compile(r"-?([^\W\d_]+):")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
# Marks of direction and other controls carry no meaning in a query; they come in by copying.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def read(text: str, zone: tzinfo) -> Query:
    """Read what was typed. Dates are days in `zone`."""
    text = " ".join(_UNSEEN.sub(" ", text).translate(_QUOTES).split())
    query = Query(text=text)
    if not text:
        query.refused = _("Type a word to look for.")
        return query
    if len(text) > LONGEST:
        query.text = text[:LONGEST]
        query.refused = _(
            "This search has %(length)s characters; up to %(longest)s are read. Keep the words that matter most."
        ) % {"length": len(text), "longest": LONGEST}
        return query
    _Reader(query, zone).over(text)
    _settle(query)
    return query


class _Reader:
    def __init__(self, query: Query, zone: tzinfo) -> None:
        self._query, self._zone = query, zone
        self._joins = False  # an OR stands between the last group and what comes
        self._not = False
        self._joinable = False  # the last thing read was a word that must occur
        self._said: set[str] = set()

    def over(self, text: str) -> None:
        for item in _ITEM.finditer(text):
            quoted, bare, name = item["quoted"], item["bare"], item["name"]
            if quoted is None and bare is None:
                continue
            if quoted is not None and not item["close"]:
                self._say(_("A quotation mark is opened and not closed; all that follows it is taken as one phrase."))
            negative = self._not or bool(item["minus"])
            if name is not None and self._operator(name, quoted if quoted is not None else bare, negative):
                self._not = self._joinable = False
                continue
            if quoted is None and name is None and not item["minus"] and self._joint(bare):
                continue
            if quoted is None and (alone := _BARE_OPERATOR.fullmatch(bare)) and alone[1].casefold() in OPERATORS:
                self._say(
                    _("%(name)s: has nothing behind it. Write its value right after the colon.") % {"name": alone[1]}
                )
                continue
            value = quoted if quoted is not None else bare
            self._words(f"{name}:{value}" if name is not None else value, negative)
        if self._joins:
            self._lonely_or()

    def _say(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            self._query.notes.append(sentence)

    def _joint(self, word: str) -> bool:
        """OR, AND and NOT in capitals stand between words."""
        if word in ("OR", "|"):
            if self._joinable:
                self._joins = True
            else:
                self._lonely_or()
            return True
        if word in ("AND", "&", "&&"):
            self._say(_("AND is not needed: all words must occur anyway."))
            return True
        if word == "NOT":
            self._not = True
            return True
        return False

    def _lonely_or(self) -> None:
        self._say(_("OR stands between two words; here it has none on one side, so it is left out."))
        self._joins = False

    def _words(self, text: str, negative: bool) -> None:
        if any(sign in text for sign in "()"):
            self._say(_("Brackets do not group here and are left out. OR joins only the two words beside it."))
        if "*" in text.strip("*") + text[-1:] and any(letter.isalnum() for letter in text):
            self._say(_("Words are looked for as they are written; * does not stand for other endings."))
        tokens = words.tokens(text)
        self._not = False
        if not tokens:
            return
        term = Term(tuple(tokens), len(tokens) == 1 and words.is_lone(tokens[0]))
        if negative:
            self._query.without.append(term)
            self._joinable = False
        elif self._joins:
            self._query.groups[-1] = (*self._query.groups[-1], term)
        else:
            self._query.groups.append((term,))
            self._joinable = True
        self._joins = False

    def _operator(self, name: str, value: str, negative: bool) -> bool:
        """Take one filter in; False when the colon belongs to the text (an address, a time)."""
        name = name.casefold()
        if name not in OPERATORS:
            near = get_close_matches(name, OPERATORS, 1, 0.75)
            if not near or value.startswith("//"):
                return False
            self._say(_("There is no %(name)s: here. Did you mean %(near)s:?") % {"name": name, "near": near[0]})
            return True
        if self._joins:
            self._say(_("OR joins words only; filters always hold. Several author: or forum: mean any of them."))
            self._joins = False
        value = value.strip()
        if not value:
            self._say(_("%(name)s: has nothing behind it. Write its value right after the colon.") % {"name": name})
            return True
        getattr(self, f"_{name}")(value, negative)
        return True

    def _author(self, value: str, negative: bool) -> None:
        (self._query.not_authors if negative else self._query.authors).append(value.removeprefix("@"))

    def _forum(self, value: str, negative: bool) -> None:
        (self._query.not_forums if negative else self._query.forums).append(value)

    def _in(self, value: str, negative: bool) -> None:
        kind, _colon, number = value.casefold().partition(":")
        if negative:
            self._say(_("in: cannot be turned round with a minus. It says where the words are looked for."))
        elif kind == "thread" and number.isascii() and number.isdecimal() and len(number) <= 18:
            self._query.threads.append(int(number))
        elif kind == "thread":
            self._say(
                _("in:thread: wants the thread's number, such as in:thread:123; it stands in the thread's address.")
            )
        elif kind in ("subject", "body"):
            if self._query.where not in ("anywhere", kind):
                self._say(_("in:subject and in:body together mean anywhere, so both are left out."))
                kind = "anywhere"
            self._query.where = kind  # type: ignore[assignment]
        else:
            self._choices("in", value, ("subject", "body", "thread"), "in:subject, in:body, in:thread:123")

    def _has(self, value: str, negative: bool) -> None:
        value = value.casefold()
        if value in ("image", "link"):
            (self._query.has_not if negative else self._query.has).add(value)
        elif value == "source":
            self._say(_("has:source is for posts with a source card; no post here has one yet."))
        elif value == "poll":
            self._say(_("has:poll is not looked for yet, so it is left out."))
        else:
            self._choices("has", value, ("image", "link"), "has:image, has:link")

    def _is(self, value: str, negative: bool) -> None:
        value = value.casefold()
        if value in ("op", "reply"):
            wanted = (value == "op") is not negative
            if self._query.is_op is not None and self._query.is_op is not wanted:
                self._query.impossible = True
                self._say(
                    _("is:op and is:reply exclude each other: a post is either the first of its thread or a reply.")
                )
            self._query.is_op = wanted
        elif value == "article":
            self._say(_("is:article is for articles of the news desk; there are none here yet."))
        elif value == "removed":
            self._say(_("Removed and withdrawn posts are not searched: their words are no longer shown to anyone."))
        else:
            self._choices("is", value, ("op", "reply"), "is:op, is:reply")

    def _before(self, value: str, negative: bool) -> None:
        self._instant("before", value, negative)

    def _after(self, value: str, negative: bool) -> None:
        self._instant("after", value, negative)

    def _instant(self, name: str, value: str, negative: bool) -> None:
        at = _day(value, self._zone)
        if at is None:
            self._say(
                _("%(name)s: wants a day, month or year, such as %(name)s:2026-11-02; “%(value)s” is none.")
                % {"name": name, "value": value[:40]}
            )
            return
        if (name == "before") is not negative:
            self._query.before = at if self._query.before is None else min(self._query.before, at)
        else:
            self._query.after = at if self._query.after is None else max(self._query.after, at)

    def _choices(self, name: str, value: str, choices: tuple[str, ...], all_of_them: str) -> None:
        near = get_close_matches(value.casefold(), choices, 1, 0.6)
        if near:
            self._say(
                _("There is no %(asked)s here. Did you mean %(near)s?")
                % {"asked": f"{name}:{value[:40]}", "near": f"{name}:{near[0]}"}
            )
        else:
            self._say(
                _("There is no %(asked)s here; there are %(all)s.")
                % {"asked": f"{name}:{value[:40]}", "all": all_of_them}
            )


def _day(value: str, zone: tzinfo) -> datetime | None:
    """The beginning of a day, month or year in a zone; "today" and "yesterday" too."""
    if value.casefold() in ("today", "yesterday"):
        today = datetime.now(zone).date()
        day = today - timedelta(days=value.casefold() == "yesterday")
    else:
        found = _DATE.fullmatch(value) if value.isascii() else None
        if found is None:
            return None
        try:
            day = date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
        except ValueError:
            return None
    if not 1900 <= day.year <= 2999:
        return None
    return datetime.combine(day, time(), zone)


def _settle(query: Query) -> None:
    """Say what stands in the way of looking, if anything."""
    count = sum(len(term.tokens) for group in [*query.groups, tuple(query.without)] for term in group)
    filters = (
        query.authors
        or query.forums
        or query.threads
        or query.has
        or query.is_op is not None
        or query.before
        or query.after
    )
    if count > MOST_TOKENS:
        query.refused = _(
            "This search has %(count)s words; up to %(most)s are looked for. Keep those that matter most."
        ) % {
            "count": count,
            "most": MOST_TOKENS,
        }
    elif query.before and query.after and query.before <= query.after:
        query.refused = _("before: lies not behind after:, so no post can be between them. Turn the two round.")
    elif not query.groups and not filters:
        if query.without or query.not_authors or query.not_forums or query.has_not:
            query.refused = _("This search only leaves out. Add a word, an author or a forum to look for.")
        elif not query.notes:
            query.refused = _("There is no letter or digit in this search. Type a word to look for.")
        else:
            query.refused = _("What is left is no search yet. Add a word to look for.")
