"""What each page is given: plain data, no rows of the database, no request.

A view fills these and hands the template two names, `shell` (the frame: the same for every page) and `page` (one of the
classes below). Text in them is plain text and is escaped by the template; only fields typed `Markup` are HTML that was
made and sanitised by us. Addresses are paths of this site. Instants are `Moment`s, put into the reader's zone and
language by the view, because the template does no arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from markupsafe import Markup

Theme = Literal["auto", "light", "dark", "contrast"]
View = Literal["flat", "tree", "op"]
Sign = Literal["main", "issue", "culture", "alliance", "region", "support"]
"""The small line mark of a category, one symbol of the sprite each."""


class Moment(NamedTuple):
    """An instant as shown: `iso` in UTC for programs, `label` short ("4 min ago"), `exact` the full local time."""

    iso: str
    label: str
    exact: str


class Link(NamedTuple):
    """A label and where it leads."""

    label: str
    href: str


class Tab(NamedTuple):
    """One of several ways to look at the same thing; `current` is the one being looked at."""

    label: str
    href: str
    current: bool = False
    title: str = ""


# ---------------------------------------------------------------- the frame


@dataclass(frozen=True, slots=True)
class Community:
    """Who we are: the name on the masthead and the one sentence guests read first."""

    name: str
    sentence: str
    join_href: str = "/account/signup/"
    sign_in_href: str = "/account/login/"
    open_to_join: bool = True
    sign_up: Literal["open", "invitation", "approval", "closed"] = "open"


@dataclass(frozen=True, slots=True)
class Reader:
    """The signed-in member who reads this page. A guest is `None` in the shell."""

    name: str
    href: str
    keys: bool = True
    zone: str = ""
    operator: bool = False
    unread: int = 0
    notices: int = 0
    id: int = 0


@dataclass(frozen=True, slots=True)
class RailForum:
    """A forum of mine in the left rail with the count of what is new since my mark (capped, 100 is shown as 99+)."""

    name: str
    href: str
    new: int = 0
    current: bool = False


@dataclass(frozen=True, slots=True)
class RailCategory:
    """A category in the left rail."""

    name: str
    href: str
    sign: Sign
    current: bool = False


@dataclass(frozen=True, slots=True)
class Flash:
    """One line that tells what just happened."""

    kind: Literal["done", "note", "refused"]
    text: str


@dataclass(frozen=True, slots=True)
class Features:
    """What this installation has switched on; a part that is off leaves no trace in the page."""

    search: bool = False
    notices: bool = False
    language_choice: bool = True


@dataclass(frozen=True, slots=True)
class Summons:
    """A seat on a jury that is offered to this reader, or taken by them: on every page until it is answered or over."""

    href: str
    taken: bool
    until: Moment


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame round every page.

    `csrf_token` is set only on pages that no cache keeps. `live` names the topics of this page's stream, separated by
    commas, and is empty when nothing can happen to the page while it is read; `live_after` is the number of the last
    event before the page was made, so that none is missed in between. `feed` is the path of the page's feed without its
    ending, empty where it has none; `structured` is the data block that tells programs what the page is about.
    """

    community: Community
    title: str
    reader: Reader | None = None
    language: str = "en"
    direction: Literal["ltr", "rtl"] = "ltr"
    theme: Theme = "auto"
    languages: tuple[tuple[str, str], ...] = ()
    places: tuple[Tab, ...] = ()
    rail_forums: tuple[RailForum, ...] = ()
    rail_categories: tuple[RailCategory, ...] = ()
    trail: tuple[Link, ...] = ()
    flashes: tuple[Flash, ...] = ()
    features: Features = Features()
    csrf_token: str = ""
    canonical: str = ""
    description: str = ""
    live: str = ""
    live_after: str = ""
    here: str = "/"
    robots: str = ""
    feed: str = ""
    structured: str = ""
    summons: Summons | None = None


