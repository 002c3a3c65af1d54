"""Row 6 on a real archive: the deepest and the longest imported threads against other full pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from bench.ground import Ground, ready
from bench.measuring import Row

HOW_MANY = 10
CALLS = 12
ARCHIVE = "data/discourse-urho3d.tar.xz"


def measure(ground: Ground) -> list[Row]:
    """The slowest first page of the ten deepest and ten longest threads, flat and tree, of the median of other full pages."""
    shared = Path(os.environ.get("PALAVER_DATA") or Path(__file__).resolve().parents[2].parent / "shared")
    archive = shared / ARCHIVE
    if not archive.is_file():
        ground.say(f"row 6 on imported threads is not measured: {archive} is missing")
        return []
    home = ground.work / "imported-1"
    if not (home / "whole").is_file():
        ground.say("importing the archive …")
        home.mkdir(parents=True, exist_ok=True)
        for words in (["migrate", "--quiet"], ["import", "discourse", str(archive), "--quiet"]):
            command = [sys.executable, "-P", "-m", "palaver.cli.main", *words]
            subprocess.run(command, env=ground.environment(home), stdout=subprocess.DEVNULL, check=True, timeout=900)
        (home / "whole").touch()
    found = ground.inside("bench.rows.imported", home=home)
    return [
        Row(
            f"6-imported-{view}",
            f"slowest of {found['threads']} deepest and longest imported threads, {view}, ÷ another full page (CPU)",
            found[view]["worst"] / found[view]["other"],
            1.5,
            1.2,
            False,
            "×",
            f"another full page {found[view]['other'] * 1000:.2f} ms; deepest {found['depth']}, longest {found['length']} posts",
        )
        for view in ("flat", "tree")
    ]


def _main() -> None:
    ready()
    from django.db.models import Max

    from bench.ours import lane
    from palaver.forums.models import Post, Thread

    deepest = Post.objects.values("thread_id").annotate(deep=Max("depth")).order_by("-deep")[:HOW_MANY]
    depths = {row["thread_id"]: row["deep"] for row in deepest}
    longest = dict(Thread.objects.order_by("-post_count").values_list("pk", "post_count")[:HOW_MANY])
    chosen = {*depths, *longest}
    others = list(Thread.objects.filter(post_count__gt=51).exclude(pk__in=chosen).order_by("-post_count", "pk")[:20])

    def cost(thread: Thread, view: str) -> float:
        call = lane(f"/t/{thread.pk}/{thread.slug}?view={view}", "")
        for _ in range(2):
            call()
        times = []
        for _ in range(CALLS):
            began = time.thread_time()
            call()
            times.append(time.thread_time() - began)
        # The least, because the slowest of many threads is looked for, and whatever else the machine does only adds.
        return min(times)

    result: dict[str, object] = {
        "threads": len(chosen),
        "depth": max(depths.values()) + 1,
        "length": max(longest.values()),
    }
    for view in ("flat", "tree"):
        other = median(cost(thread, view) for thread in others)
        worst = max(cost(thread, view) for thread in Thread.objects.filter(pk__in=chosen))
        result[view] = {"worst": worst, "other": other}
    print(json.dumps(result))


if __name__ == "__main__":
    _main()
