"""`palaver doctor`: recount every stored counter from the rows it counts, and say where the two differ; the search index too."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

NAME = "doctor"
HELP = "recount every counter and look at the search index; exit code 1 when one has drifted"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mend", action="store_true", help="write the counted numbers in place of the stored ones")
    parser.add_argument("--words", action="store_true", help="also compare every post's words with the search index")


def run(args: argparse.Namespace) -> int:
    from itertools import chain

    from palaver.ballots import counting as ballots
    from palaver.forums import counting
    from palaver.notices import counting as notices
    from palaver.search import building
    from palaver.standards import recounting

    drifts = (counting.drift, notices.drift, ballots.drift)
    found = told(chain.from_iterable(drift(mend=args.mend) for drift in drifts))
    if told(building.drift(texts=args.words)):
        print("`palaver reindex` brings the search index up to the posts.", file=sys.stderr)
        return 1
    if told(recounting.drift()):
        print("These rows of judging contradict each other, and nothing mends them by itself.", file=sys.stderr)
        return 1
    if not found:
        print("Every counter agrees with its rows.")
        return 0
    if not args.mend:
        print(f"{found} differ from their rows; `palaver doctor --mend` writes what was counted.", file=sys.stderr)
        return 1
    left = sum(1 for drift in drifts for _ in drift())
    print(f"{found} differed from their rows; {left} still do.", file=sys.stderr)
    return 1 if left else 0


def told(sentences: Iterable[str]) -> int:
    """Print each sentence as it comes and return how many there were."""
    number = 0
    for sentence in sentences:
        print(sentence)
        number += 1
    return number
