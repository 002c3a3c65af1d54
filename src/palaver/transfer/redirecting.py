"""Where an old address leads now. The page for an unknown address asks here before it says "not found".

Addresses of this house win: an old `/t/12/3` that is also a thread's own address here is never asked about. Paths of
single posts need no row: they are their thread's row with a number behind.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from palaver.forums import reads
from palaver.forums.models import Post, Thread
from palaver.forums.rendering import post_address
from palaver.transfer.models import ImportedThing, OldAddress

LONGEST = 250

_TOPIC = re.compile(r"/t/(?:(?P<slug>[^/]*[^/0-9][^/]*|-)/)?(?P<id>[0-9]{1,18})(?:/(?P<number>[0-9]{1,9}))?(?:/.*)?")
_PERSON = re.compile(r"/(?:u|users)/(?P<name>[^/]+)(?:/.*)?")
_PLACE = re.compile(r"/c/(?:[^/]+/)*(?P<id>[0-9]{1,18})(?:/.*)?")
_POST = re.compile(r"/p/(?P<id>[0-9]{1,18})(?:/.*)?")
_ENGINE = "discourse"


def target(path: str) -> str | None:
    """The address here of what stood at `path` in an old community, or None. At most five statements."""
    path = unquote(path).split("?", 1)[0].rstrip("/")
    if not path or len(path) > 4 * LONGEST or "\x00" in path:
        return None
    if (found := _kept(path)) is not None:
        return found
    if match := _TOPIC.fullmatch(path):
        return _topic(match["id"], match["number"])
    if match := _PERSON.fullmatch(path):
        return _kept(f"/u/{match['name'].lower()}")
    if match := _PLACE.fullmatch(path):
        return _kept(f"/c/{match['id']}")
    if match := _POST.fullmatch(path):
        post = _only("post", match["id"])
        if post is not None and (row := Post.objects.filter(pk=post).values_list("thread_id", "number").first()):
            return post_address(*row)
    return None


def _topic(old_id: str, number: str | None) -> str | None:
    """By its number alone: old engines ignore the words in an address, and threads were renamed."""
    thread = _only("thread", old_id)
    if thread is None:
        return None
    if number is not None and _stands_or_stood(thread, int(number)):
        return post_address(thread, int(number))
    slug = Thread.objects.filter(pk=thread).values_list("slug", flat=True).first()
    if slug is None:
        # Merged since into another: its own address leads there.
        return f"/t/{thread}" if reads.merged_into(thread) is not None else None
    return f"/t/{thread}/{slug}"


def _stands_or_stood(thread: int, number: int) -> bool:
    """Whether the post's address leads anywhere: also to where hosts have put it since."""
    return Post.objects.filter(thread_id=thread, number=number).exists() or reads.stub_of(thread, number) is not None


def _kept(path: str) -> str | None:
    if len(path) > LONGEST:
        return None
    return OldAddress.objects.filter(path=path).values_list("target", flat=True).first()


def _only(kind: str, old_id: str) -> int | None:
    """What an old id became, unless two old communities know it and the address does not say which is meant."""
    found = ImportedThing.objects.filter(kind=kind, old_id=old_id, origin__engine=_ENGINE).values_list(
        "new_id", flat=True
    )[:2]
    return found[0] if len(found) == 1 else None
