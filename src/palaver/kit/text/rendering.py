"""Source text to the HTML of a page: one pipeline for writing and for import, for every kind of source.

`render` reads the source by its kind, cleans the result by the one allow-list (always) and walks it once more for
links, mentions and images. Whatever a source holds, its words are never lost: what
cannot be understood is shown as typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Literal

from django.utils.translation import gettext as _

from palaver.kit.decisions import Refusal
from palaver.kit.text import bbcode, cleaning, cooked, markdown, plain
from palaver.kit.text.finishing import Links, finish

Kind = Literal["markdown", "html", "bbcode", "plain"]
KINDS: tuple[Kind, ...] = ("markdown", "html", "bbcode", "plain")

RENDERER_VERSION = 2
"""Raised when the same source gives other HTML; stored with it, so that old HTML is found and made again."""

LONGEST = 100_000
"""Characters a member may write in one post. Imported sources may be longer and are then shown as plain text."""

__all__ = ["KINDS", "LONGEST", "RENDERER_VERSION", "Kind", "Links", "Rendered", "render", "too_long"]


@dataclass(frozen=True, slots=True)
class Rendered:
    """HTML fit for a page, and what stands in it.

    `opening` is plain text of at most 81 characters (quoted words only when there are no others). `mentions` are names
    after `@` outside quotes, whether or not such a member exists; `references` numbers after `#`; `quotes` pairs of
    the quoted name and post number (None when unknown); `has` a set of "image", "link", "quote", "code", "table",
    "list", "details".
    """

    html: str
    opening: str
    mentions: tuple[str, ...]
    references: tuple[int, ...]
    quotes: tuple[tuple[str, int | None], ...]
    has: frozenset[str]
    version: int = RENDERER_VERSION


def too_long(source: str) -> Refusal | None:
    """The refusal of a text above LONGEST characters, or None. Its sentence says by how much."""
    over = len(source) - LONGEST
    if over <= 0:
        return None
    return Refusal(
        _(
            "This text has %(length)s characters; a post may have %(longest)s. "
            "Shorten it by %(over)s, or write the rest in a second post."
        )
        % {"length": f"{len(source):,}", "longest": f"{LONGEST:,}", "over": f"{over:,}"},
        field="body",
    )


def render(
    source: str,
    kind: Kind,
    *,
    links: Links | None = None,
    base: str = "",
    own: str = "",
    prefix: str = "p",
) -> Rendered:
    """The rendered source. Never raises on what a stranger wrote.

    `links` answers where names and numbers lead (asked once for all). `base` is the address imported relative links
    are resolved against, `own` this site's origin (links to it are not marked as outside). `prefix` must be unique on
    a page, such as "p512": letters and digits only; the footnotes' ids carry it.
    """
    if not prefix.isalnum():
        raise ValueError("The prefix goes into ids: letters and digits only.")
    if kind not in _READERS:
        raise ValueError(f"There is no kind of text called {kind!r}.")
    if len(source) > LONGEST and kind != "html":
        dirty = f"<pre>{escape(source)}</pre>"
    else:
        dirty = _READERS[kind](source, prefix)
    found = finish(
        cleaning.clean(dirty, ids=kind == "markdown"),
        links=links,
        base=base,
        own=own,
        prefix=prefix,
        emoji=kind in ("markdown", "bbcode"),
    )
    return Rendered(
        html=found.html,
        opening=found.opening,
        mentions=tuple(found.mentions),
        references=tuple(found.references),
        quotes=tuple(found.quotes),
        has=frozenset(found.has),
    )


_READERS: dict[str, Callable[[str, str], str]] = {
    "markdown": lambda source, prefix: markdown.to_html(source, prefix=prefix),
    "html": lambda source, prefix: cooked.to_html(source),
    "bbcode": lambda source, prefix: bbcode.to_html(source),
    "plain": lambda source, prefix: plain.to_html(source),
}
