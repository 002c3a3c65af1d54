"""A forum's posting rules: pure functions from what is being written to a finding, or None. Asked while writing and in the verb.

A finding is no verdict: it stands beside its field while a member writes, and the verb refuses with the same sentence.
A new rule is one more function in RULES.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palaver.forums.models import Forum
from palaver.kit.text import excerpts
from palaver.kit.text.rendering import Rendered

OWN_WORDS = 10
"""Words of one's own that an original post needs beside links and quotations."""


class Writing(NamedTuple):
    """What is judged. `starts`: it is to be, or is, an original post. `author_posts`: what its author has written so far."""

    forum: Forum
    rendered: Rendered
    subject: str = ""
    starts: bool = False
    author_posts: int = 0


class Finding(NamedTuple):
    """One rule that is not met: its name, the form field it belongs to (`text`, `subject`, "" for all), what to say."""

    rule: str
    field: str
    sentence: str


Rule = Callable[[Writing], Finding | None]


def quoted_paragraphs(writing: Writing) -> Finding | None:
    """At most so many paragraphs of one excerpt from outside; quotes of posts here are free."""
    most = writing.forum.quoted_paragraphs
    longest = longest_excerpt(writing.rendered)
    if most is None or longest <= most:
        return None
    sentence = ngettext(
        "An excerpt in this forum has at most %(most)s paragraph; one of yours has %(longest)s. Leave some out, say so with ‹snip›, and link to the source.",
        "An excerpt in this forum has at most %(most)s paragraphs; one of yours has %(longest)s. Leave some out, say so with ‹snip›, and link to the source.",
        most,
    )
    return Finding("quoted_paragraphs", "text", sentence % {"most": most, "longest": longest})


def longest_excerpt(rendered: Rendered) -> int:
    """Paragraphs of the longest excerpt from outside; 0 without one."""
    return max(excerpts.paragraphs(rendered.html), default=0) if "quote" in rendered.has else 0


def originals_only(writing: Writing) -> Finding | None:
    """A thread begins with its author's own words, not with a bare link or somebody else's text."""
    if not writing.forum.originals_only or not writing.starts or not writing.rendered.has & {"link", "quote"}:
        return None
    own = excerpts.own_words(writing.rendered.html)
    if own.first and own.words >= OWN_WORDS:
        return None
    return Finding(
        "originals_only",
        "text",
        _("This forum is for original writing: begin with words of your own, and link or quote after them."),
    )


def posts_to_start(writing: Writing) -> Finding | None:
    """Members with so many posts start threads."""
    needed, written = writing.forum.posts_to_start, writing.author_posts
    if not writing.starts or written >= needed:
        return None
    sentence = ngettext(
        "Threads in this forum are started by members who have written at least %(needed)s post; you have written %(written)s. You can reply here already.",
        "Threads in this forum are started by members who have written at least %(needed)s posts; you have written %(written)s. You can reply here already.",
        needed,
    )
    return Finding("posts_to_start", "", sentence % {"needed": needed, "written": written})


RULES: tuple[Rule, ...] = (posts_to_start, quoted_paragraphs, originals_only)


def findings(writing: Writing) -> list[Finding]:
    """Every rule of the forum that the writing does not meet."""
    return [found for rule in RULES if (found := rule(writing)) is not None]


def in_words(forum: Forum) -> list[str]:
    """The rules that a forum has switched on, as sentences for the form."""
    said = []
    if forum.posts_to_start:
        said.append(
            ngettext(
                "Threads are started by members with at least %(n)s post.",
                "Threads are started by members with at least %(n)s posts.",
                forum.posts_to_start,
            )
            % {"n": forum.posts_to_start}
        )
    if forum.originals_only:
        said.append(_("Original writing only: begin with words of your own."))
    if forum.quoted_paragraphs is not None:
        said.append(
            ngettext(
                "An excerpt from elsewhere has at most %(n)s paragraph.",
                "An excerpt from elsewhere has at most %(n)s paragraphs.",
                forum.quoted_paragraphs,
            )
            % {"n": forum.quoted_paragraphs}
        )
    return said
