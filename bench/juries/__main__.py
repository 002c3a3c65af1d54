"""`bin/bench-juries`: what juries get wrong, what they miss, what members who have agreed can do to them, how long they take.

Annotators and items are fitted to half of the votes under ../shared/data/jury-votes, anew for each seed; truth is what the
majority of all fitted annotators says at an item's level, drawn from its posterior. Panels are drawn from the fitted annotators
(larger ones than the five real votes an item has are therefore model-based). Figures are means over the seeds with 95 %
intervals. Presence, conflicts and answers are assumptions, named in `bench/juries/community.py` and `panels.py`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.juries import fitting, panels
from bench.juries.community import Visits
from bench.juries.panels import ALL, NONE, Clique, Community, Item, Rules, plain

STUDENT = 2.093
"""The 97.5 % point of Student's t with 19 degrees of freedom: twenty seeds."""
PANELS = ((3, 2), (3, 3), (5, 3), (5, 4), (7, 4), (7, 5), (7, 6), (11, 6), (11, 7), (11, 8))
SHARES = (0.05, 0.10, 0.20)
POOL, A_DAY = 200, 1.0
RULES: dict[str, Rules] = {
    "plain random 7, 4 to remove": plain(),
    "those present first, 4 of 7, no rule": NONE,
    "all rules": ALL,
    "all but the supermajority": replace(ALL, supermajority=False),
    "all but the wait": replace(ALL, wait=False),
    "all but the rest": replace(ALL, rest=False),
    "all but conflicts": replace(ALL, conflicts=False),
    "all but the chance": replace(ALL, chance=False),
    "all but opened threads": replace(ALL, opened=False),
    "all but the appeal": replace(ALL, appeal=False),
    "all; a bare majority asks further members (not built)": replace(ALL, widen=True),
    "all; lowest tickets of the whole pool first (not built)": replace(ALL, reach=True),
}
CLIQUES: dict[str, Clique] = {
    "honest": Clique(),
    **{f"{share:.0%}": Clique(share) for share in SHARES},
    **{f"{share:.0%} always here": Clique(share, always=True) for share in SHARES},
    "10% careful": Clique(0.10, careless=False),
    "10% careful, always here": Clique(0.10, always=True, careless=False),
}
MEASURED = (
    "all rules",
    "all but the supermajority",
    "all; a bare majority asks further members (not built)",
    "all; lowest tickets of the whole pool first (not built)",
)
"""The sets of rules that are held against the goals; the first is what the product does."""
AIMS = ("remove", "keep")
SMALL = {40: (5, 3), 12: (3, 2)}
"""Smaller pools, each with the plain panel of the size that the charter gives it."""
TIMES: dict[str, tuple[int, float, Rules]] = {
    "50": (50, 0.5, ALL),
    "500": (500, 0.5, ALL),
    "500, three times as many cases": (500, 1.5, ALL),
    "500, without the wait": (500, 0.5, replace(ALL, wait=False)),
    "500, a bare majority asks further members (not built)": (500, 0.5, replace(ALL, widen=True)),
    "5000": (5000, 0.5, ALL),
}
"""Active members, cases a day for each 100 who may judge (0.5 is what the table of rules has), and the rules."""
PARTS = ("panels", "rules", "aims", "small", "times")
ABLE = 0.6
"""How many of a community's active members may judge: settled, with ten posts, available."""


