"""`palaver verify --record`: recompute the record."""

from __future__ import annotations

import argparse
import sys

NAME = "verify"
HELP = "recompute the record's chain and say whether it is whole"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--record", action="store_true", required=True, help="the whole record")


def run(args: argparse.Namespace) -> int:
    from palaver.front.changing import bump
    from palaver.record.verifying import verify

    found = verify()
    bump(["record"])
    for fault in found.faults:
        print(fault, file=sys.stderr)
    if not found:
        print(f"The record is NOT whole: {len(found.faults)} faults in {found.entries} entries.", file=sys.stderr)
        return 1
    print(f"The record is whole: {found.entries} entries, {found.redacted} of them redacted. Head: {found.head}")
    return 0
