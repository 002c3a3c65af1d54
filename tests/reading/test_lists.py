"""A community that does anything at all, and a slow model of it in plain Python: lists, counts and marks always agree.

The model knows nothing of tables: it keeps what was said, what was hidden and by whom, and computes every answer from that.
That no list differs between two members with the same access follows from it: who asks changes nothing in the model's
orders, and a member's own trash only leaves rows out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.forums import correcting, counting, locking, orders, paths, posting, recommending, withdrawing
from palaver.forums.models import Correction, Forum, Post, Thread
from palaver.forums.permissions import readable_forum_ids
from palaver.forums.reads import flat_page, tree_page
from palaver.kit import clock
from palaver.kit.text import words
from palaver.reading import following, ignoring, marking, own, reads, sight, trashing
from palaver.reading.models import Trash
from tests.cast import MORNING, Cast, fresh

BEAT = timedelta(minutes=1)
PEOPLE = ("ana", "bram", "kaya")
MAY_READ = {"lounge": PEOPLE, "kitchen": PEOPLE, "den": ("ana", "bram")}
SUBJECTS = ("Bread", "Butter and bread", "A bridge", "Brücken", "Rain")
KEYWORDS = ("bread", "butter and", "brucken", "art", "a")
WHO, WHERE, ANY = st.sampled_from(PEOPLE), st.sampled_from(sorted(MAY_READ)), st.integers(0, 999)


@dataclass(eq=False)
class Said:
    """One post, as the model remembers it."""

    row: Post
    author: str
    at: datetime
    answers: Said | None = None
    recs: set[str] = field(default_factory=set)
    withdrawn: bool = False
    version: int = 1
    correction: str = ""


@dataclass(eq=False)
class Talk:
    """One thread, as the model remembers it."""

    row: Thread
    forum: str
    subject: str
    at: datetime
    said: list[Said] = field(default_factory=list)
    locked: bool = False
    pinned: bool = False

    def facts(self) -> orders.Facts:
        return orders.Facts(self.row.pk, self.at, self.said[-1].at, len(self.said[0].recs), len(self.said) - 1)

    def holds(self, keyword: str) -> bool:
        """A keyword's words stand in the subject one after the other."""
        have, want = words.tokens(self.subject), words.tokens(keyword)
        return any(have[n : n + len(want)] == want for n in range(len(have)))

    def in_tree_order(self, under: Said | None = None) -> Iterable[Said]:
        """Depth first; answers to the original post and to nothing in particular stand on the first level."""
        first = self.said[0]
        if under is None:
            yield first
        for one in self.said[1:]:
            above = None if one.answers is first else one.answers
            if above is under:
                yield one
                yield from self.in_tree_order(one)


@dataclass
class Hidden:
    """What a member has put out of sight."""

    threads: set[int] = field(default_factory=set)
    forums: set[str] = field(default_factory=set)
    keywords: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)

    def hides(self, talk: Talk) -> bool:
        return talk.row.pk in self.threads or talk.forum in self.forums or any(map(talk.holds, self.keywords))

    def __bool__(self) -> bool:
        return bool(self.threads or self.forums or self.keywords or self.people)


def viewer_of(member: Member) -> Viewer:
    row = fresh(member)
    state = (row.joined_at, None, "", row.post_count, row.hides_things)
    return Viewer(row.pk, row.name, False, "", "", "auto", "flat", "new", True, *state)


