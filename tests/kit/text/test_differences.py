from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from palaver.kit.text import differences


def test_a_changed_word_is_one_replacement() -> None:
    assert differences.segments("We meet on Monday.", "We meet on Friday.") == [
        ("same", "We meet on "),
        ("gone", "Monday"),
        ("new", "Friday"),
        ("same", "."),
    ]


def test_equal_texts_are_one_segment_and_empty_ones_none() -> None:
    assert differences.segments("a b", "a b") == [("same", "a b")]
    assert differences.segments("", "") == []
    assert differences.segments("", "a") == [("new", "a")]


def test_the_html_holds_no_markup_but_its_own() -> None:
    assert differences.html("<b>x</b>", "<i>x</i>") == (
        "&lt;<del>b</del><ins>i</ins>&gt;x&lt;/<del>b</del><ins>i</ins>&gt;"
    )


def test_long_unlike_texts_fall_back_to_lines() -> None:
    old = "".join(f"{n} old line {n * 7}\n" for n in range(3000))
    new = old.replace("9 old", "9 new ones").replace("5 old line", "five")
    found = differences.segments(old, new)
    assert all(text.endswith("\n") for _, text in found)
    assert "".join(text for op, text in found if op != "new") == old


@given(st.text("ab \n<", max_size=60), st.text("ab \n<", max_size=60))
def test_both_texts_can_be_read_out_of_the_segments(old: str, new: str) -> None:
    found = differences.segments(old, new)
    assert "".join(text for op, text in found if op != "new") == old
    assert "".join(text for op, text in found if op != "gone") == new
    assert all(one[0] != other[0] for one, other in pairwise(found))
