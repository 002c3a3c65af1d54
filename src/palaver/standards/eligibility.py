"""Who may judge a case: who is able to serve at all, less everybody whom one of the exclusions names.

Each exclusion is a function of its own that gives the members it names, in one statement or two; `EXCLUSIONS` lists them
all. Source: Standards, Jury ("Eligible", "Chance", "Present enough").
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from palaver.accounts import networks
from palaver.forums.models import Forum, Hold, Post
from palaver.forums.permissions import readers_among
from palaver.kit import clock
from palaver.standards import bounds
from palaver.standards.models import Alert, Case

Members = frozenset[int]


class Matter(NamedTuple):
    """What is judged, as the exclusions ask about it. `parties` are the author and whoever alerted."""

    author_id: int
    parties: Members
    named: Members = frozenset()
    post: Post | None = None
    forum: Forum | None = None
    earlier: frozenset[int] = frozenset()
    at: datetime | None = None

    @property
    def now(self) -> datetime:
        return self.at or clock.now()


def matter(
    *,
    author_id: int,
    post: Post | None,
    of: Case | None = None,
    alerters: Iterable[int] = (),
    exclude: Iterable[int] = (),
) -> Matter:
    """Gather what the exclusions need. An appeal's earlier cases bring their alerters and their jurors along."""
    earlier: set[int] = set()
    while of is not None and of.pk not in earlier:
        earlier.add(of.pk)
        of = of.of
    if post is not None:
        earlier.update(Case.objects.filter(post=post).values_list("pk", flat=True))
    raised = Alert.objects.filter(case__in=earlier, by__isnull=False) if earlier else Alert.objects.none()
    parties = {author_id, *alerters, *raised.values_list("by", flat=True)}
    named = set(exclude)
    if post is not None:
        for by, second in Hold.objects.filter(post=post).values_list("by", "second"):
            named.update({by, second} - {None})
    forum = None if post is None else Forum.objects.get(pk=post.forum_id)
    return Matter(author_id, frozenset(parties), frozenset(named), post, forum, frozenset(earlier), clock.now())


# Able to serve ----------------------------------------------------------------------------------------------------

_ABLE = """
SELECT m.id FROM accounts_member m
 WHERE m.claimed_at IS NOT NULL AND m.left_at IS NULL AND m.joined_at <= %s AND m.post_count >= %s
   AND m.id NOT IN (SELECT member_id FROM accounts_suspension
                     WHERE since <= %s AND until > %s AND (ended_at IS NULL OR ended_at > %s))
   AND m.id NOT IN (SELECT member_id FROM standards_jurorsetting WHERE NOT is_available OR rests_until > %s)
   AND (m.id IN (SELECT member_id FROM accounts_session WHERE seen_at >= %s AND member_id IS NOT NULL)
        OR EXISTS (SELECT 1 FROM forums_post p WHERE p.author_id = m.id AND p.created_at >= %s))
"""


def able(at: datetime) -> Members:
    """Members of 14 days and 10 posts, seen or heard within 30 days, available, rested, not suspended."""
    now, active = _instant(at), _instant(at - bounds.ACTIVE_WITHIN)
    parameters = [_instant(at - bounds.MEMBER_FOR), bounds.POSTS_WRITTEN, now, now, now, now, active, active]
    return _ids(_ABLE, parameters)


def active_count(at: datetime) -> int:
    """How many members were signed in somewhere within 30 days."""
    sql = "SELECT count(DISTINCT member_id) FROM accounts_session WHERE seen_at >= %s"
    return int(_rows(sql, [_instant(at - bounds.ACTIVE_WITHIN)])[0][0])


# Exclusions -------------------------------------------------------------------------------------------------------


def parties(asked: Matter, among: Members) -> Members:
    """The author, and whoever alerted."""
    return asked.parties


def named(asked: Matter, among: Members) -> Members:
    """Whom the caller names – the jurors of an appealed case – and whoever holds the post."""
    return asked.named


