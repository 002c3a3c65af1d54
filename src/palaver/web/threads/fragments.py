"""The part of a post that is the same for every reader, kept per post, version and language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from palaver.forums import reads
from palaver.forums.reads import PostRow
from palaver.front.fragments import Fragments
from palaver.web import moulding
from palaver.web.shell import environment
from palaver.web.threads.assembly import SHOWN


@lru_cache(maxsize=1)
def store() -> Fragments:
    """This process's store of fragments."""
    return Fragments()


def of(rows: Sequence[PostRow], language: str) -> dict[int, str]:
    """The fragments of the posts that are shown, by id: from the store, the missing ones in one statement."""
    kept = store()
    found: dict[int, str] = {}
    missing: list[PostRow] = []
    for row in rows:
        if row.standing != SHOWN:
            continue
        fragment = kept.get((row.id, row.version, language))
        if fragment is None:
            missing.append(row)
        else:
            found[row.id] = fragment
    if missing:
        bodies = reads.bodies([row.id for row in missing])
        for row in missing:
            made = _make(row, bodies.get(row.id, ""), language)
            kept.put((row.id, row.version, language), made)
            found[row.id] = made
    return found


def _make(row: PostRow, html: str, language: str) -> str:
    flags = frozenset({"edits"} if row.version > 1 else ())
    if flags:
        template = environment().get_template("parts/post_body.html")
        return template.render(id=row.id, body=moulding.Markup(html), edits=row.version - 1, correction="").strip()
    return moulding.cast(environment(), "parts/post_body.html", language, flags).fill({"id": row.id, "body": html})
