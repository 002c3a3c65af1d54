"""Who is told of what, how often, and how many the badge says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from palaver.accounts.models import Member
from palaver.community import events as community_events
from palaver.forums import events as forums_events
from palaver.forums import placing, recommending
from palaver.forums.models import Forum, Mention, Post, Quotation, Subscription
from palaver.forums.permissions import may_read
from palaver.kit import events
from palaver.live.models import LiveEvent
from palaver.notices import audience, choosing, counting, hearing, kinds, seeing, telling
from palaver.notices.kinds import Ways
from palaver.notices.models import Choice, Notice
from palaver.reading import events as reading_events
from palaver.reading.models import Bookmark, Follow, Ignore, Trash
from tests.cast import MORNING, Cast, fresh, original
from tests.forums.test_races import at_once
from tests.notices.conftest import work

pytestmark = pytest.mark.django_db


def told(member: Member) -> list[tuple[str, int | None]]:
    """What a member was told: kind and post number, in the order of telling."""
    return list(Notice.objects.filter(member=member).order_by("id").values_list("kind", "number"))


def subscribe(member: Member, **to: Any) -> Subscription:
    with transaction.atomic():
        return Subscription.objects.create(member=member, **to)


def written(row: Any) -> Any:
    with transaction.atomic():
        row.save(force_insert=True)
    return row


def reply_naming(
    cast: Cast,
    thread: Any,
    *,
    by: Member,
    mentions: tuple[Member, ...] = (),
    quotes: tuple[Post, ...] = (),
    **more: Any,
) -> Post:
    """A reply whose mentions and quotations stand as rows when it is published, as posting's verbs write them."""
    publish = events.publish

    def naming(event: Any) -> None:
        if isinstance(event, forums_events.ReplyWritten):
            for member in mentions:
                Mention.objects.get_or_create(post_id=event.post_id, member=member)
            for quoted in quotes:
                Quotation.objects.get_or_create(post_id=event.post_id, quoted=quoted)
        publish(event)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "publish", naming)
        return cast.reply(thread, by=by, **more)


