"""All forums, one category, a forum's About page, and marking forums read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from markupsafe import Markup

from palaver.accounts.reads import Viewer
from palaver.forums.models import Block, Forum, Office, Post, Subscription
from palaver.forums.reads import CategoryRow
from palaver.forums.rendering import member_address
from palaver.kit import clock
from palaver.reading import marking
from palaver.reading.models import Trash
from palaver.reading.reads import ForumIndexRow, forum_index
from palaver.web import contexts, errors, moments
from palaver.web.doors import everyone, members, safe_next, the_member
from palaver.web.freshness import cacheable
from palaver.web.places.about import seats
from palaver.web.places.lists import thread_href
from palaver.web.shell import answer, forum_href, places, readable, shell, sight, sign_of, trail


def _row(index: dict[int, ForumIndexRow], forum_id: int, viewer: Viewer | None) -> contexts.ForumRow:
    forum = places().forums[forum_id]
    counts = index[forum_id]
    last = None
    if counts.last_thread_id is not None:
        last = contexts.Link(
            counts.last_subject or "", thread_href(counts.last_thread_id, counts.last_slug or "thread")
        )
    where = moments.zone(viewer.time_zone if viewer else "")
    return contexts.ForumRow(
        name=forum.name,
        href=forum_href(forum),
        sentence=forum.description,
        threads=counts.thread_count,
        posts=counts.post_count,
        new=counts.new_posts,
        last=last,
        last_author=counts.last_author_name or "",
        last_at=moments.moment(counts.last_post_at, where) if counts.last_post_at and last else None,
        retired=forum.retired,
    )


def _blocks(
    request: HttpRequest, only: CategoryRow | None
) -> tuple[tuple[contexts.CategoryBlock, ...], tuple[contexts.ForumRow, ...]]:
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    seen = sight(request)
    may = readable(viewer) - seen.forums
    index = forum_index(viewer, seen)
    blocks: list[contexts.CategoryBlock] = []
    retired: list[contexts.ForumRow] = []
    for category in places().categories.values():
        if only is not None and category.id != only.id:
            continue
        standing: list[contexts.ForumRow] = []
        for forum in places().forums.values():
            if forum.category_id != category.id or forum.id not in may or forum.id not in index:
                continue
            (retired if forum.retired else standing).append(_row(index, forum.id, viewer))
        if standing or only is not None:
            blocks.append(
                contexts.CategoryBlock(
                    category.name, f"/c/{category.slug}/", cast(contexts.Sign, category.mark), "", tuple(standing)
                )
            )
    return tuple(blocks), tuple(retired)


@everyone
def all_forums(request: HttpRequest) -> HttpResponse:
    """Every forum under its category; retired ones last."""
    made_at = clock.now().isoformat()
    blocks, retired = _blocks(request, None)
    page = contexts.ForumsPage(
        up_to=made_at,
        title=_("All forums"),
        categories=blocks,
        retired=retired,
        mark_all_action="/mark-all" if request.viewer is not None else "",  # type: ignore[attr-defined]
    )
    frame = shell(request, _("All forums"), trail=trail(), canonical="/forums")
    return cacheable(answer("forums/all.html", frame, page), ["front", "places", "names"])


@everyone
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """One category's forums."""
    row = next((one for one in places().categories.values() if one.slug == slug), None)
    if row is None:
        raise Http404
    blocks, retired = _blocks(request, row)
    page = contexts.ForumsPage(title=row.name, categories=blocks, retired=retired)
    frame = shell(request, row.name, trail=trail(), canonical=f"/c/{row.slug}/", feed=f"/c/{row.slug}/feed")
    return cacheable(answer("forums/category.html", frame, page), ["front", "places", "names"])


