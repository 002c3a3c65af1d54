"""Who may judge: each rule that keeps somebody out, and that nobody whom a rule names is ever offered a seat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from palaver.accounts import avoiding, inviting, networks, suspending
from palaver.accounts.models import Acceptance, Avoidance, Member, Network, Session
from palaver.community.models import Community
from palaver.forums import placing, subscribing
from palaver.forums.models import Forum, Subscription
from palaver.kit import clock
from palaver.reading import marking
from palaver.standards import bounds, charter, convening, eligibility, lot, seating, seeds, serving
from palaver.standards.models import Case, PoolMember, Round, Seat
from tests.cast import at, original
from tests.standards.court import BREAKS, Court, fresh_case, judge, juror, offers, settled

NETWORK = "8.8.4.4"


def pool_of(case: Case) -> set[int]:
    return set(PoolMember.objects.filter(case=case).values_list("member_id", flat=True))


def may_judge(court: Court, *, alerters: tuple[int, ...] = ()) -> frozenset[int]:
    """Everybody who may judge Ana's post, with Bram as its alerter."""
    parties = alerters or (court.cast.bram.pk,)
    return eligibility.eligible(eligibility.matter(author_id=court.cast.ana.pk, post=court.post, alerters=parties))


@pytest.fixture
def femi(court: Court) -> Member:
    """A member who may judge, until a test gives a reason why not."""
    settled(court.cast.femi)
    assert court.cast.femi.pk in may_judge(court)
    return court.cast.femi


def test_the_author_and_the_alerter_never_judge(court: Court) -> None:
    settled(court.cast.ana, court.cast.bram, court.cast.femi)
    assert may_judge(court) == {court.cast.femi.pk}


def test_who_is_new_here_does_not(court: Court, femi: Member) -> None:
    with transaction.atomic():
        Member.objects.filter(pk=femi.pk).update(joined_at=clock.now() - timedelta(days=13))
    assert femi.pk not in may_judge(court)


def test_who_has_written_little_does_not(court: Court, femi: Member) -> None:
    with transaction.atomic():
        Member.objects.filter(pk=femi.pk).update(post_count=9)
    assert femi.pk not in may_judge(court)


def test_who_was_not_here_for_a_month_does_not_unless_they_wrote(court: Court, femi: Member) -> None:
    with transaction.atomic():
        Session.objects.filter(member=femi).update(seen_at=clock.now() - timedelta(days=31))
    assert femi.pk not in may_judge(court)
    court.cast.thread("Anything new?", by=femi)
    assert femi.pk in may_judge(court)


def test_the_suspended_do_not_and_do_again_when_it_has_lapsed(court: Court, femi: Member) -> None:
    suspending.suspend(femi, by=court.cast.odile, until=clock.now() + timedelta(days=1), because="Lamps.")
    assert femi.pk not in may_judge(court)
    with at(clock.now() + timedelta(days=2)):
        assert femi.pk in may_judge(court)


def test_who_is_not_available_does_not(court: Court, femi: Member) -> None:
    serving.settle(femi, is_available=False)
    assert femi.pk not in may_judge(court)
    serving.settle(femi, is_available=True)
    assert femi.pk in may_judge(court)


@pytest.mark.parametrize("party", ["ana", "bram"])
def test_who_is_on_either_sides_avoidance_list_does_not(court: Court, femi: Member, party: str) -> None:
    avoiding.avoid(femi, by=getattr(court.cast, party))
    assert femi.pk not in may_judge(court)


def test_being_avoided_by_others_changes_nothing(court: Court, femi: Member) -> None:
    avoiding.avoid(femi, by=court.cast.dara)
    assert femi.pk in may_judge(court)


def test_three_replies_between_a_member_and_the_author_in_a_month_tie_them(court: Court, femi: Member) -> None:
    other = court.cast.thread("Tea?", by=court.cast.dara)
    hers = court.cast.reply(other, by=court.cast.ana)
    court.cast.reply(other, by=femi, answers=hers)
    his = court.cast.reply(other, by=femi, answers=hers)
    assert femi.pk in may_judge(court), "Two are a coincidence."
    court.cast.reply(other, by=court.cast.ana, answers=his)
    assert femi.pk not in may_judge(court)
    with at(clock.now() + timedelta(days=29)):
        assert femi.pk not in may_judge(court)
    with at(clock.now() + timedelta(days=31)):
        settled(femi)
        Session.objects.filter(member=femi).update(seen_at=clock.now())
        assert femi.pk in may_judge(court)


