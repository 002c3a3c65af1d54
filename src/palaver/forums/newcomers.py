"""Newcomers: what the first posts of a new account are limited to, without points; lifted by time and ordinary participation.

A member is new until the third day and the fifth post. Operators are not, nor is anybody who came with an import or was
let in by hand (the account was claimed later than it was made). In the first week of an installation everybody is new,
so nobody is limited.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palaver.accounts.models import Member
from palaver.forums.errors import NewcomersLimit
from palaver.forums.models import Post, SlowMode
from palaver.kit import clock
from palaver.kit.text import excerpts
from palaver.kit.text.rendering import Rendered

FEW_POSTS = 5
FIRST_DAYS = timedelta(days=3)
MOST_POSTS = 5
"""Posts in any 24 hours."""
MOST_LINKS = 2
MOST_MENTIONS = 3
OPENING = timedelta(days=7)
_A_DAY = timedelta(days=1)


class Limits(NamedTuple):
    """What a newcomer may still do. `next_at` is when the next post may be sent (None: now), `until` when time lifts the limits."""

    posts_left: int
    next_at: datetime | None
    until: datetime
    posts_missing: int


def looks_new(*, joined_at: datetime, post_count: int, is_operator: bool) -> bool:
    """Whether a member may be a newcomer, by what every page knows; `limits` decides."""
    return not is_operator and (post_count < FEW_POSTS or clock.now() - joined_at < FIRST_DAYS)


def is_newcomer(member: Member) -> bool:
    """Whether the member is in the first days or before the fifth post. At most one statement, none for most members."""
    if not looks_new(joined_at=member.joined_at, post_count=member.post_count, is_operator=member.is_operator):
        return False
    if member.claimed_at is None or member.claimed_at - member.joined_at > timedelta(minutes=1):
        return False
    # The count at hand may be older than the member's last posts.
    member.post_count = Member.objects.values_list("post_count", flat=True).get(pk=member.pk)
    return looks_new(joined_at=member.joined_at, post_count=member.post_count, is_operator=False)


def is_new(member: Member) -> bool:
    """Whether the member is limited as a newcomer now. At most two statements, none for those who have been here a while."""
    return is_newcomer(member) and limited(founded())


def limits(member: Member) -> Limits | None:
    """A newcomer's limits, or None for everybody else."""
    if not is_new(member):
        return None
    now = clock.now()
    recent = list(
        Post.objects.filter(author=member, created_at__gt=now - _A_DAY)
        .order_by("-created_at")
        .values_list("created_at", flat=True)[:MOST_POSTS]
    )
    left = max(MOST_POSTS - len(recent), 0)
    return Limits(
        left,
        None if left else recent[-1] + _A_DAY,
        member.joined_at + FIRST_DAYS,
        max(FEW_POSTS - member.post_count, 0),
    )


def hold(member: Member, rendered: Rendered, mentions: int, *, edits: bool = False) -> None:
    """Raise NewcomersLimit when a newcomer's post has too many links or mentions, or comes too soon (an edit never does)."""
    if not edits:
        slow_down(member)
    bounds = limits(member)
    if bounds is None:
        return
    for sentence in _too_much(rendered, mentions):
        raise NewcomersLimit(sentence + " " + lifted(bounds), field="text")
    if not edits and bounds.next_at is not None:
        raise NewcomersLimit(
            _(
                "You have written %(most)s posts within a day. You can send this one from %(when)s UTC; it is kept until then."
            )
            % {"most": MOST_POSTS, "when": bounds.next_at.strftime("%Y-%m-%d %H:%M")}
            + " "
            + lifted(bounds)
        )


