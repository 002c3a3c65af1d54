"""What the charter's pages are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from palaver.web.contexts import BallotView, Link, Moment, Pager


@dataclass(frozen=True, slots=True)
class StandardView:
    """One rule as it is read. `notes` say what is special about it (where it holds, whose it is, that a removed text stays shut)."""

    key: str
    title: str
    rule: str
    breaks: tuple[str, ...]
    keeps: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the list of versions."""

    link: Link
    how: str
    when: Moment
    current: bool
    changes: Link | None


@dataclass(frozen=True, slots=True)
class AmendmentLine:
    """An amendment in a list."""

    link: Link
    state: str
    by: Link
    when: Moment
    open: bool


@dataclass(frozen=True, slots=True)
class CharterPage:
    """`charter/charter.html`: one version. `current` False: an earlier or a coming one is read."""

    version: int
    current: bool
    how: str
    because: str
    standards: tuple[StandardView, ...]
    versions: tuple[VersionLine, ...]
    running: tuple[AmendmentLine, ...]
    may_propose: bool
    why_not: str
    coming: str = ""
    confirming: Link | None = None
    adopt_href: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in a redline: `same`, `gone` or `new`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class RedlineView:
    """One rule's change: each text as runs; `act` is add, change or drop; `notes` say what else changes, in words."""

    act: str
    said: str
    title: tuple[Run, ...]
    parts: tuple[tuple[str, tuple[Run, ...]], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """`charter/changes.html`: the way from one version to another."""

    before: Link
    after: Link
    lines: tuple[RedlineView, ...]
    same: int


@dataclass(frozen=True, slots=True)
class AmendmentsPage:
    """`charter/amendments.html`: newest first."""

    rows: tuple[AmendmentLine, ...]
    may_propose: bool
    why_not: str
    pager: Pager = field(default_factory=Pager)


@dataclass(frozen=True, slots=True)
class ActForm:
    """An act on an amendment: one button, with a reason where one is asked."""

    act: str
    title: str
    explanation: str
    button: str
    asks: bool = False
    required: bool = False
    danger: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AmendmentPage:
    """`charter/amendment.html`."""

    title: str
    href: str
    state: str
    state_key: str
    by: Link
    when: Moment
    because: Markup
    lines: tuple[RedlineView, ...]
    base: Link
    effective: str
    thread: Link | None
    ballot: BallotView | None
    became: Link | None
    decided: str = ""
    acts: tuple[ActForm, ...] = ()
    stale: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class StandardForm:
    """A rule's fields in the form; `key` is empty for one that is added. `open`: something in it was typed or is wrong."""

    key: str
    title: str
    rule: str
    breaks: str
    keeps: str
    forum: str
    kinds: frozenset[str]
    is_openable: bool
    for_hosts: bool
    drop: bool = False
    open: bool = False
    number: int = 0


@dataclass(frozen=True, slots=True)
class ProposePage:
    """`charter/propose.html`: the whole charter as a form. `founding`: an operator adopts it at once."""

    action: str
    heading: str
    lede: str
    button: str
    base: int
    title: str
    because: str
    days: str
    standards: tuple[StandardForm, ...]
    forums: tuple[tuple[str, str], ...]
    founding: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    preview: tuple[RedlineView, ...] | None = None