def test_who_is_answered_is_told_and_the_count_says_so(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    reply = cast.reply(thread, by=cast.bram, answers=original(thread))
    assert told(cast.ana) == [("reply", 1)]
    assert fresh(cast.ana).notice_count == 1
    notice = Notice.objects.get()
    assert (notice.post_id, notice.by_id, notice.thread_id, notice.key) == (
        reply.pk,
        cast.bram.pk,
        thread.pk,
        f"post:{reply.pk}",
    )
    live = LiveEvent.objects.get(topic=f"member:{cast.ana.pk}", kind="notices")
    assert live.payload == {"count": 1}


def test_nobody_is_told_of_own_acts(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    cast.reply(thread, by=cast.ana, answers=original(thread))
    assert not Notice.objects.exists()


def test_who_started_a_thread_is_told_of_replies_without_subscribing(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    first = cast.reply(thread, by=cast.bram)
    cast.reply(thread, by=cast.dara, answers=first)
    assert told(cast.ana) == [("thread", 1), ("thread", 2)]
    assert told(cast.bram) == [("reply", 2)]


def test_a_post_makes_one_notice_of_the_strongest_kind(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    subscribe(cast.ana, thread=thread)
    first = original(thread)
    reply_naming(cast, thread, by=cast.bram, mentions=(cast.ana, cast.dara), quotes=(first,), answers=first)
    work()
    assert told(cast.ana) == [("reply", 1)]
    assert told(cast.dara) == [("mention", 1)]
    reply_naming(cast, thread, by=cast.bram, mentions=(cast.ana,), quotes=(first,))
    assert told(cast.ana)[1:] == [("mention", 2)]
    reply_naming(cast, thread, by=cast.bram, quotes=(first,))
    assert told(cast.ana)[2:] == [("quote", 3)]


def test_whom_one_ignores_makes_no_notice(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    written(Ignore(member=cast.ana, ignored=cast.bram))
    cast.reply(thread, by=cast.bram, answers=original(thread))
    recommending.recommend(original(thread), by=cast.bram)
    assert not Notice.objects.exists()
    cast.reply(thread, by=cast.dara)
    assert told(cast.ana) == [("thread", 2)]


@pytest.mark.parametrize("what", ["thread", "forum"])
def test_a_muted_thread_or_forum_makes_no_notice(cast: Cast, what: str) -> None:
    thread = cast.thread(by=cast.ana)
    subscribe(cast.ana, muted=True, **{what: thread if what == "thread" else cast.lounge})
    reply_naming(cast, thread, by=cast.bram, mentions=(cast.ana,), answers=original(thread))
    assert not Notice.objects.exists()


def test_a_thread_may_be_wanted_in_a_muted_forum(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    subscribe(cast.ana, muted=True, forum=cast.lounge)
    subscribe(cast.ana, thread=thread)
    cast.reply(thread, by=cast.bram)
    assert told(cast.ana) == [("thread", 1)]


@pytest.mark.parametrize("what", ["thread", "forum"])
def test_what_is_in_the_trash_makes_no_notice(cast: Cast, what: str) -> None:
    thread = cast.thread(by=cast.ana)
    written(Trash(member=cast.ana, **{what: thread if what == "thread" else cast.lounge}))
    cast.reply(thread, by=cast.bram, answers=original(thread))
    assert not Notice.objects.exists()


@pytest.mark.parametrize("gate", ["everyone", "members", "admitted"])
def test_those_who_may_be_told_are_those_who_may_read(cast: Cast, gate: str) -> None:
    forum = placing.open_forum(category=cast.life, name="Gate", by=cast.odile, who_reads=gate)
    placing.admit(forum, member=cast.ana, by=cast.odile)
    thread = cast.thread(by=cast.odile, forum=forum)
    said = telling.said_in(original(thread).pk)
    people = [cast.ana, cast.bram, cast.chidi, cast.jonas]
    may = {member.pk for member in people if may_read(member, Forum.objects.get(pk=forum.pk))}
    assert audience.willing([member.pk for member in people], said) == may
    assert audience.willing([cast.odile.pk], said, by_id=cast.ana.pk) == {cast.odile.pk}


def test_subscribers_are_told_by_the_jobs_process_each_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience, "BATCH", 2)
    monkeypatch.setattr(audience.subscribers, "__kwdefaults__", {"after": 0, "limit": 2})
    thread = cast.thread(by=cast.ana)
    readers = [cast.bram, cast.dara, cast.emil, cast.femi, cast.goran]
    for member in (*readers, cast.hana):
        subscribe(member, thread=thread)
    cast.reply(thread, by=cast.hana)
    assert not Notice.objects.exclude(member=cast.ana).exists()
    assert work() >= 3
    assert [told(member) for member in readers] == [[("subscription", 1)]] * 5
    assert told(cast.hana) == []
    assert {fresh(member).notice_count for member in readers} == {1}
    with transaction.atomic():
        hearing.fan({"post": Post.objects.get(number=1).pk, "of": "thread", "after": 0})
    assert Notice.objects.filter(kind="subscription").count() == 5


def test_a_new_thread_is_told_to_the_forums_subscribers_and_the_authors_followers(cast: Cast) -> None:
    subscribe(cast.bram, forum=cast.lounge)
    written(Follow(member=cast.dara, followed=cast.ana, told=True))
    written(Follow(member=cast.emil, followed=cast.ana, told=False))
    written(Follow(member=cast.bram, followed=cast.ana, told=True))
    cast.thread(by=cast.ana)
    work()
    assert told(cast.bram) == [("subscription", 0)]
    assert told(cast.dara) == [("followed", 0)]
    assert told(cast.emil) == []


def test_a_follower_who_may_not_read_the_forum_is_not_told(cast: Cast) -> None:
    written(Follow(member=cast.kaya, followed=cast.ana, told=True))
    subscribe(cast.kaya, forum=cast.den)
    cast.thread(by=cast.ana, forum=cast.den)
    work()
    assert told(cast.kaya) == []


def test_recommendations_are_one_notice_until_it_is_seen(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    post = original(thread)
    for member in (cast.bram, cast.dara, cast.emil):
        recommending.recommend(post, by=member)
    notice = Notice.objects.get()
    assert (notice.kind, notice.count, notice.by_id) == ("recommendation", 3, cast.emil.pk)
    assert fresh(cast.ana).notice_count == 1
    recommending.take_back(post, by=cast.emil)
    notice.refresh_from_db()
    assert (notice.count, notice.by_id) == (2, cast.dara.pk)
    seeing.see_all(cast.ana.pk)
    recommending.recommend(post, by=cast.femi)
    assert list(Notice.objects.order_by("id").values_list("count", flat=True)) == [2, 1]
    recommending.take_back(post, by=cast.femi)
    assert Notice.objects.count() == 1
    assert fresh(cast.ana).notice_count == 0


def test_an_edit_tells_those_it_names_first_and_raises_a_weaker_notice(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    post = cast.reply(thread, by=cast.bram)
    seeing.see_all(cast.ana.pk)

    class Edited:
        """What posting publishes for an edit that names somebody."""

        post_id = post.pk
        new_mention_ids = (cast.ana.pk, cast.dara.pk)
        new_quotation_ids = ()

    for _again in range(2):
        with transaction.atomic():
            hearing.post_edited(Edited)  # type: ignore[arg-type]
    assert told(cast.ana) == [("mention", 1)]
    assert told(cast.dara) == [("mention", 1)]
    assert (fresh(cast.ana).notice_count, fresh(cast.dara).notice_count) == (1, 1)


def test_reading_a_thread_sees_its_notices_up_to_there(cast: Cast) -> None:
    thread, other = cast.thread(by=cast.ana), cast.thread("Butter", by=cast.ana)
    for _n in range(3):
        cast.reply(thread, by=cast.bram)
    cast.reply(other, by=cast.bram)
    assert seeing.read_up_to(cast.ana.pk, {thread.pk: 2}) == 2
    assert fresh(cast.ana).notice_count == 2
    assert seeing.read_up_to(cast.ana.pk, {thread.pk: 2}) == 0
    assert seeing.see_all(cast.ana.pk) == 2
    assert fresh(cast.ana).notice_count == 0


def test_nobody_opens_anothers_notice(cast: Cast) -> None:
    cast.reply(cast.thread(by=cast.ana), by=cast.bram)
    notice = Notice.objects.get()
    assert seeing.open_one(cast.bram.pk, notice.pk) is None
    assert fresh(cast.ana).notice_count == 1
    assert seeing.open_one(cast.ana.pk, notice.pk) == notice
    assert fresh(cast.ana).notice_count == 0


def test_a_kind_that_is_switched_off_writes_nothing(cast: Cast) -> None:
    choosing.choose(cast.ana, ways={"thread": Ways(site=False)})
    cast.reply(cast.thread(by=cast.ana), by=cast.bram)
    assert not Notice.objects.exists()


def test_a_notice_kept_off_the_site_is_not_counted(cast: Cast, settings: Any) -> None:
    settings.PALAVER_MAIL_URL = "smtp://127.0.0.1:1"
    cast.ana.email = "ana@example.org"
    with transaction.atomic():
        cast.ana.save()
    choosing.choose(cast.ana, ways={"thread": Ways(site=False, mail=True)})
    cast.reply(cast.thread(by=cast.ana), by=cast.bram)
    assert Notice.objects.get().on_site is False
    assert fresh(cast.ana).notice_count == 0


def test_telling_the_same_thing_twice_tells_once(cast: Cast) -> None:
    for _again in range(2):
        with transaction.atomic():
            telling.tell(cast.ana.pk, "search", key="search:1", words="rye", href="/search?q=rye")
    assert Notice.objects.count() == 1
    with pytest.raises(KeyError), transaction.atomic():
        telling.tell(cast.ana.pk, "gossip")


@pytest.mark.django_db(transaction=True)
def test_telling_outside_a_transaction_is_refused(cast: Cast) -> None:
    with pytest.raises(RuntimeError):
        telling.tell(cast.ana.pk, "search")


def test_operators_are_told_of_what_waits(cast: Cast) -> None:
    assert cast.odile and cast.ana
    with transaction.atomic():
        assert telling.tell_operators("desk", key="application:1", words="Lin asks to join", href="/desk/") == 1
    assert told(cast.odile) == [("desk", None)]


def test_a_reminder_comes_even_for_an_own_post_in_a_muted_thread(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    subscribe(cast.ana, thread=thread, muted=True)
    with transaction.atomic():
        assert telling.tell(cast.ana.pk, "reminder", key="bookmark:1", post_id=original(thread).pk)
        den = cast.thread("Secret", by=cast.ana, forum=cast.den)
        assert telling.tell(cast.kaya.pk, "reminder", key="bookmark:2", post_id=original(den).pk) is None


def test_a_bookmark_that_is_due_reminds_once_for_each_instant(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    bookmark = written(Bookmark(member=cast.dara, post=original(thread), remind_at=MORNING))
    event = reading_events.BookmarkDue(cast.dara.pk, bookmark.pk, original(thread).pk)
    for _again in range(2):
        with transaction.atomic():
            events.publish(event)
    assert told(cast.dara) == [("reminder", 0)]
    with transaction.atomic():
        Bookmark.objects.update(remind_at=MORNING + timedelta(days=1))
        events.publish(event)
    assert told(cast.dara) == [("reminder", 0)] * 2


def test_an_inquiry_is_told_to_the_operators(cast: Cast) -> None:
    assert cast.odile and cast.ana
    with transaction.atomic():
        events.publish(community_events.InquiryReceived(7))
    assert told(cast.odile) == [("desk", None)]
    assert told(cast.ana) == []


def test_a_forum_that_closes_takes_its_notices_off_the_counts_of_others(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana, forum=cast.kitchen)
    cast.reply(thread, by=cast.bram)
    assert fresh(cast.ana).notice_count == 1
    placing.change_forum(Forum.objects.get(pk=cast.kitchen.pk), by=cast.odile, who_reads="admitted")
    work()
    assert fresh(cast.ana).notice_count == 0


@pytest.mark.django_db(transaction=True)
def test_64_replies_at_once_are_counted_right(cast: Cast) -> None:
    """Ana and Bram answer each other in two threads, so that on PostgreSQL each holds what the other wants to count."""
    one, two = cast.thread(by=cast.ana), cast.thread("Butter", by=cast.bram, forum=cast.kitchen)
    acts: list[Callable[[], object]] = []
    for n in range(32):
        acts.append(lambda n=n: cast.reply(one, by=cast.bram, text=f"One {n}."))
        acts.append(lambda n=n: cast.reply(two, by=cast.ana, text=f"Two {n}."))
    at_once(*acts)
    assert Post.objects.filter(number__gt=0).count() == 64
    work()
    assert (fresh(cast.ana).notice_count, fresh(cast.bram).notice_count) == (32, 32)


def test_the_count_stops_at_a_hundred(cast: Cast) -> None:
    with transaction.atomic():
        for n in range(105):
            telling.tell(cast.ana.pk, "search", key=f"search:{n}", words="rye", href="/")
    assert fresh(cast.ana).notice_count == 100
    with transaction.atomic():
        Member.objects.filter(pk=cast.ana.pk).update(notice_count=7)
    assert list(counting.drift(mend=True)) == [f"member.notice_count of {cast.ana.pk} says 7; it is 100."]


def test_a_reply_that_concerns_nobody_costs_two_statements(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    reply = cast.reply(thread, by=cast.ana)
    event = forums_events.ReplyWritten(thread.pk, reply.pk, 1, thread.forum_id, cast.ana.pk, None)
    with CaptureQueriesContext(connection) as caught, transaction.atomic():
        hearing.reply_written(event)
    asked = [query["sql"] for query in caught.captured_queries if "SELECT" in query["sql"]]
    assert len(asked) == 2, asked


def test_every_kind_of_the_table_has_its_words() -> None:
    from palaver.notices import sentences

    for kind in kinds.ALL:
        assert str(kind.label) and str(kind.help)
        assert sentences.why(kind.key) != sentences.why("no such kind") or kind.key == ""
        assert sentences.sentence(kind.key, by="Ana", words="Words") != ""


def test_the_key_of_every_kind_fits_where_it_is_stored() -> None:
    """SQLite would take a longer one; PostgreSQL refuses it, and with it the verb that tells."""
    for model in (Notice, Choice):
        longest = model._meta.get_field("kind").max_length
        assert longest is not None
        assert [kind.key for kind in kinds.ALL if len(kind.key) > longest] == []
