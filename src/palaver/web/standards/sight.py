"""Who may see a case's pages: everybody who may read the place it is about, and whom it concerns."""

from __future__ import annotations

from palaver.accounts.reads import Viewer
from palaver.standards.models import Appeal, Case
from palaver.web.shell import readable


def may_see(case: Case, viewer: Viewer | None) -> bool:
    """Whether this reader may see a decided case. A statement more where no post was judged."""
    if viewer is not None and case.author_id == viewer.id:
        return True
    forum_id = _forum_of(case)
    return forum_id is None or forum_id in readable(viewer)


def _forum_of(case: Case) -> int | None:
    if case.post_id is not None:
        return int(case.post.forum_id) if case.post is not None else None
    if case.kind != Case.Kind.APPEAL:
        return None
    contested = Appeal.objects.filter(case=case).select_related("block", "lock__thread").first()
    if contested is None:
        return None
    if contested.block is not None:
        return int(contested.block.forum_id)
    return int(contested.lock.thread.forum_id) if contested.lock is not None else None
