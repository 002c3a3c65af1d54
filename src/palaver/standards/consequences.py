"""What removals have for their author, in proportion (page 3, Consequences). Everything lapses by itself.

`falls` is the rule, pure: the times of the removals that count and the number of own posts give what falls now. `after`
applies it in the transaction of a verdict; `undo` takes it back when that verdict is overturned. Juries judge posts only:
no member decides about these consequences, and each is reckoned again when one of the removals it counted is restored.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from palaver.accounts.events import MemberSuspended, SuspensionEnded
from palaver.accounts.models import Member, Suspension
from palaver.forums.models import Removal
from palaver.kit import clock, events
from palaver.standards import counting
from palaver.standards.bounds import REMOVALS_COUNT_FOR
from palaver.standards.events import ConsequenceFell, VerdictReached
from palaver.standards.models import Consequence, Verdict

LONGEST = timedelta(days=30)
COOLDOWN = timedelta(hours=24)
WARNED_AT, MANY = 3, 5
SHARE = 0.05
"""More of the own posts than this, with at least `WARNED_AT` removed, suspend."""


class Falls(NamedTuple):
    """What one more removal brings. The times are when each ends; None where it does not fall."""

    warning: bool = False
    cooldown_until: datetime | None = None
    suspended_until: datetime | None = None

    @property
    def kind(self) -> Consequence.Kind:
        """The gravest of it."""
        if self.suspended_until is not None:
            return Consequence.Kind.SUSPENSION
        if self.cooldown_until is not None:
            return Consequence.Kind.COOLDOWN
        return Consequence.Kind.WARNING if self.warning else Consequence.Kind.NOTICE


def falls(removed_at: Sequence[datetime], posts: int, now: datetime) -> Falls:
    """What falls at `now`, the instant of a removal. `removed_at`: aware instants of the member's removals, in any order,
    those that no longer count may be among them; `posts`: how many posts the member has written in all.

    3 counted → the warning letter, at the third alone. 2 within 24 hours → 24 hours. 5, or at least 3 that are more than 5 %
    of the own posts → until the oldest is 90 days old, at most 30 days. Where both would fall it is one suspension, until
    the later of the two.
    """
    counted = sorted(at for at in removed_at if now - REMOVALS_COUNT_FOR < at <= now)
    many = len(counted) >= MANY or (len(counted) >= WARNED_AT and len(counted) > SHARE * posts)
    fresh = sum(1 for at in counted if at > now - COOLDOWN)
    cooldown = now + COOLDOWN if fresh >= 2 else None
    suspended = None
    if many:
        suspended = min(counted[0] + REMOVALS_COUNT_FOR, now + LONGEST)
        suspended, cooldown = max(suspended, cooldown or suspended), None
    return Falls(len(counted) == WARNED_AT, cooldown, suspended)


def after(event: VerdictReached) -> None:
    """Let fall what a verdict that removed a post brings its author. Runs in the verdict's transaction; once a verdict."""
    if event.outcome != Verdict.Outcome.REMOVED or event.post_id is None:
        return
    member = Member.objects.select_for_update(no_key=True).get(pk=event.author_id)
    if Consequence.objects.filter(verdict_id=event.case_id).exists():
        return
    now = clock.now()
    removals = counting.removals_in(member.pk)
    falling = falls([one.at for one in removals], member.post_count, now)
    if falling.warning and falling.kind != Consequence.Kind.WARNING:
        _fall(event.case_id, member, Consequence.Kind.WARNING, removals, None)
    until = falling.suspended_until or falling.cooldown_until
    suspension = None if until is None else _suspend(member, falling, len(removals), now)
    _fall(event.case_id, member, falling.kind, removals, suspension)


def undo(verdict: Verdict) -> None:
    """Take back what an overturned verdict brought, and what later ones brought only because they counted its removal.

    Call it in the overturning transaction, after the removal has been ended.
    """
    now = clock.now()
    mine = Consequence.objects.filter(member_id=verdict.case.author_id, undone_at=None).select_related("suspension")
    for one in mine.select_for_update(of=("self",), no_key=True).order_by("at"):
        if one.verdict_id != verdict.pk and (verdict.removal_id not in one.removals or _still_falls(one)):
            continue
        Consequence.objects.filter(pk=one.pk).update(undone_at=now)
        if one.suspension is not None:
            end(one.suspension, now)


def end(suspension: Suspension, now: datetime) -> None:
    """End a suspension early because a jury said so, if it still runs."""
    ended = Suspension.objects.filter(pk=suspension.pk, ended_at=None, until__gt=now).update(ended_at=now)
    if ended:
        events.publish(SuspensionEnded(suspension.member_id, suspension.pk))


def _still_falls(one: Consequence) -> bool:
    """Whether the rule would have given it, at its instant, with only those of its removals that still stand."""
    standing = Removal.objects.filter(pk__in=one.removals, ended_at=None).values_list("at", flat=True)
    again = falls(list(standing), one.member.post_count, one.at)
    if one.kind == Consequence.Kind.WARNING:
        return again.warning or len(standing) > WARNED_AT
    if one.kind == Consequence.Kind.COOLDOWN:
        return again.cooldown_until is not None or again.suspended_until is not None
    return one.kind == Consequence.Kind.NOTICE or again.suspended_until is not None


def _suspend(member: Member, falling: Falls, count: int, now: datetime) -> Suspension:
    until = falling.suspended_until or falling.cooldown_until
    assert until is not None
    # It stands on the public record, so it is said in the site's language and not in that of who voted last.
    with translation.override(settings.LANGUAGE_CODE):
        if falling.suspended_until is None:
            because = _("Two posts were removed by verdicts within 24 hours.")
        else:
            because = _("%(count)s posts were removed by verdicts within 90 days.") % {"count": count}
    suspension = Suspension.objects.create(
        member=member, by=None, office=Suspension.Office.JURY, because=because, since=now, until=until
    )
    events.publish(MemberSuspended(member.pk, suspension.pk))
    return suspension


def _fall(
    verdict_id: int, member: Member, kind: Consequence.Kind, removals: Sequence[Removal], suspension: Suspension | None
) -> Consequence:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A consequence fell outside the verdict's transaction.")
    fell = Consequence.objects.create(
        member=member,
        verdict_id=verdict_id,
        kind=kind,
        suspension=suspension,
        removals=[one.pk for one in removals],
        at=clock.now(),
    )
    events.publish(ConsequenceFell(member.pk, fell.pk, kind))
    return fell
