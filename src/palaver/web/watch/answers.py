"""The account that the watch has suspended: why, how to answer in one click, what came of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palaver.accounts.reads import Viewer
from palaver.forums.models import Removal
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.standards import watching
from palaver.standards.models import Proposal
from palaver.standards.permissions import may_answer_watch
from palaver.web import moments
from palaver.web.doors import members, the_member
from palaver.web.shell import answer as page_of
from palaver.web.shell import shell
from palaver.web.watch.contexts import AnswerPage


@require_http_methods(["GET", "HEAD", "POST"])
@members
def answer(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """`/watch/answer/<n>`: for the suspended account alone."""
    by = the_member(request)
    proposal = (
        Proposal.objects.select_related("suspension")
        .filter(pk=proposal_id, member=by, act=Proposal.Act.SUSPEND, done_at__isnull=False)
        .first()
    )
    if proposal is None or proposal.suspension is None:
        raise Http404
    here = f"/watch/answer/{proposal.pk}"
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            watching.answer(proposal, by=by, words=request.POST.get("words", ""))
            messages.success(request, _("Your answer lies before the three who decide."))
            return redirect(here)
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            problems = {refusal.field: refusal.because}
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone), clock.now()
    until = moments.moment(proposal.suspension.until, where, now).exact
    page = AnswerPage(
        because=proposal.because,
        state=_state(proposal, until),
        answered=proposal.answer,
        open=bool(may_answer_watch(by, proposal)),
        action=here,
        posts=Removal.objects.filter(post__author=by, office=Removal.Office.WATCH, ended_at=None).count(),
        words=request.POST.get("words", ""),
        errors=problems,
    )
    frame = shell(request, _("Your account is suspended"), token=True, robots="noindex")
    return page_of("watch/answer.html", frame, page, status=422 if problems else 200)


def _state(proposal: Proposal, until: str) -> str:
    if proposal.reviewed_at is None:
        return _(
            "Three members who are drawn by lot decide about it. If they have not decided until %(until)s, it ends by itself."
        ) % {"until": until}
    if proposal.stands is None:
        return _("Nobody decided within the day, so the suspension has ended and your posts are shown again.")
    if proposal.stands:
        return _("Three members have decided that it stands until %(until)s. Your posts stay hidden.") % {
            "until": until
        }
    return _("Three members have decided that you may stay. The suspension has ended and your posts are shown again.")
