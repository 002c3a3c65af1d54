"""What searching tells. Ids and plain values only."""

from __future__ import annotations

from dataclasses import dataclass

from palaver.kit.events import Event


@dataclass(frozen=True, slots=True)
class SavedSearchFound(Event):
    """New posts were found by a saved search whose member wants to be told; `post_ids` are the newest, at most 50."""

    saved_search_id: int
    member_id: int
    name: str
    query: str
    best: bool
    post_ids: tuple[int, ...]
    more: bool
