"""Counting, against what the rules say in other words, and against a real consultation counted by other means."""

from __future__ import annotations

import csv
import lzma
from collections import defaultdict
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaver.accounts.models import Member
from palaver.ballots import counting, opening, voting
from palaver.ballots.counting import Terms, count
from palaver.kit import clock
from tests.cast import Cast

motions = st.lists(st.sampled_from([[0], [1], [2]]), max_size=60)
choices = st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=3, unique=True), max_size=40)


def motion(**others: int | bool) -> Terms:
    return Terms("motion", (0, 1, 2), **others)  # type: ignore[arg-type]


@given(motions)
def test_two_thirds_are_exactly_two_thirds_of_those_for_or_against(votes: list[list[int]]) -> None:
    found = count(motion(two_thirds=True), votes)
    pro, contra = votes.count([0]), votes.count([1])
    assert bool(found.decided) == (pro > 0 and Fraction(pro, pro + contra) >= Fraction(2, 3))
    assert found.voters == len(votes)


@given(motions, st.integers(1, 100))
def test_a_threshold_in_hundredths_is_reached_exactly(votes: list[list[int]], hundredths: int) -> None:
    pro, contra = votes.count([0]), votes.count([1])
    found = count(motion(threshold=hundredths), votes)
    assert bool(found.decided) == (pro > 0 and Fraction(pro, pro + contra) >= Fraction(hundredths, 100))


@given(motions)
def test_a_motion_without_threshold_needs_more_for_than_against_and_a_tie_is_said(votes: list[list[int]]) -> None:
    pro, contra = votes.count([0]), votes.count([1])
    found = count(motion(), votes)
    assert bool(found.decided) == (pro > contra)
    assert bool(found.tied) == (pro == contra > 0)


@pytest.mark.parametrize(
    ("pro", "contra", "passes"),
    [(2, 1, True), (66, 34, False), (67, 33, True), (666, 334, False), (1, 0, True), (0, 0, False)],
)
def test_two_thirds_at_the_edge(pro: int, contra: int, passes: bool) -> None:
    assert bool(count(motion(two_thirds=True), [[0]] * pro + [[1]] * contra + [[2]] * 5).decided) is passes


@given(motions, st.integers(0, 70))
def test_without_quorum_nothing_is_decided_and_abstaining_counts_for_it(votes: list[list[int]], quorum: int) -> None:
    found = count(motion(quorum=quorum), votes)
    assert found.quorate == (len(votes) >= max(quorum, 1))
    if not found.quorate:
        assert (found.decided, found.tied) == ((), ())


@given(choices, st.integers(1, 5))
def test_seats_go_to_the_most_votes_and_never_across_a_tie(votes: list[list[int]], seats: int) -> None:
    found = count(Terms("multiple", (0, 1, 2, 3, 4), most=3, seats=seats), votes)
    assert len(found.decided) <= seats
    for place in range(5):
        assert found.votes[place] == sum(place in vote for vote in votes)
        ahead = sum(found.votes[other] > found.votes[place] for other in range(5))
        level = sum(found.votes[other] == found.votes[place] for other in range(5))
        wins = found.votes[place] > 0 and ahead + level <= seats
        assert (place in found.decided) == wins
        assert (place in found.tied) == (found.votes[place] > 0 and ahead < seats < ahead + level)


@given(choices, st.randoms())
def test_the_order_of_the_votes_does_not_matter(votes: list[list[int]], chance: object) -> None:
    terms = Terms("multiple", (0, 1, 2, 3, 4), most=3, seats=2)
    mixed = list(votes)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert count(terms, mixed) == count(terms, votes)


@pytest.mark.parametrize("vote", [[], [0, 1], [3], [-1], [0, 0]])
def test_a_vote_that_does_not_fit_is_not_counted_in_silence(vote: list[int]) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        count(motion(), [vote])


PLACES = {"1": 0, "-1": 1, "0": 2}


@pytest.fixture(scope="module")
def consultation(shared: Path) -> list[dict[str, str]]:
    """The votes of vTaiwan's consultation on ride hailing in 2015, by members on statements, in order of time."""
    with lzma.open(shared / "data" / "ballots" / "vtaiwan-uberx-votes.csv.xz", "rt") as lines:
        return sorted(csv.DictReader(lines), key=lambda row: int(row["timestamp"]))


def test_a_real_consultation_of_50000_votes_is_counted_like_an_independent_count(
    consultation: list[dict[str, str]],
) -> None:
    standing: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for row in consultation:
        standing[row["comment-id"]][row["voter-id"]] = [PLACES[row["vote"]]]
    # Independently: from the last vote backwards, the first one met of a pair counts, and nothing of ours is asked.
    seen: set[str] = set()
    by_other_means: dict[str, list[int]] = {}
    for row in reversed(consultation):
        pair = f"{row['comment-id']} {row['voter-id']}"
        if pair not in seen:
            seen.add(pair)
            by_other_means.setdefault(row["comment-id"], []).append(int(row["vote"]))
    assert len(consultation) > 49_000
    assert len(standing) == 197
    passed = 0
    for statement, votes in standing.items():
        found = count(motion(two_thirds=True, quorum=5), votes.values())
        told = by_other_means[statement]
        assert [found.votes[place] for place in range(3)] == [told.count(1), told.count(-1), told.count(0)]
        enough = len(told) >= 5 and told.count(1) > 0 and told.count(1) * 3 >= (told.count(1) + told.count(-1)) * 2
        assert (found.quorate, bool(found.decided)) == (len(told) >= 5, enough)
        passed += enough
    assert 50 < passed < 190


def test_a_real_statement_voted_on_through_the_verbs_has_the_same_tally(
    cast: Cast, consultation: list[dict[str, str]]
) -> None:
    """The first 300 votes on the statement with the most changes of mind, cast and changed as they came in."""
    changes: dict[str, int] = defaultdict(int)
    pairs: set[tuple[str, str]] = set()
    for row in consultation:
        changes[row["comment-id"]] += (row["comment-id"], row["voter-id"]) in pairs
        pairs.add((row["comment-id"], row["voter-id"]))
    statement = max(changes, key=lambda one: changes[one])
    rows = [row for row in consultation if row["comment-id"] == statement][:300]
    names = {row["voter-id"] for row in rows}
    Member.objects.bulk_create(
        Member(name=f"Voter {name}", name_key=f"voter{name}", claimed_at=clock.now()) for name in names
    )
    members = {one.name.removeprefix("Voter "): one for one in Member.objects.filter(name__startswith="Voter ")}
    ballot = opening.open_ballot(
        about="test:1", title="As it was", method="motion", electors=[one.pk for one in members.values()],
        opened_by=None, closes_at=clock.now() + timedelta(days=1), is_secret=False,
    )  # fmt: skip
    last: dict[str, str] = {}
    for row in rows:
        voting.cast(ballot, by=members[row["voter-id"]], chosen=[PLACES[row["vote"]]])
        last[row["voter-id"]] = row["vote"]
    assert len(last) < len(rows)
    told = list(last.values())
    found = counting.tally(ballot)
    assert [found.votes[place] for place in range(3)] == [told.count("1"), told.count("-1"), told.count("0")]
    assert list(counting.drift()) == []
