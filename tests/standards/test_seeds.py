"""The draw's seeds: committed to ahead, published when their time has come and no case needs them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import transaction

from palaver.kit import clock, env
from palaver.record.models import Entry, Payload
from palaver.standards import bounds, lot, seeds
from palaver.standards.models import Case, Seed
from tests.cast import MORNING, Cast, at
from tests.standards.court import BREAKS, Court, fresh_case, judge


def said(entry: int) -> dict[str, object]:
    found: dict[str, object] = json.loads(Payload.objects.get(entry=entry).body or "")
    return found


def test_eight_days_are_committed_to_and_one_more_each_day(cast: Cast) -> None:
    with at(MORNING):
        assert seeds.commit_due() == 8 and seeds.commit_due() == 0
    with at(MORNING + timedelta(days=1)):
        assert seeds.commit_due() == 1
    days = list(Seed.objects.order_by("day").values_list("day", flat=True))
    assert days == [MORNING.date() + timedelta(days=n) for n in range(9)]
    for row in Seed.objects.all():
        assert said(row.commitment_entry) == {"day": row.day.isoformat(), "commitment": row.commitment}
        assert row.commitment == lot.commitment(lot.seed(seeds.secret(), row.day)) and row.seed == ""


def test_the_secret_is_a_file_for_its_owners_eyes(cast: Cast) -> None:
    seeds.secret()
    file = env.home() / "secrets" / seeds.FILE
    assert file.stat().st_mode & 0o777 == 0o600 and len(file.read_text()) >= 48


def test_a_seed_is_published_48_hours_after_its_day(cast: Cast) -> None:
    with at(MORNING):
        seeds.commit_due()
    over = datetime.combine(MORNING.date() + timedelta(days=1), time(), UTC) + bounds.PUBLISHED_AFTER
    with at(over - timedelta(seconds=1)):
        assert seeds.publish_due() == 0
    with at(over):
        assert seeds.publish_due() == 1 and seeds.publish_due() == 0
    row = Seed.objects.get(day=MORNING.date())
    assert row.seed == lot.seed(seeds.secret(), row.day).hex()
    assert row.published_entry is not None and said(row.published_entry)["seed"] == row.seed


def test_a_seed_is_not_published_while_a_case_draws_with_it(court: Court) -> None:
    court.crowd(9)
    case = court.sitting()
    day = case.seed_day
    with at(clock.now() + timedelta(days=5)):
        seeds.publish_due()
        assert Seed.objects.get(day=day).seed == ""
    judge(case, BREAKS, BREAKS, BREAKS)
    with at(clock.now() + timedelta(days=5)):
        seeds.publish_due()
        assert Seed.objects.get(day=day).seed != ""
        assert fresh_case(case).stage == Case.Stage.DECIDED


def test_a_case_draws_with_the_newest_seed_committed_to_before_its_alert(cast: Cast) -> None:
    with at(MORNING):
        seeds.commit_due()
    with at(MORNING + timedelta(days=3)), transaction.atomic():
        found = seeds.usable(clock.now())
        assert found is not None and found[0].day == MORNING.date() + timedelta(days=3) and not found[1]
        early = seeds.usable(MORNING - timedelta(hours=1))
        assert early is not None and early[1], "Committed to after the alert: late, and the case says so."


def test_a_published_seed_draws_no_more_even_when_the_clock_is_set_back(cast: Cast) -> None:
    with at(MORNING):
        seeds.commit_due()
    with at(MORNING + timedelta(days=4)):
        assert seeds.publish_due() == 2
    with at(MORNING), transaction.atomic():
        assert seeds.usable(clock.now()) is None, "Today's is public."


def test_a_clock_that_is_a_day_ahead_publishes_nothing_that_was_drawn_with_in_the_last_day(cast: Cast) -> None:
    with at(MORNING):
        seeds.commit_due()
    with at(MORNING + timedelta(days=1)):
        assert seeds.publish_due() == 0


def test_an_installation_that_has_committed_to_nothing_does_so_before_its_first_case_and_says_it(cast: Cast) -> None:
    court = Court(cast)
    court.crowd(9)
    case = court.case()
    assert case.is_late_seed and said(case.opened_entry or 0)["late_seed"] is True
    committed = Entry.objects.get(act="draw.commit", subject=f"seed:{case.seed_day}")
    assert committed.sequence < (case.opened_entry or 0)


def test_another_secret_is_committed_to_anew_and_says_what_it_replaces(
    court: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    court.crowd(9)
    case = court.case()
    before = Seed.objects.in_bulk()
    monkeypatch.setenv(seeds.SECRET, "another secret")
    assert seeds.commit_due() == 7, "The day that a case has drawn with keeps its commitment."
    for day, row in Seed.objects.in_bulk().items():
        if day == case.seed_day:
            assert row.commitment == before[day].commitment
        else:
            assert said(row.commitment_entry)["replaces"] == before[day].commitment_entry
    with at(clock.now() + timedelta(days=40)):
        Case.objects.filter(pk=case.pk).update(stage=Case.Stage.CALLED_OFF)
        seeds.publish_due()
        assert Seed.objects.get(day=case.seed_day).seed == "", "What cannot be shown to fit is not published."
