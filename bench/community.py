"""A community of any size straight into the tables, the same for the same seed and day, for both databases.

Posts stand in the tables in the order of time, as in a community that has grown: a thread's posts are scattered over the
file. Texts are drawn from a pool that goes through the product's own renderer once. Two of them are made: the *community*
with its posts, and *threads*, half a million bare thread rows in one forum for the keyset pages.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

VERSION = 4
"""Raised when the same seed gives another community; a cached one of another version is made anew."""

LONG_THREAD = 1
"""The thread of 10,000 replies."""
PAGE_THREAD = 2
"""The thread of 120 posts whose first page the rows about one page read."""
READERS = ("Ana", "Bram", "Chidi", "Dara", "Emil")
"""The members with marks, ids from 1 on."""
YEARS = 5


class Size(NamedTuple):
    """How much there is of everything. `long` counts the replies of the long thread."""

    posts: int
    threads: int
    members: int
    forums: int
    main: int
    long: int
    bodies: int


FULL = Size(posts=1_000_000, threads=50_000, members=20_000, forums=100, main=4, long=10_000, bodies=2_000)
SMALL = Size(posts=100_000, threads=5_000, members=20_000, forums=100, main=4, long=10_000, bodies=2_000)
TINY = Size(posts=900, threads=40, members=60, forums=12, main=4, long=160, bodies=40)
BARE_THREADS = 500_000

_WORDS = """
about above after again allotment almost along also always among answer apple around arrive asked autumn bakery
balance barley basket because before behind believe bench beneath better between beyond bicycle blanket bottle
branch bread bridge bright broken brother build busy butter candle careful carry carpet castle cellar chair change
cheap cheese cherry chimney choose church circle clean clever climb clock close cloud coffee cold collect colour
common compost copper corner cotton council count country courage cover cross cup curtain daily dance dark daughter
deep depend desk different dinner distance doctor door doubt draw dream drive during early earth easily east edge
eight either empty engine enough evening every exactly explain family farm father fence ferry field finally find
finger fire first floor flower follow forest forget forward found free fresh friend front fruit garden gather
gentle glass good grain grandmother grass great green ground grow guess guitar half hall hammer hand happen harbour
hard harvest hear heavy height help high hill history hold honest honey hope horse hour house however hundred idea
important inside instead iron island join journey keep kettle kitchen knee know ladder lake lamp language large
last late laugh lead leaf learn leave left lemon less letter level library light linen listen little live long
lower lucky lunch machine make many map market master matter meadow mean measure meeting member memory mention
middle might milk mill mind minute mirror moment money month moon more morning mother mountain move much music
narrow near nearly need neighbour never new next night noise north nothing notice number often old once onion only
open orchard order other ought outside oven owner page paint paper parcel part path patient people perhaps person
piano picture piece place plain plan plate please point pond poor possible potato power practice present pretty
price probably promise pull question quick quiet quite rain reach read ready reason receive record red remember
repair reply rest return rich right river road roof room round row rule run salt same sand save school season
second seed sell send seven several shade shape share sheep shelf shop short should shoulder show side sign silver
simple since single sister size sleep slow small smoke snow soft soil some song soon sound soup south spade speak
spend spoon spring square stable stairs stand start station stay steady step still stone stop store storm story
straight street strong sugar summer sun supper sure surface swim table talk tall teach tell thing think though
thousand through timber tired today together tomorrow tool touch toward tower town train travel tree trouble true
trust turn twenty under until upon usual valley very village visit voice wait walk wall warm wash watch water
weather week weight well west wheat wheel where whether which while white whole wide wild willow window winter wish
within without wonder wood wool word work world worth write wrong yard year yellow yesterday young
""".split()  # noqa: SIM905 - a list of a word a line would fill six pages
_SYLLABLES = """
ba be bo da di do fa fe ga go ha he ja jo ka ke ko la le li lo ma me mi mo na ne ni no ra re ri ro sa se so ta te
to va vi wa we ya
""".split()  # noqa: SIM905
_MARKS = ("main", "issue", "culture", "alliance", "region", "support")


class Body(NamedTuple):
    """A text of the pool, rendered once."""

    text: str
    html: str
    opening: str
    renderer: int


def _sentence(chance: random.Random) -> str:
    words = chance.choices(_WORDS, k=chance.randint(5, 19))
    if chance.random() < 0.12:
        at = chance.randrange(len(words))
        words[at] = chance.choice(("**{}**", "*{}*", "`{}`", "[{}](https://example.org/page)")).format(words[at])
    text = " ".join(words)
    return text[0].upper() + text[1:] + chance.choices(".?!", weights=(8, 2, 1))[0]


def _paragraph(chance: random.Random) -> str:
    return " ".join(_sentence(chance) for _ in range(chance.randint(1, 6)))


def _text(chance: random.Random) -> str:
    parts = [_paragraph(chance) for _ in range(chance.choices((1, 2, 3, 4, 6), weights=(30, 30, 20, 12, 8))[0])]
    if chance.random() < 0.2:
        parts.insert(0, f"> {_sentence(chance)}")
    if chance.random() < 0.1:
        parts.insert(1, "\n".join(f"- {_sentence(chance)}" for _ in range(chance.randint(2, 5))))
    if chance.random() < 0.04:
        parts.append("```\n" + "\n".join(" ".join(chance.choices(_WORDS, k=4)) for _ in range(4)) + "\n```")
    return "\n\n".join(parts)


def bodies(chance: random.Random, count: int) -> list[Body]:
    """The pool of texts, through the product's renderer."""
    from palaver.forums.rendering import render_post

    made = []
    for _ in range(count):
        text = _text(chance)
        rendered = render_post(text, "markdown")
        made.append(Body(text, rendered.html, rendered.opening, rendered.version))
    return made


