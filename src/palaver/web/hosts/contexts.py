"""What the pages of hosts are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from palaver.web.contexts import Field, HostSeat, Link, Moment, Pager
from palaver.web.operators.contexts import Form


@dataclass(frozen=True, slots=True)
class Choice:
    """A reply that may be split off."""

    number: int
    author: str
    words: str
    at: Moment
    depth: int
    chosen: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class ArrangePage:
    """`hosts/arrange.html`: move, split or merge a thread. `choices` only where replies are split off."""

    title: str
    explanation: str
    thread: Link
    action: str
    button: str
    fields: tuple[Field, ...]
    reason: str
    errors: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    with_answers: bool = True
    pager: Pager | None = None


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """`hosts/question.html`: whether a lock should stand. With `asked` it was questioned; `form` asks otherwise."""

    thread: Link
    lock_line: str
    why_not: str
    action: str
    reason: str
    errors: Mapping[str, str] = field(default_factory=dict)
    asked: str = ""
    question: str = ""
    ballot: Link | None = None


@dataclass(frozen=True, slots=True)
class WaitingAlert:
    """An alert that what stands here does not belong here. Whose it is, nobody is shown."""

    id: int
    post: Link
    author: Link
    words: str
    because: str
    at: Moment
    lock_href: str
    move_href: str
    mine: bool = False
    answer: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A member who is kept out of the forum."""

    id: int
    member: Link
    because: str
    until: str
    by: Link
    can_end: bool


@dataclass(frozen=True, slots=True)
class LockLine:
    """A thread that a host keeps locked."""

    thread: Link
    because: str
    by: Link | None
    at: Moment
    question: str = ""


@dataclass(frozen=True, slots=True)
class DeskPage:
    """`hosts/desk.html`: who hosts a forum, who is next, and for its hosts what waits for them."""

    name: str
    href: str
    how: str
    seats: tuple[HostSeat, ...]
    queue: tuple[Link, ...]
    election: Link | None
    election_until: str
    locks: tuple[LockLine, ...]
    kept: tuple[Kept, ...]
    is_host: bool
    alerts: tuple[WaitingAlert, ...] = ()
    block: Form | None = None
    mine: str = ""
    """How the reader stands here: "seat", "queue", "" for neither; "guest" for who has not signed in."""
    why_not_volunteer: str = ""
    error: str = ""
