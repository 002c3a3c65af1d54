"""A ballot with its options and what one member has done in it: one statement, rows as named tuples. Threads show polls by it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from palaver.accounts.reads import instant_of
from palaver.ballots.models import Ballot


class OptionRow(NamedTuple):
    """An option. `votes` is None where it is not to be known yet. `candidate` is a member's name, or ""."""

    place: int
    label: str
    candidate: str
    votes: int | None
    won: bool


class Sheet(NamedTuple):
    """A ballot as one reader may see it. `chosen` is the reader's own public vote; of a secret one only `has_voted` is known."""

    id: int
    about: str
    title: str
    text: str
    method: str
    electorate: str
    eligible: int
    is_secret: bool
    most: int
    seats: int
    quorum: int
    threshold: int
    two_thirds: bool
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    ended_because: str
    voters: int
    quorate: bool | None
    on_record: bool
    options: tuple[OptionRow, ...]
    chosen: frozenset[int]
    has_voted: bool
    is_elector: bool


_SHEET = """
SELECT b.id, b.about, b.title, b.text, b.method, b.electorate, b.eligible, b.is_secret, b.most, b.seats, b.quorum, b.threshold,
       b.two_thirds, b.opened_at, b.closes_at, b.closed_at, b.ended_because, b.voters, b.quorate, b.on_record,
       o.place, o.label, c.name, o.votes, o.won, v.chosen, e.has_voted
  FROM ballots_ballot b
  JOIN ballots_option o ON o.ballot_id = b.id
  LEFT JOIN accounts_member c ON c.id = o.candidate_id
  LEFT JOIN ballots_vote v ON v.ballot_id = b.id AND v.member_id = %s
  LEFT JOIN ballots_elector e ON e.ballot_id = b.id AND e.member_id = %s
 WHERE {which} ORDER BY b.id, o.place
"""


def sheet(ballot_id: int, *, member_id: int | None, joined_at: datetime | None = None) -> Sheet | None:
    """One ballot, for a member (None: a guest) who joined at an instant."""
    return _sheet("b.id = %s", ballot_id, member_id, joined_at)


def sheet_about(about: str, *, member_id: int | None, joined_at: datetime | None = None) -> Sheet | None:
    """The ballot about one thing, where there is one."""
    return _sheet("b.about = %s", about, member_id, joined_at)


def _sheet(which: str, value: Any, member_id: int | None, joined_at: datetime | None) -> Sheet | None:
    me = member_id or 0
    with connection.cursor() as cursor:
        cursor.execute(_SHEET.format(which=which), [me, me, value])
        rows = cursor.fetchall()
    if not rows:
        return None
    r = rows[0]
    chosen = r[25] if not isinstance(r[25], str) else json.loads(r[25])
    opened_at = instant_of(r[13])
    assert opened_at is not None
    everybody = r[5] == Ballot.Electorate.MEMBERS
    state = (*r[:7], bool(r[7]), *r[8:12], bool(r[12]), opened_at, instant_of(r[14]), instant_of(r[15]), *r[16:18])
    options = tuple(
        OptionRow(row[20], row[21], row[22] or "", row[23], bool(row[24])) for row in rows if row[0] == r[0]
    )
    return Sheet._make(
        (
            *state,
            None if r[18] is None else bool(r[18]),
            bool(r[19]),
            options,
            frozenset(chosen or ()),
            chosen is not None or bool(r[26]),
            (joined_at is not None and joined_at <= opened_at) if everybody else r[26] is not None,
        )
    )
