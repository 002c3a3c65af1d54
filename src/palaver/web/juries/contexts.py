"""What the pages of judging are given; as plain as everything in `web.contexts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from markupsafe import Markup

from palaver.web.charts import Chart
from palaver.web.contexts import Empty, Link, Moment, Pager


class Rule(NamedTuple):
    """A standard as it is read beside a decision: `breaks` and `keeps` are examples, one a line in the charter."""

    key: str
    title: str
    rule: str
    breaks: tuple[str, ...]
    keeps: tuple[str, ...]
    charter: int
    for_hosts: bool = False

    @property
    def href(self) -> str:
        """Where it stands in the charter's version."""
        return f"/charter/{self.charter}#{self.key}"


@dataclass(frozen=True, slots=True)
class AlertPage:
    """`juries/alert.html`. `about` says of what kind the thing is; `body` is a post's HTML, `abouts` a name and an about text to choose from.

    With `refused` there is no form, only why not and what can be done.
    """

    title: str
    about: Literal["post", "name", "about"]
    action: str
    cancel_href: str
    author: Link
    body: Markup
    abouts: tuple[tuple[str, str, str], ...] = ()
    rules: tuple[Rule, ...] = ()
    chosen: str = ""
    because: str = ""
    refused: str = ""
    longest: int = 1000
    errors: Mapping[str, str] = field(default_factory=dict)


class AlertRow(NamedTuple):
    """One of my alerts: about what, under which standard, and how it stands."""

    what: Link
    standard: str
    at: Moment
    state: str
    case: Link | None
    answer: str
    because: str


@dataclass(frozen=True, slots=True)
class AlertsPage:
    """`juries/alerts.html`: one's own, newest first. `pause` says until when no alert can be raised."""

    rows: tuple[AlertRow, ...]
    pause: str
    empty: Empty
    pager: Pager
    beside: Link | None = None


class Said(NamedTuple):
    """One juror's reason, without a name: the choice in words, and the reason."""

    choice: str
    reason: str


class Precedent(NamedTuple):
    """An earlier verdict under the same standard: its case, how it ended, how many of how many, and what was said."""

    case: Link
    outcome: str
    removed: bool
    tally: str
    reasons: tuple[Said, ...]


class Masked(NamedTuple):
    """Words to be judged or read along, their author's name taken out. `by` is "" for the author who is judged."""

    label: str
    subject: str
    body: Markup
    by: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class OfferPage:
    """`juries/offer.html`: a seat that is offered, or one that is over (`over` says why)."""

    action: str
    case: int
    minutes: int
    until: Moment | None
    votes_minutes: int
    over: str = ""
    over_href: Link | None = None
    handed_in: bool = False


@dataclass(frozen=True, slots=True)
class PaperPage:
    """`juries/paper.html`: one screen, one decision. `left` is the time left in words, `until` the instant it ends.

    `sides` are the two sides of an appeal (who speaks, the words); `rules` more than one where all standards count. `now`
    is the post's present text where its author has changed it since the alert.
    """

    action: str
    case: int
    left: str
    until: Moment
    place: str
    judged: Masked
    answered: Masked | None
    rules: tuple[Rule, ...]
    why: str
    why_from: str
    precedents: tuple[Precedent, ...]
    choices: tuple[tuple[int, str, str], ...]
    others: tuple[tuple[str, str], ...]
    question: str
    sides: tuple[tuple[str, str], ...] = ()
    now: Masked | None = None
    chosen: int = 0
    reason: str = ""
    other: str = ""
    is_gone: str = ""
    longest: int = 1000
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LonePage:
    """`juries/lone.html`: the form of a host or operator who decides because too few members could be drawn."""

    action: str
    case: int
    why_alone: str
    place: str
    judged: Masked
    answered: Masked | None
    rules: tuple[Rule, ...]
    why: str
    why_from: str
    precedents: tuple[Precedent, ...]
    longest: int
    question: str
    yes: str
    no: str
    sides: tuple[tuple[str, str], ...] = ()
    removes: str = ""
    because: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


class CaseRow(NamedTuple):
    """A decided case in the list."""

    number: int
    href: str
    outcome: str
    removed: bool
    standard: str
    charter: int
    tally: str
    judges: str
    at: Moment
    forum: Link | None
    kind: str


@dataclass(frozen=True, slots=True)
class JuriesPage:
    """`juries/juries.html`: decided cases, newest first, with how it works in short."""

    rows: tuple[CaseRow, ...]
    chart: Chart | None
    open_cases: int
    sizes: tuple[str, ...]
    standards: tuple[tuple[str, str, bool], ...]
    pager: Pager
    empty: Empty


class SeatShown(NamedTuple):
    """A seated juror in public: a pseudonym and a ticket, and whether the vote was cast."""

    pseudonym: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Proof:
    """How the jury was drawn, in plain words and in values. `seed` is "" until it is published; `seed_said` says when."""

    pool: int
    seats: int
    needed: int
    offers: int
    rounds: int
    day: str
    commitment: str
    seed: str
    seed_said: str
    jurors: tuple[SeatShown, ...]
    entries: tuple[Link, ...]
    json_href: str
    command: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """`juries/case.html`: a case with its verdict. `fold` stands in place of a post that is not shown, `body` is one that is."""

    number: int
    title: str
    outcome: str
    removed: bool
    explained: str
    place: Link | None
    forum: Link | None
    about: str
    fold: Markup
    body: Markup
    subject: str
    rules: tuple[Rule, ...]
    standard: str
    chart: Chart | None
    tally: str
    reasons: tuple[Said, ...]
    opened: Moment
    decided: Moment
    took: str
    judges: str
    why_alone: str
    proof: Proof | None
    earlier: Link | None
    later: tuple[Link, ...]
    kind: str
    own: str = ""
    appeal: Link | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenCasePage:
    """`juries/open.html`: a case that is being judged: nothing but that it is, and when it was opened."""

    number: int
    opened: Moment
    judges: str
    is_open: bool = True


class OwnSeat(NamedTuple):
    """A seat of one's own in the past or now, visible to its juror alone."""

    case: Link
    at: Moment
    state: str


class OwnPool(NamedTuple):
    """A case whose pool I was in, with my pseudonym there, so that I can find it on the case's page."""

    case: Link
    pseudonym: str
    ticket: str


@dataclass(frozen=True, slots=True)
class JudgingPage:
    """`juries/judging.html`: what a member says of serving, and what they alone may know of it."""

    available: bool
    rests: str
    chance: int
    chance_said: str
    services: int
    seats: tuple[OwnSeat, ...]
    pools: tuple[OwnPool, ...]
    keys: tuple[tuple[str, str], ...]
    why_not: str = ""
    beside: Link | None = None
