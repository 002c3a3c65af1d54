"""Marking read: a thread up to where a page shows it, and many threads that were ticked in a list."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from palaver.forums.models import Thread
from palaver.forums.permissions import may_read
from palaver.reading import marking, reads, trashing
from palaver.web.doors import members, safe_next, the_member


def whole(text: str) -> int | None:
    """A whole number from a form, or None for anything that no column of ours could hold."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


@require_POST
@members
def thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Read up to a number, as the page that was read says; to its end where it says none."""
    member = the_member(request)
    row = get_object_or_404(Thread.objects.select_related("forum"), pk=thread_id)
    if not may_read(member, row.forum):
        raise Http404
    number = whole(request.POST.get("number", ""))
    marking.read_up_to(row, by=member, number=row.last_number if number is None else min(number, row.last_number))
    messages.success(request, _("Marked: you have read this thread up to there."))
    return redirect(safe_next(request, f"/t/{row.pk}/{row.slug}"))


@require_POST
@members
def ticked(request: HttpRequest) -> HttpResponse:
    """What was ticked in a list: `read=<thread>.<number>` pairs, marked read up to those numbers, or put into the trash."""
    member = the_member(request)
    wanted: dict[int, int] = {}
    for pair in request.POST.getlist("read")[: reads.THREADS_A_PAGE + 20]:
        thread_id, _dot, number = pair.partition(".")
        one, up_to = whole(thread_id), whole(number)
        if one is not None and up_to is not None:
            wanted[one] = max(up_to, wanted.get(one, 0))
    found = Thread.objects.select_related("forum").filter(pk__in=wanted).order_by("pk")
    threads = [row for row in found if may_read(member, row.forum)]
    if not threads:
        messages.warning(request, _("Nothing was ticked. Tick the threads first, then press the button."))
    elif request.POST.get("act") == "trash":
        for row in threads:
            trashing.trash_thread(row, by=member)
        messages.success(
            request,
            ngettext("%(n)s thread lies in your trash now.", "%(n)s threads lie in your trash now.", len(threads))
            % {"n": len(threads)},
        )
    else:
        marking.read_many(((row, min(wanted[row.pk], row.last_number)) for row in threads), by=member)
        messages.success(
            request,
            ngettext("%(n)s thread counts as read.", "%(n)s threads count as read.", len(threads))
            % {"n": len(threads)},
        )
    return redirect(safe_next(request, "/unread"))
