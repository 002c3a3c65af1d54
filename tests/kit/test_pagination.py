"""Places, pages, pagers and cursors."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palaver.kit import pagination


@given(st.integers(1, 10_000), st.integers(1, 100))
def test_every_place_is_on_exactly_the_page_it_is_said_to_be_on(count: int, size: int) -> None:
    last = pagination.pages(count, size)
    places = [place for number in range(1, last + 1) for place in range(*_ends(pagination.page(number, count, size)))]
    assert places == list(range(1, count + 1))
    for place in (1, count, (count + 1) // 2):
        page = pagination.page(pagination.page_of(place, size), count, size)
        assert page.first <= place <= page.last


def _ends(page: pagination.Page) -> tuple[int, int]:
    return page.first, page.last + 1


def test_pages_out_of_range_are_the_nearest_there_is() -> None:
    assert pagination.page(0, 95, 50) == pagination.Page(1, 1, 50)
    assert pagination.page(9, 95, 50) == pagination.Page(2, 51, 95)
    nothing = pagination.page(1, 0, 50)
    assert nothing.empty
    assert nothing.number == 1
    with pytest.raises(ValueError, match="at least one"):
        pagination.pages(5, 0)


@pytest.mark.parametrize("text", [None, "", "x", "-1", "0", "1.5", "²", "9" * 40, " 2", "٣"])
def test_nonsense_for_a_page_number_is_page_one(text: str | None) -> None:
    assert pagination.asked(text) == 1


def test_a_page_number_is_read() -> None:
    assert pagination.asked("17") == 17


@pytest.mark.parametrize(
    ("current", "last", "shown"),
    [
        (1, 1, "[1]"),
        (1, 3, "[1] 2 3"),
        (5, 20, "1 … 4 [5] 6 … 20"),
        (4, 20, "1 2 3 [4] 5 … 20"),
        (3, 20, "1 2 [3] 4 … 20"),
        (17, 20, "1 … 16 [17] 18 19 20"),
        (20, 20, "1 … 19 [20]"),
        (99, 20, "1 … 19 [20]"),
        (0, 4, "[1] 2 3 4"),
    ],
)
def test_the_pager_shows_ends_and_neighbours(current: int, last: int, shown: str) -> None:
    here = min(max(1, current), last)
    words = [
        "…" if number is None else f"[{number}]" if number == here else str(number)
        for number in pagination.window(current, last)
    ]
    assert " ".join(words) == shown


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 4))
def test_a_gap_hides_at_least_two_pages(current: int, last: int, around: int) -> None:
    numbers = pagination.window(current, last, around)
    for before, gap, after in zip(numbers, numbers[1:], numbers[2:], strict=False):
        if gap is None:
            assert before is not None
            assert after is not None
            assert after - before > 2
    whole = [number for number in numbers if number is not None]
    assert whole == sorted(set(whole))
    assert whole[0] == 1
    assert whole[-1] == last


@given(st.integers(-(2**63), 2**63 - 1), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_a_cursor_comes_back_as_it_went(number: int, text: str) -> None:
    text = text.replace("\x00", "")
    assert pagination.decode(pagination.encode([number, text]), [int, str]) == (number, text)


@given(st.text(max_size=600))
def test_garbage_is_no_cursor_and_no_error(text: str) -> None:
    assert pagination.decode(text, [int, str]) is None or len(text) > 0


def _packed(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        None,
        "",
        "!!!!",
        "a",
        _packed({"a": 1}),
        _packed([1]),
        _packed([1, 2, 3]),
        _packed(["1", 2]),
        _packed([True, "a"]),
        _packed([2**63, "a"]),
        _packed([1.0, "a"]),
        _packed([1, "a\x00b"]),
        _packed([1, "\ud800"]),
        _packed([1, ["a"]]),
        base64.urlsafe_b64encode(b"[1,NaN]").decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"[" * 300).decode(),
        "A" * 10_000,
    ],
)
def test_a_forged_cursor_is_none(cursor: str | None) -> None:
    assert pagination.decode(cursor, [int, str]) is None


def test_a_cursor_too_long_to_come_back_is_refused_when_made() -> None:
    with pytest.raises(ValueError, match="too long"):
        pagination.encode(["x" * 1000])