def one_seed(data: str, seed: int, cases: int, parts: Collection[str] = PARTS) -> dict[str, Any]:
    """Everything of one seed, as plain figures."""
    votes, chance = fitting.read(Path(data)), random.Random(seed)
    learnt, kept = fitting.halves(votes, chance)
    fitted, dawid_skene = fitting.levels(votes, learnt), fitting.classes(votes, learnt)
    curves = [fitted.curve(one) for one in range(votes.annotators) if fitted.seen[one] >= 5]
    mean = [statistics.fmean(curve[level] for curve in curves) for level in range(len(fitting.LEVELS))]

    def items(count: int) -> list[Item]:
        found = []
        for _ in range(count):
            level = chance.choices(range(len(mean)), fitted.items[chance.randrange(votes.items)])[0]
            found.append(Item(level, mean[level] > 0.5))
        return found

    base = statistics.fmean(row.breaks for row in learnt)
    figures: dict[str, Any] = {
        "fit": {
            "levels": fitting.surprise(fitted, kept),
            "Dawid–Skene": fitting.surprise(dawid_skene, kept),
            "base rate": statistics.fmean(-math.log(base if row.breaks else 1 - base) for row in kept),
        },
        "agreement": _agreement(votes, fitted, chance),
    }
    everything = items(cases)
    figures["breaking"] = statistics.fmean(item.breaks for item in everything)

    def run(rules: Rules, clique: Clique, visits: Visits, a_day: float = A_DAY) -> list[float]:
        done = panels.stream(Community(curves, visits, clique, seed), rules, everything, a_day, seed)
        return [done.wrong / done.cases, done.missed / done.cases, done.error, done.colluding / max(done.seated, 1)]

    visits = Visits(POOL, int(cases / A_DAY) + 6, random.Random(seed))
    figures["panels"] = "panels" in parts and {
        f"{needed} of {seats}": {
            name: run(plain(seats, needed), CLIQUES[name], visits) for name in ("honest", "5%", "10%", "20%")
        }
        for seats, needed in PANELS
    }
    figures["rules"] = "rules" in parts and {
        name: {clique: run(rules, who, visits) for clique, who in CLIQUES.items()} for name, rules in RULES.items()
    }
    figures["aims"] = "aims" in parts and {
        f"{name}; the clique {'wants it removed' if aim == 'remove' else 'wants it kept'}": {
            clique: run(RULES[name], replace(CLIQUES[clique], aim=aim), visits) for clique in ("10%", "10% always here")
        }
        for aim in AIMS
        for name in ("plain random 7, 4 to remove", "all rules")
    }
    figures["small"] = {}
    for size, panel in SMALL.items() if "small" in parts else ():
        few = Visits(size, int(cases / 0.5) + 6, random.Random(seed))
        for name, rules in (
            (f"pool of {size}: plain random {panel[0]}, {panel[1]} to remove", plain(*panel)),
            (f"pool of {size}: all rules", ALL),
            (f"pool of {size}: all but the supermajority", replace(ALL, supermajority=False)),
            (f"pool of {size}: all; a bare majority asks further members (not built)", replace(ALL, widen=True)),
        ):
            figures["small"][name] = {
                clique: run(rules, CLIQUES[clique], few, 0.5) for clique in ("honest", "10%", "20%")
            }
    if "times" in parts:
        figures["times"] = {name: _times(*what, curves, items, seed) for name, what in TIMES.items()}
    return figures


def _times(
    members: int,
    a_day: float,
    rules: Rules,
    curves: Sequence[Sequence[float]],
    items: Callable[[int], list[Item]],
    seed: int,
) -> dict[str, list[float]]:
    """How long the cases of some weeks took: up to sixty cases, in seconds."""
    pool = round(members * ABLE)
    rate = a_day * pool / 100
    cases = min(60, max(12, round(rate * 20)))
    crowd = Visits(pool, math.ceil(cases / rate) + 6, random.Random(seed))
    sat = panels.stream(Community(curves, crowd, Clique(), seed), rules, items(cases), rate, seed)
    both = [asked + took for asked, took in zip(sat.asked_after, sat.took, strict=True)]
    return {"asked_after": sat.asked_after, "took": sat.took, "both": both}