# ---------------------------------------------------------------- shared parts


@dataclass(frozen=True, slots=True)
class Pager:
    """Where the reader is in a long list. `pages` are numbered tabs (`None` is a gap); lists without page numbers leave
    it empty and give only `earlier` and `later`, whose words the view chooses ("Newer", "Older")."""

    earlier: Link | None = None
    later: Link | None = None
    pages: tuple[Tab | None, ...] = ()
    position: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """What stands where nothing is yet: what it means, and what to do now."""

    sentence: str
    act: Link | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a plain form. `error` stands beside it; `value` is what was typed, never lost."""

    name: str
    label: str
    kind: Literal["text", "textarea", "select", "checkbox", "email", "password", "hidden", "time"] = "text"
    value: str = ""
    checked: bool = False
    options: tuple[tuple[str, str], ...] = ()
    help: str = ""
    error: str = ""
    required: bool = False
    maximum: int = 0
    autocomplete: str = ""
    id: str = ""
    """Where several forms of a page have a field of one name; its name otherwise."""


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """One thread in a list. `href` opens it, `new_href` its first new post, `last_href` its last reply."""

    id: int
    subject: str
    href: str
    author: Link
    started: Moment
    replies: int
    last_author: str
    last: Moment
    last_href: str
    forum: Link | None = None
    sign: Sign | None = None
    new: int = 0
    new_href: str = ""
    recs: int = 0
    pinned: bool = False
    locked: bool = False
    removed: bool = False
    correction: str = ""
    tick: str = ""
    """What ticking this row sends: the thread and the number up to which it is then read."""


@dataclass(frozen=True, slots=True)
class ForumRow:
    """One forum in a list with what is new since my mark."""

    name: str
    href: str
    sentence: str
    threads: int = 0
    posts: int = 0
    new: int = 0
    last: Link | None = None
    last_author: str = ""
    last_at: Moment | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class CategoryBlock:
    """A category and its forums."""

    name: str
    href: str
    sign: Sign
    sentence: str
    forums: tuple[ForumRow, ...]


# ---------------------------------------------------------------- pages: lists and places


@dataclass(frozen=True, slots=True)
class Order:
    """A named order and its one-sentence rule; the rule's page is linked."""

    name: str
    sentence: str
    explained: str = "/help/orders"


