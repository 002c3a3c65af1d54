"""When the machine's clock is set by a day, nothing that is running ends early, and nothing hangs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from palaver.kit import clock
from palaver.standards import bounds, convening, holding, pacing
from palaver.standards.models import Case, Seat
from palaver.standards.pacing import Beat
from tests.cast import at, fresh
from tests.standards.court import KEEPS, Court, fresh_case, hand_in, offers, take

A_DAY = timedelta(days=1)


def test_only_a_clock_that_was_set_is_a_step() -> None:
    now = clock.now()
    before = Beat("boot", 1000.0, now)
    for seconds in (5, 3600, 40 * 86400):
        assert not pacing.step(before, Beat("boot", 1000.0 + seconds, now + timedelta(seconds=seconds)))
    assert pacing.step(before, Beat("boot", 1005.0, now + timedelta(seconds=5) + A_DAY)) == A_DAY
    assert pacing.step(before, Beat("boot", 1005.0, now + timedelta(seconds=5) - A_DAY)) == -A_DAY
    assert not pacing.step(before, Beat("boot", 1005.0, now + timedelta(seconds=30))), "A correction of seconds."
    assert not pacing.step(before, Beat("another boot", 5.0, now + A_DAY)), (
        "After a restart of the machine the clock is believed."
    )


@pytest.mark.parametrize("step", [A_DAY, -A_DAY], ids=["a day ahead", "a day back"])
def test_nothing_that_runs_ends_early_or_hangs(court: Court, tmp_path: Path, step: timedelta) -> None:
    court.crowd(9)
    sitting = court.sitting()
    (taken, *_) = take(offers(sitting)[:1])
    waiting = court.case(post=court.cast.reply(court.thread, by=court.cast.hana), by=court.cast.emil)
    held = court.cast.reply(court.thread, by=court.cast.goran)
    hold = holding.hold(held, by=court.cast.odile, ground="private", because="An address.")
    file, start = tmp_path / "pace", clock.now()
    pacing.keep(Beat("boot", 1000.0, start), file=file)

    def look(seconds: float) -> None:
        """As the jobs process does, so many true seconds later."""
        with at(start + timedelta(seconds=seconds) + step):
            pacing.keep(Beat("boot", 1000.0 + seconds, clock.now()), file=file)
            holding.lapse_due()
            convening.sit_due()

    look(5)
    assert fresh(taken).state == Seat.State.TAKEN and len(offers(sitting)) == 2
    assert fresh_case(sitting).stage == Case.Stage.SITTING and fresh_case(waiting).stage == Case.Stage.WAITING
    assert fresh(hold).ended_at is None
    look(bounds.ANSWERS_WITHIN.total_seconds() + 10)
    assert len(offers(sitting, "lapsed")) == 2 and fresh(taken).state == Seat.State.TAKEN
    look(bounds.VOTES_WITHIN.total_seconds() + 10)
    assert fresh(taken).state == Seat.State.LAPSED
    look(bounds.WAITS_AT_MOST.total_seconds() - 60)
    assert fresh_case(waiting).is_open and fresh_case(sitting).is_open and fresh(hold).ended_at is None
    look(bounds.WAITS_AT_MOST.total_seconds() + 60)
    assert fresh_case(sitting).stage == Case.Stage.DECIDED
    look(bounds.HOLD_LASTS.total_seconds() + 60)
    assert fresh(hold).ended_at is not None


def test_without_it_a_day_ahead_would_end_everything(court: Court) -> None:
    """The control: what the step of a clock does when nobody looks at the other one."""
    court.crowd(9)
    case = court.sitting()
    with at(clock.now() + A_DAY):
        convening.sit_due()
    assert fresh_case(case).stage == Case.Stage.DECIDED


def test_the_memory_of_the_clocks_survives_a_restart_of_palaver(court: Court, tmp_path: Path) -> None:
    file, now = tmp_path / "pace", clock.now()
    assert not pacing.keep(Beat("boot", 1000.0, now), file=file)
    assert pacing.keep(Beat("boot", 1001.0, now + A_DAY), file=file) == A_DAY - timedelta(seconds=1)
    file.write_text("torn")
    assert not pacing.keep(Beat("boot", 1002.0, now), file=file), "What cannot be read is no step."


def test_a_paper_is_taken_between_the_step_and_the_look(court: Court) -> None:
    court.crowd(9)
    (taken,) = take(offers(court.sitting())[:1])
    with at(clock.now() + A_DAY):
        assert hand_in(taken, KEEPS).state == Seat.State.VOTED


def test_both_clocks_of_this_machine_are_read() -> None:
    one, two = pacing.beat(), pacing.beat()
    assert one.boot == two.boot and two.ticks >= one.ticks > 0
