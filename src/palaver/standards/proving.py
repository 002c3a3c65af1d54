"""What anybody may have to recompute the record and the draws: entries, daily heads, the proof of a case, as plain JSON values.

The shapes are those that `standards.verifier` reads. `readable` are the forums that whoever asks may read (None: all): where an
entry concerns another forum its header stays public and its payload is *withheld*, which is said, counted by the verifier, and
no redaction. So are the words of a name or about text that were removed under a standard whose removed texts stay closed.
Source: Standards, Record and Jury ("Draw, verifiable, jurors unnamed").
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db.models import Max
from django.db.models.functions import TruncDate

from palaver.ballots.models import Ballot
from palaver.forums.models import Lock, Post, Thread, ThreadStub
from palaver.record import chain
from palaver.record.models import Entry, Head
from palaver.standards import deciding
from palaver.standards.models import Appeal, Case, Seed, Standard, Verdict

A_PAGE = 500
FORMAT = 1
LARGEST = 2**63
"""No id is so large: the integers of both databases end before."""
VERIFIER = Path(__file__).with_name("verifier.py")


def entries(first: int, *, readable: Collection[int] | None, size: int = A_PAGE) -> dict[str, Any]:
    """A page of the record from the entry `first` on: entries, where the next page begins, and the head as of this page."""
    # The head is read before the entries, so that what is entered meanwhile is left to the next asking.
    head = Head.objects.filter(id=1).first()
    last = head.sequence if head is not None else 0
    rows = list(
        Entry.objects.filter(sequence__gte=first, sequence__lte=last)
        .select_related("payload")
        .order_by("sequence")[: size + 1]
    )
    more = rows[size:]
    return {
        "format": FORMAT,
        "head": {"sequence": last, "hash": head.hash if head is not None else chain.BEGINNING},
        "entries": shown(rows[:size], readable=readable),
        "next": more[0].sequence if more else None,
    }


def heads(*, before: datetime | None = None, among: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """The last entry of each day (UTC) with its hash, oldest first. `before` leaves out the day of an instant and later ones;
    `among` asks only for the heads among some entries."""
    # Computed and not stored: what a head says stands in its entry, and a second copy could only differ from it.
    asked = Entry.objects.all()
    if before is not None:
        asked = asked.filter(at__lt=before.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
    if among is not None:
        asked = asked.filter(sequence__gte=min(among, default=0))
    days = asked.annotate(day=TruncDate("at", tzinfo=UTC)).values("day").annotate(last=Max("sequence"))
    found = {row["last"]: row["day"] for row in days.order_by("day") if among is None or row["last"] in among}
    hashes = dict(Entry.objects.filter(sequence__in=list(found)).values_list("sequence", "hash"))
    return [{"day": found[n].isoformat(), "sequence": n, "hash": hashes[n]} for n in sorted(found)]


def case(case_id: int, *, readable: Collection[int] | None) -> dict[str, Any] | None:
    """The proof of a decided case; None where there is none or no verdict yet. No ids of jurors, no times but the entries' own.

    `reasons` is None for those who may not read the forum of its post.
    """
    if case_id >= LARGEST:
        return None
    verdict = Verdict.objects.select_related("case").filter(case_id=case_id).first()
    if verdict is None or verdict.case.opened_entry is None:
        return None
    found = verdict.case
    seed = Seed.objects.filter(day=found.seed_day).first() if found.seed_day is not None else None
    wanted = {
        "opening": found.opened_entry,
        "verdict": verdict.entry,
        "commitment": _committed(found, seed),
        "publication": None if seed is None else seed.published_entry,
    }
    numbers = [n for n in wanted.values() if n is not None]
    rows = Entry.objects.filter(sequence__in=numbers).select_related("payload").order_by("sequence")
    by_number = {one["sequence"]: one for one in shown(list(rows), readable=readable)}
    may = readable is None or {forum for _case, forum in _forums_of_cases([case_id])} <= set(readable)
    is_jury = found.judges == Case.Judges.JURY
    return {
        "format": FORMAT,
        "case": case_id,
        **{name: by_number.get(n) if n is not None else None for name, n in wanted.items()},
        "rounds": deciding.rounds(found) if is_jury else [],
        "reasons": (deciding.reasons(found) if is_jury else []) if may else None,
    }


def _committed(found: Case, seed: Seed | None) -> int | None:
    """The entry that committed to a case's seed."""
    return seed.commitment_entry if seed is not None and found.judges == Case.Judges.JURY else None


def shown(rows: Sequence[Entry], *, readable: Collection[int] | None) -> list[dict[str, Any]]:
    """Entries as public JSON: the header always, salt and payload (its canonical JSON, as a text) where they may be seen."""
    closed = withheld(rows, readable=readable)
    made = []
    for row in rows:
        state = "emptied" if row.payload.body is None else "withheld" if row.sequence in closed else "open"
        made.append(
            {
                "sequence": row.sequence,
                "previous_hash": row.previous_hash,
                "at": chain.stamp(row.at),
                "office": row.office,
                "act": row.act,
                "subject": row.subject,
                "payload_hash": row.payload_hash,
                "hash": row.hash,
                "state": state,
                "salt": row.payload.salt if state == "open" else None,
                "body": row.payload.body if state == "open" else None,
            }
        )
    return made


