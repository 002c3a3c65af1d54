"""Rows 1 and 2: a guest's thread page from our page cache, beside nginx serving the very same compressed bytes.

Both have two processes; one wrk loads them in turns. CPU a request is what the kernel says all processes of a side used
during its turn, so what wrk itself takes of the two cores falls out of that ratio, though not out of the other.
"""

from __future__ import annotations

from bench.ground import Ground
from bench.measuring import Row, cpu, family, median
from bench.servers import Load, Unfit, ask, nginx, palaver, tools, wrk

GZIP = {"Accept-Encoding": "gzip"}
CONNECTIONS = 32
_HOP = {"date", "server", "connection", "keep-alive", "transfer-encoding", "content-length", "x-request-id"}


def measure(ground: Ground) -> list[Row]:
    """Requests a second and CPU a request as ratios; the 304 beside nginx's 200."""
    tools("wrk", "nginx")
    home = ground.home()
    path = ground.inside("bench.ground", home=home)["page"]
    with palaver(home) as (port, server):
        first = ask(port, path, GZIP)
        status, headers, body = ask(port, path, GZIP)
        if status != 200 or first[2] != body:
            raise Unfit(f"{path} answered {status}, or two different bodies one after the other: it is not cached.")
        if headers.get("content-encoding") != "gzip" or "etag" not in headers:
            raise Unfit(f"{path} came without gzip or ETag: {headers}")
        told = {**GZIP, "If-None-Match": headers["etag"]}
        status, _, nothing = ask(port, path, told)
        if status != 304 or nothing:
            raise Unfit(f"{path} answered {status} to its own ETag.")
        served = {name: value for name, value in headers.items() if name not in _HOP}
        with nginx(ground.work / "nginx", {path: (body, served)}) as (nginx_port, nginx_pid):
            copy = ask(nginx_port, path, GZIP)
            if copy[2] != body or copy[1].get("content-encoding") != "gzip":
                raise Unfit("nginx does not serve the same bytes.")
            turns: dict[str, list[tuple[Load, float]]] = {"ours": [], "nginx": [], "304": []}
            for turn in range(ground.rounds + 1):
                # A guest's page is drawn anew once a minute; asking before the turn keeps that out of none of the sides.
                for name in turns:
                    where, pid = (nginx_port, nginx_pid) if name == "nginx" else (port, server.pid)
                    pids = family(pid)
                    before = cpu(pids)
                    load = wrk(
                        where,
                        path,
                        seconds=ground.seconds if turn else 1,
                        connections=CONNECTIONS,
                        threads=1,
                        headers=told if name == "304" else GZIP,
                    )
                    if load.failed:
                        raise Unfit(f"{load.failed} of {load.requests} requests of '{name}' failed.")
                    if turn:
                        turns[name].append((load, (cpu(pids) - before) / load.requests))

    def rates(name: str) -> float:
        return median(one[0].rate / other[0].rate for one, other in zip(turns[name], turns["nginx"], strict=True))

    ours, theirs, same = (median(load.rate for load, _ in turns[name]) for name in ("ours", "nginx", "304"))
    spent = {name: median(seconds for _, seconds in turns[name]) for name in turns}
    work = median(other[1] / one[1] for one, other in zip(turns["ours"], turns["nginx"], strict=True))
    return [
        Row("1-rate", "guest's thread page from cache, of nginx: requests/s", rates("ours"), 0.25, 0.5, True, "", f"{ours:,.0f} of {theirs:,.0f} requests/s, {len(body):,} bytes gzip"),
        Row("1-cpu", "the same: CPU per request (nginx's ÷ ours)", work, 0.2, 0.3, True, "", f"{spent['ours'] * 1e6:.0f} µs beside {spent['nginx'] * 1e6:.0f} µs; {ground.absolute(spent['ours'])}"),
        Row("2", "304, of nginx 200: requests/s", rates("304"), 0.5, 0.75, True, "", f"{same:,.0f} of {theirs:,.0f} requests/s"),
    ]  # fmt: skip
