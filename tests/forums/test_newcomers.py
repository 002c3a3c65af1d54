"""What the first posts of a new account are limited to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from palaver.accounts.models import Member
from palaver.forums import newcomers, posting
from palaver.forums.errors import NewcomersLimit
from palaver.forums.models import Post, Thread
from palaver.kit import clock
from tests.cast import MORNING, Cast, at, founded_at, fresh

LATER = MORNING + timedelta(days=30)


@pytest.fixture
def cast(db: None) -> Cast:
    """A community that has stood for a month, whatever the day on which it is tested."""
    return founded_at(MORNING)


@pytest.fixture
def thread(cast: Cast) -> Thread:
    """Ana is no newcomer by the time the others come."""
    with at(MORNING):
        return cast.thread()


def newcomer(cast: Cast) -> Member:
    with at(LATER):
        return cast.dara


def write(cast: Cast, thread: Thread, count: int, *, days: float = 0) -> None:
    for n in range(count):
        with at(LATER + timedelta(days=days, minutes=n)):
            cast.reply(thread, by=fresh(cast.dara), text=f"Oat {n}.")


def test_a_newcomer_writes_five_posts_a_day_and_is_told_when_the_next_may_come(cast: Cast, thread: Thread) -> None:
    newcomer(cast)
    write(cast, thread, 5)
    with at(LATER + timedelta(hours=1)), pytest.raises(NewcomersLimit) as refused:
        cast.reply(thread, by=fresh(cast.dara))
    assert "from 2026-12-03 09:00 UTC; it is kept" in str(refused.value)
    assert "ends on 2026-12-05" in str(refused.value)
    with at(LATER + timedelta(days=1, minutes=1)):
        cast.reply(thread, by=fresh(cast.dara))
    assert Post.objects.filter(author=cast.dara).count() == 6


def test_an_edit_is_always_possible(cast: Cast, thread: Thread) -> None:
    newcomer(cast)
    write(cast, thread, 5)
    with at(LATER + timedelta(hours=1)):
        posting.edit(Post.objects.get(author=cast.dara, number=1), by=fresh(cast.dara), text="Oats.")


def test_a_newcomers_post_has_few_links_and_names(cast: Cast, thread: Thread) -> None:
    dara = newcomer(cast)
    names = [cast.member(name).name for name in ("Paul", "Quinn", "Rosa", "Sami")]
    with at(LATER):
        for text, sentence in (
            ("https://a.example https://b.example https://c.example", "at most 2 links; this one has 3"),
            (" ".join(f"@{name}" for name in names), "at most 3 members with @; this one names 4"),
        ):
            with pytest.raises(NewcomersLimit, match=sentence) as refused:
                cast.reply(thread, by=dara, text=text)
            assert refused.value.field == "text"
        post = cast.reply(thread, by=dara, text="https://a.example https://b.example @Paul @Quinn @Rosa")
        with pytest.raises(NewcomersLimit):
            posting.edit(post, by=fresh(dara), text="https://a.example https://b.example https://c.example")


def test_time_and_five_posts_lift_the_limits(cast: Cast, thread: Thread) -> None:
    newcomer(cast)
    with at(LATER + timedelta(days=4)):
        assert newcomers.is_new(fresh(cast.dara))
    write(cast, thread, 5, days=4)
    with at(LATER + timedelta(days=4, hours=1)):
        assert not newcomers.is_new(fresh(cast.dara))
        cast.reply(thread, by=fresh(cast.dara), text="https://a.example https://b.example https://c.example")


def test_the_count_is_the_members_own_and_not_that_of_an_older_row(cast: Cast, thread: Thread) -> None:
    dara = newcomer(cast)
    for n in range(7):
        with at(LATER + timedelta(days=4, minutes=n)):
            cast.reply(thread, by=dara, text=f"Oat {n}.")


def test_five_posts_on_the_first_day_do_not(cast: Cast, thread: Thread) -> None:
    newcomer(cast)
    write(cast, thread, 5)
    with at(LATER + timedelta(days=1)):
        assert newcomers.is_new(fresh(cast.dara))


def test_in_an_installations_first_week_nobody_is_limited(cast: Cast) -> None:
    with at(MORNING):
        assert cast.odile
    with at(MORNING + timedelta(days=2)):
        thread = cast.thread()
        for n in range(8):
            cast.reply(thread, by=fresh(cast.dara), text=f"Oat {n}.")


def test_operators_and_members_of_the_old_forum_are_not_limited(cast: Cast, thread: Thread) -> None:
    dara = newcomer(cast)
    with at(LATER):
        assert not newcomers.is_new(cast.odile)
        with transaction.atomic():
            Member.objects.filter(pk=dara.pk).update(joined_at=MORNING - timedelta(days=900), claimed_at=clock.now())
        assert not newcomers.is_new(fresh(dara))


def test_the_form_says_the_limits_before_they_bite(cast: Cast, thread: Thread) -> None:
    newcomer(cast)
    write(cast, thread, 3)
    with at(LATER + timedelta(hours=1)):
        bounds = newcomers.limits(fresh(cast.dara))
        assert bounds is not None and (bounds.posts_left, bounds.next_at, bounds.posts_missing) == (2, None, 2)
        assert "2 more posts within these 24 hours" in newcomers.note(bounds)
        assert "after 2 more posts, on 2026-12-05" in newcomers.note(bounds)


def test_a_sent_form_that_comes_twice_is_not_counted_against_anybody(cast: Cast, thread: Thread) -> None:
    newcomer(cast)
    write(cast, thread, 4)
    with at(LATER + timedelta(hours=1)):
        for _ in range(2):
            posting.reply(thread=thread, author=fresh(cast.dara), text="Oat.", submission_key="k" * 12)