@dataclass(frozen=True, slots=True)
class ForumHead:
    """What a forum's own page says about itself."""

    name: str
    about_href: str
    sentence: str
    sign: Sign
    hosts: tuple[Link, ...] = ()
    start_href: str = ""
    why_not_start: str = ""
    mark_action: str = ""
    marked: Moment | None = None
    retired: bool = False
    told: str = ""
    """How the reader's subscription to this forum tells: "", "site", "mail", "digest" or "muted"."""
    trashed: bool = False
    tools: bool = False
    """Whether the reader is offered to subscribe to the forum and to put it into the trash."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """`threads/list.html`: home, latest, newest, recommended, unread; `forums/forum.html` with `forum` set."""

    title: str
    order: Order
    orders: tuple[Tab, ...]
    rows: tuple[ThreadRow, ...]
    pager: Pager = Pager()
    periods: tuple[Tab, ...] = ()
    empty: Empty = Empty("")
    forum: ForumHead | None = None
    mark_all_action: str = ""
    today: Moment | None = None
    up_to: str = ""
    """The instant at which this page was made, for marks: nothing that came later is marked unseen."""
    ticks: bool = False
    """Whether rows can be ticked and marked read together."""


@dataclass(frozen=True, slots=True)
class ForumsPage:
    """`forums/all.html` and, with one category, `forums/category.html`."""

    title: str
    categories: tuple[CategoryBlock, ...]
    retired: tuple[ForumRow, ...] = ()
    mark_all_action: str = ""
    up_to: str = ""


@dataclass(frozen=True, slots=True)
class HostSeat:
    """A host in order of seniority, or a vacant seat (`member` is `None`)."""

    member: Link | None
    since: Moment | None = None
    served: str = ""


@dataclass(frozen=True, slots=True)
class ForumAboutPage:
    """`forums/about.html`."""

    name: str
    href: str
    sign: Sign
    sentence: str
    purpose: Markup
    rules: tuple[str, ...]
    hosts: tuple[HostSeat, ...]
    facts: tuple[tuple[str, str], ...]
    blocked: tuple[tuple[Link, str, str], ...] = ()
    hosts_href: str = ""


# ---------------------------------------------------------------- pages: threads


@dataclass(frozen=True, slots=True)
class PostView:
    """One post as its reader sees it. `body` is the cached fragment made by `parts/post_body.html`.

    `depth` counts from 0 for a reply to the original post and matters only in the tree. `state` says which of the
    post's faces is shown; `state_line` is the sentence in place of the body when it is not "shown". Of what others took
    out of sight ("held", "removed") the page does not name the author.
    """

    id: int
    number: int
    author: str
    author_href: str
    author_posts: int
    at: Moment
    body: Markup
    subject: str = ""
    recs: int = 0
    answers: int = 0
    answers_href: str = ""
    depth: int = 0
    state: Literal["shown", "withdrawn", "held", "removed"] = "shown"
    state_line: str = ""
    op: bool = False
    star: bool = False
    new: bool = False
    own: bool = False
    recommended: bool = False
    highlighted: bool = False
    first_new: bool = False
    ignored: bool = False
    kept: bool = False


@dataclass(frozen=True, slots=True)
class EventLine:
    """Something that happened to the thread (closed, moved, pinned), as a line between posts."""

    text: str
    at: Moment
    who: Link | None = None
    because: str = ""
    depth: int = 0
    leads: Link | None = None
    """The other forum or thread of the act."""


class TableRow(NamedTuple):
    """One line of the summary table."""

    number: int
    href: str
    words: str
    author: str
    at: str = ""
    depth: int = 0
    op: bool = False
    new: bool = False
    gone: bool = False
    here: bool = False


@dataclass(frozen=True, slots=True)
class SummaryTable:
    """All replies at a glance. A thread too long for one table gives a window and where the rest is. `html` holds the
    rows drawn already, when somebody keeps them."""

    total: int
    rows: tuple[TableRow, ...]
    earlier: Link | None = None
    later: Link | None = None
    html: Markup | None = None


@dataclass(frozen=True, slots=True)
class DraftFound:
    """A draft that a form was filled with: when it was saved, its id to discard it by, how many more there are for the place."""

    id: int
    at: Moment
    others: int = 0


@dataclass(frozen=True, slots=True)
class Composer:
    """What a writing form carries beside its fields: the place its drafts belong to, the draft it was filled from
    (`draft`: key@revision), the last number its writer has seen, the limits that will bite. An empty place: no drafts."""

    place: str = ""
    draft: str = ""
    found: DraftFound | None = None
    seen: int | None = None
    most_paragraphs: int | None = None
    notes: tuple[str, ...] = ()
    kept: str = ""


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One draft in the list: `href` leads to its form, empty where the place cannot be read any more (then `text` is whole)."""

    id: int
    place: str
    href: str
    subject: str
    text: str
    at: Moment


@dataclass(frozen=True, slots=True)
class DraftsPage:
    """`threads/drafts.html`: newest first."""

    rows: tuple[DraftRow, ...]
    most: int


@dataclass(frozen=True, slots=True)
class ReplyForm:
    """The form under a thread and on the reply page. `once` makes a doubled submission one post."""

    action: str
    once: str
    body: str = ""
    subject: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    answers: int = 0
    maximum: int = 60_000
    composer: Composer = Composer()


