"""`palaver check`: look at what an installation stands on and say, in sentences, what is missing or unsafe."""

from __future__ import annotations

import argparse
import ipaddress
import json
import os
import resource
import shutil
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

NAME = "check"
HELP = "explain what is missing or unsafe; exit code 1 when something must be put right"

MEGABYTE = 1024 * 1024
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one matter. `weight` is "good", "note" (worth knowing) or "wrong" (must be put right)."""

    matter: str
    weight: str
    sentence: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print a list of matter, weight and sentence")


def run(args: argparse.Namespace) -> int:
    findings = list(look())
    if args.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            print(f"{finding.weight:5}  {finding.matter}: {finding.sentence}")
    return 1 if any(finding.weight == "wrong" for finding in findings) else 0


def look() -> Iterator[Finding]:
    """Every finding about the installation that PALAVER_HOME and the environment describe, good ones included."""
    from django.conf import settings

    from palaver.kit import env

    home = env.home()
    yield from of_home(home)
    yield from of_secrets(home / "secrets")
    yield from of_database()
    yield of_origin(settings.PALAVER_ORIGIN)
    yield of_mail(settings.PALAVER_MAIL_URL)
    yield from of_proxies(settings.PALAVER_TRUSTED_PROXIES, settings.PALAVER_ORIGIN)
    yield from of_limits()
    yield from of_django()


def of_home(home: Path) -> Iterator[Finding]:
    """Is the folder there, is it ours, is there room in it?"""
    if not home.is_dir():
        yield Finding("home", "note", f"{home} does not exist yet; the first start makes it.")
        return
    if not os.access(home, os.W_OK | os.X_OK):
        yield Finding("home", "wrong", f"{home} is not writable for the user who runs this. Change its owner.")
    elif home.stat().st_mode & stat.S_IWOTH:
        yield Finding("home", "wrong", f"Everybody on this machine can write in {home}. Run: chmod o-w {home}")
    else:
        yield Finding("home", "good", f"{home} is there and writable.")
    free = shutil.disk_usage(home).free // MEGABYTE
    if free < 200:
        yield Finding("disk", "wrong", f"Only {free} MB are free where {home} lies. Posts will soon be refused.")
    elif free < 2000:
        yield Finding("disk", "note", f"{free} MB are free where {home} lies. Make room before that is used up.")
    else:
        yield Finding("disk", "good", f"{free // 1000} GB are free.")


def of_secrets(folder: Path) -> Iterator[Finding]:
    """Secrets are for their owner's eyes alone."""
    if not folder.is_dir():
        return
    open_to_others = [path for path in sorted(folder.iterdir()) if path.is_file() and path.stat().st_mode & 0o077]
    for path in open_to_others:
        mode = stat.S_IMODE(path.stat().st_mode)
        yield Finding("secrets", "wrong", f"Others can read {path} (mode {mode:o}). Run: chmod 600 {path}")
    if not open_to_others:
        yield Finding("secrets", "good", "Only their owner can read them.")


def of_database() -> Iterator[Finding]:
    """Does it answer, is it a version that keeps what it promised, is it prepared for this version of Palaver?"""
    from django.db import DEFAULT_DB_ALIAS, Error, connection
    from django.db.migrations.executor import MigrationExecutor

    if connection.vendor == "sqlite":
        yield of_sqlite_library()
        name = Path(str(connection.settings_dict["NAME"]))
        if not name.exists():
            yield Finding("database", "note", f"{name} does not exist yet; `palaver migrate` makes it.")
            return
        if name.stat().st_mode & stat.S_IWOTH:
            yield Finding("database", "wrong", f"Everybody on this machine can write {name}. Run: chmod o-w {name}")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            if connection.vendor == "postgresql":
                yield from of_postgresql(cursor.connection.info.server_version, cursor.connection.info.encoding)
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error as error:
        yield Finding("database", "wrong", f"{DEFAULT_DB_ALIAS} does not answer: {' '.join(str(error).split())}")
        return
    if not plan:
        yield of_founding()
        yield of_draw()
    if plan:
        yield Finding("database", "note", f"{len(plan)} migrations have not run; `palaver migrate` runs them.")
    else:
        yield Finding("database", "good", f"{connection.display_name} answers and is up to date.")


def of_founding() -> Finding:
    """Is there a community, and somebody who runs it?"""
    from palaver.accounts.models import Member
    from palaver.forums.founding import is_founded

    if not is_founded():
        return Finding(
            "set-up", "note", "Nobody has set up this installation: open the address that `palaver serve` prints."
        )
    if not Member.objects.filter(is_operator=True, claimed_at__isnull=False, left_at=None).exists():
        return Finding("set-up", "note", "It has no operator; `palaver createoperator NAME` makes one.")
    return Finding("set-up", "good", "It is set up and has an operator.")


