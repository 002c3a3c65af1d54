"""Help: the index with its search, one page each, and how lists are ordered."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from markupsafe import Markup

from palaver.web.contexts import Link
from palaver.web.doors import everyone
from palaver.web.freshness import cacheable
from palaver.web.help import contexts, topics
from palaver.web.shell import answer, shell

_WORDS = ["places", "community"]
QUERY = 200
"""Characters of a search in the help that are looked at."""


def _trail() -> tuple[Link, ...]:
    return (Link(_("Help"), "/help/"),)


@everyone
def index(request: HttpRequest) -> HttpResponse:
    """All help pages, or the sections that hold the words of `?q=`."""
    query = request.GET.get("q", "").replace("\x00", "")[:QUERY].strip()
    pages = tuple((Link(str(one.title), one.href), str(one.sentence)) for one in topics.TOPICS.values())
    found = None
    if query:
        found = tuple(
            contexts.Found(
                Link(section.title, f"{topics.TOPICS[section.topic].href}#{section.anchor}"),
                str(topics.TOPICS[section.topic].title),
                section.text if len(section.text) <= 160 else section.text[:160].rsplit(" ", 1)[0] + "…",
            )
            for section in topics.find(query)
        )
    frame = shell(
        request,
        _("Help"),
        canonical="/help/",
        description=_("How this place works, in short pages."),
        robots="noindex, follow" if "q" in request.GET else "",
    )
    response = answer("help/index.html", frame, contexts.HelpIndex(pages, query, found))
    return cacheable(response, _WORDS)


@everyone
def topic(request: HttpRequest, key: str) -> HttpResponse:
    """One help page."""
    found = topics.TOPICS.get(key)
    if found is None:
        raise Http404
    page = contexts.HelpPage(
        title=str(found.title),
        sentence=str(found.sentence),
        body=Markup(topics.drawn(found)),
        sections=tuple(Link(section.title, f"#{section.anchor}") for section in topics.sections(key)),
        others=tuple(Link(str(one.title), one.href) for one in topics.TOPICS.values() if one.key != key),
    )
    frame = shell(request, page.title, trail=_trail(), canonical=found.href, description=page.sentence)
    return cacheable(answer("help/page.html", frame, page), _WORDS)


@everyone
def order(request: HttpRequest) -> HttpResponse:
    """Every order, what it looks at, and how ties end."""
    frame = shell(request, _("How lists are ordered"), trail=_trail(), canonical="/help/orders")
    return cacheable(answer("help/orders.html", frame, topics.rules()), _WORDS)
