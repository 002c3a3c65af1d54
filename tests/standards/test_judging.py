"""A case from its alert to its verdict: who is asked, who sits, what the papers make of it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction

from palaver.forums.models import Post, Removal
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.live.models import LiveEvent
from palaver.record.models import Entry, Payload
from palaver.record.verifying import verify
from palaver.search.models import Document
from palaver.standards import bounds, convening, deciding, lot, opening, seating, seeds, voting
from palaver.standards import reads as court_reads
from palaver.standards.models import Alert, AlerterPause, Case, JurorSetting, PoolMember, Round, Seat, Verdict
from tests.cast import at, fresh
from tests.standards.court import BREAKS, KEEPS, Court, fresh_case, hand_in, judge, juror, offers, take


def test_a_jury_of_seven_removes_a_post(court: Court) -> None:
    court.crowd(61)
    case = court.sitting()
    assert (case.judges, case.seats, case.needed, case.pool_size) == ("jury", 7, 5, 61)
    assert len(offers(case)) == 7
    judge(case, BREAKS, KEEPS, BREAKS, BREAKS, KEEPS, BREAKS, BREAKS)
    verdict = Verdict.objects.get(case=case)
    assert (verdict.outcome, verdict.clearly_breaks, verdict.clearly_keeps) == ("removed", 5, 2)
    assert fresh(court.post).standing == Post.Standing.REMOVED
    removal = Removal.objects.get(post=court.post)
    assert (removal.office, removal.case_number, removal.for_removal, removal.votes) == ("jury", case.pk, 5, 7)
    assert removal.standard == "No personal attacks", "Its title as it stood."
    assert not Document.objects.filter(post_id=court.post.pk).exists(), "It is found no more."
    assert LiveEvent.objects.filter(topic=f"thread:{court.thread.pk}", kind="verdict").count() == 1
    assert verify()


def test_the_verdict_is_reached_as_soon_as_it_cannot_change(court: Court) -> None:
    court.crowd(20)
    case = court.sitting()
    assert (case.seats, case.needed) == (5, 4)
    judge(case, KEEPS, KEEPS)
    verdict = Verdict.objects.get(case=case)
    assert (verdict.outcome, verdict.votes) == ("stays", 2), "Four of five cannot be had any more."
    assert [seat.state for seat in offers(case, "released")] == ["released"] * 3
    assert fresh(court.post).standing == Post.Standing.SHOWN


def test_the_case_stands_on_the_record_with_its_pool_before_any_ticket(court: Court) -> None:
    court.crowd(9)
    case = court.case()
    entry = Entry.objects.get(sequence=case.opened_entry)
    said = json.loads(Payload.objects.get(entry=entry).body or "")
    pool = PoolMember.objects.filter(case=case)
    assert said["pool"] == sorted(one.pseudonym for one in pool)
    seed = lot.seed(seeds.secret(), case.seed_day)
    assert said["seed_commitment"] == lot.commitment(seed)
    assert {one.ticket for one in pool} == {lot.ticket(seed, case.pk, one.pseudonym) for one in pool}
    committed = Entry.objects.get(act="draw.commit", subject=f"seed:{case.seed_day}")
    assert committed.sequence < entry.sequence and not case.is_late_seed
    year, quarter = said["quarter"]
    for one in pool:
        assert one.pseudonym == lot.pseudonym(lot.juror_key(seeds.secret(), one.member_id, year, quarter), case.pk)


def test_neither_record_nor_streams_nor_logs_name_a_juror_or_the_alerter(
    court: Court, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    court.crowd(9)
    case = court.sitting()
    served = [juror(seat).pk for seat in offers(case)]
    judge(case, BREAKS, BREAKS, BREAKS)
    said_whole = Payload.objects.get(entry__act="case.verdict").body or ""
    said = json.loads(said_whole)
    assert said["about"]["post"] == court.post.pk and len(said["seated"]) == 3
    assert "by" not in said and "alerter" not in str(said)
    others = LiveEvent.objects.exclude(topic__in=[f"member:{pk}" for pk in served]).values_list("payload", flat=True)
    assert all("seat" not in payload and "member" not in payload for payload in others)
    names = [court.cast.bram.name, *(member.name for member in court.jurors)]
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("palaver")]
    published = [*Payload.objects.values_list("body", flat=True), *ours]
    assert not [text for text in published if any(name in (text or "") for name in names)]
    assert not [pk for pk in served if f'"by":{pk}' in said_whole or f'"member":{pk}' in said_whole]


def test_rounds_offer_the_lowest_tickets_of_those_present(court: Court) -> None:
    court.crowd(9)
    case = court.case()
    here = court.jurors[:6]
    court.gather(here)
    assert convening.sit_due() == 1
    (first,) = Round.objects.filter(case=case)
    tickets = dict(PoolMember.objects.filter(case=case).values_list("pseudonym", "ticket"))
    assert first.offered == sorted(first.present, key=tickets.__getitem__)[:3]
    assert len(first.present) == 6
    left = offers(case)[0]
    seating.decline(left, by=juror(left))
    court.gather(here)
    convening.sit_due()
    second = Round.objects.get(case=case, number=2)
    assert second.present == sorted(set(first.present) - set(first.offered))
    assert second.offered == sorted(second.present, key=tickets.__getitem__)[:1]
    assert len(offers(case)) == 3, "Open offers never exceed open seats."


def test_a_case_waits_until_enough_were_seen_and_twelve_hours_at_most(court: Court) -> None:
    court.crowd(24)
    case = court.case()
    court.gather(court.jurors[:11])
    assert convening.sit_due() == 0, "Three times five seats, at most half of the pool: twelve must have been seen."
    court.gather(court.jurors[11:12])
    assert convening.sit_due() == 1
    assert fresh_case(case).stage == Case.Stage.SITTING

    other = court.case(post=court.cast.reply(court.thread, by=court.cast.hana), by=court.cast.emil)
    with at(clock.now() + bounds.WAITS_AT_MOST - timedelta(minutes=1)):
        convening.sit_due()
        assert fresh_case(other).stage == Case.Stage.WAITING
    with at(clock.now() + bounds.WAITS_AT_MOST):
        convening.sit_due()
        assert fresh_case(other).stage == Case.Stage.SITTING


def test_offers_and_seats_lapse_and_go_to_others(court: Court) -> None:
    court.crowd(12)
    case = court.sitting()
    first = offers(case)
    taken = take(first[:1])[0]
    with at(clock.now() + bounds.ANSWERS_WITHIN + timedelta(seconds=1)):
        court.gather()
        convening.sit_due()
        assert {seat.state for seat in offers(case, "lapsed")} == {"lapsed"}
        assert {seat.pk for seat in offers(case, "lapsed")} == {seat.pk for seat in first[1:]}
        assert len(offers(case)) == 2 and not {s.drawn_id for s in offers(case)} & {s.drawn_id for s in first}
        with pytest.raises(Refusal, match="time for this seat is over"):
            seating.accept(first[1], by=juror(first[1]))
    with at(clock.now() + bounds.VOTES_WITHIN + timedelta(seconds=1)):
        convening.sit_due()
        assert fresh(taken).state == Seat.State.LAPSED
        with pytest.raises(Refusal, match="time for this seat is over"):
            hand_in(taken, KEEPS)


def test_a_paper_counts_as_long_as_nobody_has_ended_its_seat(court: Court) -> None:
    court.crowd(9)
    case = court.sitting()
    (taken,) = take(offers(case)[:1])
    with at(clock.now() + timedelta(days=1)):
        assert hand_in(taken, KEEPS).state == Seat.State.VOTED, "A clock that jumped refuses nobody."


def test_after_twelve_hours_with_empty_seats_the_post_stays(court: Court) -> None:
    court.crowd(9)
    case = court.sitting()
    hand_in(take(offers(case)[:1])[0], BREAKS)
    with at(clock.now() + bounds.SITS_AT_MOST + timedelta(seconds=1)):
        convening.sit_due()
    verdict = Verdict.objects.get(case=case)
    assert (verdict.outcome, verdict.empty_seats, verdict.for_removal) == ("stays", 2, 1)
    assert not AlerterPause.objects.exists()


def test_a_recused_juror_is_replaced_and_may_not_vote(court: Court) -> None:
    court.crowd(9)
    case = court.sitting()
    (seat,) = take(offers(case)[:1])
    seating.recuse(seat, by=juror(seat))
    with pytest.raises(Refusal, match="cannot be fair"):
        hand_in(seat, KEEPS)
    court.gather()
    convening.sit_due()
    assert len(offers(case, "offered", "taken")) == 3


def test_a_seat_that_was_voted_in_is_offered_to_nobody_else(court: Court) -> None:
    court.crowd(9)
    case = court.sitting()
    hand_in(take(offers(case)[:1])[0], BREAKS)
    court.gather()
    assert not convening.sit(case.pk).offered
    assert len(offers(case, "offered", "taken", "voted")) == 3


def test_who_was_seen_in_a_time_that_has_not_come_is_not_here(court: Court) -> None:
    court.crowd(9)
    case = court.case()
    with at(clock.now() + timedelta(days=1)):
        court.gather()
    assert convening.sit(case.pk).began and not offers(case), "The clock was set back; nobody has loaded a page since."
    court.gather()
    convening.sit(case.pk)
    assert len(offers(case)) == 3


def test_a_seat_is_its_jurors_alone(court: Court) -> None:
    court.crowd(9)
    seat = offers(court.sitting())[0]
    for other in (court.cast.ana, court.cast.odile):
        with pytest.raises(NotAllowed, match="offered to somebody else"):
            seating.accept(seat, by=other)


def test_a_paper_is_handed_in_once_and_not_after_the_end(court: Court) -> None:
    court.crowd(9)
    case = court.sitting()
    one, two, three = take(offers(case))
    with pytest.raises(Refusal, match="in a sentence why"):
        voting.vote(one, by=juror(one), choice=BREAKS)
    with pytest.raises(Refusal, match="four answers"):
        voting.vote(one, by=juror(one), choice=5)
    hand_in(one, BREAKS)
    with pytest.raises(Refusal, match="one is all that counts"):
        hand_in(one, KEEPS)
    hand_in(two, KEEPS)
    with pytest.raises(Refusal, match="decided meanwhile"):
        hand_in(three, BREAKS)
    assert Verdict.objects.get(case=case).votes == 2


def test_whoever_served_rests(court: Court) -> None:
    court.crowd(9)
    case = court.sitting()
    served = [juror(seat) for seat in offers(case)]
    judge(case, BREAKS, BREAKS, BREAKS)
    rests = JurorSetting.objects.filter(member__in=served).values_list("rests_until", flat=True)
    assert len(rests) == 3 and all(until > clock.now() + timedelta(hours=11) for until in rests)
    assert not PoolMember.objects.filter(case=case, seen_at__isnull=False).exists(), "When they were here is forgotten."


def test_a_unanimous_stay_pauses_the_alerter_for_a_day_and_then_for_a_week(court: Court) -> None:
    court.crowd(16)
    judge(court.sitting(), KEEPS, KEEPS, KEEPS)
    pause = AlerterPause.objects.get(member=court.cast.bram)
    assert pause.until - pause.since == bounds.PAUSE
    other = court.cast.reply(court.thread, by=court.cast.hana)
    with pytest.raises(NotAllowed, match="alert again from"):
        court.alert(other)
    with at(clock.now() + timedelta(days=2)):
        court.gather()
        judge(court.sitting(post=other), KEEPS, KEEPS, KEEPS)
        second = AlerterPause.objects.filter(member=court.cast.bram).latest("pk")
        assert second.until - second.since == bounds.LONG_PAUSE


def test_further_alerts_queue_and_start_when_the_post_stays(court: Court) -> None:
    court.crowd(16)
    case = court.sitting()
    queued = court.alert(by=court.cast.dara, standard="threats")
    assert (queued.state, queued.case) == (Alert.State.WAITING, None)
    judge(case, KEEPS, KEEPS)
    started = fresh(queued)
    assert started.state == Alert.State.OPEN and started.case.standard == "threats"
    voted = set(PoolMember.objects.filter(case=case, seat__state="voted").values_list("member_id", flat=True))
    assert not voted & set(PoolMember.objects.filter(case=started.case).values_list("member_id", flat=True))


def test_queued_alerts_are_dropped_when_the_post_is_removed(court: Court) -> None:
    court.crowd(9)
    case = court.sitting()
    queued = court.alert(by=court.cast.dara, standard="threats")
    judge(case, BREAKS, BREAKS, BREAKS)
    assert fresh(queued).state == Alert.State.DROPPED


def test_a_paper_that_names_another_standard_opens_that_alert_of_nobodys(court: Court) -> None:
    court.crowd(16)
    case = court.sitting()
    seats = take(offers(case))
    with pytest.raises(Refusal, match="another standard"):
        hand_in(seats[0], KEEPS, other_standard="personal-attacks")
    hand_in(seats[0], KEEPS, reason="Unkind, no; an advertisement, yes.", other_standard="spam")
    follow = Alert.objects.get(standard="spam")
    assert (follow.by, follow.because) == (None, "Unkind, no; an advertisement, yes.")
    assert follow.case is not None and follow.case.is_open and follow.case.pk != case.pk


def test_what_the_author_has_withdrawn_is_corrected_and_not_removed(court: Court) -> None:
    from palaver.forums import withdrawing

    court.crowd(9)
    case = court.sitting()
    withdrawing.withdraw(court.post, by=court.cast.ana)
    judge(case, BREAKS, BREAKS, BREAKS)
    assert Verdict.objects.get(case=case).outcome == "corrected"
    assert not Removal.objects.exists() and fresh(court.post).standing == Post.Standing.WITHDRAWN


@pytest.mark.parametrize(("gone", "outcome"), [(True, "corrected"), (False, "removed"), (None, "removed")])
def test_jurors_say_whether_an_edit_has_taken_the_fault_out(court: Court, gone: bool | None, outcome: str) -> None:
    from palaver.forums import posting

    court.crowd(9)
    case = court.sitting()
    posting.edit(court.post, by=court.cast.ana, text="Mine was rye. Sorry.")
    seats = take(offers(case))
    assert court_reads.paper(seats[0]).has_changed
    source = court_reads.paper(seats[0]).source
    assert source is not None and source.text == "Mine was rye.", "Jurors see the version that was alerted on."
    for seat in seats:
        hand_in(seat, BREAKS, is_gone=gone)
    assert Verdict.objects.get(case=case).outcome == outcome


def test_in_a_community_of_three_a_host_decides_and_it_is_said(court: Court) -> None:
    chidi = court.cast.chidi
    case = court.case()
    assert (case.judges, case.seats) == ("host", 1)
    for other in (court.cast.ana, court.cast.bram, court.cast.odile):
        with pytest.raises(NotAllowed):
            deciding.decide_alone(case, by=other, removes=True, because="No.")
    with pytest.raises(Refusal, match="Say why"):
        deciding.decide_alone(case, by=chidi, removes=True, because=" ")
    verdict = deciding.decide_alone(case, by=chidi, removes=True, because="It names a neighbour a liar.")
    assert (verdict.outcome, verdict.by) == ("removed", chidi)
    assert Removal.objects.get(post=court.post).office == "host"
    with pytest.raises(Refusal, match="has been decided"):
        deciding.decide_alone(case, by=chidi, removes=False, because="I erred.")
    said = json.loads(Payload.objects.get(entry__act="case.verdict").body or "")
    assert (said["judges"], said["by"]) == ("host", chidi.pk)


def test_whoever_decided_alone_does_not_decide_the_appeal(court: Court) -> None:
    chidi = court.cast.chidi
    case = court.case()
    deciding.decide_alone(case, by=chidi, removes=True, because="It names a neighbour a liar.")
    with transaction.atomic():
        appeal = opening.open_case(
            kind="appeal", author=court.cast.ana, post=court.post, standard="", charter=1, of=case, commits_to={}
        )
    assert appeal.judges == "operator"
    with pytest.raises(NotAllowed):
        deciding.decide_alone(appeal, by=chidi, removes=True, because="I stand by it.")
    verdict = deciding.decide_alone(appeal, by=court.cast.odile, removes=False, because="It names nobody.")
    assert verdict.outcome == "overturned"


def test_an_appeal_is_won_by_votes_to_overturn(court: Court) -> None:
    court.crowd(20)
    case = court.sitting()
    judge(case, BREAKS, BREAKS, BREAKS, BREAKS)
    with at(clock.now() + timedelta(days=1)):
        with transaction.atomic():
            appeal = opening.open_case(
                kind="appeal", author=court.cast.ana, post=court.post, standard="", charter=1, of=case, commits_to={}
            )
        assert (appeal.seats, appeal.needed, appeal.pool_size) == (5, 3, 16), "None of the first jury."
        court.gather()
        convening.sit_due()
        judge(appeal, KEEPS, BREAKS, KEEPS, BREAKS, KEEPS)
        assert Verdict.objects.get(case=appeal).outcome == "overturned"


def test_what_waits_when_a_case_is_called_off_is_started_by_the_sweep(court: Court) -> None:
    case = court.case()
    queued = court.alert(by=court.cast.dara, standard="threats")
    deciding.call_off(case, because="An act of law went before it.")
    assert opening.start_waiting() == 1 and opening.start_waiting() == 0
    assert fresh(queued).state == Alert.State.OPEN


def test_without_a_free_host_an_operator_decides(court: Court) -> None:
    case = court.case()
    assert case.judges == "operator"
    verdict = deciding.decide_alone(case, by=court.cast.odile, removes=False, because="It is blunt and fair.")
    assert verdict.outcome == "stays" and fresh(court.post).standing == Post.Standing.SHOWN


def test_nothing_of_a_case_is_read_before_its_verdict(court: Court) -> None:
    court.crowd(9)
    case = court.sitting()
    assert court_reads.case(case.pk) is None and court_reads.cases() == [] and court_reads.reasons(case.pk) == []
    judge(case, BREAKS, BREAKS, BREAKS)
    row = court_reads.case(case.pk)
    assert row is not None and (row.outcome, row.for_removal, row.title) == ("removed", 3, "No personal attacks")
    assert court_reads.reasons(case.pk) == ["As the standard says."] * 3
    assert [one.id for one in court_reads.precedents("personal-attacks")] == [case.pk]
    assert court_reads.precedents("personal-attacks", readable=frozenset()) == []


def test_the_map_in_memory_names_who_is_looked_for_and_who_is_asked(court: Court) -> None:
    court.crowd(9)
    assert convening.pools() == {}
    case = court.case()
    assert set(convening.pools()) == {member.pk for member in court.jurors}
    court.gather()
    convening.sit_due()
    asked = {juror(seat).pk: (seat.pk,) for seat in offers(case)}
    assert convening.summoned() == asked
    assert not set(asked) & set(convening.pools())
    (one, *_), mine = offers(case), court_reads.mine
    assert [row.id for row in mine(juror(one).pk)] == [one.pk]
    judge(case, BREAKS, BREAKS, BREAKS)
    assert convening.pools() == {} and convening.summoned() == {}
