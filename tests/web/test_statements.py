"""How many statements a page costs, and that each of them walks an index: on whichever database the tests run."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast, fresh, original, seen_by, signed_in
from tests.conftest import DJANGOS_OWN

from palaver.accounts import settling
from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.forums import correcting, locking, orders, placing, reads, recommending, subscribing
from palaver.forums.models import Forum, Post, Thread
from palaver.kit import clock
from palaver.reading import bookmarking, following, ignoring, marking, own, sight, trashing
from palaver.reading import reads as marks
from palaver.web.threads import fragments

pytestmark = pytest.mark.django_db(transaction=True)


def statements(client: Client, address: str, *, warm: bool = True) -> list[str]:
    """What a page asks of the database; warm: as the second of two requests."""
    if warm:
        assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in caught.captured_queries]


@pytest.fixture
def thread(cast: Cast) -> Thread:
    """Three pages long, with a table of replies."""
    thread = cast.thread()
    for n in range(6):
        cast.reply(thread, text=f"Reply {n}.")
    return thread


def address(thread: Thread) -> str:
    return f"/t/{thread.pk}/{thread.slug}"


def test_a_guests_thread_page_costs_two_statements(thread: Thread) -> None:
    assert len(statements(Client(), address(thread))) <= 2


@pytest.mark.parametrize("view", ["", "?view=tree", "?view=op", "?highlight=5"])
def test_a_members_thread_page_costs_at_most_four(cast: Cast, thread: Thread, view: str) -> None:
    asked = statements(signed_in(cast.kaya), address(thread) + view)
    assert len(asked) <= 4, "\n".join(asked)


def test_with_everything_on_it_costs_at_most_seven(cast: Cast, thread: Thread) -> None:
    """Locked, pinned, with event lines, marks, recommendations, bookmarks, a trash, somebody ignored and somebody
    followed, subscribed to, cold fragments, in a gated community."""
    assert cast.den
    locking.pin(thread, by=cast.chidi, because="Look.")
    locking.lock(thread, by=cast.chidi, because="Settled.")
    recommending.recommend(original(thread), by=cast.kaya)
    marking.mark_forum(cast.lounge, by=cast.kaya)
    marking.read_up_to(thread, by=cast.kaya, number=3)
    bookmarking.keep(original(thread), by=cast.kaya, note="Rye.")
    trashing.trash_forum(cast.kitchen, by=cast.kaya)
    trashing.trash_keyword("lamps", by=cast.kaya)
    ignoring.ignore(cast.bram, by=cast.kaya)
    following.follow(cast.ana, by=cast.kaya)
    subscribing.subscribe(thread, by=cast.kaya)
    settling.settle(fresh(cast.kaya), highlight="followed")
    kaya = signed_in(cast.kaya)
    statements(kaya, address(thread))
    fragments.store.cache_clear()
    asked = statements(kaya, address(thread), warm=False)
    assert any("forums_postbody" in sql for sql in asked), "The fragments were not cold."
    assert any("forums_threadevent" in sql for sql in asked)
    assert any("reading_bookmark" in sql and "reading_ignore" in sql and "reading_follow" in sql for sql in asked)
    print(f"With everything on: {len(asked)} statements.")
    assert len(asked) <= 7, "\n".join(asked)


def test_a_page_of_many_replies_costs_no_more(cast: Cast) -> None:
    thread = cast.thread()
    kaya = signed_in(cast.kaya)
    few = len(statements(kaya, address(thread)))
    for n in range(30):
        cast.reply(thread, text=f"Reply {n}.")
    assert len(statements(kaya, address(thread))) <= max(few, 4)


def test_a_trash_costs_a_list_one_statement_and_keywords_one_more(cast: Cast, thread: Thread) -> None:
    kaya = signed_in(cast.kaya)
    plain = {where: len(statements(kaya, where)) for where in ("/latest", "/newest", "/unread", "/forums")}
    trashing.trash_forum(cast.kitchen, by=cast.kaya)
    assert {where: len(statements(kaya, where)) for where in plain} == {k: n + 1 for k, n in plain.items()}
    trashing.trash_keyword("lamps", by=cast.kaya)
    cast.thread("Bread")
    assert {where: len(statements(kaya, where)) for where in plain} == {k: n + 2 for k, n in plain.items()}


@pytest.mark.parametrize(
    "where", ["/", "/latest", "/newest", "/unanswered", "/recommended?in=ever", "/forums", "/c/life/"]
)
def test_a_list_costs_one_statement_and_who_is_asking(cast: Cast, thread: Thread, where: str) -> None:
    assert len(statements(Client(), where)) <= 1
    assert len(statements(signed_in(cast.kaya), where)) <= 2


def test_lists_of_more_threads_cost_no_more(cast: Cast) -> None:
    kaya = signed_in(cast.kaya)
    cast.thread()
    few = {
        where: len(statements(kaya, where)) for where in ("/latest", "/unread", "/f/the-lounge/", "/forums", "/m/Ana")
    }
    for n in range(12):
        cast.thread(f"Thread {n}")
    assert {where: len(statements(kaya, where)) for where in few} == few
    assert few["/unread"] <= 3
    assert few["/f/the-lounge/"] <= 7


def everything_on(cast: Cast, thread: Thread) -> Client:
    """Kaya with all that a member may have laid over what is read, on a thread with all that may be done to one."""
    kaya, now = cast.kaya, clock.now()
    assert cast.den
    locking.pin(thread, by=cast.chidi, because="Look.")
    locking.lock(thread, by=cast.chidi, because="Settled.")
    correcting.correct(original(thread), by=cast.ana, line="Rye and wheat.")
    recommending.recommend(original(thread), by=kaya)
    marking.mark_forum(cast.lounge, by=kaya)
    marking.read_up_to(thread, by=kaya, number=3)
    bookmarking.keep(original(thread), by=kaya, note="Try it.", remind_at=now + timedelta(days=1))
    following.follow(cast.ana, by=kaya)
    ignoring.ignore(cast.emil, by=kaya)
    trashing.trash_thread(cast.thread("Put away"), by=kaya)
    trashing.trash_keyword("lamps", by=kaya)
    subscribing.subscribe(thread, by=kaya)
    subscribing.subscribe(cast.lounge, by=kaya)
    cast.reply(cast.thread("Named"), text="What do you say, @Kaya?")
    return signed_in(kaya)


HOT = ("thread", "thread ?view=tree", "thread ?view=op", "thread ?highlight=followed", "/", "/latest", "/newest",
       "/recommended?in=ever", "/unanswered", "/unread", "/f/the-lounge/", "/forums", "/c/life/")  # fmt: skip
# Held to what they cost. A member's page is none of the hot ones (design page 1).
COOL = {"/m/Ana": (6, 10, 14), "/search?q=bake": (2, 3, 4), "/search?q=bake&order=best": (3, 4, 5)}


def test_the_statements_of_hot_pages_are_told_and_few(
    cast: Cast, thread: Thread, capsys: pytest.CaptureFixture[str]
) -> None:
    """Design page 1: at most four with nothing special, seven with everything on (pytest -s shows the table)."""
    plain = signed_in(cast.hana)
    counted: dict[str, list[list[str]]] = {}
    for name in (*HOT, *COOL):
        where = address(thread) + name.removeprefix("thread").strip() if name.startswith("thread") else name
        counted[where] = [statements(Client(), where) if where != "/unread" else [], statements(plain, where)]
    kaya = everything_on(cast, thread)
    for where, asked in counted.items():
        asked.append(statements(kaya, where))
    with capsys.disabled():
        print(f"\n{connection.vendor}, statements of a warm page (nothing is kept from the front's page cache)")
        print(f"{'page':44} guest member everything on")
        for where, asked in counted.items():
            print(f"{where:44} {len(asked[0]):5} {len(asked[1]):6} {len(asked[2]):13}")
    for where, (guest, member, everything) in counted.items():
        most = COOL.get(where, (4, 4, 7))
        for asked, bound in zip((guest, member, everything), most, strict=True):
            assert len(asked) <= bound, f"{where}\n" + "\n".join(asked)


def test_a_search_never_asked_before_costs_postgresql_one_more(cast: Cast, thread: Thread) -> None:
    """Its planner is asked how common the words are; the answer is kept for a minute."""
    statements(Client(), "/search?q=bake")
    cold = statements(Client(), "/search?q=Reply", warm=False)
    assert len(cold) <= 2 + (connection.vendor == "postgresql"), "\n".join(cold)


# Plans.


def plan(sql: str) -> list[str]:
    """The lines of a statement's plan. PostgreSQL is kept from reading whole tables where it could use an index."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            _forget_statistics()
            cursor.execute(f"EXPLAIN QUERY PLAN {sql.replace('%', '%%')}")
            return [row[3] for row in cursor.fetchall()]
        # On some twenty rows the planner goes by what it happens to know of the tables; asked is what an index can spare it.
        ways = ("seqscan", "bitmapscan", "sort", "incremental_sort")
        for way in ways:
            cursor.execute(f"SET enable_{way} = off")
        try:
            cursor.execute(f"EXPLAIN {sql}")
            return [row[0].strip() for row in cursor.fetchall()]
        finally:
            for way in ways:
                cursor.execute(f"RESET enable_{way}")


