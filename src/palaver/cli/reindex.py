"""`palaver reindex`: bring the search index up to the posts. Searching goes on meanwhile."""

from __future__ import annotations

import argparse

NAME = "reindex"
HELP = "build the search index from the posts; goes on where an earlier run was ended"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--anew", action="store_true", help="begin with the newest post again")


def run(args: argparse.Namespace) -> int:
    from palaver.cli.progress import Progress
    from palaver.search import building

    if not building.words_agree():
        print("The index of words does not agree with its documents; it is made anew from them first.", flush=True)
        building.mend_words()
    if args.anew or building.share() is None:
        building.begin()
    with Progress("Indexing", total=100, unit="%") as progress:
        for share in building.run():
            progress.advance(share - progress.done)
    found = list(building.drift())
    for sentence in found:
        print(sentence)
    return 1 if found else 0
