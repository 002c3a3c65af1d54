"""`palaver serve`: the whole application in one command."""

from __future__ import annotations

import argparse
import os
import sys

NAME = "serve"
HELP = "serve the forum: page workers, live streams and the jobs process in one"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on (default: 8000)")
    parser.add_argument("--workers", type=int, default=0, help="page workers (default: one per core)")


def run(args: argparse.Namespace) -> int:
    from django.conf import settings
    from django.core.management import call_command

    from palaver.front.supervisor import AlreadyRunning
    from palaver.kit import env
    from palaver.kit.sqlite import library
    from palaver.project import serving

    env.home().mkdir(parents=True, exist_ok=True)
    workers = args.workers or settings.PALAVER_WORKERS or os.cpu_count() or 1
    if not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        answer = library.may_run(workers + 1)
        if not answer:
            print(f"palaver serve: {answer.because}", file=sys.stderr)
            return 1
    call_command("migrate", interactive=False, verbosity=0)
    say_how_to_set_up(args.host, args.port)
    try:
        serving.serve(args.host, args.port, workers=workers)
    except AlreadyRunning as refusal:
        print(f"palaver serve: {refusal}", file=sys.stderr)
        return 1
    return 0


def say_how_to_set_up(host: str, port: int) -> None:
    """Print the founder's address while the installation is empty: whoever reads the console may set it up."""
    from django.conf import settings

    from palaver.forums.founding import is_founded
    from palaver.web.founding import tokens

    if is_founded():
        return
    named = "PALAVER_ORIGIN" in os.environ
    origin = settings.PALAVER_ORIGIN if named else f"http://{f'[{host}]' if ':' in host else host}:{port}"
    print(f"\nNobody has set up this installation yet. Open\n\n  {origin}/set-up?token={tokens.token()}\n", flush=True)
