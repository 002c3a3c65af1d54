"""What the pages about joining are given (see `web.contexts`)."""

from __future__ import annotations

from dataclasses import dataclass

from palaver.web.contexts import Field, Moment


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """`account/waiting.html`: for somebody whose application has not been decided, or was refused."""

    name: str
    refused: bool
    because: str


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One of one's own invitations. `action` takes it back; "" when it is over."""

    note: str
    places: str
    until: Moment
    state: str
    action: str
    number: int


@dataclass(frozen=True, slots=True)
class InvitationsPage:
    """`account/invitations.html`. `link` is shown once, right after it was made; `why_not` instead of the form."""

    fields: tuple[Field, ...]
    once: str
    rows: tuple[InvitationRow, ...]
    link: str = ""
    why_not: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """`account/claim.html`."""

    name: str
    posts: int
    fields: tuple[Field, ...]
    error: str = ""
