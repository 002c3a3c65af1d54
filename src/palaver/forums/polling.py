"""Polls: a question in a thread's original post, put to every member; a ballot of `ballots`, about `thread:<id>`.

It is asked with the thread and cannot be changed afterwards, because people have voted on its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.ballots import opening, voting
from palaver.ballots.models import Ballot
from palaver.forums.models import Poll, Thread
from palaver.forums.permissions import may_vote_in_poll
from palaver.kit import clock
from palaver.kit.decisions import Refusal

LONGEST_DAYS = 90


class Question(NamedTuple):
    """A poll as its author writes it: options one each, `most` that one vote may name, the days it runs. `text` empty: the subject."""

    options: tuple[str, ...]
    text: str = ""
    most: int = 1
    days: int = 7
    is_secret: bool = False


_FIELDS = {"options": "poll_options", "title": "poll_text", "closes_at": "poll_days", "most": "poll_most"}


def ask(thread: Thread, *, by: Member, question: Question) -> Poll:
    """Put a question to the members with a new thread, in the thread's transaction. Raises Refusal; `field` is `poll_…`."""
    if not 1 <= question.days <= LONGEST_DAYS:
        raise Refusal(
            _("A poll runs for one day at least and for %(most)s at most.") % {"most": LONGEST_DAYS}, field="poll_days"
        )
    try:
        ballot = opening.open_ballot(
            about=f"thread:{thread.pk}",
            title=question.text.strip() or thread.subject,
            method=Ballot.Method.SINGLE if question.most == 1 else Ballot.Method.MULTIPLE,
            options=question.options,
            electors=None,
            opened_by=by,
            closes_at=clock.now() + timedelta(days=question.days),
            is_secret=question.is_secret,
            most=question.most,
            on_record=False,
        )
    except Refusal as refusal:
        refusal.field = _FIELDS.get(refusal.field, refusal.field)
        raise
    return Poll.objects.create(thread=thread, ballot=ballot)


def vote(poll: Poll, *, by: Member, chosen: Sequence[int], receipt: str = "") -> voting.Cast:
    """Vote in a poll of a thread that one may read. Raises as `ballots.voting.cast` does."""
    may_vote_in_poll(by, poll.thread).or_refuse()
    return voting.cast(poll.ballot, by=by, chosen=chosen, receipt=receipt)
