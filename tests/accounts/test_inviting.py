"""Invitations: who makes them, whom they let in, and when they lead nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from palaver.accounts import inviting, joining, suspending
from palaver.accounts.models import Acceptance, Invitation, Member
from palaver.community import settling
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.record.models import Entry
from tests.cast import Cast, fresh, signed_in
from tests.forums.test_races import at_once

SECRET = "a-secret-nobody-guesses-0123456789"
FORM = {"username": "Nadia", "password1": "a heron on the weir"}


def at_home(member: Member) -> Member:
    """A member who has been here long enough to bring others."""
    with transaction.atomic():
        Member.objects.filter(pk=member.pk).update(joined_at=clock.ago(days=30), post_count=20)
    return fresh(member)


def newcomer(name: str) -> Member:
    name, key = joining.check_name(name)
    return Member(name=name, name_key=key, password="!", claimed_at=clock.now())


def by_invitation(cast: Cast) -> None:
    settling.settle(by=cast.odile, sign_up="invitation")


def test_a_member_invites_and_somebody_joins(cast: Cast) -> None:
    by_invitation(cast)
    made = inviting.invite(by=at_home(cast.ana), secret=SECRET, note="For Nadia")
    assert SECRET not in str(Invitation.objects.values().get(pk=made.pk))
    page = Client().get(f"/join/{SECRET}")
    assert page.status_code == 200 and "Ana has invited you." in page.content.decode()
    answer = Client(headers={"sec-fetch-site": "same-origin"}).post(f"/join/{SECRET}", FORM)
    assert answer.status_code == 302
    nadia = Member.objects.get(name="Nadia")
    assert nadia.is_active and Acceptance.objects.get(member=nadia).invitation == made
    assert Client().get(f"/join/{SECRET}").status_code == 404


def test_without_an_invitation_nobody_joins_then(cast: Cast) -> None:
    by_invitation(cast)
    browser = Client(headers={"sec-fetch-site": "same-origin"})
    assert "People join by invitation here" in browser.get("/account/signup/").content.decode()
    browser.post("/account/signup/", FORM)
    assert not Member.objects.filter(name="Nadia").exists()
    assert "/account/signup/" not in Client().get("/forums").content.decode().split('class="page"')[0]


def test_invitations_that_do_not_lead_in_look_alike(cast: Cast) -> None:
    by_invitation(cast)
    ana = at_home(cast.ana)
    inviting.invite(by=ana, secret="over" * 8, days=1)
    inviting.take_back(inviting.invite(by=ana, secret="back" * 8), by=ana)
    inviting.accept(inviting.invite(by=ana, secret="full" * 8), member=newcomer("Nadia"))
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        answers = [Client().get(f"/join/{word * 8}") for word in ("over", "back", "full", "none")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_an_invitation_of_somebody_suspended_meanwhile_leads_nowhere(cast: Cast) -> None:
    by_invitation(cast)
    ana = at_home(cast.ana)
    inviting.invite(by=ana, secret=SECRET)
    assert inviting.leading_in(SECRET)
    suspending.suspend(ana, by=cast.odile, until=clock.now() + timedelta(days=1), because="Lamps.")
    assert inviting.leading_in(SECRET) is None
    with pytest.raises(NotAllowed, match="suspended"):
        inviting.invite(by=fresh(ana), secret="another")


def test_a_closed_community_lets_nobody_in_by_invitation_either(cast: Cast) -> None:
    inviting.invite(by=cast.odile, secret=SECRET)
    assert inviting.leading_in(SECRET)
    settling.settle(by=cast.odile, sign_up="closed")
    assert inviting.leading_in(SECRET) is None


def test_newcomers_do_not_invite_nor_members_where_operators_do(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="have been here for 7 days"):
        inviting.invite(by=cast.bram, secret=SECRET)
    settling.settle(by=cast.odile, members_invite=False)
    with pytest.raises(NotAllowed, match="operators invite"):
        inviting.invite(by=at_home(cast.ana), secret=SECRET)
    assert inviting.invite(by=cast.odile, secret=SECRET)


def test_a_member_has_five_running(cast: Cast) -> None:
    ana = at_home(cast.ana)
    made = [inviting.invite(by=ana, secret=f"secret-{n}") for n in range(inviting.RUNNING_AT_ONCE)]
    with pytest.raises(Refusal, match="5 invitations running"):
        inviting.invite(by=ana, secret="one-more")
    assert inviting.invite(by=ana, secret="secret-0").pk == made[0].pk  # The same one, asked for twice.
    inviting.take_back(made[0], by=ana)
    assert inviting.invite(by=ana, secret="one-more")


@pytest.mark.parametrize(
    ("places", "days", "field"), [(0, 7, "places"), (6, 7, "places"), (1, 0, "days"), (1, 91, "days")]
)
def test_what_an_invitation_cannot_be(cast: Cast, places: int, days: int, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        inviting.invite(by=at_home(cast.ana), secret=SECRET, places=places, days=days)
    assert refused.value.field == field


def test_only_its_maker_or_an_operator_takes_it_back(cast: Cast) -> None:
    ana = at_home(cast.ana)
    own, other = inviting.invite(by=ana, secret="own"), inviting.invite(by=ana, secret="other")
    with pytest.raises(NotAllowed):
        inviting.take_back(own, by=cast.bram)
    inviting.take_back(own, by=ana)
    assert not Entry.objects.filter(act="invitation.end").exists()
    inviting.take_back(other, by=cast.odile)
    assert Entry.objects.get(act="invitation.end").subject == f"member:{ana.pk}"


@pytest.mark.django_db(transaction=True)
def test_64_at_once_on_one_place_are_one(cast: Cast) -> None:
    made = inviting.invite(by=cast.odile, secret=SECRET)
    done = at_once(*(lambda n=n: inviting.accept(made, member=newcomer(f"Comer{n}")) for n in range(64)))
    assert sum(isinstance(one, Member) for one in done) == 1
    assert (fresh(made).taken, Acceptance.objects.count()) == (1, 1)
    assert Member.objects.filter(name__startswith="Comer").count() == 1


def test_the_page_shows_the_link_once_and_a_form_sent_twice_makes_one(cast: Cast) -> None:
    browser = signed_in(cast.odile)
    page = browser.get("/account/invitations").content.decode()
    once = page.split('name="once" value="')[1].split('"')[0]
    form = {"once": once, "places": "2", "days": "7", "note": "Nadia"}
    first, second = (browser.post("/account/invitations", form).content.decode() for _ in range(2))
    link = first.split('<code dir="ltr">')[1].split("</code>")[0]
    assert link in second and Invitation.objects.count() == 1
    assert Client().get("/join/" + link.rpartition("/")[2]).status_code == 200
    assert link not in browser.get("/account/invitations").content.decode()


def test_a_members_page_does_not_say_who_invited_them(cast: Cast) -> None:
    made = inviting.invite(by=cast.odile, secret=SECRET)
    inviting.accept(made, member=newcomer("Nadia"))
    assert "Odile" not in Client().get("/m/Nadia").content.decode()
    assert (
        "Invited by"
        in signed_in(cast.odile).get(f"/desk/members/{Member.objects.get(name='Nadia').pk}").content.decode()
    )
