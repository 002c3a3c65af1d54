"""Everything a fold knows of a talk, as tracks over time. Acts change it through the handlers; readers ask `at` an instant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any, NamedTuple

from palaver.talks.acts import Act
from palaver.talks.conditions import Facts
from palaver.talks.plans import Op, Version
from palaver.talks.promising import Promises
from palaver.talks.tracks import Track

OPEN = frozenset({"convened", "active", "adjourned"})
OVER = frozenset(
    {"declined", "lapsed", "withdrawn", "closed_no_deal", "referred", "stopped_for_safety", "concluded", "collapsed"}
)
PHASES: dict[str, frozenset[str]] = {
    "": frozenset({"raised"}),
    "raised": frozenset({"inviting"}),
    "inviting": frozenset({"convened", "declined", "lapsed", "withdrawn"}),
    "convened": frozenset({"active", "withdrawn", "closed_no_deal", "referred", "stopped_for_safety"}),
    "active": frozenset(
        {"adjourned", "withdrawn", "closed_no_deal", "referred", "stopped_for_safety", "agreed_in_principle"}
    ),
    "adjourned": frozenset({"active", "withdrawn", "closed_no_deal", "referred", "stopped_for_safety"}),
    "agreed_in_principle": frozenset({"ratifying", "active"}),
    "ratifying": frozenset({"in_force", "ratification_failed"}),
    "ratification_failed": frozenset({"active"}),
    "in_force": frozenset({"concluded", "collapsed"}),
    "closed_no_deal": frozenset({"reopened"}),
    "withdrawn": frozenset({"reopened"}),
    "lapsed": frozenset({"reopened"}),
    "referred": frozenset({"reopened"}),
    "collapsed": frozenset({"reopened"}),
}
"""The legal moves of a talk. A stalemate is no phase: it lies over one."""

INVITATION_DAYS = 60
OFFER_DAYS = 180


class NoEffect(Exception):
    """An act that its actor may not do or that cannot follow from the state of its day. The text says which rule."""


class Mandate(NamedTuple):
    """Who holds an office, what they may do, and what they have said of what they found there."""

    holder: str
    powers: frozenset[str]
    stance: str = ""


class Statement(NamedTuple):
    """A party's own word on how a talk closed; never merged with another's."""

    text: str
    reasons: tuple[str, ...]


class Mediator(NamedTuple):
    """An offer to mediate and what became of it. `answers` by party; `status` as on the design's line from offer to end."""

    person: str
    capacity: str
    tied_to: str
    condition: str
    status: str
    answers: Mapping[str, str]
    is_disclosed: bool = False
    objections: frozenset[str] = frozenset()
    waivers: frozenset[str] = frozenset()


class Amendment(NamedTuple):
    """A proposed change of the plan. `decides` are the parties whose points it touches."""

    base: int
    ops: tuple[Op, ...]
    by: str
    because: str
    status: str
    decides: tuple[str, ...] = ()
    answers: Mapping[str, str] = {}
    is_sealed: bool = False
    supersedes: Mapping[str, Any] = {}

    def answers_shown(self, party: str = "") -> Mapping[str, str]:
        """Who answered what, as a party sees it: of a sealed one only its own answer, until all have said yes (P6)."""
        if not self.is_sealed or self.status == "adopted":
            return self.answers
        return {one: said for one, said in self.answers.items() if one == party}


class Agreement(NamedTuple):
    """A text that binds once everybody named has signed and every party's own rule of ratification is met."""

    commitments: tuple[str, ...]
    signatories: tuple[str, ...]
    final_at: int
    cooling_hours: int
    status: str = "text_final"
    signed: frozenset[str] = frozenset()
    rules: Mapping[str, str] = {}
    ratified: frozenset[str] = frozenset()
    waived: frozenset[str] = frozenset()


class Item(NamedTuple):
    """One part of a measure: in force, lifted, suspended or restored; `is_requested` when another party asked for its lifting."""

    text: str
    status: str = "in_force"
    is_requested: bool = False