def _name(number: int) -> str:
    """A pronounceable name of its own for each number."""
    base, letters, rest = len(_SYLLABLES), "", number + len(_SYLLABLES) ** 2
    while rest:
        rest, digit = divmod(rest, base)
        letters += _SYLLABLES[digit]
    return letters.capitalize()


# Tables, through each database's fastest door.


class Tables:
    """Fills tables in bulk. Indexes and constraints are set aside meanwhile and checked when they come back."""

    def __init__(self) -> None:
        from django.apps import apps
        from django.db import connection

        self.connection = connection
        self.columns = {
            model._meta.db_table: {field.column for field in model._meta.concrete_fields} for model in apps.get_models()
        }

    def put(self, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert rows. `columns` must name every column of the model but may leave out an automatic id."""
        named = columns.split()
        lacking = self.columns[table] - {*named, "id"}
        surplus = set(named) - self.columns[table]
        if lacking or surplus:
            raise SystemExit(f"bench/community.py is behind the tables: {table} lacks {lacking}, has no {surplus}.")
        self._put(table, named, rows)

    def _put(self, table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
        raise NotImplementedError

    def instant(self, micros: int) -> Any:
        raise NotImplementedError

    def finish(self) -> None:
        raise NotImplementedError


class SqliteTables(Tables):
    """Writes the file with no journal and no syncs: a half-made one is thrown away."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        import sqlite3

        self.connection.close()
        self.raw = sqlite3.connect(path, isolation_level=None)
        for pragma in (
            "journal_mode=OFF",
            "synchronous=OFF",
            "cache_size=-400000",
            "temp_store=MEMORY",
            "foreign_keys=OFF",
        ):
            self.raw.execute(f"PRAGMA {pragma}")
        tables = "forums_%", "reading_%", "accounts_member"
        self.indexes = [
            row
            for pattern in tables
            for row in self.raw.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name LIKE ?",
                [pattern],
            )
        ]
        for name, _ in self.indexes:
            self.raw.execute(f'DROP INDEX "{name}"')
        self.raw.execute("BEGIN")
        self._day, self._stem = -1, ""

    def _put(self, table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
        marks = ", ".join("?" * len(columns))
        self.raw.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)

    def instant(self, micros: int) -> str:
        """An instant as Django's SQLite backend spells it. Always with a fraction: `micros` is never a whole second here."""
        seconds, fraction = divmod(micros, 1_000_000)
        day, second = divmod(seconds, 86_400)
        if day != self._day:
            self._day, self._stem = day, time.strftime("%Y-%m-%d", time.gmtime(seconds))
        return f"{self._stem} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.{fraction or 1:06}"

    def finish(self) -> None:
        from palaver.kit.sqlite import checkpoint

        for _, sql in self.indexes:
            self.raw.execute(sql)
        self.raw.execute("COMMIT")
        broken = self.raw.execute("PRAGMA foreign_key_check").fetchmany(3)
        if broken:
            raise SystemExit(f"The generated community breaks foreign keys: {broken}")
        self.raw.execute("ANALYZE")
        checkpoint.forget_shadows(self.raw)
        self.raw.execute("PRAGMA journal_mode=WAL")
        self.raw.close()


