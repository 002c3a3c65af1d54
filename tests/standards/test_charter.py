"""The charter from the shipped text over the founders' to the members': what is in force, proposed, decided, refused."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from palaver.accounts.models import Member
from palaver.ballots import closing, voting
from palaver.ballots.models import Ballot, Elector
from palaver.forums.models import Thread
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.notices import hearing, kinds
from palaver.notices.models import Notice
from palaver.record.models import Entry, Payload
from palaver.record.verifying import verify
from palaver.standards import adopting, amending, charter, electorate
from palaver.standards.amending import Outdated, Wish
from palaver.standards.models import Amendment, Charter
from tests.cast import Cast, at, fresh

KEYS = [
    "personal-attacks",
    "bigotry",
    "threats",
    "privacy",
    "spam",
    "excerpts",
    "unsupported-claims",
    "sabotage",
    "off-topic",
]
SPAM = Wish("change", "spam", "No spam", "Sell nothing here.", "Lamps.", "A gift.", None, ("post",), False)
GOSSIP = Wish("add", "", "No gossip", "What is not yours to tell stays untold.", "", "", None, ("post", "about"))


def settled(cast: Cast, number: int = 12) -> list[Member]:
    """So many members who may vote about the charter, Ana and Bram first."""
    members = [cast.ana, cast.bram, *(cast.member(f"Voter {n}") for n in range(number - 2))]
    long_ago = clock.ago(days=electorate.DAYS + 1)
    Member.objects.filter(pk__in=[one.pk for one in members]).update(joined_at=long_ago, post_count=electorate.POSTS)
    assert cast.lounge
    return [fresh(one) for one in members]


def proposed(by: Member, *changes: Wish, **wishes: Any) -> Amendment:
    given: dict[str, Any] = {"title": "Spam, more shortly", "because": "Nobody reads the long one."}
    return amending.propose(by=by, changes=changes or (SPAM,), **(given | wishes))


def decided(amendment: Amendment, *, pro: int, contra: int) -> Amendment:
    """The amendment after its ballot, with so many votes."""
    ballot = Ballot.objects.get(about=f"amendment:{amendment.pk}")
    electors = [one.member for one in Elector.objects.filter(ballot=ballot).select_related("member")]
    for place, member in enumerate(electors[: pro + contra]):
        voting.cast(ballot, by=member, chosen=[0 if place < pro else 1])
    with at(ballot.closes_at):
        assert closing.close_due() == 1
    return fresh(amendment)


def on_record(act: str) -> dict[str, Any]:
    return dict(json.loads(str(Payload.objects.get(entry=Entry.objects.get(act=act)).body)))


def test_a_new_installation_has_the_shipped_charter_once(cast: Cast) -> None:
    now = charter.in_force()
    assert (now.version, now.how, [row.key for row in now.standards]) == (1, "default", KEYS)
    assert [row.key for row in now.standards if row.for_hosts] == ["off-topic"]
    assert [row.key for row in now.standards if not row.is_openable] == ["privacy", "spam"]
    assert all(row.rule and row.breaks and row.keeps and row.kinds for row in now.standards)
    charter._write_the_default()
    assert Charter.objects.count() == 1
    assert charter.standard("spam") is not None
    assert charter.standard("spam", version=7) is None
    assert [row.key for row in charter.applicable(kind="name", forum_id=None)] == [
        "personal-attacks", "bigotry", "threats", "privacy", "spam", "sabotage",
    ]  # fmt: skip


def test_an_amendment_goes_by_its_thread_and_ballot_to_a_version_in_force_at_a_stated_time(cast: Cast) -> None:
    ana, *_others = settled(cast)
    amendment = proposed(ana, SPAM, GOSSIP, Wish("drop", "excerpts"), effective_after_days=3)
    thread = Thread.objects.get(pk=amendment.thread_id)
    assert (thread.forum, thread.author, thread.subject) == (cast.lounge, ana, "Amendment: Spam, more shortly")
    ballot = amending.put_to_ballot(amendment, by=ana)
    assert (ballot.eligible, ballot.quorum, ballot.two_thirds, ballot.is_secret) == (12, 5, True, True)
    assert timedelta(days=7) - timedelta(minutes=1) < ballot.closes_at - ballot.opened_at <= timedelta(days=7)
    done = decided(amendment, pro=4, contra=2)
    assert (done.state, done.charter_version) == ("adopted", 2)
    adopted = charter.latest()
    assert (adopted.version, adopted.how, adopted.ballot_id) == (2, "ballot", ballot.pk)
    assert abs(adopted.effective_at - adopted.adopted_at - timedelta(days=3)) < timedelta(minutes=1)
    assert [row.key for row in adopted.standards] == [key for key in KEYS if key != "excerpts"] + ["no-gossip"]
    assert charter.in_force().version == 1
    assert charter.in_force(adopted.effective_at).version == 2
    assert adopted.standard("spam") == SPAM.row()
    for act in ("amendment.propose", "amendment.ballot", "ballot.open", "ballot.close", "charter.adopt"):
        assert Entry.objects.filter(act=act).count() == 1
    assert on_record("charter.adopt")["standards"][-1]["title"] == "No gossip"
    assert verify()


@pytest.mark.parametrize(("pro", "contra"), [(3, 2), (4, 0), (0, 6)])
def test_an_amendment_without_two_thirds_or_quorum_is_rejected(cast: Cast, pro: int, contra: int) -> None:
    ana = settled(cast)[0]
    amendment = proposed(ana)
    amending.put_to_ballot(amendment, by=ana)
    assert decided(amendment, pro=pro, contra=contra).state == "rejected"
    assert charter.latest().version == 1


@pytest.mark.parametrize(
    ("eligible", "quorum"), [(1, 1), (4, 4), (5, 5), (12, 5), (100, 5), (101, 6), (1000, 50), (1001, 51)]
)
def test_the_quorum_is_five_in_a_hundred_at_least_five_or_all(eligible: int, quorum: int) -> None:
    assert electorate.quorum(eligible) == quorum


def test_who_votes_is_settled_when_the_ballot_opens(cast: Cast) -> None:
    members = settled(cast, 13)
    Member.objects.filter(pk=members[3].pk).update(post_count=electorate.POSTS - 1)
    Member.objects.filter(pk=members[4].pk).update(joined_at=clock.ago(days=electorate.DAYS - 1))
    Member.objects.filter(pk=members[5].pk).update(left_at=clock.now())
    amendment = proposed(members[0])
    ballot = amending.put_to_ballot(amendment, by=members[0])
    assert ballot.eligible == 10
    Member.objects.filter(pk=members[3].pk).update(post_count=99)
    with pytest.raises(NotAllowed, match="not among those"):
        voting.cast(ballot, by=fresh(members[3]), chosen=[0])


def test_electors_are_told_on_the_site_and_in_the_digest(cast: Cast) -> None:
    ana, bram, *_others = settled(cast)
    ballot = amending.put_to_ballot(proposed(ana), by=ana)
    hearing.electors({"ballot": ballot.pk, "what": "open", "after": 0})
    hearing.electors({"ballot": ballot.pk, "what": "open", "after": 0})
    notice = Notice.objects.get(member=bram)
    assert (notice.kind, notice.href, notice.on_site) == ("ballot", f"/ballots/{ballot.pk}", True)
    assert (kinds.BALLOT.usual.digest, kinds.BALLOT.usual.push, kinds.BALLOT.usual.mail) == (True, False, False)
    assert not Notice.objects.filter(member=cast.kaya).exists()
    assert notice.mailed_at is None
    assert notice.pushed_at is None


def test_an_amendment_against_an_old_version_is_refused_in_the_same_place_and_fine_in_another(cast: Cast) -> None:
    ana, bram, third, *_others = settled(cast)
    stale, other = proposed(bram), proposed(third, GOSSIP, title="Gossip")
    first = proposed(ana, SPAM._replace(rule="No selling."))
    amending.put_to_ballot(first, by=ana)
    amending.put_to_ballot(other, by=third)
    assert decided(first, pro=6, contra=0).state == "adopted"
    with pytest.raises(Outdated, match="since version 1 in the same place: No spam"):
        amending.put_to_ballot(stale, by=bram)
    with pytest.raises(Outdated):
        proposed(ana, base=1)
    assert decided(other, pro=6, contra=0).state == "adopted"
    both = charter.latest()
    assert both.version == 3
    assert [both.standard("spam").rule, both.standard("no-gossip").title] == ["No selling.", "No gossip"]  # type: ignore[union-attr]


def test_one_that_becomes_stale_while_it_is_voted_on_is_not_adopted(cast: Cast) -> None:
    ana, bram, *_others = settled(cast)
    first, second = proposed(ana), proposed(bram, SPAM._replace(rule="No selling."))
    amending.put_to_ballot(first, by=ana)
    amending.put_to_ballot(second, by=bram)
    for amendment in (first, second):
        for elector in Elector.objects.filter(ballot__about=f"amendment:{amendment.pk}").select_related("member"):
            voting.cast(Ballot.objects.get(about=f"amendment:{amendment.pk}"), by=elector.member, chosen=[0])
    with at(clock.now() + timedelta(days=8)):
        assert closing.close_due() == 2
    assert [fresh(first).state, fresh(second).state] == ["adopted", "stale"]
    assert charter.latest().version == 2


def test_in_the_founding_time_the_operator_adopts_on_the_record_and_ballots_wait(cast: Cast) -> None:
    settled(cast, 9)
    amendment = proposed(cast.kaya, GOSSIP, title="Gossip")
    with pytest.raises(Refusal, match="Fewer than 10 members may vote so far"):
        amending.put_to_ballot(amendment, by=cast.kaya)
    with pytest.raises(NotAllowed):
        adopting.adopt_as_founder(by=cast.ana, because="I can.", changes=[SPAM])
    with pytest.raises(Refusal, match="Say why"):
        adopting.adopt_as_founder(by=cast.odile, because=" ", changes=[SPAM])
    adopting.adopt_as_founder(by=cast.odile, because="Shorter.", changes=[SPAM])
    adopting.adopt_as_founder(by=cast.odile, because="Kaya is right.", amendment=amendment)
    now = charter.in_force()
    assert (now.version, now.how, now.by_id, now.confirmed) == (3, "founders", cast.odile.pk, None)
    assert fresh(amendment).state == "adopted"
    assert Entry.objects.filter(act="charter.adopt", office="operator").count() == 2
    assert adopting.confirm_due() is None


def founders_ballot(cast: Cast) -> Ballot:
    """The ballot on a founders' charter, after the founding time."""
    assert cast.lounge
    adopting.adopt_as_founder(by=cast.odile, because="Shorter.", changes=[SPAM])
    settled(cast)
    ballot = adopting.confirm_due()
    assert ballot is not None
    return ballot


