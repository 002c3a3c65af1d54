"""The trash: putting a thread or forum in, taking things out, and all that lies in it on one page."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.forums.permissions import may_read
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.reading import trashing
from palaver.reading.models import Trash
from palaver.web import contexts, moments
from palaver.web.doors import members, safe_next, the_member
from palaver.web.reading import contexts as own
from palaver.web.reading import paging
from palaver.web.reading.marks import whole
from palaver.web.reading.own import trail
from palaver.web.reading.subscriptions import find_forum, find_thread
from palaver.web.shell import answer, readable, shell

A_PAGE = 50


@require_POST
@members
def thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Put a thread into one's trash, or take it out (`act=take-out`)."""
    by, row = the_member(request), find_thread(request, thread_id)
    back = f"/t/{row.pk}/{row.slug}"
    if request.POST.get("act") == "take-out":
        _take_out(request, by, thread=row)
    else:
        trashing.trash_thread(row, by=by)
        messages.success(request, _("This thread lies in your trash now: your lists leave it out."))
    return redirect(safe_next(request, back))


@require_POST
@members
def forum(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a forum into one's trash, or take it out."""
    by, row = the_member(request), find_forum(slug)
    may_read(by, row).or_refuse()
    if request.POST.get("act") == "take-out":
        _take_out(request, by, forum=row)
    else:
        trashing.trash_forum(row, by=by)
        messages.success(
            request, _("%(forum)s lies in your trash now: the lists and the index leave it out.") % {"forum": row.name}
        )
    return redirect(safe_next(request, f"/f/{row.slug}/"))


def _take_out(request: HttpRequest, by: Member, **what: object) -> None:
    for lying in Trash.objects.filter(member=by, **what):
        trashing.take_out(lying, by=by)
    messages.success(request, _("Taken out: it stands in your lists again."))


@require_http_methods(["GET", "POST"])
@members
def trash(request: HttpRequest) -> HttpResponse:
    """All that lies in one's trash. A `keyword` that is sent goes in; `out=<id>` takes one thing out."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    keyword, problems = "", {}
    if request.method == "POST":
        by = the_member(request)
        out = whole(request.POST.get("out", ""))
        if out is not None:
            lying = Trash.objects.filter(member=by, pk=out).first()
            if lying is None:
                raise Http404
            trashing.take_out(lying, by=by)
            messages.success(request, _("Taken out: it stands in your lists again."))
            return redirect(safe_next(request, "/me/trash"))
        keyword = request.POST.get("keyword", "")
        try:
            put = trashing.trash_keyword(keyword, by=by)
            messages.success(
                request, _("Threads with “%(word)s” in their subject are left out now.") % {"word": put.written}
            )
            return redirect("/me/trash")
        except Refusal as refusal:
            problems = {refusal.field: refusal.because}
    where, now, may = moments.zone(viewer.time_zone), clock.now(), readable(viewer)
    mine = Trash.objects.filter(member_id=viewer.id)

    def lying_there(row: Trash, words: str, place: contexts.Link | None) -> own.Trashed:
        return own.Trashed(row.pk, words, moments.moment(row.at, where, now), place)

    start = paging.before(request)
    threads, pager = paging.cut(
        paging.older(mine.filter(thread__isnull=False).select_related("thread"), "at", start)[: A_PAGE + 1],
        A_PAGE,
        "/me/trash",
        start,
        "at",
    )
    page = own.TrashPage(
        keywords=tuple(lying_there(row, row.written, None) for row in mine.exclude(keyword="").order_by("keyword")),
        forums=tuple(
            lying_there(
                row, "", contexts.Link(row.forum.name, f"/f/{row.forum.slug}/") if row.forum_id in may else None
            )
            for row in mine.filter(forum__isnull=False).select_related("forum").order_by("-at", "-id")
            if row.forum is not None
        ),
        threads=tuple(
            lying_there(
                row,
                "",
                contexts.Link(row.thread.subject, f"/t/{row.thread_id}/{row.thread.slug}")
                if row.thread.forum_id in may
                else None,
            )
            for row in threads
            if row.thread is not None
        ),
        pager=pager,
        keyword=keyword,
        errors=problems,
    )
    frame = shell(request, _("Trash"), trail=trail(viewer), token=True, robots="noindex")
    return answer("reading/trash.html", frame, page, status=422 if problems else 200)
