"""Many hands at one ballot, and a process that is killed while it counts: one vote each, one count, nothing half done."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from palaver.ballots import closing, counting, voting
from palaver.ballots.errors import ReceiptNeeded
from palaver.ballots.models import Ballot, Vote
from palaver.ballots.voting import Cast as CastVote
from palaver.kit.decisions import NotAllowed
from palaver.record.models import Entry
from palaver.record.verifying import verify
from tests.ballots.test_ballots import opened
from tests.cast import Cast, at, fresh
from tests.forums.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_64_public_votes_of_one_member_at_once_are_one(cast: Cast) -> None:
    ballot, ana = opened(cast.ana), cast.ana
    done = at_once(*(lambda n=n: voting.cast(ballot, by=ana, chosen=[n % 3]) for n in range(64)))
    assert all(isinstance(one, CastVote) for one in done)
    assert (Vote.objects.count(), fresh(ballot).voters) == (1, 1)
    assert list(counting.drift()) == []


@pytest.mark.parametrize("electors", ["listed", "everybody"])
def test_64_secret_votes_of_one_member_at_once_are_one_and_give_one_receipt(cast: Cast, electors: str) -> None:
    ana = cast.ana
    ballot = opened(ana, is_secret=True) if electors == "listed" else opened(electors=None, is_secret=True)
    done = at_once(*[lambda: voting.cast(ballot, by=ana, chosen=[0])] * 64)
    assert sum(isinstance(one, CastVote) for one in done) == 1
    assert sum(isinstance(one, ReceiptNeeded) for one in done) == 63
    assert (Vote.objects.count(), fresh(ballot).voters) == (1, 1)
    assert list(counting.drift()) == []


def test_votes_and_64_counts_at_once_make_one_count_of_all_votes_that_were_taken(cast: Cast) -> None:
    members = [cast.member(f"Voter {n}") for n in range(16)]
    ballot = opened(*members)
    end = ballot.closes_at

    def vote(n: int) -> object:
        with at(end - timedelta(seconds=1)):
            return voting.cast(ballot, by=members[n % 16], chosen=[0])

    def close() -> object:
        with at(end):
            return closing.close(ballot.pk)

    acts: list[Callable[[], object]] = [lambda n=n: vote(n) if n % 2 else close() for n in range(64)]
    done = at_once(*acts)
    assert sum(isinstance(one, Ballot) for one in done) == 1
    assert sum(isinstance(one, CastVote | NotAllowed) for one in done) == 32
    assert Entry.objects.filter(act="ballot.close").count() == 1
    assert list(counting.drift()) == []
    assert verify()


def killed_at(statement: int, act: Callable[[], object]) -> bool:
    """Do an act in a process of its own that is killed before its n-th statement; whether it was killed in the act."""
    child = os.fork()
    if not child:
        connection.connection = None
        told = 0

        def counted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal told
            told += 1
            if told == statement:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(counted):
                act()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.waitstatus_to_exitcode(status) == 0
    return False


def test_a_count_that_is_killed_before_any_of_its_statements_is_done_by_the_next(cast: Cast) -> None:
    ballot = opened(cast.ana, cast.bram, is_secret=True)
    for member in (cast.ana, cast.bram):
        voting.cast(ballot, by=member, chosen=[0])
    connection.close()

    def close() -> None:
        with at(ballot.closes_at):
            closing.close(ballot.pk)

    statement = 1
    while killed_at(statement, close):
        assert fresh(ballot).closed_at is None
        assert not Entry.objects.filter(act="ballot.close").exists()
        assert list(counting.drift()) == []
        connection.close()
        statement += 1
    assert statement > 12
    assert fresh(ballot).quorate
    assert Entry.objects.filter(act="ballot.close").count() == 1
    assert list(counting.drift()) == []
    assert verify()
