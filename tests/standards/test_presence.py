"""That somebody is here: a look into memory for nearly everybody, one write a minute for those whom a jury looks for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from palaver.accounts.models import Network
from palaver.kit import clock
from palaver.live import streams
from palaver.standards import convening
from palaver.standards.models import PoolMember
from tests.cast import PASSWORD, Cast, at, signed_in
from tests.standards.court import Court

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_page_asks_nothing_more_of_those_whom_no_jury_looks_for(court: Court) -> None:
    address = f"/t/{court.thread.pk}/{court.thread.slug}"
    kaya = signed_in(court.cast.kaya)

    def asked() -> int:
        kaya.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert kaya.get(address).status_code == 200
        return len(caught.captured_queries)

    before = asked()
    court.crowd(9)
    court.case()
    assert asked() == before


def test_a_page_notes_a_member_of_an_open_pool_once_a_minute(court: Court) -> None:
    court.crowd(9)
    one = court.jurors[0]
    case = court.case()
    client = signed_in(one)

    def writes() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get("/terms")
        return sum("UPDATE standards_poolmember" in query["sql"] for query in caught.captured_queries)

    assert [writes(), writes()] == [1, 0]
    drawn = PoolMember.objects.get(case=case, member=one)
    assert drawn.seen_at is not None
    with at(clock.now() + timedelta(seconds=61)):
        assert [writes(), writes()] == [1, 0]
    assert PoolMember.objects.filter(case=case, seen_at__isnull=False).count() == 1


def test_a_clock_that_was_set_back_does_not_keep_anybody_present(court: Court) -> None:
    court.crowd(9)
    case = court.case()
    with at(clock.now() + timedelta(days=1)):
        court.gather(court.jurors[:1])
    court.gather(court.jurors[:1])
    seen = PoolMember.objects.get(case=case, member=court.jurors[0]).seen_at
    assert seen is not None and seen <= clock.now()


def test_an_open_page_counts_as_presence(court: Court) -> None:
    court.crowd(9)
    case = court.case()
    broadcaster = streams.Broadcaster(lambda session, topics: topics)

    class Closed:
        closed = False

    for member in court.jurors[:4]:
        stream = streams.Stream(Closed(), f"session of {member.pk}", ())  # type: ignore[arg-type]
        broadcaster._subscribe(stream, [f"thread:{court.thread.pk}", f"member:{member.pk}"])
    assert broadcaster.members() == {member.pk for member in court.jurors[:4]}
    assert convening.saw_all(broadcaster.members()) == 4
    assert PoolMember.objects.filter(case=case, seen_at__isnull=False).count() == 4
    assert convening.saw_all(broadcaster.members()) == 0, "A minute is not over."


def test_signing_in_notes_the_network_and_a_later_day_notes_it_again(cast: Cast) -> None:
    client = Client(headers={"sec-fetch-site": "same-origin"}, REMOTE_ADDR="8.8.4.4")
    assert cast.ana
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        assert client.post("/account/login/", {"login": "Ana", "password": PASSWORD}).status_code == 302
    (row,) = Network.objects.filter(member=cast.ana)
    assert row.seen_on == clock.now().date() and "8.8" not in row.key
    with at(clock.now() + timedelta(minutes=5)):
        client.get("/terms", REMOTE_ADDR="8.8.9.9")
    assert Network.objects.count() == 1, "Once a day is enough."
    with at(clock.now() + timedelta(days=1)):
        client.get("/terms", REMOTE_ADDR="8.8.9.9")
        client.get("/terms", REMOTE_ADDR="127.0.0.1")
        assert Network.objects.filter(seen_on=clock.now().date()).count() == 1
    assert Network.objects.count() == 2
