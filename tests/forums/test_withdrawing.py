"""Self-deletion."""

from __future__ import annotations

import pytest
from django.db import transaction

from palaver.forums import locking, posting, reads, withdrawing
from palaver.forums.errors import ThreadIsLocked
from palaver.forums.models import Lock, Post, SourceText, ThreadEvent
from palaver.forums.permissions import may_see_history
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.record.models import Entry
from tests.cast import Cast, fresh, original


def test_a_withdrawn_reply_leaves_a_line_with_its_reason(cast: Cast) -> None:
    reply = cast.reply(cast.thread())
    withdrawing.withdraw(reply, by=cast.bram, because=" Wrong thread. ")
    row = reads.flat_page(reply.thread_id, 1)[0]
    assert (row.standing, row.withdrawn_because) == (Post.Standing.WITHDRAWN, "Wrong thread.")
    assert SourceText.objects.filter(post=reply).exists(), "The words are kept; they are shown to nobody."
    assert fresh(reply.thread).post_count == 2


def test_a_withdrawn_reply_locks_nothing_and_can_be_answered(cast: Cast) -> None:
    reply = cast.reply(cast.thread())
    withdrawing.withdraw(reply, by=cast.bram)
    assert cast.reply(reply.thread, answers=reply, by=cast.dara).depth == 1


def test_withdrawing_the_original_post_locks_the_thread(cast: Cast) -> None:
    thread = cast.thread()
    cast.reply(thread)
    withdrawing.withdraw(original(thread), by=cast.ana)
    lock = Lock.objects.get(thread=thread)
    assert (lock.office, lock.by) == (Lock.Office.AUTHOR, cast.ana)
    event = ThreadEvent.objects.get(thread=thread)
    assert (event.act, event.after_place) == (ThreadEvent.Act.LOCKED, 1)
    with pytest.raises(ThreadIsLocked, match="withdrawn the original post"):
        cast.reply(thread)
    assert not Entry.objects.filter(act="thread.lock").exists(), "No act of authority, so no entry."


def test_withdrawing_the_original_post_of_a_locked_thread_leaves_the_hosts_lock(cast: Cast) -> None:
    thread = cast.thread()
    locking.lock(thread, by=cast.chidi, because="Settled.")
    withdrawing.withdraw(original(thread), by=cast.ana)
    assert Lock.objects.get(thread=thread).office == Lock.Office.HOST


def test_nobody_withdraws_twice(cast: Cast) -> None:
    reply = cast.reply(cast.thread())
    withdrawing.withdraw(reply, by=cast.bram)
    with pytest.raises(NotAllowed, match="withdrawn this post already"):
        withdrawing.withdraw(reply, by=cast.bram)


def test_only_its_author_withdraws_a_post(cast: Cast) -> None:
    reply = cast.reply(cast.thread())
    for other in (cast.ana, cast.chidi, cast.odile):
        with pytest.raises(NotAllowed, match="Only its author"):
            withdrawing.withdraw(reply, by=other)


def test_the_suspended_may_still_withdraw(cast: Cast) -> None:
    from datetime import timedelta

    from palaver.accounts import suspending

    reply = cast.reply(cast.thread())
    suspending.suspend(cast.bram, by=cast.odile, until=reply.created_at + timedelta(days=1), because="Lamps.")
    assert withdrawing.withdraw(reply, by=cast.bram).pk


def test_a_reason_longer_than_is_kept_is_refused_and_not_cut(cast: Cast) -> None:
    reply = cast.reply(cast.thread())
    with pytest.raises(Refusal, match="201 characters; 200 fit"):
        withdrawing.withdraw(reply, by=cast.bram, because="b" * 201)
    assert fresh(reply).standing == Post.Standing.SHOWN


def test_a_removed_post_can_be_withdrawn_but_its_history_stays_closed(cast: Cast) -> None:
    reply = posting.edit(cast.reply(cast.thread()), by=cast.bram, text="Oats.")
    assert may_see_history(None, reply)
    with transaction.atomic():
        Post.objects.filter(pk=reply.pk).update(standing=Post.Standing.REMOVED)
    assert not may_see_history(cast.bram, fresh(reply))
    withdrawing.withdraw(reply, by=cast.bram)
    assert "not shown any more" in may_see_history(cast.bram, fresh(reply)).because
