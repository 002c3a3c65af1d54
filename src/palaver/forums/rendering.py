"""A post's text to HTML: the kit's pipeline, with this house's answers to who `@name` is and where `#12` leads."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import blake2b
from typing import cast
from urllib.parse import quote

from django.conf import settings

from palaver.accounts.models import Member
from palaver.forums import attaching
from palaver.forums.models import Attachment, Post
from palaver.kit.text import rendering
from palaver.kit.text.finishing import Picture


def member_address(name: str) -> str:
    """The address of a member's page."""
    return f"/m/{quote(name, safe='')}"


def post_address(thread_id: int, number: int) -> str:
    """The lasting address of a post by its number: it leads to the page on which the post stands now."""
    return f"/t/{thread_id}/post/{number}"


class PostLinks:
    """Answers for one post: every name and number in it is looked up in one query each. `#n` is a post of the same thread."""

    def __init__(self, thread_id: int | None) -> None:
        self._thread_id = thread_id
        self._names: dict[str, str] = {}
        self._numbers: set[int] = set()
        self._pictures: dict[str, Picture] = {}

    def prepare(self, names: Collection[str], numbers: Collection[int]) -> None:
        """Look up all names and numbers that are about to be asked for."""
        if names:
            # A name with spaces is mentioned with underscores, because a mention ends at a space.
            spelt = {name: name for name in names} | {name.replace("_", " "): name for name in names if "_" in name}
            found = Member.objects.filter(name__in=spelt, left_at=None).values_list("name", flat=True)
            self._names = {spelt[name]: member_address(name) for name in found}
        if numbers and self._thread_id is not None:
            posts = Post.objects.filter(thread_id=self._thread_id, number__in=[n for n in numbers if n < 2**31])
            self._numbers = set(posts.values_list("number", flat=True))

    def member_url(self, name: str) -> str | None:
        """The member's page, or None when there is no such member."""
        return self._names.get(name)

    def reference_url(self, number: int) -> str | None:
        """The post's lasting address, or None when this thread has no such number."""
        return post_address(self._thread_id, number) if self._thread_id and number in self._numbers else None

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


def render_post(text: str, kind: str, *, thread_id: int | None = None) -> rendering.Rendered:
    """Render one post with this house's links."""
    return rendering.render(
        text, cast(rendering.Kind, kind), links=PostLinks(thread_id), own=settings.PALAVER_ORIGIN, prefix=_prefix(text)
    )


def _prefix(text: str) -> str:
    """What a post's footnotes are named by, so that those of two posts on a page do not meet: from the text, because the
    number is not known while it is rendered."""
    return "f" + blake2b(text.encode(errors="surrogatepass"), digest_size=4).hexdigest()
