"""Starting a thread, replying, editing, withdrawing: a plain form each. What was typed is never lost."""

from __future__ import annotations

import secrets
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from markupsafe import Markup

from palaver.accounts.models import Member
from palaver.forums import posting, withdrawing
from palaver.forums import reads as forum_reads
from palaver.forums.errors import OutOfDate
from palaver.forums.models import Forum, Post, SourceText, Thread
from palaver.forums.permissions import may_edit, may_read, may_reply, may_start, may_withdraw
from palaver.forums.rendering import member_address, render_post
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.kit.text import rendering
from palaver.kit.text.converting import to_markdown
from palaver.notices import seeing
from palaver.reading import marking
from palaver.web import contexts, moments
from palaver.web.doors import members, the_member
from palaver.web.shell import answer, forum_link, places, shell, trail
from palaver.web.uploads import taking

FORM_FIELDS = {"text": "body", "because": "reason"}


def complaint(refusal: Refusal) -> dict[str, str]:
    """A refusal as the errors of a form: beside its field, or above all of them."""
    return {FORM_FIELDS.get(refusal.field, refusal.field): refusal.because}


def find_post(post_id: int, by: Member) -> Post:
    """A post with its thread and forum, if the member may read it; else there is nothing at the address."""
    post = get_object_or_404(Post.objects.select_related("thread__forum", "forum", "author"), pk=post_id)
    if not may_read(by, post.forum):
        raise Http404
    return post


def _preview(request: HttpRequest, thread_id: int | None) -> Markup | None:
    taking.nothing_left_out(request)
    text = request.POST.get("body", "")
    if "preview" not in request.POST or not text.strip():
        return None
    if (refusal := rendering.too_long(text)) is not None:
        raise refusal
    return Markup(render_post(text, "markdown", thread_id=thread_id).html)


def _once(request: HttpRequest) -> str:
    """The key that makes a doubled submission one post: the form's own, or a new one for a new form."""
    given = request.POST.get("once", "")
    return given if 8 <= len(given) <= 40 and given.isascii() and given.isprintable() else secrets.token_urlsafe(12)


@require_http_methods(["GET", "POST"])
@members
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a thread in a forum."""
    row = next((one for one in places().forums.values() if one.slug == slug), None)
    if row is None:
        raise Http404
    forum, author = Forum.objects.get(pk=row.id), the_member(request)
    may_start(author, forum).or_refuse()
    subject, body, once = request.POST.get("subject", ""), request.POST.get("body", ""), _once(request)
    problems: dict[str, str] = {}
    preview = None
    if request.method == "POST":
        try:
            preview = _preview(request, None)
            if preview is None and "preview" not in request.POST:
                thread = posting.start_thread(
                    forum=forum, author=author, subject=subject, text=body, submission_key=once
                )
                return redirect(f"/t/{thread.pk}/{thread.slug}")
        except Refusal as refusal:
            problems = complaint(refusal)
    page = contexts.ComposePage(
        title=_("Start a thread"),
        action=f"/f/{forum.slug}/start",
        button=_("Start the thread"),
        once=once,
        body=body,
        subject=subject,
        subject_required=True,
        errors=problems,
        forum=forum_link(row),
        purpose=forum.description,
        rules=tuple(line.strip("-• ") for line in forum.rules.splitlines() if line.strip()),
        cancel_href=f"/f/{forum.slug}/",
        preview=preview,
        maximum=rendering.LONGEST,
    )
    frame = shell(request, _("Start a thread"), trail=trail(forum=row), forum_id=row.id, token=True, robots="noindex")
    return answer("threads/start.html", frame, page, status=422 if problems else 200)


def _reply_page(
    request: HttpRequest, thread: Thread, answering: Post | None, problems: dict[str, str], preview: Markup | None
) -> HttpResponse:
    row = places().forums[thread.forum_id]
    quoted = None
    if answering is not None:
        quoted = _as_view(request, answering)
    action = f"/p/{answering.pk}/reply" if answering is not None else f"/t/{thread.pk}/replies"
    back = f"/p/{answering.pk}" if answering is not None else f"/t/{thread.pk}/{thread.slug}"
    page = contexts.ComposePage(
        title=_("Reply"),
        action=action,
        button=_("Reply"),
        once=_once(request),
        body=request.POST.get("body", ""),
        subject=request.POST.get("subject", ""),
        errors=problems,
        answering=quoted,
        forum=forum_link(row),
        cancel_href=back,
        preview=preview,
        maximum=rendering.LONGEST,
    )
    frame = shell(
        request,
        _("Reply: %(subject)s") % {"subject": thread.subject},
        trail=trail(forum=row),
        forum_id=row.id,
        token=True,
        robots="noindex",
    )
    return answer("threads/reply.html", frame, page, status=422 if problems else 200)


def _as_view(request: HttpRequest, post: Post) -> contexts.PostView:
    """A post as the form quotes it."""
    where = moments.zone(request.viewer.time_zone)  # type: ignore[attr-defined]
    shown = post.standing == Post.Standing.SHOWN
    html = forum_reads.bodies([post.pk]).get(post.pk, "") if shown else ""
    return contexts.PostView(
        id=post.pk,
        number=post.number,
        author=post.author.name,
        author_href=member_address(post.author.name),
        author_posts=post.author.post_count,
        at=moments.moment(post.created_at, where, clock.now(), language=get_language() or "en"),
        body=Markup('<div class="prose" dir="auto">%s</div>') % Markup(html) if shown else Markup(""),
        subject=post.subject if shown else "",
    )


def _reply(request: HttpRequest, thread: Thread, answering: Post | None) -> HttpResponse:
    author = the_member(request)
    problems: dict[str, str] = {}
    preview = None
    if request.method == "POST":
        try:
            preview = _preview(request, thread.pk)
            if preview is None and "preview" not in request.POST:
                post = posting.reply(
                    thread=thread,
                    author=author,
                    text=request.POST.get("body", ""),
                    subject=request.POST.get("subject", ""),
                    answers=answering,
                    submission_key=_once(request),
                )
                marking.read_up_to(thread, by=author, number=post.number)
                seeing.read_up_to(author.pk, {thread.pk: post.number})
                return redirect(f"/t/{thread.pk}/post/{post.number}")
        except Refusal as refusal:
            problems = complaint(refusal)
    else:
        may_reply(author, thread).or_refuse()
    return _reply_page(request, thread, answering, problems, preview)


@require_http_methods(["GET", "POST"])
@members
def reply_to_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Reply in a thread, to nobody in particular: the form below the thread comes here."""
    thread = get_object_or_404(Thread.objects.select_related("forum"), pk=thread_id)
    if not may_read(the_member(request), thread.forum):
        raise Http404
    return _reply(request, thread, None)


