"""Appeals: a fresh, larger jury looks once more. What it overturns is undone and costs nothing; what it upholds is final."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from palaver.accounts.models import Member, Suspension
from palaver.accounts.permissions import may_speak
from palaver.accounts.suspending import end, suspend
from palaver.forums import blocking, locking
from palaver.forums.models import Block, Lock, Post, Removal, Thread, ThreadEvent
from palaver.forums.permissions import may_reply
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.record.models import Entry
from palaver.standards import appealing, convening, deciding, prolonging
from palaver.standards.models import Appeal, Case, Consequence, PoolMember, Prolongation, Proposal, Seat, Verdict
from palaver.standards.permissions import may_alert, may_appeal_removal, may_decide_alone
from tests.cast import MORNING, Cast, at, fresh
from tests.standards.court import BREAKS, KEEPS, Court, fresh_case, judge, offers

LATER = MORNING + timedelta(hours=13)
"""When a first jury of a small pool has rested."""


def removed(court: Court, *, by: Member | None = None) -> Removal:
    """Ana's original post, removed by Odile alone (or by another)."""
    case = court.case()
    deciding.decide_alone(case, by=by or court.cast.odile, removes=True, because="It is unkind.")
    return Removal.objects.get(case_number=case.pk)


def decided(appeal: Appeal, *, stands: bool, by: Member) -> Verdict:
    return deciding.decide_alone(appeal.case, by=by, removes=stands, because="Read again.")


def second_operator(cast: Cast) -> Member:
    from palaver.accounts import operating

    return operating.make_operator(cast.member("Otto"), by=cast.odile)


def refusal(removal: Removal, member: Member) -> str:
    return may_appeal_removal(member, removal).because


def test_a_fresh_larger_jury_restores_the_post_and_it_costs_nothing(court: Court) -> None:
    court.crowd(75)
    with at(MORNING):
        case = court.sitting()
        assert case.seats == 7
        judge(case, *[BREAKS] * 5)
        removal = Removal.objects.get(post=court.post)
        first = set(PoolMember.objects.filter(case=case, seat__isnull=False).values_list("member_id", flat=True))
    with at(LATER):
        made = appealing.appeal_removal(removal, by=court.cast.ana, words="I meant the bread.")
        assert (made.case.seats, made.case.needed) == (11, 6)
        assert made.other_side == "\n\n".join(["As the standard says."] * 5)
        pool = set(PoolMember.objects.filter(case=made.case).values_list("member_id", flat=True))
        assert not pool & (first | {court.cast.ana.pk, court.cast.bram.pk})
        court.gather()
        convening.sit(made.case_id)
        judge(made.case, *[KEEPS] * 5, *[BREAKS] * 5, KEEPS)
        assert Verdict.objects.get(case=made.case).outcome == Verdict.Outcome.OVERTURNED
        assert fresh(court.post).standing == Post.Standing.SHOWN
        assert fresh(removal).ended_at is not None
        assert Consequence.objects.get(member=court.cast.ana).undone_at is not None
        assert fresh(made).outcome == Appeal.Outcome.WON
        refused = may_alert(court.cast.emil, post=fresh_post(court.post))
        assert "on appeal" in refused.because


def fresh_post(post: Post) -> Post:
    return Post.objects.select_related("forum", "thread__forum").get(pk=post.pk)


def test_five_of_eleven_do_not_overturn_and_the_door_is_closed_for_a_week(court: Court) -> None:
    court.crowd(75)
    with at(MORNING):
        removal = removed_by_jury(court)
        other = removed_other(court)
    with at(LATER):
        made = appealing.appeal_removal(removal, by=court.cast.ana, words="I meant the bread.")
        court.gather()
        convening.sit(made.case_id)
        judge(made.case, *[KEEPS] * 5, *[BREAKS] * 6)
        assert Verdict.objects.get(case=made.case).outcome == Verdict.Outcome.UPHELD
        assert fresh(court.post).standing == Post.Standing.REMOVED
        assert Consequence.objects.filter(undone_at__isnull=False).count() == 0
        assert "final" in refusal(removal, court.cast.ana)
        assert "lost" in refusal(other, court.cast.ana)
    with at(LATER + timedelta(days=7, seconds=1)):
        assert may_appeal_removal(court.cast.ana, other)


