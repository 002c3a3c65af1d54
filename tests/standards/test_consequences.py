"""What a verdict brings its author, and that all of it lapses by itself. Odile decides alone, so that no crowd is needed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.db import transaction

from palaver.accounts.models import Member, Suspension
from palaver.accounts.permissions import may_act, may_speak
from palaver.accounts.suspending import suspend
from palaver.forums.models import Post, Removal
from palaver.forums.permissions import may_reply
from palaver.kit import clock
from palaver.notices.models import Notice
from palaver.record.models import Entry
from palaver.standards import consequences, counting, deciding, eligibility, restoring, warning
from palaver.standards.models import Case, Consequence, Verdict
from tests.cast import MORNING, Cast, at, fresh
from tests.standards.court import Court

Kind = Consequence.Kind


class Village(Court):
    """Ana's posts are alerted on by ever new members, since one alert a day on one author is enough for each."""

    def removed(self, post: Post | None = None, *, by: Member | None = None) -> Verdict:
        """One more post of Ana's, removed by the operator's lone verdict (or another's)."""
        number = Case.objects.count()
        post = post or self.cast.reply(self.thread, by=fresh(self.cast.ana), text=f"Loaf number {number}.")
        case = self.alert(post, by=self.cast.member(f"Neighbour {number}")).case
        assert case is not None
        return deciding.decide_alone(case, by=by or self.cast.odile, removes=True, because="It is unkind.")


@pytest.fixture
def village(cast: Cast) -> Village:
    with at(MORNING):
        made = Village(cast)
        written(cast.ana, 1000)
    return made


def written(member: Member, count: int) -> None:
    with transaction.atomic():
        Member.objects.filter(pk=member.pk).update(post_count=count)


def fell(member: Member) -> list[str]:
    return list(Consequence.objects.filter(member=member).order_by("pk").values_list("kind", flat=True))


def test_a_first_removal_is_a_notice_and_takes_no_right(village: Village) -> None:
    with at(MORNING):
        village.removed(village.post)
        assert fell(village.cast.ana) == [Kind.NOTICE]
        assert may_speak(village.cast.ana)
        assert eligibility.chance(village.cast.ana.pk) == 80


def test_two_removals_within_a_day_keep_from_writing_for_a_day_and_that_lapses_by_itself(village: Village) -> None:
    ana = village.cast.ana
    with at(MORNING):
        village.removed()
    with at(MORNING + timedelta(hours=23)):
        other = village.cast.reply(village.thread, by=fresh(ana))
        village.removed(other)
        refused = may_reply(ana, village.thread)
        assert not refused
        assert "within 24 hours" in refused.because
        assert may_act(ana)
        suspension = Suspension.objects.get(member=ana)
        assert (suspension.office, suspension.by) == ("jury", None)
        assert Entry.objects.get(act="member.suspend").office == "jury"
        assert Notice.objects.filter(member=ana, kind="suspension", href="/me/appeals").count() == 1
    with at(MORNING + timedelta(hours=47, minutes=1)):
        assert may_reply(ana, village.thread)


def test_the_third_removal_writes_a_letter_that_lists_the_posts_and_whom_to_ask(
    village: Village, mailoutbox: list[EmailMessage]
) -> None:
    ana = village.cast.ana
    with at(MORNING):
        chidi = village.cast.chidi
    with transaction.atomic():
        Member.objects.filter(pk=ana.pk).update(email="ana@example.org")
    for week in range(3):
        with at(MORNING + timedelta(days=7 * week)):
            village.removed(by=chidi)
    assert fell(ana) == [Kind.NOTICE, Kind.NOTICE, Kind.WARNING]
    with at(MORNING + timedelta(days=14)):
        letter = warning.letter(Consequence.objects.get(kind=Kind.WARNING))
    assert [one.standard for one in letter.posts] == ["No personal attacks"] * 3
    assert letter.posts[0].appeal_until is None or letter.posts[0].appeal_until <= MORNING + timedelta(days=14)
    assert letter.posts[2].appeal_until == MORNING + timedelta(days=28)
    assert [one.name for one in letter.asked] == [chidi.name, "The operators"]
    assert any("2027-01-31" in sentence for sentence in letter.coming)
    (mail,) = mailoutbox
    assert mail.to == ["ana@example.org"]
    assert f"/me/warnings/{letter.consequence_id}" in mail.body
    assert mail.body.count("/juries/") == 3
    assert max(len(line) for line in mail.body.splitlines() if "http" not in line) <= 72
    assert Notice.objects.get(member=ana, kind="warning").href == warning.address(letter.consequence_id)


