"""Moving a thread to the forum in which it belongs. Its address stays; a line in it says from where, by whom and why."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.forums import arranging
from palaver.forums.events import ThreadMoved
from palaver.forums.locking import LONGEST_REASON, tell
from palaver.forums.models import Draft, Forum, Pin, Post, Thread, ThreadEvent
from palaver.forums.permissions import may_move, office_in
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import reason
from palaver.record.entering import enter


def move(thread: Thread, *, to: Forum, by: Member, because: str) -> Thread:
    """Put a thread with all its posts into another forum. Subscriptions to it and what was read in it stay.

    A pin is a matter of the forum it stood in, so it ends. Raises NotAllowed, or Refusal when the reason is missing.
    """
    because = reason(because, LONGEST_REASON)
    with transaction.atomic():
        thread = arranging.hold([thread.pk])[thread.pk]
        to = Forum.objects.get(pk=to.pk)
        may_move(by, thread, to).or_refuse()
        if not because:
            raise Refusal(_("Say why: the reason stands in the thread and on the record."), field="because")
        left = thread.forum
        arranging.hold_forums([left.pk, to.pk])
        office = office_in(by, left)
        posts = Post.objects.filter(thread=thread)
        authors = tuple(posts.order_by("author").values_list("author_id", flat=True).distinct())
        moved = posts.update(forum=to)
        Thread.objects.filter(pk=thread.pk).update(forum=to)
        Draft.objects.filter(thread=thread).update(forum=to)
        Pin.objects.filter(thread=thread, ended_at=None).update(ended_at=clock.now())
        arranging.count_forum(left.pk, threads=-1, posts=-moved)
        arranging.count_forum(to.pk, threads=+1, posts=+moved)
        thread.forum = to
        tell(
            thread,
            ThreadEvent.Act.MOVED,
            by=by,
            office=office,
            because=because,
            leads_to=f"/f/{left.slug}/",
            leads_label=left.name,
        )
        events.publish(ThreadMoved(thread.pk, left.pk, to.pk, authors))
        enter(
            "thread.move",
            office=office,
            subject=f"thread:{thread.pk}",
            payload={"by": by.pk, "because": because, "from": left.pk, "to": to.pk, "posts": moved},
        )
    return thread