def _agreement(votes: fitting.Votes, fitted: fitting.Fitted, chance: random.Random) -> dict[str, list[float]]:
    """How many of five votes break, over all items: the real ones and those that the model makes of the same annotators."""
    curves = [fitted.curve(one) for one in range(votes.annotators)]
    level = [chance.choices(range(len(line)), line)[0] for line in fitted.items]
    real, made = [0] * votes.items, [0] * votes.items
    for item, annotator, breaks in votes.rows:
        real[item] += breaks
        made[item] += chance.random() < curves[annotator][level[item]]
    counts = (Counter(real), Counter(made))
    return dict(zip(("real", "model"), ([c[n] / votes.items for n in range(6)] for c in counts), strict=True))


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Mean and half width of the 95 % interval over seeds."""
    if len(values) < 2:
        return values[0], math.nan
    return statistics.fmean(values), STUDENT * statistics.stdev(values) / math.sqrt(len(values))


def gathered(seeds: Sequence[dict[str, Any]], part: str) -> dict[str, dict[str, dict[str, tuple[float, float]]]]:
    """Row → column → wrong, missed, error, colluding → mean and half width."""
    names = ("wrong", "missed", "error", "colluders on the jury")
    return {
        row: {
            column: {name: interval([one[part][row][column][n] for one in seeds]) for n, name in enumerate(names)}
            for column in columns
        }
        for row, columns in seeds[0][part].items()
    }


def goals(seeds: Sequence[dict[str, Any]], ours: str = "all rules") -> list[dict[str, Any]]:
    """The goals that the project set itself, each with what was found. `excess` is the error above the honest error of the same
    rules; it is met when the interval's upper end of (rules' excess − half of the plain panel's) is not above 0."""
    theirs = "plain random 7, 4 to remove"

    def error(row: str, column: str, what: int = 2) -> list[float]:
        return [one["rules"][row][column][what] for one in seeds]

    def mean(row: str, column: str, what: int = 2) -> float:
        return statistics.fmean(error(row, column, what))

    honest, missed = mean(ours, "honest") / mean(theirs, "honest"), mean(ours, "honest", 1) / mean(theirs, "honest", 1)
    found = [
        {"goal": "honest error ÷ the plain panel's ≤ 1.2", "value": honest, "met": honest <= 1.2},
        {"goal": "missed removals ÷ the plain panel's ≤ 1.5", "value": missed, "met": missed <= 1.5},
    ]
    for column in CLIQUES:
        if column == "honest":
            continue
        own = [a - b for a, b in zip(error(ours, column), error(ours, "honest"), strict=True)]
        plain_one = [a - b for a, b in zip(error(theirs, column), error(theirs, "honest"), strict=True)]
        centre, half = interval([a - b / 2 for a, b in zip(own, plain_one, strict=True)])
        found.append(
            {
                "goal": f"excess error with {column} ÷ the plain panel's ≤ 0.5",
                "value": statistics.fmean(own) / statistics.fmean(plain_one),
                "met": centre + half <= 0,
            }
        )
    return found


