"""Telling: notices as rows, written within the transaction of what they tell of, each thing once to each member.

`tell` is for everybody above: it needs no more than a kind of the table and words or a post. What the forum's own events
set off is in `hearing`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from palaver.accounts.models import Member
from palaver.forums.models import Forum, Post
from palaver.forums.permissions import may_read
from palaver.kit import clock, due, rows
from palaver.notices import audience, circumstances, counting, kinds
from palaver.notices.audience import Said
from palaver.notices.kinds import Kind, Ways, kind_of
from palaver.notices.models import Notice

SEND = "notice-send"
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice to be: to whom, of which kind, about what. `more` are ways that a single subscription adds."""

    member_id: int
    kind: Kind
    key: str = ""
    said: Said | None = None
    by_id: int | None = None
    words: str = ""
    href: str = ""
    more: Ways | None = None


def tell(
    member_id: int,
    kind: str,
    *,
    key: str = "",
    post_id: int | None = None,
    by_id: int | None = None,
    words: str = "",
    href: str = "",
) -> Notice | None:
    """Tell one member one thing, in the caller's transaction. For packages above, and for wiring.

    `key` makes it one: the same key for the same member again changes nothing. About a post, the post is shown under the
    rights of the reader's moment; otherwise `words` and `href` (a path of this site) are. None when the member is not
    told: by own choice, for want of rights, because the account is closed, or because it was told before.
    Raises KeyError for a kind that is not in the table, RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{kind} was told outside a transaction.")
    said = None
    if post_id is not None:
        said = said_in(post_id)
        if not _wants(member_id, kind, said, by_id):
            return None
    written = write([Draft(member_id, kind_of(kind), key, said, by_id, words[:300], href[:500])])
    return written[0] if written else None


def _wants(member_id: int, kind: str, said: Said, by_id: int | None) -> bool:
    if kind != kinds.REMINDER.key:
        return bool(audience.willing([member_id], said, by_id=by_id))
    # A reminder is of one's own making: it comes whoever wrote the post and wherever it stands, while it may be read.
    member = Member.objects.filter(pk=member_id).first()
    return member is not None and bool(may_read(member, Forum.objects.get(pk=said.forum_id)))


def tell_operators(kind: str, *, key: str, words: str, href: str, but: int | None = None) -> int:
    """Tell every operator one thing; returns how many were told. For applications, inquiries and what else waits."""
    operators = Member.objects.filter(is_operator=True, claimed_at__isnull=False, left_at=None).exclude(pk=but or 0)
    drafts = [
        Draft(pk, kind_of(kind), key, words=words[:300], href=href[:500])
        for pk in operators.values_list("pk", flat=True)
    ]
    return len(write(drafts))


def said_in(post_id: int) -> Said:
    """Where and by whom a post was said. Raises Post.DoesNotExist."""
    post = Post.objects.only("thread", "number", "forum", "author").get(pk=post_id)
    return Said(post.pk, post.thread_id, post.number, post.forum_id, post.author_id)


def write(drafts: Collection[Draft], *, fresh: bool = False) -> list[Notice]:
    """Write drafts as notices, count them and have them sent; returns those that are new or newly of a stronger kind.

    `fresh` says that none of the keys can be there yet (the post was written in this very transaction).
    """
    if not drafts:
        return []
    known = circumstances.of({draft.member_id for draft in drafts}, {draft.kind.key for draft in drafts})
    now = clock.now()
    standing = {} if fresh else _standing(drafts)
    new: list[Notice] = []
    raised: list[Notice] = []
    for draft in drafts:
        theirs = known.get(draft.member_id)
        if theirs is None:
            continue
        ways = theirs.ways_for(draft.kind, draft.more)
        there = standing.get((draft.member_id, draft.key)) if draft.key else None
        if not ways.any:
            continue
        if there is None:
            new.append(_made(draft, ways, now))
        elif _is_stronger(draft.kind, there):
            raised.append(_raise(there, draft, ways, now))
    written = _insert(new, fresh=fresh) + raised
    by_member = {draft.member_id: draft for draft in drafts}
    for notice in written:
        draft, theirs = by_member[notice.member_id], known[notice.member_id]
        ways = theirs.ways_for(draft.kind, draft.more)
        if (ways.mail and notice.mailed_at is None) or (ways.push and notice.pushed_at is None):
            send_after(notice, theirs.not_before(now + timedelta(minutes=draft.kind.minutes)))
    counting.recount(notice.member_id for notice in written if notice.on_site)
    return written


def send_after(notice: Notice, instant: datetime) -> None:
    """Have the jobs process look, at an instant, whether this notice is still to be mailed or pushed."""
    due.enqueue(SEND, {"notice": notice.pk}, at=instant)


def _made(draft: Draft, ways: Ways, now: datetime) -> Notice:
    said = draft.said
    return Notice(
        member_id=draft.member_id,
        kind=draft.kind.key,
        key=draft.key,
        post_id=said.post_id if said else None,
        thread_id=said.thread_id if said else None,
        number=said.number if said else None,
        by_id=draft.by_id if draft.by_id is not None or said is None else said.author_id,
        words=draft.words,
        href=draft.href,
        at=now,
        on_site=ways.site,
        in_digest=ways.digest,
    )


def _standing(drafts: Iterable[Draft]) -> dict[tuple[int, str], Notice]:
    keys = {draft.key for draft in drafts if draft.key}
    if not keys:
        return {}
    found = Notice.objects.filter(member_id__in={draft.member_id for draft in drafts}, key__in=keys)
    return {(notice.member_id, notice.key): notice for notice in found}


def _is_stronger(kind: Kind, there: Notice) -> bool:
    return kind.strength > kind_of(there.kind).strength > 0


def _raise(notice: Notice, draft: Draft, ways: Ways, now: datetime) -> Notice:
    """The same thing in a stronger kind: told anew on the site; carriers that had it do not get it again."""
    notice.kind, notice.at, notice.seen_at = draft.kind.key, now, None
    notice.on_site = notice.on_site or ways.site
    notice.in_digest = notice.in_digest or (ways.digest and notice.mailed_at is None)
    notice.save(update_fields=["kind", "at", "seen_at", "on_site", "in_digest"])
    return notice


def _insert(new: list[Notice], *, fresh: bool) -> list[Notice]:
    if not new:
        return []
    if fresh or not all(notice.key for notice in new):
        for start in range(0, len(new), _AT_ONCE):
            rows.store(new[start : start + _AT_ONCE])
        return new
    # Another transaction may write the same key meanwhile; then its row stands.
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    found = _standing([replace(_BLANK, member_id=notice.member_id, key=notice.key) for notice in new])
    return [found[notice.member_id, notice.key] for notice in new if (notice.member_id, notice.key) in found]


_BLANK = Draft(0, kind_of("test"))
