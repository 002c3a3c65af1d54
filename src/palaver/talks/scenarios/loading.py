"""Reading a scenario file. Whatever does not fit is a Misshapen with a sentence that names the place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from palaver.talks.acts import EVERYBODY, Act
from palaver.talks.commitments import terms
from palaver.talks.conditions import Misshapen
from palaver.talks.folding import Ground
from palaver.talks.when import when

FILES = Path(__file__).parent / "files"
SHAPE = "palaver-talk-1"
LARGEST = 20 * 1024 * 1024
_TOP = {"shape", "title", "about", "initials", "events", "expected", "refused", "notes"}
_INITIALS = {"parties", "offices", "commitments"}
_EVENT = {"at", "act", "as", "by", "body", "audience", "sources", "confirmed", "also", "recorded", "note"}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario as read: its ground, its log, what it expects on which dates, and which events it expects to be refused."""

    name: str
    title: str
    about: str
    ground: Ground
    log: tuple[Act, ...]
    expected: tuple[Mapping[str, Any], ...]
    refused: tuple[Mapping[str, Any], ...]
    also: Mapping[int, tuple[str, ...]]


def shipped() -> list[str]:
    """The names of the scenarios that come with Palaver."""
    return sorted(path.stem for path in FILES.glob("*.json"))


def find(name: str) -> Path:
    """The file of a shipped scenario's name or of a path. Raises Misshapen when there is neither."""
    for path in (Path(name), FILES / f"{name}.json"):
        if path.is_file():
            return path
    raise Misshapen(
        f"There is no file {name}, and no scenario of that name comes with Palaver: {', '.join(shipped())}."
    )


def load(path: Path) -> Scenario:
    """Read one file. Raises Misshapen."""
    if path.stat().st_size > LARGEST:
        raise Misshapen(f"{path.name} is larger than {LARGEST // 1024 // 1024} MB.")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise Misshapen(f"{path.name} is not UTF-8 (byte {error.start}).") from None
    except json.JSONDecodeError as error:
        raise Misshapen(f"{path.name} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.") from None
    except RecursionError:
        raise Misshapen(f"{path.name} is nested too deep.") from None
    return read(data, path.stem)


def read(data: Any, name: str) -> Scenario:
    """Read a scenario from parsed JSON. Raises Misshapen."""
    _only(data, _TOP, "The file")
    if data.get("shape") != SHAPE:
        raise Misshapen(f"The file's 'shape' is {data.get('shape')!r}; this version reads {SHAPE!r}.")
    initials = data.get("initials", {})
    _only(initials, _INITIALS, "initials")
    parties = {str(key): str(value) for key, value in dict(initials.get("parties", {})).items()}
    if len(parties) < 2:
        raise Misshapen("initials › parties: a talk has two parties or more.")
    offices = {str(key): str(value) for key, value in dict(initials.get("offices", {})).items()}
    for office, party in offices.items():
        if party not in parties:
            raise Misshapen(f"initials › offices › {office}: {party!r} is no party.")
    try:
        promised = [terms(body) for body in initials.get("commitments", ())]
    except (ValueError, TypeError, AttributeError) as error:
        raise Misshapen(f"initials › commitments: {error}") from None
    ids = [one.id for one in promised]
    if len(set(ids)) != len(ids):
        raise Misshapen("initials › commitments: an id stands twice.")
    events = data.get("events", [])
    if not isinstance(events, list):
        raise Misshapen("events is a list.")
    log, also = [], {}
    for number, event in enumerate(events, 1):
        log.append(_act(number, event))
        if event.get("also"):
            also[number] = tuple(str(one) for one in event["also"])
    for n, row in enumerate(data.get("expected", ())):
        try:
            when(row["as_of"])
        except (ValueError, KeyError, TypeError) as error:
            raise Misshapen(f"expected[{n}]: as_of: {error}") from None
    return Scenario(
        name,
        str(data.get("title", name)),
        str(data.get("about", "")),
        Ground(parties, offices, promised),
        tuple(log),
        tuple(data.get("expected", ())),
        tuple(data.get("refused", ())),
        also,
    )


def _act(number: int, event: Any) -> Act:
    place = f"events[{number - 1}]"
    _only(event, _EVENT, place)
    try:
        occurred = when(event["at"])
        recorded = when(event["recorded"]).start if "recorded" in event else occurred.end
        for other in event.get("also", ()):
            when(other)
    except KeyError as missing:
        raise Misshapen(f"{place}: {missing} is missing.") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise Misshapen(f"{place}: {error}") from None
    body = event.get("body", {})
    if not isinstance(event.get("act"), str) or not isinstance(body, Mapping):
        raise Misshapen(f"{place}: 'act' names a kind and 'body' is an object.")
    return Act(
        number,
        event["act"],
        occurred,
        recorded,
        str(event.get("as", "")),
        str(event.get("by", "")),
        body,
        str(event.get("audience", EVERYBODY)),
        tuple(str(one) for one in event.get("sources", ())),
        bool(event.get("confirmed", True)),
    )


def _only(value: Any, known: set[str], place: str) -> None:
    if not isinstance(value, Mapping):
        raise Misshapen(f"{place}: an object is expected.")
    if unknown := set(value) - known:
        raise Misshapen(
            f"{place}: {', '.join(sorted(unknown))} is not known here; known are {', '.join(sorted(known))}."
        )
