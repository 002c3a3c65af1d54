"""`palaver migrate`: bring the database to this version's shape."""

from __future__ import annotations

import argparse

NAME = "migrate"
HELP = "prepare the database, or bring it to this version's shape"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="print nothing unless something goes wrong")


def run(args: argparse.Namespace) -> int:
    from django.core.management import call_command

    from palaver.kit import env

    env.home().mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0 if args.quiet else 1)
    return 0
