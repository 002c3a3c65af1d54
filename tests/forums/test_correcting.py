"""Marking a post as corrected."""

from __future__ import annotations

from typing import Any

import pytest

from palaver.forums import correcting, withdrawing
from palaver.forums.events import PostCorrected
from palaver.forums.models import Correction, Post
from palaver.kit import events
from palaver.kit.decisions import NotAllowed, Refusal
from tests.cast import Cast, fresh, original


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[PostCorrected]:
    told: list[PostCorrected] = []
    publish = events.publish

    def listen(event: Any) -> None:
        if isinstance(event, PostCorrected):
            told.append(event)
        publish(event)

    monkeypatch.setattr(events, "publish", listen)
    return told


def lines(post: Post) -> list[tuple[str, bool]]:
    found = Correction.objects.filter(post=post).order_by("id")
    return [(one.line, one.ended_at is None) for one in found]


def test_the_author_puts_a_line_on_top_and_the_text_stays(cast: Cast, heard: list[PostCorrected]) -> None:
    post = original(cast.thread())
    correction = correcting.correct(post, by=cast.ana, line="  It was\nspelt, not rye. ")
    assert lines(post) == [("It was spelt, not rye.", True)]
    assert fresh(post).version == 1
    assert [(event.post_id, event.correction_id) for event in heard] == [(post.pk, correction.pk)]


def test_a_new_line_replaces_the_one_before_which_is_kept(cast: Cast, heard: list[PostCorrected]) -> None:
    post = original(cast.thread())
    correcting.correct(post, by=cast.ana, line="Spelt.")
    correcting.correct(post, by=cast.ana, line="Oat.")
    correcting.correct(post, by=cast.ana, line="Oat.")
    assert lines(post) == [("Spelt.", False), ("Oat.", True)] and len(heard) == 2


def test_the_line_is_taken_away_and_kept(cast: Cast, heard: list[PostCorrected]) -> None:
    post = original(cast.thread())
    correcting.correct(post, by=cast.ana, line="Spelt.")
    correcting.end(post, by=cast.ana)
    correcting.end(post, by=cast.ana)
    assert lines(post) == [("Spelt.", False)]
    assert [event.correction_id is None for event in heard] == [False, True]


def test_nobody_corrects_the_post_of_another(cast: Cast) -> None:
    post = original(cast.thread())
    for by in (cast.bram, cast.odile, cast.chidi):
        with pytest.raises(NotAllowed, match="Only its author"):
            correcting.correct(post, by=by, line="Spelt.")
    correcting.correct(post, by=cast.ana, line="Spelt.")
    with pytest.raises(NotAllowed):
        correcting.end(post, by=cast.bram)
    assert lines(post) == [("Spelt.", True)]


@pytest.mark.parametrize(("line", "sentence"), [("", "in one line"), (" \n", "in one line"), ("x" * 301, "300 fit")])
def test_an_unfit_line_is_refused_beside_its_field(cast: Cast, line: str, sentence: str) -> None:
    post = original(cast.thread())
    with pytest.raises(Refusal, match=sentence) as refused:
        correcting.correct(post, by=cast.ana, line=line)
    assert refused.value.field == "line" and lines(post) == []


def test_a_withdrawn_post_is_not_corrected(cast: Cast) -> None:
    reply = cast.reply(cast.thread())
    withdrawing.withdraw(reply, by=cast.bram)
    with pytest.raises(NotAllowed):
        correcting.correct(fresh(reply), by=cast.bram, line="Spelt.")
        assert lines(reply) == []
