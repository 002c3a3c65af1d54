"""The thread page in its three views, and the addresses that lead into it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from palaver.accounts.reads import Viewer
from palaver.ballots import reads as ballots
from palaver.forums import newcomers
from palaver.forums import reads as forum_reads
from palaver.forums.models import Lock, Office, Post
from palaver.forums.rendering import member_address, post_address
from palaver.kit import clock, pagination
from palaver.kit.text import rendering
from palaver.reading import reads
from palaver.reading import sight as sights
from palaver.web import assembling, contexts, errors, moments, structured
from palaver.web.ballots import drawing as paper
from palaver.web.doors import everyone
from palaver.web.freshness import Kept, cacheable
from palaver.web.shell import answer, environment, forum_href, forum_link, places, readable, see, shell, trail
from palaver.web.threads import assembly, drawing, folding, fragments, tables

SIZE = forum_reads.POSTS_A_PAGE
TABLE_ROWS = 200
VIEWS = ("flat", "tree", "op")
HIGHLIGHTS = {
    "none": gettext_lazy("none"),
    "new": gettext_lazy("new since I marked this forum read"),
    "5": gettext_lazy("5 newest"),
    "10": gettext_lazy("10 newest"),
    "recommended": gettext_lazy("recommended"),
    "author": gettext_lazy("by the original author"),
    "followed": gettext_lazy("by people I follow"),
}
OF_MEMBERS = frozenset({"new", "followed"})
"""Highlights that compare with a member's own rows: a guest is not offered them."""


def href(head: reads.ThreadHead, **query: object) -> str:
    """The thread's address with the query parts that are set, in one fixed order. All of them are words and numbers of ours."""
    address = f"/t/{head.id}/{head.slug}"
    mark = "?"
    for name in _PARTS if query else ():
        value = query.get(name)
        if value not in (None, "", 1):
            address += f"{mark}{name}={value}"
            mark = "&"
    return address


_PARTS = ("view", "highlight", "page", "from")


