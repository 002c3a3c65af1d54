"""Until there is a community, every page leads to its set-up."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from palaver.web.standing import standing

# What the set-up page itself needs, and where a founder comes out.
_OPEN = ("/set-up", "/theme", "/language")


class Founding:
    """A middleware that costs founded communities one look at a kept value."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(_OPEN) and not standing().founded:
            response = redirect("/set-up")
            response.headers["Cache-Control"] = "no-store"
            return response
        return self.get_response(request)
