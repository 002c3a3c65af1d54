"""A post's text to HTML: the kit's pipeline, with this house's answers to who `@name` is and where `#12` leads."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple, cast
from urllib.parse import quote

from django.conf import settings

from palaver.accounts.models import Member
from palaver.forums import attaching
from palaver.forums.models import Attachment, Post
from palaver.kit.text import rendering
from palaver.kit.text.finishing import Picture
from palaver.kit.text.names import name_key

# A text may hold tens of thousands of names or numbers. What a reader could take in is far below.
MOST_NAMES = 100
MOST_NUMBERS = 500


def member_address(name: str) -> str:
    """The address of a member's page."""
    return f"/m/{quote(name, safe='')}"


def post_address(thread_id: int, number: int) -> str:
    """The lasting address of a post by its number: it leads to the page on which the post stands now."""
    return f"/t/{thread_id}/post/{number}"


class Quotable(NamedTuple):
    """A post that may be quoted by its author's name and its number."""

    id: int
    author: str


class PostLinks:
    """Answers for one post: every name and number in it is looked up in one query each. `#n` is a post of the same thread.

    At most MOST_NAMES names and MOST_NUMBERS numbers are looked up, in their order in the text; those beyond are shown
    as typed. After rendering, `members` and `posts` tell who and what was found.
    """

    def __init__(self, thread_id: int | None) -> None:
        self._thread_id = thread_id
        self._names: dict[str, str] = {}
        self.members: dict[str, int] = {}
        self.posts: dict[int, Quotable] = {}
        self._pictures: dict[str, Picture] = {}

    def prepare(self, names: Collection[str], numbers: Collection[int]) -> None:
        """Look up all names and numbers that are about to be asked for."""
        if names:
            # The key ignores case, and that a name with spaces is mentioned with underscores because a mention ends
            # at a space. It also ignores what makes names look alike; those are not meant, so the spelling is compared.
            spelt: dict[str, list[str]] = {}
            for name in islice(names, MOST_NAMES):
                spelt.setdefault(name_key(name), []).append(name)
            found = Member.objects.shown().filter(name_key__in=spelt).values_list("name_key", "name", "id")
            for key, name, member_id in found:
                for typed in spelt[key]:
                    if _folded(typed) == _folded(name):
                        self._names[typed] = member_address(name)
                        self.members[typed] = member_id
        if numbers and self._thread_id is not None:
            wanted = [number for number in islice(numbers, MOST_NUMBERS) if number < 2**31]
            posts = Post.objects.filter(thread_id=self._thread_id, number__in=wanted)
            self.posts = {
                number: Quotable(post_id, author)
                for number, post_id, author in posts.values_list("number", "id", "author__name")
            }

    def member_url(self, name: str) -> str | None:
        """The member's page, or None when there is no such member."""
        return self._names.get(name)

    def reference_url(self, number: int) -> str | None:
        """The post's lasting address, or None when this thread has no such number."""
        return post_address(self._thread_id, number) if self._thread_id and number in self.posts else None

    def prepare_pictures(self, addresses: Collection[str]) -> None:
        """Look up the pictures that this text shows."""
        tokens = {address.split("/")[2] for address in list(addresses)[: attaching.MOST_IN_A_POST]}
        rows = Attachment.objects.filter(token__in=tokens, kind=Attachment.Kind.PICTURE)
        self._pictures = {
            attaching.address(row): Picture(
                attaching.address(row),
                row.width or 1,
                row.height or 1,
                attaching.address(row, small=True) if row.thumbnail_checksum else "",
                row.thumbnail_width or 0,
            )
            for row in rows
        }

    def picture(self, address: str) -> Picture | None:
        """How to show the picture at this address, or None when there is none such."""
        return self._pictures.get(address)


def _folded(name: str) -> str:
    return name.replace("_", " ").casefold()


def render_post(
    text: str, kind: str, *, thread_id: int | None = None, links: PostLinks | None = None
) -> rendering.Rendered:
    """Render one post with this house's links; give them to ask afterwards whom and what the text names."""
    return rendering.render(
        text,
        cast(rendering.Kind, kind),
        links=links or PostLinks(thread_id),
        own=settings.PALAVER_ORIGIN,
        prefix=_prefix(text),
    )


def _prefix(text: str) -> str:
    """What a post's footnotes are named by, so that those of two posts on a page do not meet: from the text, because the
    number is not known while it is rendered."""
    return "f" + blake2b(text.encode(errors="surrogatepass"), digest_size=4).hexdigest()
