"""What happens to ballots. `about` is what is voted on, as kind:id (`amendment:3`, `thread:12`, `forum:4`, `lock:9`)."""

from __future__ import annotations

from dataclasses import dataclass

from palaver.kit.events import Event


@dataclass(frozen=True, slots=True)
class BallotOpened(Event):
    ballot_id: int
    about: str
    electors: int


@dataclass(frozen=True, slots=True)
class VoteCast(Event):
    """That somebody voted; never who (a secret ballot) and never what."""

    ballot_id: int
    about: str


@dataclass(frozen=True, slots=True)
class BallotClosed(Event):
    """Counted. `decided` are the option ids that won (none without quorum or threshold); `voters` how many voted."""

    ballot_id: int
    about: str
    decided: tuple[int, ...]
    voters: int
    quorate: bool


@dataclass(frozen=True, slots=True)
class BallotCalledOff(Event):
    """Ended without a count; the ballot's row says why."""

    ballot_id: int
    about: str
