"""Charts as the server draws them: bars, lines and one shared bar, each with its table.

A chart is plain data; `parts/charts.html` draws it as SVG by attributes and classes alone, because the pages allow no inline
style. Lengths across are in per cent and lengths down in pixels, so that a chart is as wide as its place while its words keep
the size of the page's. Colours are the theme's; what differs by colour differs by a pattern or a dash as well. Every figure
stands in the table, so nobody needs the drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from palaver.web.assembling import grouped

TONES = 5
"""Different looks of series and parts; the sixth looks like the first again."""

_BAR, _ROW, _LINE = 12, 46, 18
_PLOT, _TOP, _FOOT = 150, 20, 24
_LABELS = 12
_LETTERS = 38


class Part(NamedTuple):
    """One figure by its name: a bar, or a part of the shared bar. `said` is how the value is written (else a whole number)."""

    label: str
    value: float
    said: str = ""


class Series(NamedTuple):
    """One line: a value for each place of the axis, None where there is none."""

    label: str
    values: Sequence[float | None]


class ChartTable(NamedTuple):
    """The same figures to be read: column heads, and rows that begin with their name."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class DrawnBar(NamedTuple):
    """`x` and `width` in per cent of the drawing, `y` in pixels; `lines` are the label in pieces that fit a phone."""

    lines: tuple[str, ...]
    said: str
    x: str
    y: int
    width: str
    tone: int
    told: str


class Dot(NamedTuple):
    x: str
    y: str
    told: str
    tone: int


class Stroke(NamedTuple):
    x1: str
    y1: str
    x2: str
    y2: str
    tone: int


class Tick(NamedTuple):
    """A mark of an axis: where it stands, and its words (none at nought, where the line itself says it)."""

    at: str
    label: str


class Mark(NamedTuple):
    """A place on a bar's scale, its words, and on which side of it they stand (an SVG text anchor)."""

    at: str
    label: str
    anchor: str


class Key(NamedTuple):
    """What a look stands for."""

    tone: int
    label: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class BarChart:
    """`mark` is a place on the scale that matters (a quorum, two thirds), with its words."""

    key: str
    title: str
    sentence: str
    height: int
    bars: tuple[DrawnBar, ...]
    table: ChartTable
    rtl: bool
    mark: Mark | None = None
    kind: ClassVar[str] = "bars"


