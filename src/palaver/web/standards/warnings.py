"""A warning letter: read by whom it was written to, and by nobody else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from palaver.accounts.reads import Viewer
from palaver.standards import warning as warnings
from palaver.standards.models import Consequence
from palaver.web import moments
from palaver.web.contexts import Link
from palaver.web.doors import members
from palaver.web.shell import answer, shell
from palaver.web.standards.contexts import RemovedPost, WarningPage


@require_safe
@members
def warning(request: HttpRequest, consequence_id: int) -> HttpResponse:
    """The letter as things stand now: what was restored since is said to be."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = get_object_or_404(
        Consequence.objects.select_related("member"),
        pk=consequence_id,
        member_id=viewer.id,
        kind=Consequence.Kind.WARNING,
    )
    letter = warnings.letter(row)
    page = WarningPage(
        at=moments.moment(letter.at, moments.zone(viewer.time_zone)),
        opening=warnings.opening(len([one for one in letter.posts if not one.restored])),
        posts=tuple(_post(one) for one in letter.posts),
        coming=letter.coming,
        asked=tuple((Link(one.name, one.href), one.what) for one in letter.asked),
        undone=letter.undone,
    )
    frame = shell(request, _("A warning"), trail=(Link(viewer.name, "/me/"),), robots="noindex")
    return answer("standards/warning.html", frame, page)


def _post(one: warnings.RemovedPost) -> RemovedPost:
    appeal = None
    if one.appeal_until is not None:
        label = _("Appeal, until %(day)s") % {"day": one.appeal_until.strftime("%Y-%m-%d")}
        appeal = Link(label, f"/me/appeals/removal/{one.removal_id}")
    return RemovedPost(
        Link(f"{one.subject} – #{one.number}", f"/p/{one.post_id}"),
        warnings.became_of(one),
        Link(_("Case %(case)s") % {"case": one.case_id}, f"/juries/{one.case_id}"),
        appeal,
        one.restored,
    )
