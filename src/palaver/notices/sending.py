"""From notices to carriers: what the jobs process does with a notice that is to be mailed or pushed.

Everything is asked again at the moment of sending: has it been seen, may the member read it now, is it still wanted, is
this a quiet hour? What is handed on are rows (a mail, a push) written in the transaction that removes the due row, so
each goes once; the carriers say of their own rows which may have gone twice.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation

from palaver.accounts.models import Member
from palaver.delivery.mail import writing as mail
from palaver.delivery.push import writing as push
from palaver.forums.models import Post
from palaver.forums.permissions import may_read
from palaver.kit import clock
from palaver.notices import audience, circumstances, composing, kinds, sentences, telling
from palaver.notices.circumstances import Circumstances
from palaver.notices.kinds import Ways
from palaver.notices.models import Device, Notice


def handle(payload: dict[str, Any]) -> None:
    """The handler of `notice-send`, run in the transaction that removes its row."""
    notice = (
        Notice.objects.select_for_update(of=("self",), no_key=True)
        .select_related("member", "by", "thread__forum", "post__author", "post__answers__author")
        .filter(pk=int(payload["notice"]), seen_at=None)
        .first()
    )
    if notice is None:
        return
    member = notice.member
    theirs = circumstances.of([member.pk], [notice.kind]).get(member.pk)
    if theirs is None or not may_still_be_told(notice):
        return
    ways = wanted(notice, theirs)
    if not ((ways.mail and notice.mailed_at is None) or (ways.push and notice.pushed_at is None)):
        return
    now = clock.now()
    later = theirs.not_before(now)
    if later > now:
        telling.send_after(notice, later)
        return
    with translation.override(member.language or settings.LANGUAGE_CODE):
        if ways.mail and notice.mailed_at is None:
            _mail(notice, member)
        if ways.push and notice.pushed_at is None:
            _push(notice, member)
    notice.save(update_fields=["mailed_at", "pushed_at", "in_digest"])


def wanted(notice: Notice, theirs: Circumstances) -> Ways:
    """By which ways this notice is to go now."""
    more = None
    if notice.kind == kinds.SUBSCRIPTION.key and notice.thread is not None:
        more = audience.subscription_ways(notice.member_id, thread_id=notice.thread.pk, forum_id=notice.thread.forum_id)
    return theirs.ways_for(kinds.kind_of(notice.kind), more)


def may_still_be_told(notice: Notice) -> bool:
    """Whether what a notice is about may go to its member now: it is shown, may be read, and is not unwanted by now."""
    if notice.post is None or notice.thread is None:
        return not kinds.kind_of(notice.kind).operators or notice.member.is_operator
    if notice.post.standing != Post.Standing.SHOWN or not may_read(notice.member, notice.thread.forum):
        return False
    if notice.kind == kinds.REMINDER.key:
        return True
    said = audience.Said(
        notice.post.pk, notice.thread.pk, notice.post.number, notice.thread.forum_id, notice.post.author_id
    )
    by = notice.by_id if notice.kind == kinds.RECOMMENDATION.key else said.author_id
    return bool(audience.willing([notice.member_id], said, by_id=0 if by is None else by))


def _mail(notice: Notice, member: Member) -> None:
    address = circumstances.address_of(member)
    if not address:
        return
    mail.write(composing.letter(notice, member, address))
    # What was mailed is not told a second time by the digest.
    notice.mailed_at, notice.in_digest = clock.now(), False


def _push(notice: Notice, member: Member) -> None:
    title = sentences.sentence(
        notice.kind,
        by=notice.by.name if notice.by else "",
        count=notice.count,
        number=notice.number,
        words=notice.words,
    )
    body = notice.thread.subject if notice.thread else ""
    payload = {"title": title, "body": body, "url": f"/notices/{notice.pk}", "tag": f"notice-{notice.pk}"}
    for device in Device.objects.filter(member=member).select_related("endpoint"):
        push.write(
            device.endpoint,
            payload,
            topic=f"notice-{notice.pk}",
            seconds_kept=kinds.kind_of(notice.kind).seconds,
        )
    notice.pushed_at = clock.now()
