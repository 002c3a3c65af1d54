"""Answering an operator who asks a jury for a longer suspension. Open to the suspended, and to nobody else."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from palaver.accounts.reads import Viewer
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.standards import bounds, prolonging
from palaver.standards.models import Prolongation
from palaver.standards.permissions import may_answer_longer
from palaver.web import moments
from palaver.web.contexts import Link
from palaver.web.doors import members, the_member
from palaver.web.shell import answer, shell
from palaver.web.standards.contexts import AppealPage


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@members
def longer(request: HttpRequest, number: int) -> HttpResponse:
    """What is asked, by whom and why, and the member's own words."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    by = the_member(request)
    asked = get_object_or_404(Prolongation.objects.select_related("suspension"), pk=number, suspension__member=by)
    words, errors = request.POST.get("words", ""), {}
    if request.method == "POST":
        try:
            prolonging.answer(asked, by=by, words=words)
        except NotAllowed:
            raise
        except Refusal as refusal:
            errors = {"words": refusal.because}
        else:
            messages.success(request, _("The jury reads your words. You are told when it has decided."))
            return redirect("/me/appeals")
    where, now = moments.zone(viewer.time_zone), clock.now()
    may = may_answer_longer(by, asked)
    title = _("A longer suspension is asked for")
    page = AppealPage(
        title=title,
        facts=(
            (_("Suspended until"), moments.moment(asked.suspension.until, where, now).exact),
            (_("Asked for, until"), moments.moment(asked.until, where, now).exact),
            (_("Answer until"), moments.moment(asked.answer_by, where, now).exact),
        ),
        other_side=asked.because,
        what_happens=(
            _("A jury as large as that of an appeal decides. Nothing changes until it has."),
            _("It reads the operator’s words and yours next to each other. It is not told your name."),
            _("With your answer it is drawn at once; without one, when the day is over."),
        ),
        action=f"/me/longer/{asked.pk}",
        words=words,
        longest=bounds.LONGEST_WORDS,
        errors=errors,
        refused="" if may else may.because,
        button=_("Answer"),
        help=_("Write to the jurors, who do not know you. They are not told your name; do not write it. Plain text."),
    )
    trail = (Link(viewer.name, "/me/"), Link(_("My appeals"), "/me/appeals"))
    frame = shell(request, title, trail=trail, robots="noindex", token=True)
    return answer("standards/appeal.html", frame, page, status=422 if errors else 200)
