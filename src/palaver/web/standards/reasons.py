"""The statement of reasons of a decided case, as a page and as plain text."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from palaver.accounts.reads import Viewer
from palaver.standards import appealing
from palaver.standards import reasons as giving
from palaver.standards.models import Case, Verdict
from palaver.standards.reasons import Statement
from palaver.web import errors, moments
from palaver.web.contexts import Link
from palaver.web.doors import everyone, member
from palaver.web.freshness import cacheable
from palaver.web.shell import answer, shell
from palaver.web.standards.contexts import ReasonsPage
from palaver.web.standards.sight import may_see


@everyone
def reasons(request: HttpRequest, case_id: int) -> HttpResponse:
    """The page."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    found = _found(request, case_id)
    if isinstance(found, HttpResponse):
        return found
    said, case = found
    title = _("Statement of reasons, case %(case)s") % {"case": case_id}
    page = ReasonsPage(
        title=title,
        at=moments.moment(said.decided_at, moments.zone(viewer.time_zone if viewer else "")),
        parts=tuple((part.key, part.title, part.paragraphs) for part in said.parts),
        case=Link(_("Case %(case)s") % {"case": case_id}, f"/juries/{case_id}"),
        text_href=f"/juries/{case_id}/reasons.txt",
        appeal=_appeal(request, case),
    )
    trail = (Link(_("Juries"), "/juries/"), Link(_("Case %(case)s") % {"case": case_id}, f"/juries/{case_id}"))
    frame = shell(request, title, trail=trail, canonical=f"/juries/{case_id}/reasons", robots="noindex, follow")
    return cacheable(answer("standards/reasons.html", frame, page), _words(case))


@everyone
def text(request: HttpRequest, case_id: int) -> HttpResponse:
    """The same at 72 columns."""
    found = _found(request, case_id)
    if isinstance(found, HttpResponse):
        return found
    said, case = found
    return cacheable(HttpResponse(giving.text(said), content_type="text/plain; charset=utf-8"), _words(case))


def _found(request: HttpRequest, case_id: int) -> tuple[Statement, Case] | HttpResponse:
    case = get_object_or_404(Case.objects.select_related("post__thread"), pk=case_id)
    # While it is judged a case tells nobody that it is, so it answers as if there were none.
    said = giving.statement(case)
    if said is None:
        raise Http404
    if not may_see(case, request.viewer):  # type: ignore[attr-defined]
        return errors.page(request, 403)
    return said, case


def _appeal(request: HttpRequest, case: Case) -> Link | None:
    """The way to appeal, for the author while it is open."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    if viewer is None or viewer.id != case.author_id:
        return None
    removal_id = Verdict.objects.filter(case=case).values_list("removal_id", flat=True).first()
    what = appealing.contested("removal", removal_id, by=member(request)) if removal_id else None
    if what is None or not what.may:
        return None
    return Link(_("Appeal against this decision"), f"/me/appeals/removal/{removal_id}")


def _words(case: Case) -> list[str]:
    words = [f"case:{case.pk}", "places", "charter"]
    return [*words, f"thread:{case.post.thread_id}"] if case.post is not None else words
