"""`palaver import`: bring in an old community, again and again if need be; what stands already is never doubled."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from palaver.cli.progress import Bar

if TYPE_CHECKING:
    from palaver.transfer.importing import Importer

NAME = "import"
HELP = "bring in the archive of another forum or of a mailing list"

FAILED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    engines = parser.add_subparsers(dest="engine", metavar="ENGINE", required=True, title="engines")
    discourse = engines.add_parser(
        "discourse", help="topics of a Discourse forum: a folder or a tar of their JSON files"
    )
    discourse.add_argument("path", type=Path, metavar="PATH", help="the folder, or the tar (plain, gz, bz2, xz, zst)")
    discourse.add_argument(
        "--origin",
        default="",
        metavar="URL",
        help="the old forum's address, such as https://forum.example.org; links to its threads then lead here",
    )
    discourse.add_argument(
        "--names",
        type=Path,
        metavar="FILE",
        help='JSON that says what its categories are called: {"10": "Support"}',
    )
    mbox = engines.add_parser("mbox", help="a mailing list: mbox files, folders or tars of them")
    mbox.add_argument("path", type=Path, nargs="+", metavar="PATH")
    mbox.add_argument("--forum", default="", metavar="NAME", help="the forum's name (default: the list's)")
    for words in (discourse, mbox):
        words.add_argument(
            "--into", default="", metavar="CATEGORY", help="the category that its forums come to stand in"
        )
        words.add_argument("--dry-run", action="store_true", help="read and check everything, write nothing")
        words.add_argument("--json", action="store_true", help="print the report as JSON")
        words.add_argument("--checksum", action="store_true", help="add a checksum of everything imported so far")
        words.add_argument("--quiet", action="store_true", help="show no progress")


def run(args: argparse.Namespace) -> int:
    from palaver.transfer import importing
    from palaver.transfer.errors import ArchiveRefused
    from palaver.transfer.reporting import Report

    report = Report()
    code = 0
    because = ""
    try:
        importing.run(
            importer(args),
            into=args.into,
            dry_run=args.dry_run,
            checksum=args.checksum,
            report=report,
            watch=Bar(args.quiet),
        )
    except ArchiveRefused as refused:
        because, code = str(refused), FAILED
    if args.json:
        print(json.dumps({**report.as_json(), **({"error": because} if because else {})}, indent=2, ensure_ascii=False))
    elif report.source:
        print(report.as_table())
    if because:
        print(f"palaver import: {because}", file=sys.stderr)
        if report.counts["posts"] and not args.dry_run:
            print(
                "What was imported before that place stands whole. Mend the archive and run again to go on.",
                file=sys.stderr,
            )
    return code


def importer(args: argparse.Namespace) -> Importer:
    """The importer that the words of the command line ask for. Raises ArchiveRefused."""
    if args.engine == "mbox":
        from palaver.transfer.importers.mbox import Mbox

        return Mbox(args.path, forum=args.forum)
    from palaver.transfer.importers.discourse import Discourse

    return Discourse(args.path, origin=args.origin, names=names(args.names))


def names(path: Path | None) -> dict[str, str]:
    """What the file of --names says: old category number → name."""
    from palaver.transfer.errors import ArchiveRefused

    if path is None:
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArchiveRefused(str(path), f"the names cannot be read: {error}.") from error
    if not isinstance(found, dict) or not all(isinstance(name, str) and name.strip() for name in found.values()):
        raise ArchiveRefused(str(path), 'it must be JSON such as {"10": "Support"}.')
    return {str(number): name.strip() for number, name in found.items()}
