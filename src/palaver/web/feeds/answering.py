"""Answering a request with a feed."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from palaver.web.feeds.writing import Entry, Feed, atom, json, updated
from palaver.web.freshness import cacheable

KINDS = {
    "atom": (atom, "application/atom+xml; charset=utf-8"),
    "json": (json, "application/feed+json; charset=utf-8"),
}


def respond(
    request: HttpRequest, kind: str, feed: Feed, entries: Iterable[Entry], *, words: Iterable[str] | None = None
) -> HttpResponse:
    """The feed, or 304 for a reader who has it. `words` are the cache words it stands on; None when it moves with time.

    A reader's tag decides, never a date: when a post has left, the newest date may be the same and the feed is not.
    """
    entries = list(entries)
    write, content_type = KINDS[kind]
    body = write(feed, entries)
    response = HttpResponse(body, content_type=content_type)
    tag = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
    response["ETag"] = tag
    response["Last-Modified"] = http_date(updated(entries).timestamp())
    # Readers in browsers of other sites may fetch it: it holds nothing that a guest could not.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    if words is not None:
        cacheable(response, words)
    if request.headers.get("If-None-Match"):
        return get_conditional_response(request, etag=tag, response=response) or response
    return response
