"""Saved searches: keeping, being told, each find once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from palaver.kit import events
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.notices.models import Notice
from palaver.search import repeating, saving
from palaver.search.events import SavedSearchFound
from palaver.search.models import SavedSearch
from tests.cast import MORNING, Cast, at, fresh


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[SavedSearchFound]:
    """What is published, besides being heard by whoever is wired."""
    said: list[SavedSearchFound] = []
    publish = events.publish

    def listen(event: events.Event) -> None:
        if isinstance(event, SavedSearchFound):
            said.append(event)
        publish(event)

    monkeypatch.setattr(events, "publish", listen)
    return said


def look(minutes: int) -> int:
    with at(MORNING + timedelta(minutes=minutes)):
        return repeating.look_again()


def test_what_is_written_after_saving_is_told_once_and_what_stood_before_never(
    cast: Cast, heard: list[SavedSearchFound]
) -> None:
    with at(MORNING):
        thread = cast.thread(text="rye before")
        saved = saving.save(member=cast.kaya, query="rye", told=True)
    assert look(3) == 0
    with at(MORNING + timedelta(minutes=4)):
        post = cast.reply(thread, text="rye after")
    assert look(10) == 1
    assert look(20) == 0
    assert [(event.saved_search_id, event.member_id, event.post_ids) for event in heard] == [
        (saved.pk, cast.kaya.pk, (post.pk,))
    ]
    notice = Notice.objects.get(member=cast.kaya)
    assert notice.kind == "search"
    assert notice.href == "/search?q=rye"


def test_a_post_of_the_last_minute_waits_for_the_next_look(cast: Cast, heard: list[SavedSearchFound]) -> None:
    with at(MORNING):
        thread = cast.thread(text="barley")
        saving.save(member=cast.kaya, query="rye", told=True)
    with at(MORNING + timedelta(minutes=10)):
        cast.reply(thread, text="rye")
    with at(MORNING + timedelta(minutes=10, seconds=30)):
        assert repeating.look_again() == 0
    assert look(12) == 1


def test_nobody_is_told_of_ones_own_posts_nor_of_a_closed_forum(cast: Cast, heard: list[SavedSearchFound]) -> None:
    with at(MORNING):
        open_thread = cast.thread(text="barley")
        closed = cast.thread(forum=cast.den, text="barley")
        for member in (cast.kaya, cast.bram):
            saving.save(member=member, query="rye", told=True)
        saving.save(member=cast.hana, query="rye", told=False)
    with at(MORNING + timedelta(minutes=1)):
        cast.reply(closed, by=cast.ana, text="rye in the den")
        cast.reply(open_thread, by=cast.kaya, text="my own rye")
    look(10)
    assert {(event.member_id, len(event.post_ids)) for event in heard} == {(cast.bram.pk, 2)}


def test_the_same_query_is_kept_once_and_changed_by_saving_again(cast: Cast) -> None:
    one = saving.save(member=cast.ana, query="  rye   bread ", name="A")
    two = saving.save(member=cast.ana, query="rye bread", name="B", told=True)
    assert one.pk == two.pk
    assert (fresh(two).name, fresh(two).told) == ("B", True)


def test_being_told_begins_when_it_is_switched_on(cast: Cast, heard: list[SavedSearchFound]) -> None:
    with at(MORNING):
        thread = cast.thread(text="barley")
        saved = saving.save(member=cast.kaya, query="rye")
    with at(MORNING + timedelta(minutes=5)):
        cast.reply(thread, text="rye")
    with at(MORNING + timedelta(minutes=30)):
        saving.change(saved, by=cast.kaya, told=True)
    assert look(60) == 0


def test_nobody_changes_the_search_of_another(cast: Cast) -> None:
    saved = saving.save(member=cast.ana, query="rye")
    for act in (saving.let_go, saving.renew_token, saving.change):
        with pytest.raises(NotAllowed):
            act(saved, by=cast.bram)  # type: ignore[operator]
    assert fresh(saved).token == saved.token


def test_fifty_searches_fit_and_no_more(cast: Cast) -> None:
    for number in range(saving.MOST):
        saving.save(member=cast.ana, query=f"rye {number}")
    with pytest.raises(Refusal):
        saving.save(member=cast.ana, query="one too many")
    saving.save(member=cast.ana, query="rye 3", name="again")
    assert SavedSearch.objects.count() == saving.MOST
