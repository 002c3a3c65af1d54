"""Row 8: searching a million posts, newest first, by best match and for phrases, on both databases."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.ground import Ground, ready
from bench.measuring import Row, median, quantile
from bench.servers import Unfit

KINDS = {
    "newest": ("newest first", 10, 5),
    "ranked": ("best match among the newest 2,000", 30, 20),
    "phrase": ("phrase, newest first", 150, 75),
}
ASKED = 400
"""Queries of each kind: a p99 stands on the worst four."""


def measure(ground: Ground) -> list[Row]:
    """Three rows a database."""
    rows = _rows("sqlite", "SQLite", _run(ground, ground.home(), ""), ground)
    try:
        rows += _on_postgres(ground)
    except Unfit as reason:
        ground.say(f"row 8 on PostgreSQL is not measured: {reason}")
        rows += [
            Row(
                f"8-postgresql-{kind}",
                f"search, {what}, p99, PostgreSQL",
                math.nan,
                floor,
                aim,
                False,
                "ms",
                str(reason),
            )
            for kind, (what, floor, aim) in KINDS.items()
        ]
    return rows


def _run(ground: Ground, home: Path, database: str) -> Any:
    held = ground.inside("bench.rows.search", "count", home=home, database=database)
    if held["documents"] != held["posts"]:
        ground.say(f"filling the search index of {held['posts']} posts …")
        began = time.monotonic()
        # Hours are not meant; but a busy machine must not leave it half filled.
        command = [sys.executable, "-P", "-m", "bench.words"]
        subprocess.run(
            command, env=ground.environment(home, database), check=True, timeout=7200, stdout=subprocess.DEVNULL
        )
        ground.say(f"filled in {time.monotonic() - began:.0f} s")
    return ground.inside("bench.rows.search", "ask", home=home, database=database)


def _on_postgres(ground: Ground) -> list[Row]:
    from bench import community, postgres

    with postgres.server(ground.work / f"postgresql-{ground.kind}") as database:
        home = ground.work / f"{ground.kind}-1-postgresql"
        if not community.holds(database, home, ground.kind):
            community.anew(database)
            community.cached(ground.kind, ground.work, database=database, say=ground.say)
        return _rows("postgresql", "PostgreSQL", _run(ground, home, database), ground)


def _rows(key: str, database: str, told: Any, ground: Ground) -> list[Row]:
    made = []
    for kind, (what, floor, aim) in KINDS.items():
        times = told["times"][kind]
        worst, middle = quantile(times, 0.99), median(times)
        note = (
            f"{len(times)} queries over {told['documents']:,} posts, median {middle * 1000:.2g} ms, "
            f"{told['found'][kind]} posts found; {told['clock']}; {ground.absolute(worst)}"
        )
        made.append(
            Row(f"8-{key}-{kind}", f"search, {what}, p99, {database}", worst * 1000, floor, aim, False, "ms", note)
        )
    return made


def queries(
    kind: str, documents: list[tuple[str, str]], vocabulary: list[str], names: list[str], slugs: list[str]
) -> list[str]:
    """What people ask: words of every frequency by themselves, together, and with filters; phrases that somebody wrote,
    and the same words the other way round."""
    chance = random.Random(f"asked {kind}")

    def any_word() -> str:
        return vocabulary[int(math.exp(chance.uniform(0, math.log(len(vocabulary))))) - 1]

    made = []
    for number in range(ASKED):
        if kind == "phrase":
            _subject, body = documents[chance.randrange(len(documents))]
            words = body.split()
            size = chance.choice((2, 2, 2, 3, 4))
            at = chance.randrange(max(1, len(words) - size))
            run = words[at : at + size]
            made.append('"' + " ".join(reversed(run) if number % 5 == 4 else run) + '"')
            continue
        shape = number % 10
        if shape < 4:
            made.append(any_word())
        elif shape < 7:
            made.append(f"{any_word()} {any_word()}")
        elif shape == 7:
            made.append(f"{any_word()} author:{chance.choice(names)}")
        elif shape == 8:
            made.append(f"{any_word()} forum:{chance.choice(slugs)} -{any_word()}")
        else:
            made.append(f"{any_word()} OR {any_word()} {any_word()}")
    return made


def _count() -> None:
    from palaver.forums.models import Post
    from palaver.search.models import Document

    print(
        json.dumps(
            {"documents": Document.objects.count(), "posts": Post.objects.filter(standing=Post.Standing.SHOWN).count()}
        )
    )


def _ask() -> None:
    from django.db import connection

    from bench.words import Texts
    from palaver.accounts.models import Member
    from palaver.forums.models import Forum
    from palaver.search.finding import find
    from palaver.search.models import Document
    from palaver.search.sight import sight

    vocabulary = Texts().words
    keys = list(
        Document.objects.order_by("key").values_list("key", flat=True)[:: max(1, Document.objects.count() // 800)]
    )
    documents = list(
        Document.objects.filter(key__in=keys).exclude(body="").order_by("key").values_list("subject", "body")
    )
    names = list(Member.objects.filter(post_count__gt=0).order_by("pk").values_list("name", flat=True)[:500])
    every = list(Forum.objects.order_by("pk").values_list("pk", "slug"))
    # Three forums of a hundred are closed to whoever asks, as in most communities.
    forums = [pk for pk, _slug in every]
    hidden = set(forums[5::40])
    seen = sight([pk for pk in forums if pk not in hidden], forums)
    slugs = [slug for pk, slug in every if pk not in hidden]
    # SQLite works in this process, so its processor time is the whole of it; PostgreSQL's round trip is wall clock.
    clock = time.thread_time if connection.vendor == "sqlite" else time.perf_counter
    times: dict[str, list[float]] = {}
    found: dict[str, int] = {}
    for kind in KINDS:
        asked = queries(kind, documents, vocabulary, names, slugs)
        for text in asked[:40]:
            find(text, seen, best=kind == "ranked")
        times[kind], found[kind] = [], 0
        slow = []
        for text in asked:
            began = clock()
            answer = find(text, seen, best=kind == "ranked")
            spent = clock() - began
            if answer.query.refused or answer.query.notes:
                sys.exit(f"The query {text} was not understood: {answer.query.refused} {answer.query.notes}")
            times[kind].append(spent)
            found[kind] += len(answer.posts)
            slow.append((spent, text))
        for spent, text in sorted(slow)[-4:]:
            print(f"  {kind}: {spent * 1000:.1f} ms: {text}", file=sys.stderr)
    if not all(found.values()):
        sys.exit(f"Nothing was found: {found}")
    print(
        json.dumps(
            {
                "times": times,
                "found": found,
                "documents": Document.objects.count(),
                "clock": "processor time" if connection.vendor == "sqlite" else "wall clock",
            }
        )
    )


def _main() -> None:
    ready()
    _count() if sys.argv[1] == "count" else _ask()


if __name__ == "__main__":
    _main()
