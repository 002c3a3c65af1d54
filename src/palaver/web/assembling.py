"""Assembles the hot parts of a thread page – posts, event lines, the summary table – from moulds and plain strings.

Everything here runs once per post per request: it escapes what people typed, fills a mould, and joins. It asks no
database and knows no request.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from jinja2 import Environment
from markupsafe import Markup, escape

from palaver.web import moulding
from palaver.web.contexts import EventLine, Link, Moment, PostView, SummaryTable, TableRow, ThreadRow

DEEPEST = 60
"""Depth at which the tree stops indenting; the same cap as the reply path's."""
_NOWHERE = Link("", "")
_ROW_FLAGS = ("new", "removed", "pinned", "locked", "forum", "sign", "recs", "correction", "tick")


@lru_cache(maxsize=8192)
def post_count(language: str, count: int) -> str:
    """'(2,055 posts)' in a language."""
    with translation.override(language):
        return ngettext("(%(number)s post)", "(%(number)s posts)", count) % {"number": grouped(language, count)}


@lru_cache(maxsize=8192)
def grouped(language: str, value: int) -> str:
    """A whole number with a language's grouping."""
    with translation.override(language):
        return number_format(value, use_l10n=True, force_grouping=True)


@lru_cache(maxsize=8192)
def reply_count(language: str, count: int) -> str:
    """'4,999 replies', 'no reply yet', in a language."""
    with translation.override(language):
        if not count:
            return gettext("no reply yet")
        return ngettext("%(number)s reply", "%(number)s replies", count) % {"number": grouped(language, count)}


def thread_rows(environment: Environment, rows: Iterable[ThreadRow], language: str) -> Markup:
    """The rows of a list of threads."""
    return Markup("".join([thread_row(environment, row, language) for row in rows]))


def thread_row(environment: Environment, row: ThreadRow, language: str) -> str:
    """One thread in a list as HTML."""
    flags = {name for name in _ROW_FLAGS if getattr(row, name)}
    if row.replies:
        flags.add("answered")
    if row.author.href:
        flags.add("known")
    mould = moulding.cast(environment, "parts/thread_row.html", language, frozenset(flags))
    forum = row.forum or _NOWHERE
    return mould.fill(
        {
            "href": escape(row.href),
            "subject": escape(row.subject),
            "forum": escape(forum.label),
            "forum_href": escape(forum.href),
            "sign": row.sign or "",
            "author": escape(row.author.label),
            "author_href": escape(row.author.href),
            "started": time_tag(row.started),
            "recs": row.recs,
            "correction": escape(row.correction),
            "replies": reply_count(language, row.replies),
            "new": "99+" if row.new > 99 else row.new,
            "new_href": escape(row.new_href),
            "last_author": escape(row.last_author),
            "last_href": escape(row.last_href),
            "last": time_tag(row.last),
            "tick": row.tick,
        }
    )


def time_tag(moment: Moment) -> str:
    """A `<time>` whose text is the server's; scripts may put it into the browser's zone."""
    iso, label, exact = moment
    return f'<time datetime="{iso}" title="{escape(exact)}">{escape(label)}</time>'


def post(
    environment: Environment, view: PostView, language: str, *, signed_in: bool, takes_replies: bool = True
) -> str:
    """One post as HTML for one reader."""
    flags: set[str] = {view.state}
    for name in ("own", "op", "star", "first_new", "recommended", "ignored", "kept"):
        if getattr(view, name):
            flags.add(name)
    if view.answers:
        flags.add("answers")
    if view.subject:
        flags.add("subject")
    if view.author_href:
        flags.add("known")
    if view.recs:
        flags.add("counted")
    if signed_in:
        flags.add("signed_in")
    if takes_replies:
        flags.add("takes_replies")
    marks = ""
    if view.new:
        marks += " data-new"
    if view.highlighted:
        marks += " data-highlighted"
    if view.own:
        marks += " data-own"
    mould = moulding.cast(environment, "parts/post.html", language, frozenset(flags))
    return mould.fill(
        {
            "id": view.id,
            "number": view.number,
            "marks": marks,
            "subject": escape(view.subject),
            "author": escape(view.author),
            "author_href": escape(view.author_href),
            "count": post_count(language, view.author_posts) if view.author_href else "",
            "time": time_tag(view.at),
            "answers": view.answers,
            "answers_href": escape(view.answers_href),
            "recs": view.recs,
            "body": view.body,
            "state_line": escape(view.state_line),
        }
    )