def slow_down(member: Member) -> None:
    """Raise NewcomersLimit while the watch slows newcomers down and this one has written a moment ago (page 3, Watch)."""
    if not is_newcomer(member):
        return
    slow = running_slow_mode()
    if slow is None:
        return
    last = Post.objects.filter(author=member).order_by("-created_at").values_list("created_at", flat=True).first()
    next_at = None if last is None else last + timedelta(minutes=slow.minutes)
    if next_at is None or next_at <= clock.now():
        return
    raise NewcomersLimit(
        ngettext(
            "Many new accounts are writing at once, so until %(until)s UTC the watch lets each of them write one post in %(n)s minute. You can send this one from %(when)s UTC; it is kept until then.",
            "Many new accounts are writing at once, so until %(until)s UTC the watch lets each of them write one post in %(n)s minutes. You can send this one from %(when)s UTC; it is kept until then.",
            slow.minutes,
        )
        % {
            "n": slow.minutes,
            "until": slow.until.strftime("%Y-%m-%d %H:%M"),
            "when": min(next_at, slow.until).strftime("%Y-%m-%d %H:%M"),
        }
    )


def running_slow_mode() -> SlowMode | None:
    """The slow mode in force now, if any."""
    now = clock.now()
    return SlowMode.objects.filter(ended_at=None, since__lte=now, until__gt=now).order_by("-since").first()


def too_much(member: Member, rendered: Rendered, mentions: int) -> list[str]:
    """What `hold` will say of a text, for the form: sentences about its links and mentions."""
    return _too_much(rendered, mentions) if is_new(member) else []


def _too_much(rendered: Rendered, mentions: int) -> list[str]:
    said = []
    links = excerpts.links(rendered.html) if rendered.has & {"link", "image"} else 0
    if links > MOST_LINKS:
        said.append(
            _("While you are new here, a post has at most %(most)s links; this one has %(links)s.")
            % {"most": MOST_LINKS, "links": links}
        )
    if mentions > MOST_MENTIONS:
        said.append(
            _("While you are new here, a post names at most %(most)s members with @; this one names %(mentions)s.")
            % {"most": MOST_MENTIONS, "mentions": mentions}
        )
    return said


def note(bounds: Limits) -> str:
    """The limits as the form says them before they bite."""
    said = ngettext(
        "You are new here: you can send %(n)s more post within these 24 hours, with up to %(links)s links and %(mentions)s names after @ each.",
        "You are new here: you can send %(n)s more posts within these 24 hours, with up to %(links)s links and %(mentions)s names after @ each.",
        bounds.posts_left,
    ) % {"n": bounds.posts_left, "links": MOST_LINKS, "mentions": MOST_MENTIONS}
    if bounds.next_at is not None:
        said = _(
            "You are new here and have written %(most)s posts within a day; you can send the next one from %(when)s UTC."
        ) % {
            "most": MOST_POSTS,
            "when": bounds.next_at.strftime("%Y-%m-%d %H:%M"),
        }
    return said + " " + lifted(bounds)


def in_general() -> str:
    """The limits as a page says them that knows no more of the reader."""
    return _(
        "In your first days here you can send %(posts)s posts a day, with up to %(links)s links and %(mentions)s names after @ each."
    ) % {"posts": MOST_POSTS, "links": MOST_LINKS, "mentions": MOST_MENTIONS}


def lifted(bounds: Limits) -> str:
    """When the limits end."""
    day = bounds.until.strftime("%Y-%m-%d %H:%M")
    if bounds.posts_missing and clock.now() < bounds.until:
        return ngettext(
            "This ends after %(n)s more post, on %(day)s UTC at the earliest.",
            "This ends after %(n)s more posts, on %(day)s UTC at the earliest.",
            bounds.posts_missing,
        ) % {"n": bounds.posts_missing, "day": day}
    if bounds.posts_missing:
        return ngettext(
            "This ends after %(n)s more post.", "This ends after %(n)s more posts.", bounds.posts_missing
        ) % {"n": bounds.posts_missing}
    return _("This ends on %(day)s UTC.") % {"day": day}


def founded() -> datetime | None:
    """When the installation's first member came; None before."""
    return Member.objects.order_by("pk").values_list("joined_at", flat=True).first()


def limited(since: datetime | None) -> bool:
    """Whether newcomers are limited at all in an installation founded then: not in its first week."""
    return since is not None and clock.now() - since >= OPENING
