"""The plan's text: numbered points that keep their id, and amendments as operations that can be undone.

An amendment is written against one version and fits no other: on a newer one a person rebases it. Two amendments that touch the
same point are shown side by side, never merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from django.utils.translation import gettext as _


class Point(NamedTuple):
    """One point. `id` stays from version to version; its number is its place. `is_public` is False for a placeholder."""

    id: str
    text: str
    is_public: bool = True


Version = tuple[Point, ...]
Op = Mapping[str, Any]


class Unfit(ValueError):
    """An operation that this version does not take; the text says which and why."""


def points(rows: Iterable[Mapping[str, Any]]) -> Version:
    """Read a version. Raises Unfit for ids that are missing or doubled."""
    made = tuple(
        Point(str(row.get("id", "")), str(row.get("text", "")), bool(row.get("is_public", True))) for row in rows
    )
    ids = [point.id for point in made]
    if "" in ids or len(set(ids)) != len(ids):
        raise Unfit(_("Every point needs an id of its own."))
    return made


def number(version: Version, point_id: str) -> int | None:
    """The number under which a version shows a point, from 1."""
    return next((n for n, point in enumerate(version, 1) if point.id == point_id), None)


def touched(op: Op) -> frozenset[str]:
    """The points that an operation changes or leans on."""
    match op.get("op"):
        case "merge":
            return frozenset(str(one) for one in op["ids"])
        case "insert":
            return frozenset()
        case _:
            return frozenset({str(op["id"])})


def overlap(ours: Sequence[Op], theirs: Sequence[Op]) -> frozenset[str]:
    """The points that both change: a conflict, for people to settle."""
    mine = frozenset().union(*(touched(op) for op in ours)) if ours else frozenset()
    return mine & (frozenset().union(*(touched(op) for op in theirs)) if theirs else frozenset())


def apply(version: Version, ops: Sequence[Op]) -> Version:
    """The version with the operations done one after the other. Raises Unfit."""
    for op in ops:
        version = _do(version, op)[0]
    return version


def invert(version: Version, ops: Sequence[Op]) -> list[Op]:
    """The operations that lead back: apply(apply(v, ops), invert(v, ops)) == v."""
    back: list[Op] = []
    for op in ops:
        version, undo = _do(version, op)
        back = [*undo, *back]
    return back


def _do(version: Version, op: Op) -> tuple[Version, list[Op]]:
    """One operation and what undoes it."""
    rows = list(version)
    match op.get("op"):
        case "insert":
            fresh = Point(str(op["id"]), str(op.get("text", "")), bool(op.get("is_public", True)))
            _must_be_new(rows, fresh.id)
            rows.insert(_behind(rows, op.get("after")), fresh)
            return tuple(rows), [{"op": "delete", "id": fresh.id}]
        case "replace":
            n = _find(rows, op["id"])
            old = rows[n]
            rows[n] = Point(old.id, str(op.get("text", "")), bool(op.get("is_public", True)))
            return tuple(rows), [{"op": "replace", "id": old.id, "text": old.text, "is_public": old.is_public}]
        case "delete":
            n = _find(rows, op["id"])
            old = rows.pop(n)
            before = rows[n - 1].id if n else None
            return tuple(rows), [
                {"op": "insert", "after": before, "id": old.id, "text": old.text, "is_public": old.is_public}
            ]
        case "move":
            n = _find(rows, op["id"])
            old = rows.pop(n)
            before = rows[n - 1].id if n else None
            if op.get("after") == old.id:
                raise Unfit(_("A point cannot be moved behind itself."))
            rows.insert(_behind(rows, op.get("after")), old)
            return tuple(rows), [{"op": "move", "id": old.id, "after": before}]
        case "split":
            n = _find(rows, op["id"])
            old, into = rows[n], points(op["into"])
            if len(into) < 2 or into[0].id != old.id:
                raise Unfit(_("A split point keeps its id for the first part and gives new ones to the others."))
            for part in into[1:]:
                _must_be_new(rows, part.id)
            rows[n : n + 1] = into
            undo: list[Op] = [{"op": "delete", "id": part.id} for part in reversed(into[1:])]
            undo.append({"op": "replace", "id": old.id, "text": old.text, "is_public": old.is_public})
            return tuple(rows), undo
        case "merge":
            ids = [str(one) for one in op["ids"]]
            if len(ids) < 2 or len(set(ids)) != len(ids):
                raise Unfit(_("A merge names two points or more, each once."))
            undo = []
            first = rows[_find(rows, ids[0])]
            for name in ids[1:]:
                rows_now, undone = _do(tuple(rows), {"op": "delete", "id": name})
                rows, undo = list(rows_now), [*undone, *undo]
            n = _find(rows, first.id)
            rows[n] = Point(first.id, str(op.get("text", "")), first.is_public)
            undo = [{"op": "replace", "id": first.id, "text": first.text, "is_public": first.is_public}, *undo]
            return tuple(rows), undo
        case other:
            raise Unfit(_("%(op)s is no operation on a plan.") % {"op": repr(other)})


def _find(rows: Sequence[Point], point_id: Any) -> int:
    for n, point in enumerate(rows):
        if point.id == str(point_id):
            return n
    raise Unfit(_("This version has no point %(id)s.") % {"id": point_id})


def _behind(rows: Sequence[Point], after: Any) -> int:
    return 0 if after is None else _find(rows, after) + 1


def _must_be_new(rows: Sequence[Point], point_id: str) -> None:
    if not point_id or any(point.id == point_id for point in rows):
        raise Unfit(_("The id %(id)s is taken or empty; a new point needs one of its own.") % {"id": repr(point_id)})


class Line(NamedTuple):
    """One point of a redline: the words that stay, go and come, in reading order, each as (`same`|`gone`|`new`, words)."""

    id: str
    before: int | None
    after: int | None
    words: tuple[tuple[str, str], ...]


def redline(old: Version, new: Version) -> list[Line]:
    """What a reader of two versions sees, point by point and word by word, in the order of the newer; what went stands last."""
    texts = {point.id: point.text for point in old}
    lines = [
        Line(point.id, number(old, point.id), n, _words(texts.get(point.id), point.text))
        for n, point in enumerate(new, 1)
    ]
    kept = {point.id for point in new}
    lines += [
        Line(point.id, n, None, (("gone", point.text),)) for n, point in enumerate(old, 1) if point.id not in kept
    ]
    return lines


def _words(old: str | None, new: str) -> tuple[tuple[str, str], ...]:
    if old is None:
        return (("new", new),)
    before, after = old.split(), new.split()
    said: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            said.append(("same", " ".join(before[a:b])))
            continue
        if b > a:
            said.append(("gone", " ".join(before[a:b])))
        if d > c:
            said.append(("new", " ".join(after[c:d])))
    return tuple(said)
