"""Moving, splitting and merging: no counter drifts, no address is lost, searching finds everything once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from palaver.forums import (
    counting,
    locking,
    merging,
    moving,
    placing,
    posting,
    reads,
    splitting,
    subscribing,
    withdrawing,
)
from palaver.forums.models import Draft, Forum, Pin, Post, Subscription, Thread, ThreadEvent
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.notices.models import Notice
from palaver.reading import marking
from palaver.reading.models import ThreadMark
from palaver.reading.reads import thread_head
from palaver.record.models import Entry
from palaver.search import building
from palaver.search.finding import find
from palaver.search.sight import sight_of_guests
from tests.cast import MORNING, Cast, at, fresh, original, seen_by

MOVE = {"because": "It is about bread."}


def drift() -> list[str]:
    return [*counting.drift(), *building.drift(texts=True)]


def leads_to(thread_id: int, number: int) -> int | None:
    """The post that the address /t/<thread>/post/<number> leads to."""
    here = Post.objects.filter(thread_id=thread_id, number=number).first()
    if here is not None:
        return here.pk
    there = reads.stub_of(thread_id, number)
    return None if there is None else Post.objects.get(thread_id=there[0], number=there[1]).pk


def payload(act: str) -> dict[str, object]:
    made: dict[str, object] = json.loads(Entry.objects.select_related("payload").get(act=act).payload.body or "")
    return made


# Moving ------------------------------------------------------------------------------------------------------------


def test_a_host_moves_a_thread_with_everything_in_it(cast: Cast) -> None:
    with at(MORNING):
        thread = cast.thread(text="rye")
        reply = cast.reply(thread, text="oat")
        subscribing.subscribe(thread, by=cast.dara)
        Draft.objects.create(member=cast.emil, place=f"reply:{thread.pk}", forum=cast.lounge, thread=thread, text="…")
        locking.pin(thread, by=cast.chidi, because="Look.")
    with at(MORNING + timedelta(hours=1)):
        moving.move(thread, to=cast.kitchen, by=cast.chidi, **MOVE)
    lounge, kitchen = fresh(cast.lounge), fresh(cast.kitchen)
    assert (lounge.thread_count, lounge.post_count, lounge.last_post_at) == (0, 0, None)
    assert (kitchen.thread_count, kitchen.post_count, kitchen.last_post_at) == (1, 2, MORNING)
    assert fresh(reply).forum == kitchen and Draft.objects.get().forum == kitchen
    assert not Pin.objects.filter(ended_at=None).exists()
    assert [post.forum_id for post in find("oat", sight_of_guests()).posts] == [kitchen.pk]
    assert Subscription.objects.filter(thread=thread, member=cast.dara).exists()
    line = reads.thread_events(thread.pk, -1, 9)[-1]
    assert (line.act, line.office, line.because, line.leads_to, line.leads_label) == (
        "moved", "host", MOVE["because"], "/f/the-lounge/", "The lounge",
    )  # fmt: skip
    assert payload("thread.move") == {
        "by": cast.chidi.pk, "because": MOVE["because"], "from": lounge.pk, "to": kitchen.pk, "posts": 2,
    }  # fmt: skip
    assert drift() == []


def test_moving_needs_an_office_a_reason_and_another_forum(cast: Cast) -> None:
    thread = cast.thread()
    with pytest.raises(NotAllowed, match="by the forum's hosts"):
        moving.move(thread, to=cast.kitchen, by=cast.bram, **MOVE)
    with pytest.raises(Refusal, match="Say why"):
        moving.move(thread, to=cast.kitchen, by=cast.chidi, because=" ")
    with pytest.raises(NotAllowed, match="already"):
        moving.move(thread, to=cast.lounge, by=cast.chidi, **MOVE)
    cast.retire(cast.kitchen)
    with pytest.raises(NotAllowed, match="retired"):
        moving.move(thread, to=cast.kitchen, by=cast.chidi, **MOVE)
    cast.reply(thread, by=cast.chidi)
    with pytest.raises(NotAllowed, match="another host decides"):
        moving.move(thread, to=cast.kitchen, by=cast.chidi, **MOVE)
    assert not ThreadEvent.objects.exists()


def test_what_few_may_read_is_moved_before_nobody_else_and_only_operators_hide_a_thread(cast: Cast) -> None:
    secret = cast.thread(forum=cast.den)
    with pytest.raises(NotAllowed, match="not shown to others"):
        moving.move(secret, to=cast.kitchen, by=cast.odile, **MOVE)
    thread = cast.thread(text="rye")
    placing.admit(cast.den, member=cast.chidi, by=cast.odile)
    with pytest.raises(NotAllowed, match="Only an operator"):
        moving.move(thread, to=cast.den, by=cast.chidi, **MOVE)
    moving.move(thread, to=cast.den, by=cast.odile, **MOVE)
    assert find("rye", sight_of_guests()).posts == []
    assert drift() == []


# Splitting ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def branched(cast: Cast) -> Thread:
    """#1 Bram, #2 Dara answers #1, #3 Emil, #4 Femi answers #2, #5 Bram answers #3."""
    with at(MORNING):
        thread = cast.thread()
        one = cast.reply(thread, text="one")
        two = cast.reply(thread, by=cast.dara, answers=one, text="two")
        three = cast.reply(thread, by=cast.emil, text="three")
        cast.reply(thread, by=cast.femi, answers=two, text="four")
        cast.reply(thread, by=cast.bram, answers=three, text="five")
    return thread


