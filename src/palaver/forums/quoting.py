"""Quoting a post: its text between `[quote=Name, #number]` and `[/quote]`, by which the quote leads back to it."""

from __future__ import annotations

import re
from typing import cast

from palaver.forums.models import Post, SourceText
from palaver.kit.text.converting import to_markdown
from palaver.kit.text.rendering import Kind

LONGEST = 3000
"""Characters of a post that are quoted; whoever wants more copies it."""

_INNER = re.compile(r"(?is)\[quote(?:=[^\]\n]*)?\](?:(?!\[quote).)*?\[/quote\]\s*")
_TAG = re.compile(r"(?i)\[(?=/?quote\b)")


def quotation(post: Post) -> str:
    """A post as a quote, ready for the reply to follow. What it quotes itself is left out; a long one is cut with ‹snip›."""
    newest = SourceText.objects.get(post=post, version=post.version)
    return quoted(to_markdown(newest.text, cast(Kind, newest.kind)), post.author.name, post.number)


def quoted(text: str, name: str, number: int) -> str:
    """A text as the quote of a post."""
    text = text[: 4 * LONGEST]
    while (without := _INNER.sub("", text)) != text:
        text = without
    text = _TAG.sub("&#91;", text).strip()
    if len(text) > LONGEST:
        cut = text.rfind("\n\n", LONGEST // 2, LONGEST)
        text = text[: cut if cut > 0 else LONGEST].rstrip() + "\n\n‹snip›"
    return f"[quote={name}, #{number}]\n{text}\n[/quote]\n\n"
