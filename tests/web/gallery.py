"""Renders every page with rich sample data into a folder, to be looked at and measured.

    python -m tests.web.gallery FOLDER

Nothing of the running application is needed: contexts are plain data, so long names, right-to-left text, removed posts
and a thread of five thousand replies are a few lines here. The tests of this folder use the same pages.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import django
from django import forms
from django.conf import settings
from markupsafe import Markup

if not settings.configured:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palaver.project.settings")
    django.setup()

from tests.web import gallery_of_juries, gallery_of_standards

from palaver.web import assembling, building, errors, templating
from palaver.web.contexts import (
    CategoryBlock,
    Community,
    ComposePage,
    Composer,
    CorrectionLine,
    CorrectionPage,
    DeskPage,
    DeskTable,
    Difference,
    DraftFound,
    DraftRow,
    DraftsPage,
    Empty,
    EventLine,
    Features,
    Field,
    Flash,
    FormPage,
    ForumAboutPage,
    ForumHead,
    ForumRow,
    ForumsPage,
    HistoryPage,
    HostSeat,
    Link,
    ListPage,
    MailPage,
    MemberPage,
    MemberPost,
    Moment,
    Order,
    OrderRule,
    OrdersPage,
    Pager,
    PostView,
    RailCategory,
    RailForum,
    Reader,
    ReasonPage,
    RecommendersPage,
    RecordEntry,
    RecordPage,
    ReplyForm,
    SessionsPage,
    Shell,
    SignedIn,
    SummaryTable,
    Tab,
    TableRow,
    ThreadPage,
    ThreadRow,
    Version,
)

LONG = "Anneliese-Wilhelmina_von_und_zu_Hohenbergen-Ober-Unterwald"
ARABIC = "هل يمكن أن نلتقي تحت الشجرة يوم الجمعة؟"


def at(label: str, exact: str = "Sun 1 Nov 2026, 15:47", iso: str = "2026-11-01T15:47:00Z") -> Moment:
    return Moment(iso, label, exact)


COMMUNITY = Community(
    "Millbrook", "Millbrook talks here. Regular people, not algorithms, drive the discussion and set the standards."
)
PLACES = (
    Tab("Latest", "/latest"),
    Tab("Breaking News", "/f/news/"),
    Tab("Editorials & Other Articles", "/f/editorials/"),
    Tab("General Discussion", "/f/general/"),
    Tab("The Lounge", "/f/lounge/"),
    Tab("All forums", "/forums"),
)
CATEGORIES = (
    RailCategory("Main forums", "/c/main/", "main"),
    RailCategory("Issue Forums", "/c/issues/", "issue"),
    RailCategory("Culture Forums", "/c/culture/", "culture"),
    RailCategory("Alliance Forums", "/c/alliance/", "alliance"),
    RailCategory("Region Forums", "/c/region/", "region"),
    RailCategory("Support Forums", "/c/support/", "support"),
)
MINE = (
    RailForum("General Discussion", "/f/general/", 12),
    RailForum("Editorials & Other Articles", "/f/editorials/", 3),
    RailForum("Gardens & Allotments", "/f/gardens/"),
    RailForum("The Lounge", "/f/lounge/", 100),
)
TRAIL = (
    Link("Latest discussions", "/latest"),
    Link("Issue Forums", "/c/issues/"),
    Link("Editorials & Other Articles", "/f/editorials/"),
)
ANA = Reader("Ana", "/m/Ana", zone="Europe/Berlin", operator=True, unread=15, notices=3)
SHELL = Shell(
    COMMUNITY,
    "Millbrook",
    reader=ANA,
    languages=(("en", "English"), ("fr", "Français"), ("ar", "العربية")),
    places=PLACES,
    rail_forums=MINE,
    rail_categories=CATEGORIES,
    trail=TRAIL,
    here="/f/editorials/",
)
GUEST = replace(SHELL, reader=None, rail_forums=())
ORDERS = (
    Tab("Latest", "/latest", True),
    Tab("Newest", "/newest"),
    Tab("Recommended", "/recommended"),
    Tab("Unread", "/unread"),
)
LATEST = Order("Latest", "Newest reply first, in all main forums. The same for everyone.", "/help/orders#latest")


def replace_tab(tab: Tab) -> Tab:
    return tab._replace(current=tab.href == "/f/editorials/")


def body(html: str, language: str = "en", **more: Any) -> Markup:
    """A post's body as the cached fragment holds it."""
    values = {"body": Markup(html), "edits": 0, "correction": "", "id": 7, **more}
    return Markup(templating.own().get_template("parts/post_body.html").render(values))


