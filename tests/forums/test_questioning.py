"""The hosts' ballot on a questioned lock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from palaver.ballots import closing, voting
from palaver.ballots.counting import AGAINST, FOR
from palaver.ballots.models import Ballot, Elector
from palaver.forums import locking, placing, questioning, reads
from palaver.forums.models import Lock, LockQuestion, Thread
from palaver.forums.permissions import running_lock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.notices.models import Notice
from palaver.record.models import Entry
from tests.cast import MORNING, Cast, at

WHY = "The matter is not settled at all."


@pytest.fixture
def locked(cast: Cast) -> Lock:
    """Chidi has locked Ana's thread; Dara, Emil and Femi host the lounge too, and Femi has posted in the thread."""
    cast.__dict__["lounge"] = placing.change_forum(cast.lounge, by=cast.odile, host_seats=5)
    with at(MORNING):
        thread = cast.thread()
        cast.reply(thread, by=cast.femi)
        for member in (cast.dara, cast.emil, cast.femi):
            placing.appoint_host(cast.lounge, member=member, by=cast.odile)
        return locking.lock(thread, by=cast.chidi, because="Settled.")


def question(cast: Cast, lock: Lock) -> Ballot:
    with at(MORNING):
        ballot = questioning.question(lock, by=cast.bram, because=WHY).ballot
    assert ballot is not None
    return ballot


def close(cast: Cast, ballot: Ballot, **votes: int) -> None:
    for name, choice in votes.items():
        with at(MORNING + timedelta(hours=1)):
            voting.cast(ballot, by=getattr(cast, name), chosen=[choice])
    with at(MORNING + timedelta(days=3)):
        closing.close_due()


def test_the_other_hosts_open_the_thread_by_majority(cast: Cast, locked: Lock) -> None:
    ballot = question(cast, locked)
    electors = set(Elector.objects.filter(ballot=ballot).values_list("member__name", flat=True))
    assert electors == {"Dara", "Emil"}  # Neither the locker nor who posted in the thread.
    assert {n.member.name for n in Notice.objects.filter(kind="office", href=f"/ballots/{ballot.pk}")} == electors
    close(cast, ballot, dara=FOR)
    assert running_lock(Thread.objects.get()) is None
    lock = Lock.objects.get()
    assert lock.ended_by is None and LockQuestion.objects.get().ended_lock is True
    line = reads.thread_events(lock.thread_id, -1, 9)[-1]
    assert (line.act, line.office, line.because, line.leads_to) == (
        "unlocked", "hosts", "1 host for it, 0 against", f"/ballots/{ballot.pk}",
    )  # fmt: skip
    assert Entry.objects.get(act="thread.unlock").office == "hosts"
    assert "opened the thread again that you asked about" in Notice.objects.get(member=cast.bram, kind="office").words


@pytest.mark.parametrize("votes", [{}, {"dara": AGAINST}, {"dara": FOR, "emil": AGAINST}])
def test_without_a_majority_the_lock_stands(cast: Cast, locked: Lock, votes: dict[str, int]) -> None:
    close(cast, question(cast, locked), **votes)
    assert running_lock(Thread.objects.get()) is not None
    assert LockQuestion.objects.get().ended_lock is False
    assert "let the lock stand" in Notice.objects.get(member=cast.bram, kind="office").words


def test_a_lock_is_questioned_once_by_anybody_but_its_locker(cast: Cast, locked: Lock) -> None:
    with pytest.raises(NotAllowed, match="your own lock"):
        questioning.question(locked, by=cast.chidi, because=WHY)
    with pytest.raises(Refusal, match="Say why"):
        questioning.question(locked, by=cast.bram, because=" ")
    with pytest.raises(NotAllowed, match="suspended"):
        questioning.question(locked, by=cast.jonas, because=WHY)
    question(cast, locked)
    with pytest.raises(Refusal, match="questioned before"):
        questioning.question(locked, by=cast.hana, because=WHY)


def test_only_hosts_locks_that_stand_are_questioned(cast: Cast, locked: Lock) -> None:
    with at(MORNING):
        locking.unlock(locked.thread, by=cast.chidi)
        with pytest.raises(NotAllowed, match="open again already"):
            questioning.question(locked, by=cast.bram, because=WHY)
        by_operator = locking.lock(locked.thread, by=cast.odile, because="By law.")
    with pytest.raises(NotAllowed, match="Only locks by a host"):
        questioning.question(by_operator, by=cast.bram, because=WHY)


def test_a_lock_that_its_locker_ends_meanwhile_is_not_ended_twice(cast: Cast, locked: Lock) -> None:
    ballot = question(cast, locked)
    with at(MORNING + timedelta(hours=2)):
        locking.unlock(locked.thread, by=cast.chidi)
    close(cast, ballot, dara=FOR)
    assert Entry.objects.filter(act="thread.unlock").count() == 1
    assert Lock.objects.get().ended_by == cast.chidi


def test_where_there_is_no_other_host_the_operators_are_asked(cast: Cast) -> None:
    thread = cast.thread()
    lock = locking.lock(thread, by=cast.chidi, because="Settled.")
    assert questioning.question(lock, by=cast.bram, because=WHY).ballot is None
    told = Notice.objects.get(member=cast.odile, kind="desk")
    assert "there is no other host" in told.words
