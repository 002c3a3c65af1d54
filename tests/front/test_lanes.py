"""Lanes, addresses and fragments: the small parts."""

from __future__ import annotations

import threading

import pytest

from palaver.front import addresses
from palaver.front.fragments import Fragments
from palaver.front.lanes import GUEST, IN_A_ROW, MEMBER, Lane, Work


def lane_of(capacity: int) -> tuple[Lane, threading.Event, list[str]]:
    """A lane whose thread is held until the event is set."""
    lane, go_on, done = (
        Lane("test", capacity, lambda problem: done.append(type(problem).__name__)),
        threading.Event(),
        [],
    )
    begun = threading.Event()
    lane.start()

    def hold() -> None:
        begun.set()
        go_on.wait(20)

    lane.offer(Work(hold, MEMBER))
    begun.wait(20)
    return lane, go_on, done


def test_members_go_before_guests_and_each_in_their_order() -> None:
    lane, go_on, done = lane_of(10)
    for name, rank in (("g1", GUEST), ("m1", MEMBER), ("g2", GUEST), ("m2", MEMBER)):
        lane.offer(Work(lambda name=name: done.append(name), rank))  # type: ignore[misc]
    go_on.set()
    lane.stop()
    assert lane.join(20) and done == ["m1", "m2", "g1", "g2"]


def test_a_guest_waits_for_no_more_than_eight_members_however_many_there_are() -> None:
    lane, go_on, done = lane_of(40)
    for name, rank in (("g1", GUEST), ("g2", GUEST), *((f"m{n}", MEMBER) for n in range(1, 21))):
        lane.offer(Work(lambda name=name: done.append(name), rank))  # type: ignore[misc]
    go_on.set()
    lane.stop()
    assert lane.join(20) and len(done) == 22
    # The lane was held by a member, who counts.
    assert (done.index("g1"), done.index("g2")) == (IN_A_ROW - 1, 2 * IN_A_ROW)
    assert [name for name in done if name[0] == "m"] == [f"m{n}" for n in range(1, 21)]


def test_the_last_guest_gives_way_to_a_member_and_a_full_lane_refuses() -> None:
    lane, go_on, done = lane_of(2)
    evicted: list[str] = []
    assert lane.offer(Work(lambda: done.append("g1"), GUEST, lambda: evicted.append("g1")))
    assert lane.offer(Work(lambda: done.append("g2"), GUEST, lambda: evicted.append("g2")))
    assert not lane.offer(Work(lambda: None, GUEST))
    assert lane.offer(Work(lambda: done.append("m1"), MEMBER)) and evicted == ["g2"]
    assert lane.offer(Work(lambda: done.append("m2"), MEMBER)) and evicted == ["g2", "g1"]
    assert not lane.offer(Work(lambda: None, MEMBER))
    go_on.set()
    lane.stop()
    assert lane.join(20) and done == ["m1", "m2"]


def test_work_whose_reader_has_left_is_dropped_and_a_crash_does_not_end_the_lane() -> None:
    lane, go_on, done = lane_of(10)
    left = Work(lambda: done.append("left"), MEMBER)
    lane.offer(left)
    left.cancelled = True

    def crash() -> None:
        raise KeyError

    lane.offer(Work(crash, MEMBER))
    lane.offer(Work(lambda: done.append("after"), MEMBER))
    go_on.set()
    lane.stop()
    assert lane.join(20) and done == ["KeyError", "after"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.1", b"203.0.113.9", "198.51.100.1"),
        ("10.0.0.1", b"203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", b"192.0.2.66, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", b"192.0.2.66, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("10.0.0.1", b"203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.1", b'"[2001:db8::9]:80"', "2001:db8::9"),
        ("10.0.0.1", b"203.0.113.9, nonsense", "10.0.0.1"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("::ffff:10.0.0.1", b"203.0.113.9", "203.0.113.9"),
    ],
)
def test_the_client_is_the_right_most_hop_that_is_not_trusted(peer: str, forwarded: bytes | None, client: str) -> None:
    assert addresses.client(peer, forwarded, addresses.networks(["10.0.0.0/8"])) == client
    assert addresses.client(peer, forwarded, ()) == peer


def test_fragments_keep_to_their_bytes_and_the_least_used_go_first() -> None:
    kept = Fragments(10_000)
    for number in range(8):
        kept.put((number, 1, "en"), "x" * 900)
    assert kept.get((0, 1, "en")) == "x" * 900
    for number in range(8, 12):
        kept.put((number, 1, "en"), "x" * 900)
    assert kept.size <= 10_000
    assert set(kept.many([(0, 1, "en"), (1, 1, "en")])) == {(0, 1, "en")}
    kept.put((99, 1, "en"), "x" * 5000)
    assert kept.get((99, 1, "en")) is None
    kept.put((0, 1, "en"), "é" * 10)
    kept.clear()
    assert kept.size == 0 == len(kept)
