"""Following a member: their posts can be made to stand out, and their newest are a list of one's own."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_act
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.reading import hiding
from palaver.reading.events import FollowChanged
from palaver.reading.models import Follow, Ignore

MOST = 300
"""How many one may follow. The list of their posts walks one index a person, so it must have an end."""


def follow(other: Member, *, by: Member, told: bool = False) -> Follow:
    """Follow a member; `told` asks for a notice of each thread they start. A second time changes only that. Raises Refusal."""
    may_act(by).or_refuse()
    if other.pk == by.pk:
        raise Refusal(_("Your own posts are on your page “My posts”; there is no need to follow yourself."))
    with transaction.atomic():
        member = hiding.take(by)
        standing = Follow.objects.filter(member=member, followed=other).first()
        if standing is not None:
            if standing.told != told:
                standing.told = told
                standing.save(update_fields=["told"])
            return standing
        if Ignore.objects.filter(member=member, ignored=other).exists():
            raise Refusal(_("You ignore %(name)s. Stop ignoring them first, then follow.") % {"name": other.name})
        if Follow.objects.filter(member=member).count() >= MOST:
            raise Refusal(
                _("You follow %(most)s members already, as many as fit. Stop following somebody first.")
                % {"most": MOST}
            )
        row = Follow.objects.create(member=member, followed=other, told=told, at=clock.now())
        events.publish(FollowChanged(member.pk, other.pk, followed=True))
    return row


def stop_following(other: Member, *, by: Member) -> bool:
    """Follow a member no longer. False when they were not followed."""
    may_act(by).or_refuse()
    with transaction.atomic():
        gone, _rows = Follow.objects.filter(member=by, followed=other).delete()
        if gone:
            events.publish(FollowChanged(by.pk, other.pk, followed=False))
    return bool(gone)
