"""The chain, recomputed here by other means than the product's: only hashlib and what docs say of the header."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC

import pytest
from django.db import transaction

from palaver.forums import locking
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.record.entering import enter
from palaver.record.models import Entry, Head, Payload
from palaver.record.redacting import redact
from palaver.record.verifying import verify
from tests.cast import Cast


def recomputed() -> list[str]:
    """Every entry's hash, computed from the rows as an outsider would."""
    hashes, previous = [], "0" * 64
    for entry in Entry.objects.order_by("sequence"):
        at = entry.at.astimezone(UTC)
        header = (
            f'[{entry.sequence},"{previous}","{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}Z",'
            f'"{entry.office}","{entry.act}","{entry.subject}","{entry.payload_hash}"]'
        )
        previous = hashlib.sha256(header.encode("utf-8")).hexdigest()
        hashes.append(previous)
    return hashes


def acts(cast: Cast) -> None:
    """Some acts of authority, one with words that are not ASCII."""
    thread = cast.thread()
    locking.lock(thread, by=cast.chidi, because="Überholt – „zu“ 🔒")
    locking.unlock(thread, by=cast.chidi)
    locking.pin(thread, by=cast.chidi, because="Read this first.")


def test_an_outsider_computes_the_same_hashes(cast: Cast) -> None:
    acts(cast)
    stored = list(Entry.objects.order_by("sequence").values_list("hash", flat=True))
    assert len(stored) >= 6
    assert stored == recomputed()
    assert Head.objects.get().hash == stored[-1]


def test_an_outsider_computes_the_same_payload_hashes(cast: Cast) -> None:
    acts(cast)
    for payload in Payload.objects.select_related("entry"):
        assert payload.body is not None and payload.salt is not None
        parsed = json.loads(payload.body)
        spelt = json.dumps(parsed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(bytes.fromhex(payload.salt) + spelt.encode()).hexdigest() == payload.entry.payload_hash
    assert Payload.objects.values("salt").distinct().count() == Payload.objects.count()


def test_sequences_have_no_gap_and_each_entry_names_the_one_before(cast: Cast) -> None:
    acts(cast)
    entries = list(Entry.objects.order_by("sequence"))
    assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.previous_hash for entry in entries] == ["0" * 64, *(entry.hash for entry in entries[:-1])]


def test_headers_name_no_member(cast: Cast) -> None:
    acts(cast)
    assert not Entry.objects.filter(subject__contains="Ana").exists()
    lock = Entry.objects.get(act="thread.lock")
    assert lock.office == "host"
    assert json.loads(lock.payload.body or "")["by"] == cast.chidi.pk


def test_an_act_that_is_rolled_back_leaves_no_entry(cast: Cast) -> None:
    head = (cast.life, Head.objects.get())[1]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enter("thread.lock", office="host", subject="thread:1", payload={})
        raise ZeroDivisionError
    assert Head.objects.get().hash == head.hash
    assert verify()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_entered_outside_the_transaction_of_the_act() -> None:
    with pytest.raises(RuntimeError, match="outside the act's transaction"):
        enter("thread.lock", office="host", subject="thread:1", payload={})


def test_a_redaction_empties_the_words_and_keeps_the_chain(cast: Cast) -> None:
    acts(cast)
    before = recomputed()
    lock = Entry.objects.get(act="thread.lock")
    redaction = redact(lock, by=cast.odile, because="It named a patient.")
    assert (Payload.objects.get(entry=lock).body, Payload.objects.get(entry=lock).salt) == (None, None)
    assert redaction.subject == f"entry:{lock.sequence}"
    assert recomputed()[:-1] == before
    found = verify()
    assert (found.faults, found.redacted) == ([], 1)


def test_only_an_operator_redacts(cast: Cast) -> None:
    acts(cast)
    with pytest.raises(NotAllowed, match="for the operators"):
        redact(Entry.objects.get(act="thread.lock"), by=cast.chidi, because="I want it gone.")


def test_a_redaction_needs_a_reason_is_final_and_happens_once(cast: Cast) -> None:
    acts(cast)
    lock = Entry.objects.get(act="thread.lock")
    with pytest.raises(Refusal, match="Say why"):
        redact(lock, by=cast.odile, because=" ")
    redaction = redact(lock, by=cast.odile, because="It named a patient.")
    with pytest.raises(Refusal, match="emptied already"):
        redact(lock, by=cast.odile, because="Once more.")
    with pytest.raises(Refusal, match="cannot be redacted"):
        redact(redaction, by=cast.odile, because="Hide the hiding.")