@dataclass(frozen=True, slots=True)
class OptionLine:
    """An option on the paper (`chosen`: ticked) and in the result (`mine`: my vote as it stands). `share` is in words ("62 %"); `bar` is drawn where votes are known."""

    place: int
    label: str
    chosen: bool = False
    mine: bool = False
    votes: int | None = None
    share: str = ""
    bar: Markup | None = None
    won: bool = False


@dataclass(frozen=True, slots=True)
class BallotView:
    """`parts/ballot.html`: a ballot in its thread or on its own page.

    `open`: votes are taken now. `why_not` says to a member why not theirs; a guest is asked to sign in. `counts`: the votes of
    each option are known. `needs_receipt`: the reader has cast a secret vote, which only its receipt changes.
    """

    id: int
    title: str
    kind: str
    several: bool
    is_secret: bool
    options: tuple[OptionLine, ...]
    state: str
    terms: tuple[str, ...]
    until: Moment
    open: bool
    counts: bool
    voters: int
    href: str
    action: str
    next: str
    why_not: str = ""
    has_voted: bool = False
    needs_receipt: bool = False
    outcome: str = ""
    error: str = ""
    error_at: str = ""


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """`threads/thread.html` in all three views. `op` and `posts` come assembled (see `assembling`)."""

    id: int
    subject: str
    view: View
    op: PostView
    op_edited: Link | None
    posts: Markup
    replies: int
    new: int
    new_href: str
    views: tuple[Tab, ...]
    highlights: tuple[Tab, ...]
    table: SummaryTable | None
    pager: Pager
    forum: Link
    forum_sentence: str
    forum_about: str
    hosts: tuple[Link, ...] = ()
    reply: ReplyForm | None = None
    why_not_reply: str = ""
    lock_line: str = ""
    pinned: bool = False
    lock_href: str = ""
    host_acts: tuple[Link, ...] = ()
    """What a host or operator can do with this thread besides."""
    question_href: str = ""
    """Where a member asks the other hosts whether a host's lock should stand."""
    mark_action: str = ""
    last_number: int = 0
    read: int | None = None
    """The number up to which a member has read, -1 for nothing; None for guests, whose reading is nobody's business."""
    shown_number: int = 0
    """The highest number on this page: what "read up to here" means."""
    told: str = ""
    trashed: bool = False
    poll: BallotView | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A run of words that stayed, came or went between two versions."""

    kind: Literal["same", "added", "gone"]
    text: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a post: `differences` from the version before; empty for the first."""

    number: int
    at: Moment
    author: Link
    reason: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """A line that stood, or stands, on top of a post. `ended` is None while it stands."""

    line: str
    at: Moment
    ended: Moment | None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`threads/history.html`: newest version first."""

    post: Link
    subject: str
    versions: tuple[Version, ...]
    corrections: tuple[CorrectionLine, ...] = ()


@dataclass(frozen=True, slots=True)
class PollForm:
    """The fields of a poll in the form that starts a thread, as they were typed. `open`: somebody has begun to fill them."""

    text: str = ""
    options: str = ""
    most: str = "1"
    days: str = "7"
    is_secret: bool = False
    open: bool = False


@dataclass(frozen=True, slots=True)
class ComposePage:
    """`threads/start.html`, `threads/reply.html`, `threads/edit.html`: one form each, the same part."""

    title: str
    action: str
    button: str
    once: str
    body: str = ""
    subject: str = ""
    subject_required: bool = False
    reason: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    answering: PostView | None = None
    forum: Link | None = None
    purpose: str = ""
    rules: tuple[str, ...] = ()
    cancel_href: str = "/"
    since: tuple[PostView, ...] = ()
    preview: Markup | None = None
    maximum: int = 60_000
    composer: Composer = Composer()
    poll: PollForm | None = None


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """`threads/correction.html`: the line on top of one's own post. `running`: one stands there now."""

    post: Link
    action: str
    line: str
    running: bool
    maximum: int
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReasonPage:
    """`threads/reason.html`: an act that asks why (withdraw a post, lock, unlock, pin a thread)."""

    title: str
    explanation: str
    action: str
    button: str
    cancel_href: str
    once: str = ""
    reason: str = ""
    required: bool = False
    danger: bool = False
    quoted: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RemovedPage:
    """`threads/removed.html`: the text of a removed post for those who ask for it, under the line that says why."""

    line: Markup
    subject: str
    body: Markup
    thread: Link