@dataclass(slots=True)
class Talk:
    """The talk while it is folded, and afterwards for reading."""

    parties: dict[str, str] = field(default_factory=dict)
    offices: dict[str, str] = field(default_factory=dict)
    phase: Track[str] = field(default_factory=lambda: Track(""))
    stalemate: Track[str] = field(default_factory=lambda: Track(""))
    consents: dict[tuple[str, str], Track[bool]] = field(default_factory=dict)
    statements: dict[str, Track[Statement | None]] = field(default_factory=dict)
    mandates: dict[str, Track[Mandate | None]] = field(default_factory=dict)
    mediators: dict[str, Track[Mediator]] = field(default_factory=dict)
    nominations: dict[str, Track[str]] = field(default_factory=dict)
    versions: Track[tuple[Version, ...]] = field(default_factory=lambda: Track(()))
    plan_agreed: Track[frozenset[str]] = field(default_factory=lambda: Track(frozenset()))
    amendments: dict[str, Track[Amendment]] = field(default_factory=dict)
    measures: dict[str, dict[str, Track[Item]]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    agreements: dict[str, Track[Agreement]] = field(default_factory=dict)
    inspectors: dict[str, Track[str]] = field(default_factory=dict)
    inspectors_agreed: dict[str, frozenset[str]] = field(default_factory=dict)
    sittings: dict[str, Track[str]] = field(default_factory=dict)
    attested: dict[str, dict[str, int]] = field(default_factory=dict)
    findings: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    allegations: dict[str, tuple[str, str]] = field(default_factory=dict)
    published: dict[str, frozenset[str]] = field(default_factory=dict)
    next_round: Track[str] = field(default_factory=lambda: Track(""))
    promises: Promises = field(default_factory=Promises)
    refused: list[tuple[Act, str]] = field(default_factory=list)
    at: int = 0
    timers: list[tuple[int, int, Callable[[Talk], None]]] = field(default_factory=list)
    _numbers: int = 0

    def __post_init__(self) -> None:
        self.promises.facts = Facts(
            flag=self.promises.flag,
            found=self._found,
            attested=self._attested,
            measure=self._measure,
            talk=lambda phase: self.phase.now == phase,
            mandate=self._held_by,
            now=lambda: self.promises.at,
            became=self.promises.became,
        )

    # ------------------------------------------------------------ time

    def later(self, at: int, what: Callable[[Talk], None]) -> None:
        """Have something looked at again at an instant; it must ask whether it still matters."""
        self._numbers += 1
        heappush(self.timers, (at, self._numbers, what))

    def ring(self, until: int) -> None:
        """Let time pass up to an instant: deadlines, lapses, ends of windows, each at its own second."""
        while True:
            timer = self.timers[0][0] if self.timers else None
            alarm = self.promises.next_alarm()
            if timer is not None and timer <= until and (alarm is None or timer <= alarm):
                at, _number, what = heappop(self.timers)
                self.at = self.promises.at = at
                what(self)
                self.promises.look_at_windows()
                self.promises.settle()
            elif alarm is not None and alarm <= until:
                self.promises.ring(alarm)
                self.at = alarm
            else:
                return

    # ------------------------------------------------------------ moves

    def go(self, phase: str) -> None:
        """Move the talk along its line. Raises NoEffect for a move that is not drawn there."""
        if phase not in PHASES.get(self.phase.now, frozenset()):
            raise NoEffect(f"A talk that is {self.phase.now or 'not raised'} cannot become {phase}.")
        self.phase.set(self.at, phase)
        self.promises.wake_all()

    # ------------------------------------------------------------ what conditions ask

    def _found(self, asked: Mapping[str, Any]) -> bool:
        promise = self.promises.all.get(str(asked["of"]))
        if promise is None:
            return False
        for finding in promise.findings.values():
            if finding["is"] != asked["is"] or ("by" in asked and finding["by"] != asked["by"]):
                continue
            if "level" not in asked or float(finding.get("level") or 0) >= float(asked["level"]):
                return True
        return False

    def _attested(self, fact: str, by: tuple[str, ...]) -> bool:
        said = self.attested.get(fact, {})
        return any(seat in said for seat in by) if by else bool(said)

    def _measure(self, measure: str, item: str | None, status: str) -> bool:
        items = self.measures.get(measure, {})
        wanted = items.values() if item is None else [items[item]] if item in items else []
        return bool(wanted) and all(track.now.status == status for track in wanted)

    def _held_by(self, office: str, holder: str) -> bool:
        track = self.mandates.get(office)
        return track is not None and track.now is not None and track.now.holder == holder
