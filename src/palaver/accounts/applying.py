"""Joining by approval: somebody answers the community's question, and an operator lets them in or says why not.

Until then the account exists, so that its name is theirs, but it is unclaimed: it cannot sign in and is nowhere shown.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from palaver.accounts.events import ApplicationDecided, ApplicationMade, MemberJoined
from palaver.accounts.models import Application, Member
from palaver.accounts.permissions import may_operate
from palaver.community.reads import about
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import reason, storable

LONGEST_ANSWER = 2000
LONGEST_REASON = 500


def question() -> str:
    """What is asked, also while the operators have not written a question of their own."""
    return about().question or _("What brings you here?")


def checked(answer: str) -> str:
    """An answer as it is kept. Raises Refusal."""
    answer = storable(answer).strip()
    if not answer:
        raise Refusal(_("Answer in a sentence or two: people read it before they let you in."), field="answer")
    if len(answer) > LONGEST_ANSWER:
        raise Refusal(
            _("Your answer has %(length)s characters; %(longest)s fit. Shorten it.")
            % {"length": len(answer), "longest": LONGEST_ANSWER},
            field="answer",
        )
    return answer


def apply(member: Member, *, answer: str) -> Application:
    """Keep a new account (name checked, password set, not saved) with its answer until it is decided. Raises Refusal."""
    answer = checked(answer)
    member.claimed_at = None
    try:
        with transaction.atomic():
            member.save(force_insert=True)
            made = Application.objects.create(member=member, question=question(), answer=answer, at=clock.now())
            events.publish(ApplicationMade(made.pk, member.pk))
    except IntegrityError as error:
        raise Refusal(_("That name or e-mail address belongs to a member already."), field="name") from error
    return made


def admit(application: Application, *, by: Member) -> Application:
    """Let somebody in, now or after having refused them. Raises NotAllowed, Refusal. Wiring enters it and writes the mail."""
    may_operate(by).or_refuse()
    with transaction.atomic():
        row = _held(application)
        if row.admitted:
            raise Refusal(_("%(name)s has been let in already.") % {"name": row.member.name})
        now = clock.now()
        row.member.claimed_at = row.member.joined_at = now
        row.member.save(update_fields=["claimed_at", "joined_at"])
        _decide(row, by, admitted=True, because="")
        events.publish(MemberJoined(row.member_id))
        events.publish(ApplicationDecided(row.pk, row.member_id, by.pk, True))
    return row


def refuse(application: Application, *, by: Member, because: str) -> Application:
    """Say no, with the reason that the applicant reads. Raises NotAllowed, Refusal."""
    may_operate(by).or_refuse()
    because = reason(because, LONGEST_REASON)
    if not because:
        raise Refusal(_("Say why: whoever asked to join reads it."), field="because")
    with transaction.atomic():
        row = _held(application)
        if row.decided_at is not None:
            raise Refusal(_("This has been decided already."))
        _decide(row, by, admitted=False, because=because)
        events.publish(ApplicationDecided(row.pk, row.member_id, by.pk, False))
    return row


def _held(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",), no_key=True).select_related("member").get(pk=application.pk)
    )


def _decide(row: Application, by: Member, *, admitted: bool, because: str) -> None:
    row.decided_at, row.decided_by, row.admitted, row.because = clock.now(), by, admitted, because
    row.save(update_fields=["decided_at", "decided_by", "admitted", "because"])
