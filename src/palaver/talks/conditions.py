"""Conditions: a closed set of words that can be true or not, in JSON, without code.

    {"committed": "A1"}                the promise has been made (accepted), whatever became of it
    {"detached": "A1"}                 it has fallen due
    {"satisfied": "A1"}                it has been kept, in time or late
    {"kept_so_far": "A1"}              it has fallen due and is not breached now
    {"violated": "A1"}                 it has been breached at some time
    {"found": {"of": "A1", "is": "met", "by": "IAEA", "level": 2}}    `by` and `level` may be left out
    {"attested": "fact", "by": ["X"]}  one of these seats has said that the fact is so; without `by`: anybody has
    {"measure": "sanctions", "item": "r1", "state": "lifted"}
    {"on": "1994-10-21"}               from that day on
    {"within": {"months": 6, "days": 0}, "after": CONDITION}          until so long after it became true
    {"talk": "active"}                 the talk is in that state now
    {"mandate": "US-president", "holder": "X"}                        that office is held by that person now
    {"all": [...]} {"any": [...]} {"not": CONDITION} {"at_least": 2, "of": [...]}

`committed`, `detached`, `satisfied`, `violated`, `found`, `attested` and `on` only ever become true. They are what a least
fixpoint is taken over, so the order in which promises are looked at does not matter. `not` and `kept_so_far` may only stand
over what does not depend on the promise that asks (checked by `strata`): a promise may not wait for its own absence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from palaver.talks.when import after, when

Condition = Mapping[str, Any] | None
"""None is always true."""

OVER_COMMITMENTS = ("committed", "detached", "satisfied", "kept_so_far", "violated")
_JOINING = ("all", "any", "not", "at_least", "within")
_WORDS = (*OVER_COMMITMENTS, "found", "attested", "measure", "on", "talk", "mandate", *_JOINING)


class Misshapen(ValueError):
    """A condition that is not of this language; its text says where."""


class Facts(NamedTuple):
    """What a condition is held against, as look-ups. `became` gives when a condition of `within` first was true, or None."""

    flag: Callable[[str, str], bool]
    found: Callable[[Mapping[str, Any]], bool]
    attested: Callable[[str, tuple[str, ...]], bool]
    measure: Callable[[str, str | None, str], bool]
    talk: Callable[[str], bool]
    mandate: Callable[[str, str], bool]
    now: Callable[[], int]
    became: Callable[[Mapping[str, Any]], int | None]


def check(condition: Any, where: str = "condition") -> None:
    """Raise Misshapen unless this is a condition of the language above."""
    if condition is None:
        return
    if not isinstance(condition, Mapping) or not condition:
        raise Misshapen(f"{where}: a condition is an object such as {{'committed': 'A1'}}, not {condition!r}.")
    word = _word(condition, where)
    body = condition[word]
    if word in {"all", "any"}:
        if not isinstance(body, list) or not body:
            raise Misshapen(f"{where}: {word!r} holds a list of conditions.")
        for n, part in enumerate(body):
            check(part, f"{where} › {word}[{n}]")
    elif word == "at_least":
        parts = condition.get("of")
        if not isinstance(body, int) or not isinstance(parts, list) or not 0 < body <= len(parts):
            raise Misshapen(f"{where}: 'at_least' is a number of the conditions in its list 'of'.")
        for n, part in enumerate(parts):
            check(part, f"{where} › of[{n}]")
    elif word == "not":
        if body is None:
            raise Misshapen(f"{where}: 'not' holds a condition.")
        check(body, f"{where} › not")
    elif word == "within":
        if not isinstance(body, Mapping) or not set(body) <= {"days", "months"} or not body or "after" not in condition:
            raise Misshapen(f"{where}: 'within' holds days or months, and beside it stands 'after' with a condition.")
        check(condition["after"], f"{where} › after")
    elif word == "on":
        try:
            when(body)
        except (ValueError, AttributeError, TypeError) as error:
            raise Misshapen(f"{where}: {error}") from None
    elif word == "found":
        if not isinstance(body, Mapping) or "of" not in body or "is" not in body:
            raise Misshapen(f"{where}: 'found' holds an object with 'of' and 'is'.")
    elif word == "measure":
        if "state" not in condition:
            raise Misshapen(f"{where}: beside 'measure' stands 'state'.")
    elif word == "mandate":
        if "holder" not in condition:
            raise Misshapen(f"{where}: beside 'mandate' stands 'holder'.")
    elif not isinstance(body, str):
        raise Misshapen(f"{where}: {word!r} names one thing.")


def _word(condition: Mapping[str, Any], where: str) -> str:
    # `mandate … holder`, `within … after` and others have words beside them; exactly one is of our language.
    found = [word for word in _WORDS if word in condition]
    if len(found) != 1:
        raise Misshapen(f"{where}: one of {', '.join(_WORDS)} is needed, found {sorted(condition)}.")
    return found[0]


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether a checked condition is true now."""
    if condition is None:
        return True
    for word in OVER_COMMITMENTS:
        if word in condition:
            return facts.flag(condition[word], word)
    if "all" in condition:
        return all(holds(part, facts) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, facts) for part in condition["any"])
    if "attested" in condition:
        return facts.attested(condition["attested"], tuple(condition.get("by", ())))
    if "on" in condition:
        return facts.now() >= when(condition["on"]).start
    if "talk" in condition:
        return facts.talk(condition["talk"])
    if "found" in condition:
        return facts.found(condition["found"])
    if "measure" in condition:
        return facts.measure(condition["measure"], condition.get("item"), condition["state"])
    if "mandate" in condition:
        return facts.mandate(condition["mandate"], condition["holder"])
    if "at_least" in condition:
        return sum(holds(part, facts) for part in condition["of"]) >= int(condition["at_least"])
    if "within" in condition:
        since = facts.became(condition)
        return since is not None and facts.now() <= limit(condition["within"], since)
    return not holds(condition["not"], facts)


