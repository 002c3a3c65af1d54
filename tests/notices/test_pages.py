"""The pages of notices, as members and mail programs meet them."""

from __future__ import annotations

import base64
import os
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from palaver.delivery.models import Endpoint
from palaver.forums import placing, posting, recommending, withdrawing
from palaver.forums.models import Forum, Subscription
from palaver.notices import choosing, reads, telling, unsubscribing
from palaver.notices.kinds import Ways
from palaver.notices.models import Choice, Device, Notice, Timetable
from palaver.notices.unsubscribing import Stop
from tests.cast import Cast, fresh, original, signed_in
from tests.notices.conftest import reachable

pytestmark = pytest.mark.django_db


def keys() -> tuple[str, str]:
    """What a browser gives: a point and a secret."""
    point = (
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )
    return base64.urlsafe_b64encode(point).decode().rstrip("="), base64.urlsafe_b64encode(os.urandom(16)).decode()


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_tells_by_day_and_marks_what_is_new(cast: Cast) -> None:
    thread = cast.thread("Rye & <b>oats</b>", by=cast.ana)
    cast.reply(thread, by=cast.bram, answers=original(thread), text="Oat & spelt.")
    for member in (cast.bram, cast.dara):
        recommending.recommend(original(thread), by=member)
    page = text_of(signed_in(cast.ana), "/notices/")
    assert "Bram answered you" in page
    assert "2 recommendations" in page
    assert "Rye &amp; &lt;b&gt;oats&lt;/b&gt;" in page
    assert "Oat &amp; spelt." in page
    assert page.count('class="row notice" data-new') == 2
    assert "Today" in page


