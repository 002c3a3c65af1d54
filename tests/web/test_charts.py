"""Charts: every figure is drawn in proportion, said in words, and stands in the table."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from palaver.web import charts, templating
from palaver.web.charts import Chart, Part, Series

RYE = charts.bars("rye", "What we bake", [Part("Rye", 8), Part("Oat", 2, "2 of 10")], sentence="Ten members said.")


def drawn(chart: Chart) -> str:
    made = templating.strict().from_string('{% import "parts/charts.html" as charts %}{{ charts.chart(c) }}')
    return made.render(c=chart)


def test_a_bar_is_as_long_as_its_value_and_says_it() -> None:
    rye, oat = RYE.bars
    assert (rye.width, oat.width) == ("100.00%", "25.00%")
    assert (rye.told, oat.told) == ("Rye: 8", "Oat: 2 of 10")
    assert RYE.table.rows == (("Rye", "8"), ("Oat", "2 of 10"))


def test_bars_of_nothing_have_no_length() -> None:
    assert [bar.width for bar in charts.bars("none", "Nothing", [Part("A", 0)]).bars] == ["0.00%"]
    assert charts.share_bar("none", "Nothing", [Part("A", 0)]).bars == ()


def test_a_mark_stands_at_its_place_on_the_scale() -> None:
    chart = charts.bars("vote", "Vote", [Part("For", 4)], whole=9, mark=Part("two thirds", 6))
    assert chart.mark == ("66.67%", "two thirds", "middle")


def test_the_parts_of_a_shared_bar_follow_each_other() -> None:
    chart = charts.share_bar("vote", "Vote", [Part("For", 6), Part("Nobody", 0), Part("Against", 2)])
    assert [(bar.x, bar.width, bar.tone) for bar in chart.bars] == [
        ("0.00%", "75.00%", 1),
        ("75.00%", "25.00%", 3),
    ]
    assert [key.label for key in chart.keys] == ["For", "Nobody", "Against"]


def test_a_line_is_broken_where_a_value_is_missing() -> None:
    chart = charts.lines("time", "Time", ["May", "June", "July", "August"], [Series("Median", [4, 8, None, 2])])
    assert (len(chart.dots), len(chart.strokes)) == (3, 1)
    assert chart.table.rows[2] == ("July", "–")
    assert [tick.label for tick in chart.up] == ["", "4", "8"]
    assert chart.keys == ()


def test_in_a_language_from_right_to_left_the_drawing_begins_on_the_right() -> None:
    with translation.override("ar"):
        assert charts.bars("rye", "Rye", [Part("Rye", 8), Part("Oat", 2)]).bars[1].x == "75.00%"


def test_many_places_are_not_all_named_below() -> None:
    chart = charts.lines("days", "Days", [str(day) for day in range(60)], [Series("Cases", [1.0] * 60)])
    assert len(chart.across) <= 12
    assert len(chart.table.rows) == 60


def test_a_long_label_is_cut_in_the_drawing_and_whole_in_the_table() -> None:
    label = "Keep the thread on bread open for everybody who has ever baked a loaf, and pin it besides"
    bar = charts.bars("long", "Long", [Part(label, 1)])
    assert len(bar.bars[0].lines) == 2
    assert bar.bars[0].lines[1].endswith("…")
    assert bar.table.rows[0][0] == label


def test_a_chart_is_drawn_without_inline_style_and_named_for_those_who_hear_it() -> None:
    page = drawn(RYE)
    assert not re.search(r"\sstyle=|<style|<script", page)
    assert 'role="img" aria-labelledby="rye-title rye-desc"' in page
    assert '<title id="rye-title">What we bake</title>' in page
    assert "Ten members said." in page


def test_what_members_wrote_is_escaped_in_every_kind_of_chart() -> None:
    bad = "<script>alert(1)</script>&\"'"
    for chart in (
        charts.bars("a", bad, [Part(bad, 1, bad)], mark=Part(bad, 1), sentence=bad),
        charts.share_bar("b", bad, [Part(bad, 1), Part(bad, 2, bad)], mark=Part(bad, 1)),
        charts.lines("c", bad, [bad], [Series(bad, [1]), Series(bad, [2])], head=bad),
    ):
        page = drawn(chart)
        assert "<script" not in page
        svg = re.search(r"<svg class=.*?</svg>", page, re.DOTALL)
        assert svg is not None
        ElementTree.fromstring(svg[0])


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e9), max_size=20))
def test_no_bar_is_longer_than_the_whole(values: list[float]) -> None:
    for chart in (
        charts.bars("x", "X", [Part("a", value) for value in values]),
        charts.share_bar("x", "X", [Part("a", value) for value in values]),
    ):
        assert all(0 <= float(bar.width.rstrip("%")) <= 100 for bar in chart.bars)


@settings(deadline=None)
@given(st.floats(1e-6, 1e9))
def test_an_axis_reaches_as_far_as_its_greatest_value(value: float) -> None:
    chart = charts.lines("x", "X", ["a"], [Series("a", [value])])
    assert float(chart.dots[0].y) >= 19.9
    assert float(chart.dots[0].y) <= 20 + 150 * 0.91
