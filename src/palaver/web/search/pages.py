"""Results: a form that is read, filters as links, and what could not be understood in a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta, tzinfo
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from palaver.accounts.reads import Viewer
from palaver.forums.rendering import member_address, post_address
from palaver.kit import clock, pagination
from palaver.search import excerpts, ranking, reads, texts
from palaver.search.finding import Findings, Found, find
from palaver.search.sight import Sight, sight
from palaver.web import moments
from palaver.web.contexts import Link, Pager, Tab
from palaver.web.doors import everyone
from palaver.web.search.contexts import Result, SearchPage
from palaver.web.shell import answer, forum_link, places, readable, see, shell

LAST_PAGE = 40
"""Pages of best matches: what ranking compares ends somewhere."""


def sight_of_everyone() -> Sight:
    """What guests may find."""
    return sight(readable(None), places().forums)


def href(query: str, *, best: bool = False, **more: str | int) -> str:
    """The address of a search."""
    given: dict[str, str | int] = {"q": query}
    if best:
        given["order"] = "best"
    return f"/search?{urlencode(given | more)}"


@everyone
def search(request: HttpRequest) -> HttpResponse:
    """The search page, empty or with results."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    zone = moments.zone(viewer.time_zone if viewer else "")
    typed = request.GET.get("q", "")
    best = request.GET.get("order") == "best"
    number = min(pagination.asked(request.GET.get("page")), LAST_PAGE) if best else 1
    cursor = pagination.decode(request.GET.get("before"), (int,))
    below = cursor[0] if cursor and isinstance(cursor[0], int) else None
    around = reads.around(viewer.id if viewer else None, hides_things=viewer is not None and viewer.hides_things)
    see(request, around.hidden.filters)
    kept = around.kept
    if not typed.strip():
        page = _empty(kept)
        return answer("search/search.html", shell(request, _("Search"), robots="noindex", token=True), page)
    found = find(
        typed,
        sight(readable(viewer), places().forums, around.hidden),
        zone=zone,
        best=best,
        below=None if best else below,
        page=number - 1,
    )
    query = found.query.text
    # Without a word nothing can match better than another; the order shown is the one there is.
    best = best and bool(found.terms)
    saved = next((one for one in kept if one.query == query), None)
    page = SearchPage(
        query=query,
        rule=_(
            "Posts that hold the words most often and in their subject, among the newest %(most)s that match. The same for everyone."
        )
        % {"most": f"{ranking.MOST:,}"}
        if best
        else _("Newest post first. The same for everyone who may read the same forums."),
        orders=(
            Tab(_("Newest"), href(query), not best),
            Tab(_("Best match"), href(query, best=True), best),
        )
        if found.terms
        else (),
        spans=() if found.query.refused else _spans(query, zone, best),
        narrowed=() if found.query.refused else _narrowed(query, best),
        results=tuple(_result(post, found, query, best, zone) for post in found.posts),
        pager=_pager(found, query, best, number, below),
        notes=tuple(found.query.notes),
        refused=found.query.refused,
        nothing=_nothing(found),
        building=_(
            "The index is still being built, %(share)s done, the newest posts first. Older posts may be missing here."
        )
        % {"share": f"{around.building} %"}
        if around.building is not None
        else "",
        keepable=not found.query.refused,
        may_save=viewer is not None and not found.query.refused,
        saved=Link(saved.name, "/search/saved") if saved else None,
        kept=tuple(Link(one.name, href(one.query, best=one.best)) for one in kept),
        best=best,
    )
    title = _("Search: %(query)s") % {"query": query[:60]}
    feed = "" if found.query.refused else f"/search/feed/{quote(query, safe='')}"
    frame = shell(request, title, robots="noindex", token=True, feed=feed)
    return answer("search/search.html", frame, page, status=422 if found.query.refused else 200)


def _empty(kept: Sequence[reads.Kept]) -> SearchPage:
    links = tuple(Link(one.name, href(one.query, best=one.best)) for one in kept)
    return SearchPage("", "", (), (), (), (), Pager(), (), "", "", "", False, False, None, links, False)


