"""`palaver verify CASE | --record [--url …]`: recompute the record, or the draw and the tally of a case.

Without `--url` it asks this installation's own database, where nothing is withheld; with it, what an installation publishes,
just as the file does that is served at /verify.py: both are `standards.verifier`.
"""

from __future__ import annotations

import argparse
import sys

from palaver.standards import verifier

NAME = "verify"
HELP = "recompute the record's chain, or a case's draw, and say whether it is whole"

add_arguments = verifier.arguments


def run(args: argparse.Namespace) -> int:
    if args.url or args.case_file or args.entries:
        return verifier.run(args)
    if args.case is None and not args.record:
        print("palaver verify: say which case, or --record.", file=sys.stderr)
        return 2
    return verifier.run(args, ours=_Ours())


class _Ours(verifier.Source):
    """This installation's own rows."""

    def case(self, case_id: int) -> verifier.Case:
        from palaver.standards import proving

        found = proving.case(case_id, readable=None)
        if found is None:
            raise verifier.Unreadable(f"There is no case {case_id} here, or it has no verdict yet.")
        return found

    def page(self, first: int) -> verifier.Page:
        from palaver.standards import proving

        return proving.entries(first, readable=None, size=5000)

    def heads(self) -> list[verifier.Head]:
        from palaver.standards import proving

        return proving.heads()

    def further(self) -> list[str]:
        """What only the installation itself can compare: its head's row and what was verified before. Remembers a whole record."""
        from palaver.front.changing import bump
        from palaver.record.verifying import verify

        found = verify()
        bump(["record"])
        return found.faults
