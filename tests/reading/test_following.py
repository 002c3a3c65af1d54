"""Following: found again, told if wished, with an end."""

from __future__ import annotations

import pytest

from palaver.kit.decisions import Refusal
from palaver.reading import following
from palaver.reading.models import Follow
from tests.cast import Cast, fresh


def test_a_member_is_followed_told_of_and_let_go(cast: Cast) -> None:
    following.follow(cast.ana, by=cast.bram)
    assert not Follow.objects.get().told
    following.follow(cast.ana, by=cast.bram, told=True)
    assert Follow.objects.get().told
    assert not fresh(cast.bram).hides_things
    assert following.stop_following(cast.ana, by=cast.bram)
    assert not following.stop_following(cast.ana, by=cast.bram)
    assert not Follow.objects.exists()


def test_nobody_follows_themself(cast: Cast) -> None:
    with pytest.raises(Refusal):
        following.follow(cast.ana, by=cast.ana)


def test_three_hundred_fit(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert following.MOST == 300
    monkeypatch.setattr(following, "MOST", 1)
    following.follow(cast.ana, by=cast.kaya)
    with pytest.raises(Refusal, match="1 members already"):
        following.follow(cast.bram, by=cast.kaya)
