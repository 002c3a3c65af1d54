"""Digests: what a member has not seen, gathered into one mail a day or a week, at the hour they chose."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palaver.community.reads import about
from palaver.delivery.mail import writing as mail
from palaver.forums.rendering import post_address
from palaver.kit import clock, due
from palaver.notices import circumstances, composing, sending, sentences, timing
from palaver.notices.models import Notice, Timetable

KIND = "notice-digest"
MOST = 60
"""Lines of a digest; what is more is said as a number."""
AT_ONCE = 500


def enqueue_due() -> int:
    """Have every digest written whose hour has come. Called from time to time by the jobs process; how many there are."""
    ready = Timetable.objects.filter(next_digest_at__lte=clock.now()).order_by("next_digest_at")
    ids = list(ready.values_list("member_id", flat=True)[:AT_ONCE])
    for member_id in ids:
        with transaction.atomic():
            due.enqueue(KIND, {"member": member_id}, key=str(member_id))
    return len(ids)


def handle(payload: dict[str, Any]) -> None:
    """The handler of `notice-digest`, run in the transaction that removes its row: one mail, and the next hour set."""
    table = (
        Timetable.objects.select_for_update(of=("self",), no_key=True)
        .select_related("member")
        .filter(pk=int(payload["member"]), next_digest_at__lte=clock.now())
        .first()
    )
    if table is None:
        return
    member, now = table.member, clock.now()
    mark = f"{table.next_digest_at:%Y%m%d%H%M}"
    table.next_digest_at = timing.next_digest(
        now, timing.zone(member.time_zone), table.rhythm, table.hour, table.weekday
    )
    table.save(update_fields=["next_digest_at"])
    waiting = list(
        Notice.objects.filter(member=member, in_digest=True, seen_at=None)
        .select_related("member", "by", "thread__forum", "post__author")
        .order_by("id")[: 5 * MOST]
    )
    Notice.objects.filter(member=member, in_digest=True).update(in_digest=False)
    told = [notice for notice in waiting if sending.may_still_be_told(notice)]
    address = circumstances.address_of(member) if circumstances.mail_goes() and member.is_active else ""
    if not told or not address:
        return
    with translation.override(member.language or settings.LANGUAGE_CODE):
        subject = ngettext(
            "%(community)s: %(n)s thing you have not seen", "%(community)s: %(n)s things you have not seen", len(told)
        ) % {"community": about().name, "n": len(told)}
        why = (
            _("You get this digest every day because you chose so.")
            if table.rhythm == Timetable.Rhythm.DAILY
            else _("You get this digest every week because you chose so.")
        )
        mail.write(
            composing.digest(member, address, subject=subject, lines=lines(told, member.time_zone), why=why, mark=mark)
        )
    Notice.objects.filter(pk__in=[notice.pk for notice in told]).update(mailed_at=now)


def lines(notices: list[Notice], zone: str = "") -> list[str]:
    """The text of a digest: by forum and thread, each notice with its first words and its address."""
    shown, more = notices[:MOST], len(notices) - MOST
    about_posts = [notice for notice in shown if notice.thread is not None]
    out: list[str] = []
    for forum, of_forum in groupby(sorted(about_posts, key=_place), key=lambda notice: _forum(notice)):
        title = forum[1].upper()
        out += [title, "=" * min(len(title), composing.WIDTH), ""]
        for subject, of_thread in groupby(of_forum, key=lambda notice: _subject(notice)):
            out += [*composing.flow(subject[1]), "-" * min(len(subject[1]), composing.WIDTH)]
            for notice in of_thread:
                out += _entry(notice, zone)
            out.append("")
    others = [notice for notice in shown if notice.thread is None]
    if others:
        out += [_("Besides").upper(), ""]
        for notice in others:
            out += _entry(notice, zone)
        out.append("")
    if more > 0:
        rest = ngettext("And %(n)s more:", "And %(n)s more:", more) % {"n": more}
        out += [f"{rest} {settings.PALAVER_ORIGIN}/notices/", ""]
    while out and not out[-1]:
        out.pop()
    return out


def _entry(notice: Notice, zone: str) -> list[str]:
    when = notice.at.astimezone(timing.zone(zone))
    what = sentences.sentence(
        notice.kind,
        by=notice.by.name if notice.by else "",
        count=notice.count,
        number=notice.number,
        words=notice.words,
    )
    number = f"#{notice.number} " if notice.number else ""
    out = composing.flow(f"* {number}{what} ({when:%Y-%m-%d %H:%M})")
    if notice.post is not None and notice.post.opening and notice.kind != "recommendation":
        out += composing.flow(notice.post.opening + " …", prefix="  ")
    href = (
        post_address(notice.thread_id, notice.number) if notice.thread_id and notice.number is not None else notice.href
    )
    return [*out, f"  {settings.PALAVER_ORIGIN}{href or '/notices/'}"]


def _forum(notice: Notice) -> tuple[int, str]:
    assert notice.thread is not None
    return notice.thread.forum_id, notice.thread.forum.name


def _subject(notice: Notice) -> tuple[int, str]:
    assert notice.thread is not None
    return notice.thread.pk, notice.thread.subject


def _place(notice: Notice) -> tuple[str, int, int, int]:
    forum_id, name = _forum(notice)
    return name, forum_id, _subject(notice)[0], notice.pk
