"""What happens in forums. Ids and plain values only."""

from __future__ import annotations

from dataclasses import dataclass

from palaver.kit.events import Event


@dataclass(frozen=True, slots=True)
class PlacesChanged(Event):
    """A category or forum was made, renamed, moved, retired, or its readers or hosts changed."""

    forum_id: int | None


@dataclass(frozen=True, slots=True)
class ThreadStarted(Event):
    thread_id: int
    post_id: int
    forum_id: int
    author_id: int


@dataclass(frozen=True, slots=True)
class ReplyWritten(Event):
    thread_id: int
    post_id: int
    number: int
    forum_id: int
    author_id: int
    answers_id: int | None


@dataclass(frozen=True, slots=True)
class PostEdited(Event):
    """`new_mention_ids` are the members whom this version names first, `new_quotation_ids` the posts it quotes first."""

    post_id: int
    thread_id: int
    forum_id: int
    author_id: int
    version: int
    new_mention_ids: tuple[int, ...] = ()
    new_quotation_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PostWithdrawn(Event):
    post_id: int
    thread_id: int
    forum_id: int
    author_id: int


@dataclass(frozen=True, slots=True)
class PostCorrected(Event):
    """A correction line was put on a post, or (`correction_id` None) taken away."""

    post_id: int
    thread_id: int
    forum_id: int
    author_id: int
    correction_id: int | None


@dataclass(frozen=True, slots=True)
class PostRecommended(Event):
    post_id: int
    thread_id: int
    forum_id: int
    member_id: int
    count: int


@dataclass(frozen=True, slots=True)
class RecommendationTakenBack(Event):
    post_id: int
    thread_id: int
    forum_id: int
    member_id: int
    count: int


@dataclass(frozen=True, slots=True)
class ThreadLocked(Event):
    thread_id: int
    forum_id: int
    lock_id: int


@dataclass(frozen=True, slots=True)
class ThreadUnlocked(Event):
    thread_id: int
    forum_id: int
    lock_id: int


@dataclass(frozen=True, slots=True)
class ThreadPinned(Event):
    thread_id: int
    forum_id: int


@dataclass(frozen=True, slots=True)
class ThreadUnpinned(Event):
    thread_id: int
    forum_id: int


@dataclass(frozen=True, slots=True)
class SubscriptionChanged(Event):
    """A member is told of what is new in a forum or thread from now on, told otherwise, or told no longer (or muted it)."""

    member_id: int
    forum_id: int | None
    thread_id: int | None
    subscribed: bool
