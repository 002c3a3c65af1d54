"""The hot reads of posts against the ORM's answer, on small communities of chance."""

from __future__ import annotations

import random

import pytest
from django.db import transaction

from palaver.forums import locking, reads, recommending, withdrawing
from palaver.forums.models import Category, Forum, Post, PostBody, Recommendation, Thread, ThreadEvent
from palaver.kit.decisions import Refusal
from tests.cast import Cast


@pytest.fixture(params=[1, 2, 3])
def grown(request: pytest.FixtureRequest, cast: Cast) -> Cast:
    """Two threads that grew by chance; the numbers of the second have gaps."""
    chance = random.Random(request.param)
    people = [cast.ana, cast.bram, cast.dara]
    for n in range(2):
        thread = cast.thread(f"Thread {n}", by=chance.choice(people))
        for _step in range(25):
            posts = list(Post.objects.filter(thread=thread))
            post = chance.choice(posts)
            match chance.randrange(8):
                case 0:
                    try:
                        recommending.recommend(post, by=chance.choice(people))
                    except Refusal:
                        continue
                case 1 if post.standing == Post.Standing.SHOWN and post.place:
                    withdrawing.withdraw(post, by=post.author, because=chance.choice(["", "Wrong thread."]))
                case 2:
                    pinned = thread.pins.filter(ended_at=None).exists()
                    (
                        locking.unpin(thread, by=cast.odile)
                        if pinned
                        else locking.pin(thread, by=cast.odile, because="Look.")
                    )
                case 3 if n:
                    with transaction.atomic():
                        Thread.objects.filter(pk=thread.pk).update(
                            last_number=Thread.objects.get(pk=thread.pk).last_number + chance.randrange(3)
                        )
                case _:
                    cast.reply(
                        thread,
                        by=chance.choice(people),
                        answers=chance.choice([None, post]),
                        text=f"Word {_step}.",
                        subject=chance.choice(["", "Own"]),
                    )
    return cast


def as_row(post: Post, member_id: int) -> reads.PostRow:
    withdrawal = getattr(post, "withdrawal", None)
    return reads.PostRow(
        post.pk, post.number, post.place, post.answers_number, post.depth, post.path, post.subject, post.opening,
        post.standing, post.version, post.created_at, post.edited_at, post.rec_count, post.unnamed_recs, post.author_id,
        post.author.name, post.author.post_count, Recommendation.objects.filter(post=post, member_id=member_id).exists(),
        withdrawal.because if withdrawal else None,
    )  # fmt: skip


def test_pages_of_posts_are_the_orms(grown: Cast) -> None:
    for thread in Thread.objects.all():
        for me in (None, grown.ana.pk, grown.bram.pk):
            posts = Post.objects.filter(thread=thread).select_related("author", "withdrawal")
            for first, size in ((0, 51), (0, 4), (3, 7), (60, 5)):
                expected = [as_row(post, me or 0) for post in posts.filter(place__gte=first).order_by("place")[:size]]
                assert reads.flat_page(thread.pk, first, member_id=me, size=size) == expected
            for start, size in (("", 50), ("0002", 5), ("zzzz", 5)):
                expected = [
                    as_row(post, me or 0) for post in posts.filter(path__gte=start).order_by("path")[: size + 1]
                ]
                assert reads.tree_page(thread.pk, start, member_id=me, size=size) == expected


def test_tree_order_is_depth_first_by_number(grown: Cast) -> None:
    for thread in Thread.objects.all():
        answers: dict[int | None, list[Post]] = {}
        for post in Post.objects.filter(thread=thread, place__gt=0).order_by("number"):
            below = post.answers
            answers.setdefault(None if below is None or below.place == 0 else below.number, []).append(post)

        def walk(above: int | None, known: dict[int | None, list[Post]] = answers) -> list[int]:
            return [n for post in known.get(above, []) for n in (post.number, *walk(post.number))]

        assert [row.number for row in reads.tree_page(thread.pk, "")] == [0, *walk(None)]


def test_tables_places_and_paths_are_the_orms(grown: Cast) -> None:
    for thread in Thread.objects.all():
        posts = list(Post.objects.filter(thread=thread).select_related("author").order_by("path"))
        expected = [
            reads.TableRow(
                p.number, p.place, p.depth, p.subject, p.opening, p.standing, p.created_at, p.author_id, p.author.name
            )
            for p in posts
        ]
        assert reads.table(thread.pk) == expected
        assert reads.table(thread.pk, expected and posts[2].path, limit=3) == expected[2:5]
        for post in posts:
            assert reads.place_of(thread.pk, post.number) == (post.place, post.path)
        assert reads.place_of(thread.pk, 10_000) is None


def test_bodies_events_and_recommenders_are_the_orms(grown: Cast) -> None:
    ids = list(Post.objects.values_list("pk", flat=True))
    assert reads.bodies(ids) == dict(PostBody.objects.values_list("post_id", "html"))
    assert reads.bodies([]) == {}
    for thread in Thread.objects.all():
        for low, high in ((-1, 99), (2, 9)):
            events = ThreadEvent.objects.filter(thread=thread, after_place__range=(low, high)).order_by(
                "after_place", "id"
            )
            assert reads.thread_events(thread.pk, low, high) == [
                reads.EventRow(e.after_place, e.act, e.office, e.because, e.html, e.at, e.by.name if e.by else None)
                for e in events.select_related("by")
            ]
    for post in Post.objects.all():
        names = Recommendation.objects.filter(post=post).order_by("at", "id").values_list("member__name", "at")
        assert reads.recommenders(post.pk) == list(names)


def test_places_are_the_orms(cast: Cast) -> None:
    cast.retire(cast.kitchen)
    assert cast.lounge and cast.den
    assert reads.categories() == [reads.CategoryRow(c.pk, c.name, c.slug, c.mark) for c in Category.objects.all()]
    assert reads.forums() == [
        reads.ForumRow(
            f.pk,
            f.category_id,
            f.name,
            f.slug,
            f.description,
            f.is_main,
            f.who_reads,
            f.who_starts,
            f.who_replies,
            f.retired_at is not None,
            f.language,
        )
        for f in Forum.objects.order_by("category__place", "category_id", "place", "id")
    ]
