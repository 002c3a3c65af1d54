"""What a page is about, for programs that read pages: schema.org as JSON-LD in a block of data that no browser runs.

Only guests' pages carry it: crawlers are guests, and a member's page should not weigh more for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import unescape
from json import dumps
from typing import Any

from django.conf import settings
from django.utils.encoding import iri_to_uri
from markupsafe import Markup

from palaver.forums.reads import PostRow
from palaver.forums.rendering import member_address
from palaver.web.contexts import Link

Thing = dict[str, Any]

TEXT = 2000
"""Characters of an original post that are told; the page itself has the rest."""

_TAG = re.compile(r"<[^>]*>")
_BODY = re.compile(r'<div class="prose"[^>]*>(.*)</div>', re.DOTALL)
# In a script element only these could end it or begin what is read otherwise; JSON has another way to write each.
_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def block(things: Iterable[Thing]) -> Markup:
    """The data block for a page's head, or nothing. Safe whatever the strings hold."""
    graph = list(things)
    if not graph:
        return Markup("")
    text = dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False, separators=(",", ":"))
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text.translate(_ESCAPED)))


def trail(links: Sequence[Link], title: str, canonical: str) -> list[Thing]:
    """The way to a page as a BreadcrumbList, the page itself last; nothing for a page that has no way above it."""
    if not links or not canonical:
        return []
    steps = [*links, Link(title, canonical)]
    return [
        {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": number, "name": step.label, "item": _whole(step.href)}
                for number, step in enumerate(steps, 1)
            ],
        }
    ]


def house(name: str, sentence: str) -> Thing:
    """The site as a whole, for its front page."""
    return {"@type": "WebSite", "@id": _whole("/#site"), "url": _whole("/"), "name": name, "description": sentence}


def posting(
    subject: str,
    href: str,
    opening: PostRow,
    body: str,
    replies: int,
    shown: Iterable[PostRow],
    *,
    forum: Link,
    language: str = "",
) -> Thing:
    """A thread as a DiscussionForumPosting with those of its replies that stand on the page.

    `body` is the original post's fragment. Replies carry their first words only: the page has them whole.
    """
    found = _BODY.search(body)
    thing: Thing = {
        "@type": "DiscussionForumPosting",
        "@id": _whole(f"/p/{opening.id}"),
        "url": _whole(href),
        "mainEntityOfPage": _whole(href),
        "headline": subject,
        "text": _text(found[1] if found else body),
        "datePublished": _instant(opening.created_at),
        "author": _person(opening.author_name),
        "isPartOf": {"@type": "CollectionPage", "name": forum.label, "url": _whole(forum.href)},
        "commentCount": replies,
        "interactionStatistic": [_count("LikeAction", opening.rec_count), _count("CommentAction", replies)],
        "comment": [
            {
                "@type": "Comment",
                "@id": _whole(f"/p/{row.id}"),
                "url": _whole(f"{href}#p{row.number}"),
                "text": row.opening,
                "datePublished": _instant(row.created_at),
                "author": _person(row.author_name),
            }
            for row in shown
        ],
    }
    if opening.edited_at is not None:
        thing["dateModified"] = _instant(opening.edited_at)
    if language:
        thing["inLanguage"] = language
    return thing


def _person(name: str) -> Thing:
    return {"@type": "Person", "name": name, "url": _whole(member_address(name))}


def _count(kind: str, count: int) -> Thing:
    return {
        "@type": "InteractionCounter",
        "interactionType": f"https://schema.org/{kind}",
        "userInteractionCount": count,
    }


def _text(html: str) -> str:
    """The words of sanitised HTML, cut where they grow long."""
    words = " ".join(unescape(_TAG.sub(" ", html[: TEXT * 6])).split())
    return words if len(words) <= TEXT else words[:TEXT].rsplit(" ", 1)[0] + "…"


def _whole(path: str) -> str:
    return str(iri_to_uri(settings.PALAVER_ORIGIN + path))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