@dataclass(frozen=True, slots=True)
class LineChart:
    key: str
    title: str
    sentence: str
    height: int
    strokes: tuple[Stroke, ...]
    dots: tuple[Dot, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    keys: tuple[Key, ...]
    table: ChartTable
    rtl: bool
    kind: ClassVar[str] = "lines"


@dataclass(frozen=True, slots=True)
class ShareChart:
    key: str
    title: str
    sentence: str
    height: int
    bars: tuple[DrawnBar, ...]
    keys: tuple[Key, ...]
    table: ChartTable
    rtl: bool
    mark: Mark | None = None
    kind: ClassVar[str] = "share"


Chart = BarChart | LineChart | ShareChart


def bars(
    key: str,
    title: str,
    parts: Sequence[Part],
    *,
    sentence: str = "",
    columns: tuple[str, str] | None = None,
    whole: float | None = None,
    mark: Part | None = None,
) -> BarChart:
    """One bar below the other. `whole` is the value of a full bar (the greatest there is, unless told); `key` names the
    drawing on its page and is a word of letters and hyphens. Values are not negative."""
    full = whole if whole is not None else max((part.value for part in parts), default=0)
    full = max(full, mark.value if mark else 0)
    rtl, y, drawn = get_language_bidi(), _LINE if mark else 0, []
    for part in parts:
        lines = _pieces(part.label)
        wide = _share(part.value, full)
        said = _said(part)
        drawn.append(DrawnBar(lines, said, _from(0, wide, rtl), y, _percent(wide), 1, f"{part.label}: {said}"))
        y += _ROW + _LINE * (len(lines) - 1)
    return BarChart(
        key,
        title,
        sentence,
        max(y, 1),
        tuple(drawn),
        _table(parts, columns),
        rtl,
        _mark(mark, full, rtl),
    )


def lines(
    key: str,
    title: str,
    places: Sequence[str],
    series: Sequence[Series],
    *,
    sentence: str = "",
    head: str = "",
    short: Sequence[str] = (),
    said: Callable[[float], str] | None = None,
    top: float | None = None,
) -> LineChart:
    """One line a series over the same places, the earliest first. `short` are the places' names below the axis where they
    differ from those of the table; `head` is the table's first column; `top` is the value at the upper edge."""
    say = said or _whole
    rtl, count = get_language_bidi(), max(len(places), 1)
    values = [value for one in series for value in one.values if value is not None]
    high = top if top is not None else _round_up(max(values, default=0))

    def across(place: int) -> str:
        return _from((place + 0.5) * 100 / count, 0, rtl)

    def down(value: float) -> str:
        return f"{_TOP + _PLOT * (1 - _share(value, high) / 100):.1f}"

    strokes: list[Stroke] = []
    dots: list[Dot] = []
    for number, one in enumerate(series):
        tone = number % TONES + 1
        before: tuple[str, str] | None = None
        for place, value in enumerate(one.values):
            if value is None:
                before = None
                continue
            here = (across(place), down(value))
            if before is not None:
                strokes.append(Stroke(*before, *here, tone))
            name = f"{one.label}, {places[place]}" if len(series) > 1 else places[place]
            dots.append(Dot(*here, f"{name}: {say(value)}", tone))
            before = here
    every = -(-count // _LABELS)
    labels = short or places
    return LineChart(
        key,
        title,
        sentence,
        _TOP + _PLOT + _FOOT,
        tuple(strokes),
        tuple(dots),
        tuple(Tick(across(place), labels[place]) for place in range(0, len(places), every)),
        tuple(Tick(down(high * part), say(high * part) if part else "") for part in (0, 0.5, 1)) if high else (),
        tuple(Key(number % TONES + 1, one.label) for number, one in enumerate(series)) if len(series) > 1 else (),
        ChartTable(
            (head, *(one.label for one in series)),
            tuple(
                (name, *("–" if one.values[place] is None else say(one.values[place] or 0) for one in series))
                for place, name in enumerate(places)
            ),
        ),
        rtl,
    )


def share_bar(
    key: str,
    title: str,
    parts: Sequence[Part],
    *,
    sentence: str = "",
    columns: tuple[str, str] | None = None,
    mark: Part | None = None,
) -> ShareChart:
    """One bar that is the whole, cut into its parts. `mark` stands at a value counted from the bar's beginning."""
    whole = sum(part.value for part in parts)
    rtl, begun, drawn = get_language_bidi(), 0.0, []
    top = _LINE if mark else 0
    for number, part in enumerate(parts):
        wide, said = _share(part.value, whole), _said(part)
        if part.value > 0:
            tone = number % TONES + 1
            drawn.append(
                DrawnBar((), said, _from(begun, wide, rtl), top, _percent(wide), tone, f"{part.label}: {said}")
            )
        begun += wide
    return ShareChart(
        key,
        title,
        sentence,
        top + 28,
        tuple(drawn),
        tuple(Key(number % TONES + 1, part.label, _said(part)) for number, part in enumerate(parts)),
        _table(parts, columns),
        rtl,
        _mark(mark, whole, rtl),
    )


def _mark(mark: Part | None, whole: float, rtl: bool) -> Mark | None:
    if mark is None:
        return None
    place = _share(mark.value, whole)
    return Mark(_from(place, 0, rtl), mark.label, "start" if place < 25 else "end" if place > 75 else "middle")


def _table(parts: Sequence[Part], columns: tuple[str, str] | None) -> ChartTable:
    return ChartTable(columns or (_("What"), _("Number")), tuple((part.label, _said(part)) for part in parts))


def _said(part: Part) -> str:
    return part.said or _whole(part.value)


def _whole(value: float) -> str:
    if value != int(value):
        return f"{value:.1f}"
    return grouped(get_language() or "en", int(value))


def _share(value: float, whole: float) -> float:
    """Per cent of the whole, never beyond it; nothing of nothing is nothing."""
    return max(0.0, min(100.0, value * 100 / whole)) if whole > 0 else 0.0


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _from(begin: float, width: float, rtl: bool) -> str:
    """Where something of a width begins, counted from the side on which reading begins."""
    return _percent(100 - begin - width if rtl else begin)


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 5, 8 or 10 times a power of ten: the upper edge of an axis whose half is a plain number too."""
    if value <= 0:
        return 0
    step = 1.0
    while step * 10 < value:
        step *= 10
    while step >= value * 10:
        step /= 10
    return next(step * times for times in (1, 2, 4, 5, 8, 10) if step * times >= value)


def _pieces(label: str) -> tuple[str, ...]:
    """A label in at most two lines that fit beside their figure on a phone; what is longer ends in an ellipsis there."""
    if len(label) <= _LETTERS:
        return (label,)
    cut = label.rfind(" ", 0, _LETTERS + 1)
    cut = cut if cut > _LETTERS // 2 else _LETTERS
    rest = label[cut:].strip()
    return (label[:cut].strip(), rest if len(rest) <= _LETTERS else rest[: _LETTERS - 1].rstrip() + "…")
