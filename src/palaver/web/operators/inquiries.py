"""The desk's inquiries: what was written at /contact, and answering it by mail."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from palaver.accounts.reads import Viewer
from palaver.community import inquiring
from palaver.community.models import Inquiry
from palaver.kit import clock, pagination
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.web import moments
from palaver.web.contexts import Link, Pager
from palaver.web.doors import operators, the_member
from palaver.web.house import contexts
from palaver.web.shell import answer, shell

SHOWN = 50
_DESK = "/desk/inquiries"


def _who(inquiry: Inquiry) -> str:
    return inquiry.name or inquiry.email


@require_safe
@operators
def inquiries(request: HttpRequest) -> HttpResponse:
    """Those that wait first, the oldest on top; then those that were answered, the newest on top."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone), clock.now()
    page = pagination.asked(request.GET.get("page"))
    # Waiting ones are few or somebody should know it: all of them are on the first page.
    waiting = list(Inquiry.objects.filter(answered_at=None).order_by("at", "id")) if page == 1 else []
    skip = (page - 1) * SHOWN
    answered = list(Inquiry.objects.exclude(answered_at=None).order_by("-answered_at", "-id")[skip : skip + SHOWN + 1])
    rows = tuple(
        contexts.InquiryRow(
            row.subject, f"{_DESK}/{row.pk}", _who(row), moments.moment(row.at, where, now), row.answered_at is not None
        )
        for row in [*waiting, *answered[:SHOWN]]
    )
    pager = Pager(
        earlier=Link(_("Back to the top"), _DESK) if page > 1 else None,
        later=Link(_("Older"), f"{_DESK}?page={page + 1}") if len(answered) > SHOWN else None,
    )
    count = len(waiting) if page == 1 else Inquiry.objects.filter(answered_at=None).count()
    return answer(
        "desk/inquiries.html",
        shell(request, _("Inquiries"), trail=_trail(), robots="noindex"),
        contexts.InquiriesPage(rows, count, pager),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@operators
def inquiry(request: HttpRequest, inquiry_id: int) -> HttpResponse:
    """One inquiry and its answer."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = get_object_or_404(Inquiry, pk=inquiry_id)
    problem, text = "", request.POST.get("answer", "")
    if request.method == "POST":
        try:
            inquiring.answer(row, text=text, by=the_member(request))
            messages.success(request, _("Answered."))
            return redirect(_DESK)
        except NotAllowed:
            raise
        except Refusal as refusal:
            problem = refusal.because
            row.refresh_from_db()
            if row.answered_at is not None:
                messages.error(request, problem)
    where, now = moments.zone(viewer.time_zone), clock.now()
    page = contexts.InquiryPage(
        subject=row.subject,
        who=_who(row),
        email=row.email,
        at=moments.moment(row.at, where, now),
        text=row.text,
        action=f"{_DESK}/{row.pk}",
        answer=row.answer if row.answered_at else text,
        answered=moments.moment(row.answered_at, where, now) if row.answered_at else None,
        error=problem,
        unsent=""
        if settings.PALAVER_MAIL_URL
        else _("No mail server is set, so it will wait at the desk, under Mail."),
    )
    frame = shell(request, row.subject, trail=(*_trail(), Link(_("Inquiries"), _DESK)), robots="noindex")
    return answer("desk/inquiry.html", frame, page, status=422 if problem else 200)


def _trail() -> tuple[Link, ...]:
    return (Link(_("Operators’ desk"), "/desk/"),)