def test_replies_to_the_authors_threads_count_too(court: Court, femi: Member) -> None:
    other = court.cast.thread("Tea?", by=court.cast.ana)
    for _ in range(3):
        court.cast.reply(other, by=femi)
    assert femi.pk not in may_judge(court)


def test_who_wrote_in_the_same_branch_does_not(court: Court, femi: Member) -> None:
    top = court.cast.reply(court.thread, by=court.cast.ana)
    below = court.cast.reply(court.thread, by=court.cast.dara, answers=top)
    court.cast.reply(court.thread, by=femi, answers=below)
    elsewhere = court.cast.reply(court.thread, by=court.cast.emil)
    settled(court.cast.emil)
    court.post = top
    assert femi.pk not in may_judge(court)
    assert court.cast.emil.pk in may_judge(court), "Another branch of the thread."
    court.post = elsewhere
    assert femi.pk in eligibility.eligible(eligibility.matter(author_id=court.cast.emil.pk, post=elsewhere))


def test_who_answered_the_original_post_does_not_judge_it(court: Court, femi: Member) -> None:
    court.cast.reply(court.thread, by=femi)
    assert femi.pk not in may_judge(court)


def invited(by: Member, name: str) -> Member:
    invitation = inviting.invite(by=by, secret=f"secret for {name}", places=1)
    member = Member(name=name, name_key=name.lower(), joined_at=clock.now(), claimed_at=clock.now())
    inviting.accept(invitation, member=member)
    settled(member)
    return member


def test_who_came_by_a_partys_invitation_or_the_same_inviters_does_not(court: Court) -> None:
    with transaction.atomic():
        Community.objects.update(members_invite=True)
    ana, dara, emil = court.cast.ana, court.cast.dara, court.cast.emil
    settled(ana, dara, emil)
    for member in (ana, dara, emil):
        member.refresh_from_db()
    child, grandchild_of_dara = invited(ana, "Lena"), invited(dara, "Mira")
    settled(grandchild_of_dara)
    grandchild_of_dara.refresh_from_db()
    sibling = invited(grandchild_of_dara, "Nils")
    with transaction.atomic():
        # Ana herself came by Mira's link.
        mine = inviting.invite(by=grandchild_of_dara, secret="for ana", places=1)
        Acceptance.objects.create(invitation=mine, member=ana)
    named = may_judge(court)
    assert child.pk not in named, "Invited by her."
    assert grandchild_of_dara.pk not in named, "Invited her."
    assert sibling.pk not in named, "Invited by the same."
    assert dara.pk not in named, "Two steps up."
    assert emil.pk in named


def test_an_operators_invitations_tie_nobody(court: Court) -> None:
    door = inviting.invite(by=court.cast.odile, secret="the door", places=50)
    settled(court.cast.femi)
    with transaction.atomic():
        for member in (court.cast.ana, court.cast.femi):
            Acceptance.objects.create(invitation=door, member=member)
    assert court.cast.femi.pk in may_judge(court)


def test_who_shares_a_network_with_a_party_does_not_for_thirty_days(court: Court, femi: Member) -> None:
    networks.note(court.cast.ana.pk, NETWORK)
    networks.note(femi.pk, "8.8.4.200")
    assert femi.pk not in may_judge(court), "The same /24."
    with at(clock.now() + timedelta(days=31)):
        assert networks.forget() == 2 and not Network.objects.exists()


def test_a_network_that_many_use_tells_nothing(court: Court, femi: Member) -> None:
    crowd = court.crowd(6)
    for member in (court.cast.ana, femi, *crowd):
        networks.note(member.pk, NETWORK)
    assert femi.pk in may_judge(court), "Eight are more than a twentieth of the active members, and more than four."


