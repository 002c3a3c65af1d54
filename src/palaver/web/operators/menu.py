"""The desk's menu: one list, to which each room of the desk adds its line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from palaver.accounts.models import Application
from palaver.community.models import Inquiry
from palaver.delivery.models import Mail
from palaver.kit import due
from palaver.standards import waiting
from palaver.web.operators.contexts import MenuLine


class Room(NamedTuple):
    """A page of the desk. `waiting` counts what waits there for an operator, and is asked with every page of the desk."""

    key: str
    name: Any
    href: str
    waiting: Callable[[], int] | None = None


ROOMS: tuple[Room, ...] = (
    Room("desk", _("Overview"), "/desk/", lambda: Mail.objects.in_trouble().count() + due.given_up().count()),
    Room(
        "applications",
        _("Applications"),
        "/desk/applications",
        lambda: Application.objects.filter(decided_at=None).count(),
    ),
    Room("inquiries", _("Inquiries"), "/desk/inquiries", lambda: Inquiry.objects.filter(answered_at=None).count()),
    Room("standards", _("Standards"), "/desk/standards", lambda: len(waiting.cases_for_operators())),
    Room("members", _("Members"), "/desk/members"),
    Room("forums", _("Forums"), "/desk/forums"),
    Room("charter", _("Charter"), "/desk/charter"),
    Room("community", _("Community"), "/desk/community"),
    Room("pages", _("Pages"), "/desk/pages"),
)


def menu(current: str) -> tuple[MenuLine, ...]:
    """The lines of the menu with their counts; `current` is the key of the page it stands on."""
    return tuple(
        MenuLine(str(room.name), room.href, room.key == current, room.waiting() if room.waiting else 0)
        for room in ROOMS
    )
