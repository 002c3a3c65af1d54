"""Counting: pure functions on plain values, and the same recomputed from the rows for whoever doubts a tally.

A motion is decided by the votes for and against; abstaining counts for the quorum alone. Two thirds are exact: 3 × for must
reach 2 × (for + against). Without a threshold more must be for than against. Among options the most votes win, as many as
there are seats and none without a vote; where the last seats are tied, nobody has them, and the tie is said.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.db import transaction

from palaver.ballots.models import Ballot, Elector, Option, Vote
from palaver.record.chain import canonical
from palaver.record.models import Entry

FOR, AGAINST, ABSTAIN = 0, 1, 2
"""The places of a motion's three options."""


class Terms(NamedTuple):
    """What a tally depends on besides the votes. `places` are the options' places, rising."""

    method: str
    places: tuple[int, ...]
    most: int = 1
    seats: int = 1
    quorum: int = 0
    threshold: int = 0
    two_thirds: bool = False


class Tally(NamedTuple):
    """The outcome: votes by place, how many voted, whether they were enough, which places won, and which are tied for a seat."""

    votes: Mapping[int, int]
    voters: int
    quorate: bool
    decided: tuple[int, ...]
    tied: tuple[int, ...] = ()


def count(terms: Terms, votes: Iterable[Sequence[int]]) -> Tally:
    """The tally of some votes, each the places it names. A vote that does not fit the terms raises ValueError."""
    given: Counter[int] = Counter()
    voters = 0
    for chosen in votes:
        if not fits(terms, chosen):
            raise ValueError(f"A vote for {list(chosen)} does not fit this ballot.")
        given.update(chosen)
        voters += 1
    return decide(terms, {place: given[place] for place in terms.places}, voters)


def decide(terms: Terms, votes: Mapping[int, int], voters: int) -> Tally:
    """What so many votes by place, of so many voters, decide."""
    quorate = voters >= max(terms.quorum, 1)
    if terms.method == Ballot.Method.MOTION:
        passed, even = _motion(terms, votes[FOR], votes[AGAINST])
        decided: tuple[int, ...] = (FOR,) if passed else ()
        tied: tuple[int, ...] = (FOR, AGAINST) if even else ()
    else:
        decided, tied = _seats(terms, votes, voters)
    return Tally(votes, voters, quorate, decided if quorate else (), tied if quorate else ())


def fits(terms: Terms, chosen: Sequence[int]) -> bool:
    """Whether a vote names options of the ballot, each once, and no more than it may."""
    most = terms.most if terms.method == Ballot.Method.MULTIPLE else 1
    return 1 <= len(chosen) <= most and len(set(chosen)) == len(chosen) and set(chosen) <= set(terms.places)


def reaches(terms: Terms, votes: int, of: int) -> bool:
    """Whether a number of votes reaches the threshold among so many; always, where there is none."""
    if terms.two_thirds:
        return 3 * votes >= 2 * of
    return 100 * votes >= terms.threshold * of


def _motion(terms: Terms, in_favour: int, against: int) -> tuple[bool, bool]:
    """Whether it passed, and whether a simple majority was missed by a tie."""
    if terms.two_thirds or terms.threshold:
        return in_favour > 0 and reaches(terms, in_favour, in_favour + against), False
    return in_favour > against, in_favour == against and in_favour > 0


