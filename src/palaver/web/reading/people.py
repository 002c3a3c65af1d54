"""People: whom one follows, ignores and avoids. Each is a list of one's own that nobody else sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from palaver.accounts import avoiding
from palaver.accounts.models import Avoidance, Member
from palaver.accounts.reads import Viewer
from palaver.forums.rendering import member_address
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.kit.text import names
from palaver.reading import following, ignoring
from palaver.reading.models import Follow, Ignore
from palaver.web import contexts, moments
from palaver.web.doors import members, safe_next, the_member
from palaver.web.reading import contexts as own
from palaver.web.reading import paging
from palaver.web.reading.own import trail
from palaver.web.shell import answer, shell

A_PAGE = 100


class Kind(NamedTuple):
    """One of the three lists: its verbs, its rows and its words."""

    address: str
    act: str
    put: Callable[..., object]
    end: Callable[..., bool]
    rows: Callable[[int], QuerySet[Any]]
    other: str
    title: str | Promise
    sentence: str | Promise
    add: str | Promise
    stop: str | Promise
    empty: str | Promise
    done: str | Promise
    ended: str | Promise


FOLLOWING = Kind(
    "/me/following",
    "follow",
    following.follow,
    following.stop_following,
    lambda me: Follow.objects.filter(member_id=me).select_related("followed"),
    "followed",
    gettext_lazy("Following"),
    gettext_lazy("Their posts can be highlighted in threads, and their newest are a list of yours. They are not told."),
    gettext_lazy("Follow"),
    gettext_lazy("Stop following"),
    gettext_lazy("You follow nobody yet."),
    gettext_lazy("You follow %(name)s."),
    gettext_lazy("You do not follow %(name)s any more."),
)
IGNORED = Kind(
    "/me/ignored",
    "ignore",
    ignoring.ignore,
    ignoring.stop_ignoring,
    lambda me: Ignore.objects.filter(member_id=me).select_related("ignored"),
    "ignored",
    gettext_lazy("Ignored"),
    gettext_lazy("Their posts fold to one line for you, and nothing they do makes a notice. They are not told."),
    gettext_lazy("Ignore"),
    gettext_lazy("Stop ignoring"),
    gettext_lazy("You ignore nobody."),
    gettext_lazy("You ignore %(name)s: their posts fold to one line."),
    gettext_lazy("You do not ignore %(name)s any more."),
)
AVOIDANCE = Kind(
    "/me/avoidance",
    "avoid",
    avoiding.avoid,
    avoiding.stop_avoiding,
    lambda me: Avoidance.objects.filter(member_id=me).select_related("avoided"),
    "avoided",
    gettext_lazy("Avoidance list"),
    gettext_lazy(
        "None of them will ever sit on a jury about you. Nobody but you sees this list, and nobody on it is told."
    ),
    gettext_lazy("Put on my avoidance list"),
    gettext_lazy("Take off"),
    gettext_lazy("Nobody is on your list."),
    gettext_lazy("%(name)s is on your avoidance list."),
    gettext_lazy("%(name)s is not on your avoidance list any more."),
)


def find(name: str) -> Member | None:
    """The member of a name, in any spelling that looks the same."""
    if "\x00" in name or not name.strip():
        return None
    return (
        Member.objects.shown().filter(name=name.strip()).first()
        or Member.objects.shown().filter(name_key=names.name_key(name.strip())).first()
    )


def _act(kind: Kind) -> Callable[..., HttpResponse]:
    @require_POST
    @members
    def act(request: HttpRequest, name: str) -> HttpResponse:
        """Put a member on the list, or take them off (`act=end`); `told` asks for notices where the list offers them."""
        other = find(name)
        if other is None:
            raise Http404
        if request.POST.get("act") == "end":
            kind.end(other, by=the_member(request))
            messages.success(request, str(kind.ended) % {"name": other.name})
        else:
            _put(kind, other, request)
        return redirect(safe_next(request, member_address(other.name)))

    return act


def _put(kind: Kind, other: Member, request: HttpRequest) -> None:
    more = {"told": "told" in request.POST} if kind is FOLLOWING else {}
    kind.put(other, by=the_member(request), **more)
    messages.success(request, str(kind.done) % {"name": other.name})


def _page(kind: Kind) -> Callable[..., HttpResponse]:
    @require_http_methods(["GET", "POST"])
    @members
    def page(request: HttpRequest) -> HttpResponse:
        """The list, last put on first; a `name` that is sent goes on it."""
        viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        name, problems = "", {}
        if request.method == "POST":
            name = request.POST.get("name", "")
            try:
                other = find(name)
                if other is None:
                    raise Refusal(
                        _("There is no member of that name. Look at the spelling on their posts."), field="name"
                    )
                _put(kind, other, request)
                return redirect(kind.address)
            except Refusal as refusal:
                problems = {"name": refusal.because}
        start = paging.before(request)
        found, pager = paging.cut(
            paging.older(kind.rows(viewer.id), "at", start)[: A_PAGE + 1], A_PAGE, kind.address, start, "at"
        )
        where, now = moments.zone(viewer.time_zone), clock.now()
        people = []
        for row in found:
            other = getattr(row, kind.other)
            people.append(
                own.Person(
                    contexts.Link(other.name, member_address(other.name)),
                    moments.moment(row.at, where, now),
                    row.told if kind is FOLLOWING else None,
                )
            )
        listed = own.PeoplePage(
            title=str(kind.title),
            sentence=str(kind.sentence),
            act=kind.act,
            here=kind.address,
            people=tuple(people),
            add=str(kind.add),
            stop=str(kind.stop),
            empty=contexts.Empty(str(kind.empty)),
            pager=pager,
            beside=contexts.Link(_("Posts by those I follow"), "/me/followed") if kind is FOLLOWING else None,
            name=name,
            errors=problems,
        )
        frame = shell(request, listed.title, trail=trail(viewer), token=True, robots="noindex")
        return answer("reading/people.html", frame, listed, status=422 if problems else 200)

    return page


follow, ignore, avoid = _act(FOLLOWING), _act(IGNORED), _act(AVOIDANCE)
following_page, ignored_page, avoidance_page = _page(FOLLOWING), _page(IGNORED), _page(AVOIDANCE)


def standing(viewer: Viewer, other_id: int) -> frozenset[str]:
    """On which of the reader's three lists a member stands: the last parts of their forms' addresses."""
    lists = {
        "follow": Follow.objects.filter(member_id=viewer.id, followed_id=other_id),
        "ignore": Ignore.objects.filter(member_id=viewer.id, ignored_id=other_id),
        "avoid": Avoidance.objects.filter(member_id=viewer.id, avoided_id=other_id),
    }
    return frozenset(name for name, rows in lists.items() if rows.exists())
