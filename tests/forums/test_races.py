"""Many at once: what is done by 64 hands at the same instant is done as if one after the other. On both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from palaver.forums import counting, locking, posting, recommending, withdrawing
from palaver.forums.errors import ThreadIsLocked
from palaver.forums.models import Lock, Post, Recommendation, Thread, ThreadEvent
from palaver.kit.decisions import Refusal
from palaver.reading import marking
from palaver.reading.models import ForumMark, ThreadMark
from palaver.record.models import Entry
from palaver.record.verifying import verify
from tests.cast import Cast, fresh, original

# Each hand has a connection of its own; two test processes together stay below a database's hundred.
HANDS = 32

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do the acts from 32 connections that start together; gives what each returned, or the Refusal it met."""
    gate = threading.Barrier(min(HANDS, len(acts)))

    def hand(mine: tuple[Callable[[], object], ...]) -> Iterator[object]:
        try:
            connection.ensure_connection()
            gate.wait(30)
            for act in mine:
                try:
                    yield act()
                except Refusal as refusal:
                    yield refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        done = list(pool.map(lambda n: list(hand(acts[n::HANDS])), range(min(HANDS, len(acts)))))
    return [one for several in done for one in several]


def test_64_replies_at_once_take_64_numbers(cast: Cast) -> None:
    thread, authors = cast.thread(), (cast.bram, cast.dara, cast.emil, cast.femi)
    at_once(*(lambda n=n: cast.reply(thread, by=authors[n % 4], text=f"Reply {n}.") for n in range(64)))
    posts = list(Post.objects.filter(thread=thread).order_by("number"))
    assert [post.number for post in posts] == list(range(65))
    assert [post.place for post in posts] == list(range(65))
    assert [post.created_at for post in posts] == sorted(post.created_at for post in posts)
    grown = fresh(thread)
    assert (grown.post_count, grown.last_number, grown.last_author_id) == (65, 64, posts[-1].author_id)
    assert [fresh(author).post_count for author in authors] == [16] * 4
    assert fresh(cast.lounge).post_count == 65
    assert list(counting.drift()) == []


def test_64_copies_of_one_form_are_one_reply(cast: Cast) -> None:
    thread, bram = cast.thread(), cast.bram
    found = at_once(*[lambda: cast.reply(thread, by=bram, submission_key="k" * 16)] * 64)
    assert {post.pk for post in found if isinstance(post, Post)} == {Post.objects.get(number=1).pk}
    assert len(found) == 64
    assert fresh(thread).post_count == 2
    assert list(counting.drift()) == []


def test_64_copies_of_one_form_are_one_thread(cast: Cast) -> None:
    lounge, ana = cast.lounge, cast.ana

    def start() -> Thread:
        return posting.start_thread(forum=lounge, author=ana, subject="Rye", text="Rye.", submission_key="k" * 16)

    found = at_once(*[start] * 64)
    assert {thread.pk for thread in found if isinstance(thread, Thread)} == {Thread.objects.get().pk}
    assert list(counting.drift()) == []


def test_64_recommendations_by_one_member_are_one(cast: Cast) -> None:
    post, bram = original(cast.thread()), cast.bram
    assert at_once(*[lambda: recommending.recommend(post, by=bram)] * 64) == [1] * 64
    assert Recommendation.objects.count() == 1
    assert (fresh(post).rec_count, fresh(post.thread).rec_count) == (1, 1)


def test_giving_and_taking_back_at_once_leaves_a_true_count(cast: Cast) -> None:
    post, members = original(cast.thread()), [cast.bram, cast.dara, cast.emil, cast.femi]
    acts = [
        lambda m=member, verb=verb: verb(post, by=m)
        for member in members
        for verb in (recommending.recommend, recommending.take_back) * 8
    ]
    assert len(at_once(*acts)) == 64
    assert fresh(post).rec_count == Recommendation.objects.count()
    assert list(counting.drift()) == []


def test_answers_to_a_post_and_recommendations_of_it_do_not_wait_for_each_other_in_a_ring(cast: Cast) -> None:
    post, answerer = original(cast.thread()), cast.bram
    members = [cast.member(f"Reader {n}") for n in range(8)]
    acts: list[Callable[[], object]] = []
    for n in range(32):
        acts.append(lambda n=n: cast.reply(post.thread, by=answerer, answers=post, text=f"Reply {n}."))
        acts.append(lambda n=n: recommending.recommend(post, by=members[n % 8]))
    assert len(at_once(*acts)) == 64
    assert (fresh(post).rec_count, fresh(post.thread).post_count) == (8, 33)
    assert list(counting.drift()) == []


def test_64_edits_from_one_version_let_one_through(cast: Cast) -> None:
    reply, bram = cast.reply(cast.thread()), cast.bram
    done = at_once(*(lambda n=n: posting.edit(reply, by=bram, text=f"Text {n}.", seen_version=1) for n in range(64)))
    assert sum(isinstance(one, Post) for one in done) == 1
    assert sum(getattr(one, "status", 0) == 409 for one in done) == 63
    assert fresh(reply).version == 2


def test_64_locks_at_once_are_one_and_the_record_is_whole(cast: Cast) -> None:
    thread, chidi = cast.thread(), cast.chidi
    done = at_once(*[lambda: locking.lock(thread, by=chidi, because="Settled.")] * 64)
    assert sum(isinstance(one, Lock) for one in done) == 1
    assert Entry.objects.filter(act="thread.lock").count() == 1
    assert verify()


def test_entries_of_different_acts_at_once_make_one_chain(cast: Cast) -> None:
    threads, chidi = [cast.thread(f"Thread {n}") for n in range(32)], cast.chidi
    before = Entry.objects.count()
    at_once(*(lambda t=thread: locking.lock(t, by=chidi, because="Settled.") for thread in threads))
    found = verify()
    assert (found.faults, found.entries) == ([], before + 32)


def test_no_reply_comes_behind_the_withdrawal_of_the_original_post(cast: Cast) -> None:
    post, bram, ana = original(cast.thread()), cast.bram, cast.ana
    acts: list[Callable[[], object]] = [
        lambda n=n: cast.reply(post.thread, by=bram, answers=post, text=f"Reply {n}.") for n in range(63)
    ]
    acts.insert(16, lambda: withdrawing.withdraw(post, by=ana))
    done = at_once(*acts)
    written = [one for one in done if isinstance(one, Post)]
    assert len(written) + sum(isinstance(one, ThreadIsLocked) for one in done) == 63
    assert ThreadEvent.objects.get().after_place == len(written)
    assert list(counting.drift()) == []


def test_64_marks_at_once_end_at_the_furthest(cast: Cast) -> None:
    thread, kaya = cast.thread(), cast.kaya
    for n in range(8):
        cast.reply(thread, text=f"Reply {n}.")
    at_once(*(lambda n=n: marking.read_up_to(thread, by=kaya, number=n % 9) for n in range(64)))
    assert ThreadMark.objects.get(member=kaya).number == 8
    instants = [post.created_at for post in Post.objects.filter(thread=thread)]
    at_once(*(lambda n=n: marking.mark_forum(cast.lounge, by=kaya, up_to=instants[n % 9]) for n in range(64)))
    assert ForumMark.objects.get(member=kaya).marked_at == max(instants)
