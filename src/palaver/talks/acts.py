"""The log: acts in the order in which they were recorded, each with the time at which it occurred.

A log only grows. `append` is the one way in for live use: it carries the length that its writer had seen, so that nobody acts
on a talk that has moved on. What an act does is decided by the fold; an act that its actor may not do, or that cannot follow
from the state of its day, has no effect and is listed with the reason.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from palaver.talks.when import When

EVERYBODY = "all"
"""The audience of what all parties and mediators of the talk may see."""


class Act(NamedTuple):
    """One line of the log.

    `seat` is in whose name (a party's id, `mediator:ID`, `inspector:ID`, `observer:ID`, `convenor`, or `record` for what sources
    tell); `by` the person who acted, empty only for what was entered from sources. `audience` is `all`, `mediators` or
    `caucus:PARTY`. `recorded` is in seconds since 1970.
    """

    sequence: int
    kind: str
    when: When
    recorded: int
    seat: str = ""
    by: str = ""
    body: Mapping[str, Any] = {}
    audience: str = EVERYBODY
    sources: tuple[str, ...] = ()
    is_confirmed: bool = True


class MovedOn(Exception):
    """The log has grown since its writer looked. The text says by how much."""


def append(log: Sequence[Act], act: Act, *, seen: int) -> list[Act]:
    """The log with one more act. `seen` is the log's length that the actor acted on. Raises MovedOn."""
    if seen != len(log):
        raise MovedOn(f"{len(log) - seen} acts were entered since you looked. Read them, then act again.")
    if log and act.sequence <= log[-1].sequence:
        raise ValueError("Sequences rise.")
    return [*log, act]


def in_time(log: Iterable[Act]) -> list[Act]:
    """Acts as they occurred: by the beginning of their time, then as they were recorded."""
    return sorted(log, key=lambda act: (act.when.start, act.sequence))


def known_by(log: Iterable[Act], instant: int) -> list[Act]:
    """What had been recorded by an instant: yesterday's knowledge of the day before."""
    return [act for act in log if act.recorded <= instant]


def visible_to(log: Iterable[Act], *classes: str) -> list[Act]:
    """What somebody of these audiences may see; `all` is always among them."""
    allowed = {EVERYBODY, *classes}
    return [act for act in log if act.audience in allowed]


def chain(log: Iterable[Act]) -> dict[str, str]:
    """One hash chain per audience, as its head: who sees a class can check that nothing of it was changed or left out.

    hash = SHA-256(previous ‖ canonical JSON of [place in its class, kind, time, recorded, seat, by, body]), hexadecimal. The
    place counts within the class, because the log's own sequence would tell one audience how much another was told.
    """
    heads: dict[str, str] = {}
    places: dict[str, int] = {}
    for act in log:
        place = places[act.audience] = places.get(act.audience, 0) + 1
        line = [place, act.kind, act.when.text, act.recorded, act.seat, act.by, act.body]
        text = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = heads.get(act.audience, "0" * 64)
        heads[act.audience] = hashlib.sha256((previous + text).encode()).hexdigest()
    return heads