def _result(post: Found, found: Findings, query: str, best: bool, zone: tzinfo) -> Result:
    forum = places().forums[post.forum_id]
    original = post.number == 0
    where = (
        _("original post")
        if original
        else _("#%(number)s in “%(subject)s”") % {"number": post.number, "subject": post.thread_subject}
        if post.subject
        else f"#{post.number}"
    )
    return Result(
        href=post_address(post.thread_id, post.number),
        subject=excerpts.marked(post.subject or post.thread_subject, found.terms if original or post.subject else ()),
        label=where,
        author=Link(post.author_name, member_address(post.author_name)),
        forum=forum_link(forum),
        at=moments.moment(post.created_at, zone),
        excerpt=excerpts.excerpt(texts.visible(post.html), found.terms),
        more_by=Link(
            _("more by %(name)s") % {"name": post.author_name},
            href(f"{_without(query, 'author')} author:{_quoted(post.author_name)}".strip(), best=best),
        ),
        more_in=Link(
            _("more in %(forum)s") % {"forum": forum.name},
            href(f"{_without(query, 'forum')} forum:{forum.slug}".strip(), best=best),
        ),
        more_here=Link(
            _("in this thread"),
            href(f"{_without(query, 'in:thread', whole=True)} in:thread:{post.thread_id}".strip(), best=best),
        ),
    )


def _spans(query: str, zone: tzinfo, best: bool) -> tuple[Tab, ...]:
    """Time as links: each puts an after: into the query, or takes it out."""
    bare = _without(_without(query, "after"), "before")
    today = clock.now().astimezone(zone).date()
    spans = [
        (_("Day"), 1),
        (_("Week"), 7),
        (_("Month"), 30),
        (_("Year"), 365),
    ]
    tabs = [Tab(_("Any time"), href(bare, best=best), bare == query)] if bare else []
    for label, days in spans:
        asked = f"{bare} after:{(today - timedelta(days=days)).isoformat()}".strip()
        tabs.append(Tab(label, href(asked, best=best), asked == query))
    return tuple(tabs)


def _narrowed(query: str, best: bool) -> tuple[Tab, ...]:
    """What kind of post, and where in it: each link puts its filter in, or takes it out again."""
    tabs = []
    for label, name, value in (
        (_("Original posts"), "is", "op"),
        (_("Replies"), "is", "reply"),
        (_("In subjects"), "in", "subject"),
        (_("With pictures"), "has", "image"),
        (_("With links"), "has", "link"),
    ):
        on = bool(re.search(rf"(?<!\S){name}:{value}(?!\S)", query))
        bare = re.sub(rf"(?<!\S){name}:{value if name == 'has' else '(?:op|reply|subject|body)'}(?!\S)", "", query)
        bare = " ".join(bare.split())
        if on and not bare:
            continue
        tabs.append(Tab(label, href(bare if on else f"{bare} {name}:{value}".strip(), best=best), on))
    return tuple(tabs)


def _without(query: str, name: str, *, whole: bool = False) -> str:
    """The query without its filters of a name (not those with a minus)."""
    value = r"\S*" if whole else r":(?:\"[^\"]*\"?|[^\s\"]*)"
    return " ".join(re.sub(rf"(?<!\S){name}{value}", "", query).split())


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def _pager(found: Findings, query: str, best: bool, number: int, below: int | None) -> Pager:
    if best:
        return Pager(
            earlier=Link(_("Better matches"), href(query, best=True, page=number - 1)) if number > 1 else None,
            later=Link(_("More matches"), href(query, best=True, page=number + 1))
            if found.more and number < LAST_PAGE
            else None,
            position=_("Page %(n)s") % {"n": number} if number > 1 or found.more else "",
        )
    return Pager(
        earlier=Link(_("Newest"), href(query)) if below is not None else None,
        later=Link(_("Older"), href(query, before=pagination.encode([found.below]))) if found.more else None,
    )


def _nothing(found: Findings) -> str:
    if found.posts or found.query.refused:
        return ""
    if found.more:
        return _("Everything found up to here is in your own trash. Older posts may hold something.")
    if found.query.impossible:
        return _("No post can be both.")
    return _(
        "No post that you may read matches all of this. Try fewer words, or another spelling: words are not bent here."
    )
