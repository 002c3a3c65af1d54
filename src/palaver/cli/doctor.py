"""`palaver doctor`: recount every stored counter from the rows it counts, and say where the two differ."""

from __future__ import annotations

import argparse
import sys

NAME = "doctor"
HELP = "recount every counter; exit code 1 when one has drifted"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mend", action="store_true", help="write the counted numbers in place of the stored ones")


def run(args: argparse.Namespace) -> int:
    from palaver.forums import counting

    drifted = list(counting.drift())
    for drift in drifted:
        print(drift)
    if not drifted:
        print("Every counter agrees with its rows.")
        return 0
    if args.mend:
        counting.mend()
        left = list(counting.drift())
        print(f"{len(drifted) - len(left)} of {len(drifted)} counters mended.")
        return 1 if left else 0
    print(
        f"{len(drifted)} counters differ from their rows. `palaver doctor --mend` writes the counted numbers.",
        file=sys.stderr,
    )
    return 1
