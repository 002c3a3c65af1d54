"""Slow mode: during a raid newcomers write one post in so many minutes. Set by two watchers, for 24 hours at most.

Who watches is known to `standards`, which asks before it calls; the posting verb asks what is running (`newcomers`).
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.forums.events import SlowModeChanged
from palaver.forums.models import SlowMode
from palaver.forums.newcomers import running_slow_mode
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.record.entering import enter

LONGEST = timedelta(hours=24)
"""Page 3, Watch."""
MOST_MINUTES = 24 * 60


def slow(*, by: Member, second: Member, because: str, minutes: int, hours: int) -> SlowMode:
    """Slow newcomers down. In the caller's transaction; raises Refusal when it runs already or is out of bounds."""
    if not 1 <= minutes <= MOST_MINUTES:
        raise Refusal(_("The pause is between 1 minute and a day."), field="minutes")
    if not 1 <= hours <= LONGEST // timedelta(hours=1):
        raise Refusal(_("Slow mode lasts 24 hours at most."), field="hours")
    if running_slow_mode() is not None:
        raise Refusal(_("Newcomers are slowed down already. Let that end, or end it, first."))
    now = clock.now()
    made = SlowMode.objects.create(
        by=by, second=second, because=because, minutes=minutes, since=now, until=now + timedelta(hours=hours)
    )
    events.publish(SlowModeChanged(made.pk, True))
    enter(
        "watch.slow",
        office="watch",
        subject="community",
        payload={
            "by": by.pk,
            "second": second.pk,
            "because": because,
            "minutes": minutes,
            "until": made.until.isoformat(),
        },
    )
    return made


def end(slow_mode: SlowMode, *, by: Member, office: str) -> SlowMode:
    """Let newcomers write as usual again. The caller has asked who may."""
    with transaction.atomic():
        slow_mode = SlowMode.objects.select_for_update(of=("self",), no_key=True).get(pk=slow_mode.pk)
        if slow_mode.ended_at is not None or slow_mode.until <= clock.now():
            raise Refusal(_("Slow mode has ended already."))
        slow_mode.ended_at, slow_mode.ended_by = clock.now(), by
        slow_mode.save(update_fields=["ended_at", "ended_by"])
        events.publish(SlowModeChanged(slow_mode.pk, False))
        enter("watch.slow_end", office=office, subject="community", payload={"by": by.pk})
    return slow_mode
