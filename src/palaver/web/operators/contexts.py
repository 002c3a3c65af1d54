"""What the pages of the desk are given: a page is a run of parts, each a table, a form, an answer or an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from palaver.web.contexts import Field, Link


class MenuLine(NamedTuple):
    """A line of the desk's menu. `waiting` things wait for an operator there."""

    label: str
    href: str
    current: bool = False
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Button:
    """An act without a form of its own: `hidden` are the values it sends."""

    label: str
    action: str
    hidden: tuple[tuple[str, str], ...]
    about: str = ""


Cell = str | Link | Button


@dataclass(frozen=True, slots=True)
class Table:
    """Column heads and rows of cells."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str
    sentence: str = ""
    kind: ClassVar[str] = "table"


@dataclass(frozen=True, slots=True)
class Form:
    """A plain form. `folded` ones stand closed until they are opened; one with an error stands open."""

    id: str
    title: str
    button: str
    fields: tuple[Field, ...]
    action: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    sentence: str = ""
    error: str = ""
    method: str = "post"
    folded: bool = False
    danger: bool = False
    kind: ClassVar[str] = "form"


@dataclass(frozen=True, slots=True)
class Facts:
    """Terms and what they are."""

    rows: tuple[tuple[str, str | Link], ...]
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True, slots=True)
class Handed:
    """An address that is shown once, to be handed on."""

    title: str
    address: str
    sentence: str
    kind: ClassVar[str] = "handed"


@dataclass(frozen=True, slots=True)
class Application:
    """Somebody's answer, with the two ways to decide it."""

    number: int
    name: str
    about: str
    question: str
    answer: str
    admit: Button
    refuse: Form
    kind: ClassVar[str] = "application"


Part = Table | Form | Facts | Handed | Application


@dataclass(frozen=True, slots=True)
class RoomPage:
    """`desk/room.html`."""

    title: str
    lede: str
    menu: tuple[MenuLine, ...]
    parts: tuple[Part, ...]
    error: str = ""
