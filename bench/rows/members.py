"""Rows 3, 4 and 5: a signed-in member's page of an original post and fifty replies, beside the twin and beside bare ASGI.

CPU seconds of the thread that renders, from the parsed request to the whole body: ours through `front.rendering.render`,
exactly as a lane of the front calls Django; the twin through Django's own WSGI handler. Neither counts parsing HTTP or
compressing. The two live in processes of their own and take turns.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from bench.community import PAGE_THREAD
from bench.ground import Ground
from bench.measuring import Row, median
from bench.stations import Station

CALLS = {"page": 12, "cold": 6, "bare": 12, "twin": 3, "hello": 60}


def measure(ground: Ground) -> list[Row]:
    """The three ratios, each the median of the ratios of its rounds."""
    home = ground.home()
    rounds = ground.rounds * 3
    with ExitStack() as stack:
        twin = stack.enter_context(
            Station(
                "bench.twin.station", str(PAGE_THREAD), environment={"TWIN_DATABASE": str(home / "palaver.sqlite3")}
            )
        )
        ours = stack.enter_context(Station("bench.ours", str(PAGE_THREAD), environment=ground.environment(home)))
        spent: dict[str, list[float]] = {name: [] for name in CALLS}
        for turn in range(rounds + 1):
            for name, calls in CALLS.items():
                side, call = (twin, "page" if name == "twin" else name) if name in ("twin", "hello") else (ours, name)
                seconds = side.order(call, calls)
                if turn:
                    spent[name].append(seconds)
        facts: dict[str, Any] = {"ours": ours.facts, "twin": twin.facts}

    def ratio(above: str, below: str) -> float:
        return median(one / other for one, other in zip(spent[above], spent[below], strict=True))

    cost = {name: median(values) for name, values in spent.items()}
    ground.say(
        f"the twin: {facts['twin']['statements']} statements, {cost['twin'] * 1000:.2f} ms,"
        f" {ratio('twin', 'hello'):.0f} × a hello-world of {cost['hello'] * 1000:.2f} ms"
    )
    note = f"{cost['page'] * 1000:.2f} ms, {facts['ours']['statements']} statements; {ground.absolute(cost['page'])}"
    return [
        Row("3", "signed-in 50-post page, warm, × the twin (CPU)", ratio("twin", "page"), 15, 30, True, "×", note),
        Row("4", "the same, cold fragments", ratio("twin", "cold"), 6, 12, True, "×", f"{cost['cold'] * 1000:.2f} ms"),
        Row("5", "the same, of bare ASGI + the same SQL and template (CPU)", ratio("page", "bare"), 1.8, 1.2, False, "×", f"bare {cost['bare'] * 1000:.2f} ms"),
    ]  # fmt: skip