def removed_by_jury(court: Court) -> Removal:
    case = court.sitting()
    judge(case, *[BREAKS] * 5)
    return Removal.objects.get(post=court.post)


def removed_other(court: Court) -> Removal:
    """Another post of Ana's, with a case of its own."""
    post = court.cast.reply(court.thread, by=fresh(court.cast.ana), text="Another loaf.")
    case = court.alert(post, by=court.cast.femi).case
    assert case is not None
    if case.judges == Case.Judges.JURY:
        court.gather()
        convening.sit(case.pk)
        judge(case, *[BREAKS] * case.seats)
    else:
        deciding.decide_alone(case, by=court.cast.odile, removes=True, because="Unkind too.")
    return Removal.objects.get(post=post)


def test_a_small_community_is_judged_by_one_who_did_not_judge_before(court: Court) -> None:
    otto = second_operator(court.cast)
    with at(MORNING):
        removal = removed(court)
        made = appealing.appeal_removal(removal, by=court.cast.ana, words="I meant the bread.")
        assert (made.case.judges, made.case.seats) == (Case.Judges.OPERATOR, 1)
        assert not may_decide_alone(court.cast.odile, made.case)
        decided(made, stands=False, by=otto)
        assert fresh(court.post).standing == Post.Standing.SHOWN


def test_where_there_is_but_one_operator_they_look_again_in_the_open(court: Court) -> None:
    with at(MORNING):
        made = appealing.appeal_removal(removed(court), by=court.cast.ana, words="I meant the bread.")
        decided(made, stands=False, by=court.cast.odile)
        assert fresh(made).outcome == Appeal.Outcome.WON
        entry = Entry.objects.select_related("payload").get(act="appeal.open")
        assert str(court.cast.ana.pk) not in {*str(entry.payload.body).split()}
        assert '"by"' not in str(entry.payload.body)


def test_an_appeal_comes_within_fourteen_days(court: Court) -> None:
    with at(MORNING):
        removal = removed(court)
    with at(MORNING + timedelta(days=14, seconds=1)):
        assert "14 days" in refusal(removal, court.cast.ana)
        with pytest.raises(NotAllowed):
            appealing.appeal_removal(removal, by=court.cast.ana, words="Late.")
        assert not Appeal.objects.exists()
        assert Case.objects.filter(kind=Case.Kind.APPEAL).count() == 0
    with at(MORNING + timedelta(days=14)):
        assert may_appeal_removal(court.cast.ana, removal)


def test_only_the_author_appeals_and_says_why(court: Court) -> None:
    with at(MORNING):
        removal = removed(court)
        for stranger in (court.cast.bram, court.cast.odile):
            with pytest.raises(NotAllowed, match="whom it concerns"):
                appealing.appeal_removal(removal, by=stranger, words="For her.")
        for words in ("", "  ", "x" * 4001):
            with pytest.raises(Refusal) as refused:
                appealing.appeal_removal(removal, by=court.cast.ana, words=words)
            assert refused.value.field == "words"
        assert not Appeal.objects.exists()


def test_one_appeal_at_a_time(court: Court) -> None:
    with at(MORNING):
        removal, other = removed(court), removed_other(court)
        appealing.appeal_removal(removal, by=court.cast.ana, words="I meant the bread.")
        assert "already" in refusal(removal, court.cast.ana)
        assert "at a time" in refusal(other, court.cast.ana)
        with pytest.raises(NotAllowed):
            appealing.appeal_removal(other, by=court.cast.ana, words="This too.")


def test_a_restored_post_and_one_taken_down_for_law_cannot_be_appealed(court: Court) -> None:
    with at(MORNING):
        removal = removed(court)
        with transaction.atomic():
            Removal.objects.filter(pk=removal.pk).update(ended_at=clock.now())
        assert "restored already" in refusal(fresh(removal), court.cast.ana)
        post = court.cast.reply(court.thread, by=court.cast.ana)
        with transaction.atomic():
            by_law = Removal.objects.create(post=post, office="operator", standard="")
        assert "law" in refusal(by_law, court.cast.ana)


