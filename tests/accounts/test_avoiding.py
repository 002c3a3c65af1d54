"""The avoidance list: kept by its owner, seen by nobody else."""

from __future__ import annotations

import dataclasses

import pytest

from palaver.accounts import avoiding
from palaver.accounts.events import AvoidanceChanged
from palaver.accounts.models import Avoidance
from palaver.kit.decisions import Refusal
from palaver.record.models import Entry
from tests.cast import Cast


def test_a_member_is_put_on_the_list_and_taken_off(cast: Cast) -> None:
    for _ in range(2):
        avoiding.avoid(cast.dara, by=cast.goran)
    assert Avoidance.objects.get().avoided == cast.dara
    assert avoiding.stop_avoiding(cast.dara, by=cast.goran)
    assert not avoiding.stop_avoiding(cast.dara, by=cast.goran)
    assert not Avoidance.objects.exists()


def test_nobody_avoids_themself(cast: Cast) -> None:
    with pytest.raises(Refusal):
        avoiding.avoid(cast.goran, by=cast.goran)


def test_five_hundred_fit(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert avoiding.MOST == 500
    monkeypatch.setattr(avoiding, "MOST", 1)
    avoiding.avoid(cast.dara, by=cast.goran)
    with pytest.raises(Refusal, match="1 members already"):
        avoiding.avoid(cast.emil, by=cast.goran)


def test_neither_the_event_nor_the_record_names_who_is_avoided(cast: Cast) -> None:
    assert [field.name for field in dataclasses.fields(AvoidanceChanged)] == ["member_id"]
    assert cast.dara and cast.goran
    before = Entry.objects.count()
    avoiding.avoid(cast.dara, by=cast.goran)
    assert Entry.objects.count() == before


def test_the_suspended_keep_their_list(cast: Cast) -> None:
    avoiding.avoid(cast.dara, by=cast.jonas)
    assert Avoidance.objects.filter(member=cast.jonas).exists()
