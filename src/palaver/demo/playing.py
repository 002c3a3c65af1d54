"""Playing the demo's texts: every act at its own time, in the order of time, through the same verbs that pages call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from palaver.accounts import joining, operating, suspending
from palaver.accounts.models import Member
from palaver.ballots import opening, voting
from palaver.ballots.models import Ballot
from palaver.demo.reading_content import (
    PAPERS,
    AlertText,
    AmendmentText,
    Community,
    ForumText,
    MemberText,
    PaperText,
    PollText,
    PostText,
    ThreadText,
    VoteText,
)
from palaver.forums import locking, newcomers, placing, polling, posting, recommending, withdrawing
from palaver.forums.models import Category, Forum, Post, Thread
from palaver.forums.permissions import may_lock
from palaver.kit import clock
from palaver.kit.text import rendering
from palaver.reading import marking
from palaver.standards import alerting, amending, charter, convening, seating, seeds
from palaver.standards import voting as paper_voting
from palaver.standards.models import Alert, Amendment, Case, PoolMember, Seat

PASSWORD = "under the tree"
"""Every demo member's. The demo answers on the loopback address only."""

_BY_HAND = timedelta(hours=1)

_MARKS = {
    "issue-forums": Category.Mark.ISSUE,
    "culture-forums": Category.Mark.CULTURE,
    "alliance-forums": Category.Mark.ALLIANCE,
    "region-forums": Category.Mark.REGION,
    "support-forums": Category.Mark.SUPPORT,
}


@dataclass(slots=True)
class _Stage:
    """What has been made so far, by the names the texts use."""

    now: datetime
    members: dict[str, Member] = field(default_factory=dict)
    forums: dict[str, Forum] = field(default_factory=dict)
    threads: dict[tuple[str, str], Thread] = field(default_factory=dict)
    posts: dict[tuple[str, str, int], Post] = field(default_factory=dict)
    acts: list[tuple[datetime, bool, int, Callable[[], object]]] = field(default_factory=list)

    def at(self, ago: timedelta, act: Callable[[], object], *, closing: bool = False) -> None:
        """Put an act at its time. Of one instant, what closes a thread comes last; else they keep the order they were put in."""
        self.acts.append((self.now - ago, closing, len(self.acts), act))


def play(community: Community, *, progress: Callable[[int, int], object] | None = None) -> int:
    """Fill an empty installation with the community. One transaction: a demo killed half-way leaves nothing. Returns the acts played.

    `progress` is told (done, of) now and then.
    """
    stage = _Stage(clock.now())
    secret = make_password(PASSWORD)
    with transaction.atomic():
        operator = _people(community, stage, secret)
        _places(community, stage, operator)
        for thread in community.threads:
            _thread(thread, stage, operator)
        for member in community.members:
            if member.suspension is not None:
                _suspension(member, stage, operator)
        for amendment in community.amendments:
            _amendment(amendment, stage)
        for alert in community.alerts:
            _alert(alert, stage)
        for mark in community.marks:
            stage.at(mark.ago, _marking(stage, mark.member, mark.forum))
        stage.acts.sort(key=lambda act: act[:3])
        for done, (at, _closing, _order, act) in enumerate(stage.acts):
            if progress is not None and done % 50 == 0:
                progress(done, len(stage.acts))
            with clock.stopped_at(min(at, stage.now)):
                act()
        for text in community.forums:
            if text.retired:
                placing.change_forum(stage.forums[text.slug], by=operator, retired_at=stage.now - timedelta(days=90))
    return len(stage.acts)


def _people(community: Community, stage: _Stage, secret: str) -> Member:
    """All members, each with the day they joined; the first operator is made as at the console."""
    operator: Member | None = None
    for text in sorted(community.members, key=lambda one: one.joined, reverse=True):
        joined = stage.now - text.joined
        with clock.stopped_at(joined):
            name, key = joining.check_name(text.name)
            about = text.about.strip()
            member = joining.admit(
                Member(
                    name=name,
                    name_key=key,
                    password=secret,
                    joined_at=joined,
                    # Those of old were let in by hand, so that a lively first day is not held to newcomers' limits.
                    claimed_at=joined + (_BY_HAND if text.joined > newcomers.FIRST_DAYS else timedelta()),
                    about=about,
                    about_html=rendering.render(about, "markdown").html if about else "",
                )
            )
            if text.operator:
                member = operating.make_operator(member, by=None)
                operator = operator or member
        stage.members[text.name] = member
    if operator is None:
        raise ValueError("The demo's texts name no operator.")
    return operator


