"""What an importer hands to the engine: people, posts, events and threads as the old community tells them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """Somebody who wrote there. `old_id` tells them from others; `name` is what they were called; `address` the path of
    their old page, "" for none."""

    old_id: str
    name: str
    address: str = ""


@dataclass(slots=True)
class PostDraft:
    """An utterance. `number` is its old number, None to be numbered here in the order given.

    `answers` is the `old_id` of the post answered, in the same thread and before this one, "" for none or unknown;
    `answers_number` its number where the old engine had numbers, also of a post that is missing; `lost_reference`
    what a message answered that is not in the archive; `hidden` that the old forum did not show it; `held` that we do
    not either."""

    old_id: str
    author: PersonDraft
    text: str
    kind: str
    created_at: datetime
    number: int | None = None
    subject: str = ""
    edited_at: datetime | None = None
    answers: str = ""
    answers_number: int | None = None
    lost_reference: str = ""
    unnamed_recs: int = 0
    hidden: bool = False
    held: bool = False


@dataclass(slots=True)
class EventDraft:
    """Something that was done to a thread. `text` is HTML of the old engine, not yet cleaned."""

    old_id: str
    number: int
    act: str
    at: datetime
    by: PersonDraft | None = None
    because: str = ""
    text: str = ""
    answers_number: int | None = None
    unnamed_recs: int = 0


@dataclass(slots=True)
class Closing:
    """A thread that took no more replies, or that stood on top: by whom, since when and why."""

    at: datetime
    because: str
    by: PersonDraft | None = None


@dataclass(slots=True)
class ThreadDraft:
    """A conversation with all that stands in it. Posts and events are in the order of their numbers.

    `place` is the old id of the forum; `checksum` is 32 hexadecimal digits of everything the archive says of it;
    `where` names the file and place, for sentences about it.
    """

    old_id: str
    place: str
    subject: str
    created_at: datetime
    posts: list[PostDraft]
    checksum: str
    where: str
    slug: str = ""
    events: list[EventDraft] = field(default_factory=list)
    lock: Closing | None = None
    pin: Closing | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class PlaceDraft:
    """A forum of the old community; `addresses` are its old paths."""

    old_id: str
    name: str
    addresses: tuple[str, ...] = ()
