"""Moving, splitting and merging a thread: plain forms that ask why. The verbs decide."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.forums import merging, moving, reads, splitting
from palaver.forums.models import Forum, Thread
from palaver.forums.permissions import may_arrange, may_move, may_read
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.web import contexts, moments
from palaver.web.doors import members, the_member
from palaver.web.hosts.contexts import ArrangePage, Choice
from palaver.web.shell import answer, places, shell, trail
from palaver.web.threads import folding

SHOWN = 200
"""Replies that one page of the split form lists; the numbers of others are typed."""
MOST_NUMBERS = 5000
_ADDRESS = re.compile(r"(?:^|/t/)(\d{1,18})(?:/|$|\?|#)")
_RUN = re.compile(r"(\d{1,9})(?:\s*[-–]\s*(\d{1,9}))?")


def _thread(request: HttpRequest, thread_id: int) -> tuple[Thread, Member]:
    """The thread, if this member may read it and arrange it. Raises Http404, NotAllowed."""
    by = the_member(request)
    thread = get_object_or_404(Thread.objects.select_related("forum"), pk=thread_id)
    if not may_read(by, thread.forum):
        raise Http404
    may_arrange(by, thread).or_refuse()
    return thread, by


def _shown(request: HttpRequest, thread: Thread, page: ArrangePage, problems: dict[str, str]) -> HttpResponse:
    row = places().forums[thread.forum_id]
    frame = shell(request, page.title, trail=trail(forum=row), forum_id=row.id, token=True, robots="noindex")
    return answer("hosts/arrange.html", frame, page, status=422 if problems else 200)


def _link(thread: Thread) -> contexts.Link:
    return contexts.Link(thread.subject, f"/t/{thread.pk}/{thread.slug}")


def _problem(refusal: Refusal) -> dict[str, str]:
    return {refusal.field: refusal.because}


@require_http_methods(["GET", "POST"])
@members
def move(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Move a thread to another forum."""
    thread, by = _thread(request, thread_id)
    problems: dict[str, str] = {}
    wanted = request.POST.get("forum", "")
    if request.method == "POST":
        try:
            to = Forum.objects.filter(slug=wanted).first()
            if to is None:
                raise Refusal(_("Choose the forum in which it belongs."), field="forum")
            moving.move(thread, to=to, by=by, because=request.POST.get("because", ""))
            messages.success(request, _("The thread stands in %(forum)s now.") % {"forum": to.name})
            return redirect(f"/t/{thread.pk}/{thread.slug}")
        except Refusal as refusal:
            problems = _problem(refusal)
    open_to = [forum for forum in _forums() if may_move(by, thread, forum)]
    page = ArrangePage(
        title=_("Move the thread"),
        explanation=_(
            "It takes all its replies along, and its address stays. A line in it says from where, by whom and why; the same"
            " stands on the record. A pin ends."
        ),
        thread=_link(thread),
        action=f"/t/{thread.pk}/move",
        button=_("Move it"),
        fields=(
            contexts.Field(
                "forum",
                _("To which forum"),
                "select",
                value=wanted,
                options=(("", _("Choose …")), *((forum.slug, forum.name) for forum in open_to)),
                required=True,
                error=problems.get("forum", ""),
            ),
        ),
        reason=request.POST.get("because", ""),
        errors=problems,
    )
    return _shown(request, thread, page, problems)


def _forums() -> list[Forum]:
    """All forums in their places."""
    order = list(places().forums)
    found = Forum.objects.in_bulk(order)
    return [found[one] for one in order if one in found]


