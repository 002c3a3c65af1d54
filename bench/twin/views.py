"""One page that counts, one that measures the framework itself, and names for the addresses that the page links to."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from bench.twin.forms import ReplyForm
from bench.twin.models import Category, Forum, ForumMark, Lock, Post, Recommendation, Thread, ThreadMark

POSTS_A_PAGE = 50
ROWS_OF_TABLE = 200


def thread(request: HttpRequest, thread_id: int, slug: str) -> HttpResponse:
    """A page of a thread for a member: the nav, the original post and 50 replies, what is new to them, the summary table, the forms."""
    shown = get_object_or_404(Thread.objects.select_related("forum__category", "author"), pk=thread_id)
    page = max(1, int(request.GET.get("page", 1)))
    first = (page - 1) * POSTS_A_PAGE
    if page > 1 and first >= shown.post_count - 1:
        raise Http404
    posts = list(
        Post.objects.filter(Q(place=0) | Q(place__gt=first, place__lte=first + POSTS_A_PAGE), thread=shown)
        .select_related("author", "body")
        .order_by("place")
    )
    mark = ForumMark.objects.filter(member=request.user, forum=shown.forum).first()
    position = ThreadMark.objects.filter(member=request.user, thread=shown).first()
    mine = set(
        Recommendation.objects.filter(member=request.user, post__in=[post.pk for post in posts]).values_list(
            "post_id", flat=True
        )
    )
    for post in posts:
        post.new = is_new(post, request.user, mark, position)
        post.recommended = post.pk in mine
    table = list(
        Post.objects.filter(thread=shown)
        .select_related("author")
        .only("number", "depth", "opening", "subject", "standing", "created_at", "author__name")
        .order_by("path")[:ROWS_OF_TABLE]
    )
    for row in table:
        row.new = is_new(row, request.user, mark, position)
    pages = max(1, -(-(shown.post_count - 1) // POSTS_A_PAGE))
    return render(
        request,
        "twin/thread.html",
        {
            "thread": shown,
            "posts": posts,
            "table": table,
            "mark": mark,
            "lock": Lock.objects.filter(thread=shown, ended_at=None).select_related("by").first(),
            "main_forums": Forum.objects.filter(is_main=True, retired_at=None),
            "categories": Category.objects.all(),
            "my_forums": ForumMark.objects.filter(member=request.user).select_related("forum")[:12],
            "form": ReplyForm(),
            "page": page,
            "pages": pages,
            "page_numbers": range(1, pages + 1) if pages < 12 else [*range(1, 8), pages],
        },
    )


def is_new(post: Post, member: object, mark: ForumMark | None, position: ThreadMark | None) -> bool:
    """Beyond the forum's mark and the position in the thread, and by someone else."""
    if post.author_id == member.pk:
        return False
    if position is not None and post.number <= position.number:
        return False
    return mark is None or post.created_at > mark.marked_at


def hello(request: HttpRequest) -> HttpResponse:
    """What the framework costs when it does nothing."""
    return HttpResponse("Hello, world")


def elsewhere(request: HttpRequest, **names: object) -> HttpResponse:
    """A page that the thread page links to and that nobody measures."""
    raise Http404