def split(cast: Cast, thread: Thread, *numbers: int, **more: object) -> Thread:
    wanted = {"subject": "Rye alone", "because": "Another matter.", "by": cast.chidi} | more
    return splitting.split(thread, numbers=numbers, **wanted)  # type: ignore[arg-type]


def test_replies_split_off_keep_their_numbers_and_take_their_answers_along(cast: Cast, branched: Thread) -> None:
    before = {post.number: post.pk for post in Post.objects.filter(thread=branched)}
    new = split(cast, branched, 2)
    assert [(p.number, p.place, p.path) for p in Post.objects.filter(thread=new).order_by("place")] == [
        (2, 0, "0002"), (4, 1, "0004"),
    ]  # fmt: skip
    assert [(p.number, p.place) for p in Post.objects.filter(thread=branched).order_by("place")] == [
        (0, 0), (1, 1), (3, 2), (5, 3),
    ]  # fmt: skip
    assert (new.author, new.last_author, new.post_count, new.last_number) == (cast.dara, cast.femi, 2, 4)
    old = fresh(branched)
    assert (old.post_count, old.last_number, old.last_author) == (4, 5, cast.bram)
    assert {number: leads_to(branched.pk, number) for number in before} == before
    assert cast.reply(new).number == 5 and cast.reply(branched).number == 6
    assert drift() == []


def test_what_stayed_and_answered_one_that_went_still_says_so(cast: Cast, branched: Thread) -> None:
    split(cast, branched, 3, with_answers=False)
    left = Post.objects.get(thread=branched, number=5)
    assert (left.answers, left.answers_number, left.path) == (None, 3, "0005")
    assert drift() == []


def test_what_went_and_answered_one_that_stayed_leads_back_to_it(cast: Cast, branched: Thread) -> None:
    two = Post.objects.get(thread=branched, number=2)
    new = split(cast, branched, 3, 4, with_answers=False)
    gone = Post.objects.get(thread=new, number=4)
    assert (gone.answers, gone.answers_number, gone.path) == (None, 2, "0004")
    assert leads_to(new.pk, 2) == two.pk
    assert drift() == []


def test_a_split_is_told_in_both_threads_and_on_the_record(cast: Cast, branched: Thread) -> None:
    locking.pin(branched, by=cast.chidi, because="Look.")
    new = split(cast, branched, 2)
    lines = [(e.act, e.after_place, e.leads_to) for e in reads.thread_events(branched.pk, -1, 99)]
    assert lines == [("split", 1, f"/t/{new.pk}"), ("pinned", 3, "")]
    assert [(e.act, e.leads_to) for e in reads.thread_events(new.pk, -1, 9)] == [("split_from", f"/t/{branched.pk}")]
    assert payload("thread.split") == {
        "by": cast.chidi.pk, "because": "Another matter.", "into": new.pk, "posts": 2, "numbers": [2, 4],
    }  # fmt: skip


def test_who_read_so_far_has_read_so_far_in_both(cast: Cast, branched: Thread) -> None:
    marking.read_up_to(branched, by=cast.kaya, number=3)
    marking.read_up_to(branched, by=cast.ines, number=1)
    subscribing.mute(branched, by=cast.kaya)
    new = split(cast, branched, 2)
    there = {m.member_id: (m.number, m.place) for m in ThreadMark.objects.filter(thread=new)}
    assert there == {cast.kaya.pk: (2, 0)}
    here = {m.member_id: (m.number, m.place) for m in ThreadMark.objects.filter(thread=branched)}
    assert here == {cast.kaya.pk: (3, 2), cast.ines.pk: (1, 1)}
    head = thread_head(new.pk, seen_by(cast.kaya))
    assert head is not None and head.told == "muted"