def row(number: int, subject: str, forum: str, sign: Any, author: str, **more: Any) -> ThreadRow:
    base = f"/t/{number}/x"
    values: dict[str, Any] = {
        "replies": 6,
        "last_author": "Bram",
        "last": at("4 min ago"),
        "last_href": f"{base}#p6",
        "new_href": f"{base}#new",
        "started": at("1 Nov"),
        **more,
    }
    return ThreadRow(
        number, subject, base, Link(author, f"/m/{author}"), forum=Link(forum, "/f/x/"), sign=sign, **values
    )


ROWS = (
    row(
        1,
        "House rules for the weir: please read before you post",
        "Editorials & Other Articles",
        "issue",
        "Chidi",
        pinned=True,
        locked=True,
        replies=0,
    ),
    row(
        2,
        "Time for the river board to meet us in person",
        "Editorials & Other Articles",
        "issue",
        "Ana",
        new=3,
        recs=41,
    ),
    row(
        3,
        "Bus 14 stops at the hospital again from Monday",
        "Breaking News",
        "main",
        "Bram",
        new=100,
        replies=4999,
        recs=18,
        correction="from Tuesday, not Monday",
    ),
    row(
        4,
        "What did you bake with the quinces?",
        "The Lounge",
        "culture",
        LONG,
        replies=74,
        last_author=LONG,
        last=at("26 min ago"),
        recs=33,
    ),
    row(5, ARABIC, "النهر والجسر", "region", "سلمى", replies=1, new=1, last=at("1 hr ago")),
    row(
        6,
        "The allotment hedge, after the talks: what both sides signed, what they left open, and who looks after the gate until the spring comes round again",
        "General Discussion",
        "support",
        "Ines",
        replies=9,
        recs=57,
        last=at("2 hr ago"),
    ),
    row(7, "Does anybody have a ladder?", "General Discussion", "alliance", "Dara", replies=0, started=at("2 hr ago")),
)
OP = PostView(
    700,
    0,
    "Ana",
    "/m/Ana",
    2055,
    at("Sun 15:47"),
    Markup(""),
    recs=41,
    op=True,
    star=True,
)
OP_BODY = """<p>The Courier’s point is the one people here have made since spring: the board and the mill owners have exchanged paper for two years, and each letter made the next one colder. The last flood agreement was made in an afternoon, in a room, by people who had never met before.</p>
<div class="snip">snip</div>
<p>So: who would both sides accept as the third at the table? I would start with someone who wants nothing from either. <a href="https://courier.example/weir">The whole article is here.</a></p>"""
RICH = """<p>Three things, since you ask:</p><ol><li>The gate <em>opens</em> on the agreed days.</li><li>Nobody <code>paid</code> for it.</li><li><strong>Nobody</strong> asked.</li></ol>
<blockquote><p>I would not assume the new chair feels bound</p></blockquote>
<table><thead><tr><th>Month</th><th>Days open</th></tr></thead><tbody><tr><td>May</td><td>12</td></tr><tr><td>June</td><td>9</td></tr></tbody></table>
<pre><code><span class="k">def</span> <span class="nf">gate</span>(month): <span class="c"># a rather long line of code that has to scroll sideways inside its own box, and not move the page</span>
    <span class="k">return</span> <span class="s">"open"</span></code></pre><details><summary>What the letter says</summary><p>Hidden until asked for.</p></details>"""


