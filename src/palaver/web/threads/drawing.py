"""Posts as HTML, kept for as long as nothing that they show has changed.

A post as a reader sees it depends on its row, on a few marks of that reader, and on what day it is for "yesterday" and
"1 Nov". Two readers with the same marks get the same text, so it is kept under exactly those values and never goes stale:
another value is another key. Bodies are not kept here but joined in (see `fragments`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from palaver.accounts.reads import Viewer
from palaver.forums.reads import FoldRow, PostRow
from palaver.reading.reads import ThreadHead
from palaver.reading.sight import NOTHING_LAID, Laid, Sight
from palaver.web import assembling
from palaver.web.shell import environment
from palaver.web.threads import assembly, folding

_SEAM = "\ue002"
_SOON = timedelta(days=7)
KEPT = 8_000
"""How many drawn posts a worker keeps, about 1 KB each without their bodies."""


class Reading(NamedTuple):
    """Everything about a page, apart from the post itself, that a post's looks depend on. Hashable, equal for equal looks."""

    head: int
    author_id: int
    me: int
    where: tzinfo
    language: str
    takes_replies: bool


def _clock_hand(created_at: datetime, now: datetime, today: int) -> int:
    """What of the present shows in a post's time: the day for an old one, the minute for one of this week."""
    return today if now - created_at > _SOON else int(now.timestamp() // 60)


def posts(
    rows: Sequence[PostRow],
    head: ThreadHead,
    viewer: Viewer | None,
    bodies: Mapping[int, str],
    chosen: assembly.Light,
    where: tzinfo,
    now: datetime,
    language: str,
    here: frozenset[int],
    *,
    takes_replies: bool,
    mark_first: bool,
    laid: Laid = NOTHING_LAID,
    folds: folding.Folds = folding.NONE,
) -> list[assembling.Drawn]:
    """The replies of a page, each as one reader sees it; with `mark_first` the first new one carries the line that says so."""
    reading = Reading(head.id, head.author_id, viewer.id if viewer else 0, where, language, takes_replies)
    today = now.astimezone(where).toordinal()
    me = viewer.id if viewer else 0
    # Most readers ignore nobody and keep nothing on this page: for them it is the same empty answer for each post.
    lies = bool(laid.sight.ignored or laid.kept)
    laid = laid if lies else NOTHING_LAID
    drawn = []
    for row in rows:
        new = assembly.is_new(row.created_at, row.author_id, head, viewer)
        own = Laid(Sight(ignored=laid.sight.ignored & {row.author_id}), kept=laid.kept & {row.id}) if lies else laid
        first_new = new and mark_first
        mark_first = mark_first and not new
        if row.standing != assembly.SHOWN:
            fold = folds.get(row.id)
            before, after = _halves(row, reading, head, viewer, chosen, now, here, new, first_new, own, fold)
            drawn.append(assembling.Drawn(row.depth, before + after, new))
            continue
        highlighted = not (chosen.kind == "new" and new) and assembly.stands_out(row, chosen, viewer)
        key = (
            row, reading if row.author_id == me else reading._replace(me=-1 if me else 0), new, first_new, highlighted,
            row.answers_number in here, _clock_hand(row.created_at, now, today), lies and own,
        )  # fmt: skip
        halves = _kept.get(key)
        if halves is None:
            halves = _halves(row, reading, head, viewer, chosen, now, here, new, first_new, own)
            _kept.put(key, halves)
        drawn.append(assembling.Drawn(row.depth, bodies.get(row.id, "").join(halves), new))
    return drawn


def _halves(
    row: PostRow, reading: Reading, head: ThreadHead, viewer: Viewer | None, chosen: assembly.Light, now: datetime,
    here: frozenset[int], new: bool, first_new: bool, laid: Laid, fold: FoldRow | None = None,
) -> tuple[str, str]:  # fmt: skip
    """What stands before and behind the body."""
    view = assembly.post_view(
        row, head, viewer, {row.id: _SEAM}, chosen, reading.where, now, reading.language, here, laid, fold
    )
    made = assembling.post(
        environment(),
        replace(view, first_new=first_new),
        reading.language,
        signed_in=viewer is not None,
        takes_replies=reading.takes_replies,
    )
    before, _, after = made.partition(_SEAM)
    return before, after


class _Kept:
    """The most recently used halves. Only lanes draw, and a lost put costs one more drawing."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._new: dict[tuple[object, ...], tuple[str, str]] = {}
        self._old: dict[tuple[object, ...], tuple[str, str]] = {}

    def get(self, key: tuple[object, ...]) -> tuple[str, str] | None:
        found = self._new.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: tuple[object, ...], halves: tuple[str, str]) -> None:
        # Two generations instead of an order: when the young one is full it becomes the old one, whose unused keys go.
        if len(self._new) >= self._size // 2:
            self._old, self._new = self._new, {}
        self._new[key] = halves

    def clear(self) -> None:
        self._old, self._new = {}, {}


_kept = _Kept(KEPT)


def forget() -> None:
    """Drop everything kept: for measurements of a cold start."""
    _kept.clear()
    assembling.forget()
