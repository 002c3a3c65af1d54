"""Ignoring a member: their posts fold to one line for oneself, and their acts make no notices. The other is never told."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_act
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.reading import hiding
from palaver.reading.events import FollowChanged, IgnoreChanged
from palaver.reading.models import Follow, Ignore

MOST = 500


def ignore(other: Member, *, by: Member) -> Ignore:
    """Ignore a member from now on; a running follow of them ends. Doing it twice changes nothing. Raises Refusal."""
    may_act(by).or_refuse()
    if other.pk == by.pk:
        raise Refusal(_("You cannot ignore yourself. Some have tried."))
    with transaction.atomic():
        member = hiding.take(by)
        standing = Ignore.objects.filter(member=member, ignored=other).first()
        if standing is not None:
            return standing
        if Ignore.objects.filter(member=member).count() >= MOST:
            raise Refusal(
                _("You ignore %(most)s members already, as many as fit. Stop ignoring somebody first.") % {"most": MOST}
            )
        ended, _rows = Follow.objects.filter(member=member, followed=other).delete()
        if ended:
            events.publish(FollowChanged(member.pk, other.pk, followed=False))
        row = Ignore.objects.create(member=member, ignored=other, at=clock.now())
        hiding.settle(member)
        events.publish(IgnoreChanged(member.pk, other.pk, ignored=True))
    return row


def stop_ignoring(other: Member, *, by: Member) -> bool:
    """Show a member's posts again. False when they were not ignored."""
    may_act(by).or_refuse()
    with transaction.atomic():
        member = hiding.take(by)
        gone, _rows = Ignore.objects.filter(member=member, ignored=other).delete()
        if not gone:
            return False
        hiding.settle(member)
        events.publish(IgnoreChanged(member.pk, other.pk, ignored=False))
    return True
