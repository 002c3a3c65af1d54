"""Bookmarks: posts a member keeps, each with a note of their own and perhaps an instant at which to be reminded."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_act
from palaver.forums.models import Post
from palaver.forums.permissions import may_read
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import storable
from palaver.reading.events import BookmarkChanged, BookmarkDue
from palaver.reading.models import Bookmark

MOST = 5000
LONGEST_NOTE = 500
FURTHEST = timedelta(days=5 * 366)
AT_ONCE = 200
"""How many reminders one sweep gives out, so that it never holds the only writer for long."""


def keep(post: Post, *, by: Member, note: str | None = None, remind_at: datetime | None = None) -> Bookmark:
    """Keep a post, or change its note and reminder. Raises NotAllowed, Refusal (fields `note`, `remind_at`).

    `note` None leaves a standing bookmark just as it is – note, reminder and all – so that keeping twice loses nothing;
    with a note given, the reminder is what is given too, None for none.
    """
    may_act(by).or_refuse()
    may_read(by, post.forum).or_refuse()
    now = clock.now()
    written = storable(note or "").strip()
    if len(written) > LONGEST_NOTE:
        raise Refusal(
            _("A note has at most %(most)s characters; this one has %(length)s. Shorten it.")
            % {"most": LONGEST_NOTE, "length": len(written)},
            field="note",
        )
    with transaction.atomic():
        Member.objects.select_for_update(no_key=True).get(pk=by.pk)
        standing = Bookmark.objects.filter(member=by, post=post).first()
        if standing is not None and note is None:
            return standing
        moved = remind_at is not None and (standing is None or standing.remind_at != remind_at)
        if moved and remind_at is not None and not now < remind_at <= now + FURTHEST:
            raise Refusal(_("A reminder lies in the future, within five years from now."), field="remind_at")
        if standing is None:
            if Bookmark.objects.filter(member=by).count() >= MOST:
                raise Refusal(
                    _("You keep %(most)s bookmarks already, as many as fit. Let one go first.") % {"most": MOST}
                )
            standing = Bookmark(member=by, post=post, at=now)
        standing.note, standing.remind_at = written, remind_at
        if moved:
            standing.reminded_at = None
        standing.save()
        events.publish(BookmarkChanged(by.pk, post.pk, kept=True))
    return standing


def let_go(post: Post, *, by: Member) -> bool:
    """Keep a post no longer. Open also where the member may not read it any more. False when it was not kept."""
    may_act(by).or_refuse()
    with transaction.atomic():
        gone, _rows = Bookmark.objects.filter(member=by, post=post).delete()
        if gone:
            events.publish(BookmarkChanged(by.pk, post.pk, kept=False))
    return bool(gone)


def remind_due() -> int:
    """Give out the reminders whose instant has come, each once: a row is marked in the transaction that publishes it.

    A post its member may not read any more is passed over in silence. Returns how many rows were settled. Called by the
    jobs process about three times a minute, and by several hosts at once without harm.
    """
    now = clock.now()
    waiting = Bookmark.objects.filter(remind_at__lte=now, reminded_at=None)
    # A read that finds nothing takes no lock.
    if not waiting.exists():
        return 0
    with transaction.atomic():
        rows = list(
            waiting.select_for_update(of=("self",), no_key=True)
            .select_related("member", "post__forum")
            .order_by("remind_at", "id")[:AT_ONCE]
        )
        for row in rows:
            row.reminded_at = now
            row.save(update_fields=["reminded_at"])
            if row.member.is_active and may_read(row.member, row.post.forum):
                events.publish(BookmarkDue(row.member_id, row.pk, row.post_id))
    return len(rows)