class PostgresTables(Tables):
    """COPY into bare tables."""

    def __init__(self) -> None:
        super().__init__()
        self.connection.ensure_connection()
        self.raw = self.connection.connection
        self.cursor = self.raw.cursor()
        self.cursor.execute(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid), contype FROM pg_constraint "
            "WHERE connamespace = current_schema()::regnamespace AND contype IN ('f', 'u', 'p') "
            "AND (conrelid::regclass::text LIKE 'forums%' OR conrelid::regclass::text LIKE 'reading%' "
            "OR conrelid::regclass::text = 'accounts_member') ORDER BY contype = 'f' DESC"
        )
        kept = self.cursor.fetchall()
        # Foreign keys from other tables lean on the primary keys, so those stay.
        self.constraints = [row for row in kept if row[3] != "p"]
        for table, name, _, _ in self.constraints:
            self.cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        self.cursor.execute(
            "SELECT quote_ident(indexname), indexdef FROM pg_indexes WHERE schemaname = current_schema() "
            "AND (tablename LIKE 'forums%' OR tablename LIKE 'reading%' OR tablename = 'accounts_member') "
            "AND quote_ident(indexname)::regclass NOT IN (SELECT conindid FROM pg_constraint WHERE conindid <> 0)"
        )
        self.indexes = self.cursor.fetchall()
        for name, _ in self.indexes:
            self.cursor.execute(f"DROP INDEX {name}")

    def _put(self, table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
        booleans = self._booleans(table, columns)
        with self.cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                if booleans:
                    row = tuple(bool(value) if at in booleans else value for at, value in enumerate(row))
                copy.write_row(row)

    def _booleans(self, table: str, columns: list[str]) -> set[int]:
        self.cursor.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = %s AND data_type = 'boolean'",
            [table],
        )
        named = {name for (name,) in self.cursor.fetchall()}
        return {at for at, column in enumerate(columns) if column in named}

    def instant(self, micros: int) -> datetime:
        return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=micros)

    def finish(self) -> None:
        for _, sql in self.indexes:
            self.cursor.execute(sql)
        for table, name, definition, _ in reversed(self.constraints):
            self.cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        self.cursor.execute(
            "SELECT table_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND column_name = 'id' AND identity_generation IS NOT NULL"
        )
        for (table,) in self.cursor.fetchall():
            self.cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT COALESCE(max(id), 0) + 1 FROM {table}), false)"
            )
        self.raw.commit()
        self.raw.autocommit = True
        self.cursor.execute("VACUUM ANALYZE")


# What is put into them.


def _members(tables: Tables, count: int, counts: list[int], began: int) -> None:
    from palaver.kit.text import names

    def rows() -> Iterator[tuple[Any, ...]]:
        for number in range(1, count + 1):
            name = READERS[number - 1] if number <= len(READERS) else _name(number)
            joined = tables.instant(began + number * 1_000_003)
            yield (
                number, "!", None, name, names.name_key(name), "", "", "", joined, joined, None, 0, counts[number], "", "",
                "auto", "flat", "new", 1, 0, 0,
            )  # fmt: skip

    tables.put(
        "accounts_member",
        "id password last_login name name_key email about about_html joined_at claimed_at left_at is_operator post_count language "
        "time_zone theme thread_view highlight keys_on hides_things notice_count",
        rows(),
    )