def load(request: HttpRequest, thread_id: int) -> reads.ThreadHead | HttpResponse:
    """The thread's head if this reader may read it, else the page that says why not."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    head = reads.thread_head(thread_id, viewer) if thread_id < 2**63 else None
    if head is None and (into := forum_reads.merged_into(thread_id)) is not None:
        # Whether its readers may read that one, that one's page says.
        return redirect(f"/t/{into}", permanent=True)
    if head is None or head.forum_id not in places().forums:
        raise Http404
    if head.forum_id not in readable(viewer):
        return errors.page(request, 403)
    return head


@everyone
def thread(request: HttpRequest, thread_id: int, slug: str) -> HttpResponse:
    """A thread: flat, as a tree, or its original post only."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    head = load(request, thread_id)
    if isinstance(head, HttpResponse):
        return head
    if slug != head.slug:
        query = request.META.get("QUERY_STRING", "")
        return redirect(href(head) + (f"?{query}" if query else ""), permanent=True)
    asked_view = request.GET.get("view", "")
    view = asked_view if asked_view in VIEWS else (viewer.thread_view if viewer else "flat")
    asked_light = request.GET.get("highlight", "")
    kind = asked_light if asked_light in HIGHLIGHTS else (viewer.highlight if viewer else "none")
    if viewer is None and kind in OF_MEMBERS:
        kind = "none"
    named = {
        "view": asked_view if asked_view in VIEWS else "",
        "highlight": asked_light if asked_light in HIGHLIGHTS else "",
    }
    language = get_language() or "en"
    where = moments.zone(viewer.time_zone if viewer else "")
    now = clock.now()
    me = viewer.id if viewer else None
    replies = max(head.post_count - 1, 0)

    pager = contexts.Pager()
    if view == "op":
        found = forum_reads.flat_page(head.id, 0, member_id=me, size=1)
        shown = []
    elif view == "tree":
        found, pager = _tree(request, head, me, replies, named)
        shown = [row for row in found if row.place > 0]
    else:
        page = pagination.page(pagination.asked(request.GET.get("page")), replies, SIZE)
        last = pagination.pages(replies, SIZE)
        pager = _pages(head, page.number, last, named)
        # The first page holds the original post and fifty replies in one statement.
        first = 0 if page.number == 1 else page.first
        found = forum_reads.flat_page(head.id, first, member_id=me, size=SIZE + (1 if first == 0 else 0))
        shown = [row for row in found if row.place > 0]
    opening = next((row for row in found if row.place == 0), None)
    if opening is None:
        opening = forum_reads.flat_page(head.id, 0, member_id=me, size=1)[0]
        found = [opening, *found]
    bodies = fragments.of(found, language)
    folds = folding.of(found)
    here = frozenset(row.number for row in found)
    # The new replies are counted on the page when all are on it, else asked for with what else is the reader's own.
    fresh = viewer is not None and head.marked_at is not None and head.last_post_at > head.marked_at
    laid = sights.laid_over(
        viewer,
        follows=kind == "followed",
        among=[row.id for row in found] if head.keeps else (),
        new_in=(head.id, head.marked_at) if fresh and len(shown) != replies else None,
    )
    if viewer is not None and viewer.hides_things:
        see(request, laid.sight)
    chosen = assembly.light(kind, head, laid.followed)
    forum = places().forums[head.forum_id]
    takes_replies = head.lock_because is None and not forum.retired
    views = drawing.posts(
        shown,
        head,
        viewer,
        bodies,
        chosen,
        where,
        now,
        language,
        here,
        takes_replies=takes_replies,
        mark_first=view != "tree",
        laid=laid,
        folds=folds,
    )
    op = assembly.post_view(
        opening, head, viewer, bodies, chosen, where, now, language, here, laid, folds.get(opening.id)
    )
    events: list[forum_reads.EventRow] = []
    if head.has_events and view != "op":
        low = min((row.place for row in shown), default=0)
        high = max((row.place for row in shown), default=0)
        events = forum_reads.thread_events(head.id, -1 if low <= 1 else low, high)
    lines = assembly.lines(zip(shown, views, strict=True), events, where, now, language)
    posts = assembling.posts(
        environment(), lines, language, tree=view == "tree", signed_in=viewer is not None, takes_replies=takes_replies
    )
    why_not = _why_not(head, forum.retired, viewer)
    new = (sum(view.new for view in views) if len(views) == replies else laid.new) if fresh else 0
    poll, poll_ends = None, now
    if head.has_poll and opening.standing == Post.Standing.SHOWN:
        sheet = ballots.sheet_about(
            f"thread:{head.id}", member_id=me, joined_at=viewer.joined_at if viewer is not None else None
        )
        if sheet is not None:
            poll_ends = sheet.closes_at
            poll = paper.view(sheet, where=where, now=now, signed_in=viewer is not None, next=href(head, **named))
    frame = shell(
        request,
        head.subject,
        trail=trail(forum=forum),
        forum_id=forum.id,
        canonical=_canonical(request, head, view),
        description=opening.opening if opening.standing == Post.Standing.SHOWN else "",
        live=f"thread:{head.id}",
        robots="noindex, follow" if asked_light else "",
        feed=f"/t/{head.id}/feed" if head.forum_id in readable(None) else "",
        things=() if viewer is not None else _things(head, opening, bodies, shown),
    )
    page_ = contexts.ThreadPage(
        id=head.id,
        subject=head.subject,
        view=cast(contexts.View, view),
        op=op,
        op_edited=None,
        posts=posts,
        replies=replies,
        new=new,
        new_href=f"/t/{head.id}/new",
        views=tuple(
            contexts.Tab(label, href(head, view=key, highlight=named["highlight"]), key == view)
            for key, label in (("flat", _("Flat")), ("tree", _("Tree")), ("op", _("First post")))
        ),
        highlights=tuple(
            contexts.Tab(str(label), href(head, view=named["view"], highlight=key), key == kind)
            for key, label in HIGHLIGHTS.items()
            if viewer is not None or key not in OF_MEMBERS
        ),
        table=_table(head, viewer, found, here, view, laid.sight.ignored),
        pager=pager,
        forum=forum_link(forum),
        forum_sentence=forum.description,
        forum_about=f"{forum_href(forum)}about",
        hosts=tuple(contexts.Link(name, member_address(name)) for name in hosts_of(forum.id).values()),
        reply=contexts.ReplyForm(
            action=f"/t/{head.id}/replies",
            once=secrets.token_urlsafe(12),
            maximum=rendering.LONGEST,
            composer=_composer(head, viewer),
        )
        if viewer is not None and not why_not and view != "op"
        else None,
        why_not_reply=why_not,
        lock_line=_lock_line(head),
        pinned=head.pinned,
        lock_href=_lock_href(request, head, viewer),
        host_acts=_host_acts(head, viewer),
        question_href=f"/t/{head.id}/lock/question"
        if viewer is not None and head.lock_office == Lock.Office.HOST and head.lock_by != viewer.name
        else "",
        mark_action=f"/t/{head.id}/mark" if viewer else "",
        last_number=head.last_number,
        read=None if viewer is None else -1 if head.read_number is None else head.read_number,
        # A window into the tree leaves out earlier numbers, so only the whole thread can be marked from it.
        shown_number=max(here) if view == "flat" or len(found) > replies else head.last_number,
        told=head.told,
        trashed=head.trashed,
        poll=poll,
    )
    response = cacheable(answer("threads/thread.html", frame, page_), [f"thread:{head.id}", "places", "names"])
    if page_.poll is not None and page_.poll.open:
        # A page that lets people vote is fresh until the poll ends.
        response.fresh_until = min(response.fresh_until, poll_ends)  # type: ignore[attr-defined]
    return response