@require_http_methods(["GET", "POST"])
@members
def merge(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Put a thread's posts behind those of another."""
    thread, by = _thread(request, thread_id)
    problems: dict[str, str] = {}
    wanted = request.POST.get("into", "").strip()
    if request.method == "POST":
        try:
            into = _addressed(wanted, by)
            merged = merging.merge(thread, into=into, by=by, because=request.POST.get("because", ""))
            messages.success(request, _("The threads are one now. The old address leads here."))
            return redirect(f"/t/{merged.pk}/{merged.slug}")
        except NotAllowed as refusal:
            problems = {"into": refusal.because}
        except Refusal as refusal:
            problems = _problem(refusal)
    page = ArrangePage(
        title=_("Merge into another thread"),
        explanation=_(
            "All its posts are put behind those of the other thread, in the same forum, under new numbers. Every old address"
            " leads to where its post is then. This cannot be taken back in one step; replies can be split off again."
        ),
        thread=_link(thread),
        action=f"/t/{thread.pk}/merge",
        button=_("Merge"),
        fields=(
            contexts.Field(
                "into",
                _("Address or number of the other thread"),
                value=wanted,
                help=_("For instance /t/12/what-did-you-bake, or 12."),
                required=True,
                maximum=300,
                error=problems.get("into", ""),
            ),
        ),
        reason=request.POST.get("because", ""),
        errors=problems,
    )
    return _shown(request, thread, page, problems)


def _addressed(typed: str, by: Member) -> Thread:
    """The thread that an address or a number names, if this member may read it. Raises Refusal."""
    match = _ADDRESS.search(typed)
    thread = None if match is None else Thread.objects.select_related("forum").filter(pk=int(match[1])).first()
    if thread is None or not may_read(by, thread.forum):
        raise Refusal(_("There is no thread at this address. Copy it from the browser's address line."), field="into")
    return thread


@require_http_methods(["GET", "POST"])
@members
def split(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Make a thread of its own of some replies."""
    thread, by = _thread(request, thread_id)
    problems: dict[str, str] = {}
    typed = request.POST.get("numbers", "")
    ticked = {
        int(one)
        for one in request.POST.getlist("number")[:SHOWN]
        if one.isascii() and one.isdecimal() and len(one) < 10
    }
    with_answers = request.method == "GET" or "with_answers" in request.POST
    if request.method == "POST":
        try:
            new = splitting.split(
                thread,
                numbers=ticked | _numbers(typed),
                subject=request.POST.get("subject", ""),
                by=by,
                because=request.POST.get("because", ""),
                with_answers=with_answers,
            )
            said = ngettext(
                "%(n)s post has a thread of its own now.", "%(n)s posts have a thread of their own now.", new.post_count
            )
            messages.success(request, said % {"n": new.post_count})
            return redirect(f"/t/{new.pk}/{new.slug}")
        except Refusal as refusal:
            problems = _problem(refusal)
    choices, pager = _choices(request, thread, ticked)
    page = ArrangePage(
        title=_("Split replies off"),
        explanation=_(
            "They become a thread of their own in the same forum and keep their numbers. Their old addresses lead to them, and"
            " a line in both threads says by whom and why."
        ),
        thread=_link(thread),
        action=f"/t/{thread.pk}/split",
        button=_("Split them off"),
        fields=(
            contexts.Field(
                "subject",
                _("Subject of the new thread"),
                value=request.POST.get("subject", ""),
                required=True,
                maximum=255,
                error=problems.get("subject", ""),
            ),
            contexts.Field(
                "numbers",
                _("Further numbers"),
                value=typed,
                help=_("For a long thread: numbers and runs of numbers, such as 12, 40-52."),
                maximum=500,
            ),
        ),
        reason=request.POST.get("because", ""),
        errors=problems,
        choices=choices,
        with_answers=with_answers,
        pager=pager,
    )
    return _shown(request, thread, page, problems)


def _numbers(typed: str) -> set[int]:
    """Numbers and runs of numbers out of a field. Raises Refusal."""
    found: set[int] = set()
    for part in re.split(r"[,;\s]+(?![-–])", typed.replace("#", "").strip()):
        if not part:
            continue
        match = _RUN.fullmatch(part)
        if match is None:
            raise Refusal(_("Write numbers with commas between them, and runs as 40-52."), field="numbers")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first or last - first >= MOST_NUMBERS:
            raise Refusal(_("The run %(run)s is not one.") % {"run": part}, field="numbers")
        found.update(range(first, last + 1))
    return found


def _choices(request: HttpRequest, thread: Thread, ticked: set[int]) -> tuple[tuple[Choice, ...], contexts.Pager]:
    """The replies in tree order, from `?from=` on, and where the list goes on."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone), clock.now()
    start, asked = "", request.GET.get("from", "")
    if asked.isascii() and asked.isdecimal() and len(asked) < 10:
        there = reads.place_of(thread.pk, int(asked))
        start = there[1] if there else ""
    rows = [row for row in reads.table(thread.pk, start, limit=SHOWN + 2) if row.place > 0]
    further = rows[SHOWN:]
    wanted = request.GET.get("post", "")
    choices = tuple(
        Choice(
            row.number,
            row.author_name,
            folding.words(row.standing) if row.standing else row.subject or row.opening,
            moments.moment(row.created_at, where, now),
            row.depth,
            chosen=row.number in ticked or str(row.number) == wanted,
            gone=bool(row.standing),
        )
        for row in rows[:SHOWN]
    )
    base = f"/t/{thread.pk}/split"
    pager = contexts.Pager(
        earlier=contexts.Link(_("Back to the beginning"), base) if start else None,
        later=contexts.Link(_("Further replies"), f"{base}?from={further[0].number}") if further else None,
    )
    return choices, pager
