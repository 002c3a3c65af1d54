"""A forum for its own audience: no page, list, stream or record shows anybody else a word of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from tests.cast import Cast, fresh, original, seen_by, signed_in

from palaver.forums import locking, posting, recommending
from palaver.forums.models import Lock, Post, Recommendation, Thread, Withdrawal
from palaver.project.serving import may_hear
from palaver.reading.models import ForumMark, ThreadMark

CANARY = "Zanzibarquokka"
GUEST = Client()


@dataclass
class Inside:
    """What stands in the den, with the canary in every text."""

    thread: Thread
    post: Post
    reply: Post

    @property
    def addresses(self) -> list[str]:
        """Addresses that belong to the den alone."""
        t, p = self.thread, self.reply.pk
        return [
            "/f/the-den/",
            "/f/the-den/?order=recommended",
            "/f/the-den/about",
            "/f/the-den/start",
            f"/t/{t.pk}",
            f"/t/{t.pk}/{t.slug}",
            f"/t/{t.pk}/{t.slug}?view=tree",
            f"/t/{t.pk}/wrong-slug",
            f"/t/{t.pk}/new",
            f"/t/{t.pk}/post/1",
            f"/t/{t.pk}/replies",
            f"/t/{t.pk}/lock",
            f"/t/{t.pk}/pin",
            f"/p/{p}",
            f"/p/{p}/reply",
            f"/p/{p}/edit",
            f"/p/{p}/withdraw",
            f"/p/{p}/history",
            f"/p/{p}/recommendations",
        ]

    @property
    def shared(self) -> list[str]:
        """Addresses of pages for all, which must leave the den out."""
        lists = ["/", "/latest", "/newest", "/unanswered", "/unread", "/recommended?in=ever", "/recommended?in=day"]
        return [*lists, "/forums", "/c/life/", "/m/Ana", "/m/Bram", "/record", "/f/the-lounge/", "/help/orders"]


@pytest.fixture
def inside(cast: Cast) -> Inside:
    thread = cast.thread(f"{CANARY} subject", forum=cast.den, text=f"{CANARY} text.")
    reply = cast.reply(thread, text=f"{CANARY} reply.", subject=f"{CANARY} own")
    posting.edit(reply, by=cast.bram, text=f"{CANARY} edited.", because=f"{CANARY} reason")
    recommending.recommend(original(thread), by=cast.bram)
    locking.lock(thread, by=cast.odile, because=f"{CANARY} lock")
    locking.pin(thread, by=cast.odile, because=f"{CANARY} pin")
    cast.thread("In the open")
    return Inside(fresh(thread), original(thread), reply)


def text(client: Client, address: str) -> tuple[int, str]:
    answer = client.get(address)
    return answer.status_code, answer.content.decode() + str(answer.headers)


def test_the_audience_finds_it_everywhere(cast: Cast, inside: Inside) -> None:
    """So the canary is where these tests look for it."""
    ana = signed_in(cast.ana)
    t, p = inside.thread, inside.reply.pk
    for address in (
        "/latest",
        "/newest",
        "/unread",
        "/recommended?in=ever",
        "/m/Bram",
        "/record",
        "/forums",
        "/f/the-den/",
        f"/t/{t.pk}/{t.slug}",
        f"/t/{t.pk}/{t.slug}?view=tree",
        f"/p/{p}/history",
        f"/p/{inside.post.pk}/recommendations",
    ):
        status, shown = text(ana, address)
        assert status == 200 and CANARY in shown, address


@pytest.mark.parametrize("who", ["guest", "kaya"])
def test_pages_for_all_leave_it_out(cast: Cast, inside: Inside, who: str) -> None:
    client = GUEST if who == "guest" else signed_in(cast.kaya)
    for address in inside.shared:
        status, shown = text(client, address)
        assert status == (302 if who == "guest" and address == "/unread" else 200), address
        assert CANARY not in shown, address
        assert "The den" not in shown, address


@pytest.mark.parametrize("who", ["guest", "kaya"])
def test_its_own_addresses_are_closed_and_say_nothing(cast: Cast, inside: Inside, who: str) -> None:
    client = GUEST if who == "guest" else signed_in(cast.kaya)
    for address in inside.addresses:
        status, shown = text(client, address)
        # The page may repeat the address that was asked for; that much the asker knew.
        assert CANARY.lower() not in shown.lower().replace(address.partition("?")[0].lower(), ""), address
        if not (who == "guest" and status == 302 and "/account/login/" in shown):
            assert status in {403, 404}, (address, status)


def test_outsiders_change_nothing_in_it(cast: Cast, inside: Inside) -> None:
    kaya, t, p = signed_in(cast.kaya), inside.thread, inside.reply.pk
    for address, form in (
        ("/f/the-den/start", {"subject": "Hello", "body": "Hello."}),
        ("/f/the-den/mark", {}),
        (f"/t/{t.pk}/replies", {"body": "Hello."}),
        (f"/t/{t.pk}/lock", {"reason": "Hello."}),
        (f"/t/{t.pk}/pin", {"reason": "Hello."}),
        (f"/p/{p}/reply", {"body": "Hello."}),
        (f"/p/{p}/edit", {"body": "Hello."}),
        (f"/p/{p}/withdraw", {}),
        (f"/p/{inside.post.pk}/recommendation", {"act": "give"}),
    ):
        answer = kaya.post(address, form)
        assert answer.status_code in {403, 404}, (address, answer.status_code)
        assert CANARY not in answer.content.decode(), address
    assert kaya.post("/positions", {str(t.pk): "1"}).status_code == 204
    assert (Post.objects.filter(thread=t).count(), Recommendation.objects.count()) == (2, 1)
    assert not ThreadMark.objects.exists() and not ForumMark.objects.exists() and not Withdrawal.objects.exists()
    assert Lock.objects.filter(ended_at=None).count() == 1


def test_streams_of_it_are_heard_by_its_audience_only(cast: Cast, inside: Inside) -> None:
    topics = (f"thread:{inside.thread.pk}", f"forum:{cast.den.pk}", f"forum:{cast.lounge.pk}", f"member:{cast.ana.pk}")
    assert set(may_hear(seen_by(cast.ana).session_key, topics)) == set(topics)
    # Her own topic is given to every stream of a member, asked for or not.
    assert set(may_hear(seen_by(cast.kaya).session_key, topics)) == {
        f"forum:{cast.lounge.pk}",
        f"member:{cast.kaya.pk}",
    }
    assert set(may_hear("", topics)) == {f"forum:{cast.lounge.pk}"}
    assert set(may_hear("", ("thread:9999999999999999999999", "forum:x", "thread:", ":", "forum:-1"))) == set()


def test_who_is_no_longer_among_the_audience_finds_nothing(cast: Cast, inside: Inside) -> None:
    """Rights are asked with every request; nothing of the old page is kept for the member."""
    from django.db import transaction

    ana = signed_in(cast.ana)
    assert CANARY in text(ana, "/latest")[1]
    with transaction.atomic():
        cast.den.admissions.filter(member=cast.ana).delete()
    assert CANARY not in text(ana, "/latest")[1]
    assert text(ana, f"/t/{inside.thread.pk}/{inside.thread.slug}")[0] == 403
    with pytest.raises(Exception, match="read by its own audience"):
        posting.edit(inside.post, by=cast.ana, text="Mine.")


@pytest.mark.parametrize(
    "address", ["/m/a%00b", "/x%00y", "/c/%00/", "/f/%00/", "/t/1/%00", "/m/%F0%9F%92%A9", "/p/99999999999999999999"]
)
def test_an_address_no_database_takes_leads_nowhere(cast: Cast, address: str) -> None:
    assert cast.lounge
    assert GUEST.get(address).status_code in {400, 404}


@pytest.fixture(autouse=True)
def _nobody_is_signed_in() -> Iterator[None]:
    GUEST.cookies.clear()
    yield
