"""A member's choices: by which ways each kind comes, the rhythm of the digest, quiet hours, and which browsers tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_act
from palaver.delivery.push import enlisting
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.notices import kinds, timing
from palaver.notices.kinds import Kind, Ways
from palaver.notices.models import Choice, Device, Timetable

MOST_DEVICES = 10


def choose(member: Member, *, ways: Mapping[str, Ways]) -> None:
    """Set by which ways each kind comes. What equals the kind's own usual ways is not kept, so later versions may change it."""
    may_act(member).or_refuse()
    with transaction.atomic():
        for key, wanted in ways.items():
            _keep(member, kinds.kind_of(key), wanted)


def stop_mail(member: Member, *, kind: str) -> None:
    """No more mail at once of one kind; everything else stays. Asked for by a link in a mail."""
    now = ways_of(member)[kind]
    with transaction.atomic():
        _keep(member, kinds.kind_of(kind), Ways(now.site, False, now.push, now.digest))


def ways_of(member: Member) -> dict[str, Ways]:
    """By which ways each kind comes to this member, as chosen or usual."""
    chosen = {row.kind: Ways(row.site, row.mail, row.push, row.digest) for row in Choice.objects.filter(member=member)}
    return {kind.key: chosen.get(kind.key, kind.usual) for kind in kinds.ALL}


def timetable_of(member: Member) -> Timetable:
    """The member's timetable; an unsaved one without digest and quiet hours where there is none."""
    return Timetable.objects.filter(member=member).first() or Timetable(member=member)


def choose_rhythm(member: Member, *, rhythm: str, hour: int | None = None, weekday: int | None = None) -> Timetable:
    """Set how often the digest comes and when, by the clock of the member's zone. Raises Refusal for nonsense."""
    if rhythm not in Timetable.Rhythm.values:
        raise Refusal(_("Choose no digest, one a day or one a week."), field="rhythm")
    with transaction.atomic():
        table = timetable_of(member)
        table.rhythm = rhythm
        table.hour = table.hour if hour is None else hour
        table.weekday = table.weekday if weekday is None else weekday
        if not 0 <= table.hour <= 23:
            raise Refusal(_("The hour is a number from 0 to 23."), field="hour")
        if not 0 <= table.weekday <= 6:
            raise Refusal(_("Choose a day of the week."), field="weekday")
        table.next_digest_at = timing.next_digest(
            clock.now(), timing.zone(member.time_zone), table.rhythm, table.hour, table.weekday
        )
        table.save()
        if rhythm == Timetable.Rhythm.NONE:
            member.notices.filter(in_digest=True).update(in_digest=False)
    return table


def choose_quiet_hours(member: Member, *, begin: time | None, end: time | None) -> Timetable:
    """Set the hours without mail and push, by the clock of the member's zone; they may pass midnight. None ends them."""
    if (begin is None) != (end is None):
        raise Refusal(_("Quiet hours have a beginning and an end; leave both empty for none."), field="quiet_from")
    if begin is not None and begin == end:
        raise Refusal(_("Quiet hours that end when they begin are none; leave both empty."), field="quiet_until")
    with transaction.atomic():
        table = timetable_of(member)
        table.quiet_from, table.quiet_until = begin, end
        table.save()
    return table


def enlist(member: Member, *, url: str, public_key: str, secret: str, name: str = "") -> Device:
    """Let a browser tell its member. The same browser again keeps its row, and one that another used here changes hands.

    Raises Refusal for what no browser gives (a key of the wrong shape, an address that is not https), and when a member
    has MOST_DEVICES already.
    """
    may_act(member).or_refuse()
    with transaction.atomic():
        endpoint = enlisting.enlist(url=url, public_key=public_key, secret=secret)
        Device.objects.filter(endpoint=endpoint).exclude(member=member).delete()
        device = Device.objects.filter(endpoint=endpoint).first()
        if device is None:
            if Device.objects.filter(member=member).count() >= MOST_DEVICES:
                raise Refusal(_("Ten browsers tell you already. Take one off the list first."))
            device = Device.objects.create(member=member, endpoint=endpoint, name=name[:80])
    return device


def dismiss(member: Member, *, device_id: int) -> bool:
    """This browser tells no more. False when it is not on the member's list."""
    with transaction.atomic():
        device = Device.objects.filter(pk=device_id, member=member).select_related("endpoint").first()
        if device is None:
            return False
        device.endpoint.delete()
    return True


def _keep(member: Member, kind: Kind, wanted: Ways) -> None:
    if wanted == kind.usual:
        Choice.objects.filter(member=member, kind=kind.key).delete()
        return
    values: dict[str, Any] = {
        "site": wanted.site,
        "mail": wanted.mail,
        "push": wanted.push,
        "digest": wanted.digest,
    }
    Choice.objects.update_or_create(member=member, kind=kind.key, defaults=values)
