"""Pages for what goes wrong: what happened, why, what now. The text that was sent is kept. Works without a database."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import cast

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from palaver.accounts.reads import Viewer
from palaver.forums.rendering import member_address
from palaver.kit.decisions import Refusal
from palaver.web import contexts, templating
from palaver.web.standing import name_at_hand

log = logging.getLogger("palaver.errors")

WORDS: dict[int, tuple[object, object, object]] = {
    400: (
        gettext_lazy("We could not read that request"),
        gettext_lazy("Something in the address or the form was not in a shape we understand."),
        gettext_lazy("Go back and try once more; if it happens again, tell the operators."),
    ),
    403: (
        gettext_lazy("This is not open to you"),
        gettext_lazy("What you asked for belongs to others, or to an office you do not hold."),
        gettext_lazy("If you have an account, sign in; otherwise read on elsewhere."),
    ),
    404: (
        gettext_lazy("There is nothing at this address"),
        gettext_lazy("It may have been moved, or the address has a slip in it."),
        gettext_lazy("The latest discussions and the list of all forums are a good way back."),
    ),
    405: (
        gettext_lazy("This address takes no such request"),
        gettext_lazy("It is used by a form, and was opened in another way."),
        gettext_lazy("Go back to the page you came from and use its buttons."),
    ),
    408: (
        gettext_lazy("That took too long to arrive"),
        gettext_lazy("The connection was too slow, or broke off on the way."),
        gettext_lazy("Try again; what you had typed is still in the page you came from."),
    ),
    410: (
        gettext_lazy("This has been taken away"),
        gettext_lazy("It stood here once, and was withdrawn."),
        gettext_lazy("Its thread, if it still stands, says by whom and why."),
    ),
    413: (
        gettext_lazy("That is more than fits"),
        gettext_lazy("What you sent is larger than this forum takes in one piece."),
        gettext_lazy("Shorten it, or send it in two parts."),
    ),
    414: (
        gettext_lazy("That address is too long"),
        gettext_lazy("No page of this forum has an address of that length."),
        gettext_lazy("Cut it short, or start from the latest discussions."),
    ),
    421: (
        gettext_lazy("This forum does not live at that name"),
        gettext_lazy("The request named a host that is not ours."),
        gettext_lazy("Open the forum at its own address."),
    ),
    429: (
        gettext_lazy("That was a little too often"),
        gettext_lazy("To keep the place quiet for everyone, some acts are limited for a few minutes."),
        gettext_lazy("Wait a moment, then try again. What you wrote is below, if you wrote something."),
    ),
    431: (
        gettext_lazy("Your browser sent too much along"),
        gettext_lazy("Its headers, most likely the cookies, are larger than we read."),
        gettext_lazy("Delete the cookies of this site and open the page again."),
    ),
    500: (
        gettext_lazy("Something broke on our side"),
        gettext_lazy("This is a fault in the forum, not in what you did. It has been noted."),
        gettext_lazy("Try again in a minute. If you had written something, it is below."),
    ),
    503: (
        gettext_lazy("Too many at the door just now"),
        gettext_lazy("The forum is busier than it can serve at this instant."),
        gettext_lazy("Try again in a few seconds; nothing you sent has been stored twice."),
    ),
}


def _bare(request: HttpRequest | None, title: str) -> contexts.Shell:
    """A frame that asks no database, so that an error page never fails itself; who asks was found out before."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    reader = None
    if viewer is not None:
        reader = contexts.Reader(
            name=viewer.name,
            href=member_address(viewer.name),
            keys=viewer.keys_on,
            zone=viewer.time_zone,
            operator=viewer.is_operator,
        )
    theme = viewer.theme if viewer else request.COOKIES.get("palaver_theme", "auto") if request is not None else "auto"
    return contexts.Shell(
        community=contexts.Community(name=name_at_hand(), sentence=""),
        title=title,
        reader=reader,
        theme=cast(contexts.Theme, theme if theme in {"light", "dark", "contrast"} else "auto"),
        here="/",
        robots="noindex",
        features=contexts.Features(language_choice=False),
    )


def _kept(request: HttpRequest | None) -> str:
    """What was typed into a form of this request, to be given back."""
    if request is None or request.method != "POST":
        return ""
    try:
        return request.POST.get("body") or request.POST.get("reason") or request.POST.get("about") or ""
    except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return ""  # It is the form itself that could not be read.


def draw(
    request: HttpRequest | None, status: int, words: tuple[object, object, object], kept: str = ""
) -> HttpResponse:
    """An error page of three sentences (what happened, why, what now) and what was typed."""
    page = contexts.ErrorPage(
        status=status,
        happened=str(words[0]),
        why=str(words[1]),
        now=str(words[2]),
        kept=kept,
        acts=(contexts.Link(_("Latest discussions"), "/latest"), contexts.Link(_("All forums"), "/forums")),
        request_id=str(request.META.get("palaver.request_id", "")) if request is not None and status >= 500 else "",
    )
    html = templating.strict().get_template("errors/error.html").render(shell=_bare(request, str(words[0])), page=page)
    return HttpResponse(html, status=status)


def page(request: HttpRequest | None, status: int) -> HttpResponse:
    """The page of a status, with what was typed."""
    return draw(request, status, WORDS[status], _kept(request))


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A verb's refusal that no form of the view could show: its sentence is the page's."""
    heading = (
        WORDS.get(refusal.status, (_("That could not be done"), "", ""))[0]
        if refusal.status == 403
        else _("That could not be done")
    )
    words = (
        heading,
        refusal.because,
        _("What you had typed is below, if you typed something.") if _kept(request) else "",
    )
    return draw(request, refusal.status, words, _kept(request))


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """A guest sent a member's form, most often because the session has ended meanwhile."""
    words = (
        _("Sign in first"),
        _("You are not signed in (any more), so we do not know whose act this is."),
        _("Sign in, come back, and send it again. What you had typed is below."),
    )
    return draw(request, 403, words, _kept(request))


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """An unsafe request that does not come from one of our pages, or from one that is too old."""
    words = (
        _("This form is out of date"),
        _("It was not sent from a page of this forum, or that page had been open for very long."),
        _("Open the page again and send the form once more. What you had typed is below."),
    )
    return draw(request, 403, words, _kept(request))


def sentence_page(status: int) -> bytes:
    """A page for the front, which answers some statuses without asking a lane."""
    return draw(None, status, WORDS[status]).content


def handler(status: int) -> Callable[..., HttpResponse]:
    """Django's handler of a status."""

    def answer(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        return page(request, status)

    return answer
