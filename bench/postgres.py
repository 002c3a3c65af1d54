"""A PostgreSQL of our own for the length of a measurement, when its programs are on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.servers import HOST, Unfit, free_port


def _programs() -> Path:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").is_file():
            return folder
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    raise Unfit("PostgreSQL is missing. On Debian: apt-get install postgresql")


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start it on a kept data folder (made when new) with Debian's settings. Gives the address of its database `palaver`."""
    programs = _programs()
    as_owner: list[str] = []
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root; Debian's package brings this account.
        as_owner = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
        if subprocess.run([*as_owner, "test", "-w", str(folder)]).returncode:
            raise Unfit(f"{folder} cannot be reached by the account postgres; choose another --work.")
    data, port = folder / "data", free_port()
    log = folder / "log"
    if not (data / "PG_VERSION").is_file():
        subprocess.run(
            [*as_owner, str(programs / "initdb"), "-D", str(data), "-U", "palaver", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
            check=True, stdout=subprocess.DEVNULL, timeout=120, cwd=folder,
        )  # fmt: skip
    options = f"-p {port} -c listen_addresses={HOST} -c unix_socket_directories={folder} -c max_wal_size=2GB"
    control = [*as_owner, str(programs / "pg_ctl"), "-D", str(data)]
    subprocess.run(
        [*control, "-w", "-l", str(log), "-o", options, "start"],
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=120,
        cwd=folder,
    )
    try:
        import psycopg

        with psycopg.connect(host=HOST, port=port, user="palaver", dbname="postgres", autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'palaver'").fetchone():
                connection.execute("CREATE DATABASE palaver")
        yield f"postgresql://palaver@{HOST}:{port}/palaver"
    finally:
        subprocess.run(
            [*control, "-w", "-m", "fast", "stop"], check=False, stdout=subprocess.DEVNULL, timeout=60, cwd=folder
        )