def times(seeds: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Minutes by size of the community: medians and ninth deciles over all cases of all seeds."""
    made = {}
    for size in seeds[0]["times"]:
        row = {}
        for name, key in (
            ("alert to first summons", "asked_after"),
            ("summons to verdict", "took"),
            ("alert to verdict", "both"),
        ):
            values = sorted(value / 60 for one in seeds for value in one["times"][size][key])
            row[f"{name}, median"] = statistics.median(values)
            row[f"{name}, nine in ten"] = values[int(len(values) * 0.9)]
        made[size] = row
    return made


def markdown(report: dict[str, Any]) -> str:
    """The tables as they stand in docs/standards.md."""
    lines: list[str] = []
    for title, part in (
        ("Panels drawn at random from a pool of 200, no other rule", "panels"),
        ("The rules, pool of 200, one case a day", "rules"),
        ("What a clique of 10 % wants", "aims"),
        ("Smaller pools", "small"),
    ):
        if part not in report:
            continue
        table = report[part]
        columns = list(next(iter(table.values())))
        lines += ["", f"**{title}** – wrong removals · missed removals, % of cases (± 95 %)", ""]
        lines += [f"| | {' | '.join(columns)} |", f"|---{'|---' * len(columns)}|"]
        for name, row in table.items():
            cells = (f"{_percent(row[column]['wrong'])} · {_percent(row[column]['missed'])}" for column in columns)
            lines.append(f"| {name} | {' | '.join(cells)} |")
    if report["goals"]:
        names = report["goals"]
        lines += ["", "**Goals**", "", f"| goal | {' | '.join(names)} |", f"|---{'|---' * len(names)}|"]
        for found in zip(*names.values(), strict=True):
            cells = (f"{one['value']:.2f} {'met' if one['met'] else 'not met'}" for one in found)
            lines.append(f"| {found[0]['goal']} | {' | '.join(cells)} |")
    if report["times"]:
        columns = list(next(iter(report["times"].values())))
        lines += ["", "**Minutes, by active members of the community**", ""]
        lines += [f"| members | {' | '.join(columns)} |", f"|---{'|---' * len(columns)}|"]
        for size, row in report["times"].items():
            lines.append(f"| {size} | {' | '.join(f'{row[column]:.1f}' for column in columns)} |")
    return "\n".join(lines)


def _percent(value: tuple[float, float]) -> str:
    return f"{100 * value[0]:.1f} ± {100 * value[1]:.1f}"


def main(given: Sequence[str] | None = None) -> int:
    """Simulate and print. Returns 0 when every goal is met, 1 when one is missed."""
    parser = argparse.ArgumentParser(prog="bin/bench-juries", description=__doc__)
    parser.add_argument("--json", action="store_true", help="everything as JSON on standard output")
    parser.add_argument("--seeds", type=int, default=20, help="how many seeds (20)")
    parser.add_argument("--cases", type=int, default=250, help="cases in each stream of each seed (250)")
    parser.add_argument("--data", type=Path, help="the shared archives (PALAVER_DATA, or ../shared)")
    parser.add_argument("--parts", default="", help=f"only these of {','.join(PARTS)}")
    asked = parser.parse_args(given)
    data = asked.data or Path(os.environ.get("PALAVER_DATA") or Path(__file__).resolve().parents[3] / "shared")
    if not (data / "data" / "jury-votes").is_dir():
        print(f"There are no votes to fit under {data}: set PALAVER_DATA.", file=sys.stderr)
        return 2
    began = time.monotonic()
    parts = [part for part in PARTS if not asked.parts or part in asked.parts.split(",")]
    seeds = list(_every(str(data), range(1, asked.seeds + 1), asked.cases, parts))
    report: dict[str, Any] = {
        "seeds": asked.seeds,
        "cases": asked.cases,
        "breaking": statistics.fmean(one["breaking"] for one in seeds),
        "fit": {name: interval([one["fit"][name] for one in seeds]) for name in seeds[0]["fit"]},
        "agreement": {
            name: [statistics.fmean(one["agreement"][name][n] for one in seeds) for n in range(6)]
            for name in ("real", "model")
        },
        **{part: gathered(seeds, part) for part in PARTS[:-1] if part in parts},
        "goals": {name: goals(seeds, name) for name in MEASURED} if "rules" in parts else {},
        "times": times(seeds) if "times" in parts else {},
    }
    print(json.dumps(report, ensure_ascii=False, indent=1) if asked.json else _told(report))
    print(f"({time.monotonic() - began:.0f} s)", file=sys.stderr)
    return 0 if all(one["met"] for one in report["goals"].get("all rules", ())) else 1


def _told(report: dict[str, Any]) -> str:
    fit = ", ".join(f"{name} {value:.3f} ± {half:.3f}" for name, (value, half) in report["fit"].items())
    shares = {name: " ".join(f"{value:.3f}" for value in row) for name, row in report["agreement"].items()}
    head = (
        f"Votes not fitted, nats each: {fit}.\nItems by how many of five votes break: real {shares['real']}; "
        f"model {shares['model']}.\n{report['breaking']:.0%} of the cases break the standard."
    )
    return f"{head}\n{markdown(report)}"


def _every(data: str, seeds: Iterable[int], cases: int, parts: Collection[str]) -> Iterable[dict[str, Any]]:
    with ProcessPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as workers:
        waiting = [workers.submit(one_seed, data, seed, cases, parts) for seed in seeds]
        for number, one in enumerate(waiting, 1):
            yield one.result()
            print(f"  seed {number} of {len(waiting)}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
