"""`palaver`: finds the command, tells it where the home is, and turns what goes wrong into one sentence.

A command is a module named in COMMANDS. Such a module imports at its top only what needs no Django; domain packages are
imported in its `run`, which is called once PALAVER_HOME stands and Django is set up (unless the module says
`DJANGO = False`, as one that only starts other processes may).
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

import palaver

# The one list of commands, in the order in which `palaver --help` shows them.
COMMANDS: tuple[str, ...] = (
    "palaver.cli.demo",
    "palaver.cli.serve",
    "palaver.cli.backup",
    "palaver.cli.check",
    "palaver.cli.createoperator",
    "palaver.cli.doctor",
    "palaver.cli.import_",
    "palaver.cli.migrate",
    "palaver.cli.reindex",
    "palaver.cli.restore",
    "palaver.cli.talks",
    "palaver.cli.verify",
)

SETTINGS = "palaver.project.settings"
FAILED, MISUSED, INTERRUPTED = 1, 2, 130


class Command(Protocol):
    """What a command's module holds. `run` returns the exit code: 0 when all is well."""

    NAME: str
    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


def commands() -> list[Command]:
    """Every command's module, imported."""
    return [cast(Command, importlib.import_module(name)) for name in COMMANDS]


def parser(known: Sequence[Command]) -> argparse.ArgumentParser:
    """The words that `palaver` understands. `--home` may stand before or after the command."""
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument(
        "--home",
        metavar="FOLDER",
        default=argparse.SUPPRESS,
        help="where this installation keeps its data (default: PALAVER_HOME, else ./var in a checkout)",
    )
    top = argparse.ArgumentParser(prog="palaver", description=palaver.__doc__, parents=[everywhere])
    top.add_argument("--version", action="version", version=f"Palaver {palaver.__version__}")
    below = top.add_subparsers(dest="command", metavar="COMMAND", required=True, title="commands")
    for command in known:
        words = below.add_parser(command.NAME, help=command.HELP, description=command.HELP, parents=[everywhere])
        command.add_arguments(words)
        words.set_defaults(run_command=command)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code of the process."""
    try:
        try:
            args = parser(commands()).parse_args(argv)
            if hasattr(args, "home"):
                # Kept as given, but absolute: the processes that a command starts may stand in another folder.
                os.environ["PALAVER_HOME"] = str(Path(args.home).expanduser().resolve())
            return _run(args)
        finally:
            # What was printed may still be held back, and its reader gone: that is known here and not when Python ends.
            sys.stdout.flush()
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (`| head`) has seen enough. Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _run(args: argparse.Namespace) -> int:
    # Django's exceptions exist once Django is imported, which a command without it never needs.
    expected: tuple[type[BaseException], ...] = (OSError,)
    command: Command = args.run_command
    try:
        if getattr(command, "DJANGO", True):
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
            import django
            from django.core.exceptions import ImproperlyConfigured, ValidationError
            from django.db import Error as DatabaseError

            from palaver.kit.decisions import Refusal

            expected = (OSError, Refusal, ImproperlyConfigured, ValidationError, DatabaseError)
            django.setup()
        return command.run(args)
    except BrokenPipeError:
        raise
    except expected as trouble:
        if os.environ.get("PALAVER_TRACEBACK"):
            traceback.print_exc()
        print(f"palaver {command.NAME}: {sentence(trouble)}", file=sys.stderr)
        return FAILED


def sentence(trouble: BaseException) -> str:
    """What went wrong, on one line."""
    if isinstance(trouble, OSError) and trouble.strerror:
        named = f"{trouble.filename}: " if trouble.filename else ""
        return f"{named}{trouble.strerror}."
    messages: object = getattr(trouble, "messages", None)
    text = " ".join(str(message) for message in messages) if isinstance(messages, list) else str(trouble)
    text = " ".join(text.split()) or type(trouble).__name__
    if type(trouble).__name__ == "OperationalError" and "no such table" in text:
        text += " – the database has not been prepared; run `palaver migrate`"
    return text if text[-1] in ".!?" else f"{text}."


if __name__ == "__main__":
    sys.exit(main())