def event(environment: Environment, line: EventLine, language: str) -> str:
    """A line that tells what happened to the thread at this place."""
    flags = {name for name, there in (("who", line.who), ("because", line.because), ("leads", line.leads)) if there}
    mould = moulding.cast(environment, "parts/event_line.html", language, frozenset(flags))
    return mould.fill(
        {
            "text": escape(line.text),
            "time": time_tag(line.at),
            "who": escape(line.who.label) if line.who else "",
            "who_href": escape(line.who.href) if line.who else "",
            "because": escape(line.because),
            "leads": escape(line.leads.label) if line.leads else "",
            "leads_href": escape(line.leads.href) if line.leads else "",
        }
    )


class Drawn(NamedTuple):
    """A post that is HTML already, how deep it hangs in the tree, and whether it is new to the reader."""

    depth: int
    html: str
    new: bool


def posts(
    environment: Environment,
    lines: Iterable[PostView | EventLine | Drawn],
    language: str,
    *,
    tree: bool,
    signed_in: bool,
    takes_replies: bool = True,
) -> Markup:
    """Posts and event lines in their order; with `tree` as nested lists by `depth`, else as one list."""

    def shown(line: PostView | EventLine | Drawn) -> str:
        if isinstance(line, Drawn):
            return line.html
        if isinstance(line, EventLine):
            return event(environment, line, language)
        return post(environment, line, language, signed_in=signed_in, takes_replies=takes_replies)

    if not tree:
        inner = "".join(f"<li>{shown(line)}</li>" for line in lines)
        return Markup(f'<ol class="posts">{inner}</ol>' if inner else "")
    return nested(
        '<ol class="posts" data-tree>', '<ol class="branch">', ((line.depth, "", shown(line)) for line in lines)
    )


def nested(opening: str, branch: str, items: Iterable[tuple[int, str, str]]) -> Markup:
    """A nested list from items in reading order, each with its depth, the attributes of its `<li>`, and its HTML.

    The first item may be deep (a window into a long tree): missing levels are not invented, it starts at the top.
    """
    parts: list[str] = []
    open_depths: list[int] = []
    for depth, attributes, inner in items:
        depth = min(depth, DEEPEST)
        while len(open_depths) > 1 and open_depths[-1] > depth:
            parts.append("</li></ol>")
            open_depths.pop()
        if not open_depths:
            parts.append(opening)
            open_depths.append(depth)
        elif depth > open_depths[-1]:
            parts.append(branch)
            open_depths.append(depth)
        else:
            parts.append("</li>")
            open_depths[-1] = depth
        parts.append(f"<li{attributes}>{inner}")
    parts.append("</li></ol>" * len(open_depths))
    return Markup("".join(parts))


def table(summary: SummaryTable) -> Markup:
    """The rows of the summary table as nested lists."""
    if summary.html:
        return summary.html
    return nested('<ol class="tree">', "<ol>", ((row.depth, _row_marks(row), _row(row)) for row in summary.rows))


def _row_marks(row: TableRow) -> str:
    marks = " data-new" if row.new else ""
    if row.gone:
        marks += " data-gone"
    if row.op:
        marks += " data-op"
    return marks


def _row(row: TableRow) -> str:
    return _row_of(row.number, row.href, row.words, row.author, row.here)


@lru_cache(maxsize=20_000)
def _row_of(number: int, href: str, words: str, author: str, here: bool) -> str:
    current = ' aria-current="true"' if here else ""
    return (
        f'<a href="{escape(href)}"{current}><span>{number}</span>'
        f"<bdi>{escape(words)}</bdi><bdi>{escape(author)}</bdi></a>"
    )


def forget() -> None:
    """Drop the rows kept: for measurements of a cold start."""
    _row_of.cache_clear()
