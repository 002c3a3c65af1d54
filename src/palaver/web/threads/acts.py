"""Recommending, and what hosts do to a thread: lock, open, pin. Each a plain form; the verbs decide."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from palaver.accounts.reads import Viewer
from palaver.forums import locking, recommending
from palaver.forums import reads as forum_reads
from palaver.forums.models import Correction, Pin, Post, SourceText, Thread
from palaver.forums.permissions import may_lock, may_read, may_see_history, may_unlock, running_lock
from palaver.forums.rendering import member_address
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.kit.text import differences
from palaver.web import contexts, errors, moments
from palaver.web.doors import everyone, member, members, the_member
from palaver.web.shell import answer, places, shell, trail
from palaver.web.threads.writing import complaint, find_post


@require_POST
@members
def recommendation(request: HttpRequest, post_id: int) -> HttpResponse:
    """Put one's name under a post (`act=give`), or take it away (`act=take-back`); the answer leads back to the post."""
    by = the_member(request)
    post = find_post(post_id, by)
    give = request.POST.get("act") != "take-back"
    if give:
        recommending.recommend(post, by=by)
    else:
        recommending.take_back(post, by=by)
    return redirect(f"/p/{post.pk}")


@everyone
def recommenders(request: HttpRequest, post_id: int) -> HttpResponse:
    """Who recommended a post, in time order."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    post = get_object_or_404(Post.objects.select_related("forum", "thread"), pk=post_id)
    if not may_read(member(request), post.forum):
        return errors.page(request, 403)
    where, now = moments.zone(viewer.time_zone if viewer else ""), clock.now()
    page = contexts.RecommendersPage(
        post=contexts.Link(f"{post.thread.subject} – #{post.number}", f"/p/{post.pk}"),
        names=tuple(
            (contexts.Link(name, member_address(name)), moments.moment(at, where, now))
            for name, at in forum_reads.recommenders(post.pk)
        ),
        unnamed=post.unnamed_recs,
        unnamed_from=_("the old forum") if post.unnamed_recs else "",
    )
    row = places().forums[post.forum_id]
    frame = shell(request, _("Recommended by"), trail=trail(forum=row), forum_id=row.id, robots="noindex")
    return answer("threads/recommenders.html", frame, page)


@everyone
def history(request: HttpRequest, post_id: int) -> HttpResponse:
    """A post's versions, newest first, with the words that came and went."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    post = get_object_or_404(Post.objects.select_related("forum", "thread", "author"), pk=post_id)
    may_see_history(member(request), post).or_refuse()
    where, now = moments.zone(viewer.time_zone if viewer else ""), clock.now()
    author = contexts.Link(post.author.name, member_address(post.author.name))
    versions: list[contexts.Version] = []
    before: SourceText | None = None
    for source in SourceText.objects.filter(post=post).order_by("version"):
        runs = differences.segments(before.text, source.text) if before else [("same", source.text)]
        versions.append(
            contexts.Version(
                source.version,
                moments.moment(source.written_at, where, now),
                author,
                source.because,
                tuple(contexts.Difference("added" if kind == "new" else kind, text) for kind, text in runs),  # type: ignore[arg-type]
            )
        )
        before = source
    page = contexts.HistoryPage(
        post=contexts.Link(f"#{post.number} · {post.thread.subject}", f"/p/{post.pk}"),
        subject=post.subject,
        versions=tuple(reversed(versions)),
        corrections=tuple(
            contexts.CorrectionLine(
                one.line,
                moments.moment(one.at, where, now),
                None if one.ended_at is None else moments.moment(one.ended_at, where, now),
            )
            for one in Correction.objects.filter(post=post).order_by("-id")
        ),
    )
    row = places().forums[post.forum_id]
    frame = shell(request, _("History of a post"), trail=trail(forum=row), forum_id=row.id, robots="noindex")
    return answer("threads/history.html", frame, page)


def _thread(thread_id: int, request: HttpRequest) -> Thread:
    thread = get_object_or_404(Thread.objects.select_related("forum"), pk=thread_id)
    if not may_read(the_member(request), thread.forum):
        raise Http404
    return thread


@require_http_methods(["GET", "POST"])
@members
def lock(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Lock a thread with a reason; a locked one is opened again here."""
    thread, by = _thread(thread_id, request), the_member(request)
    back = f"/t/{thread.pk}/{thread.slug}"
    running = running_lock(thread)
    if request.method == "POST" and request.POST.get("once", "close") == ("open" if running is None else "close"):
        return redirect(back)  # The form was sent twice, or somebody else was quicker: what it asks for is so.
    problems: dict[str, str] = {}
    if running is None:
        may_lock(by, thread).or_refuse()
    else:
        may_unlock(by, thread).or_refuse()
    if request.method == "POST":
        try:
            if running is not None:
                locking.unlock(thread, by=by)
                messages.success(request, _("The thread is open again."))
            else:
                locking.lock(thread, by=by, because=request.POST.get("reason", ""))
                messages.success(request, _("The thread is locked. Your reason stands in it and on the record."))
            return redirect(back)
        except Refusal as refusal:
            problems = complaint(refusal)
    if running is not None:
        page = contexts.ReasonPage(
            title=_("Open the thread again"),
            explanation=_("It was locked for this reason: %(because)s") % {"because": running.because},
            action=f"/t/{thread.pk}/lock",
            button=_("Open it again"),
            cancel_href=back,
            once="open",
            errors=problems,
            quoted=thread.subject,
        )
    else:
        page = contexts.ReasonPage(
            title=_("Lock the thread"),
            explanation=_(
                "It will take no more replies. Your name, office and reason stand in the thread and on the record."
            ),
            action=f"/t/{thread.pk}/lock",
            button=_("Lock it"),
            cancel_href=back,
            once="close",
            reason=request.POST.get("reason", ""),
            required=True,
            errors=problems,
            quoted=thread.subject,
        )
    row = places().forums[thread.forum_id]
    frame = shell(request, page.title, trail=trail(forum=row), forum_id=row.id, token=True, robots="noindex")
    return answer("threads/reason.html", frame, page, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
@members
def pin(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Pin a thread with a reason; a pinned one is let go here."""
    thread, by = _thread(thread_id, request), the_member(request)
    may_lock(by, thread).or_refuse()
    back = f"/t/{thread.pk}/{thread.slug}"
    pinned = Pin.objects.filter(thread=thread, ended_at=None).exists()
    if request.method == "POST" and request.POST.get("once", "pin") == ("pin" if pinned else "let go"):
        return redirect(back)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            if pinned:
                locking.unpin(thread, by=by)
            else:
                locking.pin(thread, by=by, because=request.POST.get("reason", ""))
            return redirect(back)
        except Refusal as refusal:
            problems = complaint(refusal)
    page = contexts.ReasonPage(
        title=_("Let the pin go") if pinned else _("Pin the thread"),
        explanation=_("It will take its place in time again.")
        if pinned
        else _(
            "It will stand on top of its forum's list. Your name, office and reason stand in the thread and on the record."
        ),
        action=f"/t/{thread.pk}/pin",
        button=_("Let it go") if pinned else _("Pin it"),
        cancel_href=back,
        once="let go" if pinned else "pin",
        reason=request.POST.get("reason", ""),
        required=not pinned,
        errors=problems,
        quoted=thread.subject,
    )
    row = places().forums[thread.forum_id]
    frame = shell(request, page.title, trail=trail(forum=row), forum_id=row.id, token=True, robots="noindex")
    return answer("threads/reason.html", frame, page, status=422 if problems else 200)
