"""What stands out among newcomers, for those on the watch: first posts, the same text or the same link by several, sign-ups in bursts.

It points and decides nothing. It looks at the posts of the last days only, a bounded number of them, whatever the size of
the community. Source: Standards, Watch ("Tools"); the numbers are ours.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from html import unescape
from typing import Any, NamedTuple

from django.db import connection

from palaver.accounts.models import Member
from palaver.accounts.reads import instant_of
from palaver.kit import clock
from palaver.kit.text import words
from palaver.standards import bounds

LOOKED_AT = 3000
"""Of so many posts, the newest of all, those by newcomers are taken."""
MOST = 300
WITHIN = timedelta(days=7)
SHINGLE = 4
"""Words in a row that are compared."""
ALIKE = 0.5
"""Two texts are the same when they share so large a part of their shingles (Jaccard)."""
SHORTEST = 6
"""Words; shorter texts are alike by chance."""
COMMON_SHINGLE = 40
"""A shingle in more posts than this is a commonplace (or the raid is plain without it)."""
BURST_HOURS = 72
BURST_LEAST = 5
BURST_TIMES = 4
"""An hour is a burst with at least five sign-ups and four times as many as the usual hour of two weeks."""

_TAG = re.compile(r"<[^>]+>")
_LINK = re.compile(r'<a [^>]*href="((?:https?:)?//[^"]+)"')


class Spotted(NamedTuple):
    """A newcomer's post as the desk lists it. `nth` is which of its author's posts it is, counted from 1 by time."""

    id: int
    thread_id: int
    number: int
    subject: str
    forum_id: int
    author_id: int
    author: str
    joined_at: datetime
    author_posts: int
    at: datetime
    standing: int
    opening: str
    html: str
    is_first: bool


class Cluster(NamedTuple):
    """Posts of at least two newcomers that share something: `what` they share, in words."""

    what: str
    posts: tuple[Spotted, ...]

    @property
    def authors(self) -> tuple[tuple[int, str], ...]:
        return tuple(dict.fromkeys((post.author_id, post.author) for post in self.posts))


class Burst(NamedTuple):
    """An hour in which unusually many joined. `usual` is the mean of the hours of two weeks."""

    hour: datetime
    joined: int
    usual: float
    names: tuple[str, ...]


_NEWCOMERS = """
SELECT p.id, p.thread_id, p.number, t.subject, p.forum_id, m.id, m.name, m.joined_at, m.post_count, p.created_at, p.standing,
       p.opening, b.html,
       NOT EXISTS (SELECT 1 FROM forums_post e WHERE e.author_id = m.id AND e.created_at < p.created_at)
  FROM (SELECT * FROM forums_post ORDER BY id DESC LIMIT {looked_at}) p
  JOIN accounts_member m ON m.id = p.author_id
  JOIN forums_thread t ON t.id = p.thread_id
  JOIN forums_postbody b ON b.post_id = p.id
 WHERE p.created_at > %s AND p.standing <> 1 AND NOT m.is_operator AND m.claimed_at IS NOT NULL AND m.left_at IS NULL
   AND (m.joined_at > %s OR m.post_count < %s) AND p.forum_id IN ({forums})
 ORDER BY p.id DESC LIMIT {most}
