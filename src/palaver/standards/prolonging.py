"""A suspension longer than thirty days: asked for by an operator, answered by the member, decided by a jury of an appeal's size.

Page 3 says "longer only by an appeal-sized jury" and leaves open who asks. An operator does, on the record, once, while a
suspension that followed from verdicts still runs; never longer than 180 days. Nothing changes until the jury has decided.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from palaver.accounts.events import MemberSuspended
from palaver.accounts.models import Member, Suspension
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import reason
from palaver.record.entering import enter
from palaver.standards import charter, opening
from palaver.standards.bounds import ANSWERED_WITHIN, LONGER_AT_MOST, LONGEST_WORDS
from palaver.standards.events import LongerAsked, VerdictReached
from palaver.standards.models import Case, Prolongation, Verdict
from palaver.standards.permissions import may_answer_longer, may_ask_longer


def ask(suspension: Suspension, *, by: Member, days: int, because: str) -> Prolongation:
    """Ask that a suspension end only so many days from now. Raises NotAllowed, Refusal."""
    because = reason(because, LONGEST_WORDS)
    with transaction.atomic():
        Member.objects.select_for_update(no_key=True).get(pk=suspension.member_id)
        suspension = Suspension.objects.get(pk=suspension.pk)
        may_ask_longer(by, suspension).or_refuse()
        if not because:
            raise Refusal(_("Say why: the member answers it, and the jury reads both."), field="because")
        now = clock.now()
        until = now + timedelta(days=days)
        if until <= suspension.until:
            raise Refusal(_("That is not longer than the suspension that runs."), field="days")
        if days > LONGER_AT_MOST.days:
            raise Refusal(
                _("Even a jury suspends for %(days)s days at most.") % {"days": LONGER_AT_MOST.days}, field="days"
            )
        made = Prolongation.objects.create(
            suspension=suspension, by=by, because=because, until=until, at=now, answer_by=now + ANSWERED_WITHIN
        )
        events.publish(LongerAsked(made.pk, suspension.member_id))
        enter(
            "member.ask_longer",
            office="operator",
            subject=f"member:{suspension.member_id}",
            payload={"by": by.pk, "because": because, "suspension": suspension.pk, "until": until.isoformat()},
        )
    return made


def answer(asked: Prolongation, *, by: Member, words: str) -> Prolongation:
    """The member's side; with it the jury is drawn at once. Raises NotAllowed, Refusal."""
    words = reason(words, LONGEST_WORDS)
    with transaction.atomic():
        asked = Prolongation.objects.select_for_update(of=("self",), no_key=True).get(pk=asked.pk)
        may_answer_longer(by, asked).or_refuse()
        if not words:
            raise Refusal(_("Write your side, or let the day pass: the jury is drawn then in any case."), field="words")
        asked.answer = words
        _open(asked)
    return asked


def open_due() -> int:
    """Open the cases whose member has let the day pass. Returns how many. Run by the jobs process."""
    done = 0
    for pk in list(Prolongation.objects.filter(case=None, answer_by__lte=clock.now()).values_list("pk", flat=True)):
        with transaction.atomic():
            asked = Prolongation.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk, case=None).first()
            if asked is not None:
                _open(asked)
                done += 1
    return done


def after(event: VerdictReached) -> None:
    """Let the longer suspension begin that a jury agreed to. Runs in the verdict's transaction."""
    if event.outcome != Verdict.Outcome.UPHELD:
        return
    asked = Prolongation.objects.filter(case_id=event.case_id, given=None).select_related("suspension").first()
    now = clock.now()
    if asked is None or asked.until <= now:
        return
    with translation.override(settings.LANGUAGE_CODE):
        because = _("A jury agreed to a longer suspension, case %(case)s.") % {"case": event.case_id}
    given = Suspension.objects.create(
        member_id=event.author_id,
        by=None,
        office=Suspension.Office.JURY,
        because=because,
        since=now,
        until=asked.until,
    )
    Prolongation.objects.filter(pk=asked.pk).update(given=given)
    events.publish(MemberSuspended(event.author_id, given.pk))


def _open(asked: Prolongation) -> None:
    asked.case = opening.open_case(
        kind=Case.Kind.LONG,
        author=asked.suspension.member,
        post=None,
        standard="",
        charter=charter.in_force().version,
        exclude={asked.by_id},
        commits_to={"longer": asked.suspension_id, "until": asked.until.isoformat()},
    )
    asked.save(update_fields=["case", "answer"])
