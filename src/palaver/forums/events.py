"""What happens in forums. Ids and plain values only."""

from __future__ import annotations

from dataclasses import dataclass

from palaver.kit.events import Event


@dataclass(frozen=True, slots=True)
class PlacesChanged(Event):
    """A category or forum was made, renamed, moved, retired, or its readers or hosts changed."""

    forum_id: int | None


@dataclass(frozen=True, slots=True)
class AdmissionEnded(Event):
    """A member no longer belongs to a forum's named audience: their open streams ask their rights again."""

    forum_id: int
    member_id: int


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


@dataclass(frozen=True, slots=True)
class ThreadMoved(Event):
    """A thread stands in another forum now. `author_ids` are those who wrote in it."""

    thread_id: int
    from_forum_id: int
    forum_id: int
    author_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ThreadSplit(Event):
    """Posts of a thread make a thread of their own, under the numbers they had. `post_ids` are those that went."""

    thread_id: int
    new_thread_id: int
    forum_id: int
    post_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ThreadMerged(Event):
    """A thread's posts stand behind those of another. Published just before the emptied thread's row goes.

    `offset` is the place of its first post in the other thread, `post_ids` are its posts in their order.
    """

    thread_id: int
    into_id: int
    forum_id: int
    offset: int
    post_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MemberBlocked(Event):
    """A member is kept out of a forum for a time."""

    member_id: int
    forum_id: int
    block_id: int


@dataclass(frozen=True, slots=True)
class BlockEnded(Event):
    """A block ended before its time."""

    member_id: int
    forum_id: int
    block_id: int


@dataclass(frozen=True, slots=True)
class HostSeated(Event):
    """A member hosts a forum from now on: next in the queue, elected, or by an operator (`how`)."""

    member_id: int
    forum_id: int
    office_id: int
    how: str


@dataclass(frozen=True, slots=True)
class HostLeft(Event):
    """A host's term is over. `why`: `term`, `resigned`, `suspended`, `left`, `operator`."""

    member_id: int
    forum_id: int
    office_id: int
    why: str


@dataclass(frozen=True, slots=True)
class TermEndsSoon(Event):
    """A host's term ends within a week."""

    member_id: int
    forum_id: int
    office_id: int


@dataclass(frozen=True, slots=True)
class QueueChanged(Event):
    """Somebody joined a forum's queue of volunteers, or stepped out of it; or an election was opened."""

    forum_id: int


@dataclass(frozen=True, slots=True)
class LockQuestioned(Event):
    """A lock is put to the forum's other hosts (`elector_ids`); with none, to the operators."""

    lock_id: int
    thread_id: int
    forum_id: int
    by_id: int
    ballot_id: int | None
    elector_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LockQuestionAnswered(Event):
    """The hosts' ballot on a lock is counted: `opened` says whether the thread takes replies again."""

    lock_id: int
    thread_id: int
    forum_id: int
    by_id: int
    opened: bool


@dataclass(frozen=True, slots=True)
class SlowModeChanged(Event):
    """Newcomers are slowed down from now on, or no longer."""

    slow_mode_id: int
    running: bool