"""


def recent(forum_ids: Collection[int]) -> list[Spotted]:
    """Newcomers' posts of the last week in these forums, newest first: accounts whom the watch could suspend."""
    if not forum_ids:
        return []
    now, adapt = clock.now(), connection.ops.adapt_datetimefield_value
    sql = _NEWCOMERS.format(looked_at=LOOKED_AT, most=MOST, forums=", ".join(["%s"] * len(forum_ids)))
    parameters: list[Any] = [
        adapt(now - WITHIN),
        adapt(now - bounds.INTRUDER_YOUNGER_THAN),
        bounds.INTRUDER_POSTS_BELOW,
        *sorted(forum_ids),
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [
            Spotted._make((*r[:7], instant_of(r[7]), r[8], instant_of(r[9]), *r[10:13], bool(r[13])))
            for r in cursor.fetchall()
        ]


def same_text(posts: Sequence[Spotted]) -> list[Cluster]:
    """Groups of posts, by at least two members, that say nearly the same. The largest first."""
    said = {post.id: shingles(post.html) for post in posts}
    holders: dict[int, list[int]] = defaultdict(list)
    for post_id, found in said.items():
        for one in found:
            holders[one].append(post_id)
    shared: Counter[tuple[int, int]] = Counter()
    for ids in holders.values():
        if 1 < len(ids) <= COMMON_SHINGLE:
            ids = sorted(ids)
            shared.update((a, b) for n, a in enumerate(ids) for b in ids[n + 1 :])
        elif len(ids) > COMMON_SHINGLE:
            # So many that the first stands for all: they are joined through it.
            shared.update((min(ids), other) for other in ids if other != min(ids))
    pairs = [(a, b) for (a, b), n in shared.items() if n / (len(said[a]) + len(said[b]) - n) >= ALIKE]
    return _clusters(posts, pairs, lambda group: group[-1].opening)


def same_link(posts: Sequence[Spotted]) -> list[Cluster]:
    """Groups of posts, by at least two members, that lead to the same place outside. The largest first."""
    by_place: dict[str, list[Spotted]] = defaultdict(list)
    for post in posts:
        for place in places(post.html):
            by_place[place].append(post)
    found = [Cluster(place, tuple(group)) for place, group in by_place.items() if len({p.author_id for p in group}) > 1]
    return sorted(found, key=lambda one: (-len(one.posts), one.what))


def bursts() -> list[Burst]:
    """Hours of the last three days in which unusually many joined, newest first."""
    now = clock.now()
    joined = list(
        Member.objects.filter(joined_at__gt=now - timedelta(days=14), claimed_at__isnull=False)
        .order_by("-joined_at")
        .values_list("joined_at", "name")[:5000]
    )
    by_hour: dict[datetime, list[str]] = defaultdict(list)
    for at, name in joined:
        by_hour[at.replace(minute=0, second=0, microsecond=0)].append(name)
    found = []
    for hour, names in sorted(by_hour.items(), reverse=True):
        if hour < now - timedelta(hours=BURST_HOURS):
            break
        usual = (len(joined) - len(names)) / (14 * 24 - 1)
        if len(names) >= BURST_LEAST and len(names) >= BURST_TIMES * usual:
            found.append(Burst(hour, len(names), usual, tuple(names[:20])))
    return found


def shingles(html: str) -> frozenset[int]:
    """The runs of four words of a text, each as a number; none for a short text. Quotations and spelling count as they stand."""
    found = words.tokens(unescape(_TAG.sub(" ", html)))
    if len(found) < SHORTEST:
        return frozenset()
    return frozenset(hash(tuple(found[n : n + SHINGLE])) for n in range(len(found) - SHINGLE + 1))


def places(html: str) -> frozenset[str]:
    """Where a text leads outside: host and path without what campaigns and searches append."""
    found = set()
    for address in _LINK.findall(html):
        bare = unescape(address).partition("//")[2].partition("#")[0].partition("?")[0].rstrip("/").lower()
        if bare:
            found.add(bare.removeprefix("www."))
    return frozenset(found)


def _clusters(posts: Sequence[Spotted], pairs: Iterable[tuple[int, int]], what: Any) -> list[Cluster]:
    """Join pairs into groups; those of one author alone are left out."""
    leader = {post.id: post.id for post in posts}

    def root(one: int) -> int:
        while leader[one] != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    for a, b in pairs:
        leader[root(a)] = root(b)
    groups: dict[int, list[Spotted]] = defaultdict(list)
    for post in posts:
        groups[root(post.id)].append(post)
    found = [
        Cluster(what(group), tuple(group)) for group in groups.values() if len({post.author_id for post in group}) > 1
    ]
    return sorted(found, key=lambda one: (-len(one.posts), one.what))
