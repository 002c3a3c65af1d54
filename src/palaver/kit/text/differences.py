"""What changed between two versions of a text, word by word where that is affordable."""

from __future__ import annotations

import re
from html import escape
from typing import Literal

Op = Literal["same", "gone", "new"]
Segment = tuple[Op, str]

_BUDGET = 400_000
"""Steps of comparing before words give way to lines, and lines to the whole; about a quarter of a second."""

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


def segments(old: str, new: str) -> list[Segment]:
    """The way from old to new: ("same"|"gone"|"new", text) in reading order; neighbours differ in kind.

    Joining all but the new gives `old`, all but the gone gives `new`. Texts so different that comparing words would
    take too long are compared by lines, and beyond that as a whole.
    """
    for pattern in (_WORDS, _LINES):
        found = _compared(pattern.findall(old), pattern.findall(new))
        if found is not None:
            return _joined(found)
    return _joined([("gone", old), ("new", new)])


def html(old: str, new: str) -> str:
    """Safe HTML: escaped text with `<del>` and `<ins>`; line breaks stay as they are (show it pre-wrapped)."""
    marks = {"same": "{}", "gone": "<del>{}</del>", "new": "<ins>{}</ins>"}
    return "".join(marks[op].format(escape(text, quote=False)) for op, text in segments(old, new))


def _joined(found: list[Segment]) -> list[Segment]:
    out: list[tuple[Op, list[str]]] = []
    for op, text in found:
        if not text:
            continue
        if out and out[-1][0] == op:
            out[-1][1].append(text)
        else:
            out.append((op, [text]))
    return [(op, "".join(texts)) for op, texts in out]


def _compared(old: list[str], new: list[str]) -> list[Segment] | None:
    """Myers' greedy shortest edit path between the unequal middles, or None when the budget is spent."""
    head = 0
    shorter = min(len(old), len(new))
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle = _path(old[head : len(old) - tail], new[head : len(new) - tail])
    if middle is None:
        return None
    before: list[Segment] = [("same", "".join(old[:head]))]
    after: list[Segment] = [("same", "".join(old[len(old) - tail :]))]
    return before + middle + after


def _path(old: list[str], new: list[str]) -> list[Segment] | None:
    many, more = len(old), len(new)
    if not many or not more:
        return [("gone", "".join(old)), ("new", "".join(new))]
    reach: dict[int, int] = {1: 0}
    trace: list[dict[int, int]] = []
    spent = 0
    for distance in range(many + more + 1):
        trace.append(dict(reach))
        spent += 2 * len(reach)
        for diagonal in range(-distance, distance + 1, 2):
            down = diagonal == -distance or (
                diagonal != distance and reach.get(diagonal - 1, -1) < reach.get(diagonal + 1, -1)
            )
            x = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            y = x - diagonal
            start = x
            while x < many and y < more and old[x] == new[y]:
                x += 1
                y += 1
            reach[diagonal] = x
            spent += 1 + x - start
            if x >= many and y >= more:
                return _walked_back(old, new, trace)
        if spent > _BUDGET:
            return None
    return None


def _walked_back(old: list[str], new: list[str], trace: list[dict[int, int]]) -> list[Segment]:
    x, y = len(old), len(new)
    back: list[Segment] = []
    for distance in range(len(trace) - 1, -1, -1):
        reach = trace[distance]
        diagonal = x - y
        down = diagonal == -distance or (
            diagonal != distance and reach.get(diagonal - 1, -1) < reach.get(diagonal + 1, -1)
        )
        before = diagonal + 1 if down else diagonal - 1
        start_x = reach[before]
        start_y = start_x - before
        while x > start_x and y > start_y and x > 0 and y > 0:
            x, y = x - 1, y - 1
            back.append(("same", old[x]))
        if distance:
            if down:
                y -= 1
                back.append(("new", new[y]))
            else:
                x -= 1
                back.append(("gone", old[x]))
    back.reverse()
    return _ordered(back)


def _ordered(found: list[Segment]) -> list[Segment]:
    """Within one change what is gone stands before what is new, so that it reads as a replacement."""
    out: list[Segment] = []
    gone: list[Segment] = []
    fresh: list[Segment] = []
    for segment in found:
        if segment[0] == "same":
            out += gone + fresh
            gone, fresh = [], []
            out.append(segment)
        else:
            (gone if segment[0] == "gone" else fresh).append(segment)
    return out + gone + fresh
