"""What happens to the community itself."""

from __future__ import annotations

from dataclasses import dataclass

from palaver.kit.events import Event


@dataclass(frozen=True, slots=True)
class CommunityChanged(Event):
    """Its name, sentence or way of joining, or one of the operators' pages, reads differently."""

    by_id: int | None
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InquiryReceived(Event):
    """Somebody has written to the operators. Who and what stays between them."""

    inquiry_id: int


@dataclass(frozen=True, slots=True)
class InquiryAnswered(Event):
    """An operator has answered an inquiry by mail."""

    inquiry_id: int
    by_id: int