@dataclass(frozen=True, slots=True)
class RecommendersPage:
    """`threads/recommenders.html`: who recommended a post, in the order in which they did."""

    post: Link
    names: tuple[tuple[Link, Moment], ...]
    unnamed: int = 0
    unnamed_from: str = ""


# ---------------------------------------------------------------- pages: people


@dataclass(frozen=True, slots=True)
class MemberPost:
    """A recent post on a member's page."""

    href: str
    subject: str
    opening: str
    at: Moment
    forum: Link


@dataclass(frozen=True, slots=True)
class MemberPage:
    """`members/member.html`."""

    name: str
    since: Moment
    posts: int
    threads: int
    about: Markup
    recent: tuple[MemberPost, ...]
    offices: tuple[str, ...] = ()
    names_before: tuple[str, ...] = ()
    removals: str = ""
    chance: str = ""
    """How likely the lot is to let them judge. How often they did is nobody's to see: it would tell who sat."""
    suspended: str = ""
    unclaimed: str = ""
    own: bool = False
    pager: Pager = Pager()
    acts: frozenset[str] | None = None
    """On which of the reader's lists the member stands ("follow", "ignore", "avoid"); None: no lists are offered."""


@dataclass(frozen=True, slots=True)
class FormPage:
    """`account/preferences.html` and other pages that are one plain form in groups."""

    title: str
    action: str
    button: str
    groups: tuple[tuple[str, tuple[Field, ...]], ...]
    sentence: str = ""


# ---------------------------------------------------------------- pages: desk, record, help, errors


@dataclass(frozen=True, slots=True)
class DeskTable:
    """A plain list at the operators' desk: column heads and rows of cells; a cell is text or a link."""

    id: str
    title: str
    sentence: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | Link, ...], ...]
    empty: str


@dataclass(frozen=True, slots=True)
class DeskPage:
    """`desk/desk.html`: mails waiting, members, locks, imports."""

    tables: tuple[DeskTable, ...]
    warnings: tuple[str, ...] = ()
    menu: tuple[tuple[str, str, bool, int], ...] = ()


@dataclass(frozen=True, slots=True)
class MailPage:
    """`desk/mail.html`: a mail that waits, as it would be sent."""

    subject: str
    to: str
    at: Moment
    state: str
    body: str


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """One line of the record. `redacted` tells why its text is no longer shown."""

    number: int
    at: Moment
    actor: str
    capacity: str
    act: str
    subject: Link | None
    because: str
    seal: str
    redacted: str = ""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """`record/record.html`. `verified` is the sentence of the last verification, `sound` its outcome."""

    entries: tuple[RecordEntry, ...]
    verified: str
    sound: bool | None
    head: str
    pager: Pager = Pager()
    empty: Empty = Empty("")
    filters: tuple[Field, ...] = ()
    sought: bool = False


@dataclass(frozen=True, slots=True)
class OrderRule:
    """An order's entry on the page that explains the orders."""

    id: str
    name: str
    href: str
    rule: str
    ties: str


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """`help/orders.html`."""

    orders: tuple[OrderRule, ...]


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """`errors/error.html`: what happened, why, what now. `kept` is the text a failed form carried, so none is lost."""

    status: int
    happened: str
    why: str
    now: str
    acts: tuple[Link, ...] = ()
    kept: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One place where the member is signed in; `here` is the one that reads this page."""

    device: str
    seen: Moment
    action: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class SessionsPage:
    """`account/sessions.html`."""

    sessions: tuple[SignedIn, ...]