def _things(
    head: reads.ThreadHead,
    opening: forum_reads.PostRow,
    bodies: dict[int, str],
    shown: Sequence[forum_reads.PostRow],
) -> tuple[structured.Thing, ...]:
    """What the page is about, for programs; nothing once the original post is no longer shown."""
    if opening.standing != Post.Standing.SHOWN:
        return ()
    forum = places().forums[head.forum_id]
    return (
        structured.posting(
            head.subject,
            href(head),
            opening,
            bodies.get(opening.id, ""),
            max(head.post_count - 1, 0),
            [row for row in shown if row.standing == Post.Standing.SHOWN],
            forum=forum_link(forum),
            language=forum.language,
        ),
    )


_founded = Kept(newcomers.founded, "names")


def _composer(head: reads.ThreadHead, viewer: Viewer) -> contexts.Composer:
    """What the form under the thread carries; its draft is asked for by the script, when somebody begins to write."""
    notes: tuple[str, ...] = ()
    # An imported account is old when it is claimed, so its few posts make nobody a newcomer here.
    new = newcomers.looks_new(joined_at=viewer.joined_at, post_count=viewer.post_count, is_operator=viewer.is_operator)
    if new and clock.now() - viewer.joined_at < newcomers.FIRST_DAYS and newcomers.limited(_founded.get()):
        notes = (newcomers.in_general(),)
    return contexts.Composer(place=f"reply:{head.id}", seen=head.last_number, notes=notes)


def _pages(head: reads.ThreadHead, number: int, last: int, named: dict[str, str]) -> contexts.Pager:
    if last == 1:
        return contexts.Pager()

    def to(page: int) -> str:
        return href(head, **named, page=page)

    return contexts.Pager(
        earlier=contexts.Link(_("Earlier replies"), to(number - 1)) if number > 1 else None,
        later=contexts.Link(_("Later replies"), to(number + 1)) if number < last else None,
        pages=tuple(
            None if one is None else contexts.Tab(str(one), to(one), one == number)
            for one in pagination.window(number, last, 2)
        ),
    )


