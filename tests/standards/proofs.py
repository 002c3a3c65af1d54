"""What tests of proofs share: cases judged through the real verbs over some weeks, and what an installation publishes of them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from palaver.accounts.models import Member, Session
from palaver.forums import locking
from palaver.kit import clock
from palaver.record.models import Entry
from palaver.record.redacting import redact
from palaver.standards import convening, proving, seating, seeds, verifier
from palaver.standards.models import Case
from tests.cast import MORNING, Cast
from tests.standards.court import BREAKS, KEEPS, Court, hand_in, offers, settled, take

EVERY_FORUM = None


@contextmanager
def on(day: int, hour: int = 0) -> Iterator[datetime]:
    """A day of the story, counted from its first morning."""
    instant = MORNING + timedelta(days=day, hours=hour)
    with clock.stopped_at(instant):
        yield instant


def here_again(members: Sequence[Member], at: datetime) -> None:
    """They have signed in lately, however long the story is."""
    with transaction.atomic():
        Session.objects.filter(member__in=list(members)).update(seen_at=at, expires_at=at + timedelta(days=9))


class Year:
    """A community of twelve jurors whose cases come one after the other, a day or more between them."""

    def __init__(self, cast: Cast, crowd: int = 12) -> None:
        self.cast = cast
        with on(0):
            seeds.commit_due()
            self.court = Court(cast)
            self.jurors = self.court.crowd(crowd)
            self.authors = [cast.ana, cast.goran, cast.hana, cast.ines, cast.kaya, cast.dara]
            self.alerters = [cast.bram, cast.emil, cast.femi]
            settled(*self.authors, *self.alerters)
        self.cases: list[Case] = []

    def case(self, day: int, choices: Sequence[int], *, declines: int = 0, hour: int = 0) -> Case:
        """A post, an alert, a jury, its papers in this order; the first `declines` who are asked say no."""
        n = len(self.cases)
        author, alerter = self.authors[n % len(self.authors)], self.alerters[n % len(self.alerters)]
        with on(day, hour) as morning:
            here_again([*self.jurors, *self.authors, *self.alerters], morning)
            seeds.commit_due()
        with on(day, hour + 1):
            post = self.cast.thread(f"Story {n}", by=author, text=f"Number {n}.").posts.get(place=0)
            case = self.court.case(post=post, by=alerter)
        with on(day, hour + 2):
            self.court.gather()
            convening.sit(case.pk)
            for seat in offers(case)[:declines]:
                seating.decline(seat, by=seat.drawn.member)
            convening.sit(case.pk)
            for seat, choice in zip(take(offers(case)), choices, strict=False):
                if Case.objects.get(pk=case.pk).is_open:
                    hand_in(seat, choice, reason=f"Because of {choice}, said in case {n}.")
        self.cases.append(Case.objects.get(pk=case.pk))
        return self.cases[-1]

    def publish(self, day: int) -> None:
        """The jobs of a day on which seeds may be due."""
        with on(day):
            seeds.publish_due()

    def some(self) -> None:
        """Every way in which a case ends, and a redaction between them."""
        self.case(1, [BREAKS, BREAKS, BREAKS])
        self.case(3, [BREAKS, KEEPS, BREAKS], declines=2)
        self.case(5, [KEEPS])
        with on(6):
            thread = self.cast.thread("Closed", by=self.cast.ana)
            locking.lock(thread, by=self.cast.odile, because="It names a patient.")
            locking.unlock(thread, by=self.cast.odile)
            redact(Entry.objects.get(act="thread.lock"), by=self.cast.odile, because="It named a patient.")
        self.case(7, [BREAKS])
        with on(8):
            convening.sit(self.cases[-1].pk)
            assert Case.objects.get(pk=self.cases[-1].pk).stage == Case.Stage.DECIDED, "Its time was over."
        self.publish(12)


def published() -> Told:
    """What the installation publishes: the whole record, the heads, every decided case."""
    first = proving.entries(1, readable=EVERY_FORUM, size=100_000)
    cases = {}
    for case_id in Case.objects.filter(stage=Case.Stage.DECIDED).values_list("pk", flat=True):
        proof = proving.case(case_id, readable=EVERY_FORUM)
        assert proof is not None
        cases[case_id] = json.loads(json.dumps(proof))
    return Told(first["entries"], first["head"], proving.heads(), cases)


@dataclass
class Told:
    """The public JSON, and what somebody does to it who holds all of it in hand."""

    entries: list[dict[str, Any]]
    head: dict[str, Any]
    heads: list[dict[str, Any]]
    cases: dict[int, dict[str, Any]]
    pins: dict[int, str] = field(default_factory=dict)

    def copy(self) -> Told:
        return copy.deepcopy(self)

    def find(self, act: str, case_id: int | None = None) -> dict[str, Any]:
        """The first entry of an act, of a case if one is named."""
        return next(
            one
            for one in self.entries
            if one["act"] == act and (case_id is None or one["subject"] == f"case:{case_id}")
        )

    def at(self, number: int) -> dict[str, Any]:
        return next(one for one in self.entries if one["sequence"] == number)

    def say(self, entry: dict[str, Any], /, **fields: Any) -> None:
        """Change what an entry says, payload hash and all; `reseal` makes the chain follow."""
        said = json.loads(entry["body"]) | fields
        entry["body"] = verifier.canonical(said)
        entry["payload_hash"] = verifier.salted(entry["salt"], entry["body"])

    def insert(self, after: dict[str, Any], act: str, subject: str, /, **said: Any) -> dict[str, Any]:
        """An entry that was never made, right after another."""
        made = {**after, "act": act, "subject": subject, "state": "open", "salt": "5" * 64, "body": "{}"}
        self.entries.insert(self.entries.index(after) + 1, made)
        self.say(made, **said)
        return made

    def reseal(self) -> None:
        """Number and hash everything anew from the beginning, so that nothing but the meaning can tell."""
        numbers: dict[int, int] = {}
        previous = verifier.BEGINNING
        for place, entry in enumerate(self.entries, 1):
            numbers.setdefault(entry["sequence"], place)
            entry["sequence"], entry["previous_hash"] = place, previous
            entry["hash"] = previous = verifier.header_hash(entry)
        self.head = {"sequence": len(self.entries), "hash": previous}
        last = {entry["at"][:10]: entry for entry in self.entries}
        self.heads = [
            {"day": day, "sequence": one["sequence"], "hash": one["hash"]} for day, one in sorted(last.items())
        ]
        for case in self.cases.values():
            for name in ("opening", "verdict", "commitment", "publication"):
                if case[name] is not None:
                    case[name] = copy.deepcopy(self.at(numbers.get(case[name]["sequence"], case[name]["sequence"])))

    def record(self) -> list[str]:
        return verifier.verify_record(self.entries, self.head, self.heads, self.pins).faults

    def case(self, case_id: int) -> list[str]:
        return verifier.verify_case(self.cases[case_id], self.entries, self.pins).faults
