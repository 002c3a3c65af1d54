"""The statement of reasons of a decision: what was decided, under which standard, on which facts, by what means, and what can
be done against it. Plain data in the language spoken now, and the same as plain text.

It names nobody: neither who wrote, nor who alerted, nor who judged. That is also what the law of several countries asks of
whoever takes down what others wrote (for instance Regulation (EU) 2022/2065, Article 17).
"""

from __future__ import annotations

import textwrap
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from palaver.community.reads import about
from palaver.standards.bounds import APPEALED_WITHIN
from palaver.standards.models import Alert, Appeal, Case, Seat, Standard, Verdict

WIDTH = 72


class Part(NamedTuple):
    """A heading and its paragraphs."""

    key: str
    title: str
    paragraphs: tuple[str, ...]


class Statement(NamedTuple):
    """A whole statement. `standard` and `charter` are empty and 0 where all standards were considered."""

    case_id: int
    decided_at: datetime
    decision: str
    standard: str
    charter: int
    parts: tuple[Part, ...]


def statement(case: Case) -> Statement | None:
    """The statement of a decided case; None while it is open or when it was called off."""
    verdict = Verdict.objects.filter(case=case).select_related("removal").first()
    if verdict is None:
        return None
    contested = Appeal.objects.filter(case=case).first()
    standard = Standard.objects.filter(charter_id=case.charter, key=case.standard).first() if case.standard else None
    decision = _decision(case, verdict, contested)
    parts = (
        Part("decision", _("What was decided"), (decision, _scope(case, verdict))),
        Part("standard", _("Under which standard"), _ground(case, standard)),
        Part("facts", _("On which facts"), _facts(case, contested)),
        Part("reasons", _("For which reasons"), _reasons(case, verdict)),
        Part("means", _("By what means"), _means(case, verdict)),
        Part("redress", _("What can be done against it"), _redress(case, verdict)),
    )
    return Statement(case.pk, verdict.at, decision, standard.title if standard else "", case.charter, parts)


def text(said: Statement) -> str:
    """The statement as plain text at 72 columns, in the language spoken now."""
    head = _("Statement of reasons, case %(case)s") % {"case": said.case_id}
    lines = [about().name, head, "=" * len(head), ""]
    lines.append(_("Decided %(when)s") % {"when": said.decided_at.strftime("%Y-%m-%d %H:%M UTC")})
    for part in said.parts:
        lines += ["", part.title, "-" * len(part.title)]
        for paragraph in part.paragraphs:
            for line in paragraph.splitlines() or [""]:
                lines += textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
            lines.append("")
        lines.pop()
    lines += ["", f"{settings.PALAVER_ORIGIN}/juries/{said.case_id}/reasons"]
    return "\n".join(lines) + "\n"


def _decision(case: Case, verdict: Verdict, contested: Appeal | None) -> str:
    outcome = Verdict.Outcome(verdict.outcome)
    if contested is not None:
        against = {
            Appeal.Against.REMOVAL: _("the removal of the post"),
            Appeal.Against.SUSPENSION: _("the suspension of the member"),
            Appeal.Against.BLOCK: _("the block of the member in the forum"),
            Appeal.Against.LOCK: _("the lock of the thread"),
        }[Appeal.Against(contested.against)]
        if outcome == Verdict.Outcome.OVERTURNED:
            return _("On appeal, %(what)s was overturned.") % {"what": against}
        return _("On appeal, %(what)s was upheld.") % {"what": against}
    if case.kind == Case.Kind.WATCH:
        upheld = outcome in {Verdict.Outcome.UPHELD, Verdict.Outcome.REMOVED}
        return (
            _("The suspension of the account by the watch was upheld.")
            if upheld
            else _("The suspension of the account by the watch was lifted.")
        )
    if case.kind == Case.Kind.LONG:
        longer = outcome in {Verdict.Outcome.UPHELD, Verdict.Outcome.REMOVED}
        return _("A longer suspension was agreed to.") if longer else _("A longer suspension was not agreed to.")
    what = _thing(case)
    if outcome == Verdict.Outcome.REMOVED:
        return _("%(what)s was removed.") % {"what": what}
    if outcome == Verdict.Outcome.CORRECTED:
        return _("%(what)s stays: its author had corrected the passage before the verdict.") % {"what": what}
    return _("%(what)s stays.") % {"what": what}


