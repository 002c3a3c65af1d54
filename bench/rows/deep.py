"""Row 6: the last full page against the first full page, where lists are long."""

from __future__ import annotations

import json
from datetime import datetime

from bench.community import LONG_THREAD, PAGE_THREAD
from bench.ground import Ground, ready
from bench.measuring import Row, interleaved, median
from bench.stations import Station

CALLS = 8


def measure(ground: Ground) -> list[Row]:
    """The 10,000-reply thread flat and tree through the whole handler for a member, the 500,000-thread forum by its statement."""
    assert LONG_THREAD != PAGE_THREAD
    rows = []
    with Station("bench.ours", str(PAGE_THREAD), environment=ground.environment(ground.home())) as ours:
        for view in ("flat", "tree"):
            ratios, firsts = [], []
            for turn in range(ground.rounds * 3 + 1):
                first, last = ours.order(f"{view}-first", CALLS), ours.order(f"{view}-last", CALLS)
                if turn:
                    ratios.append(last / first)
                    firsts.append(first)
            rows.append(
                Row(
                    f"6-{view}", f"10,000-reply thread, {view}: last ÷ first full page (CPU)", median(ratios), 1.5, 1.2, False, "×",
                    f"first page {median(firsts) * 1000:.2f} ms",
                )
            )  # fmt: skip
    forum = ground.inside("bench.rows.deep", home=ground.threads_home())
    rows.append(
        Row(
            "6-forum", "500,000-thread forum: last ÷ first page (CPU of its statement)", forum["last"] / forum["first"], 1.5, 1.2, False, "×",
            f"first page {forum['first'] * 1000:.2f} ms",
        )
    )  # fmt: skip
    return rows


def _main() -> None:
    ready()
    from palaver.forums import orders
    from palaver.forums.models import Thread
    from palaver.reading import reads

    size = reads.THREADS_A_PAGE
    # The row above the last full page: its key is the cursor of that page.
    ends = (
        Thread.objects.filter(forum_id=1)
        .order_by("last_post_at", "id")[size : size + 1]
        .values_list("last_post_at", "id")
    )
    before: tuple[datetime, int] = tuple(ends[0])

    def first() -> object:
        return reads.threads(orders.LATEST, [1], viewer=None)

    def last() -> object:
        return reads.threads(orders.LATEST, [1], viewer=None, before=before)

    assert len(reads.threads(orders.LATEST, [1], viewer=None, before=before)) == size
    seconds = interleaved(first, last, rounds=200, warm=10)
    print(json.dumps({"first": seconds[0], "last": seconds[1]}))


if __name__ == "__main__":
    _main()
