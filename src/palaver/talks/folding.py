"""The fold: acts in the order in which they occurred, and time in between, to a talk that can be asked for any instant.

The order of recording does not matter (C3): a late entry is folded where it belongs, and `restated` says which past states it
changed. A fold is pure: the same acts give the same talk, on any day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from palaver.talks.acts import Act, in_time, known_by
from palaver.talks.commitments import Standing, Terms
from palaver.talks.conditions import strata
from palaver.talks.handlers import HANDLERS
from palaver.talks.standoffs import Standoff, renamed, standoffs
from palaver.talks.state import NoEffect, Talk


class Ground(NamedTuple):
    """What a talk begins with: its parties and their offices by id, and the promises whose terms are known from the start."""

    parties: Mapping[str, str]
    offices: Mapping[str, str]
    commitments: Sequence[Terms] = ()


class Restated(NamedTuple):
    """A commitment whose state on a day reads differently than it was known by then."""

    id: str
    before: Standing
    after: Standing


def fold(ground: Ground, log: Iterable[Act], *, until: int | None = None) -> Talk:
    """Fold a log, and let time pass `until` an instant behind the last act. Raises conditions.Misshapen for promises that
    wait for one another's absence."""
    talk = Talk(dict(ground.parties), dict(ground.offices))
    promises = talk.promises
    for terms in ground.commitments:
        promises.add(terms)
    _rank(talk)
    handlers = HANDLERS
    number_of_promises = len(promises.all)
    for act in in_time(log):
        at = act.when.start
        if talk.timers or promises.next_alarm() is not None:
            talk.ring(at)
        talk.at = promises.at = at
        handler = handlers.get(act.kind)
        try:
            if handler is None:
                raise NoEffect(f"{act.kind!r} is no kind of act.")
            handler(talk, act)
        except NoEffect as refusal:
            talk.refused.append((act, str(refusal)))
        except (KeyError, TypeError, ValueError) as error:
            talk.refused.append((act, f"Its body does not fit its kind: {error!r}."))
        if len(promises.all) != number_of_promises:
            _rank(talk)
            number_of_promises = len(promises.all)
        promises.look_at_windows()
        promises.settle()
    if until is not None:
        advance(talk, until)
    return talk


def advance(talk: Talk, until: int) -> None:
    """Let time pass up to an instant; a talk asked for a day beyond its last act is advanced first."""
    talk.ring(until)
    talk.at = max(talk.at, until)
    talk.promises.at = talk.at


def _rank(talk: Talk) -> None:
    every: dict[str, Mapping[str, Any] | None] = {}
    for name, promise in talk.promises.all.items():
        asked = [condition for condition in promise.terms.asked if condition is not None]
        every[name] = {"all": asked} if asked else None
    for name, rank in strata(every).items():
        talk.promises.all[name].rank = rank


def standing(talk: Talk, name: str, as_of: int) -> Standing:
    """How a commitment stood at an instant. Raises KeyError for one that is not there."""
    return talk.promises.all[name].track.at(as_of)


def standoffs_at(talk: Talk, as_of: int) -> list[Standoff]:
    """The rings among what had been promised and had not fallen due at an instant."""
    waiting, settled = {}, []
    every = talk.promises.all
    replaced = {
        old: new for old, new in talk.promises.successors.items() if every[old].track.at(as_of).status == "superseded"
    }
    for name, promise in talk.promises.all.items():
        status = promise.track.at(as_of).status
        if status == "conditional":
            waiting[name] = renamed(promise.terms.antecedent, replaced)
        elif status in {"detached", "satisfied", "stopped", "suspended"}:
            settled.append(name)
    return standoffs(waiting, settled=settled)


def restated(ground: Ground, log: Sequence[Act], *, as_of: int, known: int) -> list[Restated]:
    """The commitments whose state at `as_of` reads differently today than by what was recorded until `known`."""
    then = fold(ground, known_by(log, known), until=as_of)
    now = fold(ground, log, until=as_of)
    changed = []
    for name, promise in now.promises.all.items():
        after = promise.track.at(as_of)
        earlier = then.promises.all.get(name)
        before = earlier.track.at(as_of) if earlier is not None else Standing("drafted")
        if before != after:
            changed.append(Restated(name, before, after))
    return changed