def test_after_the_founding_time_the_first_ballot_confirms_the_founders_charter(cast: Cast) -> None:
    ballot = founders_ballot(cast)
    assert adopting.confirm_due() is None
    with pytest.raises(NotAllowed, match="founding time is over"):
        adopting.adopt_as_founder(by=cast.odile, because="Once more.", changes=[GOSSIP])
    amendment = proposed(fresh(cast.ana), GOSSIP)
    with pytest.raises(Refusal, match="first ballot is on the founders"):
        amending.put_to_ballot(amendment, by=fresh(cast.ana))
    for elector in Elector.objects.filter(ballot=ballot).select_related("member"):
        voting.cast(ballot, by=elector.member, chosen=[0])
    with at(ballot.closes_at):
        closing.close_due()
    assert charter.in_force().confirmed is True
    assert Entry.objects.filter(act="charter.confirm").count() == 1
    assert amending.put_to_ballot(amendment, by=fresh(cast.ana)).two_thirds


def test_or_reopens_it_and_then_a_simple_majority_amends_it(cast: Cast) -> None:
    ballot = founders_ballot(cast)
    with at(ballot.closes_at):
        closing.close_due()
    assert charter.in_force().confirmed is False
    assert Entry.objects.filter(act="charter.reopen").count() == 1
    ana = fresh(cast.ana)
    amendment = proposed(ana, GOSSIP)
    assert not amending.put_to_ballot(amendment, by=ana).two_thirds
    assert decided(amendment, pro=4, contra=3).state == "adopted"
    assert not amending.is_reopened()
    assert adopting.confirm_due() is None


