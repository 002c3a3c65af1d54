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
class SuspensionProlonged(Event):
    """A jury let a suspension stand for longer than it ran by itself."""

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


@dataclass(frozen=True, slots=True)
class OperatorEnded(Event):
    member_id: int
    by_id: int


@dataclass(frozen=True, slots=True)
class InvitationMade(Event):
    invitation_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class InvitationEnded(Event):
    """Taken back before its time, by its maker (`member_id`) or by an operator."""

    invitation_id: int
    member_id: int
    by_id: int


@dataclass(frozen=True, slots=True)
class ApplicationMade(Event):
    """Somebody asks to join; operators decide."""

    application_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class ApplicationDecided(Event):
    application_id: int
    member_id: int
    by_id: int
    admitted: bool


@dataclass(frozen=True, slots=True)
class ClaimLinkMade(Event):
    """An operator has made a link by which an imported member's account may be taken."""

    member_id: int
    by_id: int


@dataclass(frozen=True, slots=True)
class MemberClaimed(Event):
    """An imported member's account has somebody who signs in with it."""

    member_id: int
