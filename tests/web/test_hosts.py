"""Pages of hosts: forms are plain, what was typed is kept, old addresses lead on, and a desk shows its own alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from tests.cast import Cast, fresh, original, signed_in

from palaver.accounts.models import Member
from palaver.forums import hosting, locking, merging, moving, placing, questioning, splitting
from palaver.forums.models import Block, HostVolunteer, LockQuestion, Office, Post, Thread
from palaver.kit import clock
from palaver.standards import alerting

pytestmark = pytest.mark.django_db(transaction=True)


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


@pytest.fixture
def thread(cast: Cast) -> Thread:
    thread = cast.thread()
    for n, member in enumerate((cast.bram, cast.dara, cast.emil)):
        cast.reply(thread, by=member, text=f"Reply number {n + 1}.")
    return thread


def address(thread: Thread) -> str:
    return f"/t/{thread.pk}/{fresh(thread).slug}"


def test_a_host_moves_a_thread_from_its_menu(cast: Cast, thread: Thread) -> None:
    assert cast.kitchen and cast.den
    chidi = signed_in(cast.chidi)
    menu = text(chidi.get(address(thread)))
    assert "As a host" in menu and f"/t/{thread.pk}/move" in menu
    assert "As a host" not in text(signed_in(cast.bram).get(address(thread)))
    form = text(chidi.get(f"/t/{thread.pk}/move"))
    assert "Kitchen" in form and "The den" not in form
    refused = chidi.post(f"/t/{thread.pk}/move", {"forum": "kitchen", "because": ""})
    assert refused.status_code == 422 and "Say why" in text(refused) and 'value="kitchen" selected' in text(refused)
    guest = Client()
    assert "Reply number 1" in text(guest.get(address(thread)))
    assert chidi.post(f"/t/{thread.pk}/move", {"forum": "kitchen", "because": "Bread."}).status_code == 302
    page = text(guest.get(address(thread)))
    assert 'href="/f/kitchen/"' in page and "Moved by a host" in page and 'href="/f/the-lounge/"' in page
    assert "What did you bake" not in text(guest.get("/f/the-lounge/"))
    assert "What did you bake" in text(guest.get("/f/kitchen/"))


def test_what_was_split_off_is_found_by_its_old_address(cast: Cast, thread: Thread) -> None:
    chidi = signed_in(cast.chidi)
    form = {"number": ["2"], "numbers": "3", "subject": "Oats", "because": "Another matter."}
    assert "Reply number 2" in text(chidi.get(f"/t/{thread.pk}/split"))
    kept = chidi.post(f"/t/{thread.pk}/split", form | {"because": ""})
    assert kept.status_code == 422 and 'value="2" checked' in text(kept) and 'value="Oats"' in text(kept)
    assert "Write numbers with commas" in text(chidi.post(f"/t/{thread.pk}/split", form | {"numbers": "two"}))
    chidi.post(f"/t/{thread.pk}/split", form)
    new = Thread.objects.exclude(pk=thread.pk).get()
    guest = Client()
    led = guest.get(f"/t/{thread.pk}/post/3", follow=True)
    assert led.redirect_chain[-1][0] == f"/t/{new.pk}/oats#p3" and "Reply number 3" in text(led)
    assert "Reply number 3" not in text(guest.get(address(thread)))
    assert f'href="/t/{new.pk}"' in text(guest.get(address(thread)))
    assert f'href="/t/{thread.pk}"' in text(guest.get(f"/t/{new.pk}/oats?view=tree"))


def test_a_merged_threads_address_its_feed_and_a_reply_under_way_lead_on(cast: Cast, thread: Thread) -> None:
    other = cast.thread("Oats", by=cast.goran)
    old = address(thread)
    chidi = signed_in(cast.chidi)
    refused = chidi.post(f"/t/{thread.pk}/merge", {"into": "nowhere", "because": "Same."})
    assert refused.status_code == 422 and "no thread at this address" in text(refused)
    chidi.post(f"/t/{thread.pk}/merge", {"into": f"https://x.example{address(other)}#p0", "because": "Same."})
    guest = Client()
    assert guest.get(old, follow=True).redirect_chain[-1][0] == address(other)
    assert guest.get(f"/t/{thread.pk}/post/2", follow=True).redirect_chain[-1][0] == f"{address(other)}#p3"
    assert guest.get(f"/t/{thread.pk}/feed.atom")["Location"] == f"/t/{other.pk}/feed.atom"
    signed_in(cast.hana).post(f"/t/{thread.pk}/replies", {"body": "Written while they merged."})
    assert Post.objects.get(author=cast.hana).thread == other
    assert "Another thread was put behind this one" in text(guest.get(address(other)))


def test_what_was_done_to_a_merged_thread_of_the_few_is_not_told_to_others(cast: Cast) -> None:
    thread, other = cast.thread(forum=cast.den), cast.thread("Oats", forum=cast.den)
    locking.lock(thread, by=cast.odile, because="The quokka clause.")
    locking.unlock(thread, by=cast.odile)
    merging.merge(thread, into=other, by=cast.odile, because="Quokkas again.")
    splitting.split(other, numbers=[1], subject="Quokka park", by=cast.odile, because="Quokkas apart.")
    assert "uokka" not in text(Client().get("/record")) and "quokka clause" in text(signed_in(cast.ana).get("/record"))


def test_the_about_page_says_who_is_kept_out_and_who_reads_along(cast: Cast) -> None:
    chidi = signed_in(cast.chidi)
    assert cast.bram
    form = {"act": "block", "member": "bram", "days": "3", "because": "Quarrels <b>"}
    assert "no member of that name" in text(chidi.post("/f/the-lounge/hosts", form | {"member": "Nobody"}))
    kept = chidi.post("/f/the-lounge/hosts", form | {"because": " "})
    assert kept.status_code == 422 and 'value="bram"' in text(kept)
    assert chidi.post("/f/the-lounge/hosts", form).status_code == 302
    guest = Client()
    about = text(guest.get("/f/the-lounge/about"))
    assert (
        "Quarrels &lt;b&gt;" in about
        and ">Bram<" in about
        and "Subscribed" in about
        and "Put into the trash by" in about
    )
    until = Block.objects.get().until
    assert guest.get("/f/the-lounge/about").fresh_until <= until  # type: ignore[attr-defined]
    assert chidi.post("/f/the-lounge/hosts", {"act": "end-block", "block": Block.objects.get().pk}).status_code == 302
    assert "Quarrels" not in text(guest.get("/f/the-lounge/about"))


def test_a_member_volunteers_and_steps_back_and_a_host_resigns(cast: Cast) -> None:
    assert cast.chidi
    dara, here = signed_in(cast.dara), "/f/the-lounge/hosts"
    with transaction.atomic():
        Member.objects.filter(pk=cast.dara.pk).update(joined_at=clock.now() - timedelta(days=30), post_count=9)
    assert "I am ready to host" in text(dara.get(here))
    dara.post(here, {"act": "volunteer"})
    assert "Step out of the queue" in text(dara.get(here)) and HostVolunteer.objects.count() == 1
    dara.post(here, {"act": "step-back"})
    hosting.volunteer(cast.lounge, by=fresh(cast.dara))
    hosting.sweep()
    assert "Give my seat back" in text(dara.get(here))
    dara.post(here, {"act": "resign"})
    assert not Office.objects.sitting().filter(member=cast.dara).exists()
    assert dara.post(here, {"act": "nonsense"}).status_code == 422
    assert "first days" in text(signed_in(cast.emil).get(here))


def test_alerts_for_the_hosts_lie_on_their_desk_and_nowhere_else_and_are_answered(cast: Cast, thread: Thread) -> None:
    alert = alerting.alert(
        by=cast.goran, about="post", post=original(thread), standard="off-topic", because="It is about quokkas."
    )
    here = "/f/the-lounge/hosts"
    chidi = signed_in(cast.chidi)
    desk = text(chidi.get(here))
    assert "about quokkas" in desk and "Goran" not in desk and f"/t/{thread.pk}/move" in desk
    for client in (Client(), signed_in(cast.bram), signed_in(cast.ana)):
        assert "quokkas" not in text(client.get(here))
    kept = chidi.post(here, {"act": "answer", "alert": alert.pk, "answer": " "})
    assert kept.status_code == 422 and "Say what you have decided" in text(kept)
    assert signed_in(cast.bram).post(here, {"act": "answer", "alert": alert.pk, "answer": "No."}).status_code == 403
    chidi.post(here, {"act": "answer", "alert": alert.pk, "answer": "It is about bread."})
    assert fresh(alert).answer == "It is about bread." and "about quokkas" not in text(chidi.get(here))


def test_a_member_questions_a_lock_where_it_stands(cast: Cast, thread: Thread) -> None:
    lock = locking.lock(thread, by=cast.chidi, because="Settled.")
    placing.appoint_host(cast.lounge, member=cast.hana, by=cast.odile)
    bram, here = signed_in(cast.bram), f"/t/{thread.pk}/lock/question"
    assert here in text(bram.get(address(thread)))
    assert here not in text(Client().get(address(thread)))
    assert "Say why" in text(bram.post(here, {"because": ""}))
    assert bram.post(here, {"because": "It is not settled."}).status_code == 302
    ballot = LockQuestion.objects.get(lock=lock).ballot
    page = text(signed_in(cast.goran).get(here))
    assert "the other hosts vote until" in page and "It is not settled." in page and ballot is not None
    assert f"/ballots/{ballot.pk}" in page
    assert "questioned; the hosts vote" in text(bram.get("/f/the-lounge/hosts"))
    assert questioning.electors(lock) == [cast.hana.pk]


def test_a_thread_moved_out_of_sight_is_out_of_sight_at_once(cast: Cast) -> None:
    thread = cast.thread(text="The quokka recipe.")
    guest = Client()
    assert "quokka" in text(guest.get(address(thread)))
    moving.move(thread, to=cast.den, by=cast.odile, because="For few.")
    for where in (address(thread), "/latest", "/m/Ana", "/search?q=quokka", f"/t/{thread.pk}/feed.json"):
        assert "quokka recipe" not in text(guest.get(where))