def test_the_badge_stands_on_every_page_and_costs_no_statement(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    ana = signed_in(cast.ana)
    ana.get("/latest")
    with CaptureQueriesContext(connection) as before:
        quiet = text_of(ana, "/latest")
    cast.reply(thread, by=cast.bram)
    ana.get("/latest")
    with CaptureQueriesContext(connection) as after:
        loud = text_of(ana, "/latest")
    assert len(after) == len(before)
    assert "data-badge hidden" in quiet and "data-badge hidden" not in loud
    assert '<span class="count" data-badge>1<' in loud
    assert "data-badge" not in text_of(Client(), "/latest")


def test_a_page_of_notices_costs_the_same_however_many(cast: Cast) -> None:
    ana = signed_in(cast.ana)
    thread = cast.thread(by=cast.ana)
    cast.reply(thread, by=cast.bram)
    ana.get("/notices/")
    with CaptureQueriesContext(connection) as few:
        ana.get("/notices/")
    for _n in range(6):
        cast.reply(thread, by=cast.bram)
    with CaptureQueriesContext(connection) as many:
        ana.get("/notices/")
    assert len(many) == len(few) <= 3


def test_the_list_walks_its_index(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as caught:
        reads.page(cast.ana.pk, forum_ids=[1])
    sql = caught.captured_queries[0]["sql"]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql.replace('%', '%%')}")
        else:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute(f"EXPLAIN {sql}")
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "notice_list" in plan, plan


def test_older_notices_are_a_page_away(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "PER_PAGE", 2)
    thread = cast.thread(by=cast.ana)
    for _n in range(5):
        cast.reply(thread, by=cast.bram)
    ana, seen, address = signed_in(cast.ana), [], "/notices/"
    while address:
        page = text_of(ana, address)
        seen += [part.split('"')[0] for part in page.split('href="/notices/')[1:] if part[0].isdigit()]
        address = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in page else ""
    assert seen == [str(pk) for pk in Notice.objects.order_by("-id").values_list("pk", flat=True)]
    assert text_of(ana, "/notices/?before=nonsense")


def test_opening_a_notice_sees_it_and_leads_to_the_post(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    cast.reply(thread, by=cast.bram)
    notice = Notice.objects.get()
    answer = signed_in(cast.ana).get(f"/notices/{notice.pk}")
    assert (answer.status_code, answer["Location"]) == (302, f"/t/{thread.pk}/post/1")
    assert fresh(cast.ana).notice_count == 0


def test_a_notice_leads_nowhere_outside(cast: Cast) -> None:
    with transaction.atomic():
        notice = telling.tell(cast.ana.pk, "search", words="x", href="//evil.example/")
    assert notice is not None
    assert signed_in(cast.ana).get(f"/notices/{notice.pk}")["Location"] == "/notices/"


def test_reading_on_the_page_sees_notices(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    cast.reply(thread, by=cast.bram)
    cast.reply(thread, by=cast.bram)
    signed_in(cast.ana).post("/positions", {str(thread.pk): "1"})
    assert fresh(cast.ana).notice_count == 1


def test_all_that_was_shown_is_seen_but_not_what_came_after(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    cast.reply(thread, by=cast.bram)
    shown = Notice.objects.get().pk
    cast.reply(thread, by=cast.bram)
    signed_in(cast.ana).post("/notices/seen", {"up_to": str(shown)})
    assert fresh(cast.ana).notice_count == 1


def test_nothing_of_a_forum_that_one_may_not_read_stands_on_the_page(cast: Cast) -> None:
    thread = cast.thread("Canary Wren", by=cast.kaya, forum=cast.kitchen)
    cast.reply(thread, by=cast.bram, text="The canary sings.")
    kaya = signed_in(cast.kaya)
    assert "Canary Wren" in text_of(kaya, "/notices/")
    placing.change_forum(Forum.objects.get(pk=cast.kitchen.pk), by=cast.odile, who_reads="admitted")
    page = text_of(kaya, "/notices/")
    assert "canary" not in page.lower()


def test_a_withdrawn_posts_words_are_not_told(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    reply = cast.reply(thread, by=cast.bram, text="Regretted words.")
    withdrawing.withdraw(reply, by=cast.bram)
    page = text_of(signed_in(cast.ana), "/notices/")
    assert "Regretted" not in page
    assert "not shown any more" in page


def test_choices_are_kept_and_shown(cast: Cast) -> None:
    ana = signed_in(cast.ana)
    page = text_of(ana, "/account/notices/")
    assert "No mail is configured here" in page
    assert "desk-site" not in page and "desk-site" in text_of(signed_in(cast.odile), "/account/notices/")
    form = {
        "reply-site": "on",
        "mention-mail": "on",
        "rhythm": "weekly",
        "hour": "7",
        "weekday": "4",
        "quiet_from": "22:30",
        "quiet_until": "06:15",
    }
    assert ana.post("/account/notices/", form).status_code == 302
    ways = choosing.ways_of(cast.ana)
    assert (ways["reply"], ways["mention"]) == (Ways(site=True), Ways(site=False, mail=True))
    table = Timetable.objects.get()
    assert (table.rhythm, table.hour, table.weekday, str(table.quiet_from), str(table.quiet_until)) == (
        "weekly",
        7,
        4,
        "22:30:00",
        "06:15:00",
    )
    page = text_of(ana, "/account/notices/")
    assert 'value="22:30"' in page and '<option value="weekly" selected>' in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"rhythm": "hourly"},
        {"rhythm": "daily", "hour": "24"},
        {"rhythm": "weekly", "weekday": "7"},
        {"quiet_from": "25:00", "quiet_until": "06:00"},
        {"quiet_from": "22:00"},
        {"quiet_from": "22:00", "quiet_until": "22:00"},
    ],
)
def test_nonsense_gets_a_sentence_and_loses_nothing(cast: Cast, wrong: dict[str, str]) -> None:
    answer = signed_in(cast.ana).post("/account/notices/", {"reply-push": "on", "rhythm": "none", **wrong})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'class="error"' in page
    assert 'name="reply-push" value="on" checked' in page
    assert not Choice.objects.exists()


def test_a_browser_is_let_tell_and_taken_off(cast: Cast) -> None:
    point, secret = keys()
    ana = signed_in(cast.ana)
    given = {"endpoint": "https://push.example.org/a", "p256dh": point, "auth": secret}
    assert (
        ana.post(
            "/account/notices/devices", given, headers={"user-agent": "Mozilla/5.0 (Android) Firefox/130"}
        ).status_code
        == 302
    )
    ana.post("/account/notices/devices", given)
    device = Device.objects.get()
    assert "Firefox, Android" in text_of(ana, "/account/notices/")
    assert signed_in(cast.bram).post(f"/account/notices/devices/{device.pk}/dismiss").status_code == 302
    assert Device.objects.exists()
    signed_in(cast.bram).post("/account/notices/devices", given)
    assert Device.objects.get().member_id == cast.bram.pk
    signed_in(cast.bram).post(f"/account/notices/devices/{Device.objects.get().pk}/dismiss")
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example.org/a"},
        {"endpoint": "https://ana:word@push.example.org/a"},
        {"endpoint": "file:///etc/passwd"},
        {"endpoint": "https://push.example.org/" + "a" * 1000},
        {"p256dh": "AAAA"},
        {"p256dh": "ü"},
        {"auth": "AAAA"},
        {"auth": ""},
    ],
)
def test_what_no_browser_says_is_refused(cast: Cast, wrong: dict[str, str]) -> None:
    point, secret = keys()
    given = {"endpoint": "https://push.example.org/a", "p256dh": point, "auth": secret, **wrong}
    assert signed_in(cast.ana).post("/account/notices/devices", given).status_code == 422
    assert not Endpoint.objects.exists()


