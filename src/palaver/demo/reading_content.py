"""Reading the demo's texts: TOML in, a checked `Community` out.

This module only reads. It writes no row and knows no model; `playing` speaks what is read here through the verbs.
Whatever is wrong in the files is told at once and together, each fault with its file, in a `ContentError`.

Times are `timedelta`s *before now* (`ago`), so the community is always as fresh as the moment it is played.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"

_TIME = re.compile(r"(?:(\d+)d)? ?(?:(\d+)h)? ?(?:(\d+)m)?")
_THREAD_FILE = re.compile(r"\d{2}-[a-z0-9]+(?:-[a-z0-9]+)*\.toml")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_AUDIENCES = {"everyone", "members", "nobody"}


class ContentError(ValueError):
    """The demo's texts contradict themselves. The message has one line per fault, each beginning with its file."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Category:
    slug: str
    name: str
    line: str


@dataclass(frozen=True, slots=True)
class HostSeat:
    """A member who cares for a forum, and how long ago they began."""

    member: str
    since: timedelta


@dataclass(frozen=True, slots=True)
class PostingRules:
    """The rules a forum has switched on. 0 means: no limit."""

    source_required: bool = False
    subject_is_headline: bool = False
    source_hours: int = 0
    quoted_paragraphs: int = 0
    one_thread_per_story: bool = False
    originals_only: bool = False
    posts_before_starting: int = 0


@dataclass(frozen=True, slots=True)
class ForumText:
    """A forum. `reads`, `starts` and `replies` are each "everyone", "members" or "nobody"."""

    slug: str
    name: str
    category: str
    line: str
    purpose: str
    rules: str
    main: bool
    retired: bool
    language: str
    direction: str
    reads: str
    starts: str
    replies: str
    hosts: tuple[HostSeat, ...]
    vacant_seats: int
    posting: PostingRules


@dataclass(frozen=True, slots=True)
class SuspensionText:
    """Begun `ago` before now, ending `ends_in` after now."""

    ago: timedelta
    ends_in: timedelta
    by: str
    because: str


@dataclass(frozen=True, slots=True)
class MemberText:
    name: str
    joined: timedelta
    about: str
    town: str
    language: str
    signature: str
    operator: bool
    suspension: SuspensionText | None


@dataclass(frozen=True, slots=True)
class Edit:
    """The second version of a post's text, and why."""

    ago: timedelta
    body: str
    because: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The author took the post back."""

    ago: timedelta
    because: str


@dataclass(frozen=True, slots=True)
class Act:
    """A lock or a pin: who, when, why."""

    ago: timedelta
    by: str
    because: str


@dataclass(frozen=True, slots=True)
class PostText:
    """A post. `number` is 0 for the original post; `answers` is None there, else the number of an earlier post."""

    number: int
    answers: int | None
    author: str
    ago: timedelta
    subject: str
    body: str
    recommended_by: tuple[str, ...] = ()
    edited: Edit | None = None
    withdrawn: Withdrawal | None = None


@dataclass(frozen=True, slots=True)
class VoteText:
    """A vote in a poll or a ballot: who, when, for what (options by their words; of a motion "for", "against", "abstain")."""

    by: str
    ago: timedelta
    chosen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PollText:
    """A poll in an original post."""

    options: tuple[str, ...]
    most: int
    days: int
    secret: bool
    votes: tuple[VoteText, ...]


@dataclass(frozen=True, slots=True)
class PaperText:
    """One juror's paper, whoever the lot picks. `choice`: one of PAPERS."""

    choice: str
    reason: str


@dataclass(frozen=True, slots=True)
class AlertText:
    """An alert on a post of the demo, `ago`, and the papers of its jury in the order in which they are handed in."""

    by: str
    ago: timedelta
    forum: str
    thread: str
    number: int
    standard: str
    because: str
    papers: tuple[PaperText, ...]


PAPERS = ("clearly breaks", "breaks", "keeps", "clearly keeps")
"""What a paper can say, as `juries.toml` writes it."""


@dataclass(frozen=True, slots=True)
class AmendmentText:
    """A proposed change of one standard's rule, and the votes of its ballot, which opened `voted` before now."""

    by: str
    ago: timedelta
    title: str
    because: str
    standard: str
    rule: str
    voted: timedelta
    votes: tuple[VoteText, ...]