def _thing(case: Case) -> str:
    if case.post is not None:
        return _("Post %(number)s of the thread “%(subject)s”") % {
            "number": case.post.number,
            "subject": case.post.thread.subject,
        }
    kind = Alert.objects.filter(case=case).values_list("about", flat=True).first()
    return _("A member’s name") if kind == Alert.About.NAME else _("What a member says about themselves")


def _scope(case: Case, verdict: Verdict) -> str:
    if verdict.removal is None:
        return _("It holds on this site.")
    if verdict.removal.is_openable:
        return _("It holds on this site, without an end. The text stays openable behind its fold.")
    return _("It holds on this site, without an end. The text can no longer be opened.")


def _ground(case: Case, standard: Standard | None) -> tuple[str, ...]:
    if standard is None:
        return (_("All standards of charter version %(version)s were considered.") % {"version": case.charter},)
    named = {"title": standard.title, "version": case.charter}
    return (_("“%(title)s”, charter version %(version)s. Its rule:") % named, standard.rule)


def _facts(case: Case, contested: Appeal | None) -> tuple[str, ...]:
    said = []
    alert = Alert.objects.filter(case=case).order_by("pk").first()
    if alert is not None:
        if alert.by_id is None:
            said.append(_("A jury on this post named a further standard on its papers."))
        else:
            said.append(_("A member alerted on it under this standard and said why. Who that was is not told."))
        if case.post is not None:
            said.append(
                _("Version %(version)s of the post was judged, as it stood at the alert.") % {"version": alert.version}
            )
    if contested is not None:
        said.append(_("The words of both sides were before those who decided, side by side."))
    if case.post is not None and case.judges == Case.Judges.JURY:
        said.append(_("The jurors saw the post and what it answers, without its author’s name."))
    return tuple(said) or (_("What stands on the page of the case."),)


def _reasons(case: Case, verdict: Verdict) -> tuple[str, ...]:
    if verdict.because:
        return (verdict.because,)
    given = tuple(
        Seat.objects.filter(case=case, state=Seat.State.VOTED)
        .exclude(reason="")
        .order_by("choice", "drawn__ticket")
        .values_list("reason", flat=True)
    )
    return given or (_("No juror wrote a reason; one is required only to remove."),)


def _means(case: Case, verdict: Verdict) -> tuple[str, ...]:
    if verdict.by_id is None:
        words = {
            "votes": verdict.votes,
            "breaks": verdict.for_removal,
            "keeps": verdict.votes - verdict.for_removal,
            "needed": case.needed,
            "seats": case.seats,
        }
        tally = _(
            "%(votes)s jurors, members drawn by lot, voted on %(seats)s seats: %(breaks)s that it breaks, %(keeps)s that it"
            " does not. %(needed)s votes were needed to change something."
        )
        how = tally % words
    elif case.judges == Case.Judges.HOST:
        how = _("One host of the forum who is not concerned decided, because too few members could be drawn.")
    else:
        how = _("An operator decided, because too few members could be drawn and no host was free to judge.")
    return (
        how,
        _(
            "No automated means were used to find, to judge or to prepare the judging of what it is about. A program drew the"
            " jurors by a lot that anybody can verify."
        ),
    )


def _redress(case: Case, verdict: Verdict) -> tuple[str, ...]:
    said = []
    if case.kind == Case.Kind.APPEAL:
        said.append(_("This decision is final in this community."))
    elif verdict.removal is not None:
        later = Appeal.objects.filter(of_case=case).first()
        if later is not None:
            said.append(_("An appeal was made and is judged in case %(case)s.") % {"case": later.case_id})
        else:
            until = (verdict.at + APPEALED_WITHIN).strftime("%Y-%m-%d %H:%M UTC")
            said.append(
                _("Its author may appeal until %(until)s, at %(address)s. A fresh, larger jury then decides.")
                % {
                    "until": until,
                    "address": f"{settings.PALAVER_ORIGIN}/me/appeals/removal/{verdict.removal_id}",
                }
            )
    said.append(
        _("The operators can be written to at %(address)s.") % {"address": f"{settings.PALAVER_ORIGIN}/contact"}
    )
    said.append(_("The way to an out-of-court body or to a court stays open, as the law provides."))
    return tuple(said)
