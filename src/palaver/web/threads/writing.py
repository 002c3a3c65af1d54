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
from palaver.forums import drafting, polling, posting, quoting, rules, withdrawing
from palaver.forums import reads as forum_reads
from palaver.forums.errors import OutOfDate, RulesNotMet
from palaver.forums.models import Forum, Post, SourceText, Thread
from palaver.forums.permissions import may_edit, may_read, may_reply, may_start, may_withdraw
from palaver.forums.rendering import member_address
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.kit.text import rendering
from palaver.kit.text.converting import to_markdown
from palaver.notices import seeing
from palaver.reading import marking
from palaver.web import contexts, moments
from palaver.web.doors import members, the_member
from palaver.web.shell import answer, forum_link, places, shell, trail
from palaver.web.threads import composing
from palaver.web.uploads import taking

FORM_FIELDS = {"text": "body", "because": "reason"}
MOST_SHOWN_MEANWHILE = 20


def complaint(refusal: Refusal) -> dict[str, str]:
    """A refusal as the errors of a form: beside its field, or above all of them."""
    if isinstance(refusal, RulesNotMet):
        found: dict[str, str] = {}
        for _rule, field, sentence in refusal.findings:
            field = FORM_FIELDS.get(field, field)
            found[field] = f"{found[field]} {sentence}" if field in found else sentence
        return found
    return {FORM_FIELDS.get(refusal.field, refusal.field): refusal.because}


def find_post(post_id: int, by: Member) -> Post:
    """A post with its thread and forum, if the member may read it; else there is nothing at the address."""
    post = get_object_or_404(Post.objects.select_related("thread__forum", "forum", "author"), pk=post_id)
    if not may_read(by, post.forum):
        raise Http404
    return post


class _Pressed:
    """What a sent form came to when it was not the post itself: how it looks, what is wrong, that it was kept."""

    def __init__(self) -> None:
        self.preview: Markup | None = None
        self.problems: dict[str, str] = {}
        self.kept: drafting.Kept | None = None


def _pressed(request: HttpRequest, where: drafting.Place, author: Member, once: str) -> _Pressed | None:
    """Preview or keep, if one of these buttons was pressed; None when the form is to be sent. Raises Refusal."""
    taking.nothing_left_out(request)
    body, subject = request.POST.get("body", ""), request.POST.get("subject", "")
    done = _Pressed()
    if "keep" in request.POST:
        done.kept = drafting.keep(
            where, by=author, text=body, subject=subject, known=composing.known(request), submission_key=once
        )
        return done
    if "preview" not in request.POST:
        return None
    if body.strip():
        looked = composing.look(where, by=author, text=body, subject=subject)
        done.preview = Markup(looked.html)
        for name, sentence in looked.said:
            done.problems.setdefault(FORM_FIELDS.get(name, name), sentence)
    return done


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
    where, once = drafting.starting(forum), _once(request)
    draft, others = (None, 0) if request.method == "POST" else composing.opened(request, where, author)
    subject = request.POST.get("subject", "") if draft is None else draft.subject
    body = request.POST.get("body", "") if draft is None else draft.text
    done = _Pressed()
    if request.method == "POST":
        try:
            if (pressed := _pressed(request, where, author, once)) is None:
                thread = posting.start_thread(
                    forum=forum,
                    author=author,
                    subject=subject,
                    text=body,
                    submission_key=once,
                    draft=composing.known(request),
                    poll=_question(request),
                )
                return redirect(f"/t/{thread.pk}/{thread.slug}")
            done = pressed
        except Refusal as refusal:
            done.problems = complaint(refusal)
    elif forum.posts_to_start and (early := rules.posts_to_start(_blank(forum, author))) is not None:
        done.problems = {"": early.sentence}
    page = contexts.ComposePage(
        title=_("Start a thread"),
        action=f"/f/{forum.slug}/start",
        button=_("Start the thread"),
        once=once,
        body=body,
        subject=subject,
        subject_required=True,
        errors=done.problems,
        forum=forum_link(row),
        purpose=forum.description,
        rules=(*(line.strip("-• ") for line in forum.rules.splitlines() if line.strip()), *rules.in_words(forum)),
        cancel_href=f"/f/{forum.slug}/",
        preview=done.preview,
        maximum=rendering.LONGEST,
        composer=composing.composer(request, where, by=author, draft=draft, others=others, kept=done.kept),
        poll=_poll_form(request, done.problems),
    )
    frame = shell(request, _("Start a thread"), trail=trail(forum=row), forum_id=row.id, token=True, robots="noindex")
    return answer("threads/start.html", frame, page, status=_status(request, done))