@dataclass(frozen=True, slots=True)
class ThreadText:
    """A conversation: `posts[0]` is the original post, the others follow in order of time."""

    forum: str
    slug: str
    subject: str
    posts: tuple[PostText, ...]
    lock: Act | None
    pin: Act | None
    poll: PollText | None = None

    @property
    def started(self) -> timedelta:
        return self.posts[0].ago

    @property
    def depth(self) -> int:
        """The length of the longest chain of answers; 0 when nobody has replied."""
        depths: dict[int, int] = {}
        for post in self.posts:
            depths[post.number] = 0 if post.answers is None else depths[post.answers] + 1
        return max(depths.values())


@dataclass(frozen=True, slots=True)
class MarkText:
    """`member` has marked `forum` as read up to `ago` before now."""

    member: str
    forum: str
    ago: timedelta


@dataclass(frozen=True, slots=True)
class Community:
    """All of Millbrook. Threads stand in order of their beginning, the oldest first."""

    name: str
    sentence: str
    language: str
    categories: tuple[Category, ...]
    forums: tuple[ForumText, ...]
    members: tuple[MemberText, ...]
    threads: tuple[ThreadText, ...]
    marks: tuple[MarkText, ...]
    amendments: tuple[AmendmentText, ...] = ()
    alerts: tuple[AlertText, ...] = ()

    def forum(self, slug: str) -> ForumText:
        """The forum with that slug. Raises KeyError when there is none."""
        for forum in self.forums:
            if forum.slug == slug:
                return forum
        raise KeyError(slug)

    def member(self, name: str) -> MemberText:
        """The member of that name. Raises KeyError when there is none."""
        for member in self.members:
            if member.name == name:
                return member
        raise KeyError(name)

    @property
    def post_count(self) -> int:
        return sum(len(thread.posts) for thread in self.threads)


def duration(text: str) -> timedelta:
    """Read "3d 4h 12m" (each part optional, one needed). Raises ValueError with a sentence when it is anything else."""
    match = _TIME.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        raise ValueError(f"{text!r} is not a time such as “3d 4h 12m”")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def load(folder: Path = CONTENT) -> Community:
    """Read and check everything below `folder`. Raises ContentError naming every fault found."""
    return _Reader(folder).community()


