"""Annotators and items fitted to votes: two models, told apart by the votes they have not seen.

*Levels*: an item has one of eleven levels of how readily it is found to break the rule, an annotator one of nine leanings, and a
vote breaks with the logistic of their sum (the Beta-binomial's idea with leanings added; the levels' weights are free, so
no shape is presumed). *Dawid–Skene*: two classes of items, each annotator with a hit rate and a false alarm rate. Both by
expectation maximisation in plain Python.
"""

from __future__ import annotations

import json
import lzma
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

LEVELS = tuple(-5.0 + k for k in range(11))
LEANINGS = tuple(-2.4 + 0.6 * s for s in range(9))
ROUNDS = 25


class Vote(NamedTuple):
    item: int
    annotator: int
    breaks: int


@dataclass(frozen=True, slots=True)
class Votes:
    """All votes, items and annotators numbered from 0."""

    items: int
    annotators: int
    rows: tuple[Vote, ...]


def read(folder: Path) -> Votes:
    """The annotators' votes under `folder` (../shared). Raises FileNotFoundError when they are not there."""
    path = folder / "data" / "jury-votes" / "MD-Agreement_train.json.xz"
    with lzma.open(path, "rt", encoding="utf-8") as file:
        told = json.load(file)
    known: dict[str, int] = {}
    rows: list[Vote] = []
    for item, row in enumerate(told.values()):
        for name, vote in zip(row["annotators"].split(","), row["annotations"].split(","), strict=True):
            rows.append(Vote(item, known.setdefault(name, len(known)), int(vote)))
    return Votes(len(told), len(known), tuple(rows))


def halves(votes: Votes, chance: random.Random) -> tuple[list[Vote], list[Vote]]:
    """Each item's votes in two parts: of five, two or three are to learn from."""
    by_item: list[list[Vote]] = [[] for _ in range(votes.items)]
    for row in votes.rows:
        by_item[row.item].append(row)
    learnt: list[Vote] = []
    kept: list[Vote] = []
    for rows in by_item:
        chance.shuffle(rows)
        size = (len(rows) + chance.randrange(2)) // 2
        learnt += rows[:size]
        kept += rows[size:]
    return learnt, kept


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def normal(weights: Sequence[float]) -> list[float]:
    """Log-weights as probabilities."""
    top = max(weights)
    raised = [math.exp(weight - top) for weight in weights]
    whole = sum(raised)
    return [one / whole for one in raised]


# Probability that a vote breaks, by leaning and level, and the logarithms of both answers.
BREAKS = tuple(tuple(logistic(level + leaning) for level in LEVELS) for leaning in LEANINGS)
LOGS = tuple(tuple(tuple(math.log(p if vote else 1 - p) for p in row) for row in BREAKS) for vote in (0, 1))


@dataclass(slots=True)
class Fitted:
    """`items[i]` are the posterior weights of item i's levels, `annotators[j]` those of annotator j's leanings."""

    items: list[list[float]]
    annotators: list[list[float]]
    seen: list[int]

    def curve(self, annotator: int) -> list[float]:
        """How likely this annotator finds that an item breaks, by the item's level."""
        weights = self.annotators[annotator]
        return [sum(w * BREAKS[s][k] for s, w in enumerate(weights)) for k in range(len(LEVELS))]

    def predict(self, vote: Vote) -> float:
        curve = self.curve(vote.annotator)
        return sum(w * p for w, p in zip(self.items[vote.item], curve, strict=True))


def levels(votes: Votes, rows: Sequence[Vote]) -> Fitted:
    """The model of levels and leanings fitted to `rows`."""
    size, wide = len(LEVELS), len(LEANINGS)
    mixing, leaning = [1 / size] * size, normal([-(s * s) / 2 for s in LEANINGS])
    annotators = [leaning[:] for _ in range(votes.annotators)]
    items = [mixing[:] for _ in range(votes.items)]
    for _round in range(ROUNDS):
        # By the annotators' leanings: the expected logarithm of each answer at each level.
        heard = [
            tuple([sum(w * LOGS[vote][s][k] for s, w in enumerate(weights)) for k in range(size)] for vote in (0, 1))
            for weights in annotators
        ]
        logs = [math.log(w + 1e-12) for w in mixing]
        sums = [logs[:] for _ in range(votes.items)]
        for item, annotator, breaks in rows:
            line, said = sums[item], heard[annotator][breaks]
            for k in range(size):
                line[k] += said[k]
        items = [normal(line) for line in sums]
        mixing = [sum(line[k] for line in items) / votes.items for k in range(size)]
        counts = [([0.0] * size, [0.0] * size) for _ in range(votes.annotators)]
        for item, annotator, breaks in rows:
            line, count = items[item], counts[annotator][breaks]
            for k in range(size):
                count[k] += line[k]
        logs = [math.log(w + 1e-12) for w in leaning]
        annotators = [
            normal(
                [
                    logs[s] + sum(keeps[k] * LOGS[0][s][k] + breaks[k] * LOGS[1][s][k] for k in range(size))
                    for s in range(wide)
                ]
            )
            for keeps, breaks in counts
        ]
        leaning = [sum(line[s] for line in annotators) / votes.annotators for s in range(wide)]
    seen = [0] * votes.annotators
    for row in rows:
        seen[row.annotator] += 1
    return Fitted(items, annotators, seen)


@dataclass(slots=True)
class Classes:
    """Dawid–Skene: `items[i]` is the probability that item i breaks, `hit` and `alarm` are each annotator's two rates."""

    items: list[float]
    hit: list[float]
    alarm: list[float]

    def predict(self, vote: Vote) -> float:
        q = self.items[vote.item]
        return q * self.hit[vote.annotator] + (1 - q) * self.alarm[vote.annotator]


def classes(votes: Votes, rows: Sequence[Vote]) -> Classes:
    """Dawid–Skene fitted to `rows`; rates start from, and are drawn a little towards, 4 in 5 and 1 in 5."""
    prior, hit, alarm = 0.33, [0.8] * votes.annotators, [0.2] * votes.annotators
    items = [prior] * votes.items
    for _round in range(ROUNDS):
        odds = [math.log(prior / (1 - prior))] * votes.items
        for item, annotator, breaks in rows:
            h, a = hit[annotator], alarm[annotator]
            odds[item] += math.log(h / a) if breaks else math.log((1 - h) / (1 - a))
        items = [logistic(max(-30.0, min(30.0, one))) for one in odds]
        prior = sum(items) / votes.items
        # The pull: two votes for each rate.
        hits = [[1.6, 2.0] for _ in range(votes.annotators)]
        alarms = [[0.4, 2.0] for _ in range(votes.annotators)]
        for item, annotator, breaks in rows:
            q = items[item]
            hits[annotator][0] += q * breaks
            hits[annotator][1] += q
            alarms[annotator][0] += (1 - q) * breaks
            alarms[annotator][1] += 1 - q
        hit = [said / of for said, of in hits]
        alarm = [said / of for said, of in alarms]
    return Classes(items, hit, alarm)


def surprise(model: Fitted | Classes, rows: Sequence[Vote]) -> float:
    """Mean negative log-likelihood of votes, in nats: less is better; 0.693 is a coin's."""
    total = 0.0
    for row in rows:
        p = min(max(model.predict(row), 1e-6), 1 - 1e-6)
        total -= math.log(p if row.breaks else 1 - p)
    return total / len(rows)
