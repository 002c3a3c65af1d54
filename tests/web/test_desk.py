"""The operators' desk: each act through its form, refused ones beside their fields, all of them on the record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.cast import Cast, fresh, signed_in

from palaver.accounts import joining, operating
from palaver.accounts.models import Member
from palaver.community.reads import about, mail_from
from palaver.forums.models import Admission, Category, Forum, Office
from palaver.forums.permissions import may_read
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.record.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast: Cast) -> Client:
    assert cast.lounge
    return signed_in(cast.odile)


def entered(act: str) -> bool:
    return Entry.objects.filter(act=act).exists()


def whole(forum: Forum, **more: Any) -> dict[str, Any]:
    """The forum's form as a browser would send it back, with changes."""
    form = {
        "act": "change",
        "name": forum.name,
        "category": forum.category_id,
        "description": forum.description,
        "purpose": forum.purpose,
        "rules": forum.rules,
        "who_reads": forum.who_reads,
        "who_starts": forum.who_starts,
        "who_replies": forum.who_replies,
        "quoted_paragraphs": "4",
        "posts_to_start": forum.posts_to_start,
        "place": forum.place,
        "host_seats": forum.host_seats,
        **({"is_main": "on"} if forum.is_main else {}),
        **more,
    }
    return {key: value for key, value in form.items() if value is not None}


def test_every_page_of_the_desk_has_the_menu_with_its_own_line_marked(desk: Client, cast: Cast) -> None:
    pages = ["/desk/", "/desk/members", "/desk/forums", "/desk/community", "/desk/applications"]
    for page in pages:
        text = desk.get(page).content.decode()
        assert f'href="{page}" aria-current="page"' in text
        assert all(f'href="{other}"' in text for other in pages)


def test_the_community_says_something_else_everywhere_at_once(desk: Client) -> None:
    guest = Client()
    assert "Palaver" in guest.get("/").content.decode()
    form = {
        "act": "settle",
        "name": "Weir & Mill",
        "sentence": "By the river.",
        "sign_up": "open",
        "contact": "a@b.example",
    }
    assert desk.post("/desk/community", form).status_code == 302
    page = guest.get("/").content.decode()
    assert "Weir &amp; Mill</title>" in page and "By the river." in page
    assert about().contact == "a@b.example" and about().members_invite is False
    assert mail_from().startswith("Weir & Mill <") or mail_from().startswith('"Weir & Mill" <')
    assert entered("community.change")


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": ""}, "needs a name"),
        ({"sign_up": "never"}, "Choose one"),
        ({"contact": "nowhere"}, "look like an e-mail"),
        ({"sentence": "x" * 201}, "200 fit"),
    ],
)
def test_what_the_community_cannot_be_is_told_and_kept(desk: Client, form: dict[str, str], sentence: str) -> None:
    sent = {"act": "settle", "name": "Weir", "sentence": "By the river.", "sign_up": "open", **form}
    answer = desk.post("/desk/community", sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page
    assert about().name == "Palaver" and ("name" in form or 'value="Weir"' in page)


def test_a_category_and_a_forum_are_made_changed_and_removed(desk: Client) -> None:
    desk.post("/desk/forums", {"act": "open_category", "name": "Crafts", "mark": "culture", "place": "7"})
    crafts = Category.objects.get(name="Crafts")
    desk.post("/desk/forums", {"act": "open_forum", "name": "Baskets", "category": crafts.pk, "description": "Willow."})
    baskets = Forum.objects.get(name="Baskets")
    assert (baskets.category, baskets.description) == (crafts, "Willow.")
    desk.post(f"/desk/categories/{crafts.pk}", {"act": "change", "name": "Trades", "mark": "issue", "place": "1"})
    assert (fresh(crafts).name, fresh(crafts).place, fresh(crafts).slug) == ("Trades", 1, "crafts")
    refused = desk.post(f"/desk/categories/{crafts.pk}", {"act": "remove"})
    assert refused.status_code == 422 and "Forums stand in this category" in refused.content.decode()
    life = Category.objects.exclude(pk=crafts.pk).get()
    assert desk.post(f"/desk/forums/{baskets.pk}", whole(baskets, category=life.pk)).status_code == 302
    assert desk.post(f"/desk/categories/{crafts.pk}", {"act": "remove"})["Location"] == "/desk/forums"
    assert not Category.objects.filter(pk=crafts.pk).exists()
    assert all(map(entered, ("category.open", "forum.open", "category.change", "forum.change", "category.remove")))


def test_every_field_of_a_forum_is_settled(desk: Client, cast: Cast) -> None:
    form = whole(
        cast.lounge,
        name="The long  lounge",
        description="Off duty.",
        purpose="Rest.\r\n\r\nMore rest.",
        rules="No *lamps*.",
        who_reads="members",
        who_starts="admitted",
        who_replies="members",
        quoted_paragraphs="",
        posts_to_start="12",
        originals_only="on",
        is_main=None,
        place="9",
        host_seats="5",
    )
    assert desk.post(f"/desk/forums/{cast.lounge.pk}", form).status_code == 302
    told = fresh(cast.lounge)
    assert (told.name, told.slug, told.who_reads, told.who_starts) == (
        "The long lounge",
        "the-lounge",
        "members",
        "admitted",
    )
    assert (told.quoted_paragraphs, told.posts_to_start, told.originals_only) == (None, 12, True)
    assert (told.is_main, told.place, told.host_seats) == (False, 9, 5)
    assert told.purpose == "Rest.\n\nMore rest." and "<em>lamps</em>" in told.rules_html
    assert not may_read(None, told)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": " "}, "needs a name"),
        ({"description": "x" * 201}, "200 fit"),
        ({"who_starts": "everyone"}, "Choose one"),
        ({"posts_to_start": "-1"}, "whole number"),
        ({"place": "99999999"}, "from 0 to 32767"),
        ({"category": "0"}, "Choose a category"),
    ],
)
def test_what_a_forum_cannot_be_is_told_and_kept(desk: Client, cast: Cast, form: dict[str, str], sentence: str) -> None:
    answer = desk.post(f"/desk/forums/{cast.lounge.pk}", whole(cast.lounge, **{"rules": "Keep me.", **form}))
    assert answer.status_code == 422 and sentence in answer.content.decode() and "Keep me." in answer.content.decode()
    assert fresh(cast.lounge).rules == ""


