"""The part of a post that is the same for every reader, kept per post, version, correction line and language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django.utils import translation
from markupsafe import Markup

from palaver.forums import reads
from palaver.forums.reads import PostRow
from palaver.front.fragments import FragmentKey, Fragments
from palaver.web import moulding
from palaver.web.shell import environment
from palaver.web.threads import quotations
from palaver.web.threads.assembly import SHOWN


@lru_cache(maxsize=1)
def store() -> Fragments:
    """This process's store of fragments."""
    return Fragments()


def of(rows: Sequence[PostRow], language: str) -> dict[int, str]:
    """The fragments of the posts that are shown, by id: from the store, the missing ones in one statement."""
    kept, quotes = store(), quotations.folded()
    keys = {row.id: _key(row, language, quotes.get(row.id)) for row in rows if row.standing == SHOWN}
    there = kept.many(keys.values())
    found = {post_id: there[key] for post_id, key in keys.items() if key in there}
    missing = [row for row in rows if row.id in keys and row.id not in found]
    if missing:
        bodies = reads.bodies([row.id for row in missing])
        for row in missing:
            gone = quotes.get(row.id, frozenset())
            made = _make(row, quotations.without(bodies.get(row.id, ""), gone), language)
            kept.put(_key(row, language, gone), made)
            found[row.id] = made
    return found


def _key(row: PostRow, language: str, gone: frozenset[int] | None) -> FragmentKey:
    """What a fragment is kept under. `gone` are the numbers of quoted posts that are not shown any more."""
    looks = f"{language} {row.correction}" if row.correction else language
    return row.id, row.version, f"{looks} -{sorted(gone)}" if gone else looks


def _make(row: PostRow, html: str, language: str) -> str:
    if row.version > 1 or row.correction:
        template = environment().get_template("parts/post_body.html")
        return template.render(
            id=row.id, body=Markup(html), edits=row.version - 1, correction=row.correction or ""
        ).strip()
    return _plain(language).fill({"body": html})


@lru_cache(maxsize=64)
def _plain(language: str) -> moulding.Mould:
    """The mould of a post that was never edited: nearly all of them, and a cold page has fifty."""
    with translation.override(language):
        template = environment().get_template("parts/post_body.html")
        return moulding.Mould(template.render(id=0, body=moulding.Slots().body, edits=0, correction="").strip())
