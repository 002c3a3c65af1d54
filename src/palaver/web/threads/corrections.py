"""Marking one's own post as corrected: the line on top of it, put there, replaced, taken away."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palaver.forums import correcting
from palaver.forums.models import Correction
from palaver.forums.permissions import may_correct
from palaver.kit.decisions import Refusal
from palaver.web import contexts
from palaver.web.doors import members, the_member
from palaver.web.shell import answer, places, shell, trail
from palaver.web.threads.writing import complaint, find_post


@require_http_methods(["GET", "POST"])
@members
def correction(request: HttpRequest, post_id: int) -> HttpResponse:
    """The form for the line; `end` takes it away."""
    by = the_member(request)
    post = find_post(post_id, by)
    may_correct(by, post).or_refuse()
    running = Correction.objects.filter(post=post, ended_at=None).first()
    line = running.line if running else ""
    problems: dict[str, str] = {}
    if request.method == "POST":
        line = request.POST.get("line", "")
        try:
            if "end" in request.POST:
                correcting.end(post, by=by)
                messages.success(request, _("The line is gone. It stays in the history of the post."))
            else:
                correcting.correct(post, by=by, line=line)
                messages.success(request, _("Your post is marked as corrected."))
            return redirect(f"/p/{post.pk}")
        except Refusal as refusal:
            problems = complaint(refusal)
    page = contexts.CorrectionPage(
        post=contexts.Link(f"#{post.number} · {post.thread.subject}", f"/p/{post.pk}"),
        action=f"/p/{post.pk}/correction",
        line=line,
        running=running is not None,
        maximum=correcting.LONGEST,
        errors=problems,
    )
    row = places().forums[post.forum_id]
    frame = shell(
        request, _("Mark as corrected"), trail=trail(forum=row), forum_id=row.id, token=True, robots="noindex"
    )
    return answer("threads/correction.html", frame, page, status=422 if problems else 200)