def _seats(terms: Terms, votes: Mapping[int, int], voters: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Which options win, and which are tied for what is left of the seats."""
    standing = [place for place in terms.places if votes[place] > 0 and reaches(terms, votes[place], voters)]
    winners: list[int] = []
    for level in sorted({votes[place] for place in standing}, reverse=True):
        equal = [place for place in standing if votes[place] == level]
        free = terms.seats - len(winners)
        if not free:
            break
        if len(equal) > free:
            return tuple(sorted(winners)), tuple(equal)
        winners += equal
    return tuple(sorted(winners)), ()


def terms_of(ballot: Ballot, places: Iterable[int] | None = None) -> Terms:
    """A ballot's terms; its options are asked for unless their places are given."""
    if places is None:
        places = ballot.options.order_by("place").values_list("place", flat=True)
    return Terms(
        method=ballot.method,
        places=tuple(places),
        most=ballot.most,
        seats=ballot.seats,
        quorum=ballot.quorum,
        threshold=ballot.threshold,
        two_thirds=ballot.two_thirds,
    )


def tally(ballot: Ballot) -> Tally:
    """Recomputed from the votes as they are stored, whether or not the ballot was counted already."""
    return count(terms_of(ballot), Vote.objects.filter(ballot=ballot).values_list("chosen", flat=True).iterator())


class Proof(NamedTuple):
    """What a closed ballot's entry on the record commits to, as the public JSON shows it.

    A public ballot: `votes`, pairs of member id and places, by member. A secret one: `receipts`, the receipts' hashes, and
    `choices`, the places of each vote, each list sorted by itself – so everybody recounts, every receipt is found, and no
    receipt shows its choice. Each list's SHA-256 is that of its canonical JSON (`record.chain`).
    """

    votes: list[list[object]]
    receipts: list[str]
    choices: list[list[int]]

    def hashes(self, *, is_secret: bool) -> dict[str, str]:
        """The SHA-256 of each list, by its name."""
        shown = {"receipts": self.receipts, "choices": self.choices} if is_secret else {"votes": self.votes}
        return {name: hashlib.sha256(canonical(listed).encode()).hexdigest() for name, listed in shown.items()}


def proof(ballot: Ballot) -> Proof:
    """The lists of one ballot, from its votes. Only for a closed ballot, where it is shown."""
    rows = Vote.objects.filter(ballot=ballot)
    if ballot.is_secret:
        pairs = list(rows.values_list("receipt_hash", "chosen"))
        return Proof([], sorted(str(receipt) for receipt, _ in pairs), sorted(list(chosen) for _, chosen in pairs))
    return Proof(
        [[member, list(chosen)] for member, chosen in rows.order_by("member_id").values_list("member_id", "chosen")],
        [],
        [],
    )


def drift(*, mend: bool = False) -> Iterator[str]:
    """Every ballot whose stored tally differs from its votes, as a sentence; counters are mended when asked, an entry never."""
    for ballot in Ballot.objects.order_by("pk").iterator():
        yield from _drift_of(ballot, mend=mend)


def _drift_of(ballot: Ballot, *, mend: bool) -> Iterator[str]:
    with transaction.atomic():
        ballot = Ballot.objects.select_for_update(of=("self",), no_key=True).get(pk=ballot.pk)
        try:
            counted = tally(ballot)
        except ValueError as error:
            yield f"ballot {ballot.pk} cannot be counted: {error}"
            return
        if ballot.voters != counted.voters:
            yield f"ballot.voters of {ballot.pk} says {ballot.voters}; it is {counted.voters}."
            if mend:
                Ballot.objects.filter(pk=ballot.pk).update(voters=counted.voters)
        marked = Elector.objects.filter(ballot=ballot, has_voted=True).count()
        if (ballot.is_secret or ballot.electorate == Ballot.Electorate.LISTED) and marked != counted.voters:
            yield f"ballot {ballot.pk} has {counted.voters} votes, but {marked} electors who are said to have voted."
        is_counted = ballot.closed_at is not None and not ballot.ended_because
        if is_counted and ballot.quorate != counted.quorate:
            yield f"ballot.quorate of {ballot.pk} says {ballot.quorate}; it is {counted.quorate}."
            if mend:
                Ballot.objects.filter(pk=ballot.pk).update(quorate=counted.quorate)
        for option in ballot.options.all():
            votes = counted.votes[option.place] if is_counted or not ballot.is_secret else None
            won = is_counted and option.place in counted.decided
            if (option.votes, option.won) != (votes, won):
                yield (
                    f"option {option.place} of ballot {ballot.pk} says {option.votes} votes, won {option.won};"
                    f" it is {votes}, {won}."
                )
                if mend:
                    Option.objects.filter(pk=option.pk).update(votes=votes, won=won)
        if is_counted:
            yield from _against_the_record(ballot)


def _against_the_record(ballot: Ballot) -> Iterator[str]:
    """What the entry of the closing commits to, unless it was redacted or the ballot is not on the record."""
    entry = Entry.objects.filter(subject=f"ballot:{ballot.pk}", act="ballot.close").select_related("payload").first()
    if entry is None:
        if ballot.on_record:
            yield f"ballot {ballot.pk} is closed, but the record does not say so."
        return
    if entry.payload.body is None:
        return
    said = json.loads(entry.payload.body)["lists"]
    for name, found in proof(ballot).hashes(is_secret=ballot.is_secret).items():
        if said.get(name) != found:
            yield f"the {name} of ballot {ballot.pk} are not those that entry {entry.sequence} commits to."
