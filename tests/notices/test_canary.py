"""What is said in a forum with its own audience reaches nobody else by any notice, however hard they asked to be told."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from palaver.accounts.models import Member
from palaver.delivery.models import Mail, Push
from palaver.forums import recommending
from palaver.forums.models import Mention, Subscription
from palaver.kit import clock
from palaver.live.models import LiveEvent
from palaver.notices import choosing, digesting, kinds, telling
from palaver.notices.kinds import Ways
from palaver.notices.models import Notice
from palaver.reading.models import Bookmark, Follow
from tests.cast import Cast, original, signed_in
from tests.notices.conftest import Postbox, reachable, work
from tests.notices.test_push import Browser, Service, service

__all__ = ["service"]
pytestmark = pytest.mark.django_db(transaction=True)

CANARY = "xanthicwren"


def told_everything(member: Member, browser: Browser) -> Member:
    """A member who is told of everything by every way, with a digest a day."""
    reachable(member)
    browser.let_tell(member)
    choosing.choose(member, ways={kind.key: Ways(True, True, True, True) for kind in kinds.ALL if kind.chosen})
    choosing.choose_rhythm(member, rhythm="daily")
    return member


def everything_told(cast: Cast, member: Member, carrier: Postbox, service: Service, browser: Browser) -> str:
    """All that has reached a member by any notice, as text."""
    pages = [signed_in(member).get(address).content.decode() for address in ("/notices/", "/notices/?show=new")]
    letters = [letter.as_string() for _sender, receivers, letter in carrier.letters if receivers == [member.email]]
    pushes = [json.dumps(browser.open(body)) for path, _headers, body in service.taken if browser.url.endswith(path)]
    live = [json.dumps(row.payload) for row in LiveEvent.objects.filter(topic=f"member:{member.pk}")]
    return "\n".join(pages + letters + pushes + live).lower()


def test_nothing_of_a_restricted_forum_reaches_others(
    cast: Cast, carrier: Postbox, service: Service, settings: Any
) -> None:
    outside, inside = Browser(service, "outside"), Browser(service, "inside")
    kaya, bram = told_everything(cast.kaya, outside), told_everything(cast.bram, inside)
    with transaction.atomic():
        for member in (kaya, bram):
            Subscription.objects.create(member=member, forum=cast.den, by_mail=True, by_push=True, in_digest=True)
            Follow.objects.create(member=member, followed=cast.ana, told=True)
    thread = cast.thread(f"{CANARY} one", by=cast.ana, forum=cast.den, text=f"{CANARY} two")
    with transaction.atomic():
        for member in (kaya, bram):
            Subscription.objects.create(member=member, thread=thread, by_mail=True, by_push=True, in_digest=True)
            Mention.objects.create(post=original(thread), member=member)
            Bookmark.objects.create(member=member, post=original(thread))
    reply = cast.reply(thread, by=cast.ana, text=f"{CANARY} three")

    class Edited:
        """An edit that names both."""

        post_id = reply.pk
        new_mention_ids = (kaya.pk, bram.pk)
        new_quotation_ids = ()

    from palaver.notices import hearing

    with transaction.atomic():
        hearing.post_edited(Edited)  # type: ignore[arg-type]
        for member in (kaya, bram):
            telling.tell(member.pk, "reminder", key="bookmark:1", post_id=reply.pk)
            telling.tell(member.pk, "search", key=f"search:{reply.pk}", post_id=reply.pk, words="wren")
    recommending.recommend(reply, by=bram)
    work(minutes=3)
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        digesting.enqueue_due()
    work(days=2)
    assert CANARY not in everything_told(cast, kaya, carrier, service, outside)
    assert not Notice.objects.filter(member=kaya).exists()
    assert not Mail.objects.filter(to=kaya.email).exists()
    assert not Push.objects.filter(endpoint__url=outside.url).exists()
    # The control: who belongs there was told by every way.
    heard = everything_told(cast, bram, carrier, service, inside)
    assert heard.count(CANARY) >= 6
    assert any(letter["Precedence"] == "list" for _s, _r, letter in carrier.letters)
    assert service.taken
