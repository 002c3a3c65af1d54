"""Locks and pins: a row with who, in which office and why; an entry on the record; and a line in the thread, as for whatever
its hosts do."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.forums.events import ThreadLocked, ThreadPinned, ThreadUnlocked, ThreadUnpinned
from palaver.forums.models import Lock, Pin, Thread, ThreadEvent
from palaver.forums.permissions import may_lock, may_unlock, office_in, running_lock
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import reason
from palaver.record.entering import enter

LONGEST_REASON = 500


def lock(thread: Thread, *, by: Member, because: str) -> Lock:
    """Close a thread to replies. Raises NotAllowed, or Refusal when the reason is missing or the thread is locked already."""
    because = reason(because, LONGEST_REASON)
    with transaction.atomic():
        thread = Thread.objects.select_for_update(of=("self",), no_key=True).select_related("forum").get(pk=thread.pk)
        may_lock(by, thread).or_refuse()
        if not because:
            raise Refusal(_("Say why: the reason stands in the thread and on the record."), field="because")
        if running_lock(thread) is not None:
            raise Refusal(_("This thread is locked already."))
        office = office_in(by, thread.forum)
        placed = place_lock(thread, by=by, office=office, because=because)
        events.publish(ThreadLocked(thread.pk, thread.forum_id, placed.pk))
        enter(
            "thread.lock",
            office=office,
            subject=f"thread:{thread.pk}",
            payload={"by": by.pk, "because": placed.because, "lock": placed.pk},
        )
    return placed


def unlock(thread: Thread, *, by: Member) -> Lock:
    """Open a locked thread again; only its locker or an operator. Returns the ended lock."""
    with transaction.atomic():
        thread = Thread.objects.select_for_update(of=("self",), no_key=True).select_related("forum").get(pk=thread.pk)
        may_unlock(by, thread).or_refuse()
        running = running_lock(thread)
        assert running is not None
        running.ended_at, running.ended_by = clock.now(), by
        running.save(update_fields=["ended_at", "ended_by"])
        office = office_in(by, thread.forum) or Lock.Office.AUTHOR
        tell(thread, ThreadEvent.Act.UNLOCKED, by=by, office=office)
        events.publish(ThreadUnlocked(thread.pk, thread.forum_id, running.pk))
        enter("thread.unlock", office=office, subject=f"thread:{thread.pk}", payload={"by": by.pk, "lock": running.pk})
    return running


def pin(thread: Thread, *, by: Member, because: str) -> Pin:
    """Keep a thread on top of its forum's list. Same rights as locking."""
    because = reason(because, LONGEST_REASON)
    with transaction.atomic():
        thread = Thread.objects.select_for_update(of=("self",), no_key=True).select_related("forum").get(pk=thread.pk)
        may_lock(by, thread).or_refuse()
        if not because:
            raise Refusal(_("Say why: the reason stands in the thread and on the record."), field="because")
        if Pin.objects.filter(thread=thread, ended_at=None).exists():
            raise Refusal(_("This thread is pinned already."))
        pinned = Pin.objects.create(thread=thread, by=by, because=because, at=clock.now())
        office = office_in(by, thread.forum)
        tell(thread, ThreadEvent.Act.PINNED, by=by, office=office, because=pinned.because)
        events.publish(ThreadPinned(thread.pk, thread.forum_id))
        enter(
            "thread.pin", office=office, subject=f"thread:{thread.pk}", payload={"by": by.pk, "because": pinned.because}
        )
    return pinned


def unpin(thread: Thread, *, by: Member) -> Pin:
    """Let a pinned thread take its place in time again."""
    with transaction.atomic():
        thread = Thread.objects.select_for_update(of=("self",), no_key=True).select_related("forum").get(pk=thread.pk)
        may_lock(by, thread).or_refuse()
        running = Pin.objects.filter(thread=thread, ended_at=None).first()
        if running is None:
            raise Refusal(_("This thread is not pinned."))
        running.ended_at = clock.now()
        running.save(update_fields=["ended_at"])
        office = office_in(by, thread.forum)
        tell(thread, ThreadEvent.Act.UNPINNED, by=by, office=office)
        events.publish(ThreadUnpinned(thread.pk, thread.forum_id))
        enter("thread.unpin", office=office, subject=f"thread:{thread.pk}", payload={"by": by.pk})
    return running


def place_lock(thread: Thread, *, by: Member, office: str, because: str) -> Lock:
    """The lock's rows alone: for verbs whose act locks a thread as a consequence. The caller publishes."""
    placed = Lock.objects.create(thread=thread, by=by, office=office, because=because, at=clock.now())
    tell(thread, ThreadEvent.Act.LOCKED, by=by, office=office, because=because)
    return placed


def lift(lock: Lock, *, office: str, because: str, payload: dict[str, object]) -> Lock:
    """End a lock by a jury's decision, which has been asked for already. In the caller's transaction.

    Does nothing to a lock that has ended. `payload` is what the record says of it besides the lock itself.
    """
    lock = Lock.objects.select_for_update(of=("self",), no_key=True).select_related("thread").get(pk=lock.pk)
    if lock.ended_at is None:
        lock.ended_at = clock.now()
        lock.save(update_fields=["ended_at"])
        tell(lock.thread, ThreadEvent.Act.UNLOCKED, by=None, office=office, because=because)
        events.publish(ThreadUnlocked(lock.thread_id, lock.thread.forum_id, lock.pk))
        enter("thread.unlock", office=office, subject=f"thread:{lock.thread_id}", payload={**payload, "lock": lock.pk})
    return lock


def tell(
    thread: Thread,
    act: str,
    *,
    by: Member | None,
    office: str,
    because: str = "",
    after_place: int | None = None,
    leads_to: str = "",
    leads_label: str = "",
) -> None:
    """A line in the thread that says what was done to it: behind its last post, unless told."""
    ThreadEvent.objects.create(
        thread=thread,
        after_place=thread.post_count - 1 if after_place is None else after_place,
        act=act,
        by=by,
        office=office,
        because=because,
        at=clock.now(),
        leads_to=leads_to,
        leads_label=leads_label,
    )
