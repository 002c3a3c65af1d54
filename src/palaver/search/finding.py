"""Searching: what was typed, seen by a reader, becomes posts with the sentences that explain them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from django.utils.translation import gettext as _

from palaver.accounts.models import Member, Rename
from palaver.accounts.reads import instant_of
from palaver.forums.models import Forum, Post
from palaver.kit.text import names, words
from palaver.search import matching, ranking
from palaver.search.language import Query, Term, read
from palaver.search.matching import Line, Wanted
from palaver.search.models.document import SEQUENCE
from palaver.search.sight import Sight

PAGE = 25
_MOST_ROUNDS = 6
_MOST_MARKS = 200


class Found(NamedTuple):
    """One found post, with what its line needs. `html` is its rendered body."""

    key: int
    post_id: int
    number: int
    subject: str
    created_at: datetime
    author_id: int
    author_name: str
    forum_id: int
    thread_id: int
    thread_subject: str
    thread_slug: str
    html: str


@dataclass(slots=True)
class Findings:
    """The answer: a page of posts, and what to say about the question. `more` is there when older matches are left.

    `terms` are what may be marked.
    """

    query: Query
    posts: list[Found] = field(default_factory=list)
    more: bool = False
    below: int | None = None
    terms: tuple[Term, ...] = ()


def find(
    text: str,
    sight: Sight,
    *,
    zone: tzinfo = UTC,
    best: bool = False,
    below: int | None = None,
    above: int | None = None,
    page: int = 0,
    size: int = PAGE,
) -> Findings:
    """Find posts: the newest first, from just below a key on; or the `page`th of those that match best.

    `above` leaves out all posts up to that key. Never raises on what was typed: `query.refused` or `query.notes` say
    what was not understood.
    """
    query = read(text, zone)
    answer = Findings(query)
    if query.refused or query.impossible:
        return answer
    answer.terms = tuple(term for group in query.groups for term in group)
    wanted = resolve(query, sight)
    if wanted is None:
        return answer
    if below is not None:
        wanted.below = min(wanted.below, below)
    if above is not None:
        wanted.lowest = max(wanted.lowest, above + 1)
    if best and answer.terms:
        keys = ranking.by_best_match(matching.tokens(wanted, ranking.MOST), answer.terms)
        answer.more = len(keys) > (page + 1) * size
        answer.posts = _in_sight(matching.lines_of(keys[page * size : (page + 1) * size]), sight)
        return answer
    asked = size + 1
    for _round in range(_MOST_ROUNDS):
        lines = matching.lines(wanted, asked)
        answer.posts += _in_sight(lines, sight)
        if len(answer.posts) > size or len(lines) < asked:
            break
        # The reader's own trash has taken rows away; what they mean is further down.
        wanted.below = lines[-1].key
        asked = min(asked * 2, 400)
    else:
        answer.more, answer.below = True, wanted.below
    if len(answer.posts) > size:
        answer.posts = answer.posts[:size]
        answer.more, answer.below = True, answer.posts[-1].key
    return answer


def key_at(instant: datetime) -> int:
    """The key below which everything was written before an instant."""
    whole = -(-int(instant.timestamp() * 1_000_000) // 1_000_000)
    return whole << SEQUENCE


def resolve(query: Query, sight: Sight) -> Wanted | None:
    """The query with ids in place of names, or None when a name leads nowhere: then nothing can be found.

    A forum that the reader may not read is as unknown to them as one that does not exist.
    """
    wanted = Wanted(
        groups=list(query.groups),
        without=list(query.without),
        where=query.where,
        forums=sight.forums,
        hidden=sight.hidden,
    )
    if query.after is not None:
        wanted.lowest = key_at(query.after)
    if query.before is not None:
        wanted.below = key_at(query.before)
    possible = True
    if query.authors or query.not_authors:
        known = _members([*query.authors, *query.not_authors])
        for name in dict.fromkeys([*query.authors, *query.not_authors]):
            if name not in known:
                query.notes.append(_("There is no member called “%(name)s”.") % {"name": name[:60]})
        if query.authors:
            ids = [f":a{known[name]}" for name in dict.fromkeys(query.authors) if name in known]
            wanted.marks.append(tuple(dict.fromkeys(ids)))
            possible = possible and bool(ids)
        wanted.not_marks += [f":a{known[name]}" for name in query.not_authors if name in known]
    if query.forums or query.not_forums:
        forums = _forums([*query.forums, *query.not_forums], sight)
        for name in dict.fromkeys([*query.forums, *query.not_forums]):
            if name not in forums:
                query.notes.append(_("There is no forum called “%(name)s” that you may read.") % {"name": name[:60]})
        if query.forums:
            ids = [f":f{forums[name]}" for name in dict.fromkeys(query.forums) if name in forums]
            wanted.marks.append(tuple(dict.fromkeys(ids)))
            possible = possible and bool(ids)
        wanted.not_marks += [f":f{forums[name]}" for name in query.not_forums if name in forums]
    if query.threads:
        wanted.marks.append(tuple(f":t{number}" for number in dict.fromkeys(query.threads)))
    wanted.marks += [(f":{what}",) for what in sorted(query.has)]
    wanted.not_marks += [f":{what}" for what in sorted(query.has_not)]
    if query.is_op is not None:
        wanted.marks.append((":op",) if query.is_op else (":re",))
    wanted.not_marks += [f":a{author}" for author in sorted(sight.authors)[:_MOST_MARKS]]
    wanted.not_marks += [f":t{thread}" for thread in sorted(sight.threads)[-_MOST_MARKS:]]
    return wanted if possible else None


def _members(asked: Sequence[str]) -> dict[str, int]:
    """Members by the names asked for, in any spelling that looks alike; a former name leads to who bore it last."""
    keys = {name: names.name_key(name) for name in asked if len(name) <= 60}
    present = dict(Member.objects.filter(name_key__in=keys.values()).values_list("name_key", "pk"))
    missing = [key for key in keys.values() if key not in present]
    if missing:
        renamed = Rename.objects.filter(old_key__in=missing).order_by("at").values_list("old_key", "member_id")
        present.update(renamed)
    return {name: present[key] for name, key in keys.items() if key in present}


def _forums(asked: Sequence[str], sight: Sight) -> dict[str, int]:
    """Readable forums by slug or by name, however it is cased and accented."""
    rows = Forum.objects.filter(pk__in=sight.forums).values_list("pk", "slug", "name")
    known: dict[str, int] = {}
    for pk, slug, name in rows:
        known.setdefault(words.fold(name), pk)
        known[words.fold(slug)] = pk
    return {name: known[words.fold(name)] for name in asked if words.fold(name) in known}


def _in_sight(lines: Sequence[Line], sight: Sight) -> list[Found]:
    # The rights are asked once more of the post itself: a document may be a moment older than a post that was moved.
    return [
        _found(line)
        for line in lines
        if line.standing == Post.Standing.SHOWN
        and line.forum_id in sight.forums
        and sight.shows(thread_id=line.thread_id, author_id=line.author_id, thread_subject=line.thread_subject)
    ]


def _found(line: Line) -> Found:
    at = instant_of(line.created_at)
    assert at is not None
    return Found(line.key, line.post_id, line.number, line.subject, at, *line[6:])