_POLL = ("poll_options", "poll_text", "poll_most", "poll_days")


def _question(request: HttpRequest) -> polling.Question | None:
    """The poll that the form asks; None where no option was written. Raises Refusal for what is no number."""
    options = tuple(line.strip() for line in request.POST.get("poll_options", "").splitlines() if line.strip())
    if not options:
        if request.POST.get("poll_text", "").strip():
            raise Refusal(
                _("A poll needs options to choose from. Write each on a line of its own."), field="poll_options"
            )
        return None
    numbers = {}
    for name, usual in (("poll_most", 1), ("poll_days", 7)):
        typed = request.POST.get(name, "").strip()
        number = _number(typed) if typed else usual
        if number is None:
            raise Refusal(_("Write a whole number."), field=name)
        numbers[name] = number
    return polling.Question(
        options,
        request.POST.get("poll_text", ""),
        most=numbers["poll_most"],
        days=numbers["poll_days"],
        is_secret="poll_secret" in request.POST,
    )


def _poll_form(request: HttpRequest, problems: dict[str, str]) -> contexts.PollForm:
    """The poll's fields as they were typed."""
    given = request.POST
    begun = bool(given.get("poll_options", "").strip() or given.get("poll_text", "").strip())
    return contexts.PollForm(
        text=given.get("poll_text", ""),
        options=given.get("poll_options", ""),
        most=given.get("poll_most", "1"),
        days=given.get("poll_days", "7"),
        is_secret="poll_secret" in given,
        open=begun or any(name in problems for name in _POLL),
    )


def _blank(forum: Forum, author: Member) -> rules.Writing:
    """A thread of which nothing is written yet, for the rules that ask only who writes."""
    return rules.Writing(forum, rendering.render("", "plain"), starts=True, author_posts=author.post_count)


def _status(request: HttpRequest, done: _Pressed) -> int:
    return 422 if done.problems and request.method == "POST" and done.preview is None else 200


def _reply_page(
    request: HttpRequest,
    where: drafting.Place,
    answering: Post | None,
    author: Member,
    done: _Pressed,
    since: tuple[contexts.PostView, ...],
    seen: int,
) -> HttpResponse:
    thread = where.thread
    assert thread is not None
    row = places().forums[thread.forum_id]
    quoted = None
    if answering is not None:
        quoted = _as_view(request, answering)
    action = f"/p/{answering.pk}/reply" if answering is not None else f"/t/{thread.pk}/replies"
    back = f"/p/{answering.pk}" if answering is not None else f"/t/{thread.pk}/{thread.slug}"
    draft, others = (None, 0) if request.method == "POST" else composing.opened(request, where, author)
    body = request.POST.get("body", "") if draft is None else draft.text
    if request.method != "POST" and answering is not None and "quote" in request.GET:
        words = quoting.quotation(answering) if answering.standing == Post.Standing.SHOWN else ""
        if words.strip() not in body:
            body = f"{body.rstrip()}\n\n{words}" if body.strip() else words
    page = contexts.ComposePage(
        title=_("Reply"),
        action=action,
        button=_("Reply all the same") if since else _("Reply"),
        once=_once(request),
        body=body,
        subject=request.POST.get("subject", "") if draft is None else draft.subject,
        errors=done.problems,
        answering=quoted,
        forum=forum_link(row),
        cancel_href=back,
        since=since,
        preview=done.preview,
        maximum=rendering.LONGEST,
        composer=composing.composer(request, where, by=author, draft=draft, others=others, seen=seen, kept=done.kept),
    )
    frame = shell(
        request,
        _("Reply: %(subject)s") % {"subject": thread.subject},
        trail=trail(forum=row),
        forum_id=row.id,
        live=f"thread:{thread.pk}",
        token=True,
        robots="noindex",
    )
    return answer("threads/reply.html", frame, page, status=_status(request, done))


