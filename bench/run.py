"""`bin/bench`: make the community, measure row by row, print the table, exit 1 when a floor is missed."""

from __future__ import annotations

import argparse
import importlib
import json
import math
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench import measuring
from bench.ground import Ground
from bench.measuring import Row
from bench.servers import Unfit

GROUPS = {
    "guests": ("1", "2"),
    "members": ("3", "4", "5"),
    "deep": ("6",),
    "imported": ("6-imported",),
    "index": ("7",),
    "search": ("8",),
    "posting": ("9",),
    "installation": ("13", "14"),
    "crowd": ("15",),
    "talks": ("16",),
}
"""Module of `bench.rows` to the rows of the design's speed table that it measures. Rows that are not here are not measured yet."""


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("--small", action="store_true", help="100,000 posts instead of a million, shorter loads")
    parser.add_argument("--tiny", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument(
        "--json", action="store_true", help="a list of {id, what, value, floor, aim, ok} on standard output"
    )
    parser.add_argument("--rows", default="", help="only these rows of the table, such as 1,3,9")
    parser.add_argument(
        "--seconds", type=int, default=0, help="length of one load (the default is 6, with --small 3; at most 60)"
    )
    parser.add_argument("--rounds", type=int, default=0, help="how often two sides take turns (5, with --small 3)")
    parser.add_argument(
        "--work", type=Path, help="where communities are kept between runs (PALAVER_HOME/bench, or var/bench)"
    )
    return parser.parse_args(given)


def chosen(rows: str) -> list[str]:
    """The groups that hold the rows asked for; all when none is named."""
    wanted = {row.strip() for row in rows.split(",") if row.strip()}
    unknown = wanted - {row for group in GROUPS.values() for row in group}
    if unknown:
        raise SystemExit(
            f"There is no row {', '.join(sorted(unknown))} here; there are {', '.join(r for g in GROUPS.values() for r in g)}."
        )
    return [name for name, group in GROUPS.items() if not wanted or wanted & set(group)]


def main(given: Sequence[str] | None = None) -> int:
    """Measure. Returns 0 when every floor is met, 1 when one is missed or could not be measured."""
    asked = arguments(given)
    groups = chosen(asked.rows)
    home = os.environ.get("PALAVER_HOME")
    work = asked.work or (Path(home) if home else Path(__file__).resolve().parents[1] / "var") / "bench"
    work = work.expanduser().resolve()
    work.mkdir(parents=True, exist_ok=True)

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    # The machine has the last word on how its commands run: whatever database or home is set for a real installation,
    # the measurements stand on their own.
    os.environ.pop("PALAVER_DATABASE_URL", None)
    loop = measuring.calibration()
    light = asked.small or asked.tiny
    kind = "tiny" if asked.tiny else "small" if asked.small else "full"
    ground = Ground(
        work,
        kind,
        seconds=min(asked.seconds or (3 if light else 6), 60),
        rounds=asked.rounds or (3 if light else 5),
        loop=loop,
        say=say,
    )
    say(f"calibration loop: {loop * 1000:.2f} ms; community: {kind}; work: {work}")
    rows: list[Row] = []
    unfit: list[str] = []
    for name in groups:
        began = time.monotonic()
        try:
            found = importlib.import_module(f"bench.rows.{name}").measure(ground)
        except Unfit as reason:
            unfit.append(f"rows {', '.join(GROUPS[name])} not measured: {reason}")
            say(unfit[-1])
            continue
        rows += found
        if not asked.json:
            for row in found:
                print(line_of(row), flush=True)
        say(f"  ({name}: {time.monotonic() - began:.0f} s)")
    if asked.json:
        print(json.dumps([public(row) for row in rows], indent=1))
    missed = [row for row in rows if not row.ok]
    for row in missed:
        say(f"floor missed: {row.id} {row.what}: {row.value:.3g} {row.unit}, floor {row.floor} {row.unit}")
    return 1 if missed or unfit else 0


def public(row: Row) -> dict[str, object]:
    """A row as JSON, which knows no NaN."""
    made = row.public()
    if math.isnan(row.value):
        made["value"] = None
    return made


def line_of(row: Row) -> str:
    """A row for people: mark, value, floor and aim, then how it came about."""
    mark = "aim  " if row.good else "floor" if row.ok else "BELOW"
    sign = "≥" if row.rising else "≤"
    value = "not measured" if math.isnan(row.value) else f"{row.value:.3g} {row.unit}".rstrip()
    return f"{mark} {row.id:<13} {row.what:<72} {value:>12}   (floor {sign} {row.floor}, aim {sign} {row.aim})   {row.note}"
