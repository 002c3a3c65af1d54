"""Who may see a ballot, and what it is about: asked of whoever's `about` it is. A new kind is one more row."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.forums.models import Forum, Lock, Thread
from palaver.forums.permissions import may_read, may_see_poll
from palaver.kit.decisions import YES, Decision, no
from palaver.standards.models import Amendment
from palaver.web.contexts import Link


class Seen(NamedTuple):
    """Whether a member may see it, and where what it is about is found. `forum_id`: whose place its page stands in."""

    decision: Decision
    about: Link | None = None
    forum_id: int | None = None


def of(about: str, member: Member | None) -> Seen:
    """The answer for a ballot's `about`; what nobody here knows is nobody's to see."""
    kind, _colon, number = about.partition(":")
    if kind not in KINDS or not number.isdecimal():
        return Seen(no(_("There is no page for this ballot.")))
    return KINDS[kind](int(number), member)


def _amendment(number: int, _member: Member | None) -> Seen:
    title = Amendment.objects.values_list("title", flat=True).get(pk=number)
    return Seen(YES, Link(_("Amendment: %(title)s") % {"title": title}, f"/charter/amendments/{number}"))


def _charter(number: int, _member: Member | None) -> Seen:
    return Seen(YES, Link(_("The charter, version %(n)s") % {"n": number}, f"/charter/{number}"))


def _thread(number: int, member: Member | None) -> Seen:
    thread = Thread.objects.select_related("forum").get(pk=number)
    return Seen(may_see_poll(member, thread), Link(thread.subject, f"/t/{thread.pk}/{thread.slug}"), thread.forum_id)


def _forum(number: int, member: Member | None) -> Seen:
    forum = Forum.objects.get(pk=number)
    return Seen(may_read(member, forum), Link(forum.name, f"/f/{forum.slug}/about"), forum.pk)


def _lock(number: int, member: Member | None) -> Seen:
    thread = Lock.objects.select_related("thread__forum").get(pk=number).thread
    return Seen(may_read(member, thread.forum), Link(thread.subject, f"/t/{thread.pk}/{thread.slug}"), thread.forum_id)


KINDS: dict[str, Callable[[int, Member | None], Seen]] = {
    "amendment": _amendment,
    "charter": _charter,
    "thread": _thread,
    "forum": _forum,
    "lock": _lock,
}