@everyone
def about(request: HttpRequest, slug: str) -> HttpResponse:
    """What a forum is for, its rules, who hosts it, and its figures."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    row = next((one for one in places().forums.values() if one.slug == slug), None)
    if row is None:
        raise Http404
    if row.id not in readable(viewer):
        return errors.page(request, 403)
    forum = Forum.objects.get(pk=row.id)
    now = clock.now()
    where = moments.zone(viewer.time_zone if viewer else "")
    recent = Post.objects.filter(forum=forum, created_at__gt=now - timedelta(days=30)).aggregate(
        posts=Count("id"), authors=Count("author", distinct=True)
    )
    blocks = list(Block.objects.running(now).filter(forum=forum).select_related("member").order_by("until"))
    told = Subscription.objects.filter(forum=forum, muted=False).count()
    trashed = Trash.objects.filter(forum=forum).count()
    gates = {
        Forum.Gate.EVERYONE: _("everyone"),
        Forum.Gate.MEMBERS: _("members"),
        Forum.Gate.ADMITTED: _("its own audience"),
    }
    facts = (
        (_("Posts in 30 days"), f"{recent['posts']:,}"),
        (_("People who wrote in 30 days"), f"{recent['authors']:,}"),
        (_("Threads ever"), f"{forum.thread_count:,}"),
        (_("Posts ever"), f"{forum.post_count:,}"),
        (_("Subscribed"), f"{told:,}"),
        (_("Put into the trash by"), f"{trashed:,}"),
        (_("Read by"), gates[Forum.Gate(forum.who_reads)]),
        (_("Threads started by"), gates[Forum.Gate(forum.who_starts)]),
        (_("Replies written by"), gates[Forum.Gate(forum.who_replies)]),
        (_("Opened"), moments.moment(forum.created_at, where, now).exact),
    )
    page = contexts.ForumAboutPage(
        name=forum.name,
        href=forum_href(row),
        sign=sign_of(row),
        sentence=forum.description,
        purpose=Markup(forum.purpose_html),
        rules=tuple(line.strip("-• ") for line in forum.rules.splitlines() if line.strip()),
        hosts=seats(forum, where, now),
        facts=facts,
        blocked=tuple(
            (
                contexts.Link(one.member.name, member_address(one.member.name)),
                one.because,
                _("until %(when)s") % {"when": moments.moment(one.until, where, now).exact},
            )
            for one in blocks
        ),
        hosts_href=f"{forum_href(row)}hosts",
    )
    frame = shell(
        request,
        _("About %(forum)s") % {"forum": forum.name},
        trail=trail(forum=row),
        forum_id=row.id,
        canonical=f"{forum_href(row)}about",
    )
    response = cacheable(answer("forums/about.html", frame, page), [f"forum:{row.id}", "places", "names"])
    # A block that lapses and a term that is over leave the page at their instant.
    ends = [one.until for one in blocks]
    sitting = Office.objects.sitting(now).filter(forum=forum).values_list("until", flat=True)
    ends += [until for until in sitting if until is not None]
    response.fresh_until = min([response.fresh_until, *ends])  # type: ignore[attr-defined]
    return response


def up_to(request: HttpRequest) -> datetime | None:
    """The instant at which the page was made whose button was pressed: what came since was not seen and stays new."""
    try:
        instant = datetime.fromisoformat(request.POST.get("up_to", ""))
        return instant.astimezone(clock.UTC) if instant.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


@require_POST
@members
def mark(request: HttpRequest, slug: str) -> HttpResponse:
    """Mark one forum read."""
    row = next((one for one in places().forums.values() if one.slug == slug), None)
    if row is None:
        raise Http404
    marking.mark_forum(Forum.objects.get(pk=row.id), by=the_member(request), up_to=up_to(request))
    messages.success(request, _("Marked: everything in %(forum)s up to now counts as read.") % {"forum": row.name})
    return redirect(safe_next(request, forum_href(row)))


@require_POST
@members
def mark_all(request: HttpRequest) -> HttpResponse:
    """Mark every forum read."""
    count = marking.mark_all(by=the_member(request), up_to=up_to(request))
    messages.success(
        request,
        ngettext("Marked: %(n)s forum counts as read.", "Marked: %(n)s forums count as read.", count) % {"n": count},
    )
    return redirect(safe_next(request, "/latest"))