@require_http_methods(["GET", "POST"])
@members
def reply_to_post(request: HttpRequest, post_id: int) -> HttpResponse:
    """Reply to a given post."""
    post = find_post(post_id, the_member(request))
    return _reply(request, post.thread, post)


@require_http_methods(["GET", "POST"])
@members
def edit(request: HttpRequest, post_id: int) -> HttpResponse:
    """Change one's own post. An imported text is offered as Markdown; its original stays in the history."""
    author = the_member(request)
    post = find_post(post_id, author)
    may_edit(author, post).or_refuse()
    newest = SourceText.objects.get(post=post, version=post.version)
    body = (
        newest.text
        if newest.kind == SourceText.Kind.MARKDOWN
        else to_markdown(newest.text, cast(rendering.Kind, newest.kind))
    )
    subject = post.thread.subject if post.is_original else post.subject
    seen, reason = str(post.version), ""
    problems: dict[str, str] = {}
    preview = None
    if request.method == "POST":
        body, subject = request.POST.get("body", ""), request.POST.get("subject", "")
        seen, reason = request.POST.get("once", seen), request.POST.get("reason", "")
        try:
            preview = _preview(request, post.thread_id)
            if preview is None and "preview" not in request.POST:
                posting.edit(
                    post,
                    by=author,
                    text=body,
                    subject=subject,
                    because=reason,
                    seen_version=int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else None,
                )
                return redirect(f"/p/{post.pk}")
        except OutOfDate as refusal:
            problems = complaint(refusal)
            seen = str(Post.objects.values_list("version", flat=True).get(pk=post.pk))
        except Refusal as refusal:
            problems = complaint(refusal)
    row = places().forums[post.forum_id]
    page = contexts.ComposePage(
        title=_("Edit your post"),
        action=f"/p/{post.pk}/edit",
        button=_("Save"),
        once=seen,
        body=body,
        subject=subject,
        subject_required=post.is_original,
        reason=reason,
        errors=problems,
        forum=forum_link(row),
        cancel_href=f"/p/{post.pk}",
        preview=preview,
        maximum=rendering.LONGEST,
    )
    frame = shell(request, _("Edit your post"), trail=trail(forum=row), forum_id=row.id, token=True, robots="noindex")
    return answer("threads/edit.html", frame, page, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
@members
def withdraw(request: HttpRequest, post_id: int) -> HttpResponse:
    """Take back one's own post."""
    author = the_member(request)
    post = find_post(post_id, author)
    may_withdraw(author, post).or_refuse()
    if request.method == "POST":
        withdrawing.withdraw(post, by=author, because=request.POST.get("reason", ""))
        return redirect(f"/p/{post.pk}")
    row = places().forums[post.forum_id]
    explanation = (
        _("Its text goes out of sight and the thread is locked; a line stays in its place. This cannot be undone.")
        if post.is_original
        else _(
            "Its text goes out of sight; a line stays in its place, so that the answers keep their sense. This cannot be undone."
        )
    )
    page = contexts.ReasonPage(
        title=_("Withdraw your post"),
        explanation=explanation,
        action=f"/p/{post.pk}/withdraw",
        button=_("Withdraw it"),
        cancel_href=f"/p/{post.pk}",
        danger=True,
        quoted=post.opening,
    )
    frame = shell(
        request, _("Withdraw your post"), trail=trail(forum=row), forum_id=row.id, token=True, robots="noindex"
    )
    return answer("threads/reason.html", frame, page)


@require_POST
@members
def position(request: HttpRequest) -> HttpResponse:
    """Positions read, in a batch: `thread=number` pairs as the script sends them while a thread is read."""
    member = the_member(request)
    wanted: dict[int, int] = {}
    for name in list(request.POST)[:50]:
        value = request.POST.get(name, "")
        if (
            name.isascii()
            and name.isdecimal()
            and value.isascii()
            and value.isdecimal()
            and len(name) < 16
            and len(value) < 10
        ):
            wanted[int(name)] = int(value)
    threads = Thread.objects.select_related("forum").filter(pk__in=wanted)
    found = [thread for thread in threads if may_read(member, thread.forum)]
    marking.read_many(((thread, wanted[thread.pk]) for thread in found), by=member)
    seeing.read_up_to(member.pk, {thread.pk: wanted[thread.pk] for thread in found})
    return HttpResponse(status=204)
