"""What the pages of searching are given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from palaver.search.excerpts import Piece
from palaver.web.contexts import Link, Moment, Pager, Tab


class Result(NamedTuple):
    """One found post. `label` says where it stands in its thread; the pieces are plain text, some of it found."""

    href: str
    subject: Sequence[Piece]
    label: str
    author: Link
    forum: Link
    at: Moment
    excerpt: Sequence[Piece]
    more_by: Link
    more_in: Link
    more_here: Link


class SearchPage(NamedTuple):
    """Results. `orders` and `spans` are the filters as links; `refused` says why nothing was looked for.

    `save` is there for members: whether this search is kept already, and where.
    """

    query: str
    rule: str
    orders: Sequence[Tab]
    spans: Sequence[Tab]
    narrowed: Sequence[Tab]
    results: Sequence[Result]
    pager: Pager
    notes: Sequence[str]
    refused: str
    nothing: str
    building: str
    feed: str
    may_save: bool
    saved: Link | None
    kept: Sequence[Link]
    best: bool


class SavedRow(NamedTuple):
    """One saved search of the member's list."""

    id: int
    name: str
    query: str
    href: str
    feed: str
    told: bool
    at: Moment


class SavedPage(NamedTuple):
    """A member's saved searches."""

    searches: Sequence[SavedRow]
