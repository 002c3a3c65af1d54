"""How things are measured: interleaved, by medians, CPU from the kernel, beside a calibration loop timed in the same run."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report. `value` is in the unit that `floor` and `aim` are in; `rising` says whether more is better."""

    id: str
    what: str
    value: float
    floor: float
    aim: float
    rising: bool
    unit: str = ""
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether the floor is met."""
        return self.value >= self.floor if self.rising else self.value <= self.floor

    @property
    def good(self) -> bool:
        """Whether the aim is met."""
        return self.value >= self.aim if self.rising else self.value <= self.aim

    def public(self) -> dict[str, Any]:
        """As `--json` prints it."""
        sign = "≥" if self.rising else "≤"
        return {
            "id": self.id, "what": self.what, "value": round(self.value, 4), "floor": self.floor, "aim": self.aim, "ok": self.ok,
            "unit": self.unit, "better": sign, "aim_met": self.good, "note": self.note,
        }  # fmt: skip


def calibration(rounds: int = 5) -> float:
    """Seconds of CPU that a fixed loop of dictionary, string and integer work takes now; the least of a few rounds."""

    def loop() -> float:
        began = time.thread_time()
        counts: dict[str, int] = {}
        for number in range(60_000):
            key = "k" + str(number * 7919 % 997)
            counts[key] = counts.get(key, 0) + len(key)
        return time.thread_time() - began

    return min(loop() for _ in range(rounds))


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def interleaved(
    *calls: Callable[[], Any], rounds: int, warm: int = 2, clock: Callable[[], float] = time.thread_time
) -> list[float]:
    """Median seconds of each call; they take turns, so that a slow moment of the machine falls on all of them."""
    times: list[list[float]] = [[] for _ in calls]
    for turn in range(warm + rounds):
        for mine, call in zip(times, calls, strict=True):
            began = clock()
            call()
            spent = clock() - began
            if turn >= warm:
                mine.append(spent)
    return [median(mine) for mine in times]


def family(pid: int) -> list[int]:
    """A process and all its descendants that live now."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    found, queue = [], [pid]
    while queue:
        one = queue.pop()
        found.append(one)
        queue.extend(children.get(one, []))
    return found


def cpu(pids: Iterable[int]) -> float:
    """Seconds of CPU, user and system, that these processes have used so far, in clock ticks of 10 ms."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / _TICK


def memory(pids: Iterable[int]) -> float:
    """Megabytes of proportional set size: shared pages are divided among those that share them."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
    return total / 1024
