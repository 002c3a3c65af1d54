"""Twice the text, about twice the work: no stranger's text may cost the square of its length."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from palaver.kit.text import differences
from palaver.kit.text.rendering import KINDS, LONGEST, Kind, render
from tests.kit.text.adversaries import GENS

BOUND = 2.3


def calls(act: Callable[[], object]) -> int:
    """How many functions, Python's and C's, an act calls."""
    count = 0

    def counting(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        if event in ("call", "c_call"):
            count += 1

    sys.setprofile(counting)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def seconds(act: Callable[[], object], tries: int) -> float:
    best = float("inf")
    gc.collect()
    gc.disable()
    try:
        for _ in range(tries):
            start = time.process_time()
            act()
            best = min(best, time.process_time() - start)
    finally:
        gc.enable()
    return best


@pytest.mark.parametrize("kind", KINDS)
def test_twice_the_text_takes_twice_the_calls(kind: Kind) -> None:
    for name, made in GENS.items():
        half, whole = made(3000)[:3000], made(6000)[:6000]
        render(half, kind)
        ratio = (calls(lambda: render(whole, kind)) + 500) / (calls(lambda: render(half, kind)) + 500)  # noqa: B023
        assert ratio <= BOUND, f"{kind}, {name}: {ratio:.2f}"


def test_the_counter_notices_the_square() -> None:
    def squared(length: int) -> None:
        for _ in range(length):
            for _ in range(length):
                len("")

    assert calls(lambda: squared(80)) / calls(lambda: squared(40)) > BOUND


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 50_000, "b " * 50_000),
        ("a\n" * 50_000, "a\nb\n" * 25_000),
        ("".join(f"{n} " for n in range(17_000)), "".join(f"{n} " for n in range(17_000, 0, -1))),
        ("ab" * 50_000, "ba" * 50_000),
    ],
)
def test_comparing_long_texts_is_bounded_work(old: str, new: str) -> None:
    assert calls(lambda: differences.segments(old, new)) < 2_000_000


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_time_grows_with_the_length_up_to_the_cap(kind: Kind) -> None:
    """The mean growth over the last two doublings; the worst are printed (pytest -s -m long)."""
    worst: list[tuple[float, float, str]] = []
    for name, made in GENS.items():
        for attempt in range(3):
            quarter, whole = (
                seconds(lambda: render(made(size)[:size], kind), 2 + attempt)  # noqa: B023
                for size in (LONGEST // 4, LONGEST)
            )
            # Ten milliseconds are added to both: below that the clock, not the text, decides.
            ratio = ((whole + 0.01) / (quarter + 0.01)) ** 0.5
            if ratio <= BOUND:
                break
        worst.append((ratio, whole, name))
    for ratio, whole, name in sorted(worst, reverse=True)[:5]:
        print(f"{kind}: {ratio:.2f} a doubling, {whole * 1000:.0f} ms at the cap: {name}")
    print(f"{kind}: slowest {max(worst, key=lambda one: one[1])}")
    assert max(worst)[0] <= BOUND
