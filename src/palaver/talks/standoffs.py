"""Standoffs: rings of promises each of which waits for another to be kept, so that none can ever fall due (C11).

Found on the hopeful view: everything outside the ring may still come true. What even then never falls due is stuck; among
the stuck the rings are the standoffs. For each, every single change of `satisfied` into `committed` that sets it free is a cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from palaver.talks.conditions import OVER_COMMITMENTS, Condition

WAITING = ("satisfied", "detached", "kept_so_far")
"""Words that wait for another promise to have fallen due; `committed` does not, which is why it cuts."""


class Cut(NamedTuple):
    """A change that would end a standoff: let `of` wait only for `instead_of` being promised, not for it being kept."""

    of: str
    instead_of: str


class Standoff(NamedTuple):
    """A ring, and the single changes that would set it free. Beside them there are always: smaller steps in turn, an exchange
    at the same moment through the mediator, and a deposit with a third."""

    ring: tuple[str, ...]
    cuts: tuple[Cut, ...]


def standoffs(antecedents: Mapping[str, Condition], *, settled: Iterable[str] = ()) -> list[Standoff]:
    """The rings among the promises that have been made and have not fallen due. `settled` have, so nobody waits for them in vain."""
    done = frozenset(settled)
    stuck = set(antecedents) - _can_fall_due(antecedents, done)
    edges = {name: {other for other in _waits(antecedents[name]) if other in stuck} for name in stuck}
    found = []
    for ring in _rings(edges):
        cuts = []
        for name in ring:
            for other in sorted(edges[name] & set(ring)):
                changed = dict(antecedents)
                changed[name] = _softened(antecedents[name], other)
                if set(ring) <= _can_fall_due(changed, done):
                    cuts.append(Cut(name, other))
        found.append(Standoff(tuple(ring), tuple(cuts)))
    return found


def renamed(condition: Condition, names: Mapping[str, str]) -> Condition:
    """The condition with promises called by the names of those that have replaced them."""
    if condition is None:
        return None
    made: dict[str, Any] = dict(condition)
    for word in OVER_COMMITMENTS:
        while made.get(word) in names:
            made[word] = names[made[word]]
    for joint in ("all", "any", "of"):
        if isinstance(made.get(joint), list):
            made[joint] = [renamed(part, names) for part in made[joint]]
    if "within" in made:
        made["after"] = renamed(made["after"], names)
    return made


def _can_fall_due(antecedents: Mapping[str, Condition], done: frozenset[str]) -> set[str]:
    able: set[str] = set()
    while True:
        more = {
            name
            for name, condition in antecedents.items()
            if name not in able and _hopeful(condition, able, done, antecedents)
        }
        if not more:
            return able
        able |= more


def _hopeful(condition: Condition, able: set[str], done: frozenset[str], made: Mapping[str, Condition]) -> bool:
    """Whether a condition could come true if everything but the promises themselves went well."""
    if condition is None:
        return True
    for word in OVER_COMMITMENTS:
        if word in condition:
            other = condition[word]
            return word not in WAITING or other in done or other in able or other not in made
    if "all" in condition:
        return all(_hopeful(part, able, done, made) for part in condition["all"])
    if "any" in condition:
        return any(_hopeful(part, able, done, made) for part in condition["any"])
    if "at_least" in condition:
        return sum(_hopeful(part, able, done, made) for part in condition["of"]) >= int(condition["at_least"])
    if "within" in condition:
        return _hopeful(condition["after"], able, done, made)
    return True


def _waits(condition: Condition) -> set[str]:
    found: set[str] = set()
    if condition is None or "not" in condition:
        return found
    for word in WAITING:
        if word in condition:
            found.add(condition[word])
    for part in condition.get("all") or condition.get("any") or condition.get("of") or ():
        if isinstance(part, Mapping):
            found |= _waits(part)
    if "within" in condition:
        found |= _waits(condition["after"])
    return found


def _softened(condition: Condition, other: str) -> Condition:
    """The condition with every wait for `other` turned into its having been promised."""
    if condition is None:
        return None
    for word in WAITING:
        if condition.get(word) == other:
            return {"committed": other}
    made: dict[str, Any] = dict(condition)
    for joint in ("all", "any", "of"):
        if isinstance(made.get(joint), list):
            made[joint] = [_softened(part, other) for part in made[joint]]
    if "within" in made:
        made["after"] = _softened(made["after"], other)
    return made


def _rings(edges: Mapping[str, set[str]]) -> list[list[str]]:
    """Strongly connected parts with a ring in them, each sorted (Tarjan's algorithm, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    for root in sorted(edges):
        if root in index:
            continue
        work = [(root, iter(sorted(edges[root])))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            name, others = work[-1]
            for other in others:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(sorted(edges[other]))))
                    break
                if other in on_stack:
                    low[name] = min(low[name], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    part: list[str] = []
                    while True:
                        top = stack.pop()
                        on_stack.discard(top)
                        part.append(top)
                        if top == name:
                            break
                    if len(part) > 1 or name in edges[name]:
                        found.append(sorted(part))
    return sorted(found)