def test_notices_lead_to_where_the_post_is_now(cast: Cast, branched: Thread) -> None:
    told = Notice.objects.get(member=cast.bram, post__number=2)
    new = split(cast, branched, 2)
    told.refresh_from_db()
    assert (told.thread_id, told.number) == (new.pk, 2)
    merging.merge(new, into=branched, by=cast.chidi, because="One matter after all.")
    told.refresh_from_db()
    assert (told.thread_id, told.number) == (branched.pk, 6)


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [((), "at least one"), ((0,), "original post stays"), ((99,), "no post with the number 99"), ((1,), "not shown")],
)
def test_a_split_is_refused_with_its_reason(
    cast: Cast, branched: Thread, numbers: tuple[int, ...], sentence: str
) -> None:
    withdrawing.withdraw(Post.objects.get(thread=branched, number=1), by=cast.bram)
    with pytest.raises(Refusal, match=sentence) as refused:
        split(cast, branched, *numbers)
    assert refused.value.field == "numbers" and Thread.objects.count() == 1
    with pytest.raises(NotAllowed, match="by the forum's hosts"):
        split(cast, branched, 3, by=cast.bram)
    with pytest.raises(Refusal, match="Say why"):
        split(cast, branched, 3, because="")


# Merging -----------------------------------------------------------------------------------------------------------


def test_a_merged_thread_stands_behind_the_other_and_its_addresses_lead_on(cast: Cast, branched: Thread) -> None:
    with at(MORNING + timedelta(minutes=5)):
        other = cast.thread("Oats", by=cast.goran, text="oats")
        subscribing.subscribe(other, by=cast.hana)
    marking.read_up_to(other, by=cast.kaya, number=0)
    marking.read_up_to(branched, by=cast.kaya, number=1)
    before = {(branched.pk, post.number): post.pk for post in Post.objects.filter(thread=branched)}
    merged = merging.merge(branched, into=other, by=cast.chidi, because="The same story.")
    assert merged == other and not Thread.objects.filter(pk=branched.pk).exists()
    posts = list(Post.objects.filter(thread=other).order_by("place"))
    assert [post.number for post in posts] == [0, 1, 2, 3, 4, 5, 6]
    assert [post.answers_number for post in posts] == [None, None, None, 2, None, 3, 4]
    assert posts[1].subject == "What did you bake?"
    assert {key: leads_to(*key) for key in before} == before
    assert reads.merged_into(branched.pk) == other.pk
    assert fresh(other).last_author == cast.bram
    mark = ThreadMark.objects.get(thread=other, member=cast.kaya)
    assert (mark.number, mark.place) == (2, 2)
    line = reads.thread_events(other.pk, -1, 99)[0]
    assert (line.act, line.after_place, line.leads_to) == ("merged", 0, f"/p/{posts[1].pk}")
    assert payload("thread.merge") == {
        "by": cast.chidi.pk, "because": "The same story.", "merged": branched.pk, "posts": 6,
    }  # fmt: skip
    assert drift() == []


def test_two_begun_replies_become_one_draft(cast: Cast) -> None:
    thread, other = cast.thread(), cast.thread("Oats")
    for one, text in ((thread, "first"), (other, "second")):
        Draft.objects.create(member=cast.bram, place=f"reply:{one.pk}", forum=cast.lounge, thread=one, text=text)
    merging.merge(thread, into=other, by=cast.chidi, because="The same story.")
    assert [(d.place, d.text) for d in Draft.objects.all()] == [(f"reply:{other.pk}", "second\n\nfirst")]


def test_threads_are_not_merged_across_forums_nor_locked_nor_with_themselves(cast: Cast) -> None:
    thread, elsewhere, locked = cast.thread(), cast.thread("Soup", forum=cast.kitchen), cast.thread("Done")
    locking.lock(locked, by=cast.chidi, because="Done.")
    for into, sentence in ((elsewhere, "another forum"), (thread, "same thread"), (locked, "is locked")):
        with pytest.raises(Refusal, match=sentence):
            merging.merge(thread, into=into, by=cast.chidi, because="The same story.")
    assert Thread.objects.count() == 3


def test_everything_that_points_at_a_thread_is_taken_along_or_keeps_it_from_being_merged() -> None:
    """A new relation to threads: say in `merging.TAKEN_ALONG` that it is taken along, and do it; or leave it out here too."""
    known = merging.TAKEN_ALONG | {"forums.poll", "standards.amendment"}
    pointing = {relation.related_model._meta.label_lower for relation in Thread._meta.related_objects}
    assert pointing <= known
    assert all(apps.get_model(label) for label in merging.TAKEN_ALONG)


