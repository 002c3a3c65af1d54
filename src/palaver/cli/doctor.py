"""`palaver doctor`: recount every stored counter from the rows it counts, and say where the two differ."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

NAME = "doctor"
HELP = "recount every counter; exit code 1 when one has drifted"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mend", action="store_true", help="write the counted numbers in place of the stored ones")


def run(args: argparse.Namespace) -> int:
    from itertools import chain

    from palaver.forums import counting
    from palaver.notices import counting as notices

    found = told(chain(counting.drift(mend=args.mend), notices.drift(mend=args.mend)))
    if not found:
        print("Every counter agrees with its rows.")
        return 0
    if not args.mend:
        print(f"{found} differ from their rows; `palaver doctor --mend` writes what was counted.", file=sys.stderr)
        return 1
    left = sum(1 for _ in chain(counting.drift(), notices.drift()))
    print(f"{found} differed from their rows; {left} still do.", file=sys.stderr)
    return 1 if left else 0


def told(sentences: Iterable[str]) -> int:
    """Print each sentence as it comes and return how many there were."""
    number = 0
    for sentence in sentences:
        print(sentence)
        number += 1
    return number