def posts(guest: bool = False) -> list[PostView | EventLine]:
    return [
        PostView(
            701,
            1,
            "Bram",
            "/m/Bram",
            318,
            at("Sun 15:52"),
            body(
                "<p>Half of them were elected last month. I would not assume the new chair feels bound by what the old one signed.</p>"
            ),
            subject="Different board, though",
            recs=5,
        ),
        PostView(
            702,
            2,
            "Ana",
            "/m/Ana",
            2055,
            at("Sun 16:38"),
            body(
                "<blockquote><cite>Bram, #1</cite><p>I would not assume the new chair feels bound</p></blockquote><p>The gate has opened on the agreed days every month since she took over. What people want first is to be met, and that is a cheap price.</p>",
                edits=2,
                correction="It was eleven months, not twelve.",
            ),
            subject="She kept it, so far",
            recs=17,
            answers=1,
            answers_href="#p1",
            depth=1,
            op=True,
            star=True,
            own=not guest,
        ),
        PostView(
            703,
            3,
            "Jonas",
            "/m/Jonas",
            4,
            at("Sun 19:04"),
            Markup(""),
            state="removed",
            state_line="Removed by a host, Chidi, on 1 November: “an insult, not an argument”.",
            answers=1,
            answers_href="#p1",
            depth=1,
        ),
        EventLine(
            "Moved here from The Lounge by",
            at("Sun 20:10"),
            Link("Chidi", "/m/Chidi"),
            "it is about the weir after all",
        ),
        PostView(
            704,
            4,
            "Dara",
            "/m/Dara",
            12,
            at("Mon 08:11"),
            body(
                "<p>That is what the mill said in June: not <em>when it is open</em>, but <em>if the promise is made</em>. Nobody on the board has answered that sentence.</p>"
            ),
            subject="If they promise to open the sluice, the mill stops the claim",
            recs=9,
            answers=2,
            answers_href="#p2",
            depth=2,
            new=not guest,
            first_new=not guest,
            recommended=not guest,
        ),
        PostView(
            705,
            5,
            "سلمى",
            "/m/x",
            77,
            at("Mon 08:30"),
            body("<p>نحن نعيش على الضفة الأخرى، ونريد أن نسمع رأيكم قبل أن نكتب إلى المجلس.</p>"),
            subject=ARABIC,
            depth=0,
            new=not guest,
            highlighted=not guest,
        ),
        PostView(
            706, 6, LONG, "/m/L", 1, at("Mon 09:02"), body(RICH), answers=5, answers_href="#p5", depth=1, new=not guest
        ),
        PostView(
            708,
            8,
            "Emil",
            "/m/Emil",
            40,
            at("Mon 09:15"),
            Markup(""),
            state="withdrawn",
            state_line="Withdrawn by its author.",
            depth=0,
        ),
        PostView(
            709,
            9,
            "r_devel_1999",
            "",
            0,
            at("Oct 1999"),
            body("<p>An old letter from before there was a forum.</p>"),
            depth=1,
            answers=8,
            answers_href="#p8",
        ),
    ]


def table_of(lines: list[PostView | EventLine]) -> SummaryTable:
    rows = tuple(
        TableRow(
            line.number,
            f"#p{line.number}",
            line.subject or ("removed" if line.state == "removed" else "An old letter from before"),
            line.author,
            depth=line.depth,
            op=line.op,
            new=line.new,
            gone=line.state != "shown",
        )
        for line in lines
        if isinstance(line, PostView)
    )
    return SummaryTable(len(rows), rows)