def of_draw() -> Finding:
    """Is the draw secret the one that the seeds on the record were committed with?"""
    from palaver.kit import env
    from palaver.standards import lot, seeds
    from palaver.standards.models import Seed

    newest = Seed.objects.order_by("-day").first()
    file = env.home() / "secrets" / seeds.FILE
    there = bool(env.text(seeds.SECRET)) or file.is_file()
    if newest is None:
        return Finding(
            "draw", "note", "No seed is committed to yet; the first start makes the draw secret and does it."
        )
    if not there:
        return Finding(
            "draw",
            "wrong",
            f"The draw secret is missing, and seeds on the record were made with it. Put {file} back from a backup;"
            " without it their seeds cannot be published, and nobody can verify the juries drawn with them.",
        )
    if lot.commitment(lot.seed(seeds.secret(), newest.day)) != newest.commitment:
        return Finding(
            "draw",
            "wrong",
            f"The draw secret is not the one that the seeds on the record were made with. Put {file} back from a backup.",
        )
    return Finding("draw", "good", "The draw secret is the one that the seeds on the record were made with.")


def of_sqlite_library() -> Finding:
    """Some SQLite versions can lose committed rows in WAL mode when several connections write."""
    from palaver.kit.sqlite import library

    decision = library.safe()
    if not decision:
        return Finding("SQLite", "wrong", decision.because)
    number = ".".join(str(part) for part in library.version())
    return Finding("SQLite", "good", f"Library {number} keeps what it has committed.")


def of_postgresql(version: int, encoding: str) -> Iterator[Finding]:
    """`version` as the server counts it: 150004 is 15.4."""
    if version < 150000:
        yield Finding("PostgreSQL", "wrong", f"The server is version {version // 10000}; Palaver needs 15 or newer.")
    if encoding.lower().replace("-", "") != "utf8":
        yield Finding("PostgreSQL", "wrong", f"The connection speaks {encoding}; it must be made with ENCODING 'UTF8'.")


def of_origin(origin: str) -> Finding:
    """The address in mails and the only one whose forms are accepted."""
    parts = urlsplit(origin)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        return Finding(
            "origin",
            "wrong",
            f"PALAVER_ORIGIN is {origin!r}; it must look like https://forum.example.org.",
        )
    if parts.hostname in LOOPBACK:
        return Finding(
            "origin", "note", f"PALAVER_ORIGIN is {origin}: only this machine can use it. Set it to the public address."
        )
    if parts.scheme == "http":
        return Finding(
            "origin", "wrong", f"{origin} sends passwords in the clear. Put a proxy with TLS in front, use https://."
        )
    return Finding("origin", "good", f"{origin}")


def of_mail(address: str) -> Finding:
    """Without mail, password resets reach only the operators' desk."""
    from django.core.exceptions import ImproperlyConfigured

    from palaver.delivery.mail import carrier

    if not address.strip():
        return Finding("mail", "note", "PALAVER_MAIL_URL is not set: mails are only shown at the operators' desk.")
    try:
        found = carrier.parse(address)
    except ImproperlyConfigured as error:
        return Finding("mail", "wrong", str(error))
    if found.password and not (found.tls or found.starttls) and found.host not in LOOPBACK:
        return Finding("mail", "wrong", f"The password for {found.host} would travel in the clear; leave out tls=none.")
    return Finding("mail", "good", f"Handed to {found.host}, port {found.port}.")


def of_proxies(names: list[str], origin: str) -> Iterator[Finding]:
    """Behind a proxy that is not trusted, all members seem to come from one address."""
    for name in names:
        try:
            network = ipaddress.ip_network(name, strict=False)
        except ValueError:
            yield Finding(
                "proxies", "wrong", f"PALAVER_TRUSTED_PROXIES holds {name!r}, which is no address or network."
            )
            continue
        if network.prefixlen == 0:
            yield Finding("proxies", "wrong", f"{name} trusts everybody to say where they come from. Name your proxy.")
    if not names and origin.startswith("https://"):
        yield Finding(
            "proxies", "note", "PALAVER_TRUSTED_PROXIES is not set: behind a proxy all members share its address."
        )


def of_limits() -> Iterator[Finding]:
    """Every open browser holds one stream, and every stream one descriptor."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < 4096:
        most = "no limit" if hard == resource.RLIM_INFINITY else hard
        yield Finding(
            "open files",
            "note",
            f"A process may open {soft} files, and every live reader takes one (hard limit: {most}).",
        )


def of_django() -> Iterator[Finding]:
    """What the framework itself finds wrong with models and settings."""
    from django.core import checks

    for message in checks.run_checks():
        if message.is_serious():
            yield Finding("framework", "wrong", " ".join(str(message.msg).split()))