def _written_meanwhile(
    request: HttpRequest, thread: Thread, author: Member, once: str
) -> tuple[tuple[contexts.PostView, ...], int]:
    """What others wrote after the form was opened, and the number up to which the writer has now seen. Shown once a form."""
    seen = _number(request.POST.get("seen", ""))
    if seen is None or thread.last_number <= seen or "shown" in request.POST:
        return (), thread.last_number if seen is None else max(seen, thread.last_number)
    if forum_reads.submitted(author.pk, once) is not None:
        return (), seen
    posts = Post.objects.filter(thread=thread, number__gt=seen, standing=Post.Standing.SHOWN).exclude(author=author)
    found = list(posts.select_related("author").order_by("number")[:MOST_SHOWN_MEANWHILE])
    return tuple(_as_view(request, post) for post in found), thread.last_number


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None


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
    author, once = the_member(request), _once(request)
    where = drafting.replying(thread) if answering is None else drafting.answering(answering)
    done, seen = _Pressed(), thread.last_number
    since: tuple[contexts.PostView, ...] = ()
    if request.method == "POST":
        seen = _number(request.POST.get("seen", "")) or seen
        try:
            if (pressed := _pressed(request, where, author, once)) is None:
                since, seen = _written_meanwhile(request, thread, author, once)
                if not since:
                    post = posting.reply(
                        thread=thread,
                        author=author,
                        text=request.POST.get("body", ""),
                        subject=request.POST.get("subject", ""),
                        answers=answering,
                        submission_key=once,
                        draft=composing.known(request),
                    )
                    marking.read_up_to(thread, by=author, number=post.number)
                    seeing.read_up_to(author.pk, {thread.pk: post.number})
                    return redirect(f"/t/{thread.pk}/post/{post.number}")
            else:
                done = pressed
        except Refusal as refusal:
            done.problems = complaint(refusal)
    else:
        may_reply(author, thread).or_refuse()
    return _reply_page(request, where, answering, author, done, since, seen)


@require_http_methods(["GET", "POST"])
@members
def reply_to_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Reply in a thread, to nobody in particular: the form below the thread comes here."""
    # A thread that was merged while a reply to it was being written takes the reply where its posts are now.
    rows = Thread.objects.select_related("forum")
    thread = rows.filter(pk=thread_id).first() or get_object_or_404(rows, pk=forum_reads.merged_into(thread_id))
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
    seen, reason, where = str(post.version), "", drafting.editing(post)
    draft, others = (None, 0) if request.method == "POST" else composing.opened(request, where, author)
    notes: tuple[str, ...] = ()
    if draft is not None and post.edited_at and draft.saved_at < post.edited_at and "draft" not in request.GET:
        # It was begun from an earlier version: taken for the present one it would undo what was saved since.
        draft = None
        notes = (
            _("Under Drafts there is one from before the last version of this post; here is the post as it stands."),
        )
    if draft is not None:
        body, subject = draft.text, draft.subject or subject
    done = _Pressed()
    if request.method == "POST":
        body, subject = request.POST.get("body", ""), request.POST.get("subject", "")
        seen, reason = request.POST.get("once", seen), request.POST.get("reason", "")
        try:
            if (pressed := _pressed(request, where, author, "")) is None:
                posting.edit(
                    post,
                    by=author,
                    text=body,
                    subject=subject,
                    because=reason,
                    seen_version=_number(seen),
                    draft=composing.known(request),
                )
                return redirect(f"/p/{post.pk}")
            done = pressed
        except OutOfDate as refusal:
            done.problems = complaint(refusal)
            seen = str(Post.objects.values_list("version", flat=True).get(pk=post.pk))
        except Refusal as refusal:
            done.problems = complaint(refusal)
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
        errors=done.problems,
        forum=forum_link(row),
        cancel_href=f"/p/{post.pk}",
        preview=done.preview,
        maximum=rendering.LONGEST,
        composer=composing.composer(request, where, by=author, draft=draft, others=others, kept=done.kept, notes=notes),
    )
    frame = shell(request, _("Edit your post"), trail=trail(forum=row), forum_id=row.id, token=True, robots="noindex")
    return answer("threads/edit.html", frame, page, status=_status(request, done))


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
