"""Emptying a payload (erasure). The emptying is itself an entry, and the verifier accepts an empty payload only with it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_operate
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import reason
from palaver.record.entering import enter
from palaver.record.models import Entry, Payload

LONGEST_REASON = 2000


def redact(entry: Entry, *, by: Member, because: str) -> Entry:
    """Empty what an entry says and enter who did it and why. Returns the redaction's own entry. Raises Refusal."""
    may_operate(by).or_refuse()
    because = reason(because, LONGEST_REASON)
    if not because:
        raise Refusal(_("Say why this entry's text must go; the reason stands on the record."), field="because")
    if entry.act == "record.redact":
        raise Refusal(_("A redaction itself cannot be redacted."))
    with transaction.atomic():
        payload = Payload.objects.select_for_update(no_key=True).get(entry=entry)
        if payload.body is None:
            raise Refusal(_("This entry's text has been emptied already."))
        redaction = enter(
            "record.redact",
            office="operator",
            subject=f"entry:{entry.sequence}",
            payload={"by": by.pk, "because": because, "entry": entry.sequence},
        )
        Payload.objects.filter(entry=entry).update(salt=None, body=None, redacted_by=redaction)
    return redaction
