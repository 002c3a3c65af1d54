"""`palaver demo`: fill the demo community and serve it."""

from __future__ import annotations

import argparse
import os

NAME = "demo"
HELP = "fill a demo community and serve it on this machine"
DJANGO = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on (default: 8000)")
    parser.add_argument("--workers", type=int, default=0, help="page workers (default: one per core)")
    parser.add_argument("--fill-only", action="store_true", help="make the community and stop, without serving it")


def run(args: argparse.Namespace) -> int:
    from palaver.demo import reading_content

    # Name and address of the demo are settings like any other; they must stand before Django is set up.
    community = reading_content.load()
    os.environ.setdefault("PALAVER_HOME", str(_home()))
    os.environ.setdefault("PALAVER_NAME", community.name)
    os.environ.setdefault("PALAVER_SENTENCE", community.sentence)
    os.environ.setdefault("PALAVER_ORIGIN", f"http://127.0.0.1:{args.port}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palaver.project.settings")
    import django

    django.setup()
    return _fill_and_serve(args, community)


def _home() -> object:
    """The demo has a home of its own, so that it never lies in a real community's."""
    from palaver.kit import env

    return env.home() / "demo"


def _fill_and_serve(args: argparse.Namespace, community: object) -> int:
    from django.core.management import call_command

    from palaver.accounts.models import Member
    from palaver.cli import serve
    from palaver.cli.progress import Progress
    from palaver.demo import playing
    from palaver.demo.reading_content import Community
    from palaver.kit import env

    assert isinstance(community, Community)
    env.home().mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    if not Member.objects.exists():
        told = [0]
        with Progress(f"Filling {community.name}", unit="acts") as bar:

            def tell(done: int, of: int) -> None:
                bar.expect(of)
                bar.advance(done - told[0])
                told[0] = done

            playing.play(community, progress=tell)
    if args.fill_only:
        return 0
    print(f"\n{community.name}: sign in as any member; the password of all is “{playing.PASSWORD}”.")
    print("  Odile   the operator          Chidi  host of General Discussion")
    print("  Ana     a member, with things new to her since she last looked")
    print("  Jonas   suspended             Quinn  a newcomer with one post\n", flush=True)
    return serve.run(argparse.Namespace(host="127.0.0.1", port=args.port, workers=args.workers))