def _forums(tables: Tables, size: Size, counts: list[list[int]], last: list[int], began: int) -> None:
    tables.put(
        "forums_category", "id name slug place mark",
        [(n + 1, mark.title(), mark, n, mark) for n, mark in enumerate(_MARKS)],
    )  # fmt: skip

    def rows() -> Iterator[tuple[Any, ...]]:
        for forum in range(1, size.forums + 1):
            main = forum <= size.main
            name = " ".join(
                word.title() for word in (_WORDS[forum * 7 % len(_WORDS)], _WORDS[forum * 13 % len(_WORDS)])
            )
            yield (
                forum, 1 if main else 2 + forum % (len(_MARKS) - 1), f"{name} {forum}", f"forum-{forum}",
                f"All about {name.lower()}.", "", "", "", "", int(main), forum, 4, 0, 0, 0, 3, "everyone", "members", "members", "",
                tables.instant(began), None, counts[forum][0], counts[forum][1], tables.instant(last[forum]) if last[forum] else None,
            )  # fmt: skip

    tables.put(
        "forums_forum",
        "id category_id name slug description purpose purpose_html rules rules_html is_main place quoted_paragraphs posts_to_start "
        "is_safe_haven originals_only host_seats who_reads who_starts "
        "who_replies language created_at retired_at thread_count post_count last_post_at",
        rows(),
    )


def _thread_sizes(chance: random.Random, size: Size) -> list[int]:
    """Posts in each thread, by id from 1 on: one long, one of 120, the rest heavy-tailed and adding up exactly."""
    page = 120
    rest = size.posts - (size.long + 1) - page
    count = size.threads - 2
    # One thread in eight is never answered.
    weights = [0.0 if chance.random() < 0.125 else min(chance.paretovariate(1.15), 400.0) for _ in range(count)]
    scale = (rest - count) / sum(weights)
    sizes = [1 + int(weight * scale) for weight in weights]
    answered = [at for at, weight in enumerate(weights) if weight]
    for at in chance.sample(answered, min(rest - sum(sizes), len(answered))):
        sizes[at] += 1
    sizes[answered[0]] += rest - sum(sizes)
    return [0, size.long + 1, page, *sizes]


def fill(tables: Tables, size: Size, *, seed: int, until: datetime) -> None:
    """The whole community up to an instant."""
    from palaver.forums import paths
    from palaver.kit.text import slugs

    chance = random.Random(seed)
    pool = bodies(chance, size.bodies)
    end = int(until.timestamp()) * 1_000_000
    span = YEARS * 365 * 86_400 * 1_000_000
    began = end - span
    sizes = _thread_sizes(chance, size)
    threads = len(sizes) - 1
    forum_of = [0] + [1 + min(int(chance.expovariate(1 / (size.forums / 4))), size.forums - 1) for _ in range(threads)]
    forum_of[LONG_THREAD] = forum_of[PAGE_THREAD] = 1

    # When each post is written: a thread begins somewhere, its replies follow closely at first and then ever more rarely.
    moments: list[int] = []
    shift = max(threads.bit_length(), 1)
    for thread in range(1, threads + 1):
        start = 3_600_000_000 + int((span - 10_800_000_000) * chance.random())
        if thread in (LONG_THREAD, PAGE_THREAD):
            start = span - 200 * 86_400_000_000
        left = span - start - 3_600_000_000
        breadth = left if thread in (LONG_THREAD, PAGE_THREAD) else min(left, sizes[thread] * 40_000_000_000)
        moments.append(start << shift | thread)
        moments.extend(
            (start + 1 + int(breadth * chance.random() ** 2)) << shift | thread for _ in range(sizes[thread] - 1)
        )
    moments.sort()

    active = [1 + int(size.members * chance.random() ** 3) for _ in range(65_536)]
    member_posts = [0] * (size.members + 1)
    forum_counts = [[0, 0] for _ in range(size.forums + 1)]
    forum_last = [0] * (size.forums + 1)
    first_at, last_at, recs = [0] * (threads + 1), [0] * (threads + 1), [0] * (threads + 1)
    op, last_author = [0] * (threads + 1), [0] * (threads + 1)
    written: list[list[tuple[int, str]]] = [[] for _ in range(threads + 1)]
    recommendations: list[tuple[int, int, int]] = []
    chosen: list[Body] = []
    times: list[Any] = []
    mask = (1 << shift) - 1
    rand, below = chance.random, paths.below

    def posts() -> Iterator[tuple[Any, ...]]:
        number_of_bodies = len(pool)
        for post_id, moment in enumerate(moments, 1):
            thread, at = moment & mask, began + (moment >> shift)
            at += at % 1_000_000 == 0
            so_far = written[thread]
            number = len(so_far)
            author = active[int(rand() * 65_536)]
            forum = forum_of[thread]
            answers, answered = None, None
            parent = ""
            if number and rand() < 0.6:
                # People answer what is near the end more often than what is near the beginning.
                answered = number - 1 - int((number - 1) * rand() ** 3) if number > 1 else 0
                answers, parent = so_far[answered]
                if answered == 0:
                    parent = ""
            path = below(parent, number)
            so_far.append((post_id, path))
            body = pool[int(rand() * number_of_bodies)]
            chosen.append(body)
            rec_count = 0
            if rand() < 0.15:
                for member in {active[int(rand() * 65_536)] for _ in range(1 + int(rand() * rand() * 12))} - {author}:
                    recommendations.append((post_id, member, at + 60_000_001))
                    rec_count += 1
            instant = tables.instant(at)
            times.append(instant)
            if number == 0:
                first_at[thread], op[thread], recs[thread] = at, author, rec_count
                forum_counts[forum][0] += 1
            last_at[thread], last_author[thread] = max(at, last_at[thread]), author
            member_posts[author] += 1
            forum_counts[forum][1] += 1
            forum_last[forum] = max(at, forum_last[forum])
            yield (
                post_id, thread, forum, author, number, number, answers, answered, path, len(path) // 4 - 1, "", body.opening, 0, 1,
                instant, None, rec_count, 0, None,
            )  # fmt: skip

    tables.put(
        "forums_post",
        "id thread_id forum_id author_id number place answers_id answers_number path depth subject opening standing version "
        "created_at edited_at rec_count unnamed_recs submission_key",
        posts(),
    )
    tables.put(
        "forums_postbody", "post_id html renderer", ((n, body.html, body.renderer) for n, body in enumerate(chosen, 1))
    )
    tables.put(
        "forums_sourcetext", "post_id version kind subject text written_at because",
        ((n, 1, "markdown", "", body.text, times[n - 1], "") for n, body in enumerate(chosen, 1)),
    )  # fmt: skip
    tables.put(
        "forums_recommendation",
        "post_id member_id at",
        ((post, member, tables.instant(at)) for post, member, at in recommendations),
    )

    def thread_rows() -> Iterator[tuple[Any, ...]]:
        for thread in range(1, threads + 1):
            subject = _sentence(chance).rstrip(".!")[:120]
            if thread == LONG_THREAD:
                subject = "The longest conversation of all"
            yield (
                thread, forum_of[thread], op[thread], subject, slugs.slug(subject), tables.instant(first_at[thread]), sizes[thread],
                sizes[thread] - 1, tables.instant(last_at[thread]), last_author[thread], recs[thread],
            )  # fmt: skip

    tables.put("forums_thread", _THREAD_COLUMNS, thread_rows())
    _members(tables, size.members, member_posts, began)
    _forums(tables, size, forum_counts, forum_last, began)
    _marks(tables, size, chance, sizes, written, end)


