"""A ballot from its opening to its count: who votes, once, changed until the end; and what is refused."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from palaver.accounts.models import Member
from palaver.ballots import closing, counting, opening, voting
from palaver.ballots.errors import ReceiptNeeded
from palaver.ballots.models import Ballot, Elector, Option, Vote
from palaver.ballots.permissions import may_vote
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.record.models import Entry, Payload
from palaver.record.verifying import verify
from tests.cast import Cast, at, fresh

WEEK = timedelta(days=7)


def opened(*electors: Member, **wishes: Any) -> Ballot:
    """A ballot of a week; a public motion among some members unless told."""
    wishes = {
        "about": "test:1",
        "title": "Shall the bell ring at noon?",
        "method": "motion",
        "electors": [member.pk for member in electors],
        "opened_by": None,
        "closes_at": clock.now() + WEEK,
        "is_secret": False,
    } | wishes
    return opening.open_ballot(**wishes)


def closed(ballot: Ballot) -> Ballot:
    """The ballot after its end, counted."""
    with at(ballot.closes_at):
        found = closing.close(ballot.pk)
    assert found is not None
    return fresh(found)


def entry(act: str) -> dict[str, Any]:
    return dict(json.loads(str(Payload.objects.get(entry=Entry.objects.get(act=act)).body)))


def test_electors_vote_change_their_vote_and_the_count_decides(cast: Cast) -> None:
    ballot = opened(cast.ana, cast.bram, cast.dara, quorum=3, two_thirds=True)
    voting.cast(ballot, by=cast.ana, chosen=[0])
    voting.cast(ballot, by=cast.bram, chosen=[1])
    voting.cast(ballot, by=cast.bram, chosen=[0])
    voting.cast(ballot, by=cast.dara, chosen=[1])
    assert [option.votes for option in ballot.options.all()] == [2, 1, 0]
    done = closed(ballot)
    assert (done.voters, done.quorate, [option.won for option in done.options.all()]) == (3, True, [True, False, False])
    assert Vote.objects.filter(ballot=ballot).count() == 3
    assert list(counting.drift()) == []


def test_its_opening_and_count_stand_on_the_record_and_everybody_can_recount_it(cast: Cast) -> None:
    ballot = opened(cast.ana, cast.bram)
    voting.cast(ballot, by=cast.bram, chosen=[0])
    voting.cast(ballot, by=cast.ana, chosen=[2])
    closed(ballot)
    assert entry("ballot.open") | {"eligible": 2, "method": "motion"} == entry("ballot.open")
    told = entry("ballot.close")
    assert (told["votes"], told["voters"], told["decided"]) == ([1, 0, 1], 2, [0])
    by_hand = json.dumps(sorted([[cast.bram.pk, [0]], [cast.ana.pk, [2]]]), separators=(",", ":"))
    assert told["lists"] == {"votes": hashlib.sha256(by_hand.encode()).hexdigest()}
    assert verify()


def test_a_secret_vote_stands_under_its_receipt_alone(cast: Cast) -> None:
    ballot = opened(cast.ana, cast.bram, is_secret=True)
    receipt = voting.cast(ballot, by=cast.ana, chosen=[1]).receipt
    assert len(receipt) == 29
    vote = Vote.objects.get(ballot=ballot)
    assert (vote.member, vote.receipt_hash) == (None, hashlib.sha256(receipt.replace("-", "").encode()).hexdigest())
    assert not [field.name for field in Elector._meta.fields if "at" in field.name.split("_") or "time" in field.name]
    assert [option.votes for option in ballot.options.all()] == [None, None, None]
    assert voting.is_counted(ballot, receipt.lower().replace("-", " "))
    assert not voting.is_counted(ballot, "AAAAA-BBBBB")


def test_changing_a_secret_vote_needs_the_receipt(cast: Cast) -> None:
    ballot = opened(cast.ana, is_secret=True)
    receipt = voting.cast(ballot, by=cast.ana, chosen=[1]).receipt
    for wrong in ("", "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"):
        with pytest.raises(ReceiptNeeded, match="your vote stands"):
            voting.cast(ballot, by=cast.ana, chosen=[0], receipt=wrong)
    again = voting.cast(ballot, by=cast.ana, chosen=[0], receipt=receipt)
    assert again.receipt == ""
    assert [list(chosen) for chosen in Vote.objects.values_list("chosen", flat=True)] == [[0]]
    assert fresh(ballot).voters == 1


def test_at_the_close_secret_votes_stand_in_key_order_and_voters_in_that_of_members(cast: Cast) -> None:
    members = [cast.member(f"Voter {n}") for n in range(12)]
    ballot = opened(electors=None, is_secret=True)
    receipts = [voting.cast(ballot, by=member, chosen=[n % 3]).receipt for n, member in enumerate(reversed(members))]
    assert list(Elector.objects.filter(ballot=ballot).order_by("pk").values_list("member_id", flat=True)) != sorted(
        member.pk for member in members
    )
    closed(ballot)
    keys = list(Vote.objects.filter(ballot=ballot).order_by("pk").values_list("receipt_hash", flat=True))
    assert keys == sorted(map(voting.hashed, receipts))
    assert list(Elector.objects.filter(ballot=ballot).order_by("pk").values_list("member_id", flat=True)) == sorted(
        member.pk for member in members
    )
    lists = counting.proof(fresh(ballot))
    assert lists.receipts == keys
    assert lists.choices == [[0]] * 4 + [[1]] * 4 + [[2]] * 4
    assert all(voting.is_counted(ballot, receipt) for receipt in receipts)
    assert list(counting.drift()) == []


def test_everybody_who_had_joined_votes_in_a_ballot_of_all_members(cast: Cast) -> None:
    ana = cast.ana
    ballot = opened(electors=None, method="multiple", options=["Rye", "Wheat", "Oats"], most=2)
    assert ballot.eligible == 2  # Odile and Ana.
    voting.cast(ballot, by=ana, chosen=[2, 0])
    with pytest.raises(NotAllowed, match="joined later"):
        voting.cast(ballot, by=cast.bram, chosen=[0])
    assert [option.votes for option in ballot.options.all()] == [1, 0, 1]


def test_the_suspended_keep_their_vote_and_outsiders_have_none(cast: Cast) -> None:
    ballot = opened(cast.jonas)
    assert voting.cast(ballot, by=cast.jonas, chosen=[0]).vote.pk
    assert "not among those who vote" in may_vote(cast.kaya, ballot).because
    assert not may_vote(None, ballot)


def test_candidates_are_elected_for_several_seats_and_a_tie_seats_nobody(cast: Cast) -> None:
    voters = [cast.ana, cast.bram, cast.dara]
    ballot = opened(*voters, method="multiple", options=[cast.emil, cast.femi, cast.ines], most=2, seats=2)
    voting.cast(ballot, by=cast.ana, chosen=[0, 1])
    voting.cast(ballot, by=cast.bram, chosen=[0, 2])
    done = closed(ballot)
    assert [(option.candidate, option.won) for option in done.options.order_by("place")] == [
        (cast.emil, True),
        (cast.femi, False),
        (cast.ines, False),
    ]
    assert entry("ballot.close")["tied"] == [1, 2]
    assert entry("ballot.open")["candidates"] == [cast.emil.pk, cast.femi.pk, cast.ines.pk]


def test_no_vote_counts_after_the_end_even_before_the_count(cast: Cast) -> None:
    ballot = opened(cast.ana)
    with at(ballot.closes_at), pytest.raises(NotAllowed, match="ended"):
        voting.cast(ballot, by=cast.ana, chosen=[0])
    closed(ballot)
    with pytest.raises(NotAllowed, match="ended"):
        voting.cast(ballot, by=cast.ana, chosen=[0])
    assert not Vote.objects.exists()


def test_a_ballot_is_counted_when_its_window_has_passed_and_once(cast: Cast) -> None:
    ballot, later = opened(cast.ana), opened(cast.ana, closes_at=clock.now() + 2 * WEEK)
    assert closing.close(ballot.pk) is None
    with at(ballot.closes_at + timedelta(seconds=1)):
        assert closing.close_due() == 1
        assert closing.close_due() == 0
        assert closing.close(ballot.pk) is None
    assert Entry.objects.filter(act="ballot.close").count() == 1
    assert fresh(later).closed_at is None
    assert fresh(ballot).quorate is False


def test_a_ballot_that_is_called_off_is_not_counted_and_says_why(cast: Cast) -> None:
    ballot = opened(cast.ana)
    voting.cast(ballot, by=cast.ana, chosen=[0])
    closing.call_off(ballot, by=cast.odile, because="The law forbids the bell.")
    with at(ballot.closes_at):
        assert closing.close(ballot.pk) is None
    with pytest.raises(NotAllowed, match="called off: The law forbids"):
        voting.cast(ballot, by=cast.ana, chosen=[1])
    with pytest.raises(Refusal, match="ended already"):
        closing.call_off(ballot, because="Twice.")
    assert not any(Option.objects.values_list("won", flat=True))
    assert entry("ballot.call_off")["because"] == "The law forbids the bell."
    assert list(counting.drift()) == []


def test_a_poll_is_no_act_of_authority(cast: Cast) -> None:
    closed(opened(cast.ana, on_record=False))
    assert not Entry.objects.filter(act__startswith="ballot").exists()


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        ({"electors": []}, "Nobody may vote"),
        ({"closes_at": clock.now() - timedelta(seconds=1)}, "lies ahead"),
        ({"closes_at": clock.now() + timedelta(days=400)}, "a year at most"),
        ({"title": " \u200b "}, "in one line"),
        ({"title": "x" * 300}, "Shorten"),
        ({"method": "single", "options": ["One", " "]}, "at least two options"),
        ({"method": "single", "options": ["One", "one"]}, "stands here twice"),
        ({"method": "single", "options": [str(n) for n in range(21)]}, "21 options"),
        ({"method": "single", "options": ["a", "b" * 201]}, "201 characters"),
        ({"method": "multiple", "options": ["a", "b"], "most": 3}, "between one and 2"),
        ({"seats": 0}, "At least one seat"),
    ],
)
def test_what_is_no_ballot_is_refused_and_leaves_nothing(cast: Cast, wishes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        opened(cast.ana, **wishes)
    assert not Ballot.objects.exists()


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ([], "Choose an option"),
        ([0, 1, 2], "up to 2 options"),
        ([7], "not one of those"),
        ([1, 1], "not one of those"),
        ([-1], "not one"),
    ],
)
def test_a_forged_choice_is_refused(cast: Cast, chosen: list[int], sentence: str) -> None:
    ballot = opened(cast.ana, method="multiple", options=["Rye", "Wheat", "Oats"], most=2)
    with pytest.raises(Refusal, match=sentence):
        voting.cast(ballot, by=cast.ana, chosen=chosen)
    assert not Vote.objects.exists()


def test_the_doctor_finds_a_tally_that_was_altered_and_votes_that_were(cast: Cast) -> None:
    ballot = opened(cast.ana, cast.bram)
    voting.cast(ballot, by=cast.ana, chosen=[0])
    voting.cast(ballot, by=cast.bram, chosen=[1])
    closed(ballot)
    Option.objects.filter(ballot=ballot, place=0).update(votes=2, won=True)
    Ballot.objects.update(voters=3)
    assert len(list(counting.drift())) == 2
    assert len(list(counting.drift(mend=True))) == 2
    assert list(counting.drift()) == []
    Vote.objects.filter(member=cast.bram).update(chosen=[0])
    assert any("commits to" in sentence for sentence in counting.drift())
    Vote.objects.filter(member=cast.bram).update(chosen=[9])
    assert any("cannot be counted" in sentence for sentence in counting.drift())
