"""What every request passes: who is asking, whether an unsafe request comes from our own pages, and who a view is open to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_POST, require_safe

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer, viewer
from palaver.kit.decisions import Refusal
from palaver.standards import convening
from palaver.web import errors

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
Next = Callable[[HttpRequest], HttpResponse]


class Asked(HttpRequest):
    """A request that has passed `Viewing`: `viewer` is the signed-in member's row, or None for a guest."""

    viewer: Viewer | None


class Viewing:
    """Puts the Viewer on the request (one statement, none for guests) and speaks the reader's language.

    That a member is here is noted for juries that look for them: a look into a dictionary for everybody else.

    A Refusal that a view did not meet itself becomes a page with its sentence, its status and the text that was sent.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        asking = viewer(key, request.META.get("REMOTE_ADDR", "")) if key else None
        if asking is not None:
            convening.saw(asking.id)
        request.viewer = asking  # type: ignore[attr-defined]
        language = (asking.language if asking else "") or get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            allowed = response.headers.get("Allow", "")
            response = errors.page(request, 405)
            response.headers["Allow"] = allowed
        response.headers.setdefault("Content-Language", language)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return errors.refused(request, exception)
        return None


class SameOrigin(CsrfViewMiddleware):
    """Unsafe requests must come from our own pages.

    The browser's own word comes first (`Sec-Fetch-Site`, then `Origin`); the token is for browsers that send neither.
    So no token need stand in any page that a cache keeps.
    """

    def process_view(  # type: ignore[override]
        self, request: HttpRequest, callback: Callable[..., Any], callback_args: Any, callback_kwargs: Any
    ) -> HttpResponse | None:
        if request.method in {"GET", "HEAD", "OPTIONS", "TRACE"} or getattr(
            request, "_dont_enforce_csrf_checks", False
        ):
            return None
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None:
            if site == "same-origin":
                self._let_in(request)
                return None
            return errors.expired(request)
        origin = request.headers.get("Origin")
        if origin is not None:
            if self._is_ours(request, origin):
                self._let_in(request)
                return None
            return errors.expired(request)
        return super().process_view(request, callback, callback_args, callback_kwargs)

    def _let_in(self, request: HttpRequest) -> None:
        request.csrf_processing_done = True  # type: ignore[attr-defined]

    def _is_ours(self, request: HttpRequest, origin: str) -> bool:
        """The configured origin; on a loopback installation also the loopback name and port that was asked for."""
        if origin == settings.PALAVER_ORIGIN:
            return True
        asked, ours = urlsplit(origin), urlsplit(settings.PALAVER_ORIGIN)
        return asked.netloc == request.get_host() and asked.scheme == ours.scheme


def member(request: HttpRequest) -> Member | None:
    """The Member who asks, for verbs; None for a guest."""
    asking: Viewer | None = request.viewer  # type: ignore[attr-defined]
    return None if asking is None else Member.objects.get(pk=asking.id)


def the_member(request: HttpRequest) -> Member:
    """The Member who asks, behind a `members` door."""
    asking: Viewer = request.viewer  # type: ignore[attr-defined]
    return Member.objects.get(pk=asking.id)


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """Where a form wants to go back to, if that is a path on this site; anything else would be taken for a view's name."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours and wanted.isprintable() else default


def everyone(view: View[P]) -> View[P]:
    """A page for anybody to read; what may be read in it is asked by the view, of the domain's permissions."""
    reading: View[P] = require_safe(view)
    reading.permission = "everyone"  # type: ignore[attr-defined]
    return reading


def everyone_sends(view: View[P]) -> View[P]:
    """A form that anybody may send."""
    sending: View[P] = require_POST(view)
    sending.permission = "everyone"  # type: ignore[attr-defined]
    return sending


def members(view: View[P]) -> View[P]:
    """A page for members: guests are led to sign in and back; a guest's POST is answered by a page that keeps the text."""

    @wraps(view)
    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.viewer is None:  # type: ignore[attr-defined]
            if request.method in {"GET", "HEAD"}:
                return redirect(f"/account/login/?{urlencode({'next': request.get_full_path()})}")
            return errors.sign_in_first(request)
        return view(request, *args, **kwargs)

    inner.permission = "members"  # type: ignore[attr-defined]
    return cast(View[P], inner)


def operators(view: View[P]) -> View[P]:
    """A page of the operators' desk."""

    @wraps(view)
    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        asking: Viewer | None = request.viewer  # type: ignore[attr-defined]
        if asking is None and request.method in {"GET", "HEAD"}:
            return redirect(f"/account/login/?{urlencode({'next': request.get_full_path()})}")
        if asking is None or not asking.is_operator:
            return errors.page(request, 403)
        return view(request, *args, **kwargs)

    inner.permission = "operators"  # type: ignore[attr-defined]
    return cast(View[P], inner)
