"""What the operators' desk shows of notices: pushes in trouble, digests and sendings that wait too long."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from palaver.delivery.models import Push
from palaver.kit import clock
from palaver.kit.due.models import Due
from palaver.notices.jobs import HANDLERS
from palaver.web import contexts

SHOWN = 50
LATE_MINUTES = 10


def tables(when: Callable[[object], str]) -> tuple[contexts.DeskTable, ...]:
    """The tables for the desk; `when` puts an instant into the operator's zone. No member's own words stand in them."""
    late = Due.objects.filter(kind__in=HANDLERS, gave_up_at=None, due_at__lt=clock.ago(minutes=LATE_MINUTES)).order_by(
        "due_at"
    )
    pushes = Push.objects.in_trouble().select_related("endpoint")
    return (
        contexts.DeskTable(
            "notices",
            _("Notices that are late"),
            _("What should have been told, mailed or gathered into a digest more than ten minutes ago."),
            (_("Kind"), _("Due"), _("Tries"), _("Last words")),
            tuple((row.kind, when(row.due_at), str(row.attempts), row.last_words) for row in late[:SHOWN]),
            _("Nothing is late."),
        ),
        contexts.DeskTable(
            "pushes",
            _("Pushes in trouble"),
            _("Given up, cut off in the middle, or perhaps shown twice."),
            (_("Service"), _("Written"), _("State"), _("Last words")),
            tuple(
                (
                    push.endpoint.url.split("/")[2],
                    when(push.created_at),
                    _("%(state)s, perhaps twice") % {"state": push.state} if push.may_have_gone_twice else push.state,
                    push.last_words,
                )
                for push in pushes[:SHOWN]
            ),
            _("None."),
        ),
    )
