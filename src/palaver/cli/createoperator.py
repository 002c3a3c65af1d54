"""`palaver createoperator`: make the first member who runs the installation, or give a member that office.

The password is asked for on the terminal, or read as one line from standard input, never taken from the command line,
where every process on the machine could read it.
"""

from __future__ import annotations

import argparse
import getpass
import sys

NAME = "createoperator"
HELP = "make an operator: a new member, or one who exists"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="the member's name, as shown on their posts")
    parser.add_argument("--email", default="", help="where a password reset may be sent")


def run(args: argparse.Namespace) -> int:
    from django.db import transaction

    from palaver.accounts import joining, operating
    from palaver.accounts.models import Member

    member = Member.objects.filter(name__iexact=args.name).first()
    if member is None:
        password = ask_password()
        with transaction.atomic():
            member = joining.join(name=args.name, email=args.email, password=password)
            operating.make_operator(member, by=None)
    else:
        operating.make_operator(member, by=None)
    print(f"{member.name} is an operator of this installation.")
    return 0


def ask_password() -> str:
    """One password: typed twice at a terminal, else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    while True:
        password = getpass.getpass("Password: ")
        if password == getpass.getpass("The same again: "):
            return password
        print("The two differ; once more.", file=sys.stderr)
