"""Claiming an imported member's account by an operator's link."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from palaver.accounts import claiming, joining
from palaver.accounts.models import Application, Member
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.record.models import Entry
from tests.cast import Cast, fresh, signed_in
from tests.forums.test_races import at_once

PASSWORD = "a heron on the weir"


@pytest.fixture
def olga(cast: Cast) -> Member:
    """Wrote in the old forum; nobody signs in as her yet."""
    name, key = joining.check_name("Olga")
    with transaction.atomic():
        return Member.objects.create(name=name, name_key=key)


def test_a_link_makes_the_account_somebodys(cast: Cast, olga: Member) -> None:
    token = claiming.make_link(olga, by=cast.odile)
    browser = Client(headers={"sec-fetch-site": "same-origin"})
    assert "Olga wrote" in browser.get(f"/claim/{token}").content.decode()
    answer = browser.post(f"/claim/{token}", {"password": PASSWORD, "email": "Olga@Example.org"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    claimed = fresh(olga)
    assert claimed.is_active and claimed.check_password(PASSWORD) and claimed.email == "olga@example.org"
    assert str(browser.session["_auth_user_id"]) == str(olga.pk)
    assert Entry.objects.get(act="member.claim_link").subject == f"member:{olga.pk}"
    assert Client().get(f"/claim/{token}").status_code == 404


def test_only_the_newest_link_opens_and_only_for_a_week(cast: Cast, olga: Member) -> None:
    first, second = (claiming.make_link(olga, by=cast.odile) for _ in range(2))
    assert claiming.claimed_by(first) is None and claiming.claimed_by(second) == olga
    with clock.stopped_at(clock.now() + timedelta(days=7, seconds=1)):
        assert claiming.claimed_by(second) is None


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "WzEsMiwiMyJd:1tabcd:forged", "\x00", "[" * 900])
def test_forged_links_open_nothing(cast: Cast, olga: Member, token: str) -> None:
    assert claiming.claimed_by(token) is None
    with pytest.raises(Refusal, match="does not open anything"):
        claiming.claim(token, password=PASSWORD)


def test_only_operators_make_links_and_only_to_what_nobody_has(cast: Cast, olga: Member) -> None:
    with pytest.raises(NotAllowed):
        claiming.make_link(olga, by=cast.chidi)
    with pytest.raises(Refusal, match="has an account already"):
        claiming.make_link(cast.ana, by=cast.odile)
    with transaction.atomic():
        Application.objects.create(member=olga, question="?", answer="!")
    with pytest.raises(Refusal, match="asked to join"):
        claiming.make_link(olga, by=cast.odile)


def test_a_weak_password_or_anothers_address_is_refused_beside_its_field(cast: Cast, olga: Member) -> None:
    joining.join(name="Petra", password=PASSWORD, email="petra@example.org")
    token = claiming.make_link(olga, by=cast.odile)
    for form, field in (
        ({"password": "short"}, "password"),
        ({"password": PASSWORD, "email": "petra@example.org"}, "email"),
    ):
        with pytest.raises(Refusal) as refused:
            claiming.claim(token, **form)  # type: ignore[arg-type]
        assert refused.value.field == field
    assert not fresh(olga).is_active


@pytest.mark.django_db(transaction=True)
def test_of_32_claims_at_once_one_has_it(cast: Cast, olga: Member) -> None:
    token = claiming.make_link(olga, by=cast.odile)
    done = at_once(*(lambda n=n: claiming.claim(token, password=f"a heron on weir {n}") for n in range(32)))
    assert sum(isinstance(one, Member) for one in done) == 1


def test_the_desk_makes_the_link(cast: Cast, olga: Member) -> None:
    page = signed_in(cast.odile).post(f"/desk/members/{olga.pk}", {"act": "claim_link"}).content.decode()
    token = page.split("/claim/")[1].split("</code>")[0]
    assert claiming.claimed_by(token) == olga
