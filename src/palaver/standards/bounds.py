"""Every number of the judging, each with where it comes from. `docs/standards.md` tells them to members and operators.

"Page" means the design page *Standards: the members judge*; a number with "ours" beside it is not said there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple


class Size(NamedTuple):
    """From so many in the pool on: how many seats, and how many of them must agree."""

    pool: int
    seats: int
    needed: int


# Sizes (page, Jury, "Size"; Appeal, "11, 6 to overturn (small pools: next size up)"; Watch, "a jury of 3").
JURY = (Size(60, 7, 5), Size(20, 5, 4), Size(8, 3, 3))
APPEAL = (Size(60, 11, 6), Size(20, 7, 4), Size(8, 5, 3))
WATCH = (Size(8, 3, 2),)
SMALLEST_POOL = 8
"""Below it no jury is drawn: one host who is not concerned decides, else an operator (page, Jury, "Size")."""
MOST_IN_POOL = 2000
"""Ours: where more may judge, the lot takes about so many of them into the pool, by each one's own key, so that a case of a
very large community is not a list of everybody. Ten times what the longest rest asks for."""

# Who may judge (page, Jury, "Eligible", "Chance", "Present enough").
MEMBER_FOR = timedelta(days=14)
POSTS_WRITTEN = 10
ACTIVE_WITHIN = timedelta(days=30)
"""Recently active: signed in somewhere, or wrote, within these days ("recently active jurors"; the number is ours)."""
CONVERSED_TIMES = 3
CONVERSED_WITHIN = timedelta(days=30)
SHARED_NETWORK_DAYS = 30
COMMON_NETWORK = 0.05
"""A network that a larger part of the active members uses tells nothing about anybody."""
BRANCH_STEPS = 2
"""Ours: how far an invitation branch reaches – who invited, whom they invited, the brothers and sisters of both."""
HAVEN_SUBSCRIBED_FOR = timedelta(days=30)
OPENED_WITHIN = timedelta(hours=1)
POOL_TO_SPARE_READERS = 60
""""Members who opened the thread in the last hour are left out when the pool is large enough"; how large is ours."""
CHANCE_LOST_A_REMOVAL = 20
REMOVALS_COUNT_FOR = timedelta(days=90)

# Rest after serving (page, Jury, "Present enough"): from so large a pool on, so long.
RESTS = ((200, timedelta(days=7)), (60, timedelta(days=3)), (0, timedelta(hours=12)))

# The sitting (page, Jury, "Present enough", "Seat", "Verdict").
SEEN_A_SEAT = 3
"""A case waits until so many a seat were seen of its pool – in a small pool (ours) at most until half of it was."""
WAITS_AT_MOST = timedelta(hours=12)
SITS_AT_MOST = timedelta(hours=12)
LONE_JUDGE_HAS = timedelta(days=3)
"""Ours: how long a host or operator who decides alone has, before the post stays for want of a decision."""
LONE_HOST_HAS = timedelta(hours=24)
"""Ours: after this an operator may decide too what the hosts have not."""
PRESENT_FOR = timedelta(minutes=3)
"""Ours: how long after a page load, or the last sign of life of an open page, a member counts as present."""
SEEN_ANEW_AFTER = timedelta(seconds=60)
"""Presence is written at most so often (seams: "at most once a minute")."""
ANSWERS_WITHIN = timedelta(minutes=5)
VOTES_WITHIN = timedelta(minutes=15)

# Alerts and holds (page, Alert).
ALERTS_ON_ONE_AUTHOR = timedelta(hours=24)
PAUSE = timedelta(hours=24)
LONG_PAUSE = timedelta(days=7)
PAUSE_REMEMBERED = timedelta(days=30)
HOLD_LASTS = timedelta(hours=24)
LONGEST_WHY = 1000
LONGEST_ANSWER = 500
LONGEST_REASON = 1000

# Appeals (page, Appeal). A longer suspension is given by a jury of the same size, on the request of an operator; who may ask
# and how long at most are ours.
APPEALED_WITHIN = timedelta(days=14)
DOOR_CLOSED_FOR = timedelta(days=7)
LONGEST_WORDS = 4000
LONGER_AT_MOST = timedelta(days=180)
ANSWERED_WITHIN = timedelta(hours=24)
# Watch (page, Watch).
WATCH_MEMBER_FOR = timedelta(days=180)
WATCH_POSTS_WRITTEN = 500
WATCH_NO_REMOVAL_FOR = timedelta(days=90)
WATCH_LEAST, WATCH_MOST = 5, 15
WATCH_ONE_MORE_PER = 500
"""Ours: one seat more than five for each so many active members."""
WATCH_TERM = timedelta(days=90)
WATCH_TERMS_RUNNING = 2
WATCH_RUNNING_WITHIN = timedelta(days=30)
"""Ours: a term that begins so soon after the one before runs on from it."""
WATCH_TOLD_AHEAD = timedelta(days=7)
INTRUDER_YOUNGER_THAN = timedelta(days=30)
INTRUDER_POSTS_BELOW = 50
WATCH_SUSPENDS_FOR = timedelta(hours=24)
"""Until a jury has decided ("decides within the day"); what nobody decided in that time lapses."""
WATCH_STANDS_FOR = timedelta(days=30)
PROPOSAL_LASTS = timedelta(hours=24)
"""Ours: what no second watcher agreed to within a day is dropped."""
WATCH_LEAVES_ALONE = timedelta(days=30)
"""Ours: an account that a review let go is not suspended by the watch again for so long."""

# Seeds (page, Jury, "Draw").
SEEDS_AHEAD = 8
PUBLISHED_AFTER = timedelta(hours=48)


def size(table: tuple[Size, ...], pool: int) -> Size | None:
    """The row of a table that a pool is large enough for; None: too few for any jury."""
    return next((row for row in table if pool >= row.pool), None)


def rest(pool: int) -> timedelta:
    """How long a juror rests after serving, by the size of the pool they were drawn from."""
    return next(long for least, long in RESTS if pool >= least)


def enough_seen(seats: int, pool: int) -> int:
    """How many of a pool must have been seen before its jury sits."""
    return max(seats, min(SEEN_A_SEAT * seats, (pool + 1) // 2))
