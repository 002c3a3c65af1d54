"""From a rendered post to what is searched of it: the words a reader sees, and marks about the post."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from html import unescape

from palaver.kit.text import words
from palaver.search.models.document import SEQUENCE, key_of

# Tags inside a word do not part it; every other tag does. Cleaned HTML holds `<` and `>` in tags only.
_INSIDE = re.compile(
    r"</?(?:a|abbr|b|bdi|cite|code|del|em|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|time|u)(?: [^>]*)?>"
)
_TAG = re.compile(r"<[^>]*>")
_OUTSIDE = re.compile(r"<a [^>]*href=\"(?:https?:)?//")

STRETCH = SEQUENCE + 21
"""Bits of a key below the stretches of time (about 24 days) that documents are marked with."""


def visible(html: str) -> str:
    """The text a reader sees, blocks apart from each other."""
    return unescape(_TAG.sub(" ", _INSIDE.sub("", html)))


def stored(tokens: Iterable[str]) -> str:
    """Tokens as a document keeps them: each with a space before it, so that a run of tokens is a run of characters."""
    return "".join([f" {token}" for token in tokens])


def stretch(key: int) -> int:
    """The stretch of time that a key lies in."""
    return key >> STRETCH


def document(
    *,
    post_id: int,
    thread_id: int,
    forum_id: int,
    author_id: int,
    created_at: datetime,
    is_original: bool,
    subject: str,
    html: str,
) -> tuple[int, int, int, int, int, str, str, str]:
    """A post's row of the index: key, post, thread, forum, author, subject, body, marks."""
    key = key_of(created_at, post_id)
    of_subject, of_body = words.tokens(subject), words.tokens(visible(html))
    marks = [f":f{forum_id}", f":a{author_id}", f":t{thread_id}", f":m{stretch(key)}"]
    marks.append(":op" if is_original else ":re")
    if "<img" in html:
        marks.append(":image")
    if _OUTSIDE.search(html):
        marks.append(":link")
    marks += sorted(f":u{letter}" for letter in words.characters(of_subject) | words.characters(of_body))
    return key, post_id, thread_id, forum_id, author_id, stored(of_subject), stored(of_body), stored(marks)
