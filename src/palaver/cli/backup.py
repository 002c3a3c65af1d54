"""`palaver backup`: everything this installation owns, in one file, while it is being used."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

NAME = "backup"
HELP = "write everything into one file, while people write"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path", type=Path, nargs="?", metavar="PATH", help="a file, or a folder for it (default: backups/ in the home)"
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def run(args: argparse.Namespace) -> int:
    from palaver.cli.progress import Bar
    from palaver.transfer import backing_up

    path = (args.path or backing_up.default_path()).expanduser().absolute()
    if path.is_dir():
        path /= backing_up.name()
    made = backing_up.back_up(path, watch=Bar(args.quiet))
    print(f"{made.path}: {made.rows} rows and {made.files} files, {made.size / 1e6:.1f} MB, sealed.")
    print("It holds secrets and addresses: keep it where only you can read it, and not only on this machine.")
    for checksum in made.missing:
        print(f"The attachment {checksum} is named in the database, but its file is gone or damaged.", file=sys.stderr)
    return 1 if made.missing else 0
