"""Two watchers stop an intruder at once, and three members review it within the day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from palaver.accounts.models import Member, Suspension
from palaver.forums import counting, posting
from palaver.forums.errors import NewcomersLimit
from palaver.forums.models import Post, Removal, SlowMode, Thread
from palaver.forums.permissions import may_reply
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.notices.models import Notice
from palaver.record.models import Entry
from palaver.search import building
from palaver.search.finding import find
from palaver.search.sight import sight_of_guests
from palaver.standards import convening, watching
from palaver.standards.models import Case, Proposal, WatchTerm
from tests.cast import Cast, at, fresh, original
from tests.standards.court import BREAKS, KEEPS, Court, fresh_case, hand_in, offers, take

LAMPS = "He sells lamps in every thread."


def on_watch(*members: Member) -> None:
    with transaction.atomic():
        for member in members:
            WatchTerm.objects.create(member=member, since=clock.now(), until=clock.now() + timedelta(days=90))


@pytest.fixture
def raid(court: Court) -> Court:
    """Dara and Emil watch; Kaya, who came today, has written twice in Ana's thread and started one. Nine may judge."""
    cast = court.cast
    on_watch(cast.dara, cast.emil)
    court.crowd(9)
    for n in range(2):
        cast.reply(court.thread, by=cast.kaya, text=f"lamps{n}")
    posting.start_thread(forum=cast.lounge, author=cast.kaya, subject="Lamps", text="lamps3")
    return court


def proposed(cast: Cast, **more: object) -> Proposal:
    wanted = {"act": "suspend", "member": cast.kaya, "because": LAMPS} | more
    return watching.propose(by=cast.dara, **wanted)  # type: ignore[arg-type]


def suspended(cast: Cast) -> Proposal:
    return watching.second(proposed(cast), by=cast.emil)


def shown(cast: Cast) -> int:
    found = sum(len(find(f"lamps{n}", sight_of_guests()).posts) for n in (0, 1, 3))
    assert found == Post.objects.filter(author=cast.kaya, standing=Post.Standing.SHOWN).count()
    # The crowd's fifty posts are said and not written.
    assert [line for line in [*counting.drift(), *building.drift(texts=True)] if "member.post_count" not in line] == []
    return found


def judged(court: Court, proposal: Proposal, *choices: int) -> Case:
    case = Case.objects.get(pk=proposal.case_id)
    court.gather()
    convening.sit(case.pk)
    for seat, choice in zip(take(offers(case)), choices, strict=False):
        if fresh_case(case).is_open:
            hand_in(seat, choice)
    return fresh_case(case)


def test_one_watcher_alone_does_nothing(raid: Court) -> None:
    cast = raid.cast
    proposal = proposed(cast)
    assert shown(cast) == 3 and not Suspension.objects.exists()
    assert proposed(cast).pk == proposal.pk  # Sent twice, it is one proposal.
    with pytest.raises(NotAllowed, match="It takes a second watcher"):
        watching.second(proposal, by=cast.dara)
    with pytest.raises(NotAllowed, match="for those on the watch"):
        watching.second(proposal, by=cast.bram)
    assert [n.member.name for n in Notice.objects.filter(key=f"watch-second:{proposal.pk}")] == ["Emil"]


def test_two_watchers_suspend_the_account_and_hide_what_it_wrote(raid: Court) -> None:
    cast = raid.cast
    proposal = suspended(cast)
    suspension = Suspension.objects.get()
    assert (suspension.office, suspension.because, suspension.until - suspension.since <= timedelta(days=1)) == (
        "watch", LAMPS, True,
    )  # fmt: skip
    assert shown(cast) == 0 and not may_reply(fresh(cast.kaya), raid.thread)
    assert set(Removal.objects.values_list("office", "is_openable", "case_number")) == {("watch", False, None)}
    assert (proposal.case is not None) and (proposal.case.kind, proposal.case.seats, proposal.case.needed) == (
        "watch",
        3,
        2,
    )
    assert Entry.objects.filter(act="watch.suspend", office="watch").count() == 1
    told = Notice.objects.get(member=cast.kaya, kind="watch")
    assert LAMPS in told.words and told.href == f"/watch/answer/{proposal.pk}"
    with pytest.raises(NotAllowed, match="it is done"):
        watching.second(proposal, by=cast.emil)


