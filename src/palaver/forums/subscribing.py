"""Subscriptions: a member wants to be told of new threads in a forum or new replies in a thread, or of nothing there.

The notice on the site always comes; `Way` adds mail at once or keeps it for the digest, `by_push` adds the devices.
Muting is the opposite: not even what would come of itself. What is sent, when and how is the business of notices.
"""

from __future__ import annotations

from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_act
from palaver.forums.events import SubscriptionChanged
from palaver.forums.models import Forum, Subscription, Thread
from palaver.forums.permissions import may_read
from palaver.kit import clock, events
from palaver.kit.decisions import NotAllowed, Refusal

MOST = 2000


class Way(StrEnum):
    """How a member is told, apart from push."""

    SITE = "site"
    MAIL = "mail"
    DIGEST = "digest"
    MUTED = "muted"


def way_of(subscription: Subscription) -> Way:
    """How a subscription tells."""
    if subscription.muted:
        return Way.MUTED
    if subscription.by_mail:
        return Way.MAIL
    return Way.DIGEST if subscription.in_digest else Way.SITE


def subscribe(to: Forum | Thread, *, by: Member, way: Way | None = None, by_push: bool | None = None) -> Subscription:
    """Tell the member of what is new in a forum or thread; of a standing subscription change what is given, None stays.

    Raises NotAllowed where the member may not read, Refusal for more than 2,000.
    """
    may_act(by).or_refuse()
    may_read(by, to if isinstance(to, Forum) else to.forum).or_refuse()
    place = {"forum": to} if isinstance(to, Forum) else {"thread": to}
    with transaction.atomic():
        member = Member.objects.select_for_update(no_key=True).get(pk=by.pk)
        row = Subscription.objects.filter(member=member, **place).first()
        if row is None:
            if Subscription.objects.filter(member=member).count() >= MOST:
                raise Refusal(
                    _("You have %(most)s subscriptions already, as many as fit. End some first.") % {"most": MOST}
                )
            row = Subscription(member=member, at=clock.now(), **place)
        before = (row.pk, way_of(row), row.by_push)
        _set(row, way if way is not None else way_of(row), row.by_push if by_push is None else by_push)
        if before != (row.pk, way_of(row), row.by_push) or row.pk is None:
            row.save()
            _publish(row, subscribed=not row.muted)
    return row


def mute(to: Forum | Thread, *, by: Member) -> Subscription:
    """Tell the member nothing of a forum or thread, not even what would come of itself."""
    return subscribe(to, by=by, way=Way.MUTED)


def change(subscription: Subscription, *, by: Member, way: Way, by_push: bool) -> Subscription:
    """Change how one's own subscription tells."""
    if subscription.member_id != by.pk:
        raise NotAllowed(_("This is somebody else's subscription."))
    to = subscription.forum or subscription.thread
    assert to is not None
    return subscribe(to, by=by, way=way, by_push=by_push)


def unsubscribe(to: Forum | Thread, *, by: Member) -> bool:
    """End a subscription, or a muting. Open also where the member may not read any more. False when there was none."""
    may_act(by).or_refuse()
    place = {"forum": to} if isinstance(to, Forum) else {"thread": to}
    with transaction.atomic():
        row = Subscription.objects.select_for_update(no_key=True).filter(member=by, **place).first()
        if row is None:
            return False
        _publish(row, subscribed=False)
        row.delete()
    return True


def _set(row: Subscription, way: Way, by_push: bool) -> None:
    row.by_mail, row.in_digest, row.muted = way == Way.MAIL, way == Way.DIGEST, way == Way.MUTED
    row.by_push = by_push and not row.muted


def _publish(row: Subscription, *, subscribed: bool) -> None:
    events.publish(SubscriptionChanged(row.member_id, row.forum_id, row.thread_id, subscribed))