def withheld(rows: Sequence[Entry], *, readable: Collection[int] | None) -> set[int]:
    """Which entries' payloads are not for those who read these forums only. A few statements, however many rows."""
    if readable is None:
        return set()
    said = {row.sequence: json.loads(row.payload.body) for row in rows if row.payload.body is not None}
    things = {row.sequence: set(_things(row, said.get(row.sequence, {}))) for row in rows}
    forums = _forums({thing for one in things.values() for thing in one})
    closed = {n for n, one in things.items() if any(forums.get(thing, set()) - set(readable) for thing in one)}
    return closed | _closed_words(rows, said)


def _things(row: Entry, said: dict[str, Any]) -> Iterable[tuple[str, int]]:
    """What an entry is about or names, as (kind, id). A case's opening says nothing of what it is about, so it names nothing."""
    if row.act == "case.open":
        return
    kind, _colon, number = row.subject.partition(":")
    if number.isdecimal():
        yield kind, int(number)
    for name, of in _NAMED.items():
        values = said.get(name)
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, int) and not isinstance(value, bool):
                yield of, value
    about = said.get("about")
    if isinstance(about, dict) and isinstance(about.get("post"), int):
        yield "post", about["post"]


_NAMED = {
    "forum": "forum",
    "from": "forum",
    "to": "forum",
    "thread": "thread",
    "into": "thread",
    "merged": "thread",
    "post": "post",
    "lock": "lock",
    "ballot": "ballot",
    "case": "case",
    "of": "case",
}
"""Fields of payloads that name something standing in a forum."""


def _forums(things: set[tuple[str, int]]) -> dict[tuple[str, int], set[int]]:
    """In which forums things stand. A thing that is not there any more stands in none."""
    ids: dict[str, set[int]] = {}
    for kind, number in things:
        ids.setdefault(kind, set()).add(number)
    found: dict[tuple[str, int], set[int]] = {("forum", number): {number} for number in ids.get("forum", ())}
    abouts = (
        dict(Ballot.objects.filter(pk__in=ids.get("ballot", ())).values_list("pk", "about")) if "ballot" in ids else {}
    )
    inner: dict[int, tuple[str, int]] = {}
    for ballot, about in abouts.items():
        kind, _colon, text = about.partition(":")
        if text.isdecimal():
            inner[ballot] = (kind, int(text))
            ids.setdefault(kind, set()).add(int(text))
            if kind == "forum":
                found["forum", int(text)] = {int(text)}
    lookups: dict[str, Callable[[set[int]], Iterable[tuple[int, int]]]] = {
        "thread": lambda pks: Thread.objects.filter(pk__in=pks).values_list("pk", "forum_id"),
        "post": lambda pks: Post.objects.filter(pk__in=pks).values_list("pk", "forum_id"),
        "lock": lambda pks: Lock.objects.filter(pk__in=pks).values_list("pk", "thread__forum_id"),
        "case": _forums_of_cases,
    }
    for kind, look_up in lookups.items():
        if ids.get(kind):
            for number, forum in look_up(ids[kind]):
                found[kind, number] = {forum}
    # A thread that was merged is for the readers of the one in which its posts are now.
    gone = [number for number in ids.get("thread", ()) if ("thread", number) not in found]
    if gone:
        for number, forum in ThreadStub.objects.filter(was__in=gone).values_list("was", "into__forum_id"):
            found["thread", number] = {forum}
    for ballot, thing in inner.items():
        found["ballot", ballot] = found.get(thing, set())
    return found


def _forums_of_cases(numbers: Collection[int]) -> list[tuple[int, int]]:
    """Cases with the forum of the post that is judged, or of the block or the lock that is appealed against."""
    cases = Case.objects.filter(pk__in=numbers, post__isnull=False)
    appeals = Appeal.objects.filter(case__in=numbers)
    return [
        *cases.values_list("pk", "post__forum_id"),
        *appeals.filter(block__isnull=False).values_list("case_id", "block__forum_id"),
        *appeals.filter(lock__isnull=False).values_list("case_id", "lock__thread__forum_id"),
    ]


def _closed_words(rows: Sequence[Entry], said: dict[int, dict[str, Any]]) -> set[int]:
    """Verdicts whose payload holds a removed name or about text that must not be read any more."""
    of: dict[int, tuple[int, str]] = {}
    for row in rows:
        told = said.get(row.sequence, {})
        about = told.get("about")
        if row.act == "case.verdict" and isinstance(about, dict) and about.get("text") and told["outcome"] == "removed":
            of[row.sequence] = (told["charter"], told["standard"])
    if not of:
        return set()
    wanted = Standard.objects.filter(charter_id__in={charter for charter, _key in of.values()}, is_openable=True)
    openable = set(wanted.values_list("charter_id", "key"))
    return {n for n, rule in of.items() if rule not in openable}