def _places(community: Community, stage: _Stage, operator: Member) -> None:
    start = stage.now - max(member.joined for member in community.members)
    categories: dict[str, Category] = {}
    with clock.stopped_at(start):
        for place, text in enumerate(community.categories):
            mark = _MARKS.get(text.slug, Category.Mark.ISSUE)
            categories[text.slug] = placing.open_category(name=text.name, mark=mark, place=place, by=operator)
        for place, forum in enumerate(community.forums):
            stage.forums[forum.slug] = _forum(forum, categories[forum.category], place, operator)
    for forum in community.forums:
        for seat in forum.hosts:
            stage.at(seat.since, _seat(stage, forum.slug, seat.member, operator))


def _forum(text: ForumText, category: Category, place: int, operator: Member) -> Forum:
    def gate(word: str) -> str:
        return Forum.Gate.MEMBERS if word == "nobody" else word

    return placing.open_forum(
        category=category,
        name=text.name,
        slug=text.slug,
        by=operator,
        description=text.line,
        purpose=text.purpose.strip(),
        rules=text.rules.strip(),
        is_main=text.main,
        place=place,
        host_seats=len(text.hosts) + text.vacant_seats,
        who_reads=gate(text.reads),
        who_starts=gate(text.starts),
        who_replies=gate(text.replies),
        language=text.language,
    )


def _seat(stage: _Stage, slug: str, name: str, operator: Member) -> Callable[[], object]:
    return lambda: placing.appoint_host(stage.forums[slug], member=stage.members[name], by=operator)


def _marking(stage: _Stage, name: str, slug: str) -> Callable[[], object]:
    return lambda: marking.mark_forum(stage.forums[slug], by=stage.members[name])


def _suspension(text: MemberText, stage: _Stage, operator: Member) -> None:
    told = text.suspension
    assert told is not None

    def act() -> None:
        until = min(stage.now + told.ends_in, clock.now() + suspending.LONGEST)
        suspending.suspend(stage.members[text.name], by=operator, until=until, because=told.because)

    stage.at(told.ago, act)


def _thread(text: ThreadText, stage: _Stage, operator: Member) -> None:
    key = (text.forum, text.slug)
    for post in text.posts:
        stage.at(post.ago, _speaking(text, post, stage))
        # Names under a post follow it within hours, each at an instant of its own, never after now.
        for n, name in enumerate(post.recommended_by):
            after = min(timedelta(minutes=7 + 41 * n), post.ago * 0.9)
            stage.at(post.ago - after, _recommending(stage, (*key, post.number), name))
        if post.edited is not None:
            stage.at(post.edited.ago, _editing(stage, (*key, post.number), post))
        if post.withdrawn is not None:
            stage.at(post.withdrawn.ago, _withdrawing(stage, (*key, post.number), post), closing=True)
    for vote in text.poll.votes if text.poll is not None else ():
        stage.at(vote.ago, _answering(stage, key, text.poll, vote))
    if text.pin is not None:
        pin = text.pin
        stage.at(
            pin.ago,
            lambda: locking.pin(stage.threads[key], by=_hand(stage, key, pin.by, operator), because=pin.because),
        )
    if text.lock is not None:
        lock = text.lock
        stage.at(
            lock.ago,
            lambda: locking.lock(stage.threads[key], by=_hand(stage, key, lock.by, operator), because=lock.because),
            closing=True,
        )


def _hand(stage: _Stage, key: tuple[str, str], name: str, operator: Member) -> Member:
    """Who carries out an act of a host: the named one, or the operator where that host has posted in the thread."""
    return stage.members[name] if may_lock(stage.members[name], stage.threads[key]) else operator


def _speaking(text: ThreadText, post: PostText, stage: _Stage) -> Callable[[], object]:
    key = (text.forum, text.slug)

    def act() -> None:
        author = stage.members[post.author]
        if post.answers is None:
            thread = posting.start_thread(
                forum=stage.forums[text.forum],
                author=author,
                subject=text.subject,
                text=post.body,
                poll=_question(text.poll),
            )
            stage.threads[key] = thread
            made = Post.objects.get(thread=thread, number=0)
        else:
            made = posting.reply(
                thread=stage.threads[key],
                author=author,
                text=post.body,
                subject=post.subject,
                answers=stage.posts[(*key, post.answers)],
            )
        stage.posts[(*key, post.number)] = made

    return act


