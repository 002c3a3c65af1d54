"""Replaying a scenario: fold it, read the talk on each date, and say every difference to what the file expects."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from palaver.talks.commitments import Standing
from palaver.talks.folding import fold, standoffs_at
from palaver.talks.promising import Promise
from palaver.talks.scenarios.loading import Scenario
from palaver.talks.state import Talk
from palaver.talks.when import end_of, shown, when

_WORDS = {
    "drafted": "proposed",
    "offered": "proposed",
    "conditional": "pending",
    "detached": "due",
    "expired": "lapsed",
    "terminated": "ended",
    "superseded": "replaced",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Where on which date what was expected and what came out."""

    as_of: str
    what: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.as_of}: {self.what} is {self.found!r}, expected {self.expected!r}."


@dataclass(frozen=True, slots=True)
class Replay:
    """`states`: one reading per date; `differences`: empty when the file is right; `refused`: acts without effect, and why."""

    states: list[dict[str, Any]]
    differences: list[Difference]
    refused: list[dict[str, Any]]


def word(standing: Standing) -> str:
    """The word of a state in scenario files."""
    if standing.status == "satisfied":
        return "kept_late" if standing.is_late else "kept"
    if standing.status == "violated":
        return "breached_ended" if standing.is_ended else "breached"
    return _WORDS.get(standing.status, standing.status)


def replay(scenario: Scenario, *, as_of: str = "") -> Replay:
    """Fold and compare. `as_of` reads one further date, which expects nothing."""
    dates = [row["as_of"] for row in scenario.expected]
    if as_of:
        dates.append(as_of)
    last = max((end_of(date) for date in dates), default=0)
    talk = fold(scenario.ground, scenario.log, until=last)
    states = [reading(talk, date) for date in dates]
    differences: list[Difference] = []
    for row, state in zip(scenario.expected, states, strict=False):
        differences += _compare(row, state)
    refused = [{"event": act.sequence, "act": act.kind, "because": because} for act, because in talk.refused]
    differences += _compare_refused(scenario, refused)
    return Replay(states, differences, refused)


def reading(talk: Talk, date: str) -> dict[str, Any]:
    """A talk at the end of a date, as plain data."""
    at = end_of(date)
    statements = {party: made for party, track in talk.statements.items() if (made := track.at(at)) is not None}
    reasons = {party: sorted(made.reasons) for party, made in statements.items()}
    measures = {}
    for name, items in talk.measures.items():
        counts: dict[str, int] = {}
        for track in items.values():
            item = track.at(at)
            counts[item.status] = counts.get(item.status, 0) + 1
            counts["requested"] = counts.get("requested", 0) + item.is_requested
        measures[name] = counts
    return {
        "as_of": date,
        "phase": talk.phase.at(at),
        "stalemate": bool(talk.stalemate.at(at)),
        "commitments": {name: _promise(talk, promise, at) for name, promise in talk.promises.all.items()},
        "made": sum(
            "committed" in p.ever and p.track.at(at).status not in {"drafted", "offered"}
            for p in talk.promises.all.values()
        ),
        "agreements": {name: track.at(at).status for name, track in talk.agreements.items()},
        "mandates": {
            office: {"holder": held.holder, "stance": held.stance}
            for office, track in talk.mandates.items()
            if (held := track.at(at)) is not None
        },
        "mediators": {
            name: {"status": track.at(at).status, "answers": dict(track.at(at).answers)}
            for name, track in talk.mediators.items()
        },
        "nominations": {name: track.at(at) for name, track in talk.nominations.items() if track.at(at)},
        "inspectors": {name: track.at(at) for name, track in talk.inspectors.items()},
        "amendments": {name: track.at(at).status for name, track in talk.amendments.items()},
        "plan_versions": len(talk.versions.at(at)),
        "plan_points": len(talk.versions.at(at)[-1]) if talk.versions.at(at) else 0,
        "measures": measures,
        "statements": reasons,
        "accounts_differ": len({tuple(one) for one in reasons.values()}) > 1,
        "sittings": {name: track.at(at) for name, track in talk.sittings.items() if track.at(at)},
        "standoffs": [
            {"ring": list(found.ring), "cuts": [{"of": cut.of, "instead_of": cut.instead_of} for cut in found.cuts]}
            for found in standoffs_at(talk, at)
        ],
        "next_round": talk.next_round.at(at),
    }