def limit(span: Mapping[str, Any], since: int) -> int:
    """The last second of a span of months and days that begins at an instant."""
    return after(since, months=int(span.get("months", 0)), number_of_days=int(span.get("days", 0)))


def parts(condition: Condition, *, negated: bool = False) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Every atom and every `within` of a condition, each with whether it stands under a `not`."""
    if condition is None:
        return
    if "all" in condition or "any" in condition or "at_least" in condition:
        for part in condition.get("all") or condition.get("any") or condition.get("of") or ():
            yield from parts(part, negated=negated)
    elif "not" in condition:
        yield from parts(condition["not"], negated=True)
    elif "within" in condition:
        yield condition, True
        yield from parts(condition["after"], negated=negated)
    else:
        yield condition, negated or "kept_so_far" in condition


def waits_for(condition: Condition) -> set[tuple[str, str]]:
    """The (commitment, word) pairs that a condition asks about."""
    return {(atom[word], word) for atom, _negated in parts(condition) for word in OVER_COMMITMENTS if word in atom}


def strata(antecedents: Mapping[str, Condition]) -> dict[str, int]:
    """A rank for each commitment, such that what it asks under a `not` lies below it. Raises Misshapen for a ring through a `not`."""
    rank = dict.fromkeys(antecedents, 0)
    edges = [
        (asking, atom[word], negated)
        for asking, condition in antecedents.items()
        for atom, negated in parts(condition)
        for word in OVER_COMMITMENTS
        if word in atom and atom[word] in rank
    ]
    for _round in range(len(rank) + 1):
        moved = False
        for asking, asked, negated in edges:
            least = rank[asked] + negated
            if rank[asking] < least:
                rank[asking], moved = least, True
        if not moved:
            return rank
        if max(rank.values(), default=0) > len(rank):
            break
    raise Misshapen("These commitments wait for one another's absence in a ring; no order of events can decide that.")
