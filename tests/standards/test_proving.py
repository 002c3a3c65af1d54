"""What the verifier accepts: everything that the verbs did."""

from __future__ import annotations

from palaver.standards import verifier
from tests.cast import Cast
from tests.standards.proofs import Year, published


def test_every_case_of_some_weeks_is_accepted(cast: Cast) -> None:
    year = Year(cast)
    year.some()
    told = published()
    assert told.record() == []
    for case in year.cases:
        report = verifier.verify_case(told.cases[case.pk], told.entries)
        assert report.faults == []
        print(report.told, report.notes)