_THREAD_COLUMNS = (
    "id forum_id author_id subject slug created_at post_count last_number last_post_at last_author_id rec_count"
)


def _marks(
    tables: Tables, size: Size, chance: random.Random, sizes: list[int], written: list[list[tuple[int, str]]], end: int
) -> None:
    """Ana has marked most forums lately and some long ago; each reader has positions in many threads."""
    day = 86_400_000_000
    marks = [
        (member, forum, tables.instant(end - int(day * 0.2 * (1 + forum % 40)) + 7))
        for member in range(1, len(READERS) + 1)
        for forum in range(1, size.forums + 1)
        if (forum + member) % 10
    ]
    tables.put("reading_forummark", "member_id forum_id marked_at", marks)
    positions = []
    for member in range(1, len(READERS) + 1):
        some = chance.sample(range(3, len(sizes)), min(300, len(sizes) - 3))
        for thread in [LONG_THREAD, PAGE_THREAD, *some]:
            place = min(sizes[thread] - 1, 40) if thread == PAGE_THREAD else int(sizes[thread] * chance.random())
            positions.append((member, thread, place, place, tables.instant(end - day)))
    tables.put("reading_threadmark", "member_id thread_id number place read_at", positions)


def fill_threads(tables: Tables, count: int, *, until: datetime) -> None:
    """One forum with this many bare thread rows, for keyset pages at any depth. They have no posts, so counters drift here."""
    from palaver.kit.text import slugs

    end = int(until.timestamp()) * 1_000_000
    size = Size(posts=0, threads=count, members=200, forums=1, main=1, long=0, bodies=0)
    chance = random.Random(6)
    step = YEARS * 365 * 86_400 * 1_000_000 // count
    began = end - count * step

    def rows() -> Iterator[tuple[Any, ...]]:
        for number in range(1, count + 1):
            subject = f"{_WORDS[number % len(_WORDS)].title()} {_WORDS[number * 7 % len(_WORDS)]} number {number}"
            created = began + number * step + 1
            latest = created + int(chance.random() * (end - created)) + 1
            author = 1 + number % 200
            yield (
                number, 1, author, subject, slugs.slug(subject), tables.instant(created), 1 + number % 40, number % 40,
                tables.instant(latest), 1 + number * 3 % 200, number % 5,
            )  # fmt: skip

    tables.put("forums_thread", _THREAD_COLUMNS, rows())
    _members(tables, size.members, [0] * (size.members + 1), began)
    _forums(tables, size, [[0, 0], [count, 0]], [0, end], began)


