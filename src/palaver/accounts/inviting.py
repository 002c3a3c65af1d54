"""Invitations: a link by which people join. Only the checksum of its secret is kept, so a copy of the database invites nobody."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from palaver.accounts.events import InvitationEnded, InvitationMade
from palaver.accounts.joining import admit
from palaver.accounts.models import Acceptance, Invitation, Member
from palaver.accounts.permissions import may_invite
from palaver.accounts.reads import is_suspended
from palaver.community.models import Community
from palaver.community.reads import about
from palaver.kit import clock, events
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.kit.text.letters import reason

RUNNING_AT_ONCE = 5
RUNNING_AT_ONCE_OPERATOR = 200
MOST_PLACES = 5
MOST_PLACES_OPERATOR = 1000
LONGEST_DAYS = 90
LONGEST_NOTE = 200


def checksum(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def invite(*, by: Member, secret: str, places: int = 1, days: int = 14, note: str = "") -> Invitation:
    """Make an invitation that opens by a secret of the caller's making (long and random). Raises NotAllowed, Refusal.

    Asked twice with one secret it is one invitation. A member has at most 5 running, of 5 places each.
    """
    may_invite(by).or_refuse()
    most = MOST_PLACES_OPERATOR if by.is_operator else MOST_PLACES
    if not 1 <= places <= most:
        raise Refusal(_("An invitation is for 1 to %(most)s people.") % {"most": most}, field="places")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refusal(_("An invitation runs for 1 to %(most)s days.") % {"most": LONGEST_DAYS}, field="days")
    note = reason(note, LONGEST_NOTE)
    now = clock.now()
    with transaction.atomic():
        # The member's row is the lock under which their invitations are counted.
        Member.objects.select_for_update(no_key=True).get(pk=by.pk)
        made = Invitation.objects.filter(checksum=checksum(secret), by=by).first()
        if made is not None:
            return made
        limit = RUNNING_AT_ONCE_OPERATOR if by.is_operator else RUNNING_AT_ONCE
        if running_of(by).count() >= limit:
            raise Refusal(
                _("You have %(limit)s invitations running. Take one back, or wait until one is used.")
                % {"limit": limit}
            )
        made = Invitation.objects.create(
            checksum=checksum(secret), by=by, note=note, at=now, expires_at=now + timedelta(days=days), places=places
        )
        events.publish(InvitationMade(made.pk, by.pk))
    return made


def running_of(member: Member) -> QuerySet[Invitation]:
    """A member's invitations that still lead in."""
    return Invitation.objects.filter(
        by=member, ended_at=None, expires_at__gt=clock.now(), taken__lt=F("places")
    ).order_by("-at")


def leading_in(secret: str) -> Invitation | None:
    """The invitation that a secret opens now, or None for whatever reason: unknown, full, over, taken back.

    It leads nowhere while its maker is suspended or has left, nor while the community is closed.
    """
    if about().sign_up == Community.SignUp.CLOSED:
        return None
    found = (
        Invitation.objects.select_related("by")
        .filter(checksum=checksum(secret), ended_at=None, expires_at__gt=clock.now(), taken__lt=F("places"))
        .first()
    )
    return found if found is not None and found.by.is_active and not is_suspended(found.by_id) else None


def accept(invitation: Invitation, *, member: Member) -> Member:
    """Let a new member (name checked, password set, not saved) in by an invitation. Raises Refusal when its places are gone."""
    with transaction.atomic():
        _spend(invitation)
        member = admit(member)
        Acceptance.objects.create(invitation=invitation, member=member, at=clock.now())
    return member


def spend(invitation: Invitation) -> None:
    """Use up a place for somebody who turns out to be a member: else whether it is still there would tell who is one."""
    with transaction.atomic():
        _spend(invitation)


def _spend(invitation: Invitation) -> None:
    # One statement decides between those who come at the same instant.
    taken = Invitation.objects.filter(
        pk=invitation.pk, ended_at=None, expires_at__gt=clock.now(), taken__lt=F("places")
    ).update(taken=F("taken") + 1)
    if not taken:
        raise Refusal(_("Somebody has used this invitation a moment ago. Ask for another one."))


def take_back(invitation: Invitation, *, by: Member) -> Invitation:
    """End one's own invitation, or as an operator anybody's (that is on the record)."""
    if invitation.by_id != by.pk and not by.is_operator:
        raise NotAllowed(_("This is another member's invitation."))
    with transaction.atomic():
        row = Invitation.objects.select_for_update(of=("self",), no_key=True).get(pk=invitation.pk)
        if row.ended_at is None:
            row.ended_at = clock.now()
            row.save(update_fields=["ended_at"])
            events.publish(InvitationEnded(row.pk, row.by_id, by.pk))
    return row
