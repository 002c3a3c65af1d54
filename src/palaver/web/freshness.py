"""Cache words as pages use them: what a page shows, and a small store of things that are read with every page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.http import HttpResponse

from palaver.front.keeping import Kept as Kept
from palaver.kit import clock

DECORATION = timedelta(seconds=60)
"""How old decoration may be on a guest's page: post counts, day labels, "4 min ago". Content is never stale."""


def cacheable(response: HttpResponse, names: Iterable[str]) -> HttpResponse:
    """Say that guests may be given this page again until one of its words changes, or its decoration is a minute old.

    Every page shows the community's name, so its word is always among them.
    """
    response.cache_words = frozenset({*names, "community"})  # type: ignore[attr-defined]
    response.fresh_until = clock.now() + DECORATION  # type: ignore[attr-defined]
    return response
