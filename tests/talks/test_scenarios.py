"""The scenarios that come with Palaver fold to what they expect, and notice when one of their events is another."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from palaver.cli.main import main
from palaver.talks.conditions import Misshapen
from palaver.talks.scenarios import loading
from palaver.talks.scenarios.replaying import replay

SHIPPED = (
    "a-framework-1994",
    "b-hanoi-2019",
    "c-tenant-landlord",
    "d-co-op-noise",
    "e-two-members",
    "f-stopped-for-safety",
    "g-standoff",
)


def test_seven_scenarios_come_with_palaver() -> None:
    assert tuple(loading.shipped()) == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_replays_without_a_difference(name: str) -> None:
    done = replay(loading.load(loading.find(name)))
    assert [str(one) for one in done.differences] == []
    assert done.states


def test_the_table_of_1994_is_whole() -> None:
    """Fourteen dates, each with every promise that the design's table names."""
    scenario = loading.load(loading.find("a-framework-1994"))
    assert len(scenario.expected) == 14
    for row in scenario.expected[1:]:
        assert {"A0", "A1", "A1a", "A2", "A3", "A4", "A5", "A6", "A7", "A8"} <= set(row["commitments"])


def _event(data: dict[str, Any], act: str, **body: Any) -> dict[str, Any]:
    return next(
        one
        for one in data["events"]
        if one["act"] == act and all(one.get("body", {}).get(key) == value for key, value in body.items())
    )


def _oil_late(data: dict[str, Any]) -> None:
    _event(data, "fact.attest", fact="first-oil")["at"] = "1995-03-01"


def _one_account(data: dict[str, Any]) -> None:
    statements = [one for one in data["events"] if one["act"] == "statement.make"]
    statements[1]["body"]["reasons"] = statements[0]["body"]["reasons"]


def _repair_not_met(data: dict[str, Any]) -> None:
    _event(data, "finding.issue", finding="repair")["body"]["is"] = "cannot_determine"


def _never_affirmed(data: dict[str, Any]) -> None:
    data["events"].remove(_event(data, "mandate.affirm"))


def _never_admitted(data: dict[str, Any]) -> None:
    _event(data, "promise.admit")["act"] = "note.add"


def _not_stopped(data: dict[str, Any]) -> None:
    for one in data["events"]:
        if one["act"] == "talk.stop":
            one["act"] = "note.add"


def _cut_refused(data: dict[str, Any]) -> None:
    _event(data, "amendment.answer", amendment="cut", answer="accepted")["body"]["answer"] = "refused"


@pytest.mark.parametrize(
    ("name", "change", "day", "what"),
    [
        ("a-framework-1994", _oil_late, "1995-02-01", "A2"),
        ("b-hanoi-2019", _one_account, "2019-03-08", "accounts_differ"),
        ("c-tenant-landlord", _repair_not_met, "2026-03-20", "R"),
        ("d-co-op-noise", _never_affirmed, "2026-03-31", "mandates"),
        ("e-two-members", _never_admitted, "2026-06-01", "E2"),
        ("f-stopped-for-safety", _not_stopped, "2026-07-05", "phase"),
        ("g-standoff", _cut_refused, "2026-09-12", "amendments"),
    ],
)
def test_one_changed_event_is_noticed_where_it_matters(
    name: str, change: Callable[[dict[str, Any]], None], day: str, what: str
) -> None:
    data = json.loads(loading.find(name).read_text(encoding="utf-8"))
    changed = copy.deepcopy(data)
    change(changed)
    assert changed != data
    differences = replay(loading.read(changed, name)).differences
    assert any(one.as_of == day and one.what.startswith(what) for one in differences), [str(d) for d in differences]


def test_an_inspector_who_saw_nothing_and_an_allegation_change_no_state() -> None:
    data = json.loads(loading.find("a-framework-1994").read_text(encoding="utf-8"))
    data["events"] = [
        one for one in data["events"] if one["act"] not in {"finding.issue", "allegation.make", "allegation.answer"}
    ]
    differences = replay(loading.read(data, "a")).differences
    assert differences
    assert all("overlays" in one.what for one in differences)


def test_the_command_prints_the_table_and_ends_with_1_on_a_difference(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["talks", "replay", "g-standoff", "--as-of", "2026-09-15"]) == 0
    out = capsys.readouterr().out
    assert "4 dates, 0 differences." not in out and "5 dates, 0 differences." in out
    data = json.loads(loading.find("g-standoff").read_text(encoding="utf-8"))
    data["expected"][0]["commitments"]["G1"] = "kept"
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    assert main(["talks", "replay", str(path), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["differences"] == [{"as_of": "2026-09-06", "what": "G1", "expected": "kept", "found": "pending"}]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "is not JSON: line 1"),
        ("[]", "an object is expected"),
        ('{"shape": "other"}', "reads 'palaver-talk-1'"),
        ('{"shape": "palaver-talk-1", "initials": {"parties": {"a": "A"}}}', "two parties"),
        (
            '{"shape":"palaver-talk-1","initials":{"parties":{"a":"A","b":"B"}},"events":[{"at":"1999-13-01","act":"talk.raise"}]}',
            "events[0]",
        ),
        (
            '{"shape":"palaver-talk-1","initials":{"parties":{"a":"A","b":"B"},"commitments":[{"id":"X","debtor":"a","antecedent":{"eval":"1"}}]}}',
            "Commitment X, antecedent",
        ),
        (
            '{"shape":"palaver-talk-1","initials":{"parties":{"a":"A","b":"B"},"offices":{"o":"c"}}}',
            "'c' is no party",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_told_where(
    tmp_path: Any, capsys: pytest.CaptureFixture[str], text: str, sentence: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    assert main(["talks", "replay", str(path)]) == 1
    assert sentence in capsys.readouterr().err


def test_a_name_that_is_no_scenario_is_told_which_there_are() -> None:
    with pytest.raises(Misshapen, match="g-standoff"):
        loading.find("h-nothing")
