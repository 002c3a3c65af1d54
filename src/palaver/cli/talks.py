"""`palaver talks replay FILE`: fold a scenario file and print its states with every difference to what it expects."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

NAME = "talks"
HELP = "replay a talk's scenario file, or list those that come with Palaver"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    below = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    replaying = below.add_parser("replay", help="fold a scenario and compare it with the states it expects")
    replaying.add_argument("file", metavar="FILE", help="a scenario file, or the name of one that comes with Palaver")
    replaying.add_argument("--as-of", metavar="DATE", default="", help="read one further date")
    replaying.add_argument("--json", action="store_true", help="print states, differences and refused acts as JSON")
    below.add_parser("scenarios", help="list the scenarios that come with Palaver")


def run(args: argparse.Namespace) -> int:
    from palaver.talks.conditions import Misshapen
    from palaver.talks.scenarios import loading, replaying
    from palaver.talks.when import when

    try:
        if args.what == "scenarios":
            for name in loading.shipped():
                print(f"{name:20} {loading.load(loading.find(name)).title}")
            return 0
        scenario = loading.load(loading.find(args.file))
        if args.as_of:
            when(args.as_of)
        done = replaying.replay(scenario, as_of=args.as_of)
    except (Misshapen, ValueError, OSError) as error:
        print(f"palaver: {error}", file=sys.stderr)
        return 1
    if args.json:
        report = {
            "scenario": scenario.name,
            "states": done.states,
            "differences": [
                {"as_of": one.as_of, "what": one.what, "expected": one.expected, "found": one.found}
                for one in done.differences
            ],
            "refused": done.refused,
        }
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        print(scenario.title)
        for line in _table(done.states):
            print(line)
        for row in done.refused:
            print(f"event {row['event']} ({row['act']}) had no effect: {row['because']}")
        for one in done.differences:
            print(f"DIFFERENT  {one}", file=sys.stderr)
        print(f"{len(done.states)} dates, {len(done.differences)} differences.")
    return 1 if done.differences else 0


def _table(states: list[dict[str, Any]]) -> list[str]:
    """Dates down, the talk and each commitment across."""
    names = list(states[0]["commitments"]) if states else []
    rows = [["as of", "talk", *names]]
    for state in states:
        phase = state["phase"] + (" (stalemate)" if state["stalemate"] else "")
        cells = []
        for name in names:
            one = state["commitments"][name]
            marks = "".join(f" +{mark}" for mark in one["overlays"])
            cells.append("-" if one["state"] == "proposed" else f"{one['state']}{marks}")
        rows.append([state["as_of"], phase, *cells])
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))] if states else []
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
