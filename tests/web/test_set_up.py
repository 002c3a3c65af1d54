"""An empty installation: every page leads to its set-up, which the founder's token opens once."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, override_settings
from tests.cast import Cast
from tests.forums.test_races import at_once

from palaver.accounts.models import Member
from palaver.community.models import Community
from palaver.community.reads import about
from palaver.forums import founding
from palaver.forums.beginnings import BEGINNINGS
from palaver.forums.models import Category, Forum
from palaver.kit import env
from palaver.kit.decisions import Refusal
from palaver.record.models import Entry
from palaver.record.verifying import verify
from palaver.web.founding import tokens

TOKEN_FILE = "set_up_token"
FORM = {
    "name": "Millbrook Commons",
    "sentence": "A town talking to itself.",
    "sign_up": "open",
    "question": "",
    "operator": "Odile",
    "email": "odile@example.org",
    "password": "a heron on the weir",
    "begin_with": "civic",
    "forum": ["civic-news", "civic-lounge", "civic-help"],
}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token() -> Iterator[str]:
    tokens.forget()
    yield tokens.token()
    tokens.forget()


@pytest.fixture
def guest() -> Client:
    return Client(headers={"sec-fetch-site": "same-origin"})


@pytest.mark.parametrize(
    "path", ["/", "/latest", "/f/nowhere/", "/account/signup/", "/desk/", "/t/1/x", "/no/such/page"]
)
def test_every_page_of_an_empty_installation_leads_to_the_set_up(guest: Client, token: str, path: str) -> None:
    answer = guest.get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/set-up")
    assert answer["Cache-Control"] == "no-store"


def test_nothing_can_be_sent_past_the_set_up(guest: Client, token: str) -> None:
    answer = guest.post("/account/signup/", {"username": "Jonas", "password1": "a heron on the weir"})
    assert (answer.status_code, answer["Location"], Member.objects.count()) == (302, "/set-up", 0)


def test_the_token_is_a_secret_of_the_home(token: str) -> None:
    file = env.home() / "secrets" / TOKEN_FILE
    assert file.read_text() == token and len(token) >= 43
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_founder_makes_a_community_and_is_signed_in(guest: Client, token: str) -> None:
    assert "Found a community" in guest.get(f"/set-up?token={token}").content.decode()
    answer = guest.post("/set-up", {**FORM, "token": token})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/first-steps")
    steps = guest.get("/desk/first-steps")
    assert steps.status_code == 200 and "Millbrook Commons stands" in steps.content.decode()
    odile = Member.objects.get()
    assert (odile.name, odile.is_operator, odile.check_password(FORM["password"])) == ("Odile", True, True)
    assert list(Forum.objects.order_by("place").values_list("name", flat=True)) == [
        "Latest news",
        "The lounge",
        "Questions about this forum",
    ]
    assert Category.objects.count() == 2  # The one of which nothing was ticked is not made.
    assert about()[:3] == ("Millbrook Commons", "A town talking to itself.", "open") and about().is_set_up
    acts = list(Entry.objects.order_by("sequence").values_list("act", flat=True))
    assert acts == ["community.change", "operator.make", *["category.open", "forum.open", "forum.open"][:1], *acts[3:]]
    assert sorted(set(acts)) == ["category.open", "community.change", "forum.open", "operator.make"]
    assert verify()
    page = Client().get("/").content.decode()
    assert "Millbrook Commons" in page and "A town talking to itself." in page


def test_afterwards_the_set_up_is_gone_and_its_token_with_it(guest: Client, token: str) -> None:
    guest.post("/set-up", {**FORM, "token": token})
    assert not (env.home() / "secrets" / TOKEN_FILE).exists()
    for answer in (Client().get(f"/set-up?token={token}"), guest.post("/set-up", {**FORM, "token": token})):
        assert answer.status_code == 410 and "has been set up" in answer.content.decode()
    assert Member.objects.count() == 1


@pytest.mark.parametrize("given", ["", "x", "ÿ" * 40, "\x00"])
def test_a_wrong_token_opens_nothing_and_is_answered_with_a_sentence(guest: Client, token: str, given: str) -> None:
    answer = guest.post("/set-up", {**FORM, "token": given})
    assert answer.status_code == 403
    assert "token" in answer.content.decode() and "Found a community" not in answer.content.decode()
    assert not founding.is_founded()


def test_after_ten_wrong_tokens_even_the_right_one_waits(guest: Client, token: str) -> None:
    for n in range(tokens.FROM_ONE_ADDRESS):
        assert guest.get(f"/set-up?token=wrong{n}").status_code == 403
    waits = guest.get(f"/set-up?token={token}")
    assert waits.status_code == 429 and "Wait ten minutes" in waits.content.decode()
    # Somebody at another address is not held up by that.
    assert guest.get(f"/set-up?token={token}", REMOTE_ADDR="192.0.2.7").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "needs a name"),
        ("name", "x" * 61, "60 fit"),
        ("sign_up", "whoever", "Choose one"),
        ("operator", "a", "2"),
        ("email", "odile@", "look like an e-mail"),
        ("password", "short", "at least 10"),
        ("begin_with", "castle", "Choose what to begin with"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_else_is_lost(
    guest: Client, token: str, field: str, value: str, sentence: str
) -> None:
    answer = guest.post("/set-up", {**FORM, field: value, "token": token})
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page
    kept = {"name": FORM["name"], "operator": FORM["operator"]}
    assert all(f'value="{text}"' in page for name, text in kept.items() if name != field)
    assert 'value="civic-planning" id="id_civic-planning" aria-describedby="id_civic-planning_help">' in page
    assert FORM["password"] not in page
    assert not founding.is_founded() and Member.objects.count() == 0 and Entry.objects.count() == 0
    assert not Community.objects.filter(set_up_at__isnull=False).exists()


def test_approval_needs_a_question(guest: Client, token: str) -> None:
    answer = guest.post("/set-up", {**FORM, "sign_up": "approval", "token": token})
    assert answer.status_code == 422 and "Write the question" in answer.content.decode()


def test_the_set_up_is_found_again_in_every_beginning(db: None) -> None:
    keys = [forum.key for one in BEGINNINGS for forum in one.forums()]
    assert len(keys) == len(set(keys)) and {one.key for one in BEGINNINGS} == {"civic", "club", "newsroom", "empty"}


@pytest.mark.parametrize("begin_with", [one.key for one in BEGINNINGS])
def test_each_beginning_can_be_founded_whole(db: None, begin_with: str) -> None:
    chosen = next(one for one in BEGINNINGS if one.key == begin_with)
    founding.found(**arguments(begin_with=begin_with, forums={forum.key for forum in chosen.forums()}))
    assert Forum.objects.count() == len(chosen.forums()) and founding.is_founded()


def arguments(**more: Any) -> dict[str, Any]:
    found = {name: FORM[name] for name in ("name", "sentence", "sign_up", "operator", "password", "begin_with")}
    return {**found, "forums": frozenset(FORM["forum"]), **more}


def test_of_32_founders_at_the_same_instant_one_founds(db: None) -> None:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        done = at_once(*(lambda n=n: founding.found(**arguments(operator=f"Founder{n}")) for n in range(32)))
    refused = [one for one in done if isinstance(one, Refusal)]
    assert len(refused) == 31 and {type(one) for one in refused} == {founding.FoundedAlready}
    assert (Member.objects.count(), Forum.objects.count()) == (1, 3) and verify()


def test_an_installation_with_an_operator_or_a_forum_is_founded(db: None, guest: Client) -> None:
    assert not founding.is_founded()
    assert Cast().odile and founding.is_founded()
    assert guest.get("/").status_code == 200
    assert guest.get("/set-up").status_code == 410
