"""What of a rendered text is somebody else's: how long its excerpts are, and whether there are words beside them.

It reads only what `rendering` has written, where `<` and `>` stand for tags and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from palaver.kit.text.shapes import Tags

_WORD = re.compile(r"\w+")
_OUTSIDE = re.compile(r'class="(?:outside|image-link)"')
_PIECES = frozenset({"p", "li", "pre", "tr"})


class OwnWords(NamedTuple):
    """`words`: how many stand outside quotes and links; `first`: whether the text begins with one of them."""

    words: int
    first: bool


def paragraphs(html: str) -> list[int]:
    """For each excerpt of outside text, in order, how many paragraphs it has (list items, code blocks and rows count too).

    Quotes with nothing but ‹snip› between them are one excerpt. A quote that leads to a post of this site is none.
    """
    found: list[int] = []
    depth, joined, snip, cites, ours = 0, False, False, False, False
    count = 0
    for closing, tag, attributes, text in _pieces(html):
        if tag == "blockquote":
            depth += -1 if closing else 1
            if depth == 1 and not closing:
                count, ours = 0, False
            elif depth == 0 and closing:
                if ours:
                    joined = False
                elif joined and found:
                    found[-1] += count
                else:
                    found.append(count)
                joined = not ours
        elif tag == "cite":
            cites = not closing
            if cites and 'class="by"' in attributes and depth:
                count -= 1  # The line that names the author is a paragraph of its own.
        elif tag == "a" and cites and depth == 1 and 'class="reference"' in attributes:
            ours = True
        elif tag in _PIECES and depth and not closing:
            count += 1
        elif tag == "div":
            snip = not closing and 'class="snip"' in attributes
        if text.strip() and not depth and not snip:
            joined = False
    return found


def own_words(html: str) -> OwnWords:
    """The words that stand outside quotes and links."""
    quotes, linked = 0, False
    words, first = 0, None
    for closing, tag, attributes, text in _pieces(html):
        if tag == "blockquote":
            quotes += -1 if closing else 1
        elif tag == "a":
            linked = not closing and _OUTSIDE.search(attributes) is not None
        if count := len(_WORD.findall(unescape(text))):
            others = quotes > 0 or linked
            words += 0 if others else count
            first = not others if first is None else first
    return OwnWords(words, bool(first))


def links(html: str) -> int:
    """How many links lead out of this site."""
    return sum(
        tag == "a" and not closing and _OUTSIDE.search(more) is not None for closing, tag, more, _ in _pieces(html)
    )


def _pieces(html: str) -> Iterator[tuple[bool, str, str, str]]:
    """Each tag with the text that follows it; the text before the first tag comes with an empty one."""
    position, tag = 0, (False, "", "")
    for match in Tags.finditer(html):
        yield *tag, html[position : match.start()]
        tag, position = (bool(match[1]), match[2], match[3] or ""), match.end()
    yield *tag, html[position:]