def test_the_other_watcher_who_proposes_the_same_agrees(raid: Court) -> None:
    cast = raid.cast
    first = proposed(cast)
    assert watching.propose(by=cast.emil, act="suspend", member=cast.kaya, because="Lamps again.").pk == first.pk
    assert Suspension.objects.count() == 1


def test_the_jury_lets_it_stand_for_thirty_days(raid: Court) -> None:
    cast = raid.cast
    proposal = suspended(cast)
    case = judged(raid, proposal, BREAKS, BREAKS)
    suspension = Suspension.objects.get()
    assert case.stage == "decided" and suspension.until - suspension.since == timedelta(days=30)
    assert Proposal.objects.get().stands is True and shown(cast) == 0
    assert "stands until" in Notice.objects.get(member=cast.kaya, key=f"watch-reviewed:{proposal.pk}").words
    assert not {seat.drawn.member_id for seat in offers(case, "voted")} & {cast.dara.pk, cast.emil.pk, cast.kaya.pk}


def test_the_jury_ends_it_and_everything_is_shown_again(raid: Court) -> None:
    cast = raid.cast
    proposal = suspended(cast)
    judged(raid, proposal, KEEPS, KEEPS)
    assert not fresh(cast.kaya).running_suspension() and shown(cast) == 3
    assert Proposal.objects.get().stands is False and Removal.objects.filter(ended_at=None).count() == 0
    assert may_reply(fresh(cast.kaya), raid.thread)
    with pytest.raises(NotAllowed, match="let Kaya go"):
        proposed(cast)


def test_what_nobody_decides_within_the_day_lapses(raid: Court) -> None:
    cast = raid.cast
    proposal = suspended(cast)
    later = clock.now() + timedelta(hours=24, seconds=1)
    assert watching.lapse_due() == 0
    with at(later):
        assert fresh(cast.kaya).running_suspension() is None
        assert watching.lapse_due() == 1 and watching.lapse_due() == 0
        assert shown(cast) == 3
    assert Proposal.objects.get().stands is None
    assert Case.objects.get(pk=proposal.case_id).stage == "called_off"


def test_what_a_jury_removed_or_its_author_withdrew_meanwhile_stays_away(raid: Court) -> None:
    cast = raid.cast
    gone = Post.objects.filter(author=cast.kaya).order_by("pk")[0]
    with transaction.atomic():
        Removal.objects.create(post=gone, office="jury", standard="Spam", case_number=77)
        Post.objects.filter(pk=gone.pk).update(standing=Post.Standing.REMOVED)
    judged(raid, suspended(cast), KEEPS, KEEPS)
    standing = dict(Post.objects.filter(author=cast.kaya).values_list("pk", "standing"))
    assert standing.pop(gone.pk) == Post.Standing.REMOVED
    assert set(standing.values()) == {Post.Standing.SHOWN}


def test_the_account_answers_in_one_click_or_in_words(raid: Court) -> None:
    cast = raid.cast
    proposal = suspended(cast)
    with pytest.raises(NotAllowed, match="somebody else's account"):
        watching.answer(proposal, by=cast.bram)
    assert "I am a person" in watching.answer(proposal, by=fresh(cast.kaya)).answer
    assert watching.answer(proposal, by=fresh(cast.kaya), words=" I make them myself. ").answer == "I make them myself."
    judged(raid, proposal, KEEPS, KEEPS)
    with pytest.raises(NotAllowed, match="review is over"):
        watching.answer(proposal, by=fresh(cast.kaya), words="Thank you.")


