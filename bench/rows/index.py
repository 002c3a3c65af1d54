"""Row 7: the index of all forums with my new counts, as SQL time on both databases."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from bench.ground import Ground, ready
from bench.measuring import Row, median
from bench.servers import Unfit


def measure(ground: Ground) -> list[Row]:
    """One row a database."""
    rows = []
    seconds = ground.inside("bench.rows.index", home=ground.home())["seconds"]
    rows.append(_row("7-sqlite", "SQLite", seconds, 2, 1, ground, "CPU of the statement and its rows"))
    try:
        seconds = _on_postgres(ground)
    except Unfit as reason:
        ground.say(f"row 7 on PostgreSQL is not measured: {reason}")
        rows.append(
            Row(
                "7-postgresql",
                "index of 100 forums with my new counts, SQL, PostgreSQL",
                float("nan"),
                6,
                3,
                False,
                "ms",
                str(reason),
            )
        )
    else:
        rows.append(_row("7-postgresql", "PostgreSQL", seconds, 6, 3, ground, "wall clock of the round trip"))
    return rows


def _row(key: str, database: str, seconds: float, floor: float, aim: float, ground: Ground, what: str) -> Row:
    return Row(
        key, f"index of 100 forums with my new counts, SQL, {database}", seconds * 1000, floor, aim, False, "ms",
        f"{what}; {ground.absolute(seconds)}",
    )  # fmt: skip


def _on_postgres(ground: Ground) -> float:
    from bench import community, postgres

    with postgres.server(ground.work / f"postgresql-{ground.kind}") as database:
        home = ground.work / f"{ground.kind}-1-postgresql"
        # The port differs from run to run, so the stamp is asked for what the database holds, not for its address.
        if not community.holds(database, home, ground.kind):
            community.anew(database)
            community.cached(ground.kind, ground.work, database=database, say=ground.say)
        return float(ground.inside("bench.rows.index", home=home, database=database)["seconds"])


def _main() -> None:
    ready()
    from django.db import connection

    from palaver.accounts.models import Member
    from palaver.accounts.reads import Viewer
    from palaver.reading import reads

    ana = Member.objects.get(pk=1)
    viewer = Viewer(ana.pk, ana.name, False, "", "", "auto", "flat", "new", True, ana.joined_at, None, "")
    statements: list[tuple[str, Any]] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        index = reads.forum_index(viewer)
    if len(statements) != 1 or not any(row.new_posts for row in index.values()):
        sys.exit("The index is no longer one statement, or counts nothing new.")
    clock = time.thread_time if connection.vendor == "sqlite" else time.perf_counter
    times = []
    with connection.cursor() as cursor:
        for turn in range(220):
            began = clock()
            cursor.execute(*statements[0])
            cursor.fetchall()
            if turn >= 20:
                times.append(clock() - began)
    print(json.dumps({"seconds": median(times), "new": sum(row.new_posts for row in index.values())}))


if __name__ == "__main__":
    _main()