def avoided(asked: Matter, among: Members) -> Members:
    """Who stands on the avoidance list of a party."""
    return _ids(
        f"SELECT avoided_id FROM accounts_avoidance WHERE member_id IN ({_marks(asked.parties)})", asked.parties
    )


_CONVERSED = """
SELECT who FROM (
    SELECT r.author_id AS who FROM forums_post p JOIN forums_post r ON r.answers_id = p.id
     WHERE p.author_id = %s AND r.created_at >= %s
    UNION ALL
    SELECT p.author_id FROM forums_post r JOIN forums_post p ON p.id = r.answers_id
     WHERE r.author_id = %s AND r.created_at >= %s
    UNION ALL
    SELECT r.author_id FROM forums_thread t JOIN forums_post r ON r.thread_id = t.id
     WHERE t.author_id = %s AND t.last_post_at >= %s AND r.answers_id IS NULL AND r.place > 0 AND r.created_at >= %s
    UNION ALL
    SELECT t.author_id FROM forums_post r JOIN forums_thread t ON t.id = r.thread_id
     WHERE r.author_id = %s AND r.created_at >= %s AND r.answers_id IS NULL AND r.place > 0
) answers GROUP BY who HAVING count(*) >= %s
"""


def in_conversation(asked: Matter, among: Members) -> Members:
    """Who replied to the author, or was replied to by them, three times or more in 30 days; both ways are counted together."""
    author, since = asked.author_id, _instant(asked.now - bounds.CONVERSED_WITHIN)
    parameters = [author, since, author, since, author, since, since, author, since, bounds.CONVERSED_TIMES]
    return _ids(_CONVERSED, parameters)


def in_the_branch(asked: Matter, among: Members) -> Members:
    """Who wrote in the same branch of the thread: below the same reply to its original post.

    Of an original post: its author and whoever answered it directly.
    """
    post = asked.post
    if post is None:
        return frozenset()
    if post.place == 0:
        sql = "SELECT DISTINCT author_id FROM forums_post WHERE thread_id = %s AND (place = 0 OR depth = %s)"
        return _ids(sql, [post.thread_id, post.depth])
    top = post.path[:4]
    sql = "SELECT DISTINCT author_id FROM forums_post WHERE thread_id = %s AND path >= %s AND path < %s"
    return _ids(sql, [post.thread_id, top, f"{top}~"])


_INVITED = """
SELECT i.by_id, a.member_id FROM accounts_acceptance a
  JOIN accounts_invitation i ON i.id = a.invitation_id
  JOIN accounts_member m ON m.id = i.by_id
 WHERE NOT m.is_operator AND (i.by_id IN ({marks}) OR a.member_id IN ({marks}))
"""


def in_invitation_branch(asked: Matter, among: Members) -> Members:
    """Who came by the same invitations as a party, two steps far. What operators hand out is the community's door and ties nobody."""
    branch = set(asked.parties)
    for _step in range(bounds.BRANCH_STEPS):
        known = sorted(branch)
        for part in _parts(known):
            for pair in _rows(_INVITED.format(marks=_marks(part)), [*part, *part]):
                branch.update(pair)
    return frozenset(branch - asked.parties)


def in_a_network(asked: Matter, among: Members) -> Members:
    """Who was seen in a network of a party within 30 days; common networks tell nothing."""
    return networks.sharing(sorted(asked.parties), active=active_count(asked.now)) - asked.parties


def voted_before(asked: Matter, among: Members) -> Members:
    """Who has voted on this post already, sat on the jury that is appealed against, or decided that case alone."""
    if not asked.earlier:
        return frozenset()
    sql = f"""
    SELECT DISTINCT d.member_id FROM standards_seat s JOIN standards_poolmember d ON d.id = s.drawn_id
     WHERE s.case_id IN ({_marks(asked.earlier)}) AND s.state = 'voted'
    UNION SELECT by_id FROM standards_verdict WHERE case_id IN ({_marks(asked.earlier)}) AND by_id IS NOT NULL"""
    return _ids(sql, [*sorted(asked.earlier), *sorted(asked.earlier)])


