"""What these pages are given; as plain as everything in `web.contexts`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from palaver.web.charts import Chart
from palaver.web.contexts import Empty, Link, Moment


class RemovedPost(NamedTuple):
    """A removed post in a warning letter: its place, the sentence about it, and the way to appeal while there is one."""

    place: Link
    sentence: str
    case: Link
    appeal: Link | None
    restored: bool


@dataclass(frozen=True, slots=True)
class WarningPage:
    """`standards/warning.html`. `undone` says that its last removal was overturned and the letter stands for nothing."""

    at: Moment
    opening: str
    posts: tuple[RemovedPost, ...]
    coming: tuple[str, ...]
    asked: tuple[tuple[Link, str], ...]
    undone: bool


class AppealRow(NamedTuple):
    """An appeal that was made: against what, when, how it stands, the own words in it, and where to read on."""

    what: str
    at: Moment
    state: str
    outcome: str
    words: str
    more: tuple[Link, ...]


class Contestable(NamedTuple):
    """Something that concerns the member: with a way to appeal, or why there is none."""

    what: str
    about: Link | None
    at: Moment
    appeal: Link | None
    because: str


@dataclass(frozen=True, slots=True)
class AppealsPage:
    """`standards/appeals.html`."""

    open: tuple[Contestable, ...]
    made: tuple[AppealRow, ...]
    note: str
    empty: Empty


@dataclass(frozen=True, slots=True)
class AppealPage:
    """`standards/appeal.html`: the form. `refused` says why there is none; `facts` are what it is about."""

    title: str
    facts: tuple[tuple[str, str | Link], ...]
    other_side: str
    what_happens: tuple[str, ...]
    action: str
    words: str
    longest: int
    errors: dict[str, str]
    refused: str
    button: str
    help: str


@dataclass(frozen=True, slots=True)
class ReasonsPage:
    """`standards/reasons.html`: parts with their paragraphs, and the same as plain text at `text_href`."""

    title: str
    at: Moment
    parts: tuple[tuple[str, str, tuple[str, ...]], ...]
    case: Link
    text_href: str
    appeal: Link | None


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """`standards/figures.html`: charts, facts beside them, and the yearly reports."""

    sentence: str
    charts: tuple[Chart, ...]
    facts: tuple[tuple[str, str], ...]
    reports: tuple[Link, ...]
    empty: Empty | None


class ReportTable(NamedTuple):
    key: str
    title: str
    sentence: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """`standards/report.html`: one year."""

    title: str
    sentence: str
    csv_href: str
    tables: tuple[ReportTable, ...]
    years: tuple[Link, ...]