def test_an_eleventh_browser_is_refused(cast: Cast) -> None:
    for n in range(11):
        point, secret = keys()
        status = (
            signed_in(cast.ana)
            .post(
                "/account/notices/devices",
                {"endpoint": f"https://push.example.org/{n}", "p256dh": point, "auth": secret},
            )
            .status_code
        )
    assert status == 422
    assert Device.objects.count() == Endpoint.objects.count() == 10


def test_the_link_of_a_mail_asks_first_and_stops_with_one_click(cast: Cast) -> None:
    """As RFC 8058 has it: a POST from a server that has no cookie, no origin and no page of ours."""
    token = unsubscribing.token(Stop(cast.ana.pk, "reply"))
    program = Client(enforce_csrf_checks=True)
    page = text_of(program, f"/unsubscribe/{token}")
    assert "Replies to me" in page
    assert not Choice.objects.exists()
    answer = program.post(
        f"/unsubscribe/{token}", "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200
    assert choosing.ways_of(cast.ana)["reply"] == Ways(site=True, mail=False, push=True, digest=True)


def test_only_that_address_takes_a_post_without_an_origin(cast: Cast) -> None:
    program = Client(enforce_csrf_checks=True)
    for address in ("/notices/seen", "/account/notices/", "/account/notices/devices", "/theme"):
        assert program.post(address).status_code == 403


@pytest.mark.parametrize("token", ["x", "WzEsInJlcGx5IiwwLDBd:1abcde:forged", "a:b:c"])
def test_a_link_that_is_not_whole_gets_a_sentence(cast: Cast, token: str) -> None:
    answer = Client().post(f"/unsubscribe/{token}")
    assert answer.status_code == 404
    assert "not whole" in answer.content.decode()


def test_stopping_a_subscriptions_mail_stops_that_one(cast: Cast) -> None:
    thread, other = cast.thread(by=cast.ana), cast.thread("Butter", by=cast.ana)
    with transaction.atomic():
        for one in (thread, other):
            Subscription.objects.create(member=cast.bram, thread=one, by_mail=True)
    unsubscribing.stop(Stop(cast.bram.pk, "subscription", thread.pk, thread.forum_id))
    assert list(Subscription.objects.order_by("thread_id").values_list("by_mail", flat=True)) == [False, True]


def test_stopping_the_digest_stops_the_digest(cast: Cast) -> None:
    choosing.choose_rhythm(reachable(cast.ana), rhythm="daily")
    unsubscribing.stop(Stop(cast.ana.pk, "digest"))
    assert Timetable.objects.get().next_digest_at is None


def test_the_worker_is_served_from_the_root(cast: Cast) -> None:
    answer = Client().get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert b"showNotification" in answer.content
    assert Client().get("/sw.js", headers={"if-none-match": answer["ETag"]}).status_code == 304


def test_a_trial_comes_by_the_ways_that_are_open(cast: Cast) -> None:
    ana = signed_in(cast.ana)
    assert ana.post("/account/notices/trial").status_code == 302
    assert "A trial" in text_of(ana, "/notices/")


def test_the_desk_shows_what_is_late(cast: Cast, settings: Any) -> None:
    from datetime import timedelta

    from palaver.kit import clock, due

    odile = signed_in(cast.odile)
    assert "Nothing is late" in text_of(odile, "/desk/")
    with clock.stopped_at(clock.now() - timedelta(hours=1)), transaction.atomic():
        due.enqueue(telling.SEND, {"notice": 1})
    assert "notice-send" in text_of(odile, "/desk/")


def test_answering_a_post_sees_its_notice(cast: Cast) -> None:
    thread = cast.thread(by=cast.ana)
    reply = cast.reply(thread, by=cast.bram)
    assert fresh(cast.ana).notice_count == 1
    signed_in(cast.ana).post(f"/p/{reply.pk}/reply", {"body": "Thanks."})
    assert fresh(cast.ana).notice_count == 0
    assert posting
