"""/account/files: what a member has put up, where each is shown, and taking down what no post shows."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from palaver.accounts.reads import Viewer
from palaver.forums import attaching
from palaver.forums.models import Attachment, AttachmentUse
from palaver.kit import clock
from palaver.web import moments
from palaver.web.contexts import Link
from palaver.web.doors import members, the_member
from palaver.web.shell import answer, shell
from palaver.web.uploads.contexts import FilesPage, OwnPiece

A_PAGE = 50
LINKS = 3


def in_words(size: int) -> str:
    """A size for people."""
    if size < attaching.MEGABYTE:
        return _("%(n)s KB") % {"n": max(1, round(size / 1024))}
    megabytes = size / attaching.MEGABYTE
    return _("%(n)s MB") % {"n": f"{megabytes:.1f}" if megabytes < 10 else f"{megabytes:.0f}"}


@require_safe
@members
def files(request: HttpRequest) -> HttpResponse:
    """My pictures and files, the newest first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    mine = Attachment.objects.filter(owner_id=viewer.id)
    rows = mine.order_by("-pk")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    shown = list(rows[: A_PAGE + 1])
    page = shown[:A_PAGE]
    uses: dict[int, list[Link]] = {}
    for use in (
        AttachmentUse.objects.filter(attachment__in=page).select_related("post__thread", "post__author").order_by("-pk")
    ):
        title = f"{use.post.thread.subject} #{use.post.number}"
        # Another's post may stand where this member cannot read: that there is one is all that is said.
        own = use.post.author_id == viewer.id
        uses.setdefault(use.attachment_id, []).append(Link(title, f"/p/{use.post_id}") if own else Link("", ""))
    where, now = moments.zone(viewer.time_zone), clock.now()
    pieces = []
    for row in page:
        links = uses.get(row.pk, [])
        named = tuple(link for link in links if link.href)[:LINKS]
        scale = min(1.0, 96 / max(row.width or 1, row.height or 1))
        pieces.append(
            OwnPiece(
                name=row.name,
                href=attaching.address(row),
                small=attaching.address(row, small=True) if row.kind == Attachment.Kind.PICTURE else "",
                width=max(1, round((row.width or 0) * scale)),
                height=max(1, round((row.height or 0) * scale)),
                size=in_words(row.size),
                at=moments.moment(row.at, where, now, language=get_language() or "en"),
                shown_in=named,
                more=len(links) - len(named),
                take_down="" if links else f"/account/files/{row.pk}/take-down",
                markdown=attaching.markdown(row),
            )
        )
    held = mine.aggregate(total=Sum("size"))["total"] or 0
    context = FilesPage(
        pieces=tuple(pieces),
        held=in_words(held),
        most=in_words(attaching.allowance(the_member(request)).bytes),
        days=attaching.KEPT_UNUSED.days,
        older=f"/account/files?{urlencode({'before': page[-1].pk})}" if len(shown) > A_PAGE else "",
    )
    return answer(
        "account/files.html", shell(request, _("My pictures and files"), token=True, robots="noindex"), context
    )


@require_POST
@members
def take_down(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """Take down one of them."""
    member = the_member(request)
    row = get_object_or_404(Attachment, pk=attachment_id, owner=member)
    attaching.take_down(row, by=member)
    messages.success(request, _("Taken down: %(name)s") % {"name": row.name})
    return redirect("/account/files")