def test_a_forum_is_retired_and_opened_again(desk: Client, cast: Cast) -> None:
    for state in (True, False):
        desk.post(f"/desk/forums/{cast.lounge.pk}", {"act": "retire"})
        assert (fresh(cast.lounge).retired_at is not None) == state


def test_hosts_are_appointed_for_a_term_and_ended(desk: Client, cast: Cast) -> None:
    here = f"/desk/forums/{cast.lounge.pk}"
    assert cast.bram.name == "Bram"
    desk.post(here, {"act": "appoint", "member": "bram", "days": "90"})
    office = Office.objects.get()
    assert office.until is not None and office.until - clock.now() > timedelta(days=89)
    assert "Bram" in desk.get(here).content.decode()
    nobody = desk.post(here, {"act": "appoint", "member": "Nobody", "days": "90"})
    assert nobody.status_code == 422 and "no member of that name" in nobody.content.decode()
    desk.post(here, {"act": "end", "office": office.pk})
    assert fresh(office).ended_at is not None and entered("forum.host_end")
    assert not Office.objects.sitting().exists()


def test_an_audience_is_admitted_and_taken_out_at_once(desk: Client, cast: Cast) -> None:
    here = f"/desk/forums/{cast.den.pk}"
    assert cast.kaya.name == "Kaya" and not may_read(cast.kaya, cast.den)
    desk.post(here, {"act": "admit", "member": "Kaya"})
    assert may_read(cast.kaya, cast.den) and "Kaya" in desk.get(here).content.decode()
    desk.post(here, {"act": "dismiss", "member": "Kaya"})
    assert not Admission.objects.filter(member=cast.kaya).exists() and entered("forum.dismiss")


def test_a_member_is_found_by_the_beginning_of_a_name_its_look_alike_or_the_address(desk: Client, cast: Cast) -> None:
    joining.join(name="Anneliese", password="a heron on the weir", email="liese@example.org")
    assert cast.bram
    for words in ("anne", "ANNELIESE", "Annel1ese", "liese@example.org"):
        page = desk.get("/desk/members", {"name": words}).content.decode()
        assert ">Anneliese<" in page and ">Bram<" not in page, words
    assert "Nobody is called that." in desk.get("/desk/members", {"name": "zzz\x00%"}).content.decode()


def test_a_member_is_suspended_with_a_reason_and_let_free(desk: Client, cast: Cast) -> None:
    here = f"/desk/members/{cast.bram.pk}"
    refused = desk.post(here, {"act": "suspend", "days": "3", "because": " "})
    assert refused.status_code == 422 and "Say why" in refused.content.decode()
    desk.post(here, {"act": "suspend", "days": "3", "because": "Sold lamps."})
    assert cast.bram.running_suspension().because == "Sold lamps."
    desk.post(here, {"act": "unsuspend"})
    assert cast.bram.running_suspension() is None
    assert entered("member.suspend") and entered("member.unsuspend")


def test_operators_are_made_by_name_and_the_last_one_stays(desk: Client, cast: Cast) -> None:
    here = f"/desk/members/{cast.bram.pk}"
    assert desk.post(here, {"act": "make_operator", "name": "Ana"}).status_code == 422
    desk.post(here, {"act": "make_operator", "name": "Bram"})
    assert fresh(cast.bram).is_operator
    own = f"/desk/members/{cast.odile.pk}"
    assert desk.post(own, {"act": "end_operator"})["Location"] == "/"
    assert not fresh(cast.odile).is_operator and entered("operator.end")
    with pytest.raises(Refusal, match="another operator first"):
        operating.end_operator(fresh(cast.bram), by=fresh(cast.bram))


def test_who_is_unclaimed_is_not_made_an_operator(cast: Cast) -> None:
    with transaction.atomic():
        olga = Member.objects.create(name="Olga", name_key="olga")
    with pytest.raises(Refusal, match="no account that signs in"):
        operating.make_operator(olga, by=cast.odile)


def test_an_act_that_no_form_has_is_refused_with_a_sentence(desk: Client, cast: Cast) -> None:
    for page in ("/desk/community", "/desk/forums", f"/desk/members/{cast.odile.pk}", "/desk/applications"):
        answer = desk.post(page, {"act": "abolish"})
        assert answer.status_code == 422 and "out of date" in answer.content.decode()


def test_the_desks_words_stand_on_the_public_record(desk: Client, cast: Cast) -> None:
    desk.post("/desk/community", {"act": "settle", "name": "Weir", "sign_up": "open"})
    desk.post(f"/desk/forums/{cast.den.pk}", {"act": "dismiss", "member": "Ana"})
    page = Client().get("/record").content.decode()
    assert "changed what the community says of itself" in page
    assert "took Ana out of the forum’s audience" in page
