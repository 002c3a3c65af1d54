"""The feeds of this site: lists of threads, a thread's posts, a member's posts, the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import escape

from palaver.forums import orders
from palaver.forums.models import Post
from palaver.forums.reads import merged_into
from palaver.forums.rendering import member_address, post_address
from palaver.kit import clock
from palaver.kit.text import rendering
from palaver.reading import reads
from palaver.record.models import Entry as RecordEntry
from palaver.standards import proving
from palaver.standards.models import Amendment
from palaver.web import errors, feeds, moments
from palaver.web.charter.drawing import state
from palaver.web.doors import everyone
from palaver.web.feeds import Entry, Feed
from palaver.web.members.pages import find
from palaver.web.places.lists import thread_href
from palaver.web.record.pages import lines
from palaver.web.shell import community, forum_href, places, readable
from palaver.web.threads import quotations
from palaver.web.threads.pages import load

THREADS = 30
POSTS = 50


def _feed(title: str, href: str, address: str, sentence: str = "", language: str = "") -> Feed:
    us = community()
    return Feed(f"{title} – {us.name}", href, address, sentence, language or get_language() or "en", us.name)


def _of_threads(found: Sequence[reads.ThreadRow]) -> list[Entry]:
    """Threads as entries: each is its original post, whose lasting address it goes by. One whose original post is not
    shown leaves."""
    found = found[:THREADS]
    shown = Post.objects.filter(thread_id__in=[row.id for row in found], place=0, standing=Post.Standing.SHOWN)
    opening = {post.thread_id: post for post in shown.select_related("author", "body")}
    known, gone = places().forums, quotations.folded()
    return [
        Entry(
            id=f"/p/{opening[row.id].pk}",
            href=thread_href(row.id, row.slug),
            title=row.subject,
            html=quotations.without(opening[row.id].body.html, gone.get(opening[row.id].pk, frozenset())),
            published=row.created_at,
            updated=opening[row.id].edited_at or row.created_at,
            author=opening[row.id].author.name,
            author_href=member_address(opening[row.id].author.name),
            category=known[row.forum_id].name,
            replies=row.post_count - 1,
        )
        for row in found
        if row.id in opening
    ]


def _of_posts(posts: Iterable[Post]) -> list[Entry]:
    """Posts as entries, each by its lasting address."""
    known, gone = places().forums, quotations.folded()
    return [
        Entry(
            id=f"/p/{post.pk}",
            href=thread_href(post.thread_id, post.thread.slug)
            if post.is_original
            else post_address(post.thread_id, post.number),
            title=post.subject
            or (
                post.thread.subject
                if post.is_original
                else _("#%(number)s in: %(subject)s") % {"number": post.number, "subject": post.thread.subject}
            ),
            html=quotations.without(post.body.html, gone.get(post.pk, frozenset())),
            published=post.created_at,
            updated=post.edited_at or post.created_at,
            author=post.author.name,
            author_href=member_address(post.author.name),
            category=known[post.forum_id].name,
            answers=f"/p/{post.answers_id}" if post.answers_id else "",
        )
        for post in posts
    ]


def _ordered(order: orders.Order, ids: frozenset[int]) -> list[reads.ThreadRow]:
    return reads.threads(order, ids, viewer=None, size=THREADS)


def _window(request: HttpRequest) -> str:
    window = request.GET.get("in", "week")
    if window not in orders.WINDOWS:
        raise Http404
    return window


@everyone
def home(request: HttpRequest, kind: str) -> HttpResponse:
    """The front page's list: latest of the main forums."""
    known = places()
    ids = (frozenset(row.id for row in known.main) or frozenset(known.forums)) & readable(None)
    feed = _feed(str(orders.LATEST.title), "/", "/feed", str(orders.LATEST.sentence))
    entries = _of_threads(_ordered(orders.LATEST, ids))
    return feeds.respond(request, kind, feed, entries, words=["front", "places", "names"])


def ordered(order: orders.Order) -> Callable[[HttpRequest, str], HttpResponse]:
    """The feed of one order over all open forums."""

    @everyone
    def page(request: HttpRequest, kind: str) -> HttpResponse:
        ids = readable(None)
        title, sentence, address = str(order.title), str(order.sentence), f"/{order.key}"
        if order is orders.RECOMMENDED:
            window = _window(request)
            found = reads.recommended(ids, orders.WINDOWS[window], viewer=None, skip=0)
            # It moves with time and with every recommendation, as its page does: asked anew each time.
            feed = _feed(title, f"{address}?in={window}", address, sentence)._replace(query=f"in={window}")
            return feeds.respond(request, kind, feed, _of_threads(found))
        entries = _of_threads(_ordered(order, ids))
        return feeds.respond(
            request, kind, _feed(title, address, address, sentence), entries, words=["front", "places", "names"]
        )

    return page