def _forget_statistics() -> None:
    """A test before this one may have had the tables analysed when they were tiny: then a planner rightly reads them whole."""
    with connection.upkeep() as raw:  # type: ignore[attr-defined]
        if raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone():
            raw.execute("DELETE FROM sqlite_stat1")
            raw.execute("ANALYZE sqlite_master")


def whole_tables(lines: list[str]) -> list[str]:
    """Lines that read posts or threads from end to end without an index."""
    if connection.vendor == "sqlite":
        # Derived tables have short names of their own; these are the aliases under which posts and threads are read.
        names = r"(p|t|x|r|lt|n|forums_post|forums_thread)"
        return [line for line in lines if re.match(rf"SCAN {names}\b", line) and "INDEX" not in line]
    return [line for line in lines if re.search(r"Seq Scan on forums_(post|thread)\b", line)]


def sorts(lines: list[str]) -> list[str]:
    """Lines that sort, or gather what is to be sorted."""
    if connection.vendor == "sqlite":
        return [
            line for line in lines if line.startswith("USE TEMP B-TREE") and not re.search(r"LAST (\d+ )?TERM", line)
        ]
    return [line for line in lines if re.search(r"^(->\s*)?(Incremental )?Sort\s+\(", line)]


def asked_by(act: Callable[[], object]) -> str:
    with CaptureQueriesContext(connection) as caught:
        act()
    return str(caught.captured_queries[-1]["sql"])


