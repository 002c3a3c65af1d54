"""Every address names the permission it asks for, or is listed as public with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path

from palaver.web.public import PUBLIC


def addresses(patterns: list[Any], prefix: str = "", space: str = "") -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Every address below: its route, its name ("" when it has none) and its view."""
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry.url_patterns, route, inner)
        elif isinstance(entry, URLPattern):
            yield route, f"{space}{entry.name}" if entry.name else "", entry.callback


def permission_of(view: Callable[..., Any]) -> Any:
    """What a view says it asks: an attribute on the function, on what it wraps, or on its class."""
    looked: Any = view
    while looked is not None:
        for holder in (looked, getattr(looked, "view_class", None)):
            named = getattr(holder, "permission", None)
            if named:
                return named
        looked = getattr(looked, "__wrapped__", None)
    return None


def unnamed(patterns: list[Any]) -> list[str]:
    return [
        f"{route} ({name})"
        for route, name, view in addresses(patterns)
        if permission_of(view) is None and name not in PUBLIC and route not in PUBLIC
    ]


def test_every_address_names_its_permission_or_is_listed_public() -> None:
    assert unnamed(get_resolver().url_patterns) == []


def test_every_public_address_exists_and_has_a_reason() -> None:
    known = {key for route, name, _ in addresses(get_resolver().url_patterns) for key in (route, name)}
    assert sorted(set(PUBLIC) - known) == []
    assert [key for key, reason in PUBLIC.items() if len(reason.split()) < 3] == []


def test_a_view_that_names_nothing_is_noticed() -> None:
    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    def guarded(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    guarded.permission = "may_operate"  # type: ignore[attr-defined]
    assert unnamed([path("bare", bare, name="bare"), path("guarded", guarded)]) == ["bare (bare)"]
