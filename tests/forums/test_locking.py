"""Locks and pins."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from palaver.accounts import suspending
from palaver.forums import locking, placing, reads, withdrawing
from palaver.forums.models import Lock, Office, Pin, Thread
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.reading.reads import thread_head
from palaver.record.models import Entry
from tests.cast import MORNING, Cast, at, original


def entered(act: str) -> tuple[str, dict[str, object]]:
    entry = Entry.objects.select_related("payload").get(act=act)
    return entry.office, json.loads(entry.payload.body or "")


def test_a_host_locks_with_a_reason_that_stands_in_the_thread_and_on_the_record(cast: Cast) -> None:
    thread = cast.thread()
    cast.reply(thread)
    lock = locking.lock(thread, by=cast.chidi, because=" Settled in #1. ")
    head = thread_head(thread.pk, None)
    assert head is not None
    assert (head.lock_because, head.lock_office, head.lock_by) == ("Settled in #1.", "host", "Chidi")
    assert entered("thread.lock") == ("host", {"by": cast.chidi.pk, "because": "Settled in #1.", "lock": lock.pk})
    event = reads.thread_events(thread.pk, -1, 9)[0]
    assert (event.after_place, event.act, event.because, event.by_name) == (1, "locked", "Settled in #1.", "Chidi")


def test_who_locked_it_opens_it_again(cast: Cast) -> None:
    thread = cast.thread()
    locking.lock(thread, by=cast.chidi, because="Settled.")
    ended = locking.unlock(thread, by=cast.chidi)
    assert (ended.ended_by, entered("thread.unlock")[0]) == (cast.chidi, "host")
    assert cast.reply(thread).number == 1
    assert locking.lock(thread, by=cast.chidi, because="Settled again.").pk


def test_another_host_does_not_open_it_but_an_operator_does(cast: Cast) -> None:
    thread = cast.thread()
    locking.lock(thread, by=cast.chidi, because="Settled.")
    placing.appoint_host(cast.lounge, member=cast.dara, by=cast.odile)
    with pytest.raises(NotAllowed, match="Only the host who locked"):
        locking.unlock(thread, by=cast.dara)
    assert locking.unlock(thread, by=cast.odile).ended_by == cast.odile
    assert entered("thread.unlock")[0] == "operator"


def test_a_lock_needs_a_reason_that_fits(cast: Cast) -> None:
    thread = cast.thread()
    for because, sentence in ((" ", "Say why"), ("b" * 501, "501 characters; 500 fit")):
        with pytest.raises(Refusal, match=sentence) as refused:
            locking.lock(thread, by=cast.chidi, because=because)
        assert refused.value.field == "because"
        with pytest.raises(Refusal, match=sentence):
            locking.pin(thread, by=cast.chidi, because=because)
    assert not Lock.objects.exists() and not Pin.objects.exists()


def test_a_locked_thread_is_not_locked_again_nor_an_open_one_opened(cast: Cast) -> None:
    thread = cast.thread()
    with pytest.raises(NotAllowed, match="not locked"):
        locking.unlock(thread, by=cast.chidi)
    locking.lock(thread, by=cast.chidi, because="Settled.")
    with pytest.raises(Refusal, match="locked already"):
        locking.lock(thread, by=cast.chidi, because="Settled.")


@pytest.mark.parametrize("act", [locking.lock, locking.pin])
def test_members_hosts_of_other_forums_and_hosts_who_posted_here_may_not(cast: Cast, act: object) -> None:
    assert callable(act)
    elsewhere = cast.thread(forum=cast.kitchen)
    thread = cast.thread()
    cast.reply(thread, by=cast.chidi)
    for where, who, sentence in (
        (thread, cast.ana, "by the forum's hosts"),
        (elsewhere, cast.chidi, "by the forum's hosts"),
        (thread, cast.chidi, "You have posted in this thread"),
        (thread, cast.jonas, "suspended until"),
    ):
        with pytest.raises(NotAllowed, match=sentence):
            act(where, by=who, because="Settled.")
    assert act(thread, by=cast.odile, because="Settled.").pk


def test_a_suspended_host_locks_nothing(cast: Cast) -> None:
    thread = cast.thread()
    suspending.suspend(cast.chidi, by=cast.odile, until=clock.now() + timedelta(days=1), because="Lamps.")
    with pytest.raises(NotAllowed, match="suspended until"):
        locking.lock(thread, by=cast.chidi, because="Settled.")


def test_a_hosts_office_ends_with_its_term(cast: Cast) -> None:
    with at(MORNING):
        thread = cast.thread()
        placing.appoint_host(cast.lounge, member=cast.dara, by=cast.odile, until=MORNING + timedelta(days=90))
        assert locking.lock(thread, by=cast.dara, because="Settled.").office == "host"
    with at(MORNING + timedelta(days=90)), pytest.raises(NotAllowed, match="by the forum's hosts"):
        locking.pin(thread, by=cast.dara, because="Read this first.")


def test_an_ended_office_gives_no_power(cast: Cast) -> None:
    from django.db import transaction

    thread = cast.thread()
    with transaction.atomic():
        Office.objects.filter(member=cast.chidi).update(ended_at=clock.now())
    with pytest.raises(NotAllowed, match="by the forum's hosts"):
        locking.lock(thread, by=cast.chidi, because="Settled.")


def test_a_pin_is_set_and_let_go(cast: Cast) -> None:
    thread = cast.thread()
    locking.pin(thread, by=cast.chidi, because="Read this first.")
    head = thread_head(thread.pk, None)
    assert head is not None and head.pinned
    with pytest.raises(Refusal, match="pinned already"):
        locking.pin(thread, by=cast.chidi, because="Again.")
    locking.unpin(thread, by=cast.chidi)
    with pytest.raises(Refusal, match="not pinned"):
        locking.unpin(thread, by=cast.chidi)
    assert (entered("thread.pin")[0], entered("thread.unpin")[0]) == ("host", "host")


def test_the_author_of_a_withdrawn_original_post_may_open_the_thread_again(cast: Cast) -> None:
    """The author's own lock: who locked it opens it."""
    thread = cast.thread()
    withdrawing.withdraw(original(thread), by=cast.ana)
    assert locking.unlock(thread, by=cast.ana).ended_by == cast.ana
    assert cast.reply(Thread.objects.get(pk=thread.pk)).number == 1
