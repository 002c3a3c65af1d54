"""The fold against a slow interpreter that knows nothing of alarms, dependants or ranks, and against other orders of entering."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaver.talks.acts import Act
from palaver.talks.conditions import Misshapen
from palaver.talks.folding import fold, restated, standing
from palaver.talks.when import DAY, end_of, when
from tests.talks.making import Minutes, ground, promise

NAMES = ("a", "b", "c")
FACTS = ("rain", "snow")
START = when("2026-01-01").start


def _day(n: int) -> str:
    return when(f"2026-01-{n:02}").text


# ------------------------------------------------------------ the slow interpreter


def naive(
    bodies: list[dict[str, Any]], log: list[Act], last_day: int, shuffle: random.Random
) -> dict[tuple[str, int], str]:
    """The status of each promise at the end of each day, by doing every day anew from nothing: acts one by one, and after each
    all promises are asked in any order until a whole round changes nothing."""
    seen: dict[tuple[str, int], str] = {}
    status = {body["id"]: "drafted" for body in bodies}
    ever: dict[str, set[str]] = {body["id"]: set() for body in bodies}
    due: dict[str, int] = {}
    stop_end: dict[str, int] = {}
    facts: set[str] = set()

    def true(condition: Any, now: int) -> bool:
        if condition is None:
            return True
        ((word, what),) = ((w, x) for w, x in condition.items() if w != "of")
        if word in {"committed", "detached", "satisfied", "violated"}:
            return word in ever.get(what, set())
        if word == "attested":
            return what in facts
        if word == "on":
            return now >= when(what).start
        if word == "all":
            return all(true(part, now) for part in what)
        if word == "any":
            return any(true(part, now) for part in what)
        assert word == "at_least"
        return sum(true(part, now) for part in condition["of"]) >= what

    def move(name: str, to: str) -> None:
        status[name] = to
        if to in {"detached", "satisfied", "violated"}:
            ever[name].add(to)

    def ask_all(now: int) -> None:
        while True:
            before = dict(status)
            order = list(bodies)
            shuffle.shuffle(order)
            for body in order:
                name = body["id"]
                if status[name] == "conditional" and true(body.get("antecedent"), now):
                    move(name, "detached")
                    if "due" in body:
                        due[name] = when(body["due"]).end
                wanted = body.get("consequent")
                if status[name] in {"detached", "stopped", "violated"} and wanted is not None and true(wanted, now):
                    move(name, "satisfied")
            if status == before:
                return

    def time_passes(now: int) -> None:
        for body in bodies:
            name = body["id"]
            if status[name] == "conditional" and "due" in body and now > when(body["due"]).end:
                status[name] = "expired"
            elif status[name] == "stopped" and now > stop_end[name] + body.get("grace", 90) * DAY:
                move(name, "violated")
            elif status[name] not in {"detached", "stopped"} or name not in due or now <= due[name]:
                continue
            elif body.get("silence_is_breach") or status[name] == "stopped":
                move(name, "violated")

    for n in range(1, last_day + 1):
        now = when(_day(n)).start
        time_passes(now)
        ask_all(now)
        for act in sorted((one for one in log if one.when.start == now), key=lambda one: one.sequence):
            name = str(act.body.get("id", ""))
            debtor = next((body["debtor"] for body in bodies if body["id"] == name), "")
            match act.kind:
                case "promise.offer" if status[name] == "drafted":
                    status[name] = "offered"
                case "promise.accept" if status[name] == "offered" and act.seat == debtor:
                    status[name] = "conditional"
                    ever[name].add("committed")
                case "promise.acknowledge" if (
                    status[name] in {"detached", "stopped", "violated"} and act.seat != debtor
                ):
                    move(name, "satisfied")
                case "promise.stop" if status[name] in {"conditional", "detached"} and act.seat == debtor:
                    status[name] = "stopped"
                    stop_end[name] = act.when.end
                case "promise.cancel" if status[name] in {"conditional", "detached", "stopped"} and act.seat == debtor:
                    move(name, "violated" if "detached" in ever[name] else "withdrawn")
                case "promise.release" if (
                    status[name] in {"conditional", "detached", "stopped", "violated"} and act.seat != debtor
                ):
                    status[name] = "released"
                case "fact.attest":
                    facts.add(act.body["fact"])
            ask_all(now)
            # What is over before it was promised comes due with the promise.
            time_passes(now)
            ask_all(now)
        for body in bodies:
            seen[body["id"], n] = status[body["id"]]
    return seen


_atoms = st.one_of(
    st.builds(
        lambda word, name: {word: name},
        st.sampled_from(["committed", "detached", "satisfied", "violated"]),
        st.sampled_from(NAMES),
    ),
    st.builds(lambda fact: {"attested": fact}, st.sampled_from(FACTS)),
    st.builds(lambda n: {"on": _day(n)}, st.integers(1, 9)),
)
_conditions = st.one_of(
    st.none(),
    _atoms,
    st.builds(lambda parts: {"all": parts}, st.lists(_atoms, min_size=1, max_size=2)),
    st.builds(lambda parts: {"any": parts}, st.lists(_atoms, min_size=1, max_size=2)),
    st.builds(lambda parts: {"at_least": 1, "of": parts}, st.lists(_atoms, min_size=1, max_size=3)),
)


@st.composite
def _promises(draw: st.DrawFn) -> list[dict[str, Any]]:
    made = []
    for name in NAMES:
        body = promise(name, draw(st.sampled_from(["goran", "hana"])), antecedent=draw(_conditions))
        if draw(st.booleans()):
            body["due"] = _day(draw(st.integers(1, 9)))
        if draw(st.booleans()):
            body["consequent"] = draw(_atoms)
        body["silence_is_breach"] = draw(st.booleans())
        body["grace"] = draw(st.sampled_from([0, 2, 90]))
        made.append(body)
    return made


_acts = st.tuples(
    st.integers(1, 9),
    st.sampled_from(
        ["promise.offer", "promise.accept", "make", "make", "promise.acknowledge", "promise.stop", "promise.cancel",
         "promise.release", "fact.attest"]
    ),
    st.sampled_from(["goran", "hana"]),
    st.sampled_from(NAMES),
    st.sampled_from(FACTS),
)  # fmt: skip


def _minutes(bodies: list[dict[str, Any]], acts: list[tuple[int, str, str, str, str]]) -> Minutes:
    minutes = Minutes()
    debtors = {body["id"]: body["debtor"] for body in bodies}
    for day, kind, seat, name, fact in acts:
        if kind == "make":
            minutes.make(_day(day), name, debtors[name])
        elif kind == "fact.attest":
            minutes.add(_day(day), kind, seat, fact=fact)
        else:
            minutes.add(_day(day), kind, seat, id=name)
    return minutes


def _compare(bodies: list[dict[str, Any]], acts: list[tuple[int, str, str, str, str]], seed: int) -> None:
    minutes = _minutes(bodies, acts)
    expected = naive(bodies, minutes.log, 12, random.Random(seed))
    talk = fold(ground(*bodies), minutes.log, until=end_of(_day(12)))
    for (name, day), status in expected.items():
        assert standing(talk, name, end_of(_day(day))).status == status, (name, day)


@settings(max_examples=400, deadline=None)
@given(_promises(), st.lists(_acts, max_size=6), st.integers(0, 2**31))
def test_the_fold_equals_a_slow_interpreter(
    bodies: list[dict[str, Any]], acts: list[tuple[int, str, str, str, str]], seed: int
) -> None:
    _compare(bodies, acts, seed)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None)
@given(_promises(), st.lists(_acts, max_size=6), st.integers(0, 2**31))
def test_the_fold_equals_a_slow_interpreter_ten_thousand_times(
    bodies: list[dict[str, Any]], acts: list[tuple[int, str, str, str, str]], seed: int
) -> None:
    _compare(bodies, acts, seed)


@settings(max_examples=15, deadline=None)
@given(_promises(), st.lists(_acts, min_size=3, max_size=5))
def test_the_order_of_entering_does_not_matter(
    bodies: list[dict[str, Any]], acts: list[tuple[int, str, str, str, str]]
) -> None:
    """C3: acts of different days, entered in every order."""
    acts = [(2 + n, *act[1:]) for n, act in enumerate(acts)]
    minutes = _minutes(bodies, acts)
    usual = fold(ground(*bodies), minutes.log, until=end_of(_day(12)))
    fixed, rest = minutes.log[:2], minutes.log[2:]
    days = sorted({act.when.start for act in rest})
    for order in itertools.permutations(days):
        entered = fixed + [act for day in order for act in rest if act.when.start == day]
        again = [act._replace(sequence=n) for n, act in enumerate(entered, 1)]
        other = fold(ground(*bodies), again, until=end_of(_day(12)))
        for body in bodies:
            for day in range(1, 13):
                at = end_of(_day(day))
                assert standing(usual, body["id"], at).status == standing(other, body["id"], at).status


# ------------------------------------------------------------ single rules


def test_a_promise_answered_by_a_promise_falls_due_the_same_day() -> None:
    bodies = [
        promise("gate", antecedent={"committed": "wall"}),
        promise("wall", "hana", antecedent={"committed": "gate"}),
    ]
    minutes = Minutes()
    minutes.make("2026-01-02", "gate")
    minutes.make("2026-01-02", "wall", "hana")
    talk = fold(ground(*bodies), minutes.log)
    assert [standing(talk, name, end_of("2026-01-02")).status for name in ("gate", "wall")] == ["detached", "detached"]


def test_a_late_entry_says_which_past_states_it_changes() -> None:
    body = promise("rent", due="2026-01-05", silence_is_breach=True)
    minutes = Minutes()
    minutes.make("2026-01-02", "rent")
    minutes.add("2026-01-04", "promise.acknowledge", "hana", id="rent", recorded="2026-01-09")
    (change,) = restated(ground(body), minutes.log, as_of=end_of("2026-01-06"), known=end_of("2026-01-06"))
    assert (change.id, change.before.status, change.after.status) == ("rent", "violated", "satisfied")
    assert not restated(ground(body), minutes.log, as_of=end_of("2026-01-06"), known=end_of("2026-01-10"))


def test_a_stop_without_a_power_lets_the_clock_run_and_one_with_a_power_holds_it() -> None:
    bodies = [
        promise("alone", due="2026-01-10"),
        promise("allowed", due="2026-01-10", silence_is_breach=True, may_suspend=["goran"]),
    ]
    minutes = Minutes()
    for name in ("alone", "allowed"):
        minutes.make("2026-01-02", name)
        minutes.add("2026-01-05", "promise.stop", "goran", id=name, excuse="you began")
    minutes.add("2026-01-15", "promise.resume", "goran", id="allowed")
    talk = fold(ground(*bodies), minutes.log, until=end_of("2026-01-31"))
    assert standing(talk, "alone", end_of("2026-01-09")).excuse == "you began"
    assert standing(talk, "alone", end_of("2026-01-11")).status == "violated"
    assert standing(talk, "allowed", end_of("2026-01-11")).status == "suspended"
    assert standing(talk, "allowed", end_of("2026-01-19")).status == "detached"
    assert standing(talk, "allowed", end_of("2026-01-21")).status == "violated"


def test_a_breach_of_one_side_touches_nothing_of_the_other() -> None:
    bodies = [promise("mine"), promise("yours", "hana")]
    minutes = Minutes()
    minutes.make("2026-01-02", "mine")
    minutes.make("2026-01-02", "yours", "hana")
    minutes.add("2026-01-03", "promise.cancel", "goran", id="mine")
    talk = fold(ground(*bodies), minutes.log, until=end_of("2026-12-31"))
    assert standing(talk, "mine", end_of("2026-06-01")).status == "violated"
    assert standing(talk, "yours", end_of("2026-06-01")).status == "detached"


def test_a_ring_through_a_not_is_refused_before_anything_is_folded() -> None:
    bodies = [
        promise("a", antecedent={"not": {"violated": "b"}}),
        promise("b", antecedent={"not": {"violated": "a"}}),
    ]
    with pytest.raises(Misshapen, match="absence"):
        fold(ground(*bodies), [])


def test_within_opens_with_its_condition_and_closes_after_its_span() -> None:
    bodies = [
        promise(
            "help", antecedent={"all": [{"within": {"days": 3}, "after": {"attested": "rain"}}, {"attested": "snow"}]}
        )
    ]
    for snow, expected in (("2026-01-04", "detached"), ("2026-01-09", "conditional")):
        minutes = Minutes()
        minutes.make("2026-01-01", "help")
        minutes.add("2026-01-02", "fact.attest", "hana", fact="rain")
        minutes.add(snow, "fact.attest", "hana", fact="snow")
        talk = fold(ground(*bodies), minutes.log)
        assert standing(talk, "help", end_of("2026-01-31")).status == expected
