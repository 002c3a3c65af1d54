"""Stating what the operators say about this house: terms, privacy, imprint."""

from __future__ import annotations

from typing import Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.community.events import CommunityChanged
from palaver.community.models import HousePage
from palaver.kit import clock, events
from palaver.kit.decisions import YES, Decision, Refusal, no
from palaver.kit.text import letters, rendering


class Actor(Protocol):
    """Who acts. Members live in a package above this one, so only what is asked of them is named here."""

    @property
    def pk(self) -> int: ...

    @property
    def is_operator(self) -> bool: ...

    @property
    def is_active(self) -> bool: ...


def may_state(actor: Actor | None) -> Decision:
    """Speaking for the house: operators only."""
    if actor is None or not actor.is_operator or not actor.is_active:
        return no(_("Only operators speak for this house."))
    return YES


def rendered(key: str, text: str) -> str:
    """A page's Markdown as HTML, through the same pipeline as every post. Operators' text is cleaned too."""
    return rendering.render(text, "markdown", prefix=key).html


def state(key: str, text: str, *, by: Actor) -> HousePage:
    """Store a page's Markdown; an empty text takes the page back to what stands there by itself.

    `key` is one of HousePage.Key. Raises NotAllowed, or Refusal when the text is too long; the text stays with the caller.
    """
    may_state(by).or_refuse()
    key = HousePage.Key(key).value
    text = letters.storable(text).replace("\r\n", "\n").strip()
    if (refusal := rendering.too_long(text)) is not None:
        raise Refusal(refusal.because, field="text")
    html = rendered(key, text) if text else ""
    with transaction.atomic():
        page, _made = HousePage.objects.select_for_update(no_key=True).get_or_create(key=key)
        if page.text != text:
            page.text, page.html, page.changed_at = text, html, clock.now()
            page.save(update_fields=["text", "html", "changed_at"])
            events.publish(CommunityChanged(by.pk, (key,)))
    return page
