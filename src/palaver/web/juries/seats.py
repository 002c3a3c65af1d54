"""A seat on a jury: the offer, the paper, and what is said when it is over. Nobody but its juror finds anything here."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.standards import bounds, briefing, seating, voting
from palaver.standards.models import Case, Seat
from palaver.web import contexts, moments
from palaver.web.doors import members, the_member
from palaver.web.juries import masking, showing
from palaver.web.juries.contexts import OfferPage, PaperPage
from palaver.web.shell import answer, readable, shell


@require_http_methods(["GET", "HEAD", "POST"])
@members
def seat(request: HttpRequest, seat_id: int) -> HttpResponse:
    """One's own seat: answered by `act` accept or decline while it is offered, by vote or recuse once it is taken."""
    by = the_member(request)
    mine = Seat.objects.select_related("case__author", "case__post__thread", "case__post__forum", "drawn")
    found = mine.filter(pk=seat_id, drawn__member=by).first() if seat_id < 2**63 else None
    if found is None:
        raise Http404
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _act(request, found, by)
        except Refusal as refusal:
            found = mine.get(pk=seat_id)
            problems = {refusal.field: refusal.because}
    if found.state == Seat.State.TAKEN and found.case.is_open:
        return _paper(request, found, problems)
    return _offer(request, found, problems)


def _act(request: HttpRequest, seat: Seat, by: Member) -> HttpResponse:
    here = f"/juries/seat/{seat.pk}"
    match request.POST.get("act", ""):
        case "accept":
            seating.accept(seat, by=by)
        case "decline":
            seating.decline(seat, by=by)
            messages.success(request, _("Thank you for answering. Another is asked now."))
            return redirect("/me/judging")
        case "recuse":
            seating.recuse(seat, by=by)
            messages.success(request, _("Thank you for saying so. Another is asked now."))
            return redirect("/me/judging")
        case "vote":
            choice = request.POST.get("choice", "")
            gone = {"yes": True, "no": False}.get(request.POST.get("is_gone", ""))
            voting.vote(
                seat,
                by=by,
                choice=int(choice) if choice.isascii() and choice.isdecimal() and len(choice) < 3 else 0,
                reason=request.POST.get("reason", ""),
                other_standard=request.POST.get("other_standard", ""),
                is_gone=gone,
            )
        case _:
            raise Refusal(_("Choose one of the answers."))
    return redirect(here)


def minutes_left(until: datetime, now: datetime) -> int:
    """Whole minutes until an instant, the begun one counted; nought when it is over."""
    return max(-int(-(until - now).total_seconds() // 60), 0)


def _offer(request: HttpRequest, seat: Seat, problems: dict[str, str]) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    now = clock.now()
    is_open = seat.state == Seat.State.OFFERED and seat.case.is_open
    over, over_href = ("", None) if is_open else _over(seat)
    page = OfferPage(
        action=f"/juries/seat/{seat.pk}",
        case=seat.case_id,
        minutes=max(minutes_left(seat.answer_by, now), 1),
        until=moments.moment(seat.answer_by, moments.zone(viewer.time_zone), now) if is_open else None,
        votes_minutes=int(bounds.VOTES_WITHIN.total_seconds() // 60),
        over=problems.get("", "") or over,
        over_href=over_href,
        handed_in=seat.state == Seat.State.VOTED and not problems,
    )
    frame = shell(request, _("A seat on a jury"), token=True, robots="noindex")
    return answer("juries/offer.html", frame, page, status=422 if problems else 200)


def _over(seat: Seat) -> tuple[str, contexts.Link | None]:
    """What is said of a seat that is not open any more, and where the verdict stands once there is one."""
    decided = seat.case.stage == Case.Stage.DECIDED
    link = contexts.Link(_("The verdict"), f"/juries/{seat.case_id}") if decided else None
    if seat.state == Seat.State.VOTED:
        if decided:
            return _("Your paper counted, and the jury has decided. Thank you."), link
        return _("Your paper is in. The verdict comes when enough of them are, and is told to everybody at once."), None
    if decided:
        return _("The jury has decided meanwhile. Thank you for being ready to serve."), link
    return {
        Seat.State.DECLINED: _("You said no, and another was asked. Nothing follows from that."),
        Seat.State.RECUSED: _(
            "You said that you cannot be fair here, and another was asked. That is how it should be."
        ),
        Seat.State.LAPSED: _("Its time is over, and it was offered to another. Nothing follows from that."),
    }.get(Seat.State(seat.state), _("This case was called off, so nobody judges it.")), link


def _paper(request: HttpRequest, seat: Seat, problems: dict[str, str]) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    case, now = seat.case, clock.now()
    mask = masking.of(case.author)
    before = showing.matter(case, mask)
    rules = showing.rules(case)
    until = seat.vote_by or seat.answer_by
    left = max(minutes_left(until, now), 1)
    choice = request.POST.get("choice", "")
    page = PaperPage(
        action=f"/juries/seat/{seat.pk}",
        case=case.pk,
        left=ngettext("About %(n)s minute left", "About %(n)s minutes left", left) % {"n": left},
        until=moments.moment(until, moments.zone(viewer.time_zone), now),
        place=before.place,
        judged=before.judged,
        answered=before.answered,
        now=before.now,
        rules=rules,
        why=before.why,
        why_from=before.why_from,
        sides=before.sides,
        precedents=showing.precedents(case, mask, readable(viewer)),
        choices=choices(case),
        others=showing.others(case, rules),
        question=question(case, rules[0].title if len(rules) == 1 else ""),
        chosen=int(choice) if choice in {"1", "2", "3", "4"} else 0,
        reason=request.POST.get("reason", ""),
        other=request.POST.get("other_standard", ""),
        is_gone=request.POST.get("is_gone", ""),
        longest=bounds.LONGEST_REASON,
        errors=problems,
    )
    frame = shell(request, _("Your paper"), token=True, robots="noindex")
    return answer("juries/paper.html", frame, page, status=422 if problems else 200)


def question(case: Case, standard: str) -> str:
    """The one question that a paper asks."""
    match case.kind:
        case Case.Kind.WATCH:
            return _("Was it right to suspend this account?")
        case Case.Kind.LONG:
            return _("Should this suspension last longer?")
    brief = briefing.brief(case)
    if brief is not None:
        return brief.question
    if standard:
        return _("Does this break “%(standard)s”?") % {"standard": standard}
    return _("Does this break any of the standards?")


def choices(case: Case) -> tuple[tuple[int, str, str], ...]:
    """The four answers with what tells them apart."""
    sure, close = _("no doubt"), _("a close call")
    if case.kind in {Case.Kind.WATCH, Case.Kind.LONG} or briefing.brief(case) is not None:
        return ((1, _("Clearly yes"), sure), (2, _("Yes"), close), (3, _("No"), close), (4, _("Clearly not"), sure))
    return (
        (1, _("Clearly breaks it"), sure),
        (2, _("Breaks it"), close),
        (3, _("Does not"), close),
        (4, _("Clearly does not"), sure),
    )
