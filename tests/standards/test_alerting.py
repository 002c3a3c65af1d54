"""Alerts: what one may be about, every brake, what hosts answer, names and texts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from palaver.accounts import settling, suspending
from palaver.accounts.models import Member
from palaver.forums import locking, posting, withdrawing
from palaver.forums.models import Block, Post
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.standards import alerting, deciding, holding, reads
from palaver.standards.models import Alert, AlerterPause, Case
from tests.cast import at, fresh, original
from tests.standards.court import BREAKS, Court, judge


def test_an_alert_opens_a_case_on_the_version_that_stands(court: Court) -> None:
    posting.edit(court.post, by=court.cast.ana, text="Mine was rye, yours was mud.")
    alert = court.alert()
    posting.edit(court.post, by=court.cast.ana, text="Mine was rye.")
    assert (alert.state, alert.version, alert.charter) == (Alert.State.OPEN, 2, 1)
    assert alert.case is not None and alert.case.standard == "personal-attacks"
    assert reads.matter(alert.case).version == 2


def test_sent_twice_it_is_one_alert(court: Court) -> None:
    assert court.alert() == court.alert()
    assert Alert.objects.count() == Case.objects.count() == 1


def test_nobody_alerts_on_their_own(court: Court) -> None:
    with pytest.raises(NotAllowed, match="wrote yourself"):
        court.alert(by=court.cast.ana)


def test_what_is_withdrawn_removed_or_held_cannot_be_alerted_on(court: Court) -> None:
    reply = court.cast.reply(court.thread, by=court.cast.dara)
    withdrawing.withdraw(reply, by=court.cast.dara)
    with pytest.raises(NotAllowed, match="withdrawn"):
        court.alert(reply)
    holding.hold(court.post, by=court.cast.odile, ground="law", because="A court asks for it.")
    with pytest.raises(NotAllowed, match="hidden already"):
        court.alert()
    with transaction.atomic():
        Post.objects.filter(pk=court.post.pk).update(standing=Post.Standing.REMOVED)
    with pytest.raises(NotAllowed, match="removed already"):
        court.alert()
    assert not Alert.objects.exists()


def test_what_stands_in_a_locked_thread_is_closed_with_its_reason(court: Court) -> None:
    locking.lock(court.thread, by=court.cast.chidi, because="Settled.")
    with pytest.raises(NotAllowed, match="Settled"):
        court.alert()


def test_an_author_who_withdraws_the_original_post_shields_nobody(court: Court) -> None:
    reply = court.cast.reply(court.thread, by=court.cast.dara)
    withdrawing.withdraw(court.post, by=court.cast.ana)
    assert court.alert(reply).state == Alert.State.OPEN


def test_what_one_may_not_read_one_may_not_alert_on(court: Court) -> None:
    thread = court.cast.thread("Secret?", forum=court.cast.den)
    with pytest.raises(NotAllowed, match="its own audience"):
        court.alert(original(thread), by=court.cast.kaya)


def test_who_is_blocked_from_a_forum_does_not_alert_in_it(court: Court) -> None:
    with transaction.atomic():
        Block.objects.create(
            forum=court.cast.lounge,
            member=court.cast.bram,
            by=court.cast.odile,
            because="Shouting.",
            until=clock.now() + timedelta(days=3),
        )
    with pytest.raises(NotAllowed, match="blocked from this forum"):
        court.alert()
    with at(clock.now() + timedelta(days=4)):
        assert court.alert().state == Alert.State.OPEN


def test_one_alert_a_day_on_one_author(court: Court) -> None:
    court.alert()
    other = court.cast.reply(court.thread, by=court.cast.ana)
    with pytest.raises(NotAllowed, match="One alert a day"):
        court.alert(other)
    court.alert(court.cast.reply(court.thread, by=court.cast.dara))
    with at(clock.now() + timedelta(hours=25)):
        assert court.alert(other).state == Alert.State.OPEN


def test_once_a_standard_a_post(court: Court) -> None:
    court.alert()
    with pytest.raises(Refusal, match="already"):
        court.alert(by=court.cast.dara)
    assert court.alert(by=court.cast.dara, standard="threats").state == Alert.State.WAITING


def test_a_paused_alerter_waits(court: Court) -> None:
    case = court.case()
    now = clock.now()
    with transaction.atomic():
        AlerterPause.objects.create(member=court.cast.dara, case=case, since=now, until=now + timedelta(days=1))
    with pytest.raises(NotAllowed, match="alert again from"):
        court.alert(by=court.cast.dara, standard="threats")


@pytest.mark.parametrize("standard", ["", "nonsense"])
def test_it_names_a_standard_of_the_charter(court: Court, standard: str) -> None:
    with pytest.raises(Refusal, match="Choose the standard"):
        court.alert(standard=standard)


@pytest.mark.parametrize("because", ["", "  \n "])
def test_it_says_why(court: Court, because: str) -> None:
    with pytest.raises(Refusal, match="Say why"):
        alerting.alert(by=court.cast.bram, about="post", post=court.post, standard="spam", because=because)
    assert not Alert.objects.exists()


def test_the_suspended_may_alert_and_leavers_may_not(court: Court) -> None:
    suspending.suspend(
        court.cast.bram, by=court.cast.odile, until=clock.now() + timedelta(days=1), because="He sold lamps."
    )
    assert court.alert().state == Alert.State.OPEN
    with transaction.atomic():
        Member.objects.filter(pk=court.cast.dara.pk).update(left_at=clock.now())
    with pytest.raises(NotAllowed, match="closed"):
        court.alert(by=fresh(court.cast.dara), standard="threats")


def test_what_is_off_topic_goes_to_the_hosts_who_answer(court: Court) -> None:
    chidi = court.cast.chidi
    alert = court.alert(standard="off-topic")
    assert (alert.state, alert.case) == (Alert.State.HOSTS, None)
    assert [one.pk for one in reads.for_hosts([court.cast.lounge.pk])] == [alert.pk]
    with pytest.raises(NotAllowed, match="by its hosts"):
        alerting.answer_as_host(alert, by=court.cast.dara, answer="Fine.")
    with pytest.raises(Refusal, match="what you have decided"):
        alerting.answer_as_host(alert, by=chidi, answer=" ")
    done = alerting.answer_as_host(alert, by=chidi, answer="It is about bread. It belongs here.")
    assert (done.state, done.answer) == (Alert.State.ANSWERED, "It is about bread. It belongs here.")
    with pytest.raises(NotAllowed, match="has been answered"):
        alerting.answer_as_host(alert, by=chidi, answer="Again.")
    assert reads.own_alerts(court.cast.bram.pk)[0].answer.startswith("It is about bread")


def test_hosts_do_not_answer_alerts_about_themselves(court: Court) -> None:
    reply = court.cast.reply(court.thread, by=court.cast.chidi)
    alert = court.alert(reply, standard="off-topic")
    with pytest.raises(NotAllowed, match="about you"):
        alerting.answer_as_host(alert, by=court.cast.chidi, answer="I belong.")
    assert alerting.answer_as_host(alert, by=court.cast.odile, answer="It stays.").state == Alert.State.ANSWERED


def name_alert(court: Court, *, by: Member | None = None, about: str = "name") -> Alert:
    return alerting.alert(
        by=by or court.cast.bram, about=about, member=court.cast.jonas, standard="bigotry", because="It slurs."
    )


def test_a_removed_name_becomes_a_neutral_one(court: Court) -> None:
    court.crowd(16)
    alert = name_alert(court)
    assert alert.case is not None and (alert.text, alert.post) == ("Jonas", None)
    court.gather()
    from palaver.standards import convening

    convening.sit_due()
    judge(alert.case, BREAKS, BREAKS, BREAKS)
    jonas = fresh(court.cast.jonas)
    assert jonas.name == f"Member {jonas.pk}"
    settling.settle(jonas, name="Jonas")
    again = name_alert(court, by=court.cast.dara)
    assert again.pk != alert.pk, "Taken up again it can be alerted on again."


def test_a_name_that_was_changed_meanwhile_is_corrected(court: Court) -> None:
    alert = name_alert(court)
    assert alert.case is not None and alert.case.judges == "operator"
    settling.settle(court.cast.jonas, name="Jonathan")
    verdict = deciding.decide_alone(alert.case, by=court.cast.odile, removes=True, because="It slurred.")
    assert verdict.outcome == "corrected" and fresh(court.cast.jonas).name == "Jonathan"


def test_a_removed_about_text_is_emptied(court: Court) -> None:
    settling.settle(court.cast.jonas, about="I hate *them*.")
    alert = name_alert(court, about="about")
    assert alert.case is not None and alert.text == "I hate *them*."
    deciding.decide_alone(alert.case, by=court.cast.odile, removes=True, because="It slurs.")
    assert (fresh(court.cast.jonas).about, fresh(court.cast.jonas).about_html) == ("", "")


def test_there_is_nothing_to_alert_on_in_an_empty_text(court: Court) -> None:
    with pytest.raises(Refusal, match="nothing here"):
        name_alert(court, about="about")


def test_a_second_alert_on_the_same_name_waits(court: Court) -> None:
    name_alert(court)
    second = alerting.alert(
        by=court.cast.dara, about="name", member=court.cast.jonas, standard="personal-attacks", because="It slurs."
    )
    assert second.state == Alert.State.WAITING


def test_a_case_is_called_off_once_and_frees_the_post(court: Court) -> None:
    case = court.case()
    assert deciding.call_off(case, because="Its author has left.").stage == Case.Stage.CALLED_OFF
    deciding.call_off(case, because="Again.")
    from palaver.record.models import Entry

    assert Entry.objects.filter(act="case.call_off").count() == 1
    assert Alert.objects.get(case=case).state == Alert.State.DROPPED
