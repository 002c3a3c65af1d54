"""Keeping searches: save, rename, be told or not, let go."""

from __future__ import annotations

from datetime import UTC

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.kit.text.letters import storable
from palaver.search.finding import key_at
from palaver.search.language import read
from palaver.search.models import SavedSearch
from palaver.search.models.saved_search import new_token

MOST = 50
"""Searches a member may keep."""

LONGEST_NAME = 80


def save(*, member: Member, query: str, name: str = "", told: bool = False, best: bool = False) -> SavedSearch:
    """Keep a search. Saving the same query again changes what is kept of it. Raises Refusal.

    Its member is told of what is written from now on, not of what could have been found before.
    """
    asked = read(query, UTC)
    if asked.refused:
        raise Refusal(asked.refused, field="q")
    name = _name(name) or asked.text[:LONGEST_NAME]
    with transaction.atomic():
        # One member's savings wait for each other, so that two of them cannot both be the last that fits.
        Member.objects.select_for_update(no_key=True).only("pk").get(pk=member.pk)
        standing = SavedSearch.objects.filter(member=member, query=asked.text).first()
        if standing is not None:
            return change(standing, by=member, name=name, told=told, best=best)
        if SavedSearch.objects.filter(member=member).count() >= MOST:
            raise Refusal(
                _("You keep %(most)s searches, and that is as many as fit. Let one go first.") % {"most": MOST}
            )
        return SavedSearch.objects.create(
            member=member, name=name, query=asked.text, told=told, best=best, seen_key=key_at(clock.now())
        )


def change(
    saved: SavedSearch, *, by: Member, name: str | None = None, told: bool | None = None, best: bool | None = None
) -> SavedSearch:
    """Rename a saved search, or be told of new finds from now on, or not. Raises NotAllowed, Refusal."""
    _own(saved, by)
    with transaction.atomic():
        saved = SavedSearch.objects.select_for_update().get(pk=saved.pk)
        if name is not None:
            saved.name = _name(name) or saved.query[:LONGEST_NAME]
        if told is not None:
            if told and not saved.told:
                saved.seen_key = key_at(clock.now())
            saved.told = told
        if best is not None:
            saved.best = best
        saved.save(update_fields=["name", "told", "seen_key", "best"])
    return saved


def renew_token(saved: SavedSearch, *, by: Member) -> SavedSearch:
    """Give the private feed another address; the old one is dead at once. Raises NotAllowed."""
    _own(saved, by)
    with transaction.atomic():
        saved.token = new_token()
        saved.save(update_fields=["token"])
    return saved


def let_go(saved: SavedSearch, *, by: Member) -> None:
    """Keep a search no longer; its private feed is gone with it. Letting go twice is as letting go once."""
    _own(saved, by)
    with transaction.atomic():
        SavedSearch.objects.filter(pk=saved.pk).delete()


def _own(saved: SavedSearch, by: Member) -> None:
    if saved.member_id != by.pk:
        raise NotAllowed(_("This saved search belongs to somebody else."))


def _name(name: str) -> str:
    name = " ".join(storable(name).split())
    if len(name) > LONGEST_NAME:
        raise Refusal(
            _("This name has %(length)s characters; %(longest)s fit. Shorten it.")
            % {"length": len(name), "longest": LONGEST_NAME},
            field="name",
        )
    return name