def _tree(
    request: HttpRequest, head: reads.ThreadHead, me: int | None, replies: int, named: dict[str, str]
) -> tuple[list[forum_reads.PostRow], contexts.Pager]:
    """A window into the tree: it begins at `?from=`, a post number, and is found by one index walk however deep."""
    start = ""
    number = request.GET.get("from", "")
    if number.isascii() and number.isdecimal() and len(number) < 10:
        there = forum_reads.place_of(head.id, int(number))
        if there is None:
            raise Http404
        start = there[1]
    found = forum_reads.tree_page(head.id, start, member_id=me, size=SIZE + (0 if start else 1))
    size = SIZE + (0 if start else 1)
    following = found[size] if len(found) > size else None
    found = found[:size]
    named = {**named, "view": "tree"}
    earlier = contexts.Link(_("Back to the beginning"), href(head, **named)) if start else None
    later = (
        contexts.Link(_("Further into the tree"), href(head, **named, **{"from": following.number}))
        if following
        else None
    )
    position = _("%(total)s replies in all") % {"total": f"{replies:,}"} if earlier or later else ""
    return found, contexts.Pager(earlier=earlier, later=later, position=position)


def _table(
    head: reads.ThreadHead,
    viewer: Viewer | None,
    found: list[forum_reads.PostRow],
    here: frozenset[int],
    view: str,
    ignored: frozenset[int],
) -> contexts.SummaryTable | None:
    """The summary table: of the whole thread up to 200 replies, beyond that of this page."""
    if view == "op" or head.post_count <= 1:
        return None
    if len(found) >= head.post_count or head.post_count > TABLE_ROWS + 1:
        rows = sorted(found, key=lambda row: row.path)
    else:
        return tables.whole(head, viewer, here, limit=TABLE_ROWS + 1, ignored=ignored)
    return assembly.summary(rows, head, viewer, here, ignored)


def _canonical(request: HttpRequest, head: reads.ThreadHead, view: str) -> str:
    """Flat pages are the ones to index; the tree and the single post point to them."""
    number = pagination.asked(request.GET.get("page")) if view == "flat" else 1
    return href(head, page=number)


def _lock_line(head: reads.ThreadHead) -> str:
    if head.lock_because is None:
        return ""
    if head.lock_by and head.lock_office in {"host", "operator"}:
        return _("Locked by %(who)s: %(because)s") % {"who": head.lock_by, "because": head.lock_because}
    return _("Locked: %(because)s") % {"because": head.lock_because}


def _why_not(head: reads.ThreadHead, retired: bool, viewer: Viewer | None) -> str:
    """Why this reader cannot reply, as far as it can be said without a further statement; the verb decides."""
    if head.lock_because is not None:
        return _("This thread is locked and takes no more replies: %(because)s") % {"because": head.lock_because}
    if retired:
        return _("This forum is retired: it can be read, but nothing new is written in it.")
    if viewer is not None and viewer.suspended_until is not None:
        return _(
            "Your account is suspended until %(until)s, so you cannot reply here. You can read, recommend, alert and appeal meanwhile."
        ) % {"until": moments.moment(viewer.suspended_until, moments.zone(viewer.time_zone)).exact}
    return ""


def _lock_href(request: HttpRequest, head: reads.ThreadHead, viewer: Viewer | None) -> str:
    """The lock form's address for hosts and operators. Only they cost the extra statement."""
    if viewer is None or not (viewer.is_operator or viewer.id in hosts_of(head.forum_id)):
        return ""
    return f"/t/{head.id}/lock"


