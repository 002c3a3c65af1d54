"""What judging sets off: a summons to one juror, a verdict to the author and to whoever alerted, a case to a lone judge.

Each goes to one member alone and says nothing of any other: a summons does not say what it is about, a verdict not who
judged or alerted. Words are written in the language of the member who is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.forums.models import Hold, Post
from palaver.kit import clock
from palaver.notices import counting, kinds, telling
from palaver.notices.models import Notice
from palaver.standards import events as standards
from palaver.standards.models import Alert, Case, Standard, Verdict

Outcome = Verdict.Outcome


@contextmanager
def _speaking_to(member_id: int) -> Iterator[None]:
    language = Member.objects.filter(pk=member_id).values_list("language", flat=True).first()
    with translation.override(language or settings.LANGUAGE_CODE):
        yield


def seat_offered(event: standards.SeatOffered) -> None:
    """The lot fell on a member: told at once, while the seat is kept for them."""
    with _speaking_to(event.member_id):
        telling.tell(
            event.member_id,
            kinds.SUMMONS.key,
            key=f"seat:{event.seat_id}",
            words=_("A jury is being drawn, and the lot fell on you. Will you judge?"),
            href=f"/juries/seat/{event.seat_id}",
        )


def seat_ended(event: standards.SeatEnded) -> None:
    """The seat is over: what waits to be told of it is not told any more."""
    told = Notice.objects.filter(member_id=event.member_id, key=f"seat:{event.seat_id}", seen_at=None)
    if told.update(seen_at=clock.now(), in_digest=False):
        counting.recount([event.member_id])


def judge_asked(event: standards.JudgeAsked) -> None:
    """Too few can be drawn: a host or operator is to decide."""
    with _speaking_to(event.member_id):
        telling.tell(
            event.member_id,
            kinds.JUDGE.key,
            key=f"judge:{event.case_id}",
            words=_("Too few members could be drawn for a jury: case %(number)s waits for your decision")
            % {"number": event.case_id},
            href=f"/juries/{event.case_id}/decide",
        )


def verdict_reached(event: standards.VerdictReached) -> None:
    """The author learns how it ended, and whoever alerted; the lone judges, that it is done."""
    case = Case.objects.get(pk=event.case_id)
    standard = Standard.objects.filter(charter_id=case.charter, key=case.standard).first()
    named = {"number": case.pk, "standard": standard.title if standard is not None else ""}
    with _speaking_to(event.author_id):
        if words := _to_author(case, event.outcome):
            telling.tell(
                event.author_id,
                kinds.VERDICT.key,
                key=f"case:{case.pk}",
                words=words % named,
                href=f"/juries/{case.pk}",
            )
    alerters = Alert.objects.filter(case=case, by__isnull=False).values_list("by_id", flat=True)
    for member_id in sorted({one for one in alerters if one is not None}):
        with _speaking_to(member_id):
            words = {
                Outcome.REMOVED: _("Your alert was followed: it was removed – case %(number)s"),
                Outcome.CORRECTED: _("Your alert was answered: its author had corrected it – case %(number)s"),
            }.get(Outcome(event.outcome), _("Your alert was answered: it stays – case %(number)s"))
            telling.tell(
                member_id, kinds.ALERT.key, key=f"case:{case.pk}", words=words % named, href=f"/juries/{case.pk}"
            )
    if case.judges != Case.Judges.JURY:
        asked = Notice.objects.filter(key=f"judge:{case.pk}", seen_at=None)
        members = list(asked.values_list("member_id", flat=True))
        asked.update(seen_at=clock.now(), in_digest=False)
        counting.recount(members)


def _to_author(case: Case, outcome: str) -> str:
    """What the author is told. Of a post that stays they learn too: the page is public, and nothing is held against them."""
    if case.kind == Case.Kind.APPEAL:
        return {
            Outcome.OVERTURNED: _("Your appeal was won – case %(number)s"),
            Outcome.UPHELD: _("Your appeal was lost: the decision stands – case %(number)s"),
        }.get(Outcome(outcome), "")
    if case.kind == Case.Kind.LONG:
        return {
            Outcome.UPHELD: _("A jury agreed to a longer suspension – case %(number)s"),
        }.get(Outcome(outcome), _("A jury did not agree to a longer suspension – case %(number)s"))
    if case.kind != Case.Kind.ALERT:
        return ""
    if case.post_id is None:
        return {
            Outcome.REMOVED: _(
                "Your name or your text about yourself was removed, under “%(standard)s” – case %(number)s"
            ),
        }.get(Outcome(outcome), _("Your name or your text about yourself was judged, and stays – case %(number)s"))
    return {
        Outcome.REMOVED: _("A post of yours was removed, under “%(standard)s” – case %(number)s"),
        Outcome.CORRECTED: _(
            "A post of yours was judged: corrected, and nothing is held against you – case %(number)s"
        ),
    }.get(Outcome(outcome), _("A post of yours was judged, and stays – case %(number)s"))


def post_held(event: standards.PostHeld) -> None:
    """The author of a post that is held back learns of it, and on which ground."""
    if not event.held:
        return
    hold = Hold.objects.filter(post_id=event.post_id, ended_at=None).order_by("-at").first()
    if hold is None:
        return
    post = Post.objects.only("thread_id", "number").get(pk=event.post_id)
    with _speaking_to(event.author_id):
        words = (
            _("A post of yours is held back, on the ground of law")
            if hold.ground == Hold.Ground.LAW
            else _("A post of yours is held back until a jury has decided, one day at most")
        )
        telling.tell(
            event.author_id,
            kinds.VERDICT.key,
            key=f"hold:{hold.pk}",
            words=words,
            href=f"/t/{post.thread_id}/post/{post.number}",
        )
