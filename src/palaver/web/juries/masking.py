"""Taking an author's name out of what jurors read: their own words, what they answered, why it was alerted, precedents.

A juror judges words. So the name goes wherever the page would say it – in running text, after an @, over a quotation, in
the address of a link, a title or a file – whole or with markup in its middle, and so do the names the author had before.
Other names stay. What it cannot take out is said on the paper: whoever knows who wrote this says so and is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape, unescape
from urllib.parse import unquote

from django.utils.translation import gettext as _
from markupsafe import Markup

from palaver.accounts.models import Member, Rename
from palaver.kit.text.shapes import Tags, written

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "dl",
        "dd",
        "dt",
        "td",
        "th",
        "tr",
        "table",
        "blockquote",
        "pre",
        "br",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "details",
        "summary",
        "img",
        "figure",
    ]
)
_ADDRESSES = frozenset({"href", "src", "srcset", "cite"})
_PARTS = re.compile(r"[ _.\-\u00a0]+")
_BETWEEN = r"(?:[ _.\-\u00a0]|&nbsp;|%20|\+)+"


class Mask:
    """One author's names, and what stands in their place."""

    def __init__(self, names: Iterable[str]) -> None:
        wanted = sorted({name for name in names if name}, key=len, reverse=True)
        patterns = [_BETWEEN.join(re.escape(part) for part in _PARTS.split(name) if part) for name in wanted]
        self._names = re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE) if patterns else None
        self._instead = _("‹author›")

    def hides(self, text: str) -> bool:
        """Whether one of the names stands in a text."""
        return self._names is not None and self._names.search(text) is not None

    def text(self, text: str) -> str:
        """Plain text without the names."""
        return text if self._names is None else self._names.sub(lambda _found: self._instead, text)

    def html(self, html: str) -> Markup:
        """The same for HTML that our pipeline has made (every `<` opens a tag, every value is quoted)."""
        if self._names is None:
            return Markup(html)
        pieces: list[tuple[bool, str]] = []  # Whether it is a tag, and the piece.
        position = 0
        for match in Tags.finditer(html):
            if match.start() > position:
                pieces.append((False, html[position : match.start()]))
            pieces.append((True, self._tag(match)))
            position = match.end()
        if position < len(html):
            pieces.append((False, html[position:]))
        return Markup("".join(self._written(pieces)))

    def _tag(self, match: re.Match[str]) -> str:
        closing, tag, attributes = match.groups()
        if closing or not attributes:
            return match[0]
        kept = []
        for name, value in written(attributes).items():
            said = unquote(unescape(value))
            if not self.hides(said):
                kept.append(f' {name}="{value}"')
            elif name not in _ADDRESSES:
                kept.append(f' {name}="{escape(self.text(unescape(value)))}"')
        return f"<{tag}{''.join(kept)}>"

    def _written(self, pieces: list[tuple[bool, str]]) -> list[str]:
        """The pieces with the names taken out of the text that is seen, across markup inside a word as well."""
        assert self._names is not None
        seen: list[str] = []
        places: list[tuple[int, int]] = []  # For each character that is seen: its piece, and where in it.
        for number, (is_tag, piece) in enumerate(pieces):
            if not is_tag:
                seen.append(piece)
                places += [(number, at) for at in range(len(piece))]
            elif (found := Tags.fullmatch(piece)) and found[2] in _BLOCKS:
                seen.append("\n")
                places.append((number, -1))
        out = [list(piece) for _is_tag, piece in pieces]
        for match in self._names.finditer("".join(seen)):
            instead = escape(self._instead)
            for number, at in places[match.start() : match.end()]:
                if at >= 0:
                    out[number][at], instead = instead, ""
        return ["".join(piece) for piece in out]


def of(author: Member) -> Mask:
    """The mask of one author: the present name and all former ones."""
    return Mask([author.name, *Rename.objects.filter(member=author).values_list("old_name", flat=True)])