def test_loopback_and_private_addresses_are_never_noted(court: Court) -> None:
    for address in ("127.0.0.1", "::1", "10.1.2.3", "192.168.0.4", "fe80::1", "fd00::1", "100.64.0.1", "", "nonsense"):
        assert not networks.note(court.cast.ana.pk, address)
    assert not Network.objects.exists()


def test_a_network_is_a_24_or_a_48_and_its_key_shows_no_address(court: Court) -> None:
    assert networks.key_of("8.8.4.4") == networks.key_of("8.8.4.250") == networks.key_of("::ffff:8.8.4.1")
    assert networks.key_of("8.8.4.4") != networks.key_of("8.8.5.4")
    assert networks.key_of("2600:1:2:3::1") == networks.key_of("2600:1:2:ffff::9") != networks.key_of("2600:1:3::1")
    assert len(networks.key_of("8.8.4.4")) == 32


def test_in_a_closed_forum_only_its_readers_judge(court: Court, femi: Member) -> None:
    thread = court.cast.thread("Secret?", forum=court.cast.den)
    court.post = original(thread)
    assert femi.pk not in may_judge(court)
    placing.admit(court.cast.den, member=femi, by=court.cast.odile)
    assert femi.pk in may_judge(court)


def test_in_a_safe_haven_only_its_subscribers_of_a_month_judge(court: Court, femi: Member) -> None:
    with transaction.atomic():
        Forum.objects.filter(pk=court.post.forum_id).update(is_safe_haven=True)
    subscribing.subscribe(court.cast.lounge, by=femi)
    assert femi.pk not in may_judge(court), "Since a moment ago."
    with transaction.atomic():
        Subscription.objects.filter(member=femi).update(at=clock.now() - timedelta(days=31))
    assert may_judge(court) == {femi.pk}


def test_who_read_on_in_the_thread_lately_is_spared_where_there_are_enough_others(court: Court) -> None:
    first = court.crowd(bounds.POOL_TO_SPARE_READERS)[0]
    marking.read_up_to(court.thread, by=first, number=0)
    assert first.pk in may_judge(court), "Without them the pool would be too small."
    court.crowd(1)
    assert may_judge(court) == {member.pk for member in court.jurors} - {first.pk}
    with at(clock.now() + timedelta(hours=2)):
        assert first.pk in may_judge(court)


def test_who_rests_does_not(court: Court) -> None:
    court.crowd(16)
    case = court.sitting()
    served = {juror(seat).pk for seat in offers(case)}
    judge(case, BREAKS, BREAKS, BREAKS)
    other = court.cast.reply(court.thread, by=court.cast.hana)
    court.post = other
    asked = eligibility.matter(author_id=court.cast.hana.pk, post=other)
    assert not served & eligibility.eligible(asked)
    with at(clock.now() + bounds.rest(16) + timedelta(minutes=1)):
        asked = eligibility.matter(author_id=court.cast.hana.pk, post=other)
        assert served <= eligibility.eligible(asked)


def test_who_has_voted_on_the_post_does_not_judge_it_again(court: Court) -> None:
    court.crowd(16)
    case = court.sitting()
    served = {juror(seat).pk for seat in offers(case)}
    judge(case, BREAKS, BREAKS, BREAKS)
    with at(clock.now() + timedelta(days=20)):
        asked = eligibility.matter(author_id=court.cast.ana.pk, post=court.post, of=fresh_case(case))
        assert not served & eligibility.eligible(asked)
        assert court.cast.bram.pk in asked.parties, "An appeal's parties are the first case's, its alerter too."


def test_each_own_removal_takes_twenty_points_of_the_chance(court: Court) -> None:
    court.crowd(9)
    ana = court.cast.ana
    assert eligibility.chance(ana.pk) == 100
    judge(court.sitting(), BREAKS, BREAKS, BREAKS)
    assert eligibility.chance(ana.pk) == 80 and eligibility.chances(clock.now()) == {ana.pk: 80}
    with at(clock.now() + timedelta(days=91)):
        assert eligibility.chance(ana.pk) == 100


