"""Every kind of notice, in one table: its words, how strong it is beside others of the same post, and by which ways it
goes when the member has chosen nothing. A new kind (a summons, a letter) is one row here and a call of `telling.tell`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Ways:
    """By which ways something is told: on the site, by mail at once, by push, in the digest."""

    site: bool = True
    mail: bool = False
    push: bool = False
    digest: bool = False

    @property
    def any(self) -> bool:
        """Told at all."""
        return self.site or self.mail or self.push or self.digest


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. Of two kinds about one post the one of greater `strength` stands. `minutes` is how long mail and push
    wait, so that what is seen meanwhile is not sent, and recommendations gather. `operators` alone are shown it as a choice.
    `seconds` is how long a push is worth delivering.
    """

    key: str
    label: _StrPromise
    help: _StrPromise
    strength: int = 0
    usual: Ways = Ways()
    minutes: int = 1
    operators: bool = False
    chosen: bool = True
    seconds: int = 86400


REPLY = Kind(
    "reply", _("Replies to me"), _("Somebody answers a post of mine."), 60, Ways(mail=True, push=True, digest=True)
)
MENTION = Kind(
    "mention", _("Mentions"), _("Somebody writes my name with an @."), 50, Ways(mail=True, push=True, digest=True)
)
QUOTE = Kind("quote", _("Quotes"), _("Somebody quotes a post of mine."), 40, Ways(push=True, digest=True))
THREAD = Kind(
    "thread", _("My threads"), _("A reply in a thread that I started."), 30, Ways(mail=False, push=False, digest=True)
)
SUBSCRIPTION = Kind(
    "subscription",
    _("Subscriptions"),
    _("New in what I subscribed to; each subscription may add mail, push or digest of its own."),
    20,
    Ways(digest=True),
)
FOLLOWED = Kind(
    "followed", _("Members I follow"), _("A new thread of theirs, where I asked to be told."), 10, Ways(digest=True)
)
RECOMMENDATION = Kind(
    "recommendation",
    _("Recommendations"),
    _("Somebody recommends a post of mine; several are told as one."),
    usual=Ways(digest=True),
    minutes=60,
)
REMINDER = Kind(
    "reminder",
    _("Reminders"),
    _("A bookmark whose day has come."),
    usual=Ways(mail=True, push=True),
    minutes=0,
)
SEARCH = Kind("search", _("Saved searches"), _("A new post that one of my searches finds."), 5, Ways(digest=True))
OFFICE = Kind(
    "office",
    _("Hosting"),
    _("My seat as a host, a lock that is questioned, a forum that its hosts keep me out of."),
    usual=Ways(mail=True, digest=True),
)
WATCH = Kind(
    "watch",
    _("The watch"),
    _("My turn on the watch, what waits for a second watcher, and what the watch does to my account."),
    usual=Ways(mail=True, push=True),
    minutes=0,
)
BALLOT = Kind(
    "ballot",
    _("Ballots"),
    _("A ballot in which I may vote has opened, or has been counted."),
    usual=Ways(digest=True),
)
CONSEQUENCE = Kind(
    "suspension",
    _("Suspensions of mine"),
    _("I cannot write for a while, and why; or a jury is asked to make it longer."),
    usual=Ways(mail=True, push=True),
    minutes=0,
)
WARNING = Kind(
    "warning",
    _("Warning letters"),
    _("Three of my posts were removed in 90 days; the letter itself comes by mail."),
    usual=Ways(push=True),
    minutes=0,
)
SUMMONS = Kind(
    "summons",
    _("Summons to a jury"),
    _("The lot fell on me, and a seat is kept for me for a few minutes."),
    usual=Ways(push=True),
    minutes=0,
    seconds=300,
)
JUDGE = Kind(
    "judge",
    _("Cases for me alone"),
    _("Too few members can be drawn for a jury, so I am to decide as a host or operator."),
    usual=Ways(mail=True, push=True),
)
VERDICT = Kind(
    "verdict",
    _("Verdicts about me"),
    _("A jury has decided about something of mine, or a post of mine is held back."),
    usual=Ways(mail=True, push=True),
)
ALERT = Kind(
    "alert",
    _("My alerts"),
    _("What I asked the members to look at has been decided."),
    usual=Ways(digest=True),
)
DESK = Kind(
    "desk",
    _("The operators’ desk"),
    _("Somebody asks to join, or writes to the operators."),
    usual=Ways(mail=True, push=True),
    operators=True,
)
TEST = Kind(
    "test", _("Trial"), _("A notice to try the ways."), usual=Ways(mail=True, push=True), minutes=0, chosen=False
)

ALL = (
    REPLY,
    MENTION,
    QUOTE,
    THREAD,
    SUBSCRIPTION,
    FOLLOWED,
    RECOMMENDATION,
    REMINDER,
    SEARCH,
    BALLOT,
    SUMMONS,
    JUDGE,
    VERDICT,
    ALERT,
    OFFICE,
    WATCH,
    CONSEQUENCE,
    WARNING,
    DESK,
    TEST,
)
BY_KEY = {kind.key: kind for kind in ALL}

# Kinds of which a post has one notice between them; the strongest stands.
ABOUT_A_POST = frozenset(kind.key for kind in (REPLY, MENTION, QUOTE, THREAD, SUBSCRIPTION, FOLLOWED, SEARCH))


def kind_of(key: str) -> Kind:
    """The kind of this key; KeyError for one that is not in the table."""
    return BY_KEY[key]


def choosable(*, is_operator: bool) -> tuple[Kind, ...]:
    """The kinds that stand on a member's settings page, in its order."""
    return tuple(kind for kind in ALL if kind.chosen and (is_operator or not kind.operators))
