"""Making and changing places."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction

from palaver.forums import placing
from palaver.forums.models import Admission, Forum, Office
from palaver.forums.permissions import may_read, readable_forum_ids
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.record.models import Entry
from tests.cast import Cast, fresh


def test_an_operator_opens_categories_and_forums_on_the_record(cast: Cast) -> None:
    forum = placing.open_forum(category=cast.life, name=" Garden ", by=cast.odile, purpose="Things that *grow*.")
    assert (forum.name, forum.slug) == ("Garden", "garden")
    assert "<em>grow</em>" in forum.purpose_html
    acts = list(Entry.objects.order_by("sequence").values_list("act", flat=True))
    assert acts == ["operator.make", "category.open", "forum.open"]


def test_forums_of_one_name_have_addresses_of_their_own(cast: Cast) -> None:
    slugs = [placing.open_forum(category=cast.life, name="Garden", by=cast.odile).slug for _ in range(3)]
    assert slugs == ["garden", "garden-2", "garden-3"]


def test_a_category_of_a_taken_name_or_none_is_refused(cast: Cast) -> None:
    assert cast.life
    for name, sentence in (("Life", "of that name already"), (" ", "needs a name")):
        with pytest.raises(Refusal, match=sentence):
            placing.open_category(name=name, mark="issue", place=2, by=cast.odile)
    with pytest.raises(Refusal, match="needs a name"):
        placing.open_forum(category=cast.life, name="", by=cast.odile)


def test_a_change_names_its_fields_on_the_record_and_no_change_none(cast: Cast) -> None:
    placing.change_forum(cast.lounge, by=cast.odile, name="The lounge", description="For everything.")
    placing.change_forum(cast.lounge, by=cast.odile, description="For everything.")
    entry = Entry.objects.select_related("payload").get(act="forum.change")
    assert json.loads(entry.payload.body or "")["fields"] == {"description": "For everything."}
    assert fresh(cast.lounge).description == "For everything."


def test_counters_are_not_to_be_changed(cast: Cast) -> None:
    with pytest.raises(ValueError, match="post_count"):
        placing.change_forum(cast.lounge, by=cast.odile, post_count=7)


def test_no_forum_lets_guests_write(cast: Cast) -> None:
    with pytest.raises(Refusal) as refused:
        placing.open_forum(category=cast.life, name="Wall", by=cast.odile, who_replies="everyone")
    assert refused.value.field == "who_replies"
    assert not Forum.objects.filter(name="Wall").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Forum.objects.filter(pk=cast.lounge.pk).update(who_replies="everyone")


def test_admitting_twice_is_one_admission(cast: Cast) -> None:
    placing.admit(cast.den, member=cast.ana, by=cast.odile)
    assert Admission.objects.filter(member=cast.ana).count() == 1
    assert Entry.objects.filter(act="forum.admit").count() == 2


def test_hosts_sit_once_and_no_more_than_there_are_seats(cast: Cast) -> None:
    forum = placing.open_forum(category=cast.life, name="Garden", by=cast.odile, host_seats=1)
    placing.appoint_host(forum, member=cast.ana, by=cast.odile)
    for member, sentence in (
        (cast.ana, "Ana is a host of this forum already"),
        (cast.bram, "seats of this forum are taken"),
    ):
        with pytest.raises(Refusal, match=sentence):
            placing.appoint_host(forum, member=member, by=cast.odile)
    assert Office.objects.count() == 1


def test_only_operators_make_places(cast: Cast) -> None:
    for act in (
        lambda: placing.open_category(name="Mine", mark="issue", place=1, by=cast.ana),
        lambda: placing.open_forum(category=cast.life, name="Mine", by=cast.ana),
        lambda: placing.change_forum(cast.lounge, by=cast.chidi, name="Mine"),
        lambda: placing.admit(cast.den, member=cast.kaya, by=cast.ana),
        lambda: placing.appoint_host(cast.lounge, member=cast.ana, by=cast.ana),
    ):
        with pytest.raises(NotAllowed, match="for the operators"):
            act()


def test_gates_decide_who_reads(cast: Cast) -> None:
    lounge, den = cast.lounge, cast.den
    indoors = placing.open_forum(category=cast.life, name="Indoors", by=cast.odile, who_reads="members")
    reads = {
        who: {forum.name for forum in (lounge, den, indoors) if may_read(member, forum)}
        for who, member in (("guest", None), ("Kaya", cast.kaya), ("Ana", cast.ana), ("Odile", cast.odile))
    }
    assert reads == {
        "guest": {"The lounge"},
        "Kaya": {"The lounge", "Indoors"},
        "Ana": {"The lounge", "Indoors", "The den"},
        "Odile": {"The lounge", "Indoors", "The den"},
    }
    for member in (None, cast.kaya, cast.ana, cast.odile):
        ids = readable_forum_ids(member.pk if member else None, is_operator=bool(member and member.is_operator))
        assert ids == {forum.pk for forum in (lounge, den, indoors) if may_read(member, forum)}
