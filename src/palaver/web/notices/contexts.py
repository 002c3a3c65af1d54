"""What the pages of notices are given; as plain as everything in `web.contexts`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from palaver.web.contexts import Empty, Field, Moment, Pager


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice: what happened, about what, and the first words of the post when it is shown."""

    id: int
    href: str
    what: str
    subject: str
    place: str
    opening: str
    at: Moment
    new: bool = False
    gone: bool = False


class NoticeDay(NamedTuple):
    """The notices of one day of the reader's zone."""

    label: str
    rows: tuple[NoticeRow, ...]


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """`notices/notices.html`. `newest` is the id up to which "all seen" counts; 0 when there is nothing to see."""

    days: tuple[NoticeDay, ...]
    new: int
    newest: int
    only_new: bool
    pager: Pager
    empty: Empty


class WayCell(NamedTuple):
    """One box of the table of ways."""

    name: str
    label: str
    checked: bool


class KindRow(NamedTuple):
    """One kind of notice in that table."""

    label: str
    help: str
    cells: tuple[WayCell, ...]


class DeviceRow(NamedTuple):
    """A browser that tells."""

    name: str
    since: Moment
    action: str


@dataclass(frozen=True, slots=True)
class ChoicesPage:
    """`notices/choices.html`. `mail_note` says why no mail comes, "" when it does; `push_key` is our public key, "" when
    push cannot be had here."""

    columns: tuple[str, ...]
    kinds: tuple[KindRow, ...]
    digest: tuple[Field, ...]
    quiet: tuple[Field, ...]
    devices: tuple[DeviceRow, ...]
    mail_note: str
    zone_note: str
    push_key: str
    push_note: str


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """`notices/unsubscribe.html`: before (`done` false) and after."""

    what: str
    action: str
    done: bool = False
    problem: str = ""