@everyone
def forum(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """A forum's latest threads."""
    row = next((one for one in places().forums.values() if one.slug == slug), None)
    if row is None:
        raise Http404
    if row.id not in readable(None):
        return errors.page(request, 403)
    entries = _of_threads(_ordered(orders.LATEST, frozenset([row.id])))
    feed = _feed(row.name, forum_href(row), f"{forum_href(row)}feed", row.description, row.language)
    return feeds.respond(request, kind, feed, entries, words=[f"forum:{row.id}", "places", "names"])


@everyone
def category(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The latest threads of a category's open forums."""
    known = places()
    row = next((one for one in known.categories.values() if one.slug == slug), None)
    if row is None:
        raise Http404
    ids = frozenset(one.id for one in known.forums.values() if one.category_id == row.id) & readable(None)
    feed = _feed(row.name, f"/c/{row.slug}/", f"/c/{row.slug}/feed", str(orders.LATEST.sentence))
    return feeds.respond(
        request, kind, feed, _of_threads(_ordered(orders.LATEST, ids)), words=["front", "places", "names"]
    )


@everyone
def thread(request: HttpRequest, thread_id: int, kind: str) -> HttpResponse:
    """A thread's posts, the newest first."""
    head = load(request, thread_id)
    if isinstance(head, HttpResponse):
        into = merged_into(thread_id)
        return head if into is None else redirect(f"/t/{into}/feed.{kind}", permanent=True)
    if head.forum_id not in readable(None):
        return errors.page(request, 403)
    posts = Post.objects.filter(thread_id=head.id, standing=Post.Standing.SHOWN).order_by("-place")
    entries = _of_posts(posts.select_related("author", "body", "thread")[:POSTS])
    feed = _feed(
        head.subject,
        thread_href(head.id, head.slug),
        f"/t/{head.id}/feed",
        language=places().forums[head.forum_id].language,
    )
    return feeds.respond(request, kind, feed, entries, words=[f"thread:{head.id}", "places", "names"])


@everyone
def member(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """A member's posts in open forums, the newest first."""
    found = find(name)
    if isinstance(found, HttpResponse):
        return redirect(f"{found['Location']}/feed.{kind}", permanent=True)
    posts = Post.objects.filter(author=found, forum_id__in=readable(None), standing=Post.Standing.SHOWN)
    entries = _of_posts(posts.select_related("author", "body", "thread").order_by("-created_at", "-id")[:THREADS])
    href = member_address(found.name)
    feed = _feed(_("Posts by %(name)s") % {"name": found.name}, href, f"{href}/feed")
    return feeds.respond(request, kind, feed, entries, words=["front", f"member:{found.pk}", "places", "names"])


@everyone
def record(request: HttpRequest, kind: str) -> HttpResponse:
    """The record's newest entries, as guests read them."""
    entries = list(RecordEntry.objects.select_related("payload").order_by("-sequence")[:POSTS])
    at: dict[int, datetime] = {entry.sequence: entry.at for entry in entries}
    made = []
    for line in lines(entries, None, moments.zone(""), clock.now()):
        what = f"{line.act} {line.subject.label}" if line.subject else line.act
        because = f"<p>“{escape(line.because)}”</p>" if line.because else ""
        made.append(
            Entry(
                id=f"/record?at={line.number}#e{line.number}",
                href=f"/record/{line.number}",
                title=f"{line.actor} ({line.capacity}): {what}",
                html=because or f"<p>{escape(line.redacted)}</p>",
                published=at[line.number],
                updated=at[line.number],
                author=line.actor,
            )
        )
    # The heads of the days that are over, so that whoever keeps the feed keeps what the chain must hold for ever.
    for head in proving.heads(before=clock.now(), among=list(at)):
        n = head["sequence"]
        made.append(
            Entry(
                id=f"/record/heads.json#{head['day']}",
                href=f"/record/{n}",
                title=_("Head of %(day)s: entry %(n)s") % {"day": head["day"], "n": n},
                html=f"<p><code>{n} {head['hash']}</code></p>",
                published=at[n],
                updated=at[n],
            )
        )
    made.sort(key=lambda entry: entry.published, reverse=True)
    feed = _feed(_("The record"), "/record", "/record")
    return feeds.respond(request, kind, feed, made, words=["record", "places", "names"])


@everyone
def amendments(request: HttpRequest, kind: str) -> HttpResponse:
    """Amendments of the charter, newest first; one that was decided is newer than before."""
    feed = _feed(_("Amendments"), "/charter/amendments/", "/charter/amendments", _("Proposed changes of the charter."))
    rows = Amendment.objects.select_related("by").order_by("-pk")[:THREADS]
    entries = [
        Entry(
            id=f"/charter/amendments/{row.pk}",
            href=f"/charter/amendments/{row.pk}",
            title=row.title,
            html=f"<p>{escape(state(row))}</p>{rendering.render(row.because, 'markdown').html}",
            published=row.proposed_at,
            updated=row.decided_at or row.proposed_at,
            author=row.by.name,
            author_href=member_address(row.by.name),
        )
        for row in rows
    ]
    return feeds.respond(request, kind, feed, entries, words=["charter", "names"])
