"""Becoming a member."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import identify_hasher

from palaver.accounts import joining, settling
from palaver.accounts.models import Member
from palaver.kit.decisions import Refusal
from tests.cast import PASSWORD, Cast, fresh


def test_a_member_joins_with_a_name_and_a_password(db: None) -> None:
    ana = joining.join(name="Ana", password=PASSWORD, email=" Ana@Example.org ")
    stored = Member.objects.get(pk=ana.pk)
    assert (stored.name, stored.email, stored.is_active, stored.is_operator) == ("Ana", "ana@example.org", True, False)
    assert stored.check_password(PASSWORD)
    assert identify_hasher(stored.password).algorithm == "argon2"


@pytest.mark.parametrize("name", ["Ana", "ana", "АNА", "Äna"])
def test_a_name_that_looks_like_a_members_is_taken(cast: Cast, name: str) -> None:
    assert cast.ana.name == "Ana"
    with pytest.raises(Refusal, match=r"looks just like it|alphabets") as refused:
        cast.member(name)
    assert refused.value.field == "name"


def test_a_former_name_stays_taken_for_everybody_else(cast: Cast) -> None:
    settling.settle(cast.ana, name="Anastasia")
    with pytest.raises(Refusal, match="looks just like it"):
        cast.member("Ana")
    assert settling.settle(fresh(cast.ana), name="Ana").name == "Ana"


def test_an_email_address_belongs_to_one_member_whatever_its_case(cast: Cast) -> None:
    joining.join(name="Ana", password=PASSWORD, email="ana@example.org")
    with pytest.raises(Refusal, match="belongs to a member already"):
        joining.join(name="Bram", password=PASSWORD, email="ANA@example.org")
    assert not Member.objects.filter(name="Bram").exists()


@pytest.mark.parametrize(
    ("password", "because"),
    [("short", "at least 10"), ("1234567890", "too common"), ("Anastasia-1", "too similar")],
)
def test_a_weak_password_is_refused_with_its_reason(db: None, password: str, because: str) -> None:
    with pytest.raises(Refusal, match=because) as refused:
        joining.join(name="Anastasia", password=password)
    assert refused.value.field == "password"