def test_a_suspended_member_appeals_and_writes_again(court: Court) -> None:
    ana, otto = court.cast.ana, second_operator(court.cast)
    with at(MORNING):
        suspension = suspend(ana, by=court.cast.odile, until=MORNING + timedelta(days=9), because="She sold lamps.")
        made = appealing.appeal_suspension(suspension, by=ana, words="I gave them away.")
        assert made.other_side == "She sold lamps."
        assert not may_decide_alone(court.cast.odile, made.case)
        decided(made, stands=False, by=otto)
        assert may_speak(ana)
        assert fresh(suspension).ended_at == MORNING


def test_a_suspension_that_is_over_leaves_nothing_to_appeal(court: Court) -> None:
    with at(MORNING):
        suspension = suspend(
            court.cast.ana, by=court.cast.odile, until=MORNING + timedelta(days=9), because="She sold lamps."
        )
        end(suspension, by=court.cast.odile)
        with pytest.raises(NotAllowed, match="has ended"):
            appealing.appeal_suspension(fresh(suspension), by=court.cast.ana, words="Still.")


def test_neither_watcher_decides_about_the_suspension_they_gave(court: Court) -> None:
    otto, dara = second_operator(court.cast), court.cast.dara
    with at(MORNING):
        with transaction.atomic():
            suspension = Suspension.objects.create(
                member=court.cast.ana, by=otto, office="watch", because="Lamps.", until=MORNING + timedelta(days=9)
            )
            Proposal.objects.create(
                act="suspend", member=court.cast.ana, because="Lamps.", by=otto, second=dara, suspension=suspension
            )
        found = appealing.contested("suspension", suspension.pk, by=court.cast.ana)
        assert found is not None
        assert {otto.pk, dara.pk} <= found.judged
        made = appealing.appeal_suspension(suspension, by=court.cast.ana, words="I gave them away.")
        assert not may_decide_alone(otto, made.case)
        assert may_decide_alone(court.cast.odile, made.case)


def test_a_block_and_a_lock_are_lifted_by_a_won_appeal(court: Court) -> None:
    ana, chidi, otto = court.cast.ana, court.cast.chidi, second_operator(court.cast)
    block = blocking.block(
        court.cast.lounge, member=ana, by=chidi, until=clock.now() + timedelta(days=3), because="She shouts."
    )
    lock = locking.lock(court.thread, by=chidi, because="It runs in circles.")
    made = appealing.appeal_block(block, by=ana, words="I whispered.")
    decided(made, stands=False, by=otto)
    assert not Block.objects.running().exists()
    made = appealing.appeal_lock(lock, by=ana, words="It went straight on.")
    decided(made, stands=False, by=otto)
    assert may_reply(ana, Thread.objects.select_related("forum").get(pk=court.thread.pk))
    assert Lock.objects.get(pk=lock.pk).ended_at is not None
    line = ThreadEvent.objects.filter(thread=court.thread).latest("pk")
    assert (line.act, line.office, line.by) == ("unlocked", "jury", None)


def test_an_appeal_nobody_came_to_judge_is_lost_but_closes_no_door(court: Court) -> None:
    with at(MORNING):
        removal, other = removed(court), removed_other(court)
        made = appealing.appeal_removal(removal, by=court.cast.ana, words="I meant the bread.")
    with at(fresh_case(made.case).ends_at):
        convening.sit(made.case_id)
        assert fresh(made).outcome == Appeal.Outcome.LOST
        assert may_appeal_removal(court.cast.ana, other)


def test_an_appeal_that_is_called_off_is_neither_won_nor_lost(court: Court) -> None:
    with at(MORNING):
        removal, other = removed(court), removed_other(court)
        made = appealing.appeal_removal(removal, by=court.cast.ana, words="I meant the bread.")
        deciding.call_off(made.case, because="A court has ordered it.")
        assert (fresh(made).outcome, fresh(made).decided_at) == ("", MORNING)
        assert may_appeal_removal(court.cast.ana, other)
        assert "act of law" in refusal(removal, court.cast.ana)


