"""What a reader may find: the forums that are open to them, less what they have put out of their own sight."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from palaver.accounts.models import Member
from palaver.forums.models import Forum
from palaver.forums.permissions import readable_forum_ids
from palaver.reading.sight import Sight as Filters
from palaver.search.reads import NOTHING, Hidden, hidden


@dataclass(frozen=True, slots=True)
class Sight:
    """Ids of the forums that may be read and of those that must not be shown; and the member's own trash and ignore list.

    `keywords` are tokens joined by single spaces; a thread whose subject holds them in a row is not shown.
    """

    forums: frozenset[int]
    hidden: frozenset[int]
    threads: frozenset[int] = frozenset()
    authors: frozenset[int] = frozenset()
    keywords: tuple[str, ...] = ()

    def shows(self, *, thread_id: int, author_id: int, thread_subject: str) -> bool:
        """Whether a found post is to be shown to this reader."""
        if thread_id in self.threads or author_id in self.authors:
            return False
        return not Filters(keywords=self.keywords).hides(thread_subject)


def sight(readable: Collection[int], every: Collection[int], hides: Hidden = NOTHING) -> Sight:
    """What is in sight of a reader who may read these of all forums and hides this."""
    may = frozenset(readable) - hides.forums
    return Sight(may, frozenset(every) - may, hides.threads, hides.authors, hides.keywords)


def sight_of(member: Member) -> Sight:
    """The sight of a member who does not ask by a page: for feeds and notices."""
    return sight(
        readable_forum_ids(member.pk, is_operator=member.is_operator),
        Forum.objects.values_list("pk", flat=True),
        hidden(member.pk) if member.hides_things else NOTHING,
    )


def sight_of_guests() -> Sight:
    """What everybody may find."""
    return sight(readable_forum_ids(None), Forum.objects.values_list("pk", flat=True))
