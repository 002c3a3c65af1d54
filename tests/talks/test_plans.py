"""The plan's text: operations that can be undone, redlines, and the road of an amendment."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palaver.talks.folding import fold
from palaver.talks.plans import Point, Unfit, Version, apply, invert, number, overlap, points, redline
from tests.talks.making import Minutes, ground, promise

WORDS = st.text("ab cd", min_size=1, max_size=8)


@st.composite
def _edited(draw: st.DrawFn) -> tuple[Version, list[dict[str, Any]]]:
    """A version and operations that fit it, drawn one on the other."""
    names = [f"p{n}" for n in range(draw(st.integers(1, 5)))]
    version = tuple(Point(name, draw(WORDS)) for name in names)
    now, ops = version, []
    for n in range(draw(st.integers(0, 6))):
        ids = [point.id for point in now]
        after = draw(st.sampled_from([None, *ids]))
        kind = draw(st.sampled_from(["insert", "replace", "delete", "move", "split", "merge"] if ids else ["insert"]))
        op: dict[str, Any] = {"op": kind}
        if kind == "insert":
            op |= {"after": after, "id": f"n{n}", "text": draw(WORDS)}
        elif kind == "merge":
            if len(ids) < 2:
                continue
            op |= {"ids": draw(st.permutations(ids))[:2], "text": draw(WORDS)}
        else:
            chosen = draw(st.sampled_from(ids))
            op["id"] = chosen
            if kind == "replace":
                op["text"] = draw(WORDS)
            elif kind == "move":
                op["after"] = draw(st.sampled_from([None, *(one for one in ids if one != chosen)]))
            elif kind == "split":
                op["into"] = [{"id": chosen, "text": draw(WORDS)}, {"id": f"n{n}", "text": draw(WORDS)}]
        now = apply(now, [op])
        ops.append(op)
    return version, ops


@settings(max_examples=400, deadline=None)
@given(_edited())
def test_what_was_done_can_be_undone(edited: tuple[Version, list[dict[str, Any]]]) -> None:
    version, ops = edited
    assert apply(apply(version, ops), invert(version, ops)) == version


@settings(max_examples=200, deadline=None)
@given(_edited())
def test_a_redline_holds_both_versions_word_for_word(edited: tuple[Version, list[dict[str, Any]]]) -> None:
    old, ops = edited
    new = apply(old, ops)
    lines = {line.id: line for line in redline(old, new)}
    for version, kept, other in ((old, "gone", "new"), (new, "new", "gone")):
        for point in version:
            words = " ".join(text for tag, text in lines[point.id].words if tag in {"same", kept})
            assert words.split() == point.text.split()
            place = lines[point.id].before if kept == "gone" else lines[point.id].after
            assert place == number(version, point.id)
        assert other


@pytest.mark.parametrize(
    ("op", "sentence"),
    [
        ({"op": "replace", "id": "x", "text": "y"}, "no point x"),
        ({"op": "insert", "after": None, "id": "a", "text": "y"}, "taken or empty"),
        ({"op": "move", "id": "a", "after": "a"}, "behind itself"),
        ({"op": "merge", "ids": ["a", "a"], "text": "y"}, "each once"),
        ({"op": "split", "id": "a", "into": [{"id": "b", "text": "y"}]}, "keeps its id"),
        ({"op": "dance", "id": "a"}, "no operation"),
    ],
)
def test_an_operation_that_does_not_fit_is_told_why(op: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Unfit, match=sentence):
        apply((Point("a", "one"), Point("b", "two")), [op])


def test_points_need_ids_of_their_own() -> None:
    with pytest.raises(Unfit):
        points([{"id": "a", "text": "1"}, {"id": "a", "text": "2"}])


def test_two_amendments_of_one_point_overlap() -> None:
    ours = [{"op": "replace", "id": "a", "text": "x"}, {"op": "insert", "after": "a", "id": "n", "text": "y"}]
    assert overlap(ours, [{"op": "merge", "ids": ["a", "b"], "text": "z"}]) == {"a"}
    assert overlap(ours, [{"op": "delete", "id": "b"}]) == frozenset()


def _planned() -> Minutes:
    minutes = Minutes()
    minutes.add("2026-01-02", "plan.offer", "goran", points=[{"id": "a", "text": "one"}, {"id": "b", "text": "two"}])
    return minutes


def test_an_amendment_is_adopted_when_all_whom_it_touches_have_said_yes_and_overtakes_its_rivals() -> None:
    minutes = _planned()
    for name, text in (("x", "ONE"), ("y", "uno")):
        ops = [{"op": "replace", "id": "a", "text": text}]
        minutes.add("2026-01-03", "amendment.table", "goran", amendment=name, base=1, ops=ops)
    minutes.add("2026-01-04", "amendment.answer", "goran", amendment="x", answer="accepted")
    talk = fold(ground(), minutes.log)
    assert talk.amendments["x"].now.status == "tabled"
    minutes.add("2026-01-05", "amendment.answer", "hana", amendment="x", answer="accepted")
    talk = fold(ground(), minutes.log)
    assert [talk.amendments[name].now.status for name in ("x", "y")] == ["adopted", "overtaken"]
    assert talk.versions.now == ((Point("a", "one"), Point("b", "two")), (Point("a", "ONE"), Point("b", "two")))


def test_only_those_whose_points_are_touched_decide() -> None:
    body = promise("mine", point="a", creditors=["goran"])
    minutes = _planned()
    minutes.add("2026-01-03", "amendment.table", "hana", amendment="x", base=1, ops=[{"op": "delete", "id": "a"}])
    talk = fold(ground(body), minutes.log)
    assert talk.amendments["x"].now.decides == ("goran",)


def test_a_stale_amendment_must_be_rebased_and_an_outsiders_draft_is_answered_by_nobody() -> None:
    minutes = _planned()
    minutes.add("2026-01-03", "amendment.draft", "observer:kaya", by="Kaya", amendment="k", base=1, ops=[])
    minutes.add("2026-01-03", "amendment.answer", "goran", amendment="k", answer="accepted")
    minutes.add("2026-01-03", "amendment.table", "goran", amendment="old", base=0, ops=[])
    minutes.add("2026-01-03", "amendment.table", "observer:kaya", by="Kaya", amendment="k")
    talk = fold(ground(), minutes.log)
    assert [why for _act, why in talk.refused] == [
        "The amendment k is drafted.",
        "It was written for version 0; version 1 is the newest, so it must be rebased.",
        "observer:kaya is no party of this talk, so this is not theirs to do.",
    ]


def test_a_sealed_no_shows_only_once_everybody_has_answered() -> None:
    minutes = _planned()
    ops = [{"op": "replace", "id": "a", "text": "ONE"}]
    minutes.add("2026-01-03", "amendment.table", "goran", amendment="x", base=1, ops=ops, sealed=True)
    minutes.add("2026-01-04", "amendment.answer", "goran", amendment="x", answer="refused")
    assert fold(ground(), minutes.log).amendments["x"].now.status == "tabled"
    minutes.add("2026-01-05", "amendment.answer", "hana", amendment="x", answer="accepted")
    sealed = fold(ground(), minutes.log).amendments["x"].now
    assert sealed.status == "refused"
    assert sealed.answers_shown("hana") == {"hana": "accepted"}
    assert sealed.answers_shown() == {}
