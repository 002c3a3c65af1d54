"""Questioning a host's lock: once a lock, by any member; the forum's other hosts vote. A majority opens the thread again.

Only the locker or that ballot ends the lock, besides the operators. Source: Standards, Hosts.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palaver.accounts.models import Member
from palaver.ballots.counting import AGAINST, FOR
from palaver.ballots.models import Ballot, Option
from palaver.ballots.opening import open_ballot
from palaver.forums.events import LockQuestionAnswered, LockQuestioned, ThreadUnlocked
from palaver.forums.locking import LONGEST_REASON, tell
from palaver.forums.models import Lock, LockQuestion, Office, Post, Thread, ThreadEvent
from palaver.forums.permissions import may_question
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import reason
from palaver.record.entering import enter

WINDOW = timedelta(days=3)
"""Ours: how long the hosts vote."""


def question(lock: Lock, *, by: Member, because: str) -> LockQuestion:
    """Ask the forum's other hosts whether a lock should stand. Raises NotAllowed, Refusal (questioned before, no reason).

    Who votes: the hosts who sit now, without the locker and without those who posted in the thread. Where nobody is left,
    the operators are asked instead, and the question has no ballot.
    """
    because = reason(because, LONGEST_REASON)
    with transaction.atomic():
        lock = Lock.objects.select_for_update(of=("self",), no_key=True).select_related("thread__forum").get(pk=lock.pk)
        may_question(by, lock).or_refuse()
        if LockQuestion.objects.filter(lock=lock).exists():
            raise Refusal(_("This lock has been questioned before; it is put to the hosts once."))
        if not because:
            raise Refusal(_("Say why the thread should be open: the hosts read it."), field="because")
        who = electors(lock)
        thread = lock.thread
        ballot = None
        if who:
            ballot = open_ballot(
                about=f"lock:{lock.pk}",
                title=_("Shall the thread take replies again?"),
                text=_("The lock's reason: %(lock)s\n\nThe question: %(question)s")
                % {"lock": _quoted(lock.because), "question": _quoted(because)},
                method=Ballot.Method.MOTION,
                electors=who,
                opened_by=by,
                closes_at=clock.now() + WINDOW,
                is_secret=False,
            )
        row = LockQuestion.objects.create(lock=lock, by=by, because=because, ballot=ballot, at=clock.now())
        events.publish(
            LockQuestioned(
                lock.pk, thread.pk, thread.forum_id, by.pk, None if ballot is None else ballot.pk, tuple(who)
            )
        )
        enter(
            "lock.question",
            office="member",
            subject=f"thread:{thread.pk}",
            payload={
                "by": by.pk,
                "because": because,
                "lock": lock.pk,
                "ballot": None if ballot is None else ballot.pk,
                "electors": len(who),
            },
        )
    return row


def electors(lock: Lock) -> list[int]:
    """The hosts who would vote on a lock now."""
    posted = Post.objects.filter(thread=lock.thread_id).values("author")
    sitting = Office.objects.sitting().filter(forum=lock.thread.forum_id, member__left_at=None)
    return sorted(sitting.exclude(member=lock.by).exclude(member__in=posted).values_list("member_id", flat=True))


def on_ballot_closed(event: object) -> None:
    """Open the thread if the hosts are for it. Wired to BallotClosed and BallotCalledOff, within."""
    kind, _colon, number = str(getattr(event, "about", "")).partition(":")
    if kind != "lock" or not number.isdecimal():
        return
    row = LockQuestion.objects.select_related("lock__thread__forum", "ballot").filter(pk=int(number)).first()
    if row is None or row.answered_at is not None or row.ballot is None:
        return
    votes = dict(Option.objects.filter(ballot=row.ballot).values_list("place", "votes"))
    won = Option.objects.filter(ballot=row.ballot, place=FOR, pk__in=getattr(event, "decided", ())).exists()
    # Threads before their locks, as the locker does who opens it at this very instant.
    Thread.objects.select_for_update(of=("self",), no_key=True).get(pk=row.lock.thread_id)
    lock, now = row.lock, clock.now()
    lock.refresh_from_db(fields=["ended_at"])
    opens = won and lock.ended_at is None
    row.answered_at, row.ended_lock = now, won
    row.save(update_fields=["answered_at", "ended_lock"])
    thread = lock.thread
    if opens:
        lock.ended_at = now
        lock.save(update_fields=["ended_at"])
        in_favour, against = votes.get(FOR) or 0, votes.get(AGAINST) or 0
        said = ngettext(
            "%(for)s host for it, %(against)s against", "%(for)s hosts for it, %(against)s against", in_favour
        ) % {"for": in_favour, "against": against}
        tell(
            thread,
            ThreadEvent.Act.UNLOCKED,
            by=None,
            office="hosts",
            because=said,
            leads_to=f"/ballots/{row.ballot_id}",
        )
        events.publish(ThreadUnlocked(thread.pk, thread.forum_id, lock.pk))
        enter(
            "thread.unlock",
            office="hosts",
            subject=f"thread:{thread.pk}",
            payload={"by": None, "lock": lock.pk, "ballot": row.ballot_id},
        )
    events.publish(LockQuestionAnswered(lock.pk, thread.pk, thread.forum_id, row.by_id, won))


def _quoted(text: str) -> str:
    """Somebody's words as a quotation in Markdown."""
    return "\n\n" + "\n".join(f"> {line}" for line in text.splitlines())
