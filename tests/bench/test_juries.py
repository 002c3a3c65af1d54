"""That what `bin/bench-juries` simulates is what is meant. No figure of its tables is asserted here, only what must hold of any."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from bench.juries import __main__ as juries
from bench.juries import fitting, panels
from bench.juries.community import DAY, Visits
from bench.juries.panels import ALL, NONE, Clique, Community, Item, plain

from palaver.standards import bounds

SHARP = [[0.0] * 5 + [1.0] * 6]
"""Annotators who are all of one mind: levels from the sixth on break."""
ITEMS = [Item(level, level > 4) for level in range(11)] * 3


@pytest.fixture(scope="module")
def visits() -> Visits:
    return Visits(80, 50, random.Random(1))


def test_the_model_foresees_votes_it_has_not_seen(shared: Path) -> None:
    votes = fitting.read(shared)
    assert (votes.items, votes.annotators, len(votes.rows)) == (6592, 670, 5 * 6592)
    learnt, kept = fitting.halves(votes, random.Random(1))
    assert len(learnt) + len(kept) == len(votes.rows) and not set(learnt) & set(kept)
    levels = fitting.surprise(fitting.levels(votes, learnt), kept)
    classes = fitting.surprise(fitting.classes(votes, learnt), kept)
    assert levels < classes < 0.6 < 0.693, "Both know more than the base rate, and levels know most."


def test_dawid_and_skenes_rates_are_found_again() -> None:
    """The control: votes made of known rates give these rates."""
    chance = random.Random(3)
    truth = [chance.random() < 0.4 for _ in range(800)]
    hit, alarm = [0.9, 0.8, 0.95, 0.7, 0.6], [0.1, 0.2, 0.05, 0.1, 0.4]
    rows = [
        fitting.Vote(item, one, int(chance.random() < (hit[one] if breaks else alarm[one])))
        for item, breaks in enumerate(truth)
        for one in range(5)
    ]
    found = fitting.classes(fitting.Votes(800, 5, tuple(rows)), rows)
    assert all(abs(a - b) < 0.08 for a, b in zip(found.hit + found.alarm, hit + alarm, strict=True))
    assert sum((q > 0.5) == breaks for q, breaks in zip(found.items, truth, strict=True)) > 740


@pytest.mark.parametrize("rules", [plain(), NONE, ALL, replace(ALL, widen=True), replace(ALL, reach=True)])
def test_jurors_of_one_mind_never_err(visits: Visits, rules: panels.Rules) -> None:
    done = panels.stream(Community(SHARP, visits, Clique(), 1), rules, ITEMS, 1.0, 1)
    assert (done.cases, done.wrong, done.missed, done.colluding) == (33, 0, 0, 0)


def test_a_pool_that_has_agreed_to_harm_always_errs_and_wishes_have_one_side(visits: Visits) -> None:
    def run(aim: str) -> tuple[int, int]:
        community = Community(SHARP, visits, Clique(1.0, aim=aim), 1)
        done = panels.stream(community, plain(), ITEMS, 1.0, 1)
        return done.wrong, done.missed

    keeping, breaking = 15, 18
    assert run("harm") == (keeping, breaking)
    assert run("remove") == (keeping, 0)
    assert run("keep") == (0, breaking)


def test_a_jury_has_the_products_size_and_none_of_those_who_rest_or_sat_before(visits: Visits) -> None:
    community = Community(SHARP, visits, Clique(), 1)
    resting = dict.fromkeys(range(0, 40), 100 * DAY)
    rules = replace(ALL, conflicts=False, chance=False, opened=False)
    done = panels.sit(
        community, rules, Item(8, True), at=2 * DAY, chance=random.Random(2), resting=resting, without=range(40, 50)
    )
    size = bounds.size(bounds.JURY, 30)
    assert size is not None and (size.seats, size.needed) == (5, 4)
    assert done.removed and 4 <= len(done.jurors) <= 5 and done.jurors <= set(range(50, 80))
    assert done.took > 0 and done.asked_after > 0


def test_the_wait_makes_a_case_wait_and_always_present_members_come_first_without_it(visits: Visits) -> None:
    community = Community(SHARP, visits, Clique(0.1, always=True), 1)
    hurried, waited = (
        panels.sit(community, rules, Item(8, True), at=3 * DAY, chance=random.Random(2), resting={})
        for rules in (NONE, replace(NONE, wait=True))
    )
    assert hurried.asked_after == 0 and len(hurried.jurors & community.colluders) >= 4
    assert waited.asked_after > 0


def test_tables_and_goals_come_of_what_was_simulated(shared: Path) -> None:
    seeds = [juries.one_seed(str(shared), 1, 4, ("rules",))]
    found = juries.gathered(seeds, "rules")
    cell = found["all rules"]["honest"]
    assert cell["error"][0] == pytest.approx(cell["wrong"][0] + cell["missed"][0])
    drawn = juries.markdown({"rules": found, "goals": {}, "times": {}})
    assert all(f"| {name} |" in drawn for name in juries.RULES)


def test_a_goal_is_met_only_when_its_whole_interval_says_so() -> None:
    def seed(excess: float) -> dict[str, object]:
        honest, harmed = [0.1, 0.1, 0.2, 0.0], [0.3, 0.1, 0.4, 0.2]
        ours = [0.1, 0.1, 0.2 + excess, 0.2]
        rows = {"plain random 7, 4 to remove": harmed, "all rules": ours}
        return {
            "rules": {name: {c: honest if c == "honest" else row for c in juries.CLIQUES} for name, row in rows.items()}
        }

    def met(*excesses: float) -> tuple[float, bool]:
        goal = juries.goals([seed(excess) for excess in excesses])[2]
        return goal["value"], goal["met"]

    assert met(0.05, 0.05) == (pytest.approx(0.25), True)
    assert met(0.15, 0.15) == (pytest.approx(0.75), False)
    assert met(0.0, 0.16) == (pytest.approx(0.4), False), "Below one half on average, but not surely."


def test_a_seed_gives_the_same_cases_every_time(visits: Visits) -> None:
    def run() -> panels.Tally:
        curves = [[0.1 * level for level in range(11)]]
        return panels.stream(Community(curves, visits, Clique(0.1), 5), ALL, ITEMS, 1.0, 5)

    assert run() == run()


def test_an_interval_is_that_of_student_over_twenty_seeds() -> None:
    mean, half = juries.interval([1.0] * 10 + [3.0] * 10)
    assert mean == 2.0
    assert half == pytest.approx(2.093 * (20 / 19) ** 0.5 / 20**0.5, rel=1e-3)
