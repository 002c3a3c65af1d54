"""Lists with something out of sight equal a slow look at everything: rows are removed, none is moved, and pages are full."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from palaver.accounts.reads import Viewer
from palaver.forums import locking, orders, placing, recommending
from palaver.forums.models import Post, Thread
from palaver.kit import clock
from palaver.kit.text import words
from palaver.reading import following, ignoring, marking, own, reads, sight, trashing
from palaver.reading.models import Ignore, Trash
from tests.cast import MORNING, Cast, fresh, original, seen_by

SUBJECTS = [
    "Bread and butter",
    "The bridge",
    "Brücken und Brot",
    "Party in the art hall",
    "橋の写真",
    "Butter, again",
    "Rain",
]
KEYWORDS = ["bread", "brucken", "art", "butter again", "橋", "写真", "party in", "nothing at all"]
BEAT = timedelta(minutes=1)


def hidden(subject: str, keyword: str) -> bool:
    """What a keyword means, said once more and slowly: its tokens stand in the subject's, one after the other."""
    have, want = words.tokens(subject), words.tokens(keyword)
    if keyword == "橋":
        return "橋" in subject
    return any(have[n : n + len(want)] == want for n in range(len(have)))


class Town:
    """Twenty-one threads in three forums, some spoken in and recommended, and Kaya, who looks at them."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.places = [cast.lounge, cast.kitchen, cast.den]
        placing.admit(cast.den, member=cast.dara, by=cast.odile)
        chance = random.Random(7)
        self.threads: list[Thread] = []
        for n in range(21):
            with clock.stopped_at(MORNING + BEAT * n):
                self.threads.append(cast.thread(SUBJECTS[n % 7], forum=self.places[n % 3]))
        for n in range(40):
            with clock.stopped_at(MORNING + BEAT * (30 + n)):
                thread = chance.choice(self.threads[3:])
                cast.reply(thread, by=chance.choice([cast.ana, cast.bram]), text=f"Reply {n}.")
        for thread in self.threads[::2]:
            recommending.recommend(original(thread), by=cast.dara)
        self.ids = {place.pk for place in self.places}
        self.threads = list(Thread.objects.all())

    def viewer(self) -> Viewer:
        return seen_by(fresh(self.cast.kaya))

    def trash(self, threads: set[int], forums: set[int], keywords: set[str]) -> None:
        kaya = self.cast.kaya
        for row in Trash.objects.filter(member=kaya):
            trashing.take_out(row, by=kaya)
        with clock.stopped_at(MORNING):
            for n in threads:
                # By hand where Kaya may not read: what is tested is what lists leave out, not who may put it in.
                if self.threads[n].forum_id != self.places[2].pk:
                    trashing.trash_thread(self.threads[n], by=kaya)
            for n in forums:
                trashing.trash_forum(self.places[n], by=kaya)
            for word in keywords:
                trashing.trash_keyword(word, by=kaya)

    def seen(self, threads: set[int], forums: set[int], keywords: set[str]) -> list[Thread]:
        gone = {self.threads[n].pk for n in threads if self.threads[n].forum_id != self.places[2].pk}
        shut = {self.places[n].pk for n in forums}
        return [
            row
            for row in self.threads
            if row.pk not in gone and row.forum_id not in shut and not any(hidden(row.subject, k) for k in keywords)
        ]


def walked(town: Town, order: orders.Order, ids: set[int] | None, size: int, viewer: Viewer) -> list[int]:
    """All pages of a list, one after the other; each but the last is full."""
    found: list[int] = []
    before = None
    key = "last_post_at" if order is orders.LATEST else "created_at"
    while True:
        page = reads.threads(order, ids, viewer=viewer, before=before, size=size)
        assert page.goes_on is None
        found += [row.id for row in page[:size]]
        if len(page) <= size:
            return found
        before = (getattr(page[size - 1], key), page[size - 1].id)


def test_lists_with_a_trash_equal_a_slow_look_at_everything(cast: Cast) -> None:
    town = Town(cast)

    @settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(
        threads=st.sets(st.integers(0, 20), max_size=8),
        forums=st.sets(st.integers(0, 1), max_size=1),
        keywords=st.sets(st.sampled_from(KEYWORDS), max_size=3),
        size=st.integers(1, 6),
    )
    def equal(threads: set[int], forums: set[int], keywords: set[str], size: int) -> None:
        town.trash(threads, forums, keywords)
        viewer = town.viewer()
        assert viewer.hides_things == Trash.objects.filter(member=cast.kaya).exists()
        left = town.seen(threads, forums, keywords)
        latest = [t.pk for t in sorted(left, key=lambda t: (t.last_post_at, t.pk), reverse=True)]
        newest = [t.pk for t in sorted(left, key=lambda t: (t.created_at, t.pk), reverse=True)]
        quiet = [pk for pk in newest if Thread.objects.get(pk=pk).post_count == 1]
        for ids in (None, town.ids):
            assert walked(town, orders.LATEST, ids, size, viewer) == latest
            assert walked(town, orders.NEWEST, ids, size, viewer) == newest
            assert walked(town, orders.UNANSWERED, ids, size, viewer) == quiet
        praised = [
            t.pk for t in sorted(left, key=lambda t: (t.rec_count, t.created_at, t.pk), reverse=True) if t.rec_count
        ]
        for window in (None, timedelta(days=4000)):
            found: list[int] = []
            for skip in range(0, 30, size):
                found += [r.id for r in reads.recommended(town.ids, window, viewer=viewer, skip=skip, size=size)[:size]]
            assert found == praised
        with clock.stopped_at(MORNING + 100 * BEAT):
            new = [r.id for r in reads.unread(town.ids, viewer, size=50)]
            assert new == latest
            index = reads.forum_index(viewer)
            for place in town.places:
                mine = [t for t in town.seen(threads, set(), keywords) if t.forum_id == place.pk]
                row = index[place.pk]
                assert row.new_threads == len(mine)
                assert row.new_posts == Post.objects.filter(thread__in=mine).count()
                newest_one = max(mine, key=lambda t: (t.last_post_at, t.pk), default=None)
                assert row.last_thread_id == (newest_one.pk if newest_one else None)

    with clock.stopped_at(MORNING - BEAT):
        assert cast.kaya
    equal()


def test_who_hides_nothing_asks_nothing_more(cast: Cast) -> None:
    cast.thread()
    viewer = seen_by(cast.kaya)
    with CaptureQueriesContext(connection) as caught:
        reads.threads(orders.LATEST, None, viewer=viewer)
        reads.forum_index(viewer)
        sight.of(viewer)
        sight.laid_over(viewer)
    assert len(caught.captured_queries) == 2
    assert not any("reading_trash" in query["sql"] for query in caught.captured_queries)


def test_pinned_threads_leave_with_the_trash_too(cast: Cast) -> None:
    one, other = cast.thread("Read this"), cast.thread("And that")
    for thread in (one, other):
        locking.pin(thread, by=cast.chidi, because="All should.")
    trashing.trash_thread(one, by=cast.kaya)
    assert [row.id for row in reads.pinned(cast.lounge.pk, viewer=seen_by(fresh(cast.kaya)))] == [other.pk]
    trashing.trash_keyword("that", by=cast.kaya)
    assert reads.pinned(cast.lounge.pk, viewer=seen_by(fresh(cast.kaya))) == []


def test_a_list_that_keywords_hide_nearly_whole_says_where_to_look_further(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = cast.thread("Found at last")
    for n in range(12):
        cast.thread(f"Lamps {n}")
    trashing.trash_keyword("lamps", by=cast.kaya)
    monkeypatch.setattr(reads, "LOOKED_AT", 5)
    viewer, before, rounds = seen_by(fresh(cast.kaya)), None, 0
    met: list[int] = []
    while True:
        page = reads.threads(orders.NEWEST, None, viewer=viewer, before=before, size=2)
        met += [row.id for row in page]
        rounds += 1
        if page.goes_on is None:
            break
        before = page.goes_on
    assert met == [found.pk]
    assert rounds > 1


def test_every_reader_sees_the_others_order(cast: Cast) -> None:
    """A filter of one's own removes rows for oneself alone, and moves none."""
    for n in range(9):
        cast.thread(f"Thread {n}", forum=(cast.lounge, cast.kitchen)[n % 2])
    trashing.trash_forum(cast.kitchen, by=cast.bram)
    trashing.trash_thread(Thread.objects.all()[2], by=cast.bram)
    ids = {cast.lounge.pk, cast.kitchen.pk}
    everybodys = [row.id for row in reads.threads(orders.LATEST, ids, viewer=seen_by(cast.kaya))]
    brams = [row.id for row in reads.threads(orders.LATEST, ids, viewer=seen_by(fresh(cast.bram)))]
    assert len(everybodys) == 9 and len(brams) == 4
    assert brams == [number for number in everybodys if number in brams]


