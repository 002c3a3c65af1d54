"""The help pages: what there is, and their words for searching.

A page's text is a template, so that every sentence is translated; sections, anchors and the words to search in are read
from the page as it is drawn, once a language, so that nothing is written down twice.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from palaver.forums import orders
from palaver.kit.text import words
from palaver.web.contexts import OrderRule, OrdersPage
from palaver.web.templating import TEMPLATES, own

SHORTEST = 3
"""Letters from which on the beginning of a word is enough to find it."""


class Topic(NamedTuple):
    """One help page: `/help/<key>`, drawn from `help/parts/<key>.html`."""

    key: str
    title: str | Promise
    sentence: str | Promise

    @property
    def href(self) -> str:
        return f"/help/{self.key}"

    @property
    def template(self) -> str:
        return f"help/parts/{self.key}.html"


class Section(NamedTuple):
    """A section of a help page, as searching sees it."""

    topic: str
    anchor: str
    title: str
    text: str
    tokens: tuple[str, ...]


_ALL = (
    Topic("start", gettext_lazy("Start here"), gettext_lazy("What this place is, and your first ten minutes in it.")),
    Topic(
        "reading",
        gettext_lazy("Reading"),
        gettext_lazy("Finding what is new, three ways to look at a thread, and keeping things out of your sight."),
    ),
    Topic(
        "writing",
        gettext_lazy("Writing"),
        gettext_lazy("How to set text, quote fairly, add pictures, and put right what went wrong."),
    ),
    Topic("orders", gettext_lazy("How lists are ordered"), gettext_lazy("Every order in one sentence. Nobody ranks.")),
    Topic("searching", gettext_lazy("Searching"), gettext_lazy("Words, phrases, names and dates.")),
    Topic(
        "notices",
        gettext_lazy("Notices"),
        gettext_lazy("Being told here, by mail, in a digest or on your device – and being left in peace."),
    ),
    Topic(
        "juries",
        gettext_lazy("Alerts and juries"),
        gettext_lazy(
            "How members judge what goes too far: by lot, unnamed, with reasons, and so that anybody can check."
        ),
    ),
    Topic(
        "charter",
        gettext_lazy("The charter"),
        gettext_lazy("The rules of this community, how they are changed, and who may do it."),
    ),
    Topic(
        "ballots",
        gettext_lazy("Ballots and polls"),
        gettext_lazy("Voting in public and in secret, the receipt, and how anybody can count again."),
    ),
    Topic(
        "proof",
        gettext_lazy("Checking for yourself"),
        gettext_lazy("How anybody can recompute the record and a jury’s draw, and what that cannot show."),
    ),
    Topic(
        "hosts",
        gettext_lazy("Hosts and the watch"),
        gettext_lazy(
            "Who cares for a forum and who stops intruders: what they may do, for how long, and who checks them."
        ),
    ),
    Topic("joining", gettext_lazy("Joining and your account"), gettext_lazy("Getting in, names, passwords, leaving.")),
    Topic(
        "appeals",
        gettext_lazy("Appeals and consequences"),
        gettext_lazy("What a removal brings, how it lapses, and how to have it looked at once more."),
    ),
    Topic("privacy", gettext_lazy("Who can see what"), gettext_lazy("What is kept, what is shown, what is deleted.")),
    Topic("feeds", gettext_lazy("Feeds"), gettext_lazy("Every list, in the program you read other sites with.")),
    Topic("keyboard", gettext_lazy("Keys"), gettext_lazy("Going round without a mouse.")),
)
# A page whose text is not there yet is not offered.
TOPICS = {topic.key: topic for topic in _ALL if (TEMPLATES / topic.template).exists()}

_SECTION = re.compile(r'<section[^>]*\bid="([^"]+)"[^>]*>\s*<h2[^>]*>(.*?)</h2>(.*?)</section>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def rules() -> OrdersPage:
    """Every order, what it looks at, and how ties end."""
    ties = {
        "latest": _("Ties: the thread with the higher number first."),
        "newest": _("Ties: the thread with the higher number first."),
        "recommended": _(
            "Only named recommendations of the original post count, each once. Ties: the newer thread first."
        ),
        "unanswered": _("Ties: the thread with the higher number first."),
        "unread": _("Your marks only take rows away; what is left stands as in Latest."),
    }
    return OrdersPage(
        tuple(
            OrderRule(one.key, str(one.title), f"/{one.key}", str(one.sentence), ties[one.key])
            for one in orders.ORDERS.values()
        )
    )


def keylist() -> tuple[tuple[tuple[str, ...], str], ...]:
    """The keys and what they do, from the list that the scripts show: so the two cannot differ."""
    drawn = own().get_template("parts/script_words.html").render()
    found = re.search(r'data-keylist="([^"]*)"', drawn)
    pairs = (pair.partition("|") for pair in unescape(found[1] if found else "").split(";") if pair)
    return tuple((tuple(caps.split(" ")), meaning) for caps, _bar, meaning in pairs)


def drawn(topic: Topic) -> str:
    """A help page's text as HTML, in the language spoken now."""
    return _drawn(get_language() or "en", topic.key)


@lru_cache(maxsize=256)
def _drawn(language: str, key: str) -> str:
    page = rules() if key == "orders" else None
    return own().get_template(TOPICS[key].template).render(page=page, keys=keylist() if key == "keyboard" else ())


@lru_cache(maxsize=32)
def _sections(language: str) -> tuple[Section, ...]:
    made = []
    for topic in TOPICS.values():
        html = _drawn(language, topic.key)
        found = _SECTION.findall(html) or [("content", str(topic.title), html)]
        for anchor, title, body in found:
            title, text = _plain(title), _plain(body)
            made.append(Section(topic.key, anchor, title, text, tuple(words.tokens(f"{topic.title} {title} {text}"))))
    return tuple(made)


def sections(key: str) -> tuple[Section, ...]:
    """The sections of one page, in the language spoken now."""
    return tuple(section for section in _sections(get_language() or "en") if section.topic == key)


def find(query: str) -> list[Section]:
    """The sections in which every word of the query stands, those with it in their title first."""
    wanted = words.tokens(query)[:20]
    if not wanted:
        return []
    found = [
        section
        for section in _sections(get_language() or "en")
        if all(any(_meets(token, word) for token in section.tokens) for word in wanted)
    ]
    return sorted(found, key=lambda section: not _in_title(section, wanted))


def _in_title(section: Section, wanted: list[str]) -> bool:
    titled = words.tokens(section.title)
    return any(_meets(token, word) for token in titled for word in wanted)


def _meets(token: str, word: str) -> bool:
    return token == word or (len(word) >= SHORTEST and token.startswith(word))


def _plain(html: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", html)).split())
