"""Lists of threads: home and the orders nobody ranks, for all forums or one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from palaver.accounts.reads import Viewer
from palaver.forums import orders, subscribing
from palaver.forums import reads as forum_reads
from palaver.forums.models import Forum, Subscription
from palaver.forums.permissions import may_start
from palaver.forums.reads import ForumRow
from palaver.forums.rendering import member_address
from palaver.kit import clock, pagination
from palaver.kit.decisions import YES, Decision
from palaver.reading import reads
from palaver.web import contexts, errors, moments, structured
from palaver.web.doors import everyone, member, members
from palaver.web.freshness import Kept, cacheable
from palaver.web.shell import (
    answer,
    community,
    forum_href,
    forum_link,
    places,
    readable,
    shell,
    sight,
    sign_of,
    trail,
)
from palaver.web.threads import folding
from palaver.web.threads.pages import hosts_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WINDOWS = {
    "day": gettext_lazy("24 hours"),
    "week": gettext_lazy("7 days"),
    "month": gettext_lazy("30 days"),
    "ever": gettext_lazy("ever"),
}


# Few posts are ever corrected, and every list would ask: kept until one is corrected, or is withdrawn with its line.
_corrected = Kept(forum_reads.corrected_threads, "corrections")


# So are removals and holds of original posts.
_folded = Kept(forum_reads.folded_threads, "folds")


def thread_href(thread_id: int, slug: str) -> str:
    """A thread's canonical address."""
    return f"/t/{thread_id}/{slug}"


def rows(
    found: Sequence[reads.ThreadRow], viewer: Viewer | None, *, with_forum: bool = True, ticks: bool = False
) -> tuple[contexts.ThreadRow, ...]:
    """Threads as a list shows them to this reader."""
    where = moments.zone(viewer.time_zone if viewer else "")
    now = clock.now()
    known = places().forums
    corrected, folded = _corrected.get(), _folded.get()
    made = []
    for row in found:
        href = thread_href(row.id, row.slug)
        forum = known[row.forum_id]
        made.append(
            contexts.ThreadRow(
                id=row.id,
                subject=row.subject,
                href=href,
                author=contexts.Link(row.author_name, member_address(row.author_name))
                if row.id not in folded
                else contexts.Link(folding.words(folded[row.id]), ""),
                started=moments.moment(row.created_at, where, now),
                replies=row.post_count - 1,
                last_author=row.last_author_name,
                last=moments.moment(row.last_post_at, where, now),
                last_href=f"/t/{row.id}/post/{row.last_number}",
                forum=forum_link(forum) if with_forum else None,
                sign=sign_of(forum) if with_forum else None,
                new=row.new_count,
                new_href=f"/t/{row.id}/new",
                recs=row.recs,
                pinned=row.pinned,
                locked=row.locked,
                tick=f"{row.id}.{row.last_number}" if ticks else "",
                correction="" if row.id in folded else corrected.get(row.id, ""),
                removed=row.id in folded,
            )
        )
    return tuple(made)


def _cursor(request: HttpRequest) -> tuple[datetime, int] | None:
    """Where the page before ended: `?before=`, made by us; anything else begins at the top."""
    raw = request.GET.get("before", "")
    values = pagination.decode(raw, (int, int))
    if values is None:
        return None
    instant, thread_id = values
    assert isinstance(instant, int) and isinstance(thread_id, int)
    try:
        return _EPOCH + timedelta(microseconds=instant), thread_id
    except OverflowError:
        return None


def _before(row: reads.ThreadRow, order: orders.Order) -> str:
    instant = row.last_post_at if order.key in {"latest", "unread"} else row.created_at
    return pagination.encode([_microseconds(instant), row.id])


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)


def _tabs(viewer: Viewer | None, current: orders.Order, *, base: str = "") -> tuple[contexts.Tab, ...]:
    keys = [orders.LATEST, orders.NEWEST, orders.RECOMMENDED, orders.UNANSWERED]
    if viewer is not None and not base:
        keys.append(orders.UNREAD)
    return tuple(
        contexts.Tab(
            {
                "latest": _("Latest"),
                "newest": _("Newest"),
                "recommended": _("Recommended"),
                "unanswered": _("Unanswered"),
                "unread": _("New for me"),
            }[order.key],
            f"{base}?order={order.key}" if base else f"/{order.key}",
            order.key == current.key,
            str(order.sentence),
        )
        for order in keys
    )


