"""The pages of ballots and polls: voting, the receipt, what is refused, and the lists anybody can recount."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.ballots.test_ballots import closed, opened
from tests.cast import Cast, at, fresh, original, signed_in

from palaver.ballots.models import Ballot, Vote
from palaver.forums import polling, posting, withdrawing
from palaver.forums.models import Poll, Thread
from palaver.record.models import Entry, Payload
from palaver.web.ballots.pages import COOKIE


def asked(cast: Cast, **wishes: Any) -> Thread:
    """A thread with a poll; Ana's in the lounge. Bram has joined by then, so he votes in it."""
    assert cast.bram
    return posting.start_thread(
        forum=wishes.pop("forum", None) or cast.lounge,
        author=cast.ana,
        subject="Rye or wheat?",
        text="I wonder.",
        poll=polling.Question(wishes.pop("options", ("Rye", "Wheat")), **wishes),
    )


def address(thread: Thread) -> str:
    return f"/t/{thread.pk}/{thread.slug}"


def test_a_poll_is_asked_with_the_thread_and_voted_on_in_it(cast: Cast) -> None:
    bram, reader = signed_in(cast.bram), signed_in(cast.ana)
    form = {
        "subject": "Which bread?",
        "body": "Say.",
        "poll_options": "Rye\n\n Wheat \nOats",
        "poll_most": "2",
        "poll_days": "3",
    }
    answer = reader.post(f"/f/{cast.lounge.slug}/start", form)
    poll = Poll.objects.select_related("ballot", "thread").get()
    assert answer.headers["Location"] == address(poll.thread)
    assert [option.label for option in poll.ballot.options.all()] == ["Rye", "Wheat", "Oats"]
    assert (poll.ballot.title, poll.ballot.most, poll.ballot.is_secret) == ("Which bread?", 2, False)
    page = bram.get(address(poll.thread)).content.decode()
    assert page.count('type="checkbox" id="b') == 3
    sent = bram.post(f"/ballots/{poll.ballot_id}/vote", {"chosen": ["0", "2"], "next": address(poll.thread)})
    assert sent.headers["Location"] == address(poll.thread)
    page = bram.get(address(poll.thread)).content.decode()
    assert "Change my vote" in page
    assert "100 %" in page
    guest = Client().get(address(poll.thread)).content.decode()
    assert "Sign in to vote" in guest
    assert "data-paper" not in guest


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"poll_options": "Rye"}, "at least two options"),
        ({"poll_text": "Rye?"}, "needs options"),
        ({"poll_options": "Rye\nrye"}, "stands here twice"),
        ({"poll_options": "Rye\nOats", "poll_days": "365"}, "for one day at least"),
        ({"poll_options": "Rye\nOats", "poll_days": "soon"}, "whole number"),
        ({"poll_options": "Rye\nOats", "poll_most": "3"}, "between one and 2"),
    ],
)
def test_a_poll_that_is_none_is_refused_with_all_that_was_typed(
    cast: Cast, form: dict[str, str], sentence: str
) -> None:
    client = signed_in(cast.ana)
    answer = client.post(f"/f/{cast.lounge.slug}/start", {"subject": "Bread", "body": "Say what you think.", **form})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "Say what you think." in page
    assert form.get("poll_options", "Rye?") in page
    assert not Thread.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_poll_costs_a_thread_page_one_statement_and_others_none(cast: Cast) -> None:
    plain, with_poll = cast.thread(), asked(cast)
    counts = []
    for thread in (plain, with_poll):
        for client in (Client(), signed_in(cast.kaya)):
            client.get(address(thread))
            with CaptureQueriesContext(connection) as caught:
                client.get(address(thread))
            counts.append(len(caught))
    assert counts[2:] == [counts[0] + 1, counts[1] + 1]
    assert counts[3] <= 5


def test_a_withdrawn_original_post_takes_its_poll_with_it(cast: Cast) -> None:
    thread = asked(cast)
    ballot = thread.poll.ballot_id
    withdrawing.withdraw(original(thread), by=cast.ana)
    client = signed_in(cast.bram)
    assert "data-poll" not in client.get(address(thread)).content.decode()
    assert client.get(f"/ballots/{ballot}").status_code == 403
    assert client.post(f"/ballots/{ballot}/vote", {"chosen": "0"}).status_code == 403
    assert not Vote.objects.exists()


def test_a_secret_vote_is_answered_with_its_receipt_once_and_changed_by_the_same_browser(cast: Cast) -> None:
    thread = asked(cast, is_secret=True)
    path = f"/ballots/{thread.poll.ballot_id}"
    client = signed_in(cast.bram)
    first = client.post(f"{path}/vote", {"chosen": "0", "next": address(thread)})
    kept = first.cookies[COOKIE]
    assert first.status_code == 200
    assert kept.value in first.content.decode()
    assert (kept["path"], kept["httponly"], kept["samesite"]) == (path, True, "Strict")
    assert "no-store" in first.headers["Cache-Control"] or "no-cache" in first.headers["Cache-Control"]
    for page in (client.get(path), client.get(address(thread))):
        assert kept.value not in page.content.decode()
        assert "checked" not in page.content.decode()
    assert client.post(f"{path}/vote", {"chosen": "1"}).status_code == 302
    assert [list(chosen) for chosen in Vote.objects.values_list("chosen", flat=True)] == [[1]]
    elsewhere = signed_in(cast.bram)
    refused = elsewhere.post(f"{path}/vote", {"chosen": "0"})
    assert refused.status_code == 409
    assert "your vote stands" in refused.content.decode()
    assert 'name="receipt"' in refused.content.decode()
    assert 'value="0" checked' in refused.content.decode()
    assert elsewhere.post(f"{path}/vote", {"chosen": "0", "receipt": kept.value.lower()}).status_code == 302


