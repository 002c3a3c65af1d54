"""What imports tell: that a batch now stands in the tables, and that a whole run has ended."""

from __future__ import annotations

from dataclasses import dataclass

from palaver.kit.events import Event


@dataclass(frozen=True, slots=True)
class ImportBatchStored(Event):
    """Threads have come to stand in these forums; `thread_ids` are those that were there before and have grown,
    `post_ids` the posts that have come in."""

    forum_ids: tuple[int, ...]
    thread_ids: tuple[int, ...]
    member_ids: tuple[int, ...]
    post_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ImportFinished(Event):
    """A run has reached the end of its archive and has added something."""

    import_id: int