def cannot_read(asked: Matter, among: Members) -> Members:
    """Who may not read the forum."""
    return frozenset() if asked.forum is None else among - readers_among(among, asked.forum)


def not_of_the_haven(asked: Matter, among: Members) -> Members:
    """In a safe haven everybody but its subscribers of 30 days and more."""
    if asked.forum is None or not asked.forum.is_safe_haven:
        return frozenset()
    sql = "SELECT member_id FROM forums_subscription WHERE forum_id = %s AND NOT muted AND at <= %s"
    return among - _ids(sql, [asked.forum.pk, _instant(asked.now - bounds.HAVEN_SUBSCRIBED_FOR)])


Exclusion = Callable[[Matter, Members], Members]

CONCERNED: tuple[Exclusion, ...] = (
    parties,
    named,
    avoided,
    in_conversation,
    in_the_branch,
    in_invitation_branch,
    in_a_network,
    voted_before,
    cannot_read,
)
"""What keeps a lone host or operator from deciding, too."""

EXCLUSIONS: tuple[Exclusion, ...] = (*CONCERNED, not_of_the_haven)


def opened_lately(asked: Matter, among: Members) -> Members:
    """Who read on in the thread within the last hour. (A thread's mark carries a time only where it moved.)"""
    if asked.post is None:
        return frozenset()
    sql = "SELECT member_id FROM reading_threadmark WHERE thread_id = %s AND read_at >= %s"
    return _ids(sql, [asked.post.thread_id, _instant(asked.now - bounds.OPENED_WITHIN)])


def eligible(asked: Matter, *, rules: Sequence[Exclusion] = EXCLUSIONS) -> Members:
    """Everybody who may judge the matter."""
    among = able(asked.now)
    for rule in rules:
        among -= rule(asked, among)
    spared = among - opened_lately(asked, among)
    return spared if len(spared) >= bounds.POOL_TO_SPARE_READERS else among


def unconcerned(asked: Matter, members: Collection[int]) -> Members:
    """Those of some members whom nothing ties to the matter: who may decide it alone."""
    among = frozenset(members)
    for rule in CONCERNED:
        among -= rule(asked, among)
    return among


# Chance -----------------------------------------------------------------------------------------------------------

_REMOVALS = """
SELECT p.author_id, count(*) FROM forums_removal r JOIN forums_post p ON p.id = r.post_id
 WHERE r.at >= %s AND r.ended_at IS NULL AND r.case_number IS NOT NULL {which} GROUP BY p.author_id
"""


def chances(at: datetime) -> dict[int, int]:
    """The chance in percent of everybody whose chance is less than 100: 20 points less for each own removal in 90 days."""
    rows = _rows(_REMOVALS.format(which=""), [_instant(at - bounds.REMOVALS_COUNT_FOR)])
    return {member: _chance(removals) for member, removals in rows}


def chance(member_id: int) -> int:
    """One member's chance to be in a pool, in percent; nothing adds to it."""
    since = _instant(clock.now() - bounds.REMOVALS_COUNT_FOR)
    rows = _rows(_REMOVALS.format(which="AND p.author_id = %s"), [since, member_id])
    return _chance(rows[0][1] if rows else 0)


def _chance(removals: int) -> int:
    return max(100 - bounds.CHANCE_LOST_A_REMOVAL * removals, 0)


def _instant(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _marks(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _parts(values: list[int], size: int = 400) -> list[list[int]]:
    return [values[n : n + size] for n in range(0, len(values), size)]


def _rows(sql: str, parameters: Iterable[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))
        return list(cursor.fetchall())


def _ids(sql: str, parameters: Iterable[Any]) -> Members:
    return frozenset(row[0] for row in _rows(sql, parameters))
