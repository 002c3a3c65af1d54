"""A member's saved searches: the list, and the forms that keep, change and let go."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from palaver.accounts.reads import Viewer
from palaver.search import saving
from palaver.search.models import SavedSearch
from palaver.web import moments
from palaver.web.contexts import Link
from palaver.web.doors import members, the_member
from palaver.web.search.contexts import SavedPage, SavedRow
from palaver.web.search.pages import href
from palaver.web.shell import answer, shell


@members
def saved(request: HttpRequest) -> HttpResponse:
    """The list, or one more in it."""
    if request.method == "POST":
        return _save(request)
    return _list(request)


@members
@require_POST
def change(request: HttpRequest, saved_id: int) -> HttpResponse:
    """Rename one, be told or not, renew its feed's address, or let it go: whichever button was pressed."""
    by = the_member(request)
    one = SavedSearch.objects.filter(pk=saved_id, member=by).first()
    if one is None:
        raise Http404
    act = request.POST.get("act", "change")
    if act == "let-go":
        saving.let_go(one, by=by)
        messages.success(request, _("The search “%(name)s” is no longer kept.") % {"name": one.name})
    elif act == "renew":
        saving.renew_token(one, by=by)
        messages.success(
            request, _("The feed of “%(name)s” has a new address; the old one is dead.") % {"name": one.name}
        )
    else:
        one = saving.change(one, by=by, name=request.POST.get("name", ""), told="told" in request.POST)
        messages.success(request, _("“%(name)s” is changed.") % {"name": one.name})
    return redirect("/search/saved")


@require_safe
def _list(request: HttpRequest) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    zone = moments.zone(viewer.time_zone)
    rows = SavedSearch.objects.filter(member_id=viewer.id).order_by("name", "pk")
    page = SavedPage(
        tuple(
            SavedRow(
                one.pk,
                one.name,
                one.query,
                href(one.query, best=one.best),
                f"/search/saved/{one.token}.atom",
                one.told,
                moments.moment(one.created_at, zone),
            )
            for one in rows
        )
    )
    frame = shell(request, _("Saved searches"), trail=(Link(_("Search"), "/search"),), robots="noindex", token=True)
    return answer("search/saved.html", frame, page)


@require_POST
def _save(request: HttpRequest) -> HttpResponse:
    one = saving.save(
        member=the_member(request),
        query=request.POST.get("q", ""),
        name=request.POST.get("name", ""),
        told="told" in request.POST,
        best=request.POST.get("order") == "best",
    )
    messages.success(request, _("The search “%(name)s” is kept.") % {"name": one.name})
    return redirect("/search/saved")