@pytest.fixture
def uncounted(transactional_db: None) -> None:
    """Tables of which PostgreSQL knows no number of rows: where it has seen few, its planner rightly sorts them instead."""
    if connection.vendor == "postgresql":
        every = connection.introspection.django_table_names(only_existing=True, include_views=False)
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(one for one in every if one not in DJANGOS_OWN)}")


@pytest.fixture
def community(uncounted: None, cast: Cast, thread: Thread) -> Cast:
    """Enough rows that a plan is a choice, spread over fourteen forums."""
    forums = [
        cast.lounge,
        *(placing.open_forum(category=cast.life, name=f"Forum {n}", by=cast.odile) for n in range(13)),
    ]
    for n in range(28):
        cast.thread(f"Thread {n}", forum=forums[n % 14])
    recommending.recommend(original(thread), by=cast.kaya)
    return cast


def ids(count: int) -> list[int]:
    return list(Forum.objects.order_by("pk").values_list("pk", flat=True)[:count])


FORUMS, WORDS = sight.Sight(frozenset([1])), sight.Sight(keywords=("lamps",))


def hiding(viewer: Viewer) -> Viewer:
    """The same member, with something in the trash."""
    return viewer._replace(hides_things=True)


Read = Callable[[int, Any], object]

# Each read, and how many sorts it may do: 1 where the rows of one page are put in order after they were dressed.
CONSTANT: list[tuple[str, Read, int]] = [
    ("flat_page", lambda t, v: reads.flat_page(t, 51, member_id=v.id), 0),
    ("tree_page", lambda t, v: reads.tree_page(t, "0003", member_id=v.id), 0),
    ("table", lambda t, v: reads.table(t), 0),
    ("bodies", lambda t, v: reads.bodies([1, 2, 3]), 0),
    ("thread_events", lambda t, v: reads.thread_events(t, -1, 50), 1),
    ("place_of", lambda t, v: reads.place_of(t, 3), 0),
    ("thread_head", lambda t, v: marks.thread_head(t, v), 0),
    ("latest everywhere", lambda t, v: marks.threads(orders.LATEST, None, viewer=v), 1),
    ("newest everywhere", lambda t, v: marks.threads(orders.NEWEST, None, viewer=v), 1),
    ("unanswered everywhere", lambda t, v: marks.threads(orders.UNANSWERED, None, viewer=v), 1),
    ("latest in one", lambda t, v: marks.threads(orders.LATEST, ids(1), viewer=v), 2),
    ("newest in one", lambda t, v: marks.threads(orders.NEWEST, ids(1), viewer=v), 2),
    (
        "latest in one, further on",
        lambda t, v: marks.threads(orders.LATEST, ids(1), viewer=v, before=(clock.now(), 9)),
        2,
    ),
    ("latest in thirteen", lambda t, v: marks.threads(orders.LATEST, ids(13), viewer=v), 1),
    ("recommended ever", lambda t, v: marks.recommended(ids(13), None, viewer=v), 1),
    ("forum_index", lambda t, v: marks.forum_index(v), 0),
    ("latest without the trash", lambda t, v: marks.threads(orders.LATEST, None, viewer=hiding(v), sight=FORUMS), 1),
    (
        "latest in two without the trash",
        lambda t, v: marks.threads(orders.LATEST, ids(2), viewer=hiding(v), sight=FORUMS),
        2,
    ),
    ("latest without a keyword", lambda t, v: marks.threads(orders.LATEST, None, viewer=hiding(v), sight=WORDS), 1),
    ("forum_index without the trash", lambda t, v: marks.forum_index(hiding(v), FORUMS), 0),
    ("threads of mine", lambda t, v: marks.started_by(v.id, viewer=v, forum_ids=ids(3)), 1),
    ("laid over", lambda t, v: sight.laid_over(hiding(v), follows=True, among=[1, 2], new_in=(t, clock.now())), 0),
]


