"""What one party says in caucus changes nothing that the other can obtain from the log or its states."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from palaver.talks.acts import Act, chain, visible_to
from palaver.talks.folding import fold
from palaver.talks.scenarios.replaying import reading
from tests.talks.making import Minutes, ground, promise

BODIES = [promise("a"), promise("b", "hana", antecedent={"committed": "a"})]

_said = st.lists(
    st.tuples(
        st.integers(2, 9), st.sampled_from(["note.add", "position.table", "promise.level"]), st.text(max_size=20)
    ),
    max_size=5,
)
_open = st.lists(
    st.tuples(
        st.integers(2, 9),
        st.sampled_from(["promise.offer", "promise.accept", "promise.cancel", "promise.stop", "note.add"]),
        st.sampled_from(["goran", "hana"]),
        st.sampled_from(["a", "b"]),
    ),
    max_size=6,
)


def _log(open_acts: list[Any], caucus: list[Any]) -> list[Act]:
    """The caucus acts are entered between the others, wherever their number falls."""
    minutes = Minutes()
    for n in range(max(len(open_acts), len(caucus))):
        if n < len(caucus):
            day, kind, text = caucus[n]
            minutes.add(f"2026-01-{day:02}", kind, "goran", audience="caucus:goran", id="a", level=text, text=text)
        if n < len(open_acts):
            day, kind, seat, name = open_acts[n]
            minutes.add(f"2026-01-{day:02}", kind, seat, id=name)
    return minutes.log


def _all_that_hana_can_obtain(log: list[Act]) -> Any:
    mine = visible_to(log, "caucus:hana")
    heads = chain(log)
    talk = fold(ground(*BODIES), mine)
    return (
        [(act.kind, act.when, act.seat, act.by, act.body) for act in mine],
        {audience: head for audience, head in heads.items() if audience in {"all", "caucus:hana"}},
        [reading(talk, f"2026-01-{day:02}") for day in range(1, 12)],
        [(act.kind, because) for act, because in talk.refused],
        len(mine),
    )


@settings(max_examples=300, deadline=None)
@given(_open, _said, _said)
def test_hana_obtains_the_same_whatever_goran_says_in_caucus(
    open_acts: list[Any], one: list[Any], other: list[Any]
) -> None:
    assert _all_that_hana_can_obtain(_log(open_acts, one)) == _all_that_hana_can_obtain(_log(open_acts, other))


def test_the_control_sees_a_difference_that_is_not_hidden() -> None:
    quiet = _log([(2, "promise.offer", "goran", "a")], [])
    loud = _log([(2, "promise.offer", "goran", "a"), (3, "promise.accept", "goran", "a")], [])
    assert _all_that_hana_can_obtain(quiet) != _all_that_hana_can_obtain(loud)


def test_a_chain_notices_a_changed_and_a_missing_act_of_its_class() -> None:
    log = _log([(2, "promise.offer", "goran", "a"), (3, "promise.accept", "goran", "a")], [(2, "note.add", "x")])
    whole = chain(log)
    assert chain([*log[:-1], log[-1]._replace(by="Kaya")])["all"] != whole["all"]
    assert chain(log[:-1])["all"] != whole["all"]
    assert chain(log[:-1])["caucus:goran"] == whole["caucus:goran"]
