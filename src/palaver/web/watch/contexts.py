"""What the pages of the watch are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from palaver.web.contexts import Field, Link, Moment


@dataclass(frozen=True, slots=True)
class Watcher:
    """Somebody on the watch: until when, and the entry of the draw."""

    member: Link
    until: str
    entry: Link | None


@dataclass(frozen=True, slots=True)
class Done:
    """Something the watch did: `what` in a sentence, the reason, how its review stands or ended."""

    id: int
    what: str
    because: str
    at: Moment
    watchers: tuple[Link, ...]
    review: str
    case: Link | None = None


@dataclass(frozen=True, slots=True)
class WatchPage:
    """`watch/watch.html`."""

    watchers: tuple[Watcher, ...]
    none_because: str
    """Why there is no watch, and who acts instead; empty where there is one."""
    seats: int
    volunteers: int
    acts: tuple[Done, ...]
    slow: str
    mine: str
    """How the reader stands: "term", "volunteer", "" for neither, "guest" for who has not signed in."""
    why_not: str
    sees_newcomers: bool
    may_end_slow: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal that waits for a second watcher."""

    id: int
    what: str
    about: Link | None
    because: str
    by: Link
    at: Moment
    mine: bool


@dataclass(frozen=True, slots=True)
class Post:
    """A newcomer's post on the desk. `hold_href` and `suspend_href` are empty where the reader may propose nothing."""

    href: str
    subject: str
    number: int
    author: Link
    about: str
    words: str
    at: Moment
    first: bool
    gone: bool
    hold_href: str
    suspend_href: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Posts by several newcomers that share a text or a link."""

    what: str
    posts: tuple[Post, ...]
    members: int


@dataclass(frozen=True, slots=True)
class Burst:
    """An hour in which unusually many joined."""

    at: str
    sentence: str
    members: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class NewcomersPage:
    """`watch/newcomers.html`."""

    waiting: tuple[Waiting, ...]
    texts: tuple[Cluster, ...]
    links: tuple[Cluster, ...]
    bursts: tuple[Burst, ...]
    posts: tuple[Post, ...]
    proposes: bool
    slow_href: str
    slow: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class ProposePage:
    """`watch/propose.html`: what one watcher asks and a second must agree to."""

    title: str
    explanation: str
    about: Link | None
    words: str
    hidden: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...]
    button: str
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """`watch/answer.html`: the suspended account reads why, answers in one click, and sees what came of it."""

    because: str
    state: str
    answered: str
    open: bool
    action: str
    posts: int
    words: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
