"""Names after @ and posts or threads after #, while they are typed: few, bounded, and only what the member may read."""

from __future__ import annotations

from django.db import connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from palaver.accounts.models import Member
from palaver.forums import drafting
from palaver.forums.models import Post, Thread
from palaver.forums.permissions import readable_forum_ids
from palaver.kit.decisions import Refusal
from palaver.web.doors import members, the_member

MOST = 8
LONGEST = 40
_PEOPLE_OF_A_THREAD = 200
_THREADS_LOOKED_AT = 400


@require_safe
@members
def completion(request: HttpRequest) -> HttpResponse:
    """JSON: `found`, at most MOST of [what is inserted, what is shown, a hint]. `q` begins with @ or #."""
    by, typed = the_member(request), request.GET.get("q", "")
    sign, rest = typed[:1], typed[1 : LONGEST + 1]
    try:
        where = drafting.place(request.GET.get("place", ""), by=by)
    except Refusal as refusal:
        return JsonResponse({"found": []}, status=refusal.status)
    if sign == "@":
        found = _names(rest, where.thread, by)
    elif sign == "#" and rest.isascii() and rest.isdecimal():
        found = _posts(rest, where.thread)
    elif sign == "#" and len(rest) > 1:
        found = _threads(rest, by)
    else:
        found = []
    return JsonResponse({"found": found})


def _names(typed: str, thread: Thread | None, by: Member) -> list[list[str]]:
    """Those who write in this thread first, the latest first; then members whose names begin so."""
    start = typed.replace("_", " ").casefold()
    names: dict[str, None] = {}
    if thread is not None:
        latest = Post.objects.filter(thread=thread).order_by("-place").values_list("author__name", flat=True)
        for name in latest[:_PEOPLE_OF_A_THREAD]:
            if name != by.name and name.replace("_", " ").casefold().startswith(start):
                names.setdefault(name)
    if typed and len(names) < MOST:
        others = Member.objects.shown().filter(_begins(typed)).exclude(pk=by.pk).order_by("name")
        for name in others.values_list("name", flat=True)[:MOST]:
            names.setdefault(name)
    return [[f"@{name.replace(' ', '_')} ", name, ""] for name in list(names)[:MOST]]


def _begins(typed: str) -> Q:
    """Names that begin so, by the index on names, which knows case: as typed, small, and with a capital."""
    spelt = {
        one
        for form in (typed, typed.replace("_", " "))
        for one in (form, form.lower(), form[:1].upper() + form[1:], form.title())
    }
    wanted = Q()
    for one in spelt:
        # LIKE walks the index on PostgreSQL only, a range on SQLite only.
        if connection.vendor == "sqlite":
            wanted |= Q(name__gte=one, name__lt=one + "\U0010ffff")
        else:
            wanted |= Q(name__startswith=one)
    return wanted


def _posts(typed: str, thread: Thread | None) -> list[list[str]]:
    """Posts of this thread whose number begins so: the very one, then the latest."""
    if thread is None or len(typed) > 9:
        return []
    numbers = [int(typed)]
    for digits in range(1, 8 - len(typed)):
        low = int(typed) * 10**digits
        if low > thread.last_number or not int(typed):
            break
        numbers += range(low, min(low + 10**digits, thread.last_number + 1))[-MOST:]
    posts = Post.objects.filter(thread=thread, number__in=numbers, standing=Post.Standing.SHOWN)
    rows = posts.order_by("-number").values_list("number", "author__name", "opening")[: MOST * 4]
    ordered = sorted(rows, key=lambda row: row[0] != int(typed))[:MOST]
    return [[f"#{number} ", f"#{number} {author}", opening] for number, author, opening in ordered]


def _threads(typed: str, by: Member) -> list[list[str]]:
    """Of the threads that were written in last, those with the words in their subject."""
    wanted = typed.casefold().replace("_", " ").split()
    may = readable_forum_ids(by.pk, is_operator=by.is_operator)
    latest = Thread.objects.filter(forum_id__in=may).order_by("-last_post_at", "-id")
    found = []
    for thread_id, slug, subject, forum in latest.values_list("id", "slug", "subject", "forum__name")[
        :_THREADS_LOOKED_AT
    ]:
        if all(word in subject.casefold() for word in wanted):
            label = subject.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
            found.append([f"[{label}](/t/{thread_id}/{slug}) ", subject, forum])
            if len(found) == MOST:
                break
    return found
