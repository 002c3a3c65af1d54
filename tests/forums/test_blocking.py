"""Keeping a member out of one forum: writing there ends, reading does not; it lapses by itself."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from palaver.forums import blocking, placing, posting
from palaver.forums.models import Block
from palaver.forums.permissions import may_edit, may_read, may_reply, may_start
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.notices.models import Notice
from palaver.record.models import Entry
from palaver.standards.permissions import may_alert
from tests.cast import MORNING, Cast, at, original

WEEK = MORNING + timedelta(days=7)


def block(cast: Cast, *, until: datetime = WEEK, because: str = "Third quarrel this week", by: object = None) -> Block:
    who = by or cast.chidi
    return blocking.block(cast.lounge, member=cast.bram, by=who, until=until, because=because)  # type: ignore[arg-type]


def test_who_is_blocked_reads_but_does_not_write_edit_or_alert_there_until_it_lapses(cast: Cast) -> None:
    with at(MORNING):
        thread = cast.thread()
        own = cast.reply(thread)
        made = block(cast)
        for answer in (
            may_start(cast.bram, cast.lounge),
            may_reply(cast.bram, thread),
            may_edit(cast.bram, own),
        ):
            assert not answer
            assert "until 2026-11-09 09:00 UTC: Third quarrel this week." in answer.because
        assert not may_alert(cast.bram, post=original(thread))
        with pytest.raises(NotAllowed, match="keep you from writing"):
            cast.reply(thread)
        assert may_read(cast.bram, cast.lounge) and may_start(cast.bram, cast.kitchen)
        assert may_reply(cast.dara, thread)
        entry = Entry.objects.select_related("payload").get(act="forum.block")
        assert entry.office == "host" and json.loads(entry.payload.body or "") == {
            "by": cast.chidi.pk, "member": cast.bram.pk, "because": "Third quarrel this week",
            "until": WEEK.isoformat(), "block": made.pk,
        }  # fmt: skip
    with at(WEEK):
        assert cast.reply(thread).number == 2
    told = Notice.objects.get(member=cast.bram, key=f"block:{made.pk}")
    assert "Third quarrel this week" in told.words and told.href == "/f/the-lounge/about"


def test_a_block_is_ended_early_by_another_host_and_said_so(cast: Cast) -> None:
    with at(MORNING):
        made = block(cast)
        placing.appoint_host(cast.lounge, member=cast.dara, by=cast.odile)
        with pytest.raises(NotAllowed, match="by the forum's hosts"):
            blocking.end(made, by=cast.ana)
        blocking.end(made, by=cast.dara)
        assert posting.start_thread(forum=cast.lounge, author=cast.bram, subject="Back", text="Hello.")
        with pytest.raises(Refusal, match="ended already"):
            blocking.end(made, by=cast.dara)
    assert Entry.objects.filter(act="forum.unblock").count() == 1


def test_a_block_needs_an_office_a_reason_an_end_within_30_days_and_a_member_without_office(cast: Cast) -> None:
    with at(MORNING):
        with pytest.raises(NotAllowed, match="by its hosts"):
            block(cast, by=cast.ana)
        for more, field in (
            ({"because": " "}, "because"),
            ({"until": MORNING}, "days"),
            ({"until": MORNING + timedelta(days=30, seconds=1)}, "days"),
        ):
            with pytest.raises(Refusal) as refused:
                block(cast, **more)  # type: ignore[arg-type]
            assert refused.value.field == field
        for whom, sentence in ((cast.chidi, "This is you"), (cast.odile, "holds an office here")):
            with pytest.raises(NotAllowed, match=sentence):
                blocking.block(cast.lounge, member=whom, by=cast.chidi, until=WEEK, because="No.")
        block(cast)
        with pytest.raises(Refusal, match="already"):
            block(cast)
    assert Block.objects.count() == 1
