"""A promise's terms, its states and the moves between them. Rules C1–C12 are named where they are held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from palaver.talks import conditions
from palaver.talks.conditions import Condition, Misshapen
from palaver.talks.when import When, when

GRACE = 90
"""Days that a debtor's own stop may last before it counts as a breach (C6)."""

ACHIEVE, MAINTAIN, RECURRING, REFRAIN, BEST_EFFORT = "achieve", "maintain", "recurring", "refrain", "best_effort"
KINDS = frozenset({ACHIEVE, MAINTAIN, RECURRING, REFRAIN, BEST_EFFORT})
LASTING = frozenset({MAINTAIN, REFRAIN})
"""Kinds that are kept by being kept all the while, not by being done once."""

LIVE = frozenset({"conditional", "detached", "suspended", "stopped"})

MOVES: dict[str, frozenset[str]] = {
    "drafted": frozenset({"offered", "withdrawn"}),
    "offered": frozenset({"conditional", "withdrawn", "refused", "lapsed"}),
    "conditional": frozenset(
        {"detached", "suspended", "stopped", "expired", "released", "withdrawn", "superseded", "terminated"}
    ),
    "detached": frozenset({"satisfied", "violated", "suspended", "stopped", "released", "superseded", "terminated"}),
    "suspended": frozenset({"conditional", "detached", "released", "violated", "superseded", "terminated"}),
    "stopped": frozenset(
        {"conditional", "detached", "satisfied", "violated", "suspended", "released", "superseded", "terminated"}
    ),
    "violated": frozenset({"detached", "satisfied", "released", "superseded"}),
}
"""Where a promise can go from where it stands (C2). What is not here stays as it is for ever."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What was promised, by whom to whom, and by when.

    `antecedent`: when it falls due at all (None: as soon as it is made). `consequent`: what makes it kept, as a condition;
    None where only the creditor's word, a finding or all parties can say so. `due_after` counts from the day on which its
    condition became true. `until` ends a lasting or recurring promise. `every` is a recurring promise's period in months.
    `may_suspend` are the seats that the text gives the power to suspend it; nobody else's stop holds the clock (C6).
    """

    id: str
    debtor: tuple[str, ...]
    creditors: tuple[str, ...] = ()
    text: str = ""
    kind: str = ACHIEVE
    antecedent: Condition = None
    consequent: Condition = None
    begins: When | None = None
    due: When | None = None
    due_after: Mapping[str, Any] | None = None
    until: When | None = None
    until_condition: Condition = None
    every: int = 0
    performer: str = ""
    silence_is_breach: bool = False
    grace: int = GRACE
    may_suspend: frozenset[str] = frozenset()
    point: str = ""
    agreement: str = ""
    survives: bool = False

    @property
    def asked(self) -> tuple[Condition, ...]:
        """Every condition that its state hangs on."""
        after = None if self.due_after is None else self.due_after.get("after")
        return (self.antecedent, self.consequent, self.until_condition, after)


class Occurrence(NamedTuple):
    """One period of a recurring promise: its last second, and open, overdue, kept, kept late or breached."""

    ends: int
    status: str


class Standing(NamedTuple):
    """How a promise stands. `ground` says by what, `by` by whom; `excuse` is what a debtor's stop names, which nobody judges."""

    status: str
    ground: str = ""
    by: str = ""
    excuse: str = ""
    is_late: bool = False
    is_ended: bool = False
    level: str = ""
    overlays: frozenset[str] = frozenset()
    overdue: tuple[int, ...] = ()


_TERMS = {
    "id", "debtor", "creditors", "text", "kind", "antecedent", "consequent", "begins", "due", "due_after", "until",
    "every", "performer", "silence_is_breach", "grace", "may_suspend", "point", "agreement", "survives",
}  # fmt: skip


def terms(body: Mapping[str, Any]) -> Terms:
    """Read a promise from JSON. Raises Misshapen or ValueError with a sentence that names the place."""
    name = str(body.get("id", "?"))
    if unknown := set(body) - _TERMS:
        raise Misshapen(f"Commitment {name}: {', '.join(sorted(unknown))} is not known here.")
    kind = body.get("kind", ACHIEVE)
    if kind not in KINDS:
        raise Misshapen(f"Commitment {name}: kind {kind!r} is none of {', '.join(sorted(KINDS))}.")
    debtor = _seats(body.get("debtor"))
    if not debtor:
        raise Misshapen(f"Commitment {name} has no debtor.")
    every = int(body.get("every", 0))
    if (kind == RECURRING) != (every > 0):
        raise Misshapen(f"Commitment {name}: a recurring promise, and no other, has 'every' with its months.")
    until = body.get("until")
    due_after = body.get("due_after")
    for part in ("antecedent", "consequent"):
        conditions.check(body.get(part), f"Commitment {name}, {part}")
    if isinstance(until, Mapping):
        conditions.check(until, f"Commitment {name}, until")
    if due_after is not None:
        if not isinstance(due_after, Mapping) or not {"months", "days"} & set(due_after):
            raise Misshapen(f"Commitment {name}: 'due_after' holds months or days, and 'after' with a condition.")
        conditions.check(due_after.get("after"), f"Commitment {name}, due_after")
    if kind == RECURRING and not body.get("begins"):
        raise Misshapen(f"Commitment {name}: a recurring promise needs the day on which its first period begins.")
    return Terms(
        id=name,
        debtor=debtor,
        creditors=_seats(body.get("creditors")),
        text=str(body.get("text", "")),
        kind=kind,
        antecedent=body.get("antecedent"),
        consequent=body.get("consequent"),
        begins=when(body["begins"]) if body.get("begins") else None,
        due=when(body["due"]) if body.get("due") else None,
        due_after=due_after,
        until=when(until) if isinstance(until, str) else None,
        until_condition=until if isinstance(until, Mapping) else None,
        every=every,
        performer=str(body.get("performer", "")),
        silence_is_breach=bool(body.get("silence_is_breach", False)),
        grace=int(body.get("grace", GRACE)),
        may_suspend=frozenset(_seats(body.get("may_suspend"))),
        point=str(body.get("point", "")),
        agreement=str(body.get("agreement", "")),
        survives=bool(body.get("survives", False)),
    )


def _seats(value: Any) -> tuple[str, ...]:
    if not value:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(one) for one in value)