def _host_acts(head: reads.ThreadHead, viewer: Viewer | None) -> tuple[contexts.Link, ...]:
    """What hosts and operators are offered in the thread's menu; whether it may be done the verbs say."""
    if viewer is None or not (viewer.is_operator or viewer.id in hosts_of(head.forum_id)):
        return ()
    return (
        contexts.Link(_("Let the pin go …") if head.pinned else _("Pin …"), f"/t/{head.id}/pin"),
        contexts.Link(_("Move to another forum …"), f"/t/{head.id}/move"),
        contexts.Link(_("Split replies off …"), f"/t/{head.id}/split"),
        contexts.Link(_("Merge into another …"), f"/t/{head.id}/merge"),
        contexts.Link(_("The forum’s hosts’ desk"), f"{forum_href(places().forums[head.forum_id])}hosts"),
    )


def hosts_of(forum_id: int) -> dict[int, str]:
    """A forum's hosts, id to name, in order of seniority; kept until places or names change."""
    return _hosts.get().get(forum_id, {})


def _read_hosts() -> dict[int, dict[int, str]]:
    seats: dict[int, dict[int, str]] = {}
    sitting = Office.objects.sitting().order_by("since", "id")
    for forum_id, member_id, name in sitting.values_list("forum_id", "member_id", "member__name"):
        seats.setdefault(forum_id, {})[member_id] = name
    return seats


_hosts = Kept(_read_hosts, "places", "names")


@everyone
def bare(request: HttpRequest, thread_id: int) -> HttpResponse:
    """`/t/<id>` without its slug."""
    head = load(request, thread_id)
    if isinstance(head, HttpResponse):
        return head
    query = request.META.get("QUERY_STRING", "")
    return redirect(href(head) + (f"?{query}" if query else ""), permanent=True)


@everyone
def numbered(request: HttpRequest, thread_id: int, number: int) -> HttpResponse:
    """A post by its number: to the page on which it stands now, in the reader's view."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    if number >= 2**31 or thread_id >= 2**63:
        raise Http404
    there = forum_reads.place_of(thread_id, number)
    if there is None and (now := forum_reads.stub_of(thread_id, number)) is not None:
        return redirect(post_address(now[0], now[1]))
    head = load(request, thread_id)
    if isinstance(head, HttpResponse):
        return head
    if there is None:
        raise Http404
    return redirect(at(head, number, there[0], viewer))


def at(head: reads.ThreadHead, number: int, place: int, viewer: Viewer | None) -> str:
    """The address at which a reader finds a post: its page and anchor in the view they read in."""
    if viewer is not None and viewer.thread_view == "tree":
        if head.post_count <= SIZE + 1:
            return f"{href(head)}#p{number}"
        return f"{href(head, **({'from': number} if place else {}))}#p{number}"
    return f"{href(head, view='' if viewer is None or viewer.thread_view == 'flat' else 'flat', page=pagination.page_of(place, SIZE))}#p{number}"


@everyone
def permanent(request: HttpRequest, post_id: int) -> HttpResponse:
    """A post by its id: to the page on which it stands now."""
    post = Post.objects.only("thread_id", "number", "place").filter(pk=post_id).first() if post_id < 2**63 else None
    if post is None:
        raise Http404
    head = load(request, post.thread_id)
    if isinstance(head, HttpResponse):
        return head
    return redirect(at(head, post.number, post.place, request.viewer))  # type: ignore[attr-defined]


@everyone
def first_new(request: HttpRequest, thread_id: int) -> HttpResponse:
    """To the first post that is new to the member: beyond the position read, and since the forum's mark."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    head = load(request, thread_id)
    if isinstance(head, HttpResponse):
        return head
    if viewer is None or head.marked_at is None:
        return redirect(href(head))
    news = Post.objects.filter(thread_id=head.id, created_at__gt=head.marked_at).exclude(author_id=viewer.id)
    if head.read_place is not None:
        news = news.filter(place__gt=head.read_place)
    post = news.order_by("place").values("number", "place").first()
    if post is None:
        there = forum_reads.place_of(head.id, head.last_number)
        return redirect(at(head, head.last_number, there[0], viewer) if there else href(head))
    return redirect(at(head, post["number"], post["place"], viewer))
