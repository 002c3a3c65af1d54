"""Looking again: the jobs process asks every saved search that wants to tell something what has been written since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import transaction

from palaver.accounts.models import Member
from palaver.accounts.reads import is_suspended
from palaver.kit import clock, events
from palaver.search.events import SavedSearchFound
from palaver.search.finding import find, key_at
from palaver.search.models import SavedSearch
from palaver.search.sight import sight_of

EVERY = 300
"""Seconds between two looks."""

SETTLED = timedelta(seconds=60)
"""How old a post must be: a transaction that began earlier may yet commit a post that stands before others in time."""

MOST = 50
_AT_ONCE = 200


def look_again() -> int:
    """Publish SavedSearchFound for each saved search with new finds; returns how many there were.

    Each search is looked at in a transaction of its own, together with the note of how far it has been looked at, so a
    process that is killed tells nothing twice and forgets nothing. The member's own posts are not news to them.
    """
    told = 0
    upto = key_at(clock.now() - SETTLED)
    for saved_id in _asking(upto):
        with transaction.atomic():
            told += _look(saved_id, upto)
    return told


def _asking(upto: int) -> Iterator[int]:
    last = 0
    while True:
        rows = SavedSearch.objects.filter(told=True, pk__gt=last, seen_key__lt=upto).order_by("pk")
        ids = list(rows.values_list("pk", flat=True)[:_AT_ONCE])
        if not ids:
            return
        yield from ids
        last = ids[-1]


def _look(saved_id: int, upto: int) -> bool:
    saved = SavedSearch.objects.select_for_update(skip_locked=_skips()).filter(pk=saved_id, told=True).first()
    if saved is None or saved.seen_key >= upto:
        return False
    member = Member.objects.get(pk=saved.member_id)
    seen, saved.seen_key = saved.seen_key, upto
    saved.save(update_fields=["seen_key"])
    if member.left_at is not None or is_suspended(member.pk):
        return False
    answer = find(saved.query, sight_of(member), zone=_zone(member), above=seen - 1, below=upto, size=MOST)
    found = tuple(post.post_id for post in answer.posts if post.author_id != member.pk)
    if not found:
        return False
    events.publish(SavedSearchFound(saved.pk, member.pk, saved.name, saved.query, saved.best, found, answer.more))
    return True


def _skips() -> bool:
    return bool(transaction.get_connection().features.has_select_for_update_skip_locked)


def _zone(member: Member) -> ZoneInfo:
    try:
        return ZoneInfo(member.time_zone or settings.PALAVER_TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
