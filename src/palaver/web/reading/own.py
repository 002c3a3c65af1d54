"""`/me/` and the lists of one's own: posts, threads, answers to them, and what those one follows wrote."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from palaver.accounts.reads import Viewer
from palaver.forums.models import Post
from palaver.forums.rendering import member_address
from palaver.kit import clock
from palaver.reading import own as lists
from palaver.reading import reads
from palaver.web import contexts, moments
from palaver.web.doors import members
from palaver.web.places.lists import rows as thread_rows
from palaver.web.reading import contexts as own
from palaver.web.reading import paging
from palaver.web.shell import answer, forum_link, places, readable, shell, sight


def trail(viewer: Viewer) -> tuple[contexts.Link, ...]:
    """Where these pages hang: under the member's own front page."""
    return (contexts.Link(viewer.name, "/me/"),)


def lines(found: Sequence[lists.PostLine], viewer: Viewer) -> tuple[own.PostLine, ...]:
    """Posts as a list shows them to their reader."""
    where, now, known = moments.zone(viewer.time_zone), clock.now(), places().forums
    return tuple(
        own.PostLine(
            href=f"/p/{row.id}",
            subject=row.subject or row.thread_subject,
            opening=row.opening,
            at=moments.moment(row.created_at, where, now),
            forum=forum_link(known[row.forum_id]) if row.forum_id in known else None,
            author=contexts.Link(row.author_name, member_address(row.author_name)) if row.author_name else None,
        )
        for row in found
    )


@require_safe
@members
def me(request: HttpRequest) -> HttpResponse:
    """Everything of one's own, each with a sentence that says what it is."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    link = contexts.Link
    page = own.MePage(
        name=viewer.name,
        groups=(
            (
                _("Written"),
                (
                    (link(_("My posts"), "/me/posts"), _("All of them, newest first.")),
                    (link(_("My threads"), "/me/threads"), _("What you started, with what is new in it.")),
                    (link(_("Replies to me"), "/me/replies"), _("Who answered a post of yours.")),
                    (link(_("My page"), member_address(viewer.name)), _("As everybody sees you.")),
                ),
            ),
            (
                _("Kept"),
                (
                    (link(_("Bookmarks"), "/me/bookmarks"), _("Posts you keep, with notes and reminders.")),
                    (link(_("Subscriptions"), "/me/subscriptions"), _("Which forums and threads tell you, and how.")),
                    (link(_("Following"), "/me/following"), _("Members whose posts you want to find.")),
                    (link(_("Posts by those I follow"), "/me/followed"), _("Newest first.")),
                ),
            ),
            (
                _("Judged by members"),
                (
                    (
                        link(_("My appeals"), "/me/appeals"),
                        _("What was decided about you, and asking for another look."),
                    ),
                ),
            ),
            (
                _("Out of my sight"),
                (
                    (link(_("Trash"), "/me/trash"), _("Threads, forums and words that your lists leave out.")),
                    (link(_("Ignored"), "/me/ignored"), _("Members whose posts fold to one line.")),
                    (link(_("Avoidance list"), "/me/avoidance"), _("Members who must never judge you.")),
                ),
            ),
            (
                _("Judging"),
                (
                    (
                        link(_("My service as a juror"), "/me/judging"),
                        _("Whether the lot may fall on you, and when it did."),
                    ),
                    (link(_("My alerts"), "/me/alerts"), _("What you asked the members to look at.")),
                ),
            ),
            (
                _("Account"),
                (
                    (link(_("Preferences"), "/account/preferences/"), _("Name, colours, time zone, how you read.")),
                    (link(_("Account"), "/account/"), _("Password, addresses, where you are signed in.")),
                ),
            ),
        ),
    )
    return answer("reading/me.html", shell(request, viewer.name, robots="noindex"), page)


@require_safe
@members
def posts(request: HttpRequest) -> HttpResponse:
    """One's own posts, newest first; in forums that one may still read."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    start = paging.before(request)
    mine = Post.objects.filter(author_id=viewer.id, forum_id__in=readable(viewer)).exclude(
        standing=Post.Standing.WITHDRAWN
    )
    size = lists.POSTS_A_PAGE
    found = [
        lists.PostLine._make((*row, ""))
        for row in paging.older(mine, "created_at", start).values_list(
            "id", "created_at", "thread__subject", "subject", "opening", "forum_id"
        )[: size + 1]
    ]
    found, pager = paging.cut(found, size, "/me/posts", start, "created_at")
    page = own.PostsPage(
        title=_("My posts"),
        sentence=_("Everything you wrote and did not withdraw, newest first."),
        lines=lines(found, viewer),
        empty=contexts.Empty(_("You have not written yet."), contexts.Link(_("Latest discussions"), "/latest")),
        pager=pager,
    )
    return answer("reading/posts.html", shell(request, page.title, trail=trail(viewer), robots="noindex"), page)


@require_safe
@members
def threads(request: HttpRequest) -> HttpResponse:
    """The threads one has started, newest first, with what is new in them."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    start = paging.before(request)
    found = reads.started_by(viewer.id, viewer=viewer, forum_ids=readable(viewer), before=start)
    shown, pager = paging.cut(found, reads.THREADS_A_PAGE, "/me/threads", start, "created_at")
    page = own.ThreadsPage(
        title=_("My threads"),
        sentence=_("What you started, newest first."),
        rows=thread_rows(shown, viewer),
        empty=contexts.Empty(_("You have not started a thread yet."), contexts.Link(_("All forums"), "/forums")),
        pager=pager,
    )
    return answer("reading/threads.html", shell(request, page.title, trail=trail(viewer), robots="noindex"), page)


@require_safe
@members
def replies(request: HttpRequest) -> HttpResponse:
    """Others' answers to one's own posts, newest first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    start = paging.before(request)
    found, pager = paging.cut(
        lists.answers_to(viewer, readable(viewer), sight(request), before=start),
        lists.POSTS_A_PAGE,
        "/me/replies",
        start,
        "created_at",
    )
    page = own.PostsPage(
        title=_("Replies to me"),
        sentence=_(
            "Answers to your newest %(n)s posts, newest first. Replies to a thread of yours are with the thread."
        )
        % {"n": f"{lists.ANSWERED:,}"},
        lines=lines(found, viewer),
        empty=contexts.Empty(_("Nobody has answered a post of yours yet.")),
        pager=pager,
        beside=contexts.Link(_("My threads"), "/me/threads"),
    )
    return answer("reading/posts.html", shell(request, page.title, trail=trail(viewer), robots="noindex"), page)


@require_safe
@members
def followed(request: HttpRequest) -> HttpResponse:
    """The newest posts of those one follows."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    start = paging.before(request)
    found, pager = paging.cut(
        lists.by_followed(viewer, readable(viewer), sight(request), before=start),
        lists.POSTS_A_PAGE,
        "/me/followed",
        start,
        "created_at",
    )
    page = own.PostsPage(
        title=_("Posts by those I follow"),
        sentence=_("Newest first."),
        lines=lines(found, viewer),
        empty=contexts.Empty(
            _("Nothing here yet. Follow somebody on their page, and what they write is found here."),
            contexts.Link(_("Following"), "/me/following"),
        ),
        pager=pager,
        beside=contexts.Link(_("Following"), "/me/following"),
    )
    return answer("reading/posts.html", shell(request, page.title, trail=trail(viewer), robots="noindex"), page)
