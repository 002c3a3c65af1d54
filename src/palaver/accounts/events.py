"""What happens to members."""

from __future__ import annotations

from dataclasses import dataclass

from palaver.kit.events import Event


@dataclass(frozen=True, slots=True)
class MemberJoined(Event):
    member_id: int


@dataclass(frozen=True, slots=True)
class MemberRenamed(Event):
    member_id: int
    old_name: str
    new_name: str


@dataclass(frozen=True, slots=True)
class MemberChanged(Event):
    """Something a member shows on their page (about) has changed."""

    member_id: int


@dataclass(frozen=True, slots=True)
class MemberSuspended(Event):
    member_id: int
    suspension_id: int


@dataclass(frozen=True, slots=True)
class SuspensionEnded(Event):
    member_id: int
    suspension_id: int


@dataclass(frozen=True, slots=True)
class SessionsEnded(Event):
    """A member has been signed out somewhere: open streams of that member ask their rights again."""

    member_id: int


@dataclass(frozen=True, slots=True)
class OperatorMade(Event):
    member_id: int
    by_id: int | None


@dataclass(frozen=True, slots=True)
class AvoidanceChanged(Event):
    """A member's own avoidance list has changed. Whom it names is nobody's business, so the event does not say."""

    member_id: int