def test_who_has_no_chance_left_is_in_no_pool(court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    court.crowd(9)
    unlucky = court.jurors[0]
    monkeypatch.setattr(eligibility, "chances", lambda at: {unlucky.pk: 0})
    assert pool_of(court.case()) == {member.pk for member in court.jurors[1:]}


def test_a_very_large_community_draws_a_share_into_the_pool(court: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_IN_POOL", 20)
    court.crowd(60)
    case = court.case()
    assert case.share == 3333 and 8 <= case.pool_size <= 34
    year, quarter = (case.opened_at.year, (case.opened_at.month + 2) // 3)
    for member in court.jurors:
        key = lot.juror_key(seeds.secret(), member.pk, year, quarter)
        assert (member.pk in pool_of(case)) == lot.takes_part(key, case.pk, 100, 3333), "Each can prove it to themself."


# Nobody whom a rule names -----------------------------------------------------------------------------------------

RELATIONS: dict[str, Callable[[Court, Member], object]] = {
    "avoided": lambda court, member: Avoidance.objects.create(member=court.cast.ana, avoided=member),
    "avoided by the alerter": lambda court, member: Avoidance.objects.create(member=court.cast.bram, avoided=member),
    "wrote in the branch": lambda court, member: court.cast.reply(court.thread, by=member),
    "in the network": lambda court, member: networks.note(member.pk, NETWORK),
    "not available": lambda court, member: serving.settle(member, is_available=False),
    "new": lambda court, member: Member.objects.filter(pk=member.pk).update(joined_at=clock.now()),
    "silent": lambda court, member: Member.objects.filter(pk=member.pk).update(post_count=3),
    "left": lambda court, member: Member.objects.filter(pk=member.pk).update(left_at=clock.now()),
    "suspended": lambda court, member: suspending.suspend(
        member, by=court.cast.odile, until=clock.now() + timedelta(days=1), because="Lamps."
    ),
}


def test_no_seat_ever_goes_to_anybody_whom_an_exclusion_names(court: Court) -> None:
    court.crowd(20)
    networks.note(court.cast.ana.pk, NETWORK)
    settled(court.cast.ana, court.cast.bram)
    everybody = [*court.jurors, court.cast.ana, court.cast.bram]
    charter.in_force()

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.dictionaries(st.integers(0, 11), st.sampled_from(sorted(RELATIONS)), max_size=12))
    def judged(drawn: dict[int, str]) -> None:
        with transaction.atomic():
            named = {court.cast.ana.pk, court.cast.bram.pk}
            for number, relation in drawn.items():
                # A network of five members and more is common here; up to four share one.
                common = relation == "in the network" and Network.objects.count() >= 4
                RELATIONS["avoided" if common else relation](court, court.jurors[number])
                named.add(court.jurors[number].pk)
            case = court.case()
            assert not pool_of(case) & named
            for _round in range(4):
                court.gather(everybody)
                convening.sit(case.pk)
                for seat in offers(case):
                    assert juror(seat).pk not in named
                    seating.decline(seat, by=juror(seat))
            assert Seat.objects.filter(case=case).count() >= 8
            transaction.set_rollback(True)

    judged()


def test_who_is_suspended_or_unavailable_after_the_opening_is_offered_nothing(court: Court) -> None:
    court.crowd(9)
    case = court.case()
    suspending.suspend(court.jurors[0], by=court.cast.odile, until=clock.now() + timedelta(days=1), because="Lamps.")
    serving.settle(court.jurors[1], is_available=False)
    court.gather()
    convening.sit_due()
    for seat in offers(case):
        assert juror(seat) not in court.jurors[:2]
    assert len(Round.objects.get(case=case).present) == 7


def test_nobody_sits_on_two_juries_at_once(court: Court) -> None:
    court.crowd(10)
    first = court.case()
    second = court.case(post=court.cast.reply(court.thread, by=court.cast.hana), by=court.cast.emil)
    court.gather()
    convening.sit_due()
    one, two = ({juror(seat).pk for seat in offers(case)} for case in (first, second))
    assert len(one) == len(two) == 3 and not one & two
