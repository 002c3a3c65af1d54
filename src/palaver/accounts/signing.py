"""Signing in and out: what follows from it for a member's sessions. The forms are allauth's; wiring calls these."""

from __future__ import annotations

import re

from django.db import transaction

from palaver.accounts.events import SessionsEnded
from palaver.accounts.models import Member, Session
from palaver.kit import durability, events

_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def signed_in(session_key: str, user_agent: str) -> None:
    """Note which browser a session belongs to, so that its member recognises it in the list of their sessions."""
    with durability.relaxed():
        Session.objects.filter(key=session_key).update(browser=browser_of(user_agent))


def signed_out(member: Member) -> None:
    """A member has signed out somewhere: open streams ask their rights again."""
    with transaction.atomic():
        events.publish(SessionsEnded(member.pk))


def end_others(member: Member, *, but: str) -> int:
    """End a member's sessions but one, as after a new password. Returns how many ended."""
    with transaction.atomic():
        ended, _rows = Session.objects.filter(member=member).exclude(key=but).delete()
        if ended:
            events.publish(SessionsEnded(member.pk))
    return ended


def browser_of(user_agent: str) -> str:
    """ "Firefox on Linux" from a User-Agent header; "" when it names nothing we know."""
    browser = next((name for sign, name in _BROWSERS if re.search(rf"\b{sign}[A-Za-z]*/", user_agent)), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return f"{browser} on {system}" if browser and system else browser or system
