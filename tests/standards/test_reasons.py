"""The statement of reasons: what was decided, under which standard, on which facts, by what means, what can be done. No names."""

from __future__ import annotations

from datetime import timedelta

from palaver.forums.models import Removal
from palaver.standards import appealing, deciding, reasons
from palaver.standards.models import Case
from tests.cast import MORNING, at
from tests.standards.court import BREAKS, KEEPS, Court, fresh_case, judge


def said(case: Case) -> str:
    found = reasons.statement(Case.objects.select_related("post__thread").get(pk=case.pk))
    assert found is not None
    return reasons.text(found)


def test_a_removal_is_stated_with_its_ground_facts_means_and_redress(court: Court) -> None:
    court.crowd(20)
    with at(MORNING):
        case = court.sitting()
        judge(case, BREAKS, BREAKS, BREAKS, BREAKS)
    flat = " ".join(said(case).split())
    assert f"Post {court.post.number} of the thread “What did you bake?” was removed." in flat
    assert "“No personal attacks”, charter version 1." in flat
    assert "4 jurors, members drawn by lot, voted on 5 seats: 4 that it breaks, 0 that it does not." in flat
    assert "No automated means were used" in flat
    assert "may appeal until 2026-11-16 09:00 UTC" in flat
    assert "As the standard says." in flat
    removal = Removal.objects.get(post=court.post)
    assert f"/me/appeals/removal/{removal.pk}" in flat


def test_the_statement_names_neither_author_nor_alerter_nor_juror(court: Court) -> None:
    court.crowd(20)
    with at(MORNING):
        case = court.sitting()
        judge(case, BREAKS, BREAKS, BREAKS, BREAKS)
    text = said(case)
    for member in (court.cast.ana, court.cast.bram, *court.jurors):
        assert member.name not in text


def test_the_text_is_at_most_seventy_two_columns_wide_but_for_addresses(court: Court) -> None:
    with at(MORNING):
        case = court.case()
        deciding.decide_alone(case, by=court.cast.odile, removes=True, because="It is unkind. " * 20)
    assert max(len(line) for line in said(case).splitlines() if "http" not in line) <= 72


def test_an_open_case_has_no_statement(court: Court) -> None:
    assert reasons.statement(court.case()) is None


def test_an_appeal_is_stated_as_final_and_names_what_it_was_about(court: Court) -> None:
    with at(MORNING):
        case = court.case()
        deciding.decide_alone(case, by=court.cast.odile, removes=True, because="It is unkind.")
        made = appealing.appeal_removal(Removal.objects.get(), by=court.cast.ana, words="I meant the bread.")
    with at(MORNING + timedelta(hours=1)):
        deciding.decide_alone(made.case, by=court.cast.odile, removes=False, because="It is about bread.")
    text = " ".join(said(fresh_case(made.case)).split())
    assert "On appeal, the removal of the post was overturned." in text
    assert "final" in text
    assert "All standards of charter version 1" in text
    assert "It is about bread." in text
    assert f"case {made.case_id}" in " ".join(said(case).split())


def test_what_stays_is_stated_too(court: Court) -> None:
    court.crowd(20)
    with at(MORNING):
        case = court.sitting()
        judge(case, KEEPS, KEEPS)
    text = " ".join(said(case).split())
    assert "stays." in text
    assert "may appeal" not in text
