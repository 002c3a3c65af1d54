"""What was removed, for whoever asks to read it where the standard lets it be opened. On a page of its own, so that nobody
comes upon it, no list repeats it and no crawler keeps it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from markupsafe import Markup

from palaver.accounts.reads import Viewer
from palaver.forums import reads
from palaver.forums.models import Post
from palaver.forums.permissions import may_read, may_see_removed
from palaver.forums.rendering import post_address
from palaver.kit import clock
from palaver.web import contexts, errors, moments
from palaver.web.doors import everyone, member
from palaver.web.shell import answer, places, shell, trail
from palaver.web.threads import folding


@everyone
def removed(request: HttpRequest, post_id: int) -> HttpResponse:
    """The text of a removed post, its author unnamed, under the line that says why it is not in its thread."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    post = get_object_or_404(Post.objects.select_related("forum", "thread", "body"), pk=post_id)
    by = member(request)
    if not may_read(by, post.forum):
        return errors.page(request, 403)
    may_see_removed(by, post).or_refuse()
    fold = reads.folds([post.pk])[post.pk]
    where = moments.zone(viewer.time_zone if viewer else "")
    own = viewer is not None and viewer.id == post.author_id
    page = contexts.RemovedPage(
        line=folding.line(fold, where, clock.now(), own=own, reads_on=False),
        subject=post.subject,
        body=Markup(post.body.html),
        thread=contexts.Link(f"#{post.number} · {post.thread.subject}", post_address(post.thread_id, post.number)),
    )
    row = places().forums[post.forum_id]
    frame = shell(request, _("A removed post"), trail=trail(forum=row), forum_id=row.id, robots="noindex, nofollow")
    return answer("threads/removed.html", frame, page)
