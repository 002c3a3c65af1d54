"""Pages of the watch: in public what was done, to watchers what stands out, to the account its one click."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from tests.cast import Cast, fresh, signed_in

from palaver.forums.models import Post, SlowMode
from palaver.kit import clock
from palaver.standards import seeds
from palaver.standards.models import Proposal, WatchTerm

pytestmark = pytest.mark.django_db(transaction=True)
DESK = "/watch/newcomers"
LAMPS = "The best lamps of the whole valley, ask me for the price list today https://lamps.example/list"


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


@pytest.fixture
def raid(cast: Cast) -> Cast:
    """Dara and Emil watch; Kaya and Goran, who came today, have written the same; one of them in the den, where few read."""
    seeds.commit_due()
    thread, secret = cast.thread(), cast.thread("Secret", forum=cast.den)
    with transaction.atomic():
        for member in (cast.dara, cast.emil):
            WatchTerm.objects.create(member=member, since=clock.now(), until=clock.now() + timedelta(days=90), entry=7)
    for member in (cast.kaya, cast.goran):
        cast.reply(thread, by=member, text=LAMPS)
    cast.reply(secret, by=cast.bram, text="A quokka for the few.")
    return cast


def proposal(cast: Cast, **more: object) -> Proposal:
    form = {"act": "suspend", "member": cast.kaya.pk, "because": "Lamps everywhere."} | more
    assert signed_in(cast.dara).post("/watch/propose", form).status_code == 302
    return Proposal.objects.latest("pk")


def test_the_desk_shows_what_stands_out_to_watchers_of_what_they_may_read(raid: Cast) -> None:
    page = text(signed_in(raid.dara).get(DESK))
    assert "lamps.example/list" in page and "The same text by several" in page and ">first post<" in page
    assert f"/watch/propose?act=suspend&amp;member={raid.kaya.pk}" in page and "quokka" not in page
    assert signed_in(raid.bram).get(DESK).status_code == 403
    operator = text(signed_in(raid.odile).get(DESK))
    assert "as an operator" in operator and "/watch/propose" not in operator


def test_two_watchers_suspend_and_the_account_answers_in_one_click(raid: Cast) -> None:
    one = proposal(raid)
    dara, emil, kaya = signed_in(raid.dara), signed_in(raid.emil), signed_in(raid.kaya)
    assert "I agree" not in text(dara.get(DESK)) and "I agree" in text(emil.get(DESK))
    assert "Lamps everywhere." not in text(Client().get("/watch/"))
    assert dara.post(DESK, {"act": "second", "proposal": one.pk}).status_code == 422
    assert emil.post(DESK, {"act": "second", "proposal": one.pk}).status_code == 302
    assert Post.objects.get(author=raid.kaya).standing == Post.Standing.REMOVED
    assert (
        "lamps.example"
        not in text(kaya.get(f"/t/{Post.objects.get(author=raid.goran).thread_id}", follow=True)).split(">Goran<")[0]
    )
    public = text(Client().get("/watch/"))
    assert "Suspended the new account Kaya" in public and "Lamps everywhere." in public and "review" in public
    here = f"/watch/answer/{one.pk}"
    assert here in text(kaya.get("/notices/")) or kaya.get("/notices/").status_code == 200
    asked = text(kaya.get(here))
    assert "Lamps everywhere." in asked and "I would like to stay" in asked
    assert kaya.post(here).status_code == 302 and "I am a person" in fresh(one).answer
    assert kaya.post(here, {"words": "x" * 2001}).status_code == 422
    kaya.post(here, {"words": "I make them <b>myself</b>."})
    assert "I make them &lt;b&gt;myself&lt;/b&gt;." in text(kaya.get(here))
    assert signed_in(raid.bram).get(here).status_code == 404


def test_a_proposal_says_what_is_missing_and_keeps_what_was_typed(raid: Cast) -> None:
    dara = signed_in(raid.dara)
    kept = dara.post("/watch/propose", {"act": "slow", "minutes": "9999", "hours": "2", "because": "A raid."})
    assert kept.status_code == 422 and 'value="A raid."' in text(kept) and "1 minute and a day" in text(kept)
    post = Post.objects.get(author=raid.kaya)
    form = {"act": "hold", "post": post.pk, "ground": "", "because": "Spam."}
    assert "Choose the ground" in text(dara.post("/watch/propose", form))
    secret = Post.objects.get(author=raid.bram)
    assert "quokka" not in text(dara.get(f"/watch/propose?act=hold&post={secret.pk}"))
    assert "is not here any more" in text(dara.get("/watch/propose?act=suspend&member=99999"))
    assert "holds an office" in text(
        dara.post("/watch/propose", {"act": "suspend", "member": raid.odile.pk, "because": "x"})
    )


def test_slow_mode_stands_on_the_public_page_until_a_watcher_ends_it(raid: Cast) -> None:
    one = proposal(raid, act="slow", minutes="30", hours="2", because="A raid.")
    emil = signed_in(raid.emil)
    emil.post(DESK, {"act": "second", "proposal": one.pk})
    assert "one post in 30 minutes: A raid." in text(Client().get("/watch/"))
    refused = signed_in(raid.kaya).post(
        f"/t/{Post.objects.get(author=raid.kaya).thread_id}/replies", {"body": "More lamps."}
    )
    assert refused.status_code == 422 and "More lamps." in text(refused) and "one post in 30 minutes" in text(refused)
    assert signed_in(raid.bram).post("/watch/", {"act": "end-slow"}).status_code == 403
    emil.post("/watch/", {"act": "end-slow"})
    assert SlowMode.objects.get().ended_at is not None


def test_a_community_without_a_watch_says_so(cast: Cast) -> None:
    page = text(Client().get("/watch/"))
    assert "There is no watch here yet" in page and "the operators act" in page
    assert "has been here for 180 days" in text(signed_in(cast.bram).get("/watch/"))
