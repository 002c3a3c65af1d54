"""allauth's pages under our roof: its views save in autocommit mode, so each of their writes is given a transaction."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import urls as theirs
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern

from palaver.kit import durability

Page = Callable[..., HttpResponseBase]


def housed(view: Page) -> Page:
    """A view of theirs, each write of which is a transaction of its own."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with durability.alone():
            response = view(request, *args, **kwargs)
            render = getattr(response, "render", None)
            return render() if callable(render) else response

    return inner


def patterns() -> list[URLPattern]:
    """allauth's addresses with the same names, their views housed."""
    return [
        URLPattern(one.pattern, housed(one.callback), one.default_args, one.name)
        for one in theirs.urlpatterns
        if isinstance(one, URLPattern)
    ]
