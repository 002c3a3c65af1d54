"""What crawlers and programs ask a site: robots.txt, the sitemaps, and the well-known addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from django.conf import settings
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.encoding import iri_to_uri

from palaver.community.reads import about
from palaver.forums.models import Thread
from palaver.kit import clock
from palaver.standards.models import Amendment
from palaver.web.doors import everyone
from palaver.web.freshness import cacheable
from palaver.web.help.topics import TOPICS
from palaver.web.house.pages import TITLES
from palaver.web.places.lists import thread_href
from palaver.web.shell import forum_href, places, readable

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
RANGE = 10_000
"""Thread ids that one sitemap covers: far below the protocol's 50,000 addresses, and always the same file for a thread."""

# Nothing to find there: forms, a member's own pages, and other ways to look at pages that have an address already.
_CLOSED = (
    "/account/",
    "/desk/",
    "/search",
    "/unread",
    "/positions",
    "/contact?",
    "/charter/amendments/propose",
    "/f/*/start",
    "/t/*/new",
    "/t/*/replies",
    "/t/*/lock",
    "/t/*/pin",
    "/p/*/reply",
    "/p/*/edit",
    "/p/*/withdraw",
    "/*?*view=",
    "/*?*highlight=",
)

ElementTree.register_namespace("sm", SITEMAP)


@everyone
def robots(request: HttpRequest) -> HttpResponse:
    """Where crawlers need not go, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _CLOSED), "", f"Sitemap: {_whole('/sitemap.xml')}", ""]
    return cacheable(HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8"), ["community"])


@everyone
def sitemap(request: HttpRequest) -> HttpResponse:
    """The index: one file for places and help, one for each range of threads in which an open one lies."""
    root = ElementTree.Element(f"{{{SITEMAP}}}sitemapindex")
    last = Thread.objects.aggregate(last=Max("id"))["last"] or 0
    parts = ["/sitemaps/places.xml"]
    parts += [f"/sitemaps/threads-{n}.xml" for n in range(last // RANGE + 1) if _open(n).exists()]
    for path in parts:
        _add(_add(root, "sitemap"), "loc", _whole(path))
    return _answer(root)


@everyone
def sitemap_of_places(request: HttpRequest) -> HttpResponse:
    """Lists, categories, open forums, the pages of this house and its help."""
    known, may = places(), readable(None)
    root = ElementTree.Element(f"{{{SITEMAP}}}urlset")
    paths = [
        "/",
        "/latest",
        "/newest",
        "/recommended",
        "/unanswered",
        "/forums",
        "/record",
        "/charter",
        "/charter/amendments/",
        "/contact",
    ]
    paths += [f"/c/{row.slug}/" for row in known.categories.values()]
    for row in known.forums.values():
        if row.id in may:
            paths += [forum_href(row), f"{forum_href(row)}about"]
    paths += [f"/{key}" for key in TITLES]
    paths += ["/help/", *(topic.href for topic in TOPICS.values())]
    paths += [f"/charter/amendments/{pk}" for pk in Amendment.objects.order_by("pk").values_list("pk", flat=True)]
    for path in paths:
        _add(_add(root, "url"), "loc", _whole(path))
    return _answer(root, "charter")


@everyone
def sitemap_of_threads(request: HttpRequest, number: int) -> HttpResponse:
    """The threads of open forums whose ids lie in one range."""
    if number > 2**40:
        raise Http404
    root = ElementTree.Element(f"{{{SITEMAP}}}urlset")
    found = _open(number).order_by("id").values_list("id", "slug", "last_post_at")
    for thread_id, slug, last_post_at in found:
        url = _add(root, "url")
        _add(url, "loc", _whole(thread_href(thread_id, slug)))
        _add(url, "lastmod", _instant(last_post_at))
    if not len(root):
        raise Http404
    return _answer(root)


def _open(number: int) -> QuerySet[Thread]:
    return Thread.objects.filter(
        id__gte=number * RANGE, id__lt=(number + 1) * RANGE, forum_id__in=sorted(readable(None))
    )


@everyone
def security(request: HttpRequest) -> HttpResponse:
    """How to tell us of a weakness (RFC 9116)."""
    contact = about().contact
    # The day it ends at moves once a day, so that the file can be compared with itself.
    expires = (clock.now() + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        *([f"Contact: mailto:{contact}"] if contact else []),
        f"Contact: {_whole('/contact')}",
        f"Expires: {_instant(expires)}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {_whole('/.well-known/security.txt')}",
        "",
    ]
    return cacheable(HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8"), ["community"])


@everyone
def change_password(request: HttpRequest) -> HttpResponse:
    """Where a password is changed: browsers and keepers of passwords ask for it here."""
    return redirect("/account/password/change/")


def _answer(root: ElementTree.Element, *words: str) -> HttpResponse:
    written = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True, default_namespace=SITEMAP)
    response = HttpResponse(written, content_type="application/xml; charset=utf-8")
    return cacheable(response, ["front", "places", *words])


def _add(parent: ElementTree.Element, name: str, text: str = "") -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{SITEMAP}}}{name}")
    if text:
        child.text = text
    return child


def _whole(path: str) -> str:
    return str(iri_to_uri(settings.PALAVER_ORIGIN + path))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
