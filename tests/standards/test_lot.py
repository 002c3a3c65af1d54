"""The draw's arithmetic, on values that anybody can recompute by hand."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from palaver.standards import lot

SECRET = b"under the tree"
DAY = date(2026, 11, 2)


def plain(key: bytes, text: bytes) -> bytes:
    """HMAC-SHA256 as any other program would write it."""
    return hmac.new(key, text, hashlib.sha256).digest()


def test_every_keyed_hash_is_a_tag_and_fields_of_fixed_length() -> None:
    seed, key = lot.seed(SECRET, DAY), lot.juror_key(SECRET, 7, 2026, 4)
    assert seed == plain(SECRET, b"seed20261102")
    assert key == plain(SECRET, b"juror" + (7).to_bytes(8, "big") + (2026).to_bytes(2, "big") + b"\x04")
    name = lot.pseudonym(key, 812)
    assert name == plain(key, b"case" + (812).to_bytes(8, "big")).hex()
    assert lot.ticket(seed, 812, name) == plain(seed, b"ticket" + (812).to_bytes(8, "big") + bytes.fromhex(name)).hex()
    assert lot.commitment(seed) == hashlib.sha256(seed).hexdigest()


def test_quarters_follow_the_calendar() -> None:
    quarters = [lot.quarter_of(date(2026, month, 1))[1] for month in range(1, 13)]
    assert quarters == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]


@given(st.binary(min_size=32, max_size=32), st.integers(1, 2**40))
def test_who_has_every_chance_takes_part_and_who_has_none_never_does(key: bytes, case_id: int) -> None:
    assert lot.takes_part(key, case_id, 100)
    assert not lot.takes_part(key, case_id, 0)


@given(st.binary(min_size=32, max_size=32), st.integers(1, 2**40), st.integers(0, 100), st.integers(0, 100))
def test_a_higher_chance_never_puts_anybody_out(key: bytes, case_id: int, one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert lot.takes_part(key, case_id, high) or not lot.takes_part(key, case_id, low)


def test_a_chance_of_40_percent_is_two_in_five() -> None:
    drawn = sum(lot.takes_part(lot.juror_key(SECRET, n, 2026, 4), 812, 40) for n in range(20_000))
    assert 7_700 < drawn < 8_300, "40 % of 20,000, five standard deviations either way."
    shared = sum(lot.takes_part(lot.juror_key(SECRET, n, 2026, 4), 812, 40, 5_000) for n in range(20_000))
    assert 3_700 < shared < 4_300, "Half of them, where half is enough."


def test_a_round_offers_the_lowest_tickets_among_those_present() -> None:
    tickets = {"a": "03", "b": "01", "c": "02", "d": "00"}
    assert lot.offered(tickets, ["a", "b", "c"], 2) == ["b", "c"]
    assert lot.offered(tickets, ["a"], 3) == ["a"]
    assert lot.offered(tickets, ["a", "b"], 0) == []
