"""Row 15: how long guests' cache hits take while four clients hammer signed-in pages."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

from bench.ground import Ground
from bench.measuring import Row, quantile
from bench.servers import HOST, Unfit, ask, palaver, tools, wrk

HAMMERS = 4
PAUSE = 0.004
"""Seconds between two hits of the guest: often enough to count, too seldom to be the load."""


def measure(ground: Ground) -> list[Row]:
    """The p99 of a guest who asks for one cached page after another on a kept connection."""
    tools("wrk")
    home = ground.home()
    facts = ground.inside("bench.ground", home=home)
    seconds = max(ground.seconds * 3, 6)
    with palaver(home) as (port, _), ThreadPoolExecutor(HAMMERS) as pool:
        if ask(port, facts["page"])[0] != 200:
            raise Unfit(f"{facts['page']} is not served.")
        hammers = [
            pool.submit(wrk, port, page, seconds=seconds + 1, connections=1, headers={"Cookie": cookie})
            for page, cookie in zip(facts["pages"], facts["cookies"][:HAMMERS], strict=False)
        ]
        time.sleep(0.5)
        times = _hits(port, facts["page"], seconds - 0.5)
        loads = [hammer.result() for hammer in hammers]
    if any(load.failed for load in loads):
        raise Unfit("Signed-in pages failed under the load.")
    p50, p99 = quantile(times, 0.5), quantile(times, 0.99)
    rate = sum(load.rate for load in loads)
    return [
        Row(
            "15", "cached hits' p99 while 4 clients hammer signed-in pages", p99 * 1000, 50, 20, False, "ms",
            f"p50 {p50 * 1000:.1f} ms of {len(times)} hits; {rate:.0f} signed-in pages/s; {ground.absolute(p99)}",
        )
    ]  # fmt: skip


def _hits(port: int, path: str, seconds: float) -> list[float]:
    connection = HTTPConnection(HOST, port, timeout=10)
    times = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - began)
        if answer.status != 200:
            raise Unfit(f"A cached hit was answered with {answer.status}.")
        time.sleep(PAUSE)
    connection.close()
    return times
