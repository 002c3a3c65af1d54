"""One's own account: preferences, about, name, sessions; and the theme and language of a browser."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from palaver.accounts import settling
from palaver.accounts.models import Member, Session
from palaver.accounts.reads import Viewer
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.web import contexts, moments
from palaver.web.doors import everyone_sends, members, safe_next, the_member
from palaver.web.shell import answer, shell

COOKIE_AGE = 60 * 60 * 24 * 365


def _groups(
    member: Member, given: dict[str, Any], problems: dict[str, str]
) -> tuple[tuple[str, tuple[contexts.Field, ...]], ...]:
    def value(name: str) -> str:
        return str(given.get(name, getattr(member, name)))

    zones = (
        ("", _("the site's: %(zone)s") % {"zone": settings.PALAVER_TIME_ZONE}),
        *((zone, zone) for zone in sorted(available_timezones()) if "/" in zone),
    )
    return (
        (
            _("Who I am"),
            (
                contexts.Field(
                    "name",
                    _("Name"),
                    value=value("name"),
                    error=problems.get("name", ""),
                    required=True,
                    maximum=40,
                    help=_("Earlier names stay visible on your page, and old links lead to it."),
                ),
                contexts.Field(
                    "about",
                    _("About me"),
                    "textarea",
                    value=value("about"),
                    error=problems.get("about", ""),
                    maximum=2000,
                    help=_("A few lines for your page. Markdown."),
                ),
            ),
        ),
        (
            _("How I read"),
            (
                contexts.Field(
                    "thread_view",
                    _("Threads open"),
                    "select",
                    value=value("thread_view"),
                    error=problems.get("thread_view", ""),
                    options=(
                        ("flat", _("flat, in the order of writing")),
                        ("tree", _("as a tree of who answered whom")),
                        ("op", _("with the original post only")),
                    ),
                ),
                contexts.Field(
                    "highlight",
                    _("Highlight"),
                    "select",
                    value=value("highlight"),
                    error=problems.get("highlight", ""),
                    options=(
                        ("none", _("nothing")),
                        ("new", _("new since I marked the forum read")),
                        ("5", _("the 5 newest")),
                        ("10", _("the 10 newest")),
                        ("recommended", _("recommended")),
                        ("author", _("by the original author")),
                        ("followed", _("by people I follow")),
                    ),
                ),
                contexts.Field(
                    "theme",
                    _("Colours"),
                    "select",
                    value=value("theme"),
                    error=problems.get("theme", ""),
                    options=(
                        ("auto", _("as my device")),
                        ("light", _("light")),
                        ("dark", _("dark")),
                        ("contrast", _("high contrast")),
                    ),
                ),
                contexts.Field(
                    "time_zone",
                    _("Time zone"),
                    "select",
                    value=value("time_zone"),
                    error=problems.get("time_zone", ""),
                    options=zones,
                ),
                contexts.Field(
                    "keys_on",
                    _("Keyboard keys (press ? on any page to see them)"),
                    "checkbox",
                    checked=bool(given.get("keys_on", member.keys_on)),
                ),
            ),
        ),
    )


@require_http_methods(["GET", "POST"])
@members
def preferences(request: HttpRequest) -> HttpResponse:
    """How this member reads, and what their page says."""
    member = the_member(request)
    given: dict[str, Any] = {}
    problems: dict[str, str] = {}
    if request.method == "POST":
        given = {
            name: request.POST.get(name, "")
            for name in ("name", "about", "thread_view", "highlight", "theme", "time_zone")
        }
        given["keys_on"] = "keys_on" in request.POST
        try:
            settling.settle(member, **given)
            messages.success(request, _("Saved."))
            return redirect("/account/preferences/")
        except Refusal as refusal:
            problems = {refusal.field: refusal.because}
    page = contexts.FormPage(
        title=_("Preferences"),
        action="/account/preferences/",
        button=_("Save"),
        groups=_groups(member, given, problems),
        sentence=problems.get("", ""),
    )
    frame = shell(request, _("Preferences"), token=True, robots="noindex")
    return answer("account/preferences.html", frame, page, status=422 if problems else 200)


@require_safe
@members
def sessions(request: HttpRequest) -> HttpResponse:
    """Where this member is signed in."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone), clock.now()
    rows = Session.objects.filter(member_id=viewer.id, expires_at__gt=now).order_by("-seen_at")
    page = contexts.SessionsPage(
        sessions=tuple(
            contexts.SignedIn(
                device=row.browser or _("A browser"),
                here=row.key == viewer.session_key,
                seen=moments.moment(row.seen_at, where, now),
                action=f"/account/sessions/{row.key[:12]}/end",
            )
            for row in rows
        )
    )
    return answer(
        "account/sessions.html", shell(request, _("Where I am signed in"), token=True, robots="noindex"), page
    )


@require_POST
@members
def end_session(request: HttpRequest, key: str) -> HttpResponse:
    """Sign out another browser."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    rows = Session.objects.filter(member_id=viewer.id, key__startswith=key).exclude(key=viewer.session_key)
    if not settling.end_sessions(rows, of=the_member(request)):
        raise Http404
    messages.success(request, _("Signed out there."))
    return redirect("/account/sessions/")


@require_POST
@members
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    ended = settling.end_sessions(Session.objects.exclude(key=viewer.session_key), of=the_member(request))
    messages.success(
        request,
        ngettext("Signed out in %(n)s other browser.", "Signed out in %(n)s other browsers.", ended) % {"n": ended}
        if ended
        else _("You were signed in nowhere else."),
    )
    return redirect("/account/sessions/")


@require_safe
@members
def account(request: HttpRequest) -> HttpResponse:
    """The account's front page: where each thing about it is changed."""
    return answer("account/home.html", shell(request, _("Account"), token=True, robots="noindex"), None)


@everyone_sends
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark or high contrast: a member's preference, or a guest's cookie."""
    wanted = request.POST.get("theme", "auto")
    if wanted not in Member.Theme.values:
        wanted = "auto"
    response = redirect(safe_next(request))
    if request.viewer is not None:  # type: ignore[attr-defined]
        settling.settle(the_member(request), theme=wanted)
    else:
        response.set_cookie(
            "palaver_theme", wanted, max_age=COOKIE_AGE, samesite="Lax", secure=settings.SECURE, httponly=True
        )
    return response


@everyone_sends
def language(request: HttpRequest) -> HttpResponse:
    """The language of the pages: a member's preference, or a guest's cookie."""
    wanted = request.POST.get("language", "")
    if wanted not in dict(settings.LANGUAGES):
        raise Http404
    response = redirect(safe_next(request))
    if request.viewer is not None:  # type: ignore[attr-defined]
        settling.settle(the_member(request), language=wanted)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, wanted, max_age=COOKIE_AGE, samesite="Lax", secure=settings.SECURE
    )
    return response