@pytest.mark.parametrize(("name", "read", "most"), CONSTANT, ids=[name for name, _read, _most in CONSTANT])
def test_a_hot_read_walks_its_index(community: Cast, thread: Thread, name: str, read: Read, most: int) -> None:
    viewer = seen_by(community.kaya)
    lines = plan(asked_by(lambda: read(thread.pk, viewer)))
    assert whole_tables(lines) == [], "\n".join(lines)
    assert len(sorts(lines)) <= most, "\n".join(lines)


@pytest.mark.parametrize(
    "read",
    [
        lambda v: marks.unread(ids(14), v),
        lambda v: marks.unread(ids(14), hiding(v), sight=FORUMS),
        lambda v: marks.recommended(ids(14), timedelta(days=7), viewer=v),
        lambda v: marks.recommended(ids(14), None, viewer=hiding(v), sight=FORUMS),
        lambda v: own.answers_to(hiding(v), ids(14), FORUMS),
        lambda v: (
            following.follow(Member.objects.get(name="Ana"), by=Member.objects.get(pk=v.id)),
            own.by_followed(v, ids(14), FORUMS),
        ),
    ],
    ids=[
        "unread",
        "unread without the trash",
        "recommended this week",
        "recommended without the trash",
        "answers",
        "followed",
    ],
)
def test_a_read_that_must_look_at_many_reads_no_whole_table(community: Cast, read: Callable[[Any], object]) -> None:
    viewer = seen_by(community.kaya)
    lines = plan(asked_by(lambda: read(viewer)))
    assert whole_tables(lines) == [], "\n".join(lines)


def test_the_look_at_plans_sees_whole_tables_and_sorts(community: Cast) -> None:
    """The control: these tests can fail."""
    by_opening = asked_by(lambda: list(Post.objects.order_by("opening").values_list("opening")))
    lines = plan(by_opening)
    assert sorts(lines), "\n".join(lines)
    assert whole_tables(lines), "\n".join(lines)
