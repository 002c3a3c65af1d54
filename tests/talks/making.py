"""Short ways to write a log for these tests: Goran and Hana are the parties, Ines mediates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from palaver.talks.acts import EVERYBODY, Act
from palaver.talks.commitments import Terms, terms
from palaver.talks.folding import Ground
from palaver.talks.when import when

PEOPLE = {"goran": "Goran", "hana": "Hana"}


def ground(*commitments: dict[str, Any]) -> Ground:
    """Two parties with an office each, and the terms of what they may promise."""
    made: list[Terms] = [terms(body) for body in commitments]
    return Ground({"goran": "Goran", "hana": "Hana"}, {"g": "goran", "h": "hana"}, made)


def promise(name: str, debtor: str = "goran", **more: Any) -> dict[str, Any]:
    other = "hana" if debtor == "goran" else "goran"
    return {"id": name, "debtor": debtor, "creditors": [other], "text": name, **more}


class Minutes:
    """A log being written: each line a day, a kind, a seat and a body."""

    def __init__(self, day: str = "2026-01-01") -> None:
        self.log: list[Act] = []
        for party, office in (("goran", "g"), ("hana", "h")):
            self.add(day, "mandate.begin", party, office=office, holder=PEOPLE[party])

    def add(
        self,
        day: str,
        kind: str,
        seat: str,
        *,
        by: str | None = None,
        audience: str = EVERYBODY,
        recorded: str | None = None,
        sources: Iterable[str] = (),
        **body: Any,
    ) -> Act:
        at = when(day)
        act = Act(
            len(self.log) + 1,
            kind,
            at,
            when(recorded).start if recorded else at.end,
            seat,
            PEOPLE.get(seat, "Ines") if by is None else by,
            body,
            audience,
            tuple(sources) or (("minutes",) if kind == "mandate.begin" else ()),
        )
        self.log.append(act)
        return act

    def make(self, day: str, name: str, debtor: str = "goran") -> None:
        """Offer and accept."""
        self.add(day, "promise.offer", debtor, id=name)
        self.add(day, "promise.accept", debtor, id=name)
