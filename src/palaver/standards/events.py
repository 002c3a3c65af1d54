"""What happens in judging. Ids and plain values only; no event names a juror or an alerter but those told to that member alone."""

from __future__ import annotations

from dataclasses import dataclass

from palaver.kit.events import Event


@dataclass(frozen=True, slots=True)
class AlertRaised(Event):
    """For the alerter's own page and, where `to_hosts`, for the hosts. The author learns nothing."""

    alert_id: int
    forum_id: int | None
    to_hosts: bool


@dataclass(frozen=True, slots=True)
class CaseOpened(Event):
    case_id: int


@dataclass(frozen=True, slots=True)
class SeatOffered(Event):
    """Told to this member alone: banner, notice, push."""

    case_id: int
    seat_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class SeatEnded(Event):
    """An offer or a seat is over (lapsed, released, replaced): the banner of this member goes."""

    case_id: int
    seat_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class JudgeAsked(Event):
    """Too few can be drawn: this host or operator may decide the case alone. Told to this member alone."""

    case_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class VerdictReached(Event):
    """`post_id`, `thread_id`, `forum_id` are None where no post was judged. Published in the verdict's transaction."""

    case_id: int
    outcome: str
    author_id: int
    post_id: int | None
    thread_id: int | None
    forum_id: int | None


@dataclass(frozen=True, slots=True)
class PostHeld(Event):
    """A hold was placed or ended; the post is shown or not."""

    post_id: int
    thread_id: int
    forum_id: int
    author_id: int
    held: bool


@dataclass(frozen=True, slots=True)
class PostRestored(Event):
    """A removal was ended: the post is shown again."""

    post_id: int
    thread_id: int
    forum_id: int
    author_id: int
    removal_id: int


@dataclass(frozen=True, slots=True)
class ConsequenceFell(Event):
    member_id: int
    consequence_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class AppealOpened(Event):
    appeal_id: int
    member_id: int
    case_id: int


@dataclass(frozen=True, slots=True)
class CharterAdopted(Event):
    version: int


@dataclass(frozen=True, slots=True)
class AmendmentChanged(Event):
    """Proposed, put to the ballot, adopted, rejected, vetoed, withdrawn."""

    amendment_id: int
    state: str


@dataclass(frozen=True, slots=True)
class WatchChanged(Event):
    """A term began or ended, somebody volunteered, a proposal was made, seconded, dropped or reviewed."""


@dataclass(frozen=True, slots=True)
class CaseCalledOff(Event):
    """A case has ended without a verdict."""

    case_id: int


@dataclass(frozen=True, slots=True)
class LongerAsked(Event):
    """An operator asks that a suspension last longer. The member may answer first."""

    prolongation_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class WatcherDrawn(Event):
    """The lot fell on this volunteer."""

    member_id: int
    term_id: int


@dataclass(frozen=True, slots=True)
class WatchTermEnds(Event):
    """A watcher's term is over (`over`), or ends within a week."""

    member_id: int
    term_id: int
    over: bool


@dataclass(frozen=True, slots=True)
class SecondWanted(Event):
    """A watcher proposes something that a second must agree to; `watcher_ids` are the others."""

    proposal_id: int
    watcher_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WatchSuspended(Event):
    """Two watchers have suspended an account; a jury of three decides."""

    proposal_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class WatchReviewed(Event):
    """The review of a suspension by the watch is over. `stands` None: nobody decided within the day, and it lapsed."""

    proposal_id: int
    member_id: int
    stands: bool | None


@dataclass(frozen=True, slots=True)
class NewcomersPosts(Event):
    """An account's posts were hidden with its suspension, or are shown again. `in_threads` are (thread, post)."""

    member_id: int
    post_ids: tuple[int, ...]
    in_threads: tuple[tuple[int, int], ...]
    forum_ids: tuple[int, ...]
    hidden: bool

    @property
    def thread_ids(self) -> frozenset[int]:
        return frozenset(thread for thread, _post in self.in_threads)