# Making and keeping it.


def make(kind: str, *, seed: int = 1, until: datetime | None = None) -> None:
    """Fill the database of the present settings, which must be new, and migrate it first. Django must be set up."""
    from django.core.management import call_command
    from django.db import connection

    until = until or datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    call_command("migrate", verbosity=0, interactive=False)
    tables: Tables
    if connection.vendor == "sqlite":
        tables = SqliteTables(Path(connection.settings_dict["NAME"]))
    else:
        tables = PostgresTables()
    if kind == "threads":
        fill_threads(tables, BARE_THREADS, until=until)
    else:
        fill(tables, {"full": FULL, "small": SMALL, "tiny": TINY}[kind], seed=seed, until=until)
    tables.finish()


def _schema() -> str:
    """A hash of what the tables are: every migration's text."""
    import hashlib

    root = Path(__file__).resolve().parents[1] / "src" / "palaver"
    digest = hashlib.sha256(str(VERSION).encode())
    for file in sorted(root.glob("*/migrations/*.py")) + sorted(root.glob("*/*/migrations/*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def cached(kind: str, work: Path, *, seed: int = 1, database: str = "", say: Callable[[str], None] = print) -> Path:
    """A home that holds a community of this kind, made now unless one of this version lies in `work`. In a process of its own.

    `database` names an empty PostgreSQL database to hold it instead of the home's SQLite file.
    """
    key = f"{kind}-{seed}" + ("-postgresql" if database else "")
    home, stamp = work / key, work / key / "community.json"
    want = {"schema": _schema(), "seed": seed, "kind": kind, "database": database}
    if stamp.is_file():
        have = json.loads(stamp.read_text())
        # Marks and the horizon are told from the day it was made, so an old one would count too much as new.
        if have | want == have and time.time() - have["made"] < 3 * 86_400:
            return home
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    say(f"making the community '{key}' …")
    started = time.monotonic()
    environment = {**os.environ, "PALAVER_HOME": str(home), "PALAVER_DATABASE_URL": database}
    command = [sys.executable, "-P", "-m", "bench.community", kind, "--seed", str(seed)]
    subprocess.run(command, env=environment, check=True, timeout=1800)
    took = time.monotonic() - started
    stamp.write_text(json.dumps({**want, "made": time.time(), "seconds": round(took, 1)}))
    say(f"made in {took:.0f} s")
    return home


def holds(database: str, home: Path, kind: str) -> bool:
    """Whether this PostgreSQL database holds the community that the home's stamp tells of, in this version."""
    stamp = home / "community.json"
    if not stamp.is_file():
        return False
    have = json.loads(stamp.read_text())
    fresh = have.get("schema") == _schema() and have.get("kind") == kind and time.time() - have["made"] < 3 * 86_400
    return fresh and _exists(database, "forums_post")


def _exists(database: str, table: str) -> bool:
    import psycopg

    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [table]).fetchone()
    return bool(row and row[0])


def anew(database: str) -> None:
    """Empty a PostgreSQL database of ours."""
    import psycopg

    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def _main() -> None:
    parser = argparse.ArgumentParser(
        description="Fill the database that PALAVER_HOME or PALAVER_DATABASE_URL names, which must be new."
    )
    parser.add_argument("kind", choices=["full", "small", "tiny", "threads"])
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palaver.project.settings")
    django.setup()
    make(arguments.kind, seed=arguments.seed)


if __name__ == "__main__":
    _main()
