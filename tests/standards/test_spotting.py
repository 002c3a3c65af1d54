"""What stands out among newcomers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from palaver.accounts.models import Member
from palaver.forums.models import Post, Thread
from palaver.kit import clock
from palaver.standards import spotting
from tests.cast import Cast

LAMPS = "The best lamps of the whole valley, cheap and bright, ask me for the price list today"
LINK = "Look at https://www.lamps.example/best?from={n} they are good"


@pytest.fixture
def thread(cast: Cast) -> Thread:
    """Ana is an old hand; the others came today."""
    thread = cast.thread()
    with transaction.atomic():
        Member.objects.filter(pk=cast.ana.pk).update(joined_at=clock.now() - timedelta(days=400), post_count=90)
    return thread


def found(cast: Cast) -> list[spotting.Spotted]:
    return spotting.recent([cast.lounge.pk])


def test_posts_of_newcomers_are_listed_with_their_first_ones_marked(cast: Cast, thread: Thread) -> None:
    for n in range(2):
        cast.reply(thread, text=f"Number {n}.")
    cast.thread(by=cast.dara, forum=cast.kitchen)
    assert [(post.author, post.number, post.is_first) for post in found(cast)] == [
        ("Bram", 2, False),
        ("Bram", 1, True),
    ]
    assert spotting.recent([]) == []
    assert {post.forum_id for post in spotting.recent([cast.lounge.pk, cast.kitchen.pk])} == {
        cast.lounge.pk, cast.kitchen.pk,
    }  # fmt: skip


def test_nearly_the_same_text_by_several_is_one_cluster(cast: Cast, thread: Thread) -> None:
    cast.reply(thread, by=cast.bram, text=LAMPS)
    cast.reply(thread, by=cast.dara, text=f"Hello! {LAMPS}.")
    cast.reply(thread, by=cast.emil, text="I have baked bread from rye with my mother for thirty years now.")
    cast.reply(thread, by=cast.emil, text="I have baked bread from rye with my mother for thirty years now!")
    clusters = spotting.same_text(found(cast))
    assert [[name for _id, name in cluster.authors] for cluster in clusters] == [["Dara", "Bram"]]


def test_a_text_posted_by_a_crowd_is_one_cluster_too(cast: Cast, thread: Thread) -> None:
    crowd = [cast.member(f"Lamp {n}") for n in range(spotting.COMMON_SHINGLE + 3)]
    for member in crowd:
        cast.reply(thread, by=member, text=LAMPS)
    assert [len(cluster.posts) for cluster in spotting.same_text(found(cast))] == [len(crowd)]


def test_the_same_place_outside_is_a_cluster_whatever_is_appended(cast: Cast, thread: Thread) -> None:
    for n, member in enumerate((cast.bram, cast.dara)):
        cast.reply(thread, by=member, text=LINK.format(n=n))
    cast.reply(thread, by=cast.emil, text="See https://bread.example/rye")
    cast.reply(thread, by=cast.emil, text="See https://bread.example/rye again")
    clusters = spotting.same_link(found(cast))
    assert [(cluster.what, len(cluster.posts)) for cluster in clusters] == [("lamps.example/best", 2)]


def test_an_hour_in_which_many_join_is_a_burst(cast: Cast) -> None:
    now = clock.now()
    crowd = [cast.member(f"Lamp {n}") for n in range(6)]
    with transaction.atomic():
        Member.objects.filter(pk__in=[one.pk for one in crowd]).update(joined_at=now - timedelta(hours=3))
    assert [burst.joined for burst in spotting.bursts()] == [6]
    with transaction.atomic():
        Member.objects.filter(pk__in=[one.pk for one in crowd[:2]]).update(joined_at=now - timedelta(days=9))
    assert spotting.bursts() == []


def test_it_looks_at_a_bounded_number_of_posts_in_one_statement(
    cast: Cast, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        cast.reply(thread, text=f"Number {n}.")
    monkeypatch.setattr(spotting, "LOOKED_AT", 2)
    with CaptureQueriesContext(connection) as caught:
        assert len(found(cast)) == 2
    assert len(caught.captured_queries) == 1 and Post.objects.count() == 6