# Everything together -----------------------------------------------------------------------------------------------


@dataclass
class Reference:
    """What the threads should be, kept the slow way: posts in their order, each with all addresses it ever had."""

    threads: dict[int, list[int]] = field(default_factory=dict)
    addresses: dict[tuple[int, int], int] = field(default_factory=dict)
    words: dict[int, str] = field(default_factory=dict)

    def stands(self, post: Post) -> None:
        self.threads.setdefault(post.thread_id, []).append(post.pk)
        self.addresses[post.thread_id, post.number] = post.pk

    def note(self) -> None:
        for thread_id, number, pk in Post.objects.values_list("thread_id", "number", "pk"):
            assert self.addresses.setdefault((thread_id, number), pk) == pk, "An address was given twice."


STEPS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 97), st.integers(0, 97)), min_size=8, max_size=18)


@pytest.mark.parametrize("examples", [12, pytest.param(150, marks=pytest.mark.long)])
def test_no_sequence_of_posts_moves_splits_merges_and_withdrawals_loses_or_doubles_anything(
    cast: Cast, examples: int
) -> None:
    people = [cast.ana, cast.bram, cast.dara]
    places = [cast.lounge, cast.kitchen]
    made = [0]

    @settings(max_examples=examples, deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(STEPS)
    def run(steps: list[tuple[int, int, int]]) -> None:
        model = Reference()

        def word() -> str:
            made[0] += 1
            return f"word{made[0]}"

        def begin(n: int) -> None:
            said = word()
            thread = posting.start_thread(forum=places[n % 2], author=people[n % 3], subject="Bread", text=said)
            model.stands(original(thread))
            model.words[original(thread).pk] = said

        begin(0)
        begin(1)
        for kind, a, b in steps:
            threads = list(model.threads)
            thread = Thread.objects.get(pk=threads[a % len(threads)])
            posts = model.threads[thread.pk]
            if kind <= 1:
                target = Post.objects.get(pk=posts[b % len(posts)])
                if Thread.objects.filter(pk=thread.pk, locks__ended_at=None, locks__isnull=False).exists():
                    continue
                said = word()
                reply = posting.reply(thread=thread, author=people[b % 3], text=said, answers=target)
                model.stands(reply)
                model.words[reply.pk] = said
            elif kind == 2:
                if len(threads) < 4:
                    begin(b)
                else:
                    to = next(forum for forum in places if forum.pk != thread.forum_id)
                    moving.move(thread, to=to, by=cast.odile, **MOVE)
            elif kind == 3 and len(posts) > 1:
                first = 1 + b % (len(posts) - 1)
                if Post.objects.get(pk=posts[first]).standing != Post.Standing.SHOWN:
                    continue
                numbers = list(Post.objects.filter(pk__in=posts[first::2]).values_list("number", flat=True))
                new = splitting.split(
                    thread, numbers=numbers, subject="Other", by=cast.odile, because="x", with_answers=bool(b % 2)
                )
                gone = set(Post.objects.filter(thread=new).values_list("pk", flat=True))
                assert gone >= set(posts[first::2])
                model.threads[new.pk] = [pk for pk in posts if pk in gone]
                model.threads[thread.pk] = [pk for pk in posts if pk not in gone]
            elif kind == 4 and len(threads) > 1:
                into = Thread.objects.get(pk=threads[(a + 1 + b % (len(threads) - 1)) % len(threads)])
                try:
                    merging.merge(thread, into=into, by=cast.odile, because="x")
                except Refusal:
                    continue  # Another forum, or locked.
                model.threads[into.pk] += model.threads.pop(thread.pk)
            elif kind == 5:
                post = Post.objects.select_related("author").get(pk=posts[b % len(posts)])
                if post.standing == Post.Standing.SHOWN:
                    withdrawing.withdraw(post, by=post.author)
                    model.words.pop(post.pk)
            model.note()
        assert drift() == []
        for thread_id, posts in model.threads.items():
            standing = Post.objects.filter(thread_id=thread_id).order_by("place")
            assert list(standing.values_list("pk", flat=True)) == posts
            tree = [post.id for post in reads.tree_page(thread_id, "", size=200)]
            assert sorted(tree) == sorted(posts)
        assert {key: leads_to(*key) for key in model.addresses} == model.addresses
        for pk, said in model.words.items():
            assert [post.post_id for post in find(said, sight_of_guests()).posts] == [pk]
        assert sum(f.post_count for f in Forum.objects.filter(pk__in=[p.pk for p in places])) == Post.objects.count()

    run()
    assert clock.now()
