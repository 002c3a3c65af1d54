"""Ignoring: one's own choice, undone at will, known to nobody else."""

from __future__ import annotations

import pytest

from palaver.kit.decisions import Refusal
from palaver.reading import following, ignoring
from palaver.reading.models import Follow, Ignore
from tests.cast import Cast, fresh


def test_a_member_is_ignored_and_shown_again(cast: Cast) -> None:
    for _ in range(2):
        ignoring.ignore(cast.goran, by=cast.hana)
    assert Ignore.objects.get().ignored == cast.goran
    assert fresh(cast.hana).hides_things and not fresh(cast.goran).hides_things
    assert ignoring.stop_ignoring(cast.goran, by=cast.hana)
    assert not ignoring.stop_ignoring(cast.goran, by=cast.hana)
    assert not fresh(cast.hana).hides_things


def test_ignoring_ends_a_follow_and_stands_in_the_way_of_one(cast: Cast) -> None:
    following.follow(cast.goran, by=cast.hana)
    ignoring.ignore(cast.goran, by=cast.hana)
    assert not Follow.objects.exists()
    with pytest.raises(Refusal, match="You ignore Goran"):
        following.follow(cast.goran, by=cast.hana)


def test_nobody_ignores_themself(cast: Cast) -> None:
    with pytest.raises(Refusal):
        ignoring.ignore(cast.hana, by=cast.hana)


def test_five_hundred_fit(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ignoring.MOST == 500
    monkeypatch.setattr(ignoring, "MOST", 1)
    ignoring.ignore(cast.goran, by=cast.hana)
    with pytest.raises(Refusal, match="1 members already"):
        ignoring.ignore(cast.bram, by=cast.hana)
