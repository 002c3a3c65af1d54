"""What `palaver doctor` and `palaver check` say of judging: nothing while all agrees, and a sentence for each contradiction."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from palaver.cli import check
from palaver.forums.models import Hold, Post, Removal
from palaver.kit import clock, env
from palaver.standards import holding, recounting, seeds
from palaver.standards.models import Alert, Case, Consequence, PoolMember, Seat, Verdict
from tests.standards.court import BREAKS, Court, judge

BREAKAGES: dict[str, Callable[[], object]] = {
    "removed post has no running removal": lambda: Removal.objects.update(ended_at=clock.now()),
    "in spite of a running removal": lambda: Post.objects.filter(standing=3).update(standing=0),
    "held post has no running hold": lambda: Hold.objects.update(ended_at=clock.now()),
    "in spite of a running hold": lambda: Post.objects.filter(standing=2).update(standing=0),
    "decided case has no verdict": lambda: (Consequence.objects.all().delete(), Verdict.objects.all().delete()),
    "with a verdict is not decided": lambda: Case.objects.filter(verdict__isnull=False).update(stage="waiting"),
    "counts other papers": lambda: Verdict.objects.update(keeps=5),
    "has another pool": lambda: PoolMember.objects.filter(seat=None)[0].delete(),
    "more seats are given": lambda: Case.objects.filter(kind="alert").update(seats=2, needed=2),
    "open in a case that is over": lambda: Seat.objects.update(state="taken"),
    "no entry on the record": lambda: Case.objects.update(opened_entry=10**9),
    "open and its case is not": lambda: Alert.objects.update(state="open"),
}


@pytest.fixture
def judged(court: Court) -> Court:
    """One post removed by a jury, another held on the ground of law."""
    court.crowd(9)
    judge(court.sitting(), BREAKS, BREAKS, BREAKS)
    other = court.cast.reply(court.thread, by=court.cast.hana)
    holding.hold(other, by=court.cast.odile, ground="law", because="A court asks for it.")
    assert list(recounting.drift()) == []
    return court


def test_every_contradiction_is_a_sentence(judged: Court) -> None:
    for sentence, break_it in BREAKAGES.items():
        with transaction.atomic():
            break_it()
            assert any(sentence in told for told in recounting.drift()), sentence
            transaction.set_rollback(True)
    assert len(BREAKAGES) == len(recounting._BROKEN)


def test_check_knows_whether_the_draw_secret_is_the_one_of_the_record(
    judged: Court, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = env.home() / "secrets" / seeds.FILE
    assert check.of_draw().weight == "good"
    monkeypatch.setenv(seeds.SECRET, "another secret")
    assert (check.of_draw().weight, "is not the one" in check.of_draw().sentence) == ("wrong", True)
    monkeypatch.delenv(seeds.SECRET)
    aside = file.rename(file.with_name("aside"))
    try:
        assert (check.of_draw().weight, "is missing" in check.of_draw().sentence) == ("wrong", True)
        assert not file.exists(), "Looking makes no new one."
    finally:
        aside.rename(file)
