"""The frame round every page: masthead, places, rail, trail, flashes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from jinja2 import Environment, Template

from palaver.accounts.reads import Viewer
from palaver.community.models import Community
from palaver.forums import reads
from palaver.forums.models import Forum
from palaver.forums.permissions import admitted_forum_ids
from palaver.forums.rendering import member_address
from palaver.live import position
from palaver.reading import sight as sights
from palaver.reading.sight import Sight
from palaver.standards import convening
from palaver.standards import reads as standards_reads
from palaver.web import contexts, moments, structured, templating
from palaver.web.freshness import Kept
from palaver.web.standing import sentence, standing

SignUp = Community.SignUp


class Places(NamedTuple):
    """All categories and forums, read once and kept until one of them changes."""

    categories: dict[int, reads.CategoryRow]
    forums: dict[int, reads.ForumRow]
    main: tuple[reads.ForumRow, ...]
    open_to_all: frozenset[int]
    open_to_members: frozenset[int]
    gated: bool


def _read_places() -> Places:
    forums = {row.id: row for row in reads.forums()}
    everyone = frozenset(row.id for row in forums.values() if row.who_reads == Forum.Gate.EVERYONE)
    members = everyone | {row.id for row in forums.values() if row.who_reads == Forum.Gate.MEMBERS}
    main = tuple(row for row in forums.values() if row.is_main)
    return Places(
        {row.id: row for row in reads.categories()}, forums, main, everyone, members, len(members) < len(forums)
    )


_places = Kept(_read_places, "places")


def places() -> Places:
    """Categories and forums as they stand now."""
    return _places.get()


def readable(viewer: Viewer | None) -> frozenset[int]:
    """Ids of the forums whose threads this reader may see. No statement unless some forum has a named audience."""
    known = places()
    if viewer is None:
        return known.open_to_all
    if not known.gated:
        return known.open_to_members
    if viewer.is_operator:
        return frozenset(known.forums)
    return known.open_to_members | admitted_forum_ids(viewer.id)


def sight(request: HttpRequest) -> Sight:
    """What this reader has put out of sight: asked once a request, and only for members who hide something."""
    seen: Sight | None = getattr(request, "sight", None)
    if seen is None:
        seen = sights.of(getattr(request, "viewer", None))
        see(request, seen)
    return seen


def see(request: HttpRequest, seen: Sight) -> None:
    """Note what is out of sight, where a page has asked for it together with something else."""
    request.sight = seen  # type: ignore[attr-defined]


def forum_href(forum: reads.ForumRow) -> str:
    return f"/f/{forum.slug}/"


def forum_link(forum: reads.ForumRow) -> contexts.Link:
    return contexts.Link(forum.name, forum_href(forum))


def sign_of(forum: reads.ForumRow) -> contexts.Sign:
    return cast(contexts.Sign, places().categories[forum.category_id].mark)


def trail(forum: reads.ForumRow | None = None, category: reads.CategoryRow | None = None) -> tuple[contexts.Link, ...]:
    """Latest discussions › category › forum."""
    links = [contexts.Link(_("Latest discussions"), "/latest")]
    if forum is not None:
        category = places().categories[forum.category_id]
    if category is not None:
        links.append(contexts.Link(category.name, f"/c/{category.slug}/"))
    if forum is not None:
        links.append(forum_link(forum))
    return tuple(links)


def community() -> contexts.Community:
    """Who we are, as the operators have settled it; the settings stand where they have not."""
    said = standing().about
    return contexts.Community(
        name=said.name,
        sentence=sentence(said),
        open_to_join=said.sign_up in {SignUp.OPEN, SignUp.APPROVAL},
        sign_up=cast(Any, said.sign_up),
    )


_FLASH = {"success": "done", "error": "refused", "warning": "note"}


def shell(
    request: HttpRequest,
    title: str,
    *,
    trail: Sequence[contexts.Link] = (),
    forum_id: int | None = None,
    canonical: str = "",
    description: str = "",
    live: str = "",
    robots: str = "",
    token: bool = False,
    feed: str = "",
    things: Sequence[structured.Thing] = (),
) -> contexts.Shell:
    """The frame for one request. `token` puts a form token in: only for pages that are never cached.

    `feed` is the path of the page's feed without its ending; `things` are what the page is about, for crawlers.
    """
    viewer: Viewer | None = getattr(request, "viewer", None)
    known = places()
    # Main forums are nearly always open: a further statement is for communities where one of them is not.
    may = known.open_to_all if viewer is None else known.open_to_members
    if any(row.id not in may for row in known.main):
        may = readable(viewer)
    hidden = sight(request).forums
    here = request.path
    reader = None
    if viewer is not None:
        reader = contexts.Reader(
            name=viewer.name,
            href=member_address(viewer.name),
            keys=viewer.keys_on,
            zone=viewer.time_zone,
            operator=viewer.is_operator,
            notices=viewer.notice_count,
            id=viewer.id,
        )
    summons = None if viewer is None else _summons(viewer, here)
    flashes: tuple[contexts.Flash, ...] = ()
    if "messages" in request.COOKIES or hasattr(request, "_messages_added"):
        flashes = tuple(
            contexts.Flash(cast(Any, _FLASH.get(line.level_tag, "note")), str(line)) for line in get_messages(request)
        )
    main = tuple(
        contexts.Tab(row.name, forum_href(row), row.id == forum_id)
        for row in known.main
        if row.id in may and not row.retired and row.id not in hidden
    )
    current = known.forums[forum_id].category_id if forum_id in known.forums else None
    rail = tuple(
        contexts.RailCategory(row.name, f"/c/{row.slug}/", cast(contexts.Sign, row.mark), row.id == current)
        for row in known.categories.values()
    )
    theme = viewer.theme if viewer else request.COOKIES.get("palaver_theme", "auto")
    return contexts.Shell(
        community=community(),
        title=title,
        reader=reader,
        language=get_language() or "en",
        direction="rtl" if get_language_bidi() else "ltr",
        theme=cast(contexts.Theme, theme if theme in {"auto", "light", "dark", "contrast"} else "auto"),
        languages=tuple(settings.LANGUAGES),
        places=main,
        rail_categories=rail,
        trail=tuple(trail),
        flashes=flashes,
        features=contexts.Features(search=True, notices=True),
        csrf_token=get_token(request) if token else "",
        canonical=canonical and settings.PALAVER_ORIGIN + canonical,
        description=description,
        live=live,
        live_after=str(position.reached() or "") if live or viewer else "",
        here=here,
        robots=robots,
        feed=feed,
        structured=""
        if viewer is not None
        else structured.block([*things, *structured.trail(trail, title, canonical)]),
        summons=summons,
    )


def _summons(viewer: Viewer, here: str) -> contexts.Summons | None:
    """The seat that is offered to the reader, or taken: asked for only where the map in memory names them."""
    if viewer.id not in convening.summoned():
        return None
    seats = [seat for seat in standards_reads.mine(viewer.id) if here != f"/juries/seat/{seat.id}"]
    if not seats:
        return None
    # A paper that waits goes before an offer.
    first = max(seats, key=lambda seat: seat.state == "taken")
    until = moments.moment(first.until, moments.zone(viewer.time_zone))
    return contexts.Summons(f"/juries/seat/{first.id}", first.state == "taken", until)


_templates: dict[str, Template] = {}


def environment() -> Environment:
    """The one environment of our pages and moulds; made once (tests draw with the strict one)."""
    return templating.own()


def answer(template: str, frame: contexts.Shell, page: object, *, status: int = 200) -> HttpResponse:
    """A page, rendered straight by the engine (no context processors, no request in templates)."""
    made = _templates.get(template)
    if made is None:
        made = _templates[template] = environment().get_template(template)
    return HttpResponse(templating.draw(made, frame.language, shell=frame, page=page), status=status)


def for_allauth(request: HttpRequest) -> dict[str, Any]:
    """Context processor: allauth's pages are given the same frame, with a token, as ours."""
    invitation = getattr(request, "invitation", None)
    return {
        "shell": shell(request, _("Account"), token=True, robots="noindex"),
        "invited_by": invitation.by.name if invitation is not None else "",
    }
