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
    """A term began or ended, a proposal was made, seconded or dropped."""
