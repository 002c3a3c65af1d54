"""Keeping a member out of one forum for a while: reading stays, writing and alerting there does not. Lapses by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.forums.events import BlockEnded, MemberBlocked
from palaver.forums.models import Block, Forum
from palaver.forums.permissions import may_block, may_end_block, office_in, running_block
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import reason
from palaver.record.entering import enter

LONGEST = timedelta(days=30)
"""Page 3, Hosts."""
LONGEST_REASON = 500


def block(forum: Forum, *, member: Member, by: Member, until: datetime, because: str) -> Block:
    """Keep a member from writing in a forum until an instant, 30 days on at most.

    The reason stands on the forum's About page and on the record. Raises NotAllowed, Refusal.
    """
    because = reason(because, LONGEST_REASON)
    with transaction.atomic():
        member = Member.objects.select_for_update(no_key=True).get(pk=member.pk)
        may_block(by, forum, member).or_refuse()
        now = clock.now()
        if not because:
            raise Refusal(_("Say why: the member reads it, and so does everybody else."), field="because")
        if until <= now:
            raise Refusal(_("A block ends in the future."), field="days")
        if until > now + LONGEST:
            raise Refusal(_("A block lasts 30 days at most."), field="days")
        if running_block(member, forum) is not None:
            raise Refusal(_("%(name)s is kept out of this forum already.") % {"name": member.name}, field="member")
        made = Block.objects.create(forum=forum, member=member, by=by, because=because, since=now, until=until)
        events.publish(MemberBlocked(member.pk, forum.pk, made.pk))
        enter(
            "forum.block",
            office=office_in(by, forum),
            subject=f"forum:{forum.pk}",
            payload={
                "by": by.pk,
                "member": member.pk,
                "because": because,
                "until": until.isoformat(),
                "block": made.pk,
            },
        )
    return made


def end(block: Block, *, by: Member) -> Block:
    """Let a member write again before the block's time is over. Raises NotAllowed, Refusal."""
    with transaction.atomic():
        block = Block.objects.select_for_update(of=("self",), no_key=True).select_related("forum").get(pk=block.pk)
        may_end_block(by, block).or_refuse()
        now = clock.now()
        if block.ended_at is not None or block.until <= now:
            raise Refusal(_("This block has ended already."))
        block.ended_at, block.ended_by = now, by
        block.save(update_fields=["ended_at", "ended_by"])
        events.publish(BlockEnded(block.member_id, block.forum_id, block.pk))
        enter(
            "forum.unblock",
            office=office_in(by, block.forum),
            subject=f"forum:{block.forum_id}",
            payload={"by": by.pk, "member": block.member_id, "block": block.pk},
        )
    return block


def lift(block: Block, *, office: str, payload: dict[str, object]) -> Block:
    """End a block by a rule's or a jury's decision, which has been asked for already. In the caller's transaction."""
    block = Block.objects.select_for_update(of=("self",), no_key=True).get(pk=block.pk)
    if block.ended_at is None and block.until > clock.now():
        block.ended_at = clock.now()
        block.save(update_fields=["ended_at"])
        events.publish(BlockEnded(block.member_id, block.forum_id, block.pk))
        enter(
            "forum.unblock",
            office=office,
            subject=f"forum:{block.forum_id}",
            payload={**payload, "member": block.member_id, "block": block.pk},
        )
    return block
