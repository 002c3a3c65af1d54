"""Rows written and read by statements made once are the rows that the ORM writes and reads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from palaver.forums import locking
from palaver.forums.models import Mention, Post, PostBody, SourceText, Thread
from palaver.kit import clock, rows
from palaver.live.models import LiveEvent
from tests.cast import Cast, original

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_stored_is_what_the_orm_would_have_stored(cast: Cast) -> None:
    now = clock.now() - timedelta(hours=3)
    events = [LiveEvent(topic=f"t{n}", kind="told", payload={"n": n, "ü": None}, created_at=now) for n in range(3)]
    with transaction.atomic(), CaptureQueriesContext(connection) as caught:
        assert rows.store(events) is events
    assert sum("INSERT" in query["sql"] for query in caught.captured_queries) == 1
    with transaction.atomic():
        by_orm = LiveEvent.objects.create(topic="t9", kind="told", payload={"n": 9, "ü": None}, created_at=now)
    for n, event in enumerate(events):
        read = LiveEvent.objects.get(pk=event.pk)
        assert (read.topic, read.payload, read.created_at) == (f"t{n}", {"n": n, "ü": None}, now)
        assert model_to_dict(read, exclude=["id", "topic", "payload"]) == model_to_dict(
            by_orm, exclude=["id", "topic", "payload"]
        )
    # They are rows like others from here on.
    events[0].kind = "changed"
    with transaction.atomic():
        events[0].save()
    assert LiveEvent.objects.filter(kind="changed").count() == 1


def test_nothing_stored_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as caught:
        assert rows.store([]) == []
    assert caught.captured_queries == []


def test_a_row_whose_key_is_anothers_is_stored_under_it(cast: Cast) -> None:
    post = original(cast.thread())
    with transaction.atomic():
        PostBody.objects.filter(post=post).delete()
        rows.store([PostBody(post=post, html="<p>Rye.</p>", renderer=7)])
    assert PostBody.objects.get(post=post).html == "<p>Rye.</p>"


def test_what_the_database_forbids_is_refused(cast: Cast) -> None:
    post = original(cast.thread())
    again = {field.attname: getattr(post, field.attname) for field in Post._meta.concrete_fields if field.name != "id"}
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.store([Post(**again)])
    with transaction.atomic():
        rows.store([Mention(post=post, member=cast.bram, at=clock.now())])
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.store([Mention(post=post, member=cast.bram, at=clock.now())])
    assert SourceText.objects.filter(post=post).count() == 1


def test_a_held_row_is_the_one_that_the_orm_reads(cast: Cast) -> None:
    thread = cast.thread()
    locking.pin(thread, by=cast.chidi, because="Look.")
    by_orm = Thread.objects.select_related("forum").get(pk=thread.pk)
    with transaction.atomic():
        held = rows.held(Thread, thread.pk, with_its="forum")
        with CaptureQueriesContext(connection) as caught:
            forum = held.forum
        assert caught.captured_queries == []
    for one, other in ((held, by_orm), (forum, by_orm.forum)):
        for field in one._meta.concrete_fields:
            mine, theirs = getattr(one, field.attname), getattr(other, field.attname)
            assert mine == theirs, field
            assert type(mine) is type(theirs), field
    assert not held._state.adding
    with transaction.atomic(), pytest.raises(Thread.DoesNotExist):
        rows.held(Thread, 10**9, with_its="forum")
