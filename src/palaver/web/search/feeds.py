"""Searches as feeds: any query as everybody may read it, and a member's kept search by an address that only they know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from palaver.forums.models import Post
from palaver.forums.rendering import member_address, post_address
from palaver.search.finding import Findings, find
from palaver.search.models import SavedSearch
from palaver.search.sight import sight_of
from palaver.web import feeds, moments
from palaver.web.doors import everyone
from palaver.web.feeds import Entry, Feed
from palaver.web.search.pages import href, sight_of_everyone
from palaver.web.shell import community, places

POSTS = 30


def address(query: str) -> str:
    """The path of a search's feed, without its ending."""
    return f"/search/feed/{quote(query, safe='')}"


@everyone
def search(request: HttpRequest, query: str, kind: str) -> HttpResponse:
    """What guests find, the newest first. A query that cannot be read is an empty feed that says so."""
    answer = find(query, sight_of_everyone(), zone=moments.zone(""), size=POSTS)
    # Asked anew each time: what a search finds may change with any post.
    return feeds.respond(request, kind, _feed(answer, answer.query.text, address(query)), _entries(answer))


@everyone
def saved(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    """A kept search, as its member may read at this moment. The token in the address is the whole of the right."""
    one = SavedSearch.objects.select_related("member").filter(token=token, member__left_at=None).first()
    if one is None:
        raise Http404
    zone: tzinfo = moments.zone(one.member.time_zone)
    answer = find(one.query, sight_of(one.member), zone=zone, size=POSTS)
    response = feeds.respond(request, kind, _feed(answer, one.name, f"/search/saved/{token}"), _entries(answer))
    # It may hold what guests do not read: no other site's script and no shared cache gets it.
    del response["Access-Control-Allow-Origin"]
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


def _feed(answer: Findings, name: str, own: str) -> Feed:
    us = community()
    title = _("Search: %(query)s") % {"query": name}
    sentence = answer.query.refused or " ".join(answer.query.notes)
    return Feed(f"{title} – {us.name}", href(answer.query.text), own, sentence, get_language() or "en", us.name)


def _entries(answer: Findings) -> Iterable[Entry]:
    known = places().forums
    edited = dict(
        Post.objects.filter(pk__in=[post.post_id for post in answer.posts], edited_at__isnull=False).values_list(
            "pk", "edited_at"
        )
    )
    for post in answer.posts:
        yield Entry(
            id=f"/p/{post.post_id}",
            href=post_address(post.thread_id, post.number),
            title=post.subject
            or (
                post.thread_subject
                if post.number == 0
                else _("#%(number)s in: %(subject)s") % {"number": post.number, "subject": post.thread_subject}
            ),
            html=post.html,
            published=post.created_at,
            updated=edited.get(post.post_id) or post.created_at,
            author=post.author_name,
            author_href=member_address(post.author_name),
            category=known[post.forum_id].name,
        )
