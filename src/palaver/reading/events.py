"""What members do to their own reading: of interest to the same member's other windows, and to notices where one is due."""

from __future__ import annotations

from dataclasses import dataclass

from palaver.kit.events import Event


@dataclass(frozen=True, slots=True)
class ForumMarked(Event):
    member_id: int
    forum_id: int


@dataclass(frozen=True, slots=True)
class BookmarkChanged(Event):
    """A post was kept, its note or reminder changed, or it was let go."""

    member_id: int
    post_id: int
    kept: bool


@dataclass(frozen=True, slots=True)
class BookmarkDue(Event):
    """The instant has come at which a member wanted to be reminded of a post that they may still read."""

    member_id: int
    bookmark_id: int
    post_id: int


@dataclass(frozen=True, slots=True)
class TrashChanged(Event):
    """Something was put into a member's trash or taken out: a thread, a forum, or (both empty) a keyword."""

    member_id: int
    thread_id: int | None
    forum_id: int | None
    put_in: bool


@dataclass(frozen=True, slots=True)
class IgnoreChanged(Event):
    """A member ignores another from now on, or no longer. Never told to the other."""

    member_id: int
    other_id: int
    ignored: bool


@dataclass(frozen=True, slots=True)
class FollowChanged(Event):
    """A member follows another from now on, or no longer."""

    member_id: int
    other_id: int
    followed: bool
