"""The verifier accepts what was entered and names whatever was tampered with."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F

from palaver.forums import locking
from palaver.record.models import Entry, Head, Payload
from palaver.record.redacting import redact
from palaver.record.verifying import verify
from tests.cast import Cast


@pytest.fixture
def length(cast: Cast) -> int:
    """A record of some acts; the fourth from the end is a lock."""
    thread = cast.thread()
    locking.lock(thread, by=cast.chidi, because="Settled.")
    locking.unlock(thread, by=cast.chidi)
    locking.pin(thread, by=cast.chidi, because="Read this first.")
    locking.unpin(thread, by=cast.chidi)
    assert verify(), "The record is whole before it is tampered with."
    return Entry.objects.count()


def faults() -> str:
    found = verify()
    assert not found
    return "\n".join(found.faults)


def test_an_empty_record_is_whole(db: None) -> None:
    found = verify()
    assert (found.entries, found.head, found.faults) == (0, "0" * 64, [])


def test_a_whole_record_is_accepted_and_its_head_remembered(length: int) -> None:
    head = Head.objects.get()
    assert (head.verified_sequence, head.verified_at is not None) == (length, True)
    assert verify().entries == length


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", F("at")),
        ("office", "rule"),
        ("act", "thread.unpin"),
        ("subject", "thread:77"),
        ("payload_hash", "0" * 64),
        ("hash", "f" * 64),
        ("previous_hash", "f" * 64),
    ],
)
def test_an_altered_header_is_noticed(length: int, field: str, value: object) -> None:
    n = length - 3
    with transaction.atomic():
        entry = Entry.objects.get(sequence=n)
        Entry.objects.filter(sequence=n).update(
            **{field: entry.at + timedelta(microseconds=1) if field == "at" else value}
        )
    assert f"Entry {n} was altered" in faults()


def test_an_altered_payload_is_noticed(length: int) -> None:
    with transaction.atomic():
        Payload.objects.filter(entry_id=length - 3).update(body='{"because":"Something else."}')
    assert f"Entry {length - 3} was altered: its payload" in faults()


def test_a_dropped_entry_is_noticed(length: int) -> None:
    with transaction.atomic():
        Payload.objects.filter(entry_id=length - 3).delete()
        Entry.objects.filter(sequence=length - 3).delete()
    assert f"Entry {length - 3} is missing; the next one is {length - 2}." in faults()


def test_a_dropped_last_entry_is_noticed(length: int) -> None:
    with transaction.atomic():
        Payload.objects.filter(entry_id=length).delete()
        Entry.objects.filter(sequence=length).delete()
    assert f"The head names entry {length}, but the chain ends at {length - 1}" in faults()


def test_a_record_cut_short_together_with_its_head_is_noticed(length: int) -> None:
    with transaction.atomic():
        Payload.objects.filter(entry_id=length).delete()
        Entry.objects.filter(sequence=length).delete()
        Head.objects.update(sequence=length - 1, hash=Entry.objects.get(sequence=length - 1).hash)
    assert f"was verified up to entry {length}, but the chain ends at {length - 1}" in faults()


def test_a_missing_head_is_noticed(length: int) -> None:
    with transaction.atomic():
        Head.objects.all().delete()
    assert "no head" in faults()


def test_entries_that_changed_places_are_noticed(length: int) -> None:
    a, b = length - 3, length - 2
    fields = [field.attname for field in Entry._meta.fields if field.attname != "sequence"]
    first, second = Entry.objects.get(sequence=a), Entry.objects.get(sequence=b)
    with transaction.atomic():
        Entry.objects.filter(sequence=a).update(hash="0")
        Entry.objects.filter(sequence=b).update(**{name: getattr(first, name) for name in fields})
        Entry.objects.filter(sequence=a).update(**{name: getattr(second, name) for name in fields})
    told = faults()
    assert f"Entry {a} does not follow from the entry before it" in told
    assert f"Entry {a} was altered" in told


def test_a_payload_emptied_without_a_redaction_is_noticed(length: int) -> None:
    with transaction.atomic():
        Payload.objects.filter(entry_id=length - 3).update(salt=None, body=None)
    assert f"Entry {length - 3} is empty, but no redaction entry says so." in faults()


def test_a_payload_emptied_under_another_entrys_redaction_is_noticed(cast: Cast, length: int) -> None:
    redaction = redact(Entry.objects.get(sequence=length - 3), by=cast.odile, because="It named a patient.")
    assert verify()
    with transaction.atomic():
        Payload.objects.filter(entry_id=length - 2).update(salt=None, body=None, redacted_by=redaction)
    assert f"Entry {length - 2} is empty, but no redaction entry says so." in faults()


def test_a_redaction_that_was_itself_emptied_is_noticed(cast: Cast, length: int) -> None:
    redact(Entry.objects.get(sequence=length - 3), by=cast.odile, because="It named a patient.")
    with transaction.atomic():
        Payload.objects.filter(entry_id=length + 1).update(salt=None, body=None)
    told = faults()
    assert f"Entry {length + 1} is empty" in told and f"Entry {length - 3} is empty" in told


def test_a_removed_redaction_is_noticed(cast: Cast, length: int) -> None:
    redact(Entry.objects.get(sequence=length - 3), by=cast.odile, because="It named a patient.")
    with transaction.atomic():
        Payload.objects.update(redacted_by=None)
        Payload.objects.filter(entry_id=length + 1).delete()
        Entry.objects.filter(sequence=length + 1).delete()
        Head.objects.update(sequence=length, hash=Entry.objects.get(sequence=length).hash)
    assert f"Entry {length - 3} is empty, but no redaction entry says so." in faults()


def test_a_payload_row_that_is_gone_is_noticed(length: int) -> None:
    with transaction.atomic():
        Payload.objects.filter(entry_id=length - 3).delete()
    assert f"Entry {length - 3} has no payload row." in faults()


def test_an_entry_added_past_the_head_is_noticed(length: int) -> None:
    last = Entry.objects.get(sequence=length)
    with transaction.atomic():
        last.sequence, last.previous_hash, last.hash = length + 1, last.hash, "e" * 64
        last.save(force_insert=True)
        Payload.objects.create(entry=last, salt="00", body="{}")
    assert f"The head names entry {length}, but the chain ends at {length + 1}" in faults()


def test_a_record_with_faults_is_not_remembered_as_verified(length: int) -> None:
    before = Head.objects.get().verified_at
    with transaction.atomic():
        Entry.objects.filter(sequence=1).update(office="rule")
    assert not verify()
    assert Head.objects.get().verified_at == before


@pytest.mark.django_db(transaction=True)
def test_a_record_that_grows_while_it_is_verified_has_no_fault(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry and a redaction made by another connection between the verifier's statements are no tampering."""
    thread = cast.thread()
    locking.lock(thread, by=cast.chidi, because="Settled.")
    operator, lock = cast.odile, Entry.objects.get(act="thread.lock")
    asked = []

    def meanwhile() -> None:
        try:
            if len(asked) == 1:
                locking.pin(thread, by=operator, because="Read this first.")
            else:
                redact(lock, by=operator, because="It named a patient.")
        finally:
            connection.close()

    def interrupt(execute: Callable[..., object], sql: str, *rest: object) -> object:
        answer = execute(sql, *rest)
        if sql.lstrip().startswith("SELECT") and len(asked) < 2:
            asked.append(sql)
            other = threading.Thread(target=meanwhile)
            other.start()
            other.join()
        return answer

    with connection.execute_wrapper(interrupt):
        found = verify()
    assert len(asked) == 2
    assert found.faults == []
