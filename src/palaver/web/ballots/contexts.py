"""What the pages of ballots are given."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from palaver.web.contexts import BallotView, Link


@dataclass(frozen=True, slots=True)
class BallotPage:
    """`ballots/ballot.html`. `receipt` is shown once, in the answer to the vote; `counted` answers who looked one up."""

    ballot: BallotView
    text: Markup
    about: Link | None
    electors: str
    facts: tuple[tuple[str, str], ...]
    receipt: str = ""
    back: Link | None = None
    asks_receipt: bool = False
    counted: str = ""
    found: bool | None = None
    proof: tuple[tuple[str, str], ...] = ()
    entry: Link | None = None
    lists: str = ""
    who: tuple[tuple[str, tuple[Link, ...], int], ...] = ()
    """Of a public ballot that has ended: each option's words, those who chose it, and how many more there are."""
