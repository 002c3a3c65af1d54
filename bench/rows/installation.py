"""Rows 13 and 14: what the default installation weighs after serving pages, and how soon it serves the first."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.ground import Ground
from bench.measuring import Row, family, median, memory
from bench.servers import HOST, ask, end, free_port, palaver, wait_for

PAGES = 200


def measure(ground: Ground) -> list[Row]:
    """Memory as proportional set size of two page workers, the jobs process and their supervisor; the start as wall clock."""
    home = ground.home()
    facts = ground.inside("bench.ground", home=home)
    with palaver(home) as (port, server):
        # Guests fill the page cache, members the fragments, each page on a connection of its own so that both workers serve.
        with ThreadPoolExecutor(2) as pool:
            for _ in pool.map(lambda page: ask(port, page, {"Accept-Encoding": "gzip"}), facts["pages"][:PAGES]):
                pass
            for _ in pool.map(lambda page: ask(port, page, {"Cookie": facts["cookies"][0]}), facts["pages"][:PAGES]):
                pass
        time.sleep(1)
        pids = family(server.pid)
        each = {pid: memory([pid]) for pid in pids}
        serving = {pid for pid in pids if pid != server.pid and _listens(pid, port)}
        worker = max((each[pid] for pid in serving), default=max(each[pid] for pid in pids if pid != server.pid))
        whole = sum(each.values())
    started = median(_start(home, facts["page"]) for _ in range(ground.rounds))
    return [
        Row("13-worker", "memory of a page worker", worker, 120, 90, False, "MB", f"PSS after {2 * PAGES} pages"),
        Row("13-whole", "memory of the default installation", whole, 300, 200, False, "MB", f"{len(pids)} processes: {', '.join(f'{size:.0f}' for size in each.values())} MB"),
        Row("14", "`serve` to first page, warm disk", started, 3, 1.5, False, "s", ground.absolute(started)),
    ]  # fmt: skip


def _listens(pid: int, port: int) -> bool:
    """Whether a process holds a listening socket on our port."""
    wanted = f"0100007F:{port:04X}"
    try:
        table = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
        inodes = {line.split()[9] for line in table if line.split()[1] == wanted and line.split()[3] == "0A"}
        held = {os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()}
    except OSError:
        return False
    return any(f"socket:[{inode}]" in held for inode in inodes)


def _start(home: Path, page: str) -> float:
    """Seconds from the command to the first whole thread page."""
    port = free_port()
    environment = {
        **os.environ,
        "PALAVER_HOME": str(home),
        "PALAVER_DATABASE_URL": "",
        "PALAVER_ORIGIN": f"http://{HOST}:{port}",
    }
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "palaver.cli.main", "serve", "--port", str(port)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(port, page, process)
        return time.perf_counter() - began
    finally:
        end(process)