def _question(text: PollText | None) -> polling.Question | None:
    return None if text is None else polling.Question(text.options, "", text.most, text.days, text.secret)


def _answering(stage: _Stage, key: tuple[str, str], text: PollText | None, vote: VoteText) -> Callable[[], object]:
    assert text is not None
    chosen = [text.options.index(option) for option in vote.chosen]
    return lambda: polling.vote(stage.threads[key].poll, by=stage.members[vote.by], chosen=chosen)


def _amendment(text: AmendmentText, stage: _Stage) -> None:
    """Proposed, put to the ballot, and voted on; nobody's choice is known, since the ballot is secret."""
    made: list[Amendment] = []

    def propose() -> None:
        known = charter.latest().standard(text.standard)
        if known is None:
            raise ValueError(f"The demo amends the standard {text.standard!r}, which the charter does not have.")
        wish = amending.Wish("change", *known._replace(rule=text.rule))
        by = Member.objects.get(pk=stage.members[text.by].pk)
        made.append(amending.propose(by=by, title=text.title, because=text.because, changes=[wish]))

    def put() -> None:
        amending.put_to_ballot(made[0], by=stage.members[text.by])

    def vote(one: VoteText) -> None:
        place = opening.MOTION.index(one.chosen[0])
        ballot = Ballot.objects.get(about=f"amendment:{made[0].pk}")
        voting.cast(ballot, by=stage.members[one.by], chosen=[place])

    stage.at(text.ago, propose)
    stage.at(text.voted, put)
    for one in text.votes:
        stage.at(one.ago, lambda one=one: vote(one))  # type: ignore[misc]


def _alert(text: AlertText, stage: _Stage) -> None:
    """An alert and its judging: the pool is here, the lot picks, whoever is picked takes the seat and hands in the next paper."""
    opened: list[Case] = []

    def raise_it() -> None:
        # Seeds are committed to before an alert, as an installation that runs has done.
        with clock.stopped_at(clock.now() - timedelta(hours=1)):
            seeds.commit_due()
        made = alerting.alert(
            by=stage.members[text.by],
            about=Alert.About.POST,
            post=stage.posts[(text.forum, text.thread, text.number)],
            standard=text.standard,
            because=text.because,
        )
        if made.case is None or made.case.judges != Case.Judges.JURY:
            raise ValueError(f"The demo's alert on {text.thread} has no jury: too few of its members may judge it.")
        opened.append(made.case)

    def sit() -> None:
        case = opened[0]
        convening.saw_all(list(PoolMember.objects.filter(case=case).values_list("member_id", flat=True)))
        convening.sit(case.pk)
        for seat in Seat.objects.filter(case=case, state=Seat.State.OFFERED).select_related("drawn__member"):
            seating.accept(seat, by=seat.drawn.member)

    def hand_in(paper: PaperText) -> None:
        taken = (
            Seat.objects.filter(case=opened[0], state=Seat.State.TAKEN).select_related("drawn__member").order_by("pk")
        )
        seat = taken.first()
        if seat is not None:  # Once the outcome cannot change, the others are not asked any more.
            paper_voting.vote(seat, by=seat.drawn.member, choice=PAPERS.index(paper.choice) + 1, reason=paper.reason)

    stage.at(text.ago, raise_it)
    stage.at(text.ago - timedelta(minutes=2), sit)
    for n, paper in enumerate(text.papers):
        after = timedelta(minutes=5 + 3 * n)
        stage.at(text.ago - after, lambda paper=paper: hand_in(paper))  # type: ignore[misc]


def _recommending(stage: _Stage, key: tuple[str, str, int], name: str) -> Callable[[], object]:
    return lambda: recommending.recommend(stage.posts[key], by=stage.members[name])


def _editing(stage: _Stage, key: tuple[str, str, int], text: PostText) -> Callable[[], object]:
    edited = text.edited
    assert edited is not None
    return lambda: posting.edit(
        stage.posts[key], by=stage.members[text.author], text=edited.body, because=edited.because
    )


def _withdrawing(stage: _Stage, key: tuple[str, str, int], text: PostText) -> Callable[[], object]:
    withdrawn = text.withdrawn
    assert withdrawn is not None
    return lambda: withdrawing.withdraw(stage.posts[key], by=stage.members[text.author], because=withdrawn.because)