def thread(view: Any = "flat", *, guest: bool = False, **more: Any) -> ThreadPage:
    lines = [] if view == "op" else posts(guest)
    made = assembling.posts(templating.own(), lines, "en", tree=view == "tree", signed_in=not guest)
    values: dict[str, Any] = {
        "replies": 9,
        "new": 0 if guest else 3,
        "reply": None if guest else ReplyForm("/t/7/reply", "k1", composer=Composer("reply:7", seen=9)),
        "table": table_of(posts(guest)),
        "pager": Pager(),
        **more,
    }
    return ThreadPage(
        id=7,
        subject="Time for the river board to meet us in person",
        view=view,
        op=replace(OP, body=body(OP_BODY)),
        op_edited=Link("edited – history (1)", "/p/700/history"),
        posts=made,
        new_href="#new",
        views=(
            Tab("Flat", "?view=flat", view == "flat"),
            Tab("Tree", "?view=tree", view == "tree"),
            Tab("First post", "?view=op", view == "op"),
        ),
        highlights=(
            Tab("None", "?highlight=none"),
            Tab("New", "?highlight=new", True),
            Tab("5 newest", "?highlight=5"),
            Tab("10 newest", "?highlight=10"),
            Tab("Recommended", "?highlight=rec"),
            Tab("By the original author", "?highlight=op"),
        ),
        forum=Link("Editorials & Other Articles", "/f/editorials/"),
        forum_sentence="Opinion and analysis from elsewhere, with source and at most four paragraphs.",
        forum_about="/f/editorials/about",
        hosts=(Link("Chidi", "/m/Chidi"), Link("Femi", "/m/Femi")),
        last_number=9,
        lock_href="" if guest else "/t/7/lock",
        **values,
    )


