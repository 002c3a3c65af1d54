"""Quotations of posts that nobody may read any more: in others' posts their words give way to a line that says so.

A quotation is found by the name and number over it. Which posts quote one that is removed or held is read once, and again
when one is folded or shown; so a page of posts that quote none of them costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _
from markupsafe import escape

from palaver.forums import reads
from palaver.kit.text.shapes import Tags
from palaver.web.freshness import Kept

_NUMBER = re.compile(r", (?:<a [^>]*>)?#(\d{1,9})")

_folded = Kept(reads.folded_quotations, "folds")


def folded() -> Mapping[int, frozenset[int]]:
    """By the id of a post, the numbers of those it quotes that are removed or held now."""
    return _folded.get()


def without(html: str, numbers: frozenset[int]) -> str:
    """A post's HTML without the words that it quotes of these posts of its thread."""
    if not numbers or "<cite" not in html:
        return html
    out: list[str] = []
    open_quotes: list[int] = []  # Where in `out` each open quotation begins.
    dropping = 0  # Depth of quotations inside one that is left out.
    position, cite = 0, -1
    for match in Tags.finditer(html):
        closing, tag, _attributes = match.groups()
        if not dropping:
            out.append(html[position : match.start()])
        position = match.end()
        if tag == "blockquote":
            if dropping:
                dropping += -1 if closing else 1
                if dropping:
                    continue
                out.append(match[0])
                continue
            if closing and open_quotes:
                open_quotes.pop()
            elif not closing:
                open_quotes.append(len(out))
        if dropping:
            continue
        out.append(match[0])
        if tag == "cite" and open_quotes:
            if not closing:
                cite = len(out)
            elif cite >= 0:
                found = _NUMBER.search("".join(out[cite:]))
                cite = -1
                if found and int(found[1]) in numbers:
                    begins = open_quotes.pop()
                    said = _("(What was quoted here, #%(number)s, is not shown any more.)") % {"number": found[1]}
                    out[begins + 1 :] = [f"<p><em>{escape(said)}</em></p>"]
                    dropping = 1
    if not dropping:
        out.append(html[position:])
    return "".join(out)