def long_suspension(court: Court, now: datetime) -> Suspension:
    with transaction.atomic():
        return Suspension.objects.create(
            member=court.cast.ana, office="jury", because="Five posts.", since=now, until=now + timedelta(days=30)
        )


def test_a_longer_suspension_is_asked_for_answered_and_given_by_a_jury_of_an_appeals_size(court: Court) -> None:
    court.crowd(75)
    with at(MORNING):
        asked = prolonging.ask(
            long_suspension(court, MORNING), by=court.cast.odile, days=90, because="It is the third time."
        )
        assert asked.case is None
        prolonging.answer(asked, by=court.cast.ana, words="It was the second.")
        asked = Prolongation.objects.select_related("case").get()
        assert asked.case is not None
        assert (asked.case.kind, asked.case.seats) == (Case.Kind.LONG, 11)
        court.gather()
        convening.sit(asked.case.pk)
        judge(asked.case, *[BREAKS] * 6)
        given = fresh(asked).given
        assert given is not None
        assert given.until == MORNING + timedelta(days=90)
    with at(MORNING + timedelta(days=60)):
        assert not may_speak(court.cast.ana)
        with pytest.raises(NotAllowed, match="final"):
            appealing.appeal_suspension(given, by=court.cast.ana, words="Please.")


def test_a_jury_that_does_not_agree_leaves_the_suspension_as_it_is(court: Court) -> None:
    otto = second_operator(court.cast)
    with at(MORNING):
        asked = prolonging.ask(long_suspension(court, MORNING), by=court.cast.odile, days=90, because="Third time.")
        assert prolonging.open_due() == 0
    with at(MORNING + timedelta(hours=24)):
        assert prolonging.open_due() == 1
        asked = fresh(asked)
        assert not may_decide_alone(court.cast.odile, asked.case)
        deciding.decide_alone(asked.case, by=otto, removes=False, because="Thirty days are enough.")
        assert fresh(asked).given is None
        assert Suspension.objects.count() == 1


def test_a_longer_suspension_is_asked_for_by_operators_once_and_within_bounds(court: Court) -> None:
    with at(MORNING):
        running = long_suspension(court, MORNING)
        for days, because, field in ((90, "", "because"), (30, "Why.", "days"), (181, "Why.", "days")):
            with pytest.raises(Refusal) as refused:
                prolonging.ask(running, by=court.cast.odile, days=days, because=because)
            assert refused.value.field == field
        with pytest.raises(NotAllowed):
            prolonging.ask(running, by=court.cast.bram, days=90, because="Why.")
        asked = prolonging.ask(running, by=court.cast.odile, days=90, because="Why.")
        with pytest.raises(NotAllowed, match="once"):
            prolonging.ask(running, by=court.cast.odile, days=90, because="Why.")
        with pytest.raises(NotAllowed):
            prolonging.answer(asked, by=court.cast.bram, words="Not mine.")
        by_operator = suspend(
            court.cast.kaya, by=court.cast.odile, until=MORNING + timedelta(days=9), because="She sold lamps."
        )
        with pytest.raises(NotAllowed, match="followed from verdicts"):
            prolonging.ask(by_operator, by=court.cast.odile, days=90, because="Why.")


def test_no_seat_of_an_appeal_tells_who_sat_before(court: Court) -> None:
    """The seats of the two juries have nobody in common, whatever the lot says."""
    court.crowd(40)
    with at(MORNING):
        removal = removed_by_jury(court)
    with at(LATER):
        made = appealing.appeal_removal(removal, by=court.cast.ana, words="I meant the bread.")
        assert made.case.seats == 7
        court.gather()
        convening.sit(made.case_id)
        seated = {seat.drawn.member_id for seat in offers(made.case)}
        before = set(Seat.objects.exclude(case=made.case).values_list("drawn__member_id", flat=True))
        assert seated
        assert not seated & before