class SignUp(forms.Form):
    """A form as the accounts library hands it to a template, with a refusal in it."""

    username = forms.CharField(
        label="Name",
        help_text="Letters, numbers, spaces, and - _ .",
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    email = forms.EmailField(label="E-mail", required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password1 = forms.CharField(label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    remember = forms.BooleanField(label="Keep me signed in", required=False)


def forum_row(name: str, **more: Any) -> ForumRow:
    values: dict[str, Any] = {
        "threads": 1204,
        "posts": 36895,
        "last": Link("Time for the river board to meet us in person", "/t/2/x#p6"),
        "last_author": "Bram",
        "last_at": at("4 min ago"),
        **more,
    }
    return ForumRow(name, "/f/x/", "What concerns all of us and fits nowhere else, said briefly.", **values)


BLOCKS = (
    CategoryBlock(
        "Main forums",
        "/c/main/",
        "main",
        "Where everybody looks in.",
        (forum_row("Latest Breaking News", new=100), forum_row("General Discussion", new=3), forum_row("The Lounge")),
    ),
    CategoryBlock(
        "Issue Forums",
        "/c/issues/",
        "issue",
        "One matter each.",
        (forum_row("River & Weir", new=1), forum_row("Schools", last=None, threads=0, posts=0)),
    ),
    CategoryBlock("Culture Forums", "/c/culture/", "culture", "Books, music, bread.", (forum_row(LONG),)),
    CategoryBlock("Region Forums", "/c/region/", "region", "Up and down the valley.", (forum_row("النهر والجسر"),)),
)
HEAD = ForumHead(
    "Editorials & Other Articles",
    "/f/editorials/about",
    "Opinion and analysis from elsewhere, with source and at most four paragraphs.",
    "issue",
    (Link("Chidi", "/m/Chidi"),),
    "/f/editorials/start",
    mark_action="/f/editorials/mark",
)


def pages() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(file name, template, context) of every page of the gallery."""
    yield (
        "home",
        "threads/list.html",
        {
            "shell": replace(SHELL, title="Latest discussions", here="/latest", trail=()),
            "page": ListPage(
                "Latest discussions",
                LATEST,
                ORDERS,
                ROWS,
                Pager(later=Link("Older", "?before=9")),
                mark_all_action="/mark",
            ),
        },
    )
    yield (
        "home-guest",
        "threads/list.html",
        {
            "shell": replace(GUEST, title="Latest discussions", here="/", trail=()),
            "page": ListPage(
                "Latest discussions",
                LATEST,
                ORDERS[:3],
                tuple(replace(r, new=0) for r in ROWS),
                Pager(later=Link("Older", "?before=9")),
                periods=(),
            ),
        },
    )
    yield (
        "unread-empty",
        "threads/list.html",
        {
            "shell": replace(SHELL, title="New for me", here="/unread", trail=()),
            "page": ListPage(
                "New for me",
                Order("Unread", "Threads with something new since you marked their forum read."),
                ORDERS,
                (),
                empty=Empty("You have read everything. Go for a walk.", Link("Latest discussions", "/latest")),
            ),
        },
    )
    yield (
        "forum",
        "forums/forum.html",
        {
            "shell": replace(SHELL, title=HEAD.name, flashes=(Flash("done", "Marked as read."),)),
            "page": ListPage(
                HEAD.name, LATEST, ORDERS, ROWS, Pager(Link("Newer", "?a"), Link("Older", "?b")), forum=HEAD
            ),
        },
    )
    yield (
        "forum-empty",
        "forums/forum.html",
        {
            "shell": replace(GUEST, title="Schools"),
            "page": ListPage(
                "Schools",
                LATEST,
                ORDERS,
                (),
                forum=replace(
                    HEAD,
                    name="Schools",
                    start_href="",
                    why_not_start="Members start threads here; you are reading as a guest.",
                ),
                empty=Empty("Nobody has spoken here yet – start.", Link("Start a thread", "/f/x/start")),
            ),
        },
    )
    yield (
        "forums",
        "forums/all.html",
        {
            "shell": replace(SHELL, title="All forums", here="/forums"),
            "page": ForumsPage("All forums", BLOCKS, (forum_row("Old Library", retired=True),), "/mark"),
        },
    )
    yield (
        "category",
        "forums/category.html",
        {"shell": replace(SHELL, title="Issue Forums"), "page": ForumsPage("Issue Forums", BLOCKS[1:2])},
    )
    yield (
        "about",
        "forums/about.html",
        {
            "shell": replace(SHELL, title="About"),
            "page": ForumAboutPage(
                "Editorials",
                "/f/x/",
                "issue",
                HEAD.sentence,
                Markup("<p>For pieces that argue. News goes to Breaking News.</p>"),
                ("A source link is required.", "At most four quoted paragraphs."),
                (HostSeat(Link("Chidi", "/m/Chidi"), at("1 Sep"), "61 of 90 days"), HostSeat(None)),
                (("Posts in 30 days", "1,204"), ("Posts ever", "36,895")),
                ((Link("Jonas", "/m/Jonas"), "insults", "until 1 Dec"),),
            ),
        },
    )
    here = tuple(replace_tab(place) for place in PLACES)
    live = replace(SHELL, places=here, title="Time for the river board to meet us in person", live="thread:7")
    yield "thread", "threads/thread.html", {"shell": live, "page": thread()}
    yield "thread-guest", "threads/thread.html", {"shell": replace(GUEST, live="thread:7"), "page": thread(guest=True)}
    yield "thread-tree", "threads/thread.html", {"shell": live, "page": thread("tree")}
    yield "thread-op", "threads/thread.html", {"shell": live, "page": thread("op")}
    long_rows = tuple(
        TableRow(n, f"#p{n}", f"Reply with a few words, {n}", "Bram", depth=n % 5) for n in range(2450, 2500)
    )
    numbers = (
        Tab("1", "?page=1"),
        None,
        *(Tab(str(n), f"?page={n}", n == 50) for n in range(47, 54)),
        None,
        Tab("100", "?page=100"),
    )
    yield (
        "thread-long",
        "threads/thread.html",
        {
            "shell": live,
            "page": thread(
                replies=5000,
                new=100,
                table=SummaryTable(
                    5000, long_rows, Link("Earlier replies", "?page=49"), Link("Later replies", "?page=51")
                ),
                pager=Pager(Link("Page 49", "?page=49"), Link("Page 51", "?page=51"), numbers),
            ),
        },
    )
    yield (
        "thread-locked",
        "threads/thread.html",
        {
            "shell": SHELL,
            "page": thread(
                lock_line="Locked by Chidi, host, on Mon 2 Nov: “the talks have begun; please answer there”.",
                reply=None,
                why_not_reply="This thread is locked, so it takes no reply.",
            ),
        },
    )
    yield (
        "thread-bare",
        "threads/thread.html",
        {"shell": SHELL, "page": replace(thread("flat", replies=0, new=0, table=None), posts=Markup(""))},
    )
    yield (
        "history",
        "threads/history.html",
        {
            "shell": SHELL,
            "page": HistoryPage(
                Link("#2 by Ana", "/p/702"),
                "She kept it, so far",
                (
                    Version(
                        2,
                        at("Mon 9:00"),
                        Link("Ana", "/m/Ana"),
                        "counted again",
                        (
                            Difference("same", "The gate has opened for "),
                            Difference("gone", "twelve"),
                            Difference("added", "eleven"),
                            Difference("same", " months."),
                        ),
                    ),
                    Version(
                        1,
                        at("Sun 16:38"),
                        Link("Ana", "/m/Ana"),
                        "",
                        (Difference("same", "The gate has opened for twelve months."),),
                    ),
                ),
                (
                    CorrectionLine("It was eleven months.", at("Mon 9:05"), None),
                    CorrectionLine("It was ten months.", at("Sun 17:00"), at("Mon 9:05")),
                ),
            ),
        },
    )
    yield (
        "recommenders",
        "threads/recommenders.html",
        {
            "shell": SHELL,
            "page": RecommendersPage(
                Link("#2 by Ana", "/p/702"),
                ((Link("Bram", "/m/Bram"), at("Sun")), (Link(LONG, "/m/L"), at("Mon"))),
                12,
                "the old forum",
            ),
        },
    )
    yield (
        "start",
        "threads/start.html",
        {
            "shell": SHELL,
            "page": ComposePage(
                "Start a thread",
                "/f/x/start",
                "Start the thread",
                "k",
                subject_required=True,
                forum=Link("Editorials", "/f/x/"),
                purpose=HEAD.sentence,
                rules=("A source link is required.", "At most four quoted paragraphs."),
                cancel_href="/f/x/",
                composer=Composer(
                    "start:1",
                    "start:1@3",
                    DraftFound(3, at("Sunday"), 1),
                    None,
                    4,
                    ("You are new here: you can send 3 more posts within these 24 hours.",),
                ),
            ),
        },
    )
    yield (
        "reply",
        "threads/reply.html",
        {
            "shell": SHELL,
            "page": ComposePage(
                "Reply to Bram",
                "/p/701/reply",
                "Reply",
                "k",
                body="I think",
                errors={"body": "Say a little more: a reply has at least one word.", "": "Nothing was sent."},
                answering=posts()[0],
                since=(posts()[4],),
                cancel_href="/p/701",
                preview=Markup("<p>I think</p>"),
                composer=Composer("answer:701", seen=9, kept="Kept as a draft."),
            ),
        },
    )
    yield (
        "edit",
        "threads/edit.html",
        {
            "shell": SHELL,
            "page": ComposePage(
                "Edit your post",
                "/p/702/edit",
                "Save",
                "k",
                body="The gate has opened.",
                subject="She kept it, so far",
                reason="",
                cancel_href="/p/702",
                composer=Composer("edit:702"),
            ),
        },
    )
    yield (
        "drafts",
        "threads/drafts.html",
        {
            "shell": SHELL,
            "page": DraftsPage(
                (
                    DraftRow(
                        1, f"A reply in “{ARABIC}”", "/t/7/replies?draft=1", "", "I think that " * 20, at("15:47")
                    ),
                    DraftRow(2, "A new thread in Editorials", "/f/x/start?draft=2", LONG, "", at("Sunday")),
                    DraftRow(3, "A place you cannot read any more", "", "", "One line\n\nand another", at("1 Nov")),
                ),
                50,
            ),
        },
    )
    yield (
        "drafts-none",
        "threads/drafts.html",
        {"shell": SHELL, "page": DraftsPage((), 50)},
    )
    yield (
        "correction",
        "threads/correction.html",
        {
            "shell": SHELL,
            "page": CorrectionPage(
                Link("#2 · Time for the river board", "/p/702"),
                "/p/702/correction",
                "The board meets on Tuesday, not on Monday.",
                True,
                300,
                {"line": "This line has 301 characters; 300 fit."},
            ),
        },
    )
    yield (
        "withdraw",
        "threads/reason.html",
        {
            "shell": SHELL,
            "page": ReasonPage(
                "Withdraw your post",
                "A line stays where it stood; the text is gone for all readers.",
                "/p/702/withdraw",
                "Withdraw it",
                "/p/702",
                danger=True,
                quoted="The gate has opened on the agreed days",
            ),
        },
    )
    yield (
        "lock",
        "threads/reason.html",
        {
            "shell": SHELL,
            "page": ReasonPage(
                "Lock the thread",
                "Nobody can reply until it is unlocked. Your name and reason stand above it and in the record.",
                "/t/7/lock",
                "Lock it",
                "/t/7/x",
                required=True,
                errors={"reason": "A lock needs a reason that the members can read."},
            ),
        },
    )
    recent = tuple(
        MemberPost(
            "/p/702",
            "She kept it, so far",
            "The gate has opened on the agreed days every month since she took over…",
            at("Sun 16:38"),
            Link("Editorials", "/f/x/"),
        )
        for _ in range(4)
    )
    yield (
        "member",
        "members/member.html",
        {
            "shell": replace(SHELL, trail=()),
            "page": MemberPage(
                "Ana",
                at("3 May 2019"),
                2055,
                61,
                Markup("<p>Keeps bees above the weir.</p>"),
                recent,
                ("Host of Gardens & Allotments, 61 of 90 days",),
                ("Annie",),
                own=True,
            ),
        },
    )
    yield (
        "member-unclaimed",
        "members/member.html",
        {
            "shell": replace(GUEST, trail=()),
            "page": MemberPage(
                LONG,
                at("Oct 1999"),
                3,
                0,
                Markup(""),
                (),
                unclaimed="This member came with the old forum and has not been claimed yet. Is it you? Prove the address you wrote from.",
            ),
        },
    )
    zone = Field(
        "zone",
        "Time zone",
        "select",
        "Europe/Berlin",
        options=(("UTC", "UTC"), ("Europe/Berlin", "Berlin")),
        help="Times are shown in it.",
    )
    yield (
        "preferences",
        "account/preferences.html",
        {
            "shell": SHELL,
            "page": FormPage(
                "Preferences",
                "",
                "Keep these",
                (
                    (
                        "Language and time",
                        (Field("language", "Language", "select", "en", options=SHELL.languages), zone),
                    ),
                    (
                        "Reading",
                        (
                            Field(
                                "theme",
                                "Light",
                                "select",
                                "auto",
                                options=(("auto", "as my device"), ("dark", "dark")),
                                error="Choose one of these.",
                            ),
                            Field(
                                "keys",
                                "Use the keyboard’s keys",
                                "checkbox",
                                checked=True,
                                help="Press ? on any page to see them.",
                            ),
                        ),
                    ),
                ),
            ),
        },
    )
    yield "account", "account/home.html", {"shell": SHELL}
    yield (
        "sessions",
        "account/sessions.html",
        {
            "shell": SHELL,
            "page": SessionsPage(
                (
                    SignedIn("Firefox on Linux", at("now"), "", True),
                    SignedIn("Safari on a phone", at("Monday"), "/account/sessions/2/end"),
                )
            ),
        },
    )
    bound = SignUp({"username": "Ana", "email": "not-an-address", "password1": ""})
    entrance = {
        "shell": replace(GUEST, trail=(), csrf_token="t0k3n"),
        "form": bound,
        "redirect_field_name": "next",
        "redirect_field_value": "/latest",
        "signup_url": "",
        "login_url": "",
        "token_fail": False,
        "emailaddresses": [
            {"email": "ana@example.org", "primary": True, "verified": True},
            {"email": LONG + "@example.org", "primary": False, "verified": False},
        ],
        "can_add_email": True,
        "confirmation": {"email_address": {"email": "ana@example.org"}},
        "can_confirm": True,
    }
    for path in sorted((templating.TEMPLATES / "account").glob("*.html")):
        if path.stem not in {"claim", "files", "frame", "home", "invitations", "preferences", "sessions", "waiting"}:
            yield f"account-{path.stem}", f"account/{path.name}", entrance
    mails = DeskTable(
        "mails",
        "Mails that wait",
        "No way to send mail is set up, so they stay here. You may hand a link on yourself.",
        ("Written", "To", "Subject"),
        (("2 min ago", "ana@example.org", Link("A new password for you", "/desk/mails/1")),),
        "None.",
    )
    members = DeskTable(
        "members",
        "Members",
        "Newest first.",
        ("Name", "Since", "Posts"),
        ((Link(LONG, "/m/L"), "today", "1"), (Link("Ana", "/m/Ana"), "2019", "2,055")),
        "Nobody yet.",
    )
    yield (
        "desk",
        "desk/desk.html",
        {
            "shell": SHELL,
            "page": DeskPage(
                (
                    mails,
                    members,
                    DeskTable("imports", "Imports", "What was brought in.", ("When",), (), "Nothing was imported yet."),
                ),
                ("No way to send mail is set up.",),
            ),
        },
    )
    yield (
        "mail",
        "desk/mail.html",
        {
            "shell": SHELL,
            "page": MailPage(
                "A new password for you",
                "ana@example.org",
                at("2 min ago"),
                "waits: no way to send mail is set up",
                "Hello Ana,\n\nfollow https://millbrook.example/account/password/reset/key/1-abc/\n",
            ),
        },
    )
    entries = tuple(
        RecordEntry(
            n,
            at("Mon 9:00"),
            "Chidi",
            "host of Editorials",
            "locked the thread",
            Link("Time for the river board", "/t/7/x"),
            "the talks have begun",
            "9f2c41…" * 6,
            "Redacted on 3 Nov: it named a child." if n == 2 else "",
        )
        for n in (3, 2, 1)
    )
    yield (
        "record",
        "record/record.html",
        {
            "shell": replace(SHELL, trail=()),
            "page": RecordPage(entries, "Verified today at 09:20: all 3 lines are sound.", True, "9f2c41d0"),
        },
    )
    yield (
        "record-broken",
        "record/record.html",
        {
            "shell": replace(SHELL, trail=()),
            "page": RecordPage(
                (),
                "Line 2 does not fit its seal. Somebody changed it after it was written.",
                False,
                "",
                empty=Empty("Nothing has been decided yet."),
            ),
        },
    )
    yield (
        "orders",
        "help/orders.html",
        {
            "shell": replace(SHELL, trail=()),
            "page": OrdersPage(
                (
                    OrderRule(
                        "latest",
                        "Latest",
                        "/latest",
                        "The thread with the newest reply stands first; a reply lifts its thread.",
                        "Equal instants: the thread with the higher number first.",
                    ),
                )
            ),
        },
    )
    yield from gallery_of_juries.pages(SHELL, GUEST, at)
    yield from gallery_of_standards.pages(SHELL, GUEST, at)
    yield "contrast", "threads/thread.html", {"shell": replace(live, theme="contrast"), "page": thread()}
    yield (
        "rtl",
        "threads/thread.html",
        {
            "shell": replace(live, language="ar", direction="rtl", features=Features(search=True, notices=True)),
            "page": thread("tree"),
        },
    )


def write(folder: Path) -> dict[str, Path]:
    """Render all pages and the built files into a folder; the name of each page with its file."""
    folder.mkdir(parents=True, exist_ok=True)
    building.build(folder / "static")
    strict = templating.strict()
    made: dict[str, Path] = {}
    for name, template, context in pages():
        made[name] = folder / f"{name}.html"
        made[name].write_text(strict.get_template(template).render(context), encoding="utf-8")
    for status in (400, 403, 404, 405, 410, 413, 421, 429, 500, 503):
        made[f"error-{status}"] = folder / f"error-{status}.html"
        kept = "A long answer that must not be lost." if status == 403 else ""
        made[f"error-{status}"].write_bytes(errors.draw(None, status, errors.WORDS[status], kept).content)
    return made


if __name__ == "__main__":
    for name, path in write(Path(sys.argv[1])).items():
        print(f"{name:38} {path.stat().st_size:7,} bytes")