def test_a_receipt_is_looked_up_and_says_counted_and_nothing_more(cast: Cast) -> None:
    thread = asked(cast, is_secret=True)
    path = f"/ballots/{thread.poll.ballot_id}"
    receipt = signed_in(cast.bram).post(f"{path}/vote", {"chosen": "0"}).cookies[COOKIE].value
    closed(thread.poll.ballot)
    assert "is counted" in Client().post(f"{path}/receipt", {"receipt": receipt}).content.decode()
    assert "no vote under this receipt" in Client().post(f"{path}/receipt", {"receipt": "AAAAA"}).content.decode()
    assert Client().post(f"/ballots/{opened(cast.ana, about=f'forum:{cast.lounge.pk}').pk}/receipt").status_code == 404


def test_after_the_end_everybody_can_recount_it_and_the_record_holds_the_same_hashes(cast: Cast) -> None:
    ballot = opened(cast.ana, cast.bram, about=f"forum:{cast.lounge.pk}", is_secret=True)
    path = f"/ballots/{ballot.pk}"
    assert Client().get(f"{path}.json").status_code == 404
    for member, choice in ((cast.ana, "0"), (cast.bram, "1")):
        signed_in(member).post(f"{path}/vote", {"chosen": choice})
    closed(ballot)
    said = json.loads(Client().get(f"{path}.json").content)
    entry = json.loads(str(Payload.objects.get(entry=Entry.objects.get(act="ballot.close")).body))
    for name, listed in said["lists"].items():
        spelled = json.dumps(listed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert entry["lists"][name] == said["hashes"][name] == hashlib.sha256(spelled.encode()).hexdigest()
    assert (
        [sum(place in chosen for chosen in said["lists"]["choices"]) for place in range(3)]
        == said["votes"]
        == [1, 1, 0]
    )
    page = Client().get(path).content.decode()
    assert entry["lists"]["choices"] in page
    assert "A tie: as many for as against" in page


def test_a_public_ballot_shows_after_its_end_who_chose_what_and_not_before(cast: Cast) -> None:
    thread = asked(cast)
    path = f"/ballots/{thread.poll.ballot_id}"
    signed_in(cast.bram).post(f"{path}/vote", {"chosen": "1"})
    assert "/m/Bram" not in Client().get(path).content.decode()
    closed(thread.poll.ballot)
    page = Client().get(path).content.decode()
    assert "/m/Bram" in page
    assert "Most chose Wheat." in page


def test_what_cannot_be_voted_says_why(cast: Cast) -> None:
    ballot = opened(cast.ana, about=f"forum:{cast.lounge.pk}")
    path = f"/ballots/{ballot.pk}/vote"
    ana, kaya = signed_in(cast.ana), signed_in(cast.kaya)
    for client, form, status, sentence in (
        (kaya, {"chosen": "0"}, 403, "not among those who vote"),
        (ana, {}, 422, "Choose an option first"),
        (ana, {"chosen": "7"}, 422, "not one of those on the ballot"),
        (ana, {"chosen": ["0", "1"]}, 422, "not one of those on the ballot"),
        (ana, {"chosen": "x"}, 422, "not one of those on the ballot"),
    ):
        answer = client.post(path, form)
        assert (answer.status_code, sentence in answer.content.decode()) == (status, True)
    with at(ballot.closes_at + timedelta(seconds=1)):
        late = ana.post(path, {"chosen": "0"})
    assert (late.status_code, "no votes are taken any more" in late.content.decode()) == (403, True)
    assert not Vote.objects.exists()


def test_a_ballot_in_a_closed_forum_is_its_audiences_alone(cast: Cast) -> None:
    thread = asked(cast, forum=cast.den)
    path = f"/ballots/{thread.poll.ballot_id}"
    kaya = signed_in(cast.kaya)
    assert [Client().get(path).status_code, kaya.get(path).status_code] == [403, 403]
    assert kaya.post(f"{path}/vote", {"chosen": "0"}).status_code == 403
    assert signed_in(cast.bram).post(f"{path}/vote", {"chosen": "0"}).status_code == 302
    assert Vote.objects.count() == 1


def test_a_ballot_about_something_that_no_page_knows_is_nobodys_to_see(cast: Cast) -> None:
    ballot = opened(cast.ana, about="riddle:1")
    assert signed_in(cast.ana).get(f"/ballots/{ballot.pk}").status_code == 403
    assert Client().get("/ballots/999999").status_code == 404
    assert fresh(Ballot.objects.get(pk=ballot.pk)).voters == 0
