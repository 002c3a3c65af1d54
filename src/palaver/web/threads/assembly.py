"""From rows to what a thread page shows: pages, marks, highlights, summary table. Plain values; no request, no statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

from django.utils.translation import gettext as _
from markupsafe import Markup

from palaver.accounts.reads import Viewer
from palaver.forums.models import Post, ThreadEvent
from palaver.forums.reads import EventRow, FoldRow, PostRow, TableRow
from palaver.forums.rendering import member_address
from palaver.reading.reads import ThreadHead
from palaver.reading.sight import NOTHING_LAID, Laid
from palaver.web import assembling, contexts, moments
from palaver.web.threads import folding

MANY_RECS = 5
SHOWN, WITHDRAWN, HELD, REMOVED = (int(value) for value in Post.Standing)


class Light(NamedTuple):
    """What stands out for this reader: which highlight is chosen and what it compares with."""

    kind: str
    since: datetime | None
    newest_from: int
    author_id: int
    followed: frozenset[int] = frozenset()


def light(kind: str, head: ThreadHead, followed: frozenset[int] = frozenset()) -> Light:
    """The highlight menu's choice as something a post can be held against."""
    newest = {"5": 5, "10": 10}.get(kind, 0)
    return Light(kind, head.marked_at, head.post_count - newest if newest else 0, head.author_id, followed)


def is_new(created_at: datetime, author_id: int, head: ThreadHead, viewer: Viewer | None) -> bool:
    """New since the member marked this forum read, and not their own."""
    return head.marked_at is not None and viewer is not None and created_at > head.marked_at and author_id != viewer.id


def stands_out(row: PostRow, chosen: Light, viewer: Viewer | None) -> bool:
    """Whether the chosen highlight falls on a reply."""
    match chosen.kind:
        case "new":
            return (
                chosen.since is not None
                and row.created_at > chosen.since
                and (viewer is None or row.author_id != viewer.id)
            )
        case "5" | "10":
            return row.place >= chosen.newest_from and row.place > 0
        case "recommended":
            return row.rec_count + row.unnamed_recs >= MANY_RECS
        case "author":
            return row.author_id == chosen.author_id
        case "followed":
            return row.author_id in chosen.followed
        case _:
            return False


def state_line(
    row: PostRow, fold: FoldRow | None, where: tzinfo, now: datetime, language: str, *, own: bool = False
) -> str:
    """What stands in place of a post that is not shown; HTML of ours where `fold` says more."""
    if row.standing == WITHDRAWN:
        if row.withdrawn_because:
            return _("Withdrawn by its author: %(because)s") % {"because": row.withdrawn_because}
        return _("Withdrawn by its author.")
    if fold is not None:
        return folding.line(fold, where, now, language=language, own=own)
    if row.standing == HELD:
        return _("Held back: this post is not shown at present.")
    return _("Removed.")


_STATES = {SHOWN: "shown", WITHDRAWN: "withdrawn", HELD: "held", REMOVED: "removed"}


def post_view(
    row: PostRow,
    head: ThreadHead,
    viewer: Viewer | None,
    fragments: Mapping[int, str],
    chosen: Light,
    where: tzinfo,
    now: datetime,
    language: str,
    on_page: frozenset[int] = frozenset(),
    laid: Laid = NOTHING_LAID,
    fold: FoldRow | None = None,
) -> contexts.PostView:
    """One post for one reader. `fragments` holds the shared part by post id, `laid` what the reader's own rows say of it,
    `fold` why it is not shown."""
    shown = row.standing == SHOWN
    own = viewer is not None and viewer.id == row.author_id
    answers = row.answers_number or 0
    fresh = is_new(row.created_at, row.author_id, head, viewer) if row.place else False
    return contexts.PostView(
        id=row.id,
        number=row.number,
        author=row.author_name,
        author_href=member_address(row.author_name),
        author_posts=row.author_posts,
        at=moments.moment(row.created_at, where, now, language=language),
        body=Markup(fragments.get(row.id, "")) if shown else Markup(""),
        subject=row.subject if shown else "",
        recs=row.rec_count + row.unnamed_recs,
        answers=answers if row.place else 0,
        answers_href=f"#p{answers}" if answers in on_page else f"/t/{head.id}/post/{answers}",
        depth=row.depth,
        state=_STATES[row.standing],  # type: ignore[arg-type]
        state_line="" if shown else state_line(row, fold, where, now, language, own=own),
        op=row.author_id == head.author_id and row.place > 0,
        new=fresh,
        own=own,
        recommended=row.recommended,
        highlighted=stands_out(row, chosen, viewer) if row.place and not (chosen.kind == "new" and fresh) else False,
        ignored=row.author_id in laid.sight.ignored,
        kept=row.id in laid.kept,
    )


