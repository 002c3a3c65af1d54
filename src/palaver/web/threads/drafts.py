"""Drafts: kept while writing, listed, discarded."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from palaver.forums import drafting
from palaver.forums.models import Draft, Post, Thread
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.web import contexts, moments
from palaver.web.doors import members, the_member
from palaver.web.shell import answer, readable, shell
from palaver.web.threads import composing


@require_safe
@members
def drafts(request: HttpRequest) -> HttpResponse:
    """All that the member has begun, newest first."""
    viewer = request.viewer  # type: ignore[attr-defined]
    zone, now, may = moments.zone(viewer.time_zone), clock.now(), readable(viewer)
    rows = []
    for draft in drafting.of_member(the_member(request)):
        reads = draft.forum_id in may
        rows.append(
            contexts.DraftRow(
                draft.pk,
                words(draft) if reads else _("A place you cannot read any more"),
                f"{address(draft)}?draft={draft.pk}" if reads else "",
                draft.subject,
                _opening(draft.text) if reads else draft.text,
                moments.moment(draft.saved_at, zone, now),
            )
        )
    page = contexts.DraftsPage(tuple(rows), drafting.MOST_DRAFTS)
    return answer("threads/drafts.html", shell(request, _("Drafts"), token=True, robots="noindex"), page)


@require_http_methods(["GET", "POST"])
@members
def kept(request: HttpRequest) -> HttpResponse:
    """For the script. POST keeps a draft: `draft` to go on with, `sentence` to show. GET tells of one at a place."""
    by = the_member(request)
    zone = moments.zone(request.viewer.time_zone)  # type: ignore[attr-defined]
    try:
        if request.method != "POST":
            where = drafting.place(request.GET.get("place", ""), by=by)
            found = drafting.of_place(where, by=by)[:1]
            if not found:
                return JsonResponse({"draft": ""})
            at = moments.moment(found[0].saved_at, zone, clock.now())
            return JsonResponse(
                {
                    "draft": composing.token(found[0]),
                    "body": found[0].text,
                    "subject": found[0].subject,
                    "sentence": _("Your draft from %(when)s") % {"when": at.label},
                }
            )
        where = drafting.place(request.POST.get("place", ""), by=by)
        done = drafting.keep(
            where,
            by=by,
            text=request.POST.get("body", ""),
            subject=request.POST.get("subject", ""),
            known=composing.known(request),
            submission_key=request.POST.get("once", "")[:40],
        )
    except Refusal as refusal:
        return JsonResponse({"draft": "", "sentence": refusal.because}, status=refusal.status)
    return JsonResponse({"draft": composing.token(done.draft), "sentence": composing.kept_sentence(done)})


@require_POST
@members
def discard(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Throw a draft away; back to the list, or (`stay`) to the form it belonged to, now empty."""
    by = the_member(request)
    draft = get_object_or_404(Draft.objects.select_related("forum", "thread", "post"), pk=draft_id, member=by)
    drafting.discard(draft, by=by)
    messages.success(request, _("The draft is discarded."))
    return redirect(address(draft) if request.POST.get("stay") else "/account/drafts")


def address(draft: Draft) -> str:
    """The form that a draft belongs to."""
    kind = draft.place.partition(":")[0]
    if kind == "start":
        return f"/f/{draft.forum.slug}/start"
    if kind == "reply":
        return f"/t/{draft.thread_id}/replies"
    return f"/p/{draft.post_id}/{'edit' if kind == 'edit' else 'reply'}"


def words(draft: Draft) -> str:
    """What a draft is, for its line in the list."""
    kind = draft.place.partition(":")[0]
    if kind == "start":
        return _("A new thread in %(forum)s") % {"forum": draft.forum.name}
    thread: Thread | None = draft.thread
    post: Post | None = draft.post
    about = {"subject": thread.subject if thread else "", "number": post.number if post else 0}
    if kind == "reply":
        return _("A reply in “%(subject)s”") % about
    if kind == "edit":
        return _("A change to your post #%(number)s in “%(subject)s”") % about
    return _("An answer to #%(number)s in “%(subject)s”") % about


def _opening(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 240 else text[:240].rstrip() + "…"