def _pager(
    listed: list[reads.ThreadRow], order: orders.Order, path: str, beginning: bool, extra: str = ""
) -> tuple[list[reads.ThreadRow], contexts.Pager]:
    """Cut the row too many and say where the list goes on. Lists have no page numbers: every page costs the same."""
    later = None
    found = listed[: reads.THREADS_A_PAGE]
    goes_on = listed.goes_on if isinstance(listed, reads.Listed) else None
    if goes_on is not None:
        cursor = pagination.encode([_microseconds(goes_on[0]), goes_on[1]])
        later = contexts.Link(_("Older"), f"{path}?{extra}before={cursor}")
    elif len(listed) > reads.THREADS_A_PAGE:
        later = contexts.Link(_("Older"), f"{path}?{extra}before={_before(found[-1], order)}")
    earlier = None if beginning else contexts.Link(_("Back to the top"), f"{path}?{extra}".rstrip("?&"))
    return found, contexts.Pager(earlier=earlier, later=later)


def _robots(request: HttpRequest) -> str:
    """The further pages of a list move with every post: crawlers follow them and remember the list's address only."""
    return "noindex, follow" if {"before", "page", "in", "order"} & set(request.GET) else ""


def _title(order: orders.Order) -> str:
    return str(order.title)


def _listing(request: HttpRequest, order: orders.Order, forum_ids: frozenset[int], *, title: str = "") -> HttpResponse:
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    may = readable(viewer)
    ids = forum_ids & may
    seen = sight(request)
    made_at = clock.now()
    periods: tuple[contexts.Tab, ...] = ()
    path = request.path
    if order is orders.RECOMMENDED:
        window = request.GET.get("in", "week")
        if window not in orders.WINDOWS:
            raise Http404
        page = pagination.asked(request.GET.get("page"))
        skip = (page - 1) * reads.THREADS_A_PAGE
        found = reads.recommended(ids, orders.WINDOWS[window], viewer=viewer, skip=skip, sight=seen)
        later = (
            contexts.Link(_("More"), f"{path}?in={window}&page={page + 1}")
            if len(found) > reads.THREADS_A_PAGE
            else None
        )
        earlier = contexts.Link(_("Back to the top"), f"{path}?in={window}") if page > 1 else None
        found, pager = found[: reads.THREADS_A_PAGE], contexts.Pager(earlier=earlier, later=later)
        periods = tuple(contexts.Tab(str(label), f"{path}?in={key}", key == window) for key, label in _WINDOWS.items())
    else:
        before = _cursor(request)
        if order is orders.UNREAD:
            assert viewer is not None
            found = reads.unread(ids, viewer, before=before, sight=seen)
        else:
            everything = None if ids == frozenset(places().forums) else ids
            found = reads.threads(order, everything, viewer=viewer, before=before, sight=seen)
        found, pager = _pager(found, order, path, before is None)
    empty = _("Nothing new: you have read it all.") if order is orders.UNREAD else _("Nobody has spoken here yet.")
    frame = shell(
        request,
        title or _title(order),
        canonical=path,
        description=str(order.sentence),
        live=",".join(f"forum:{i}" for i in sorted(ids)[:40]) if order is orders.LATEST else "",
        robots=_robots(request),
        feed="" if order is orders.UNREAD else "/feed" if path == "/" else path,
        things=(structured.house(community().name, community().sentence),) if path == "/" else (),
    )
    page_ = contexts.ListPage(
        title=title or _title(order),
        order=contexts.Order(_title(order), str(order.sentence)),
        orders=_tabs(viewer, order),
        rows=rows(found, viewer, ticks=order is orders.UNREAD),
        ticks=order is orders.UNREAD,
        up_to=made_at.isoformat(),
        pager=pager,
        periods=periods,
        empty=contexts.Empty(empty, contexts.Link(_("All forums"), "/forums")),
        mark_all_action="/mark-all" if viewer is not None and order in (orders.UNREAD, orders.LATEST) else "",
        today=moments.moment(clock.now(), moments.zone(viewer.time_zone if viewer else "")),
    )
    response = answer("threads/list.html", frame, page_)
    # The recommended order moves with time and with every recommendation: it is asked anew each time.
    return response if order is orders.RECOMMENDED else cacheable(response, ["front", "places", "names"])


@everyone
def home(request: HttpRequest) -> HttpResponse:
    """Latest of the main forums; of all forums while none is a main one."""
    known = places()
    main = frozenset(row.id for row in known.main) or frozenset(known.forums)
    return _listing(request, orders.LATEST, main)


def ordered(order: orders.Order) -> Callable[[HttpRequest], HttpResponse]:
    """The page of one order over all forums."""

    @everyone
    def page(request: HttpRequest) -> HttpResponse:
        return _listing(request, order, frozenset(places().forums))

    return page