def test_answers_to_me_and_posts_of_the_followed_equal_the_slow_answer(cast: Cast) -> None:
    town = Town(cast)
    chance = random.Random(3)
    for n in range(30):
        thread = chance.choice(town.threads)
        target = Post.objects.filter(thread=thread).order_by("?").first() if n % 2 else original(thread)
        cast.reply(thread, by=chance.choice([cast.ana, cast.bram, cast.dara]), text=f"Answer {n}.", answers=target)
    following.follow(cast.bram, by=cast.ana)
    following.follow(cast.dara, by=cast.ana)
    for setting in ("nothing", "a thread", "a forum", "a word", "a member"):
        if setting == "a thread":
            trashing.trash_thread(town.threads[4], by=cast.ana)
        if setting == "a forum":
            trashing.trash_forum(cast.kitchen, by=cast.ana)
        if setting == "a word":
            trashing.trash_keyword("butter", by=cast.ana)
        if setting == "a member":
            ignoring.ignore(cast.dara, by=cast.ana)
        viewer = seen_by(fresh(cast.ana))
        seen = sight.of(viewer)
        trash = Trash.objects.filter(member=cast.ana)
        rows = Post.objects.exclude(author__in=Ignore.objects.filter(member=cast.ana).values("ignored")).exclude(
            thread__in=trash.filter(thread__isnull=False).values("thread")
        )
        rows = rows.exclude(forum__in=trash.filter(forum__isnull=False).values("forum"))
        rows = rows.filter(forum_id__in=town.ids).select_related("thread").order_by("-created_at", "-id")
        answers = [p.pk for p in rows.filter(answers__author=cast.ana).exclude(author=cast.ana)]
        theirs = [p.pk for p in rows.filter(author__in=[cast.bram, cast.dara])]
        if trash.exclude(keyword="").exists():
            butter = {p.pk for p in rows if hidden(p.thread.subject, "butter")}
            answers, theirs = ([pk for pk in one if pk not in butter] for one in (answers, theirs))
        for read, expected in ((own.answers_to, answers), (own.by_followed, theirs)):
            found: list[int] = []
            before = None
            while True:
                page = read(viewer, town.ids, seen, before=before)
                found += [row.id for row in page[: own.POSTS_A_PAGE]]
                if len(page) <= own.POSTS_A_PAGE:
                    break
                last = page[own.POSTS_A_PAGE - 1]
                before = (last.created_at, last.id)
            assert found == expected, (setting, read.__name__)
            assert expected


def test_positions_sent_in_any_order_never_go_back(cast: Cast) -> None:
    thread = cast.thread()
    for n in range(5):
        cast.reply(thread, text=f"Reply {n}.")
    for number, stands in ((2, 2), (4, 4), (1, 4), (4, 4), (0, 4), (99, 5)):
        marking.read_many([(thread, number)], by=cast.kaya)
        assert reads.thread_head(thread.pk, seen_by(cast.kaya)).read_number == stands  # type: ignore[union-attr]