@dataclass(slots=True)
class _Table:
    """One table of a file, which complains about what is missing, misspelt or of another type."""

    where: str
    values: Mapping[str, Any]
    complain: Callable[[str, str], None]
    asked: set[str] = field(default_factory=set)

    def text(self, key: str, default: str | None = None) -> str:
        self.asked.add(key)
        value = self.values.get(key, default)
        if value is None:
            self.complain(self.where, f"has no {key!r}")
            return ""
        if not isinstance(value, str):
            self.complain(self.where, f"{key!r} must be text, not {value!r}")
            return ""
        if default is None and not value.strip():
            self.complain(self.where, f"{key!r} is empty")
        return value.strip()

    def flag(self, key: str) -> bool:
        self.asked.add(key)
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            self.complain(self.where, f"{key!r} must be true or false, not {value!r}")
            return False
        return value

    def number(self, key: str, default: int | None = None) -> int:
        self.asked.add(key)
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.complain(self.where, f"{key!r} must be a whole number, not {value!r}")
            return 0
        return value

    def time(self, key: str) -> timedelta:
        try:
            return duration(self.text(key))
        except ValueError as problem:
            self.complain(self.where, f"{key!r}: {problem}")
            return timedelta()

    def one_of(self, key: str, allowed: set[str], default: str) -> str:
        value = self.text(key, default)
        if value not in allowed:
            self.complain(self.where, f"{key!r} is {value!r}; it may be {', '.join(sorted(allowed))}")
        return value

    def names(self, key: str) -> tuple[str, ...]:
        self.asked.add(key)
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            self.complain(self.where, f"{key!r} must be a list of names, not {value!r}")
            return ()
        return tuple(value)

    def table(self, key: str) -> _Table | None:
        self.asked.add(key)
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.complain(self.where, f"{key!r} must be a table, not {value!r}")
            return None
        return _Table(f"{self.where}, {key}", value, self.complain)

    def tables(self, key: str) -> list[_Table]:
        self.asked.add(key)
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self.complain(self.where, f"{key!r} must be a list of tables, not {value!r}")
            return []
        return [_Table(f"{self.where}, {key} {place}", row, self.complain) for place, row in enumerate(value, 1)]

    def nothing_else(self) -> None:
        """Complain about keys nobody asked for: they are misspelt."""
        for key in self.values:
            if key not in self.asked:
                self.complain(self.where, f"has {key!r}, which means nothing here")


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[str] = []
        self.forums: dict[str, ForumText] = {}
        self.members: dict[str, MemberText] = {}

    def community(self) -> Community:
        community = self._file("community.toml")
        categories = self._categories(community)
        people = self._file("members.toml")
        for table in people.tables("member"):
            self._add_member(table)
        people.nothing_else()
        for table in community.tables("forum"):
            self._add_forum(table, {category.slug for category in categories})
        name = community.text("name")
        sentence = community.text("sentence")
        language = community.text("language", "en")
        community.nothing_else()
        for member in self.members.values():
            if member.suspension:
                self._known(f"members.toml, {member.name}", member.suspension.by)
                self._before_joining(f"members.toml, {member.name}, suspension", member.name, member.suspension.ago)
        threads = self._threads()
        marks = self._marks()
        amendments = self._amendments()
        alerts = self._alerts(threads)
        if self.faults:
            raise ContentError(self.faults)
        return Community(
            name=name,
            sentence=sentence,
            language=language,
            categories=tuple(categories),
            forums=tuple(self.forums.values()),
            members=tuple(self.members.values()),
            threads=tuple(threads),
            marks=tuple(marks),
            amendments=tuple(amendments),
            alerts=tuple(alerts),
        )

    def _complain(self, where: str, what: str) -> None:
        self.faults.append(f"{where}: {what}.")

    def _file(self, name: str) -> _Table:
        try:
            values = tomllib.loads((self.folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            self._complain(name, "is missing")
            values = {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
            self._complain(name, f"cannot be read: {problem}")
            values = {}
        return _Table(name, values, self._complain)

    def _known(self, where: str, name: str) -> None:
        if name and name not in self.members:
            self._complain(where, f"names {name!r}, who is no member")

    def _before_joining(self, where: str, name: str, ago: timedelta) -> None:
        member = self.members.get(name)
        if member is not None and ago > member.joined:
            self._complain(where, f"lies before {name} joined")

    def _categories(self, community: _Table) -> list[Category]:
        found: dict[str, Category] = {}
        for table in community.tables("category"):
            category = Category(slug=table.text("slug"), name=table.text("name"), line=table.text("line"))
            table.nothing_else()
            if category.slug in found:
                self._complain(table.where, f"a second category {category.slug!r}")
            found[category.slug] = category
        return list(found.values())

    def _add_member(self, table: _Table) -> None:
        name = table.text("name")
        table.where = f"members.toml, {name}"
        suspension = None
        if (row := table.table("suspension")) is not None:
            suspension = SuspensionText(
                ago=row.time("ago"), ends_in=row.time("ends_in"), by=row.text("by"), because=row.text("because")
            )
            row.nothing_else()
        member = MemberText(
            name=name,
            joined=table.time("joined"),
            about=table.text("about", ""),
            town=table.text("town", ""),
            language=table.text("language", "en"),
            signature=table.text("signature", ""),
            operator=table.flag("operator"),
            suspension=suspension,
        )
        table.nothing_else()
        if name in self.members:
            self._complain(table.where, "is there twice")
        self.members[name] = member

    def _add_forum(self, table: _Table, categories: set[str]) -> None:
        slug = table.text("slug")
        table.where = f"community.toml, {slug}"
        hosts = []
        for row in table.tables("hosts"):
            seat = HostSeat(member=row.text("member"), since=row.time("since"))
            row.nothing_else()
            self._known(row.where, seat.member)
            self._before_joining(row.where, seat.member, seat.since)
            hosts.append(seat)
        posting = PostingRules()
        if (rules := table.table("posting")) is not None:
            posting = PostingRules(
                source_required=rules.flag("source_required"),
                subject_is_headline=rules.flag("subject_is_headline"),
                source_hours=rules.number("source_hours", 0),
                quoted_paragraphs=rules.number("quoted_paragraphs", 0),
                one_thread_per_story=rules.flag("one_thread_per_story"),
                originals_only=rules.flag("originals_only"),
                posts_before_starting=rules.number("posts_before_starting", 0),
            )
            rules.nothing_else()
        forum = ForumText(
            slug=slug,
            name=table.text("name"),
            category=table.text("category"),
            line=table.text("line"),
            purpose=table.text("purpose"),
            rules=table.text("rules"),
            main=table.flag("main"),
            retired=table.flag("retired"),
            language=table.text("language", "en"),
            direction=table.one_of("direction", {"ltr", "rtl"}, "ltr"),
            reads=table.one_of("reads", _AUDIENCES, "everyone"),
            starts=table.one_of("starts", _AUDIENCES, "members"),
            replies=table.one_of("replies", _AUDIENCES, "members"),
            hosts=tuple(hosts),
            vacant_seats=table.number("vacant_seats", 0),
            posting=posting,
        )
        table.nothing_else()
        if not _SLUG.fullmatch(slug):
            self._complain(table.where, f"the slug {slug!r} is not lower-case words joined by hyphens")
        if slug in self.forums:
            self._complain(table.where, "is there twice")
        if forum.category not in categories:
            self._complain(table.where, f"stands in the category {forum.category!r}, which does not exist")
        self.forums[slug] = forum

    def _threads(self) -> list[ThreadText]:
        threads = []
        subjects: dict[str, str] = {}
        for path in sorted((self.folder / "threads").glob("**/*")):
            if path.is_dir():
                continue
            where = path.relative_to(self.folder).as_posix()
            if not _THREAD_FILE.fullmatch(path.name) or len(Path(where).parts) != 3:
                self._complain(where, "a thread lies at threads/<forum>/<nn>-<slug>.toml")
                continue
            forum = path.parent.name
            if forum not in self.forums:
                self._complain(where, f"lies in the forum {forum!r}, which does not exist")
            thread = self._thread(self._file(where), forum=forum, slug=path.stem[3:])
            if thread.subject in subjects:
                self._complain(where, f"has the same subject as {subjects[thread.subject]}")
            subjects[thread.subject] = where
            threads.append(thread)
        return sorted(threads, key=lambda thread: (-thread.started, thread.forum, thread.slug))

    def _thread(self, table: _Table, *, forum: str, slug: str) -> ThreadText:
        posts = [self._post(table, number=0, answers=None)]
        for row in table.tables("reply"):
            number = row.number("id")
            row.where = f"{table.where}, reply {number}"
            post = self._post(row, number=number, answers=row.number("to"))
            row.nothing_else()
            self._in_order(row.where, posts, post)
            posts.append(post)
        lock = self._act(table, "lock", started=posts[0].ago)
        pin = self._act(table, "pin", started=posts[0].ago)
        poll = self._poll(table, started=posts[0].ago)
        table.nothing_else()
        if lock is not None and any(post.ago < lock.ago for post in posts):
            self._complain(table.where, "has a reply from after it was locked")
        return ThreadText(
            forum=forum, slug=slug, subject=posts[0].subject, posts=tuple(posts), lock=lock, pin=pin, poll=poll
        )

    def _in_order(self, where: str, posts: list[PostText], post: PostText) -> None:
        if post.number <= posts[-1].number:
            self._complain(where, f"comes after number {posts[-1].number}; numbers rise")
        if post.ago >= posts[-1].ago:
            self._complain(where, "is not later than the post before it")
        answered = next((earlier for earlier in posts if earlier.number == post.answers), None)
        if answered is None:
            self._complain(where, f"answers post {post.answers}, which is not there before it")

    def _post(self, table: _Table, *, number: int, answers: int | None) -> PostText:
        author, ago = table.text("author"), table.time("ago")
        edited, withdrawn = None, None
        if (row := table.table("edited")) is not None:
            edited = Edit(ago=row.time("ago"), body=row.text("body"), because=row.text("because"))
            row.nothing_else()
            self._later(row.where, edited.ago, than=ago)
        if (row := table.table("withdrawn")) is not None:
            withdrawn = Withdrawal(ago=row.time("ago"), because=row.text("because"))
            row.nothing_else()
            self._later(row.where, withdrawn.ago, than=ago)
        post = PostText(
            number=number,
            answers=answers,
            author=author,
            ago=ago,
            subject=table.text("subject") if number == 0 else table.text("subject", ""),
            body=table.text("body"),
            recommended_by=table.names("recs"),
            edited=edited,
            withdrawn=withdrawn,
        )
        self._known(table.where, author)
        self._before_joining(table.where, author, ago)
        if edited is not None and edited.body == post.body:
            self._complain(table.where, "is edited to the same text")
        for name in post.recommended_by:
            self._known(f"{table.where}, recs", name)
            # The member may have joined after the post was written: a recommendation has no time of its own here.
            if name == author:
                self._complain(table.where, f"is recommended by {name}, its own author")
        if len(set(post.recommended_by)) != len(post.recommended_by):
            self._complain(table.where, "is recommended twice by the same member")
        return post

    def _later(self, where: str, ago: timedelta, *, than: timedelta) -> None:
        if ago >= than:
            self._complain(where, "is not later than what it changes")

    def _act(self, table: _Table, kind: str, *, started: timedelta) -> Act | None:
        row = table.table(kind)
        if row is None:
            return None
        act = Act(ago=row.time("ago"), by=row.text("by"), because=row.text("because"))
        row.nothing_else()
        self._known(row.where, act.by)
        self._later(row.where, act.ago, than=started)
        return act

    def _poll(self, table: _Table, *, started: timedelta) -> PollText | None:
        row = table.table("poll")
        if row is None:
            return None
        options = row.names("options")
        poll = PollText(
            options=options,
            most=row.number("most", 1),
            days=row.number("days", 7),
            secret=row.flag("secret"),
            votes=self._votes(row, set(options), opened=started),
        )
        row.nothing_else()
        return poll

    def _votes(self, table: _Table, options: set[str], *, opened: timedelta) -> tuple[VoteText, ...]:
        votes = []
        for row in table.tables("vote"):
            vote = VoteText(by=row.text("by"), ago=row.time("ago"), chosen=row.names("for"))
            row.nothing_else()
            self._known(row.where, vote.by)
            self._later(row.where, vote.ago, than=opened)
            for option in set(vote.chosen) - options:
                self._complain(row.where, f"is for {option!r}, which is no option")
            votes.append(vote)
        return tuple(votes)

    def _amendments(self) -> list[AmendmentText]:
        table = self._file("charter.toml")
        amendments = []
        for row in table.tables("amendment"):
            voted = row.time("voted")
            amendment = AmendmentText(
                by=row.text("by"),
                ago=row.time("ago"),
                title=row.text("title"),
                because=row.text("because"),
                standard=row.text("standard"),
                rule=row.text("rule"),
                voted=voted,
                votes=self._votes(row, {"for", "against", "abstain"}, opened=voted),
            )
            row.nothing_else()
            self._known(row.where, amendment.by)
            self._later(row.where, voted, than=amendment.ago)
            amendments.append(amendment)
        table.nothing_else()
        return amendments

    def _alerts(self, threads: list[ThreadText]) -> list[AlertText]:
        table = self._file("juries.toml")
        posts = {(thread.forum, thread.slug, post.number): post for thread in threads for post in thread.posts}
        alerts = []
        for row in table.tables("alert"):
            papers = []
            for paper in row.tables("paper"):
                choice, reason = paper.one_of("choice", set(PAPERS), ""), paper.text("reason", "")
                papers.append(PaperText(choice, reason))
                paper.nothing_else()
            alert = AlertText(
                by=row.text("by"),
                ago=row.time("ago"),
                forum=row.text("forum"),
                thread=row.text("thread"),
                number=row.number("number"),
                standard=row.text("standard"),
                because=row.text("because"),
                papers=tuple(papers),
            )
            row.nothing_else()
            self._known(row.where, alert.by)
            judged = posts.get((alert.forum, alert.thread, alert.number))
            if judged is None:
                self._complain(row.where, "is about a post that is not there")
            else:
                self._later(row.where, alert.ago, than=judged.ago)
            alerts.append(alert)
        table.nothing_else()
        return alerts

    def _marks(self) -> list[MarkText]:
        table = self._file("reading.toml")
        marks = []
        seen: set[tuple[str, str]] = set()
        for row in table.tables("mark"):
            mark = MarkText(member=row.text("member"), forum=row.text("forum"), ago=row.time("ago"))
            row.nothing_else()
            self._known(row.where, mark.member)
            self._before_joining(row.where, mark.member, mark.ago)
            if mark.forum not in self.forums:
                self._complain(row.where, f"marks the forum {mark.forum!r}, which does not exist")
            if (mark.member, mark.forum) in seen:
                self._complain(row.where, f"{mark.member} has already marked {mark.forum}")
            seen.add((mark.member, mark.forum))
            marks.append(mark)
        table.nothing_else()
        return marks
