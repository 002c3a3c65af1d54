"""What happens to marks: of interest to the same member's other windows only."""

from __future__ import annotations

from dataclasses import dataclass

from palaver.kit.events import Event


@dataclass(frozen=True, slots=True)
class ForumMarked(Event):
    member_id: int
    forum_id: int
