"""Assembles the hot parts of a thread page – posts, event lines, the summary table – from moulds and plain strings.

Everything here runs once per post per request: it escapes what people typed, fills a mould, and joins. It asks no
database and knows no request.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import ngettext
from jinja2 import Environment
from markupsafe import Markup, escape

from palaver.web import moulding
from palaver.web.contexts import EventLine, Moment, PostView, SummaryTable, TableRow

DEEPEST = 60
"""Depth at which the tree stops indenting; the same cap as the reply path's."""


@lru_cache(maxsize=8192)
def post_count(language: str, count: int) -> str:
    """'(2,055 posts)' in a language."""
    with translation.override(language):
        number = number_format(count, use_l10n=True, force_grouping=True)
        return ngettext("(%(number)s post)", "(%(number)s posts)", count) % {"number": number}


def time_tag(moment: Moment) -> str:
    """A `<time>` whose text is the server's; scripts may put it into the browser's zone."""
    return f'<time datetime="{escape(moment.iso)}" title="{escape(moment.exact)}">{escape(moment.label)}</time>'


def post(
    environment: Environment, view: PostView, language: str, *, signed_in: bool, takes_replies: bool = True
) -> str:
    """One post as HTML for one reader."""
    flags: set[str] = {view.state}
    for name in ("own", "op", "star", "first_new", "recommended"):
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
    flags = {name for name, there in (("who", line.who), ("because", line.because)) if there}
    mould = moulding.cast(environment, "parts/event_line.html", language, frozenset(flags))
    return mould.fill(
        {
            "text": escape(line.text),
            "time": time_tag(line.at),
            "who": escape(line.who.label) if line.who else "",
            "who_href": escape(line.who.href) if line.who else "",
            "because": escape(line.because),
        }
    )


def posts(
    environment: Environment,
    lines: Iterable[PostView | EventLine],
    language: str,
    *,
    tree: bool,
    signed_in: bool,
    takes_replies: bool = True,
) -> Markup:
    """Posts and event lines in their order; with `tree` as nested lists by `depth`, else as one list."""

    def shown(line: PostView | EventLine) -> str:
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
    return nested('<ol class="tree">', "<ol>", ((row.depth, _row_marks(row), _row(row)) for row in summary.rows))


def _row_marks(row: TableRow) -> str:
    marks = " data-new" if row.new else ""
    if row.gone:
        marks += " data-gone"
    if row.op:
        marks += " data-op"
    return marks


def _row(row: TableRow) -> str:
    current = ' aria-current="true"' if row.here else ""
    return (
        f'<a href="{escape(row.href)}"{current}><span>{row.number}</span>'
        f"<bdi>{escape(row.words)}</bdi><bdi>{escape(row.author)}</bdi></a>"
    )