_ACTS = {
    ThreadEvent.Act.LOCKED: lambda: _("Locked"),
    ThreadEvent.Act.UNLOCKED: lambda: _("Opened again"),
    ThreadEvent.Act.PINNED: lambda: _("Pinned"),
    ThreadEvent.Act.UNPINNED: lambda: _("No longer pinned"),
    ThreadEvent.Act.ARCHIVED: lambda: _("Archived in the old forum"),
    ThreadEvent.Act.SPLIT: lambda: _("Split from or into another thread in the old forum"),
    ThreadEvent.Act.SPLIT_FROM: lambda: _("Split off from another thread"),
    ThreadEvent.Act.MERGED: lambda: _("Another thread was put behind this one"),
    ThreadEvent.Act.LISTED: lambda: _("Listed again in the old forum"),
    ThreadEvent.Act.UNLISTED: lambda: _("Taken off the lists in the old forum"),
    ThreadEvent.Act.MOVED: lambda: _("Moved"),
    ThreadEvent.Act.NOTE: lambda: _("A note of the old forum"),
}


def _leads(row: EventRow, act: str) -> contexts.Link | None:
    """Where the line leads on: the other forum or thread, the ballot, the posts that came."""
    if not row.leads_to:
        return None
    if row.leads_label:
        return contexts.Link(_("from %(forum)s") % {"forum": row.leads_label}, row.leads_to)
    words = {
        ThreadEvent.Act.MERGED: _("its first post"),
        ThreadEvent.Act.UNLOCKED: _("the ballot"),
    }
    return contexts.Link(words.get(ThreadEvent.Act(act), _("the other thread")), row.leads_to)


def event_line(row: EventRow, where: tzinfo, now: datetime, language: str, depth: int = 0) -> contexts.EventLine:
    """A line that tells what was done to the thread at this place."""
    act = ThreadEvent.Act(row.act)
    text = _("Replies split off into another thread") if act == ThreadEvent.Act.SPLIT and row.leads_to else _ACTS[act]()
    if row.office == "host":
        text = _("%(act)s by a host") % {"act": text}
    elif row.office == "operator":
        text = _("%(act)s by an operator") % {"act": text}
    elif row.office == "author":
        text = _("%(act)s with its original post") % {"act": text}
    elif row.office == "hosts":
        text = _("%(act)s by the hosts’ ballot") % {"act": text}
    who = contexts.Link(row.by_name, member_address(row.by_name)) if row.by_name else None
    return contexts.EventLine(
        text,
        moments.moment(row.at, where, now, language=language),
        who=who,
        because=row.because,
        depth=depth,
        leads=_leads(row, act),
    )


def lines(
    posts: Iterable[tuple[PostRow, assembling.Drawn]],
    events: Sequence[EventRow],
    where: tzinfo,
    now: datetime,
    language: str,
) -> list[contexts.PostView | contexts.EventLine | assembling.Drawn]:
    """Posts and event lines in reading order: an event stands behind the post it came after."""
    by_place: dict[int, list[EventRow]] = {}
    for event in events:
        by_place.setdefault(event.after_place, []).append(event)
    shown: list[contexts.PostView | contexts.EventLine | assembling.Drawn] = []
    for event in by_place.pop(-1, ()):
        shown.append(event_line(event, where, now, language))
    for event in by_place.pop(0, ()):
        shown.append(event_line(event, where, now, language))
    for row, view in posts:
        shown.append(view)
        for event in by_place.pop(row.place, ()):
            shown.append(event_line(event, where, now, language, row.depth))
    return shown


def summary(
    rows: Iterable[TableRow | PostRow],
    head: ThreadHead,
    viewer: Viewer | None,
    here: frozenset[int],
    ignored: frozenset[int] = frozenset(),
) -> contexts.SummaryTable:
    """The table of replies, as a tree: own subject or first words, author, number. Of the ignored only the number."""
    made = []
    for row in rows:
        if row.place == 0:
            continue
        gone = row.standing != SHOWN
        made.append(
            contexts.TableRow(
                number=row.number,
                href=f"#p{row.number}" if row.number in here else f"/t/{head.id}/post/{row.number}",
                words=folding.words(row.standing)
                if gone
                else _("(ignored)")
                if row.author_id in ignored
                else (row.subject or row.opening or "…"),
                author="" if gone or row.author_id in ignored else row.author_name,
                depth=row.depth,
                op=row.author_id == head.author_id,
                new=is_new(row.created_at, row.author_id, head, viewer),
                gone=gone,
            )
        )
    return contexts.SummaryTable(total=max(head.post_count - 1, 0), rows=tuple(made))
