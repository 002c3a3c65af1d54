"""What the help pages are given."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from palaver.web.contexts import Link


@dataclass(frozen=True, slots=True)
class Found:
    """A section that a search found, with the page it stands on and its first words."""

    section: Link
    page: str
    words: str


@dataclass(frozen=True, slots=True)
class HelpIndex:
    """`help/index.html`: all pages with their sentences, or what a search found."""

    pages: tuple[tuple[Link, str], ...]
    query: str = ""
    found: tuple[Found, ...] | None = None


@dataclass(frozen=True, slots=True)
class HelpPage:
    """`help/page.html`: one page, its sections as links, and the other pages."""

    title: str
    sentence: str
    body: Markup
    sections: tuple[Link, ...]
    others: tuple[Link, ...]