def test_without_an_address_the_letter_is_a_page_and_a_notice(village: Village, mailoutbox: list[EmailMessage]) -> None:
    for week in range(3):
        with at(MORNING + timedelta(days=7 * week)):
            village.removed()
    assert mailoutbox == []
    assert Notice.objects.filter(member=village.cast.ana, kind="warning").count() == 1


def test_five_removals_suspend_until_the_oldest_is_ninety_days_old(village: Village) -> None:
    ana = village.cast.ana
    days = (0, 20, 40, 60, 75)
    for day in days:
        with at(MORNING + timedelta(days=day)):
            village.removed()
    assert fell(ana) == [Kind.NOTICE, Kind.NOTICE, Kind.WARNING, Kind.NOTICE, Kind.SUSPENSION]
    assert Suspension.objects.get(member=ana).until == MORNING + timedelta(days=90)
    with at(MORNING + timedelta(days=89)):
        assert not may_speak(ana)
        assert eligibility.chance(ana.pk) == 0
    with at(MORNING + timedelta(days=90, seconds=1)):
        assert may_speak(ana)
        assert counting.count_in(ana.pk) == 4


def test_three_removals_of_few_posts_suspend_and_the_letter_comes_with_it(village: Village) -> None:
    written(village.cast.ana, 10)
    for day in (0, 2, 4):
        with at(MORNING + timedelta(days=day)):
            village.removed()
    assert fell(village.cast.ana) == [Kind.NOTICE, Kind.NOTICE, Kind.WARNING, Kind.SUSPENSION]
    assert Suspension.objects.get(member=village.cast.ana).until == MORNING + timedelta(days=34)


def test_what_the_law_or_the_watch_took_down_does_not_count(village: Village) -> None:
    with at(MORNING), transaction.atomic():
        for office, case in (("operator", None), ("watch", 1)):
            post = village.cast.reply(village.thread, by=fresh(village.cast.ana))
            Removal.objects.create(post=post, office=office, case_number=case, standard="", at=clock.now())
        assert counting.removals_in(village.cast.ana.pk) == []


def test_a_post_that_stays_brings_nothing(village: Village) -> None:
    with at(MORNING):
        case = village.case()
        deciding.decide_alone(case, by=village.cast.odile, removes=False, because="It is kind.")
        assert fell(village.cast.ana) == []


def test_an_overturned_removal_takes_back_the_suspension_it_was_counted_for(village: Village) -> None:
    ana = village.cast.ana
    verdicts = []
    for day in (0, 20, 40, 60, 75):
        with at(MORNING + timedelta(days=day)):
            verdicts.append(village.removed())
    with at(MORNING + timedelta(days=76)):
        assert not may_speak(ana)
        with transaction.atomic():
            removal = verdicts[1].removal
            assert removal is not None
            restoring.restore(removal, because="Overturned.")
            consequences.undo(Verdict.objects.select_related("case").get(pk=verdicts[1].pk))
        assert may_speak(ana)
        undone = Consequence.objects.filter(undone_at__isnull=False).order_by("pk").values_list("kind", flat=True)
        assert list(undone) == [Kind.NOTICE, Kind.WARNING, Kind.SUSPENSION]
        ended = Entry.objects.get(act="member.unsuspend")
        assert ended.office == "jury"


def test_an_overturned_removal_leaves_what_the_others_bring_without_it(village: Village) -> None:
    written(village.cast.ana, 10)
    verdicts = []
    for day in (0, 2, 4, 40):
        with at(MORNING + timedelta(days=day)):
            verdicts.append(village.removed())
    with at(MORNING + timedelta(days=41)), transaction.atomic():
        removal = verdicts[0].removal
        assert removal is not None
        restoring.restore(removal, because="Overturned.")
        consequences.undo(Verdict.objects.select_related("case").get(pk=verdicts[0].pk))
        last = Consequence.objects.filter(verdict=verdicts[3], kind=Kind.SUSPENSION).get()
        assert last.undone_at is None
        assert not may_speak(village.cast.ana)


def test_of_two_suspensions_the_longer_one_is_told(village: Village) -> None:
    ana = village.cast.ana
    with at(MORNING):
        suspend(ana, by=village.cast.odile, until=MORNING + timedelta(days=20), because="He sold lamps.")
        with transaction.atomic():
            Suspension.objects.create(
                member=ana, office="jury", because="Two posts.", until=MORNING + timedelta(days=1)
            )
        running = ana.running_suspension()
        assert running is not None
        assert running.office == "operator"
