"""The avoidance list: members who must never sit on a jury about oneself (page 3). Known to its owner alone.

There is deliberately no read of it from the other side, no entry on the record and no notice: that somebody stands on a
list of this kind would itself be a judgment.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.events import AvoidanceChanged
from palaver.accounts.models import Avoidance, Member
from palaver.accounts.permissions import may_act
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal

MOST = 500


def avoid(other: Member, *, by: Member) -> Avoidance:
    """Put a member on one's avoidance list; doing it twice changes nothing. Raises NotAllowed, Refusal."""
    may_act(by).or_refuse()
    if other.pk == by.pk:
        raise Refusal(_("Nobody judges their own case here, so you need not avoid yourself."))
    with transaction.atomic():
        member = Member.objects.select_for_update(no_key=True).get(pk=by.pk)
        standing = Avoidance.objects.filter(member=member, avoided=other).first()
        if standing is not None:
            return standing
        if Avoidance.objects.filter(member=member).count() >= MOST:
            raise Refusal(
                _("Your avoidance list holds %(most)s members already, as many as fit. Take somebody off first.")
                % {"most": MOST}
            )
        row = Avoidance.objects.create(member=member, avoided=other, at=clock.now())
        events.publish(AvoidanceChanged(member.pk))
    return row


def stop_avoiding(other: Member, *, by: Member) -> bool:
    """Take a member off one's avoidance list. False when they were not on it."""
    may_act(by).or_refuse()
    with transaction.atomic():
        gone, _rows = Avoidance.objects.filter(member=by, avoided=other).delete()
        if gone:
            events.publish(AvoidanceChanged(by.pk))
    return bool(gone)
