"""A clock that is put forward ends nothing early; one that is put back, and small corrections, stop nothing."""

from __future__ import annotations

from palaver.kit.steady import MOST, Steady, held

DAY = 86_400.0


class Clocks:
    """A wall clock that can be put, and the time that really passes."""

    def __init__(self) -> None:
        self.wall, self.running = 1_000_000.0, 500.0
        self.steady = Steady(lambda: self.wall, lambda: self.running)

    def pass_by(self, seconds: float) -> None:
        self.wall += seconds
        self.running += seconds


def test_time_that_passes_is_believed() -> None:
    clocks = Clocks()
    for _ in range(5):
        clocks.pass_by(DAY)
        assert clocks.steady.believes()


def test_a_day_forward_is_not_believed_until_a_day_has_passed() -> None:
    clocks = Clocks()
    clocks.wall += DAY
    assert not clocks.steady.believes()
    clocks.pass_by(DAY - 1)
    assert not clocks.steady.believes()
    clocks.pass_by(1)
    assert clocks.steady.believes()
    clocks.pass_by(5)
    assert clocks.steady.believes()


def test_a_clock_that_is_right_again_is_believed_at_once() -> None:
    clocks = Clocks()
    clocks.wall += DAY
    assert not clocks.steady.believes()
    clocks.pass_by(600)
    clocks.wall -= DAY
    assert clocks.steady.believes()


def test_a_day_back_is_followed_and_a_day_forward_from_there_is_not() -> None:
    clocks = Clocks()
    clocks.wall -= DAY
    assert clocks.steady.believes()
    clocks.wall += DAY
    assert not clocks.steady.believes()


def test_small_corrections_are_followed_and_do_not_add_up() -> None:
    clocks = Clocks()
    for _ in range(10):
        clocks.pass_by(100)
        clocks.wall += MOST - 1
        assert clocks.steady.believes()


def test_what_is_held_is_done_again_when_the_clock_is_right() -> None:
    clocks, done = Clocks(), []
    act = held(lambda: done.append(1), clocks.steady)
    act()
    clocks.wall += DAY
    act()
    assert done == [1]
    clocks.wall -= DAY
    act()
    assert done == [1, 1]