class Community(RuleBasedStateMachine):
    """What may happen, and what must then hold."""

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.now = MORNING
        self.steps = 0
        self.talks: list[Talk] = []
        self.marks: dict[tuple[str, str], datetime] = {}
        self.read: dict[tuple[str, int], int] = {}
        self.hidden = {who: Hidden() for who in PEOPLE}
        self.follows: dict[str, set[str]] = {who: set() for who in PEOPLE}
        self.cast = Cast()
        with clock.stopped_at(self.now):
            self.people: dict[str, Member] = {name: getattr(self.cast, name) for name in PEOPLE}
            self.places: dict[str, Forum] = {name: getattr(self.cast, name) for name in MAY_READ}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    def beat(self) -> datetime:
        self.now += BEAT
        self.steps += 1
        return self.now

    def talk(self, n: int, who: str) -> Talk | None:
        """Some thread that a member may read."""
        readable = [talk for talk in self.talks if who in MAY_READ[talk.forum]]
        return readable[n % len(readable)] if readable else None

    # What may happen.

    @rule(who=WHO, where=WHERE, subject=st.sampled_from(SUBJECTS))
    def start(self, who: str, where: str, subject: str) -> None:
        if who not in MAY_READ[where]:
            return
        with clock.stopped_at(self.beat()):
            thread = self.cast.thread(subject, by=self.people[who], forum=self.places[where])
        talk = Talk(thread, where, subject, self.now)
        talk.said.append(Said(Post.objects.get(thread=thread), who, self.now))
        self.talks.append(talk)

    @rule(who=WHO, n=ANY, m=st.none() | ANY)
    def reply(self, who: str, n: int, m: int | None) -> None:
        talk = self.talk(n, who)
        if talk is None or talk.locked:
            return
        answers = None if m is None else talk.said[m % len(talk.said)]
        with clock.stopped_at(self.beat()):
            row = self.cast.reply(talk.row, by=self.people[who], answers=answers.row if answers else None)
        talk.said.append(Said(row, who, self.now, answers))

    @precondition(lambda self: self.talks)
    @rule(n=ANY, m=ANY, subject=st.none() | st.sampled_from(SUBJECTS))
    def edit(self, n: int, m: int, subject: str | None) -> None:
        talk = self.talks[n % len(self.talks)]
        one = talk.said[m % len(talk.said)]
        if one.withdrawn:
            return
        with clock.stopped_at(self.beat()):
            posting.edit(one.row, by=self.people[one.author], text=f"Edited at {self.now}.", subject=subject)
        one.version += 1
        if subject is not None and one is talk.said[0]:
            talk.subject = subject

    @precondition(lambda self: self.talks)
    @rule(n=ANY, m=ANY)
    def withdraw(self, n: int, m: int) -> None:
        talk = self.talks[n % len(self.talks)]
        one = talk.said[m % len(talk.said)]
        if not one.withdrawn:
            with clock.stopped_at(self.beat()):
                withdrawing.withdraw(one.row, by=self.people[one.author])
            one.withdrawn = True
            talk.locked = talk.locked or one is talk.said[0]

    @precondition(lambda self: self.talks)
    @rule(n=ANY, m=ANY, line=st.sampled_from(["", "Tuesday, not Monday.", "It was Bram."]))
    def correct(self, n: int, m: int, line: str) -> None:
        talk = self.talks[n % len(self.talks)]
        one = talk.said[m % len(talk.said)]
        if one.withdrawn:
            return
        with clock.stopped_at(self.beat()):
            if line:
                correcting.correct(one.row, by=self.people[one.author], line=line)
            else:
                correcting.end(one.row, by=self.people[one.author])
        one.correction = line

    @precondition(lambda self: self.talks)
    @rule(n=ANY)
    def lock_or_open(self, n: int) -> None:
        talk = self.talks[n % len(self.talks)]
        with clock.stopped_at(self.beat()):
            if talk.locked:
                locking.unlock(talk.row, by=self.cast.odile)
            else:
                locking.lock(talk.row, by=self.cast.odile, because="All is said.")
        talk.locked = not talk.locked

    @precondition(lambda self: self.talks)
    @rule(n=ANY)
    def pin_or_unpin(self, n: int) -> None:
        talk = self.talks[n % len(self.talks)]
        with clock.stopped_at(self.beat()):
            if talk.pinned:
                locking.unpin(talk.row, by=self.cast.odile)
            else:
                locking.pin(talk.row, by=self.cast.odile, because="All should read it.")
        talk.pinned = not talk.pinned

    @rule(who=WHO, n=ANY, m=ANY, give=st.booleans())
    def recommend(self, who: str, n: int, m: int, give: bool) -> None:
        talk = self.talk(n, who)
        one = talk.said[m % len(talk.said)] if talk else None
        if one is None or one.withdrawn or one.author == who:
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
        if who not in MAY_READ[where]:
            return
        with clock.stopped_at(self.beat()):
            up_to = self.now - back * BEAT
            marking.mark_forum(self.places[where], by=self.people[who], up_to=up_to)
        self.marks[who, where] = max(up_to, self.marks.get((who, where), MORNING))

    @rule(who=WHO, n=ANY, m=ANY)
    def read_on(self, who: str, n: int, m: int) -> None:
        talk = self.talk(n, who)
        if talk is None:
            return
        number = m % len(talk.said)
        with clock.stopped_at(self.beat()):
            marking.read_up_to(talk.row, by=self.people[who], number=number)
        self.read[who, talk.row.pk] = max(number, self.read.get((who, talk.row.pk), -1))

    @rule(who=WHO, n=ANY, where=WHERE, keyword=st.sampled_from(KEYWORDS), what=st.sampled_from("tfk"))
    def trash(self, who: str, n: int, where: str, keyword: str, what: str) -> None:
        talk, hidden, me = self.talk(n, who), self.hidden[who], self.people[who]
        with clock.stopped_at(self.beat()):
            if what == "t" and talk is not None:
                trashing.trash_thread(talk.row, by=me)
                hidden.threads.add(talk.row.pk)
            elif what == "f" and who in MAY_READ[where]:
                trashing.trash_forum(self.places[where], by=me)
                hidden.forums.add(where)
            elif what == "k":
                trashing.trash_keyword(keyword, by=me)
                hidden.keywords.add(keyword)

    @precondition(lambda self: any(self.hidden.values()))
    @rule(who=WHO, n=ANY)
    def take_out(self, who: str, n: int) -> None:
        rows = list(Trash.objects.filter(member=self.people[who]).select_related("forum").order_by("id"))
        if not rows:
            return
        row, hidden = rows[n % len(rows)], self.hidden[who]
        with clock.stopped_at(self.beat()):
            trashing.take_out(row, by=self.people[who])
        if row.thread_id is not None:
            hidden.threads.remove(row.thread_id)
        elif row.forum is not None:
            hidden.forums.remove(next(name for name, forum in self.places.items() if forum == row.forum))
        else:
            hidden.keywords.remove(row.written)

    @rule(who=WHO, whom=WHO, on=st.booleans())
    def ignore(self, who: str, whom: str, on: bool) -> None:
        if who == whom:
            return
        with clock.stopped_at(self.beat()):
            (ignoring.ignore if on else ignoring.stop_ignoring)(self.people[whom], by=self.people[who])
        (self.hidden[who].people.add if on else self.hidden[who].people.discard)(whom)
        if on:
            self.follows[who].discard(whom)

    @rule(who=WHO, whom=WHO, on=st.booleans())
    def follow(self, who: str, whom: str, on: bool) -> None:
        if who == whom or whom in self.hidden[who].people:
            return
        with clock.stopped_at(self.beat()):
            (following.follow if on else following.stop_following)(self.people[whom], by=self.people[who])
        (self.follows[who].add if on else self.follows[who].discard)(whom)

    # What the model answers.

    def since(self, who: str, where: str) -> datetime:
        return self.marks.get((who, where), MORNING)

    def new_in(self, talk: Talk, who: str) -> int:
        read = self.read.get((who, talk.row.pk), -1)
        return sum(
            one.at > self.since(who, talk.forum) and one.author != who and number > read
            for number, one in enumerate(talk.said)
        )

    def in_sight(self, who: str) -> list[Talk]:
        """Threads that somebody ("" a guest) may read and has not put away."""
        mine = self.hidden[who] if who else Hidden()
        return [talk for talk in self.talks if (talk.forum != "den" or who in MAY_READ["den"]) and not mine.hides(talk)]

    def ordered(self, key: Callable[[orders.Facts], tuple[object, ...]], talks: list[Talk]) -> list[int]:
        return [talk.row.pk for talk in sorted(talks, key=lambda talk: key(talk.facts()), reverse=True)]

    def lines(self, who: str, chosen: Callable[[Said], bool]) -> list[int]:
        """Posts, newest first, that stand in threads in sight and are not by somebody ignored."""
        found = [
            one
            for talk in self.in_sight(who)
            for one in talk.said
            if not one.withdrawn and one.author not in self.hidden[who].people and chosen(one)
        ]
        return [one.row.pk for one in sorted(found, key=lambda one: (one.at, one.row.pk), reverse=True)]

    # What must hold. What was wrong once stays wrong, so the dear questions are asked at every third act only.

    def readers(self) -> Iterable[tuple[str, Viewer | None, frozenset[int]]]:
        yield "", None, readable_forum_ids(None)
        for who, member in self.people.items():
            viewer, ids = viewer_of(member), readable_forum_ids(member.pk)
            assert ids == {self.places[name].pk for name, admitted in MAY_READ.items() if who in admitted}
            assert viewer.hides_things == bool(self.hidden[who])
            yield who, viewer, ids

    @invariant()
    def lists_agree(self) -> None:
        if self.steps % 3:
            return
        by_id = {talk.row.pk: talk for talk in self.talks}
        with clock.stopped_at(self.now):
            for who, viewer, ids in self.readers():
                mine = self.in_sight(who)
                rows = reads.threads(orders.LATEST, ids, viewer=viewer)
                assert [row.id for row in rows] == self.ordered(orders.latest, mine)
                for row in rows:
                    talk = by_id[row.id]
                    assert row.new_count == (self.new_in(talk, who) if who else 0)
                    assert (row.subject, row.post_count, row.recs, row.locked, row.pinned) == (
                        talk.subject,
                        len(talk.said),
                        len(talk.said[0].recs),
                        talk.locked,
                        talk.pinned,
                    )
                newest = reads.threads(orders.NEWEST, ids, viewer=viewer)
                assert [row.id for row in newest] == self.ordered(orders.newest, mine)
                quiet = [talk for talk in mine if len(talk.said) == 1]
                unanswered = reads.threads(orders.UNANSWERED, ids, viewer=viewer)
                assert [row.id for row in unanswered] == self.ordered(orders.unanswered, quiet)
                praised = [talk for talk in mine if talk.said[0].recs]
                for window in (None, timedelta(days=1)):
                    recommended = reads.recommended(ids, window, viewer=viewer)
                    assert [row.id for row in recommended] == self.ordered(orders.recommended, praised)
                if viewer is None:
                    continue
                unread = [talk for talk in mine if self.new_in(talk, who)]
                assert [row.id for row in reads.unread(ids, viewer)] == self.ordered(orders.latest, unread)
                seen = sight.of(viewer)
                answered = [line.id for line in own.answers_to(viewer, ids, seen)]
                assert answered == self.lines(
                    who,
                    lambda one, who=who: one.answers is not None and one.answers.author == who and one.author != who,
                )
                followed = [line.id for line in own.by_followed(viewer, ids, seen)]
                assert followed == self.lines(who, lambda one, who=who: one.author in self.follows[who])
            # Orders over everything, as operators walk them.
            everything = reads.threads(orders.LATEST, None, viewer=None)
            assert [row.id for row in everything] == self.ordered(orders.latest, self.talks)

    @invariant()
    def the_index_agrees(self) -> None:
        if self.steps % 3 != 1:
            return
        with clock.stopped_at(self.now):
            for who, viewer, ids in self.readers():
                index = reads.forum_index(viewer)
                mine = self.hidden[who] if who else Hidden()
                for where, forum in self.places.items():
                    if forum.pk not in ids:
                        continue
                    every = [talk for talk in self.talks if talk.forum == where]
                    # A forum in the trash is left out by the page; the index still counts it.
                    talks = [t for t in every if t.row.pk not in mine.threads and not any(map(t.holds, mine.keywords))]
                    said = [one for talk in every for one in talk.said]
                    row = index[forum.pk]
                    assert (row.thread_count, row.post_count) == (len(every), len(said))
                    assert row.last_post_at == (max(one.at for one in said) if said else None)
                    newest = self.ordered(orders.latest, talks)
                    assert row.last_thread_id == (newest[0] if newest else None)
                    since = self.since(who, where)
                    assert row.new_threads == (
                        sum(talk.at > since and talk.said[0].author != who for talk in talks) if who else 0
                    )
                    new = [one for talk in talks for one in talk.said if one.at > since and one.author != who]
                    assert row.new_posts == (len(new) if who else 0)

    @invariant()
    def posts_agree(self) -> None:
        if self.steps % 3 != 2:
            return
        assert list(counting.drift()) == []
        written = {who: sum(one.author == who for talk in self.talks for one in talk.said) for who in PEOPLE}
        assert {who: fresh(member).post_count for who, member in self.people.items()} == written
        lines = {one.row.pk: one.correction for talk in self.talks for one in talk.said if one.correction}
        assert dict(Correction.objects.filter(ended_at=None).values_list("post_id", "line")) == lines
        for talk in self.talks:
            rows = flat_page(talk.row.pk, 0, size=500)
            shown = [
                (r.id, r.number, r.place, r.version, r.rec_count, r.standing == Post.Standing.WITHDRAWN) for r in rows
            ]
            assert shown == [
                (one.row.pk, n, n, one.version, len(one.recs), one.withdrawn) for n, one in enumerate(talk.said)
            ]
            for row, one in zip(rows, talk.said, strict=True):
                line: list[int] = [row.number]
                above = one.answers
                while above is not None and above is not talk.said[0]:
                    line.insert(0, above.row.number)
                    above = above.answers
                assert [int(row.path[i : i + 4], 36) for i in range(0, len(row.path), 4)] == line
            tree = [row.id for row in tree_page(talk.row.pk, paths.segment(0), size=500)]
            assert tree == [one.row.pk for one in talk.in_tree_order()]


def _live(examples: int, acts: int, machine: type[Community] = Community, **more: object) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=acts,
            deadline=None,
            derandomize=examples < 20,
            database=None,
            suppress_health_check=list(HealthCheck),
            **more,  # type: ignore[arg-type]
        ),
    )


def test_lists_counts_and_marks_agree_with_a_slow_model(db: None) -> None:
    _live(8, 25)


@pytest.mark.long
def test_lists_counts_and_marks_agree_with_a_slow_model_in_many_long_lives(db: None) -> None:
    _live(200, 60)


def test_the_model_notices_an_order_that_depends_on_who_asks(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = reads.threads

    def favouring(*args: object, viewer: Viewer | None, **more: object) -> list[reads.ThreadRow]:
        rows = asked(*args, viewer=viewer, **more)  # type: ignore[arg-type]
        return sorted(rows, key=lambda row: row.author_name != viewer.name) if viewer else rows

    monkeypatch.setattr(reads, "threads", favouring)
    with pytest.raises(AssertionError):
        _live(12, 25, phases=[Phase.generate])


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
