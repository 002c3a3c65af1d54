"""Naming others in a post: whom it mentions with @, and which posts it quotes by name and number.

Rows are only added: what a post once named stays named, even where an edit takes the words away, so that nobody is told
of the same post twice.
"""

from __future__ import annotations

from typing import NamedTuple

from palaver.forums.models import Mention, Post, Quotation
from palaver.forums.permissions import readers_among
from palaver.forums.rendering import PostLinks
from palaver.kit import rows
from palaver.kit.text.rendering import Rendered

MOST_MENTIONS = 20
"""Members who are told of one post. Names beyond are links and no more."""
MOST_QUOTATIONS = 20


class Named(NamedTuple):
    """Whom and what a post names that it did not name before: ids of members, and of posts."""

    members: tuple[int, ...] = ()
    posts: tuple[int, ...] = ()


def mentioned(rendered: Rendered, links: PostLinks, *, author_id: int) -> list[int]:
    """Members named outside quotes, in the order of the text, without the author; all that were looked up."""
    found = dict.fromkeys(links.members[name] for name in rendered.mentions if name in links.members)
    found.pop(author_id, None)
    return list(found)


def quoted(rendered: Rendered, links: PostLinks) -> list[int]:
    """Posts quoted by number whose author's name stands at the quote."""
    found: dict[int, None] = {}
    for name, number in rendered.quotes:
        post = links.posts.get(number) if number is not None else None
        if post is not None and post.author.casefold() == name.casefold():
            found.setdefault(post.id)
    return list(found)


def name(post: Post, rendered: Rendered, links: PostLinks) -> Named:
    """Write the Mention and Quotation rows of a post's present version. To be called in the verb's transaction.

    At most MOST_MENTIONS and MOST_QUOTATIONS of each, counted with those of earlier versions. Members who may not read
    the forum get no row.
    """
    at = post.edited_at or post.created_at
    members = mentioned(rendered, links, author_id=post.author_id)
    posts = [post_id for post_id in quoted(rendered, links) if post_id != post.pk]
    known_members: set[int] = set()
    known_posts: set[int] = set()
    if post.version > 1 and members:
        known_members = set(Mention.objects.filter(post=post).values_list("member_id", flat=True))
    if post.version > 1 and posts:
        known_posts = set(Quotation.objects.filter(post=post).values_list("quoted_id", flat=True))
    if members:
        may = readers_among(members, post.forum)
        members = [one for one in members if one in may and one not in known_members]
        members = members[: max(MOST_MENTIONS - len(known_members), 0)]
        rows.store([Mention(post=post, member_id=one, at=at) for one in members])
    if posts:
        posts = [one for one in posts if one not in known_posts][: max(MOST_QUOTATIONS - len(known_posts), 0)]
        rows.store([Quotation(post=post, quoted_id=one, at=at) for one in posts])
    return Named(tuple(members), tuple(posts))