def test_a_veto_needs_a_ground_and_calls_the_ballot_off(cast: Cast) -> None:
    ana = settled(cast)[0]
    amendment = proposed(ana)
    ballot = amending.put_to_ballot(amendment, by=ana)
    with pytest.raises(NotAllowed):
        amending.veto(amendment, by=ana, because="I changed my mind.")
    with pytest.raises(Refusal, match="which law"):
        amending.veto(amendment, by=cast.odile, because=" ")
    amending.veto(amendment, by=cast.odile, because="Trade law, section 5.")
    assert fresh(amendment).state == "vetoed"
    assert "Trade law" in fresh(ballot).ended_because
    assert on_record("amendment.veto")["because"] == "Trade law, section 5."
    with pytest.raises(Refusal, match="over"):
        amending.veto(amendment, by=cast.odile, because="Again.")


def test_a_veto_before_it_is_in_force_puts_the_text_before_back_and_afterwards_none_does(cast: Cast) -> None:
    ana = settled(cast)[0]
    amendment = proposed(ana)
    amending.put_to_ballot(amendment, by=ana)
    amendment = decided(amendment, pro=6, contra=0)
    in_force_at = charter.latest().effective_at
    with at(in_force_at), pytest.raises(Refusal, match="is in force"):
        amending.veto(amendment, by=cast.odile, because="Too late.")
    with at(in_force_at - timedelta(days=1)):
        amending.veto(amendment, by=cast.odile, because="Trade law.")
    back = charter.in_force(in_force_at)
    assert (back.version, back.how, back.standards) == (3, "veto", charter.in_force().standards)