def test_the_watch_acts_on_new_accounts_only(raid: Court) -> None:
    cast = raid.cast
    settled = raid.jurors[0]
    for whom, sentence in (
        (settled, "been here for a while"), (cast.odile, "holds an office"), (cast.emil, "holds an office"),
        (cast.chidi, "holds an office"), (cast.jonas, "suspended already"), (cast.dara, "This is you"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed, match=sentence):
            proposed(cast, member=fresh(whom))
    for more, field in (({"because": " "}, "because"), ({"member": None}, "member"), ({"act": "ban"}, "act")):
        with pytest.raises(Refusal) as refused:
            proposed(cast, **more)
        assert refused.value.field == field
    with pytest.raises(NotAllowed, match="for those on the watch"):
        watching.propose(by=cast.bram, act="suspend", member=cast.kaya, because=LAMPS)
    assert not Proposal.objects.exists()


def test_a_proposal_lapses_after_a_day_and_may_be_dropped(raid: Court) -> None:
    cast = raid.cast
    proposal = proposed(cast)
    with at(clock.now() + timedelta(hours=25)), pytest.raises(NotAllowed, match="nobody agreed within a day"):
        watching.second(proposal, by=cast.emil)
    watching.drop(proposal, by=cast.emil)
    with pytest.raises(NotAllowed, match="was dropped"):
        watching.second(proposal, by=cast.emil)
    assert watching.waiting() == []


def test_two_watchers_hold_a_post_before_a_jury(raid: Court) -> None:
    cast = raid.cast
    with pytest.raises(Refusal, match="ground"):
        proposed(cast, act="hold", member=None, post=raid.post, ground="law")
    proposal = proposed(cast, act="hold", member=None, post=raid.post, ground="threat")
    assert fresh(raid.post).standing == Post.Standing.SHOWN
    done = watching.second(proposal, by=cast.emil)
    assert fresh(raid.post).standing == Post.Standing.HELD and done.hold is not None
    assert (done.hold.by, done.hold.second, done.hold.office) == (cast.dara, cast.emil, "watch")


def test_two_watchers_slow_newcomers_down_and_nobody_else(raid: Court) -> None:
    cast = raid.cast
    for minutes, hours, field in ((0, 2, "minutes"), (10, 25, "hours")):
        with pytest.raises(Refusal) as refused:
            proposed(cast, act="slow", member=None, minutes=minutes, hours=hours)
        assert refused.value.field == field
    watching.second(proposed(cast, act="slow", member=None, minutes=30, hours=2), by=cast.emil)
    with pytest.raises(NewcomersLimit, match="one post in 30 minutes"):
        cast.reply(raid.thread, by=fresh(cast.kaya))
    cast.reply(raid.thread, by=fresh(raid.jurors[0]))
    newest = Post.objects.filter(author=cast.kaya).latest("created_at").created_at
    with at(newest + timedelta(minutes=30)):
        cast.reply(raid.thread, by=fresh(cast.kaya))
        with pytest.raises(NewcomersLimit):
            cast.reply(raid.thread, by=fresh(cast.kaya))
        with pytest.raises(NotAllowed, match="for those on the watch"):
            watching.end_slow_mode(SlowMode.objects.get(), by=cast.bram)
        watching.end_slow_mode(SlowMode.objects.get(), by=cast.emil)
        cast.reply(raid.thread, by=fresh(cast.kaya))
    assert Entry.objects.filter(act__in=["watch.slow", "watch.slow_end"]).count() == 2


def test_where_too_few_can_be_drawn_an_operator_reviews(court: Court) -> None:
    cast = court.cast
    on_watch(cast.dara, cast.emil)
    cast.reply(court.thread, by=cast.kaya, text="lamps0")
    proposal = suspended(cast)
    assert proposal.case is not None and proposal.case.judges == "operator"
    assert original(Thread.objects.get()).standing == Post.Standing.SHOWN
