"""Row 9: what one durable post costs: syncs of the log, and CPU without the rendering of its text."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

from bench.community import PAGE_THREAD
from bench.ground import Ground, ready
from bench.measuring import Row, median
from bench.servers import tools

FEW, MANY = 20, 220


def measure(ground: Ground) -> list[Row]:
    """Both halves, on a copy of the community."""
    tools("strace")
    with ground.copy() as home:
        syncs = {}
        for posts in (FEW, MANY):
            trace = home / f"strace-{posts}"
            watch = ("strace", "-f", "-qq", "-y", "-e", "trace=fsync,fdatasync", "-o", str(trace))
            ground.inside("bench.rows.posting", str(posts), home=home, before=watch)
            syncs[posts] = _log_syncs(trace)
        # A process that opens, warms and closes syncs too; the difference of two runs leaves only what posts cost.
        each = (syncs[MANY] - syncs[FEW]) / (MANY - FEW)
        spent = ground.inside("bench.rows.posting", "300", home=home)
    return [
        Row("9-syncs", "durable post verb: WAL syncs per acknowledged post", each, 1.05, 1.0, False, "", "fsync and fdatasync of the -wal file"),
        Row(
            "9-cpu", "durable post verb: CPU, rendering apart", spent["cpu"] * 1000, 6, 4, False, "ms",
            f"rendering {spent['rendering'] * 1000:.2f} ms more; {spent['statements']} statements; {ground.absolute(spent['cpu'])}",
        ),
    ]  # fmt: skip


def _log_syncs(trace: Path) -> int:
    return len(re.findall(r"f(?:data)?sync\(\d+<[^>]*-wal>\)", trace.read_text()))


def _main() -> None:
    ready()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench.community import READERS
    from palaver.accounts.models import Member
    from palaver.forums import posting
    from palaver.forums.models import Post, Thread

    members = list(Member.objects.filter(name__in=READERS))
    thread = Thread.objects.select_related("forum").get(pk=PAGE_THREAD)
    answered = Post.objects.get(thread=thread, number=3)
    rendering: list[float] = []
    render = posting.render_post

    def timed(*arguments: Any, **named: Any) -> Any:
        began = time.thread_time()
        try:
            return render(*arguments, **named)
        finally:
            rendering.append(time.thread_time() - began)

    posting.render_post = timed
    totals: list[float] = []

    def post(turn: int) -> None:
        rendering.clear()
        began = time.thread_time()
        posting.reply(
            thread=thread, author=members[turn % len(members)], answers=answered if turn % 2 else None,
            text=f"Reply **{turn}** to @Bram, who said in #3 that a bench is for sitting.\n\nIt is also for measuring.",
            submission_key=f"bench-{time.time_ns()}",
        )  # fmt: skip
        totals.append(time.thread_time() - began - sum(rendering))

    rendered = []
    for turn in range(int(sys.argv[1])):
        post(turn)
        rendered.append(sum(rendering))
    connection.force_debug_cursor = False
    with CaptureQueriesContext(connection) as captured:
        post(1)
    print(json.dumps({"cpu": median(totals), "rendering": median(rendered), "statements": len(captured)}))


if __name__ == "__main__":
    _main()
