"""The only reaction."""

from __future__ import annotations

from datetime import timedelta

import pytest

from palaver.forums import reads, recommending, withdrawing
from palaver.forums.models import Recommendation
from palaver.kit.decisions import NotAllowed
from tests.cast import MORNING, Cast, at, fresh, original


def test_a_name_stands_under_a_post_and_is_counted(cast: Cast) -> None:
    thread = cast.thread()
    assert recommending.recommend(original(thread), by=cast.bram) == 1
    assert recommending.recommend(original(thread), by=cast.dara) == 2
    assert (original(thread).rec_count, fresh(thread).rec_count) == (2, 2)


def test_a_replys_recommendation_does_not_count_for_the_thread(cast: Cast) -> None:
    reply = cast.reply(cast.thread())
    assert recommending.recommend(reply, by=cast.ana) == 1
    assert fresh(reply.thread).rec_count == 0


def test_recommending_twice_changes_nothing(cast: Cast) -> None:
    post = original(cast.thread())
    assert [recommending.recommend(post, by=cast.bram) for _ in range(2)] == [1, 1]
    assert Recommendation.objects.count() == 1


def test_a_recommendation_is_taken_back_once(cast: Cast) -> None:
    post = original(cast.thread())
    recommending.recommend(post, by=cast.bram)
    assert [recommending.take_back(post, by=cast.bram) for _ in range(2)] == [0, 0]
    assert (fresh(post).rec_count, fresh(post.thread).rec_count) == (0, 0)


def test_names_stand_in_the_order_they_were_given(cast: Cast) -> None:
    post = original(cast.thread())
    for hour, member in enumerate((cast.dara, cast.bram, cast.emil)):
        with at(MORNING + timedelta(hours=hour)):
            recommending.recommend(post, by=member)
    assert [name for name, _at in reads.recommenders(post.pk)] == ["Dara", "Bram", "Emil"]


def test_nobody_recommends_their_own_post(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="recommended by others"):
        recommending.recommend(original(cast.thread()), by=cast.ana)


def test_a_withdrawn_post_is_not_recommended(cast: Cast) -> None:
    reply = cast.reply(cast.thread())
    withdrawing.withdraw(reply, by=cast.bram)
    with pytest.raises(NotAllowed, match="not shown any more"):
        recommending.recommend(reply, by=cast.ana)


def test_outsiders_recommend_nothing_they_cannot_read(cast: Cast) -> None:
    post = original(cast.thread(forum=cast.den))
    with pytest.raises(NotAllowed, match="read by its own audience"):
        recommending.recommend(post, by=cast.kaya)


def test_the_suspended_may_recommend(cast: Cast) -> None:
    assert recommending.recommend(original(cast.thread()), by=cast.jonas) == 1
