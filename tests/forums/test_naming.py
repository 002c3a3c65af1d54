"""Whom a post mentions and which posts it quotes."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from palaver.accounts.models import Member
from palaver.forums import naming, placing, posting
from palaver.forums.events import PostEdited, ReplyWritten
from palaver.forums.models import Mention, Post, PostBody, Quotation
from palaver.kit import clock, events
from palaver.kit.text.names import name_key
from tests.cast import Cast, original


def mentioned(post: Post) -> list[str]:
    return list(Mention.objects.filter(post=post).order_by("id").values_list("member__name", flat=True))


def quoted(post: Post) -> list[int]:
    return list(Quotation.objects.filter(post=post).order_by("id").values_list("quoted__number", flat=True))


def html(post: Post) -> str:
    return PostBody.objects.get(post=post).html


def crowd(count: int) -> list[Member]:
    """Many members at once, as an import makes them."""
    names = [f"V{number:05}" for number in range(count)]
    with transaction.atomic():
        return Member.objects.bulk_create(
            Member(name=name, name_key=name_key(name), claimed_at=clock.now()) for name in names
        )


def test_a_member_named_with_at_is_mentioned(cast: Cast) -> None:
    cast.bram, cast.dara  # noqa: B018
    post = original(cast.thread(text="What do you say, @Bram? And @Dara. And @Nobody, and @bram again."))
    assert mentioned(post) == ["Bram", "Dara"]


def test_a_name_counts_however_it_is_spelt_but_not_when_it_only_looks_alike(cast: Cast) -> None:
    lee = cast.member("Ana Lee")
    post = original(cast.thread(by=cast.bram, text="@ana_lee, @ANA_LEE"))
    assert mentioned(post) == [lee.name] and html(post).count('href="/m/Ana%20Lee"') == 2
    assert mentioned(original(cast.thread(by=cast.bram, text="@Аna_Lee @Ana-Lee"))) == []


def test_nobody_is_mentioned_by_themselves_in_quotes_or_in_code(cast: Cast) -> None:
    thread = cast.thread(text="I am @Ana.")
    cast.bram  # noqa: B018
    assert mentioned(original(thread)) == []
    reply = cast.reply(thread, by=cast.dara, text="[quote=Ana, #0]\nAsk @Bram.\n[/quote]\n\n`@Bram` no.")
    assert mentioned(reply) == []


def test_a_member_who_has_left_is_not_mentioned(cast: Cast) -> None:
    with transaction.atomic():
        Member.objects.filter(pk=cast.bram.pk).update(left_at=clock.now())
    assert mentioned(original(cast.thread(text="@Bram?"))) == []


def test_only_readers_of_a_restricted_forum_are_mentioned_in_it(cast: Cast) -> None:
    cast.kaya, cast.odile  # noqa: B018
    post = original(cast.thread(forum=cast.den, text="@Kaya, @Bram, @Odile"))
    assert mentioned(post) == ["Bram", "Odile"]
    placing.admit(cast.den, member=cast.kaya, by=cast.odile)
    posting.edit(post, by=cast.ana, text="@Kaya, come in.")
    assert mentioned(post) == ["Bram", "Odile", "Kaya"]


def test_a_quote_by_name_and_number_is_kept_and_leads_back(cast: Cast) -> None:
    thread = cast.thread()
    cast.reply(thread, text="Oat.")
    reply = cast.reply(
        thread,
        by=cast.dara,
        text="[quote=Bram, #1]\nOat.\n[/quote]\n\n[quote=Ana #0]\nMine was rye.\n[/quote]\n\nBoth.",
    )
    assert quoted(reply) == [1, 0]
    for number in (0, 1):
        assert f'<a href="/t/{thread.pk}/post/{number}" class="reference">#{number}</a>' in html(reply)


def test_a_quote_under_anothers_name_or_of_a_post_elsewhere_is_not_kept(cast: Cast) -> None:
    thread = cast.thread()
    cast.reply(thread)
    reply = cast.reply(thread, by=cast.dara, text="[quote=Ana, #1]\nOat.\n[/quote]\n[quote=Bram, #7]\nx\n[/quote]")
    assert quoted(reply) == []


def test_an_edit_adds_names_and_never_takes_one_away(cast: Cast, heard: list[events.Event]) -> None:
    thread = cast.thread()
    cast.dara  # noqa: B018
    reply = cast.reply(thread, text="@Ana")
    posting.edit(reply, by=cast.bram, text="@Ana and @Dara\n\n[quote=Ana, #0]\nrye\n[/quote]")
    posting.edit(reply, by=cast.bram, text="Nobody.")
    posting.edit(reply, by=cast.bram, text="@Dara, @Ana")
    assert mentioned(reply) == ["Ana", "Dara"] and quoted(reply) == [0]
    edits = [event for event in heard if isinstance(event, PostEdited)]
    assert [event.new_mention_ids for event in edits] == [(cast.dara.pk,), (), ()]
    assert [event.new_quotation_ids for event in edits] == [(original(thread).pk,), (), ()]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[events.Event]:
    """Every event published, with the mentions that stood in the database at that moment."""
    told: list[events.Event] = []
    publish = events.publish

    def listen(event: events.Event) -> None:
        told.append(event)
        if isinstance(event, ReplyWritten):
            told.append(("mentions", Mention.objects.filter(post_id=event.post_id).count()))  # type: ignore[arg-type]
        publish(event)

    monkeypatch.setattr(events, "publish", listen)
    return told


def test_the_rows_stand_before_the_event_is_heard(cast: Cast, heard: list[events.Event]) -> None:
    cast.reply(cast.thread(), text="@Ana")
    assert ("mentions", 1) in heard


def test_at_most_twenty_members_are_told_however_often_a_post_is_edited(cast: Cast) -> None:
    crowd(60)
    post = original(cast.thread(text=" ".join(f"@V{n:05}" for n in range(30))))
    assert len(mentioned(post)) == naming.MOST_MENTIONS
    posting.edit(post, by=cast.ana, text=" ".join(f"@V{n:05}" for n in range(30, 60)))
    assert len(mentioned(post)) == naming.MOST_MENTIONS


def test_a_post_without_names_asks_nothing_more(cast: Cast) -> None:
    thread = cast.thread()
    cast.reply(thread)
    with CaptureQueriesContext(connection) as plain:
        cast.reply(thread, text="No name.")
    # Whom to tell is asked of the rows, in one statement, whether there are any or not.
    asked = [one["sql"] for one in plain if "strength" not in one["sql"]]
    assert not [sql for sql in asked if "mention" in sql or "quotation" in sql or "name_key" in sql]


def test_ten_thousand_mentions_cost_one_bounded_look_up_and_lose_no_word(cast: Cast) -> None:
    crowd(200)
    text = " ".join(f"@V{n:05}" for n in range(10_000))
    assert len(text) < 100_000
    with CaptureQueriesContext(connection) as asked:
        post = original(cast.thread(text=text))
    looked_up = [one for one in asked if '"name_key" IN' in one["sql"]]
    assert len(looked_up) == 1 and len(looked_up[0]["sql"]) < 10_000
    assert len(mentioned(post)) == naming.MOST_MENTIONS
    assert "@V09999" in html(post)


def test_ten_thousand_numbers_and_quotes_cost_one_bounded_look_up(cast: Cast) -> None:
    thread = cast.thread()
    cast.reply(thread)
    text = "[quote=Bram, #1]\nOat.\n[/quote]\n" + " ".join(f"#{n}" for n in range(10_000))
    with CaptureQueriesContext(connection) as asked:
        reply = cast.reply(thread, by=cast.dara, text=text)
    looked_up = [one for one in asked if '"number" IN' in one["sql"]]
    assert len(looked_up) == 1 and len(looked_up[0]["sql"]) < 10_000
    assert quoted(reply) == [1] and "#9999" in html(reply)
