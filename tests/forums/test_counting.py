"""The doctor: each counter that is corrupted by hand is found, and mended when asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from palaver.forums import counting, recommending, withdrawing
from palaver.forums.models import Post, PostBody, SourceText, Withdrawal
from tests.cast import MORNING, Cast, at, original


def told() -> str:
    return "\n".join(counting.drift())


@pytest.fixture
def community(cast: Cast) -> Cast:
    """Some of everything, with nothing wrong."""
    with at(MORNING):
        thread = cast.thread()
        first = cast.reply(thread)
        cast.reply(thread, answers=first, by=cast.dara)
        recommending.recommend(original(thread), by=cast.bram)
        recommending.recommend(first, by=cast.ana)
        withdrawing.withdraw(cast.reply(thread, by=cast.emil), by=cast.emil)
        assert cast.kitchen
    assert told() == ""
    return cast


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("forums_thread", "post_count", 9),
        ("forums_thread", "last_number", 1),
        ("forums_thread", "last_post_at", MORNING + timedelta(hours=1)),
        ("forums_thread", "last_post_at", MORNING - timedelta(hours=1)),
        ("forums_thread", "last_author_id", "kaya"),
        ("forums_thread", "rec_count", 5),
        ("forums_post", "rec_count", 7),
        ("forums_post", "forum_id", "kitchen"),
        ("forums_forum", "thread_count", 4),
        ("forums_forum", "post_count", 0),
        ("forums_forum", "last_post_at", MORNING - timedelta(days=1)),
        ("forums_forum", "last_post_at", None),
        ("accounts_member", "post_count", 12),
    ],
)
def test_a_wrong_counter_is_told_and_mended(community: Cast, table: str, column: str, value: object) -> None:
    value = getattr(community, value).pk if isinstance(value, str) else value
    if hasattr(value, "year"):
        value = connection.ops.adapt_datetimefield_value(value)  # type: ignore[arg-type]
    with transaction.atomic(), connection.cursor() as cursor:
        where = f" WHERE id = {community.lounge.pk}" if table == "forums_forum" else ""
        cursor.execute(f"UPDATE {table} SET {column} = %s{where}", [value])
    name = f"{table.partition('_')[2]}.{column.removesuffix('_id')}"
    assert f"{name} of" in told()
    assert f"{name} of" in "\n".join(counting.drift(mend=True))
    assert told() == ""


def test_telling_alone_mends_nothing(community: Cast) -> None:
    with transaction.atomic():
        Post.objects.update(rec_count=3)
    assert told() == told() != ""


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda post: Post.objects.filter(pk=post.pk).update(place=40), "places are not dense"),
        (lambda post: Post.objects.filter(pk=post.pk).update(number=30), "behind one with a higher number"),
        (lambda post: Post.objects.filter(pk=post.pk).update(path="0009"), "post.path of"),
        (lambda post: Post.objects.filter(pk=post.pk).update(depth=7), "post.path of"),
        (lambda post: PostBody.objects.filter(post=post).delete(), "a post has no body"),
        (lambda post: SourceText.objects.filter(post=post).delete(), "no source text of its version"),
        (lambda post: Post.objects.filter(pk=post.pk).update(version=2), "no source text of its version"),
        (lambda post: Post.objects.filter(pk=post.pk).update(standing=1), "has no withdrawal"),
        (lambda post: Withdrawal.objects.create(post=post), "has no withdrawal"),
    ],
)
def test_what_no_counter_mends_is_told(community: Cast, change: object, sentence: str) -> None:
    assert callable(change)
    with transaction.atomic():
        change(Post.objects.get(number=1))
    assert sentence in told()


def test_an_answer_to_another_thread_is_told(community: Cast) -> None:
    other = community.thread("Rye")
    with transaction.atomic():
        Post.objects.filter(number=2).update(answers=original(other))
    assert "answers one in another thread" in told()
