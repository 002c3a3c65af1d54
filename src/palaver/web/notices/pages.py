"""The page of notices: what a member was told, by day, the new ones marked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from palaver.accounts.reads import Viewer
from palaver.forums.rendering import post_address
from palaver.kit import clock, pagination
from palaver.notices import reads, seeing, sentences
from palaver.web import contexts as frame
from palaver.web import moments
from palaver.web.doors import members
from palaver.web.notices import contexts
from palaver.web.shell import answer, places, readable, shell


@require_safe
@members
def notices(request: HttpRequest) -> HttpResponse:
    """One page of them, the newest first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    only_new = request.GET.get("show") == "new"
    before = _place(request.GET.get("before"))
    found = reads.page(
        viewer.id, forum_ids=readable(viewer), only_new=only_new, before=before, limit=reads.PER_PAGE + 1
    )
    shown = found[: reads.PER_PAGE]
    where = moments.zone(viewer.time_zone)
    pager = frame.Pager()
    here = "/notices/?show=new&" if only_new else "/notices/?"
    if len(found) > reads.PER_PAGE:
        last = shown[-1]
        pager = frame.Pager(
            later=frame.Link(_("Older"), f"{here}before={pagination.encode([_micros(last.at), last.id])}")
        )
    if before is not None:
        pager = frame.Pager(earlier=frame.Link(_("Newest"), here.rstrip("?&")), later=pager.later)
    page = contexts.NoticesPage(
        days=_days(shown, where),
        new=viewer.notice_count,
        newest=max((row.id for row in shown), default=0) if before is None else 0,
        only_new=only_new,
        pager=pager,
        empty=frame.Empty(
            _("Nothing new. What you have seen is still in the whole list.")
            if only_new
            else _("Nobody has told you anything yet. Write something, or subscribe to a thread, and this fills."),
            frame.Link(_("Show all"), "/notices/") if only_new else frame.Link(_("Latest discussions"), "/latest"),
        ),
    )
    return answer("notices/notices.html", shell(request, _("Notices"), token=True, robots="noindex"), page)


@require_POST
@members
def seen(request: HttpRequest) -> HttpResponse:
    """All that the page showed, and everything before it, is seen."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    up_to = request.POST.get("up_to", "")
    known = up_to.isascii() and up_to.isdecimal() and len(up_to) < 19
    seeing.see_all(viewer.id, up_to=int(up_to) if known else None)
    return redirect("/notices/")


@require_safe
@members
def one(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Open one: it is seen, and its reader is led to what it is about."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    notice = seeing.open_one(viewer.id, notice_id)
    if notice is None:
        raise Http404
    if notice.thread_id is not None and notice.number is not None:
        return redirect(post_address(notice.thread_id, notice.number))
    return redirect(notice.href if notice.href.startswith("/") and not notice.href.startswith("//") else "/notices/")


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LATEST = (datetime(9000, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _place(text: str | None) -> tuple[datetime, int] | None:
    """The instant and id of a cursor; None for one that is not ours."""
    parts = pagination.decode(text, (int, int))
    if parts is None or not isinstance(parts[0], int) or not isinstance(parts[1], int) or not 0 <= parts[0] < _LATEST:
        return None
    return _EPOCH + parts[0] * _MICROSECOND, parts[1]


def _days(rows: list[reads.Row], where: tzinfo) -> tuple[contexts.NoticeDay, ...]:
    now = clock.now()
    today = now.astimezone(where).date()
    made = []
    for day, of_day in groupby(rows, key=lambda row: row.at.astimezone(where).date()):
        rows_of = list(of_day)
        if day == today:
            label = _("Today")
        elif day == today - timedelta(days=1):
            label = _("Yesterday")
        else:
            label = moments.moment(rows_of[0].at, where, now).exact.rpartition(",")[0]
        made.append(contexts.NoticeDay(label, tuple(_row(row, where) for row in rows_of)))
    return tuple(made)


def _row(row: reads.Row, where: tzinfo) -> contexts.NoticeRow:
    what = sentences.sentence(row.kind, by=row.by, count=row.times, number=row.number, words=row.words)
    place = ""
    if row.forum_id is not None:
        place = places().forums[row.forum_id].name
        if row.number:
            place = f"{place} · #{row.number}"
    return contexts.NoticeRow(
        id=row.id,
        href=f"/notices/{row.id}",
        what=what,
        subject=row.subject or (row.words if what != row.words else ""),
        place=place,
        opening=row.opening,
        at=moments.moment(row.at, where),
        new=row.is_new,
        gone=not row.is_shown,
    )
