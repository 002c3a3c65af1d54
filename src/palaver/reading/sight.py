"""What a member has put out of sight, as hot reads need it: one statement for those who hide something, none for others.

Threads in the trash are taken out by the lists' own SQL (`reads`). Forums are few, so lists are asked without them. A
keyword is compared with the tokens of a subject, which are ours (`kit.text.words`) and which no database can make, so
lists with keywords walk their index in batches, compare here and fill the page up. A column of tokens on every thread
would let SQL compare, at the cost of every thread for the sake of the few who trash words.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from palaver.accounts.reads import Viewer
from palaver.kit.text import words


class Sight(NamedTuple):
    """A member's filters: forums and keywords in the trash, members ignored. Nothing is hidden by an empty one."""

    forums: frozenset[int] = frozenset()
    keywords: tuple[str, ...] = ()
    ignored: frozenset[int] = frozenset()

    def hides(self, subject: str) -> bool:
        """Whether a keyword of the trash stands in a subject: its tokens one after the other, whole."""
        if not self.keywords:
            return False
        text = _spaced(subject)
        return any(pattern in text for pattern in map(_pattern, self.keywords))


ALL_IN_SIGHT = Sight()


class Laid(NamedTuple):
    """What a member's own rows lay over one page of a thread: filters, whom they follow, which of its posts they keep,
    and how many of the thread's newest hundred replies are new to them."""

    sight: Sight = ALL_IN_SIGHT
    followed: frozenset[int] = frozenset()
    kept: frozenset[int] = frozenset()
    new: int = 0


NOTHING_LAID = Laid()

_FORUMS = (
    "SELECT 0 AS kind, forum_id AS number, '' AS word FROM reading_trash WHERE member_id = %s AND forum_id IS NOT NULL"
)
_KEYWORDS = "SELECT 1, 0, keyword FROM reading_trash WHERE member_id = %s AND keyword <> ''"
_IGNORED = "SELECT 2, ignored_id, '' FROM reading_ignore WHERE member_id = %s"
_FOLLOWED = "SELECT 3, followed_id, '' FROM reading_follow WHERE member_id = %s"
_KEPT = "SELECT 4, post_id, '' FROM reading_bookmark WHERE member_id = %s AND post_id IN ({marks})"
_NEW = """
SELECT 5, count(*), '' FROM (SELECT p.created_at AS c, p.author_id AS b FROM forums_post p
  WHERE p.thread_id = %s AND p.place > 0 ORDER BY p.place DESC LIMIT 100) q WHERE q.c > %s AND q.b <> %s
"""


def of(viewer: Viewer | None) -> Sight:
    """A reader's filters. No statement for guests and for members who hide nothing."""
    if viewer is None or not viewer.hides_things:
        return ALL_IN_SIGHT
    return _laid([_FORUMS, _KEYWORDS, _IGNORED], [viewer.id] * 3).sight


def laid_over(
    viewer: Viewer | None,
    *,
    follows: bool = False,
    among: Sequence[int] = (),
    new_in: tuple[int, Any] | None = None,
) -> Laid:
    """What lies over a page of a thread, in one statement or none.

    `follows` asks whom the member follows, `among` are ids of the posts on the page of which the kept ones are asked,
    `new_in` is a thread and the instant since which its new replies are to be counted. Filters come with it for those
    who hide something, so that no further statement asks for them.
    """
    if viewer is None:
        return NOTHING_LAID
    parts: list[str] = []
    values: list[Any] = []
    if viewer.hides_things:
        parts += [_FORUMS, _KEYWORDS, _IGNORED]
        values += [viewer.id] * 3
    if follows:
        parts.append(_FOLLOWED)
        values.append(viewer.id)
    if among:
        parts.append(_KEPT.format(marks=", ".join(["%s"] * len(among))))
        values += [viewer.id, *among]
    if new_in is not None:
        parts.append(_NEW)
        values += [new_in[0], connection.ops.adapt_datetimefield_value(new_in[1]), viewer.id]
    return _laid(parts, values) if parts else NOTHING_LAID


def _laid(parts: Sequence[str], values: Sequence[Any]) -> Laid:
    numbers: dict[int, set[int]] = {0: set(), 2: set(), 3: set(), 4: set()}
    keywords: set[str] = set()
    new = 0
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), list(values))
        for kind, number, word in cursor.fetchall():
            if kind == 5:
                new = int(number)
            elif kind == 1:
                keywords.add(word)
            else:
                numbers[kind].add(number)
    sight = Sight(frozenset(numbers[0]), tuple(sorted(keywords)), frozenset(numbers[2]))
    return Laid(sight, frozenset(numbers[3]), frozenset(numbers[4]), new)


@lru_cache(maxsize=20_000)
def _spaced(subject: str) -> str:
    return f" {' '.join(words.tokens(subject))} "


@lru_cache(maxsize=20_000)
def _pattern(keyword: str) -> str:
    """What is looked for in a spaced subject. A lone character of a script without spaces stands in pairs there."""
    if len(keyword) == 1 and len(words.tokens(keyword * 3)) == 2:
        return keyword
    return f" {keyword} "
