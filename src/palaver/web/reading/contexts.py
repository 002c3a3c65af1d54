"""What the pages of a member's own reading are given. As in `web.contexts`: plain data, text that the template escapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from palaver.web.contexts import Empty, Link, Moment, Pager, ThreadRow

WHOLE = Pager()
"""The pager of a list that fits on one page."""


@dataclass(frozen=True, slots=True)
class MePage:
    """`reading/me.html`: everything that is the member's own, in groups of links with a sentence each."""

    name: str
    groups: tuple[tuple[str, tuple[tuple[Link, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post in a list of one's own; `author` is empty where they are all by one."""

    href: str
    subject: str
    opening: str
    at: Moment
    forum: Link | None = None
    author: Link | None = None


@dataclass(frozen=True, slots=True)
class PostsPage:
    """`reading/posts.html`: a named list of posts, newest first."""

    title: str
    sentence: str
    lines: tuple[PostLine, ...]
    empty: Empty
    pager: Pager = WHOLE
    beside: Link | None = None


@dataclass(frozen=True, slots=True)
class ThreadsPage:
    """`reading/threads.html`: a named list of threads."""

    title: str
    sentence: str
    rows: tuple[ThreadRow, ...]
    empty: Empty
    pager: Pager = WHOLE


@dataclass(frozen=True, slots=True)
class Kept:
    """A bookmark in the list. `line` is empty for a post that its keeper may not read any more."""

    line: PostLine | None
    action: str
    note: str
    since: Moment
    remind: Moment | None = None
    reminded: bool = False


@dataclass(frozen=True, slots=True)
class BookmarksPage:
    """`reading/bookmarks.html`."""

    kept: tuple[Kept, ...]
    pager: Pager
    empty: Empty


@dataclass(frozen=True, slots=True)
class BookmarkPage:
    """`reading/bookmark.html`: the note and reminder of one post."""

    post: Link
    author: str
    opening: str
    action: str
    kept: bool
    note: str
    choices: tuple[tuple[str, str], ...]
    chosen: str
    day: str = ""
    next: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """A subscription as a row of a form: `way` is one of the choices, `push` whether devices are told too."""

    id: int
    place: Link | None
    kind: str
    way: str
    push: bool


@dataclass(frozen=True, slots=True)
class SubscriptionsPage:
    """`reading/subscriptions.html`: all of them in one form."""

    rows: tuple[Told, ...]
    ways: tuple[tuple[str, str], ...]
    pager: Pager
    empty: Empty


@dataclass(frozen=True, slots=True)
class SubscriptionPage:
    """`reading/subscription.html`: how one forum or thread tells."""

    place: Link
    is_forum: bool
    action: str
    way: str
    push: bool
    ways: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Trashed:
    """One thing in the trash; `place` is empty for a keyword, and for what its owner may not read any more."""

    id: int
    words: str
    since: Moment
    place: Link | None = None


@dataclass(frozen=True, slots=True)
class TrashPage:
    """`reading/trash.html`: keywords, forums, threads, each with its way out."""

    keywords: tuple[Trashed, ...]
    forums: tuple[Trashed, ...]
    threads: tuple[Trashed, ...]
    pager: Pager
    keyword: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """A member on one of the lists of people. `told` is whether a notice comes of their threads, None where not offered."""

    member: Link
    since: Moment
    told: bool | None = None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """`reading/people.html`: following, ignored, avoidance. `act` is the last part of the address of each row's form."""

    title: str
    sentence: str
    act: str
    here: str
    people: tuple[Person, ...]
    add: str
    stop: str
    empty: Empty
    pager: Pager = WHOLE
    beside: Link | None = None
    name: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
