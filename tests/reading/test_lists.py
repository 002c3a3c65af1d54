"""A community that does anything at all, and a slow model of it in plain Python: lists, counts and marks always agree.

The model knows nothing of tables: it keeps what was said and computes every answer from that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.forums import counting, orders, posting, recommending, withdrawing
from palaver.forums.models import Forum, Post, Thread
from palaver.forums.reads import flat_page
from palaver.kit import clock
from palaver.reading import marking, reads
from tests.cast import MORNING, Cast

BEAT = timedelta(minutes=1)
WHO, WHERE, ANY = st.sampled_from(["ana", "bram", "kaya"]), st.sampled_from(["lounge", "kitchen"]), st.integers(0, 999)


@dataclass
class Said:
    """One post, as the model remembers it."""

    row: Post
    author: str
    at: datetime
    answers: Said | None = None
    recs: set[str] = field(default_factory=set)
    withdrawn: bool = False


@dataclass
class Talk:
    """One thread, as the model remembers it."""

    row: Thread
    forum: str
    at: datetime
    said: list[Said] = field(default_factory=list)
    locked: bool = False

    def facts(self, recommendations: int | None = None) -> orders.Facts:
        recs = len(self.said[0].recs) if recommendations is None else recommendations
        return orders.Facts(self.row.pk, self.at, self.said[-1].at, recs, len(self.said) - 1)


def viewer_of(member: Member) -> Viewer:
    return Viewer(member.pk, member.name, False, "", "", "auto", "flat", "new", True, member.joined_at, None, "")


class Community(RuleBasedStateMachine):
    """What may happen, and what must then hold."""

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.now = MORNING
        self.talks: list[Talk] = []
        self.marks: dict[tuple[str, str], datetime] = {}
        self.read: dict[tuple[str, int], int] = {}
        self.cast = Cast()
        with clock.stopped_at(self.now):
            self.people: dict[str, Member] = {name: getattr(self.cast, name) for name in ("ana", "bram", "kaya")}
            self.places: dict[str, Forum] = {name: getattr(self.cast, name) for name in ("lounge", "kitchen")}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    def beat(self) -> datetime:
        self.now += BEAT
        return self.now

    def talk(self, n: int) -> Talk:
        return self.talks[n % len(self.talks)]

    @rule(who=WHO, where=WHERE)
    def start(self, who: str, where: str) -> None:
        with clock.stopped_at(self.beat()):
            thread = self.cast.thread(f"Thread {len(self.talks)}", by=self.people[who], forum=self.places[where])
        talk = Talk(thread, where, self.now)
        talk.said.append(Said(Post.objects.get(thread=thread), who, self.now))
        self.talks.append(talk)

    @precondition(lambda self: any(not talk.locked for talk in self.talks))
    @rule(who=WHO, n=ANY, m=st.none() | ANY)
    def reply(self, who: str, n: int, m: int | None) -> None:
        open_ = [talk for talk in self.talks if not talk.locked]
        talk = open_[n % len(open_)]
        answers = None if m is None else talk.said[m % len(talk.said)]
        with clock.stopped_at(self.beat()):
            row = self.cast.reply(talk.row, by=self.people[who], answers=answers.row if answers else None)
        talk.said.append(Said(row, who, self.now, answers))

    @precondition(lambda self: self.talks)
    @rule(n=ANY, m=ANY)
    def edit(self, n: int, m: int) -> None:
        one = self.talk(n).said[m % len(self.talk(n).said)]
        if not one.withdrawn:
            with clock.stopped_at(self.beat()):
                posting.edit(one.row, by=self.people[one.author], text=f"Edited at {self.now}.")

    @precondition(lambda self: self.talks)
    @rule(n=ANY, m=ANY)
    def withdraw(self, n: int, m: int) -> None:
        talk = self.talk(n)
        one = talk.said[m % len(talk.said)]
        if not one.withdrawn:
            with clock.stopped_at(self.beat()):
                withdrawing.withdraw(one.row, by=self.people[one.author])
            one.withdrawn = True
            talk.locked = talk.locked or one is talk.said[0]

    @precondition(lambda self: self.talks)
    @rule(who=WHO, n=ANY, m=ANY, give=st.booleans())
    def recommend(self, who: str, n: int, m: int, give: bool) -> None:
        one = self.talk(n).said[m % len(self.talk(n).said)]
        if one.withdrawn or one.author == who:
            return
        with clock.stopped_at(self.beat()):
            if give:
                recommending.recommend(one.row, by=self.people[who])
                one.recs.add(who)
            else:
                recommending.take_back(one.row, by=self.people[who])
                one.recs.discard(who)

    @rule(who=WHO, where=WHERE, back=st.integers(0, 4))
    def mark(self, who: str, where: str, back: int) -> None:
        with clock.stopped_at(self.beat()):
            up_to = self.now - back * BEAT
            marking.mark_forum(self.places[where], by=self.people[who], up_to=up_to)
        self.marks[who, where] = max(up_to, self.marks.get((who, where), MORNING))

    @precondition(lambda self: self.talks)
    @rule(who=WHO, n=ANY, m=ANY)
    def read_on(self, who: str, n: int, m: int) -> None:
        talk = self.talk(n)
        number = m % len(talk.said)
        with clock.stopped_at(self.beat()):
            marking.read_up_to(talk.row, by=self.people[who], number=number)
        self.read[who, talk.row.pk] = max(number, self.read.get((who, talk.row.pk), -1))

    # What the model answers.

    def since(self, who: str, where: str) -> datetime:
        return self.marks.get((who, where), MORNING)

    def new_in(self, talk: Talk, who: str) -> int:
        read = self.read.get((who, talk.row.pk), -1)
        return sum(
            one.at > self.since(who, talk.forum) and one.author != who and number > read
            for number, one in enumerate(talk.said)
        )

    def ordered(self, key: object, talks: list[Talk] | None = None) -> list[int]:
        assert callable(key)
        chosen = self.talks if talks is None else talks
        return [talk.row.pk for talk in sorted(chosen, key=lambda talk: key(talk.facts()), reverse=True)]

    # What must hold.

    @invariant()
    def lists_agree(self) -> None:
        ids = {forum.pk for forum in self.places.values()}
        by_id = {talk.row.pk: talk for talk in self.talks}
        with clock.stopped_at(self.now):
            for who, member in [("", None), *self.people.items()]:
                viewer = viewer_of(member) if member else None
                for forum_ids in (None, ids):
                    rows = reads.threads(orders.LATEST, forum_ids, viewer=viewer)
                    assert [row.id for row in rows] == self.ordered(orders.latest)
                for row in rows:
                    talk = by_id[row.id]
                    assert row.new_count == (self.new_in(talk, who) if who else 0)
                    assert (row.post_count, row.recs, row.locked) == (
                        len(talk.said),
                        len(talk.said[0].recs),
                        talk.locked,
                    )
                assert [r.id for r in reads.threads(orders.NEWEST, None, viewer=viewer)] == self.ordered(orders.newest)
                quiet = [talk for talk in self.talks if len(talk.said) == 1]
                assert [r.id for r in reads.threads(orders.UNANSWERED, ids, viewer=viewer)] == self.ordered(
                    orders.unanswered, quiet
                )
                praised = [talk for talk in self.talks if talk.said[0].recs]
                for window in (None, timedelta(days=1)):
                    assert [r.id for r in reads.recommended(ids, window, viewer=viewer)] == self.ordered(
                        orders.recommended, praised
                    )
                if viewer is not None:
                    unread = [talk for talk in self.talks if self.new_in(talk, who)]
                    assert [r.id for r in reads.unread(ids, viewer)] == self.ordered(orders.latest, unread)

    @invariant()
    def the_index_agrees(self) -> None:
        with clock.stopped_at(self.now):
            for who, member in [("", None), *self.people.items()]:
                index = reads.forum_index(viewer_of(member) if member else None)
                for where, forum in self.places.items():
                    talks = [talk for talk in self.talks if talk.forum == where]
                    said = [one for talk in talks for one in talk.said]
                    row = index[forum.pk]
                    assert (row.thread_count, row.post_count) == (len(talks), len(said))
                    assert row.last_post_at == (max(one.at for one in said) if said else None)
                    newest = self.ordered(orders.latest, talks)
                    assert row.last_thread_id == (newest[0] if newest else None)
                    since = self.since(who, where)
                    assert row.new_threads == (
                        sum(talk.at > since and talk.said[0].author != who for talk in talks) if who else 0
                    )
                    assert row.new_posts == (sum(one.at > since and one.author != who for one in said) if who else 0)

    @invariant()
    def posts_agree(self) -> None:
        assert list(counting.drift()) == []
        for talk in self.talks:
            rows = flat_page(talk.row.pk, 0, size=500)
            assert [(r.id, r.number, r.place, r.rec_count, r.standing == Post.Standing.WITHDRAWN) for r in rows] == [
                (one.row.pk, n, n, len(one.recs), one.withdrawn) for n, one in enumerate(talk.said)
            ]
            for row, one in zip(rows, talk.said, strict=True):
                line: list[int] = [row.number]
                above = one.answers
                while above is not None and above is not talk.said[0]:
                    line.insert(0, above.row.number)
                    above = above.answers
                assert [int(row.path[i : i + 4], 36) for i in range(0, len(row.path), 4)] == line


def test_lists_counts_and_marks_agree_with_a_slow_model(db: None) -> None:
    run_state_machine_as_test(
        Community,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_two_members_with_the_same_access_see_the_same_order(cast: Cast) -> None:
    """Marks, positions and recommendations of one's own move nothing."""
    for n in range(6):
        thread = cast.thread(f"Thread {n}", forum=(cast.lounge, cast.kitchen)[n % 2])
        if n % 3:
            recommending.recommend(Post.objects.get(thread=thread), by=cast.dara)
    marking.mark_all(by=cast.bram)
    marking.read_up_to(Thread.objects.all()[2], by=cast.bram, number=0)
    ids = {cast.lounge.pk, cast.kitchen.pk}
    viewers = [viewer_of(cast.bram), viewer_of(cast.kaya), viewer_of(cast.dara), None]
    for order in (orders.LATEST, orders.NEWEST, orders.UNANSWERED):
        assert len({tuple(r.id for r in reads.threads(order, ids, viewer=v)) for v in viewers}) == 1
    assert len({tuple((r.id, r.recs) for r in reads.recommended(ids, None, viewer=v)) for v in viewers}) == 1


def test_a_walk_through_pages_meets_every_thread_once(cast: Cast) -> None:
    places = [cast.lounge, cast.kitchen, cast.den]
    for n in range(17):
        with clock.stopped_at(MORNING + BEAT * (n // 3)):  # several at the same instant
            cast.thread(f"Thread {n}", forum=places[n % 3])
    everything = {"latest": "last_post_at", "newest": "created_at"}
    for order in (orders.LATEST, orders.NEWEST):
        for ids in (None, {p.pk for p in places}, {places[0].pk}):
            found: list[int] = []
            before = None
            while rows := reads.threads(order, ids, viewer=None, before=before, size=4)[:4]:
                found += [row.id for row in rows]
                before = (getattr(rows[-1], everything[order.key]), rows[-1].id)
            chosen = Thread.objects.filter(forum_id__in=ids) if ids else Thread.objects.all()
            assert found == list(chosen.order_by(f"-{everything[order.key]}", "-id").values_list("pk", flat=True))
