"""Row 16: the talk engine – a log of 100,000 acts folded, and the talk read as of a date."""

from __future__ import annotations

import random
import time

from bench.ground import Ground
from bench.measuring import Row, median
from palaver.talks.acts import Act
from palaver.talks.commitments import terms
from palaver.talks.folding import Ground as Talking
from palaver.talks.folding import fold
from palaver.talks.scenarios.replaying import reading
from palaver.talks.when import When, when

ACTS = 100_000
PROMISES = 2_000
FACTS = 500
KINDS = (
    "fact.attest",
    "promise.level",
    "promise.acknowledge",
    "promise.stop",
    "promise.resume",
    "promise.cure",
    "allegation.make",
    "note.add",
)


def measure(ground: Ground) -> list[Row]:
    """CPU of the fold and of one reading, the medians of five."""
    talking, log = a_long_talk()
    folds, readings = [], []
    for n in range(5):
        began = time.process_time()
        talk = fold(talking, log)
        folds.append(time.process_time() - began)
        began = time.process_time()
        reading(talk, f"{2001 + n}-06-01")
        readings.append(time.process_time() - began)
    folded, read = median(folds), median(readings)
    return [
        Row("16-fold", f"talk engine: fold of {ACTS:,} acts", folded, 1, 0.3, False, "s", ground.absolute(folded)),
        Row(
            "16-state",
            f"talk engine: state of {PROMISES:,} promises at a date",
            read * 1000,
            50,
            10,
            False,
            "ms",
            ground.absolute(read),
        ),
    ]


def a_long_talk() -> tuple[Talking, list[Act]]:
    """Two parties, two thousand promises that wait for one another and for facts, and the rest of the acts over ten years,
    entered in no order of time. The same on every machine."""
    chance = random.Random(16)
    promises = [
        terms(
            {
                "id": f"c{n}",
                "debtor": "goran" if n % 2 else "hana",
                "creditors": ["hana" if n % 2 else "goran"],
                "antecedent": None
                if n < 2
                else {"any": [{"satisfied": f"c{chance.randrange(n)}"}, {"attested": f"f{chance.randrange(FACTS)}"}]},
                "due_after": {"days": chance.randrange(5, 900)},
                "silence_is_breach": chance.random() < 0.5,
            }
        )
        for n in range(PROMISES)
    ]
    log: list[Act] = []

    def add(at: int, kind: str, seat: str, **body: object) -> None:
        log.append(Act(len(log) + 1, kind, When(at, at, "-"), at, seat, f"{seat}-self", body))

    begins = when("2000-01-01").start
    for seat in ("goran", "hana"):
        log.append(
            Act(len(log) + 1, "mandate.begin", When(begins, begins, "-"), begins, seat, f"{seat}-self",
                {"office": seat, "holder": f"{seat}-self"}, sources=("bench",))
        )  # fmt: skip
    for n, one in enumerate(promises):
        add(begins + n, "promise.offer", one.debtor[0], id=one.id)
        add(begins + n, "promise.accept", one.debtor[0], id=one.id)
    at = begins + PROMISES
    while len(log) < ACTS:
        at += chance.randrange(1, 6000)
        kind, one = chance.choice(KINDS), chance.choice(promises)
        theirs = kind in {"promise.acknowledge", "allegation.make"}
        seat = one.creditors[0] if theirs else one.debtor[0]
        add(at, kind, seat, id=one.id, fact=f"f{chance.randrange(FACTS)}", level="1", allegation=f"a{len(log)}")
    chance.shuffle(log)
    return Talking({"goran": "Goran", "hana": "Hana"}, {"goran": "goran", "hana": "hana"}, promises), log
