"""Being ready to serve: a member may say that no jury is to ask them, and may say otherwise again."""

from __future__ import annotations

from django.db import transaction

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_act
from palaver.standards.models import JurorSetting


def settle(member: Member, *, is_available: bool) -> JurorSetting:
    """Be available for juries or not; open offers stay until they are answered. Raises NotAllowed."""
    may_act(member).or_refuse()
    with transaction.atomic():
        setting, made = JurorSetting.objects.select_for_update(no_key=True).get_or_create(
            member=member, defaults={"is_available": is_available}
        )
        if not made and setting.is_available != is_available:
            setting.is_available = is_available
            setting.save(update_fields=["is_available"])
    return setting