def _promise(talk: Talk, promise: Promise, at: int) -> dict[str, Any]:
    now = promise.track.at(at)
    said: dict[str, Any] = {"state": word(now), "overlays": sorted(now.overlays)}
    if now.level:
        said["level"] = now.level
    for name in ("ground", "by", "excuse"):
        if getattr(now, name):
            said[name] = getattr(now, name)
    since = status_since(promise, at)
    if since is not None:
        said["since"] = shown(since)
    periods = {}
    for one in talk.promises.occurrences(promise, at):
        kept = promise.kept_at.get(one.ends)
        periods[shown(one.ends)] = one.status if kept is not None and kept <= at else "overdue"
    if periods:
        said["periods"] = periods
    return said


def status_since(promise: Promise, at: int) -> int | None:
    """From when on a commitment has had the status that it has at an instant; what lies over the status is left aside."""
    track = promise.track
    n = bisect_right(track.times, at)
    if not n:
        return None
    status = track.values[n - 1].status
    while n > 1 and track.values[n - 2].status == status:
        n -= 1
    return track.times[n - 1]


def _compare(row: Mapping[str, Any], state: Mapping[str, Any]) -> Iterator[Difference]:
    date = str(row["as_of"])
    for key, wanted in row.items():
        if key == "as_of":
            continue
        if key not in state:
            yield Difference(date, key, wanted, None)
        elif key == "commitments":
            for name, one in wanted.items():
                yield from _compare_promise(date, name, one, state["commitments"].get(name))
        elif isinstance(wanted, Mapping):
            for name, one in wanted.items():
                found = state[key].get(name)
                if isinstance(one, Mapping) and isinstance(found, Mapping):
                    for part, value in one.items():
                        if found.get(part) != value:
                            yield Difference(date, f"{key} › {name} › {part}", value, found.get(part))
                elif _sorted(found) != _sorted(one):
                    yield Difference(date, f"{key} › {name}", one, found)
        elif key == "standoffs":
            rings = [one["ring"] for one in state[key]]
            if rings != wanted:
                yield Difference(date, key, wanted, rings)
        elif state[key] != wanted:
            yield Difference(date, key, wanted, state[key])


def _compare_promise(date: str, name: str, wanted: Any, found: Mapping[str, Any] | None) -> Iterator[Difference]:
    if found is None:
        yield Difference(date, name, wanted, None)
        return
    asked: dict[str, Any] = {"state": wanted} if isinstance(wanted, str) else dict(wanted)
    for overlay in asked.pop("overlays", ()):
        if overlay not in found["overlays"]:
            yield Difference(date, f"{name} › overlays", overlay, found["overlays"])
    for overlay in asked.pop("without", ()):
        if overlay in found["overlays"]:
            yield Difference(date, f"{name} › overlays", f"not {overlay}", found["overlays"])
    for period, status in asked.pop("periods", {}).items():
        if found.get("periods", {}).get(period) != status:
            yield Difference(date, f"{name} › period {period}", status, found.get("periods", {}).get(period))
    for key, value in asked.items():
        if found.get(key, "") != value:
            yield Difference(date, name if key == "state" else f"{name} › {key}", value, found.get(key, ""))


def _sorted(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def _compare_refused(scenario: Scenario, refused: list[dict[str, Any]]) -> Iterator[Difference]:
    """Every refusal must be expected, and every expected one must come, for the reason that the file names a part of."""
    expected = {int(row["event"]): str(row.get("because", "")) for row in scenario.refused}
    found = {row["event"]: row["because"] for row in refused}
    by_number = {act.sequence: act for act in scenario.log}
    for number in sorted(expected.keys() | found.keys()):
        act = by_number.get(number)
        date = act.when.text if act is not None else "?"
        what = f"event {number} ({act.kind if act is not None else 'not there'})"
        if number not in found:
            yield Difference(date, what, f"refused: {expected[number]}", "done")
        elif number not in expected:
            yield Difference(date, what, "done", f"refused: {found[number]}")
        elif expected[number] not in found[number]:
            yield Difference(date, what, f"refused: {expected[number]}", f"refused: {found[number]}")


def last_date(scenario: Scenario) -> str:
    """The last date that a scenario knows of."""
    dates = [row["as_of"] for row in scenario.expected] + [act.when.text for act in scenario.log]
    return max(dates, key=lambda text: when(text).end, default="")