def test_a_proposal_can_be_withdrawn_until_its_ballot_and_by_its_member_alone(cast: Cast) -> None:
    ana, bram, *_others = settled(cast)
    amendment = proposed(ana)
    with pytest.raises(Refusal, match="One at a time"):
        proposed(ana, GOSSIP)
    for act in (amending.withdraw, amending.put_to_ballot):
        with pytest.raises(NotAllowed):
            act(amendment, by=bram)
    amending.withdraw(amendment, by=ana, because="Bram convinced me.")
    with pytest.raises(Refusal, match="decided"):
        amending.put_to_ballot(amendment, by=ana)
    again = proposed(ana)
    amending.put_to_ballot(again, by=ana)
    with pytest.raises(NotAllowed, match="being voted on"):
        amending.withdraw(again, by=ana)


def test_newcomers_and_the_suspended_do_not_propose(cast: Cast) -> None:
    settled(cast)
    for member in (cast.kaya, cast.jonas):
        with pytest.raises(NotAllowed):
            proposed(member)
    assert not Amendment.objects.exists()
    assert not Thread.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ([Wish("change", key="nothing-like-it", title="a", rule="b")], "no standard"),
        ([SPAM._replace(title=" ")], "needs a title"),
        ([SPAM._replace(rule="\u0000"[:0])], "needs its rule"),
        ([SPAM._replace(rule="x" * 2001)], "2000 fit"),
        ([SPAM._replace(kinds=("letter",))], "what can be alerted"),
        ([SPAM._replace(forum_id=999)], "no such forum"),
        ([SPAM, SPAM], "changed twice"),
        ([Wish("drop", key) for key in KEYS], "at least one standard"),
        ([], "changes nothing"),
    ],
)
def test_what_is_no_amendment_is_refused_and_leaves_nothing(cast: Cast, changes: list[Wish], sentence: str) -> None:
    ana = settled(cast)[0]
    with pytest.raises(Refusal, match=sentence):
        amending.propose(by=ana, title="T", because="B", changes=changes)
    assert not Amendment.objects.exists()
    assert not Thread.objects.exists()


def test_a_change_that_changes_nothing_is_no_amendment(cast: Cast) -> None:
    ana, now = settled(cast)[0], charter.latest().standard("spam")
    assert now is not None
    same = Wish("change", now.key, now.title, now.rule, now.breaks, now.keeps, None, now.kinds, now.is_openable)
    with pytest.raises(Refusal, match="changes nothing"):
        proposed(ana, same)


def test_the_redline_shows_what_came_what_went_and_what_stayed(cast: Cast) -> None:
    old = charter.latest().standards
    new = amending.changed(
        old, [SPAM._replace(title="No spam at all"), GOSSIP._replace(key="g"), Wish("drop", "bigotry")]
    )
    lines = {one.key: one for one in charter.redline(old, new)}
    assert [one.key for one in charter.redline(old, new)] == [*KEYS, "g"]
    assert (lines["spam"].act, lines["g"].act, lines["bigotry"].act, lines["threats"].act) == (
        "change",
        "add",
        "drop",
        "same",
    )
    assert lines["spam"].title == [("same", "No spam"), ("new", " at all")]
    assert lines["bigotry"].rule[0][0] == "gone"