@require_safe
@members
def unread(request: HttpRequest) -> HttpResponse:
    """What is new to the member."""
    return _listing(request, orders.UNREAD, frozenset(places().forums))


def _may_start(request: HttpRequest, row: ForumRow) -> Decision:
    """Whether a member may start a thread here; without a statement where what the page knows already is enough."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if row.who_starts == Forum.Gate.MEMBERS and viewer.suspended_until is None and not row.retired:
        return YES
    return may_start(member(request), Forum.objects.get(pk=row.id))


@everyone
def forum(request: HttpRequest, slug: str) -> HttpResponse:
    """One forum: its pinned threads, then its threads in the chosen order."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    row = next((one for one in places().forums.values() if one.slug == slug), None)
    if row is None:
        raise Http404
    if row.id not in readable(viewer):
        return errors.page(request, 403)
    order = orders.ORDERS.get(request.GET.get("order", "latest"))
    if order is None or order is orders.UNREAD:
        return redirect(forum_href(row))
    before = _cursor(request)
    path = forum_href(row)
    extra = "" if order is orders.LATEST else f"order={order.key}&"
    ids = frozenset([row.id])
    # Whoever opens a forum that lies in their trash has asked for it.
    seen = sight(request)._replace(forums=frozenset())
    made_at = clock.now()
    periods: tuple[contexts.Tab, ...] = ()
    if order is orders.RECOMMENDED:
        window = request.GET.get("in", "ever")
        if window not in orders.WINDOWS:
            raise Http404
        number = pagination.asked(request.GET.get("page"))
        skip = (number - 1) * reads.THREADS_A_PAGE
        found = reads.recommended(ids, orders.WINDOWS[window], viewer=viewer, skip=skip, sight=seen)
        more = len(found) > reads.THREADS_A_PAGE
        found = found[: reads.THREADS_A_PAGE]
        later = contexts.Link(_("More"), f"{path}?{extra}in={window}&page={number + 1}") if more else None
        earlier = contexts.Link(_("Back to the top"), f"{path}?{extra}in={window}") if number > 1 else None
        pager = contexts.Pager(earlier=earlier, later=later)
        periods = tuple(
            contexts.Tab(str(label), f"{path}?{extra}in={key}", key == window) for key, label in _WINDOWS.items()
        )
    else:
        found = reads.threads(order, ids, viewer=viewer, before=before, sight=seen)
        found, pager = _pager(found, order, path, before is None, extra)
    top = reads.pinned(row.id, viewer=viewer, sight=seen) if before is None and order is orders.LATEST else []
    on_top = {one.id for one in top}
    found = [*top, *(one for one in found if one.id not in on_top)]
    starts = _may_start(request, row) if viewer is not None else None
    told = Subscription.objects.filter(member_id=viewer.id, forum_id=row.id).first() if viewer is not None else None
    head = contexts.ForumHead(
        name=row.name,
        about_href=f"{path}about",
        sentence=row.description,
        sign=sign_of(row),
        hosts=tuple(contexts.Link(name, member_address(name)) for name in hosts_of(row.id).values()),
        start_href=f"{path}start" if starts else "",
        why_not_start=_("This forum is retired: it can be read, but nothing new is written in it.")
        if row.retired
        else ("" if starts is None or starts else starts.because),
        mark_action=f"{path}mark",
        told=subscribing.way_of(told) if told else "",
        trashed=row.id in sight(request).forums,
        tools=viewer is not None,
        retired=row.retired,
    )
    frame = shell(
        request,
        row.name,
        trail=trail(category=places().categories[row.category_id]),
        forum_id=row.id,
        canonical=path,
        description=row.description,
        live=f"forum:{row.id}",
        robots=_robots(request),
        feed=f"{path}feed" if row.id in readable(None) else "",
    )
    page = contexts.ListPage(
        title=row.name,
        order=contexts.Order(_title(order), str(order.sentence)),
        orders=_tabs(viewer, order, base=path),
        rows=rows(found, viewer, with_forum=False),
        up_to=made_at.isoformat(),
        pager=pager,
        periods=periods,
        empty=contexts.Empty(
            _("Nobody has spoken here yet."), contexts.Link(_("Start a thread"), f"{path}start") if starts else None
        ),
        forum=head,
    )
    response = answer("forums/forum.html", frame, page)
    return response if order is orders.RECOMMENDED else cacheable(response, [f"forum:{row.id}", "places", "names"])
