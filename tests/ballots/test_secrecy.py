"""No answer to anybody shows who chose what in a secret ballot: the same votes in other hands give the same answers, word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import transaction
from django.test import Client

from palaver.ballots import closing, voting
from palaver.forums import polling, posting
from palaver.kit import clock
from palaver.live.models import LiveEvent
from palaver.notices.models import Notice
from palaver.record.models import Payload
from tests.ballots.test_ballots import opened
from tests.cast import Cast, at, signed_in

RECEIPTS = ("AAAAA-AAAAA-AAAAA-AAAAA-AAAAA", "BBBBB-BBBBB-BBBBB-BBBBB-BBBBB", "CCCCC-CCCCC-CCCCC-CCCCC-CCCCC")


class UndoneAfterwards(Exception):
    pass


def told(
    cast: Cast, morning: datetime, choices: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """Everything that everybody is answered when Ana, Bram and Dara choose so; receipts come in one order in every run."""
    given = iter(RECEIPTS)
    monkeypatch.setattr(voting, "_receipt", lambda: next(given))
    voters = (cast.ana, cast.bram, cast.dara)
    found: dict[str, str] = {}
    try:
        with transaction.atomic():
            with at(morning):
                thread = posting.start_thread(
                    forum=cast.lounge,
                    author=cast.emil,
                    subject="Rye?",
                    text="Well?",
                    poll=polling.Question(("Yes", "No"), is_secret=True),
                )
                motion = opened(*voters, is_secret=True)
                poll = thread.poll.ballot
                for voter, choice in zip(voters, choices, strict=True):
                    polling.vote(thread.poll, by=voter, chosen=[choice])
                given = iter(RECEIPTS)
                for voter, choice in zip(voters, choices, strict=True):
                    voting.cast(motion, by=voter, chosen=[choice])
                found |= answers(cast, "running", thread.pk, poll.pk, motion.pk)
            with at(motion.closes_at):
                closing.close_due()
                found |= answers(cast, "counted", thread.pk, poll.pk, motion.pk)
            found |= {f"payload {n}": str(body) for n, body in enumerate(bodies())}
            found["live"] = str(list(LiveEvent.objects.order_by("id").values_list("topic", "kind", "payload")))
            found["notices"] = str(list(Notice.objects.order_by("id").values_list("member", "kind", "words", "href")))
            raise UndoneAfterwards
    except UndoneAfterwards:
        return found


def bodies() -> list[str | None]:
    return list(
        Payload.objects.filter(entry__act__startswith="ballot").order_by("entry_id").values_list("body", flat=True)
    )


def answers(cast: Cast, when: str, thread: int, poll: int, motion: int) -> dict[str, str]:
    readers = {"guest": Client()} | {
        m.name: signed_in(m) for m in (cast.ana, cast.bram, cast.dara, cast.emil, cast.odile)
    }
    paths = [
        f"/t/{thread}/rye",
        f"/ballots/{poll}",
        f"/ballots/{poll}.json",
        f"/ballots/{motion}.json",
        f"/t/{thread}/feed.json",
        "/record",
    ]
    found = {}
    for name, client in readers.items():
        for path in paths:
            answer = client.get(path)
            # What is random in every page: form tokens and keys, and the record's salted hashes.
            body = re.sub(r'(name="(csrfmiddlewaretoken|once)" value=")[^"]*', r"\1", answer.content.decode())
            found[f"{when} {name} {path.replace(str(thread), 'T')}"] = re.sub(r'class="seal">[0-9a-f]+', "", body)
        for receipt in RECEIPTS:
            body = client.post(f"/ballots/{poll}/receipt", {"receipt": receipt}).content.decode()
            found[f"{when} {name} {receipt}"] = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*', r"\1", body)
    return found


@pytest.fixture
def quick(cast: Cast) -> Iterator[Cast]:
    """Everybody is there before the first hour begins."""
    for one in (cast.ana, cast.bram, cast.dara, cast.emil, cast.lounge):
        assert one.pk
    yield cast


@pytest.mark.one_database
def test_who_chose_what_in_a_secret_ballot_changes_no_answer_to_anybody(
    quick: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    morning = clock.now()
    first, second = (told(quick, morning, votes, monkeypatch) for votes in ((0, 1, 1), (1, 1, 0)))

    # Rows are numbered on by the database; nothing else may differ.
    def plain(text: str) -> str:
        return re.sub(r"\d+", "0", text)

    assert first.keys() == second.keys() or len(first) == len(second)
    differing = [
        name for (name, one), two in zip(first.items(), second.values(), strict=True) if plain(one) != plain(two)
    ]
    assert differing == []
    # The control: another outcome is seen.
    third = told(quick, morning, (0, 0, 1), monkeypatch)
    assert [n for (n, one), two in zip(first.items(), third.values(), strict=True) if plain(one) != plain(two)]
