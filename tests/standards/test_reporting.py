"""Figures and the yearly report: counted from the rows, without a name."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaver.forums.models import Removal
from palaver.standards import appealing, convening, holding, measuring, reporting
from palaver.standards.measuring import median, months_until, nine_in_ten
from palaver.standards.reporting import Report
from tests.cast import MORNING, Cast, at, fresh
from tests.standards.court import BREAKS, KEEPS, Court, judge

NEW_YEAR = datetime(2027, 1, 5, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "half", "most"), [([], None, None), ([4], 4, 4), ([1, 9], 5, 9), ([1, 2, 30], 2, 30)]
)
def test_the_middle_and_nine_in_ten(values: list[float], half: float | None, most: float | None) -> None:
    assert (median(values), nine_in_ten(values)) == (half, most)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60))
def test_nine_in_ten_are_within_and_the_middle_is_not_above(values: list[float]) -> None:
    most, half = nine_in_ten(values), median(values)
    assert most is not None
    assert half is not None
    assert sum(one <= most for one in values) >= 0.9 * len(values)
    assert half <= most or len(values) == 2


def test_months_go_back_over_the_turn_of_the_year() -> None:
    assert months_until(date(2027, 1, 5), 3) == (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))


@pytest.fixture
def year(court: Court) -> Court:
    """Three cases: one removed of one mind and overturned on appeal, one left by three to two, one held and left alone."""
    court.crowd(30)
    with at(MORNING):
        first = court.sitting()
    with at(MORNING + timedelta(minutes=4)):
        judge(first, BREAKS, BREAKS, BREAKS, BREAKS)
    with at(MORNING + timedelta(days=1)):
        court.post = court.cast.reply(court.thread, by=fresh(court.cast.ana), text="Another loaf.")
        second = court.sitting(by=court.cast.femi)
    with at(MORNING + timedelta(days=1, minutes=10)):
        judge(second, BREAKS, BREAKS, BREAKS, KEEPS, KEEPS)
    with at(MORNING + timedelta(days=3)):
        removal = Removal.objects.get()
        made = appealing.appeal_removal(removal, by=court.cast.ana, words="I meant the bread.")
        court.gather()
        convening.sit(made.case_id)
        judge(made.case, *[KEEPS] * 4)
        holding.hold(court.post, by=court.cast.odile, ground="law", because="A court has ordered it.")
    return court


def value(report: Report, table: str, line: str, column: str) -> object:
    found = next(one for one in report.tables if one.key == table)
    place = [one.key for one in found.columns].index(column)
    return next(one for one in found.lines if one.key == line).values[place]


def test_the_last_twelve_months_are_measured_from_the_rows(year: Court) -> None:
    found = measuring.measures(NEW_YEAR)
    assert found.months[-3:] == (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))
    assert found.decided[-3:] == (3, 0, 0)
    assert found.median[-3:] == (pytest.approx(4), None, None)
    assert (found.unanimous, found.clear, found.close) == (2, 0, 1)
    assert found.overturned == 1
    assert found.removals == {"No personal attacks": (0,) * 9 + (1, 0, 0)}
    assert found.seats_filled == 4 + 5 + 4
    assert found.jurors_at_least in {0, 10}
    assert measuring.measures(MORNING - timedelta(days=400)).decided == (0,) * 12


def test_the_year_is_reported_by_kind_standard_time_appeal_and_act(year: Court) -> None:
    found = reporting.report(2026, NEW_YEAR)
    assert found is not None
    assert found.whole
    assert value(found, "alerts", "personal-attacks", "raised") == 2
    assert value(found, "cases", "alert", "changed") == 1
    assert value(found, "cases", "appeal", "changed") == 1
    assert value(found, "standards", "personal-attacks", "removed_percent") == 50
    assert value(found, "times", "alert", "median_minutes") == pytest.approx(7)
    assert value(found, "times", "alert", "p90_minutes") == pytest.approx(10)
    assert value(found, "appeals", "removal", "overturned_percent") == 100
    assert value(found, "holds", "law", "by_operators") == 1
    assert value(found, "consequences", "notice", "undone") == 1
    assert value(found, "limits", "jury", "removals") == 1
    assert value(found, "acts_operator", "post.hold", "number") == 1
    assert value(found, "watch", "suspend", "proposed") == 0


def test_a_year_that_runs_says_so_and_one_that_was_not_has_no_report(year: Court) -> None:
    with at(MORNING + timedelta(days=9)):
        running = reporting.report(2026)
        assert running is not None
        assert not running.whole
    assert reporting.report(2027, MORNING + timedelta(days=9)) is None
    assert reporting.report(1999) is None


def test_the_file_says_the_same_as_the_page_and_has_no_name_in_it(year: Court) -> None:
    found = reporting.report(2026, NEW_YEAR)
    assert found is not None
    text = "".join(reporting.lines_of_csv(found))
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["section", "item", "measure", "value"]
    assert ["appeals", "removal", "overturned_percent", "100.0"] in rows
    assert ["cases", "watch", "opened", "0"] in rows
    counted = sum(len(table.lines) * len(table.columns) for table in found.tables)
    assert len(rows) == counted + 3
    cast: Cast = year.cast
    for member in (cast.ana, cast.bram, cast.odile, *year.jurors):
        assert member.name not in text


def test_a_cell_never_begins_a_formula() -> None:
    assert reporting._csv("=1+1", "-2", "ok", "") == "'=1+1,'-2,ok,\r\n"


def test_a_report_of_nothing_is_all_noughts(cast: Cast) -> None:
    found = reporting.report(datetime.now(UTC).year)
    assert found is not None
    assert value(found, "times", "alert", "median_minutes") is None
    assert value(found, "cases", "alert", "opened") == 0
