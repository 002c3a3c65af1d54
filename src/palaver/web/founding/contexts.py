"""What the pages of the set-up are given (see `web.contexts`)."""

from __future__ import annotations

from dataclasses import dataclass

from palaver.web.contexts import Field


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways, with a sentence that says what it means."""

    value: str
    label: str
    sentence: str
    chosen: bool = False
    boxes: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class DoorPage:
    """`founding/door.html`: asks for the token. `error` says what was wrong with the one given."""

    error: str = ""


@dataclass(frozen=True, slots=True)
class SetUpPage:
    """`founding/set_up.html`. `error` is about the form as a whole."""

    token: str
    community: tuple[Field, ...]
    operator: tuple[Field, ...]
    ways: tuple[Choice, ...]
    question: Field
    beginnings: tuple[Choice, ...]
    error: str = ""
    begin_error: str = ""
    ways_error: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do after the founding; `done` when it is."""

    title: str
    sentence: str
    href: str = ""
    label: str = ""
    code: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class StepsPage:
    """`founding/steps.html`."""

    name: str
    steps: tuple[Step, ...]
