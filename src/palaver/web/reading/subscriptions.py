"""Being told of what is new: the subscription of one forum or thread, and all of them in one form."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from palaver.accounts.reads import Viewer
from palaver.forums import subscribing
from palaver.forums.models import Forum, Subscription, Thread
from palaver.forums.permissions import may_read
from palaver.forums.subscribing import Way
from palaver.web import contexts
from palaver.web.doors import members, safe_next, the_member
from palaver.web.reading import contexts as own
from palaver.web.reading import paging
from palaver.web.reading.own import trail
from palaver.web.shell import answer, places, readable, shell
from palaver.web.shell import trail as place_trail

A_PAGE = 100
END = "end"


def ways() -> tuple[tuple[str, str], ...]:
    """The choices of a form, in words."""
    return (
        (Way.SITE, _("A notice here")),
        (Way.MAIL, _("A notice here, and mail at once")),
        (Way.DIGEST, _("A notice here, and the next digest")),
        (Way.MUTED, _("Muted: nothing at all")),
        (END, _("Not subscribed")),
    )


def find_forum(slug: str) -> Forum:
    """The forum of a slug. Raises Http404."""
    row = next((one for one in places().forums.values() if one.slug == slug), None)
    if row is None:
        raise Http404
    return Forum.objects.get(pk=row.id)


def find_thread(request: HttpRequest, thread_id: int) -> Thread:
    """A thread that the member may read; else there is nothing at the address."""
    thread = get_object_or_404(Thread.objects.select_related("forum"), pk=thread_id)
    if not may_read(the_member(request), thread.forum):
        raise Http404
    return thread


@require_http_methods(["GET", "POST"])
@members
def of_forum(request: HttpRequest, slug: str) -> HttpResponse:
    """A forum's: told of its new threads."""
    forum = find_forum(slug)
    may_read(the_member(request), forum).or_refuse()
    return _one(request, forum, contexts.Link(forum.name, f"/f/{forum.slug}/"), f"/f/{forum.slug}/subscription")


@require_http_methods(["GET", "POST"])
@members
def of_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """A thread's: told of its new replies."""
    thread = find_thread(request, thread_id)
    place = contexts.Link(thread.subject, f"/t/{thread.pk}/{thread.slug}")
    return _one(request, thread, place, f"/t/{thread.pk}/subscription")


def _one(request: HttpRequest, to: Forum | Thread, place: contexts.Link, action: str) -> HttpResponse:
    by = the_member(request)
    if request.method == "POST":
        given = request.POST.get("way", Way.SITE)
        if given == END:
            subscribing.unsubscribe(to, by=by)
            messages.success(request, _("You are not subscribed any more."))
        else:
            way = Way(given) if given in set(Way) else Way.SITE
            subscribing.subscribe(to, by=by, way=way, by_push="push" in request.POST)
            messages.success(
                request,
                _("Muted: you will be told of nothing there.")
                if way == Way.MUTED
                else _("Subscribed. All your subscriptions stand under your name, and can be changed there."),
            )
        return redirect(safe_next(request, place.href))
    is_forum = isinstance(to, Forum)
    standing = Subscription.objects.filter(member=by, **({"forum": to} if is_forum else {"thread": to})).first()
    page = own.SubscriptionPage(
        place=place,
        is_forum=is_forum,
        action=action,
        way=subscribing.way_of(standing) if standing else Way.SITE,
        push=standing.by_push if standing else False,
        ways=ways() if standing else ways()[:-1],
    )
    forum_id = to.pk if is_forum else to.forum_id  # type: ignore[union-attr]
    row = places().forums[forum_id]
    frame = shell(
        request, _("Subscription"), trail=place_trail(forum=row), forum_id=forum_id, token=True, robots="noindex"
    )
    return answer("reading/subscription.html", frame, page)


@require_http_methods(["GET", "POST"])
@members
def subscriptions(request: HttpRequest) -> HttpResponse:
    """All of one's subscriptions, the last made first, changed together."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    start = paging.before(request)
    mine = Subscription.objects.filter(member_id=viewer.id).select_related("forum", "thread__forum")
    if request.method == "POST":
        changed = _change(request, mine)
        messages.success(
            request,
            ngettext("%(n)s subscription changed.", "%(n)s subscriptions changed.", changed) % {"n": changed}
            if changed
            else _("Nothing was different."),
        )
        return redirect(safe_next(request, "/me/subscriptions"))
    found, pager = paging.cut(paging.older(mine, "at", start)[: A_PAGE + 1], A_PAGE, "/me/subscriptions", start, "at")
    may = readable(viewer)
    rows = []
    for row in found:
        place: contexts.Link | None = None
        if row.forum is not None and row.forum_id in may:
            place = contexts.Link(row.forum.name, f"/f/{row.forum.slug}/")
        elif row.thread is not None and row.thread.forum_id in may:
            place = contexts.Link(row.thread.subject, f"/t/{row.thread_id}/{row.thread.slug}")
        kind = _("Forum") if row.forum_id else _("Thread")
        rows.append(own.Told(row.pk, place, kind, subscribing.way_of(row), row.by_push))
    page = own.SubscriptionsPage(
        tuple(rows),
        ways(),
        pager,
        contexts.Empty(
            _("You are subscribed to nothing yet. Forums and threads offer it at their top."),
            contexts.Link(_("All forums"), "/forums"),
        ),
    )
    frame = shell(request, _("Subscriptions"), trail=trail(viewer), token=True, robots="noindex")
    return answer("reading/subscriptions.html", frame, page)


def _change(request: HttpRequest, mine: object) -> int:
    """Set each row of the form that differs. Returns how many did."""
    by, changed = the_member(request), 0
    ids = [
        int(name[4:]) for name in request.POST if name.startswith("way-") and name[4:].isdecimal() and len(name) < 20
    ]
    for row in Subscription.objects.filter(member=by, pk__in=ids[: A_PAGE * 2]).select_related(
        "forum", "thread__forum"
    ):
        given, push = request.POST[f"way-{row.pk}"], f"push-{row.pk}" in request.POST
        to = row.forum or row.thread
        assert to is not None
        if given == END:
            changed += subscribing.unsubscribe(to, by=by)
        elif given in set(Way) and (given, push and given != Way.MUTED) != (subscribing.way_of(row), row.by_push):
            if not may_read(by, to if isinstance(to, Forum) else to.forum):
                continue  # It tells nothing any more anyway; it can only be ended.
            subscribing.change(row, by=by, way=Way(given), by_push=push)
            changed += 1
    return changed
