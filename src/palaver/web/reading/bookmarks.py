"""Keeping posts: one post's bookmark with its note and reminder, and the list of all."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from palaver.accounts.reads import Viewer
from palaver.forums.models import Post
from palaver.forums.permissions import may_read
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.reading import bookmarking
from palaver.reading import own as lists
from palaver.reading.models import Bookmark
from palaver.web import contexts, moments
from palaver.web.doors import members, safe_next, the_member
from palaver.web.reading import contexts as own
from palaver.web.reading import paging
from palaver.web.reading.own import lines, trail
from palaver.web.shell import answer, places, readable, shell
from palaver.web.shell import trail as place_trail
from palaver.web.threads.writing import find_post

A_PAGE = 30
MORNING = time(8)
_DAYS = {"tomorrow": 1, "3": 3, "7": 7, "30": 30}


def instant(choice: str, day: str, standing: datetime | None, viewer: Viewer) -> datetime | None:
    """The instant that a reminder's choice means for this reader; days begin at eight in their zone. Raises Refusal."""
    now = clock.now()
    where = moments.zone(viewer.time_zone)
    if choice == "keep":
        return standing
    if choice == "hour":
        return now + timedelta(hours=1)
    if choice in _DAYS:
        return datetime.combine((now.astimezone(where) + timedelta(days=_DAYS[choice])).date(), MORNING, where)
    if choice == "day":
        try:
            return datetime.combine(date.fromisoformat(day), MORNING, where).astimezone(clock.UTC)
        except (ValueError, OverflowError) as error:
            raise Refusal(_("Choose the day on which you want to be reminded."), field="remind_at") from error
    return None


@require_http_methods(["GET", "POST"])
@members
def bookmark(request: HttpRequest, post_id: int) -> HttpResponse:
    """One post's bookmark: `act=keep` keeps it as it is, `act=save` with note and reminder, `act=let-go` ends it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    by = the_member(request)
    if request.method == "POST" and request.POST.get("act") == "let-go":
        # Open also where the member may not read the post any more.
        gone = get_object_or_404(Post.objects.select_related("forum"), pk=post_id)
        if not bookmarking.let_go(gone, by=by) and not may_read(by, gone.forum):
            find_post(post_id, by)
        messages.success(request, _("The bookmark is gone."))
        return redirect(safe_next(request, "/me/bookmarks"))
    post = find_post(post_id, by)
    standing = Bookmark.objects.filter(member=by, post=post).first()
    reminder = standing.remind_at if standing and standing.reminded_at is None else None
    note, chosen, day = (standing.note if standing else ""), ("keep" if reminder else ""), ""
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            if request.POST.get("act") == "keep":
                bookmarking.keep(post, by=by)
                return redirect(f"/p/{post.pk}")
            note, chosen, day = (request.POST.get(name, "") for name in ("note", "remind", "day"))
            bookmarking.keep(post, by=by, note=note, remind_at=instant(chosen, day, reminder, viewer))
            messages.success(request, _("Kept."))
            return redirect(safe_next(request, f"/p/{post.pk}"))
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            problems = {refusal.field: refusal.because}
    choices = [
        ("", _("No reminder")),
        ("hour", _("In an hour")),
        ("tomorrow", _("Tomorrow morning")),
        ("3", _("In three days")),
        ("7", _("In a week")),
        ("30", _("In a month")),
        ("day", _("On the day below")),
    ]
    if reminder is not None:
        moment = moments.moment(reminder, moments.zone(viewer.time_zone))
        choices.insert(0, ("keep", _("As it is: %(when)s") % {"when": moment.exact}))
    page = own.BookmarkPage(
        post=contexts.Link(f"{post.thread.subject} – #{post.number}", f"/p/{post.pk}"),
        author=post.author.name,
        opening=post.opening if post.standing == Post.Standing.SHOWN else "",
        action=f"/p/{post.pk}/bookmark",
        kept=standing is not None,
        note=note,
        choices=tuple(choices),
        chosen=chosen,
        day=day,
        next=safe_next(request, ""),
        errors=problems,
    )
    row = places().forums[post.forum_id]
    frame = shell(request, _("Bookmark"), trail=place_trail(forum=row), forum_id=row.id, token=True, robots="noindex")
    return answer("reading/bookmark.html", frame, page, status=422 if problems else 200)


@require_safe
@members
def bookmarks(request: HttpRequest) -> HttpResponse:
    """All posts one keeps, the last kept first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    start = paging.before(request)
    mine = Bookmark.objects.filter(member_id=viewer.id).select_related("post__thread", "post__author")
    found, pager = paging.cut(paging.older(mine, "at", start)[: A_PAGE + 1], A_PAGE, "/me/bookmarks", start, "at")
    where, now, may = moments.zone(viewer.time_zone), clock.now(), readable(viewer)
    kept = []
    for row in found:
        post, line = row.post, None
        if post.forum_id in may:
            shown = post.standing == Post.Standing.SHOWN
            told = lists.PostLine(
                post.pk,
                post.created_at,
                post.thread.subject,
                post.subject if shown else "",
                post.opening if shown else "",
                post.forum_id,
                post.author.name,
            )
            line = lines([told], viewer)[0]
        kept.append(
            own.Kept(
                line=line,
                action=f"/p/{post.pk}/bookmark",
                note=row.note,
                since=moments.moment(row.at, where, now),
                remind=moments.moment(row.remind_at, where, now) if row.remind_at else None,
                reminded=row.reminded_at is not None,
            )
        )
    page = own.BookmarksPage(
        tuple(kept),
        pager,
        contexts.Empty(
            _("You keep no post yet. “Bookmark” stands under each of them."),
            contexts.Link(_("Latest discussions"), "/latest"),
        ),
    )
    frame = shell(request, _("Bookmarks"), trail=trail(viewer), token=True, robots="noindex")
    return answer("reading/bookmarks.html", frame, page)
