"""What the verifier rejects: every kind of tampering after the fact that we could think of, each by a sentence that names it.

Whoever tampers here holds the whole database and may hash the chain anew from the beginning (`reseal`). What is then left to tell
is what does not fit together, and the heads that others have kept. What cannot be told at all stands in docs/standards.md.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from palaver.standards import lot, verifier
from tests.cast import Cast
from tests.standards.proofs import Told, Year, published

pytestmark = pytest.mark.one_database

REMOVED, DECLINED, STAYED, LAPSED = 1, 2, 3, 4
"""The cases of `Year.some`, in their order: their numbers in `_numbers`."""
_told: list[tuple[Told, list[int]]] = []


@pytest.fixture
def told(cast: Cast) -> Iterator[Told]:
    """What was published after some weeks, whole; made once for all tests of this file, since they change copies only."""
    if not _told:
        year = Year(cast)
        year.some()
        _told.append((published(), [case.pk for case in year.cases]))
    made, _numbers = _told[0]
    assert made.record() == []
    assert [made.case(number) for number in made.cases] == [[]] * len(made.cases)
    yield made.copy()


def number(place: int) -> int:
    return _told[0][1][place - 1]


def said(entry: dict[str, Any]) -> dict[str, Any]:
    found = verifier.payload(entry)
    assert found is not None
    return found


def lock_of(told: Told) -> dict[str, Any]:
    return told.find("thread.unlock")


# The record: one hand's work, nothing hashed anew ------------------------------------------------------------------


def alter(**fields: Any) -> Callable[[Told], None]:
    def act(told: Told) -> None:
        lock_of(told).update(fields)

    return act


def another_time(told: Told) -> None:
    entry = lock_of(told)
    entry["at"] = entry["at"].replace("Z", "").rstrip("0123456789") + "000001Z"


def another_payload(told: Told) -> None:
    lock_of(told)["body"] = '{"by":1,"lock":77}'


def another_salt(told: Told) -> None:
    lock_of(told)["salt"] = "a" * 64


def without_salt(told: Told) -> None:
    lock_of(told)["salt"] = None


def without_a_word(told: Told) -> None:
    lock_of(told).update(salt=None, body=None)


def dropped(told: Told) -> None:
    told.entries.remove(lock_of(told))


def dropped_at_the_end(told: Told) -> None:
    told.entries.pop()


def twice(told: Told) -> None:
    told.entries.insert(told.entries.index(lock_of(told)), copy.deepcopy(lock_of(told)))


def swapped(told: Told) -> None:
    place = told.entries.index(lock_of(told))
    told.entries[place], told.entries[place + 1] = told.entries[place + 1], told.entries[place]


def emptied(told: Told) -> None:
    lock_of(told).update(salt=None, body=None, state="emptied")


def emptied_redaction(told: Told) -> None:
    told.find("record.redact").update(salt=None, body=None, state="emptied")


def redaction_of_another(told: Told) -> None:
    redaction = told.find("record.redact")
    told.say(redaction, entry=said(redaction)["entry"] + 1)
    told.reseal()


def redaction_before(told: Told) -> None:
    """A redaction that stands before what it is said to have emptied."""
    lock_of(told).update(salt=None, body=None, state="emptied")
    redaction = told.find("record.redact")
    told.entries.remove(redaction)
    told.entries.insert(1, redaction)
    told.reseal()
    told.say(redaction, entry=lock_of(told)["sequence"])
    told.reseal()


def withheld_opening(told: Told) -> None:
    told.find("case.open").update(salt=None, body=None, state="withheld")


def head_of_nowhere(told: Told) -> None:
    told.head = {"sequence": told.head["sequence"] + 3, "hash": told.head["hash"]}


def head_with_another_hash(told: Told) -> None:
    told.head = {"sequence": told.head["sequence"], "hash": "e" * 64}


# The record, hashed anew while others have kept heads ---------------------------------------------------------------


def rewritten_under_daily_heads(told: Told) -> None:
    kept = told.heads
    told.say(lock_of(told), because="It never named anybody.")
    told.reseal()
    told.heads = kept


def rewritten_under_a_pin(told: Told) -> None:
    told.pins = {told.head["sequence"]: told.head["hash"]}
    told.say(lock_of(told), because="It never named anybody.")
    told.reseal()


def cut_short_under_a_pin(told: Told) -> None:
    told.pins = {told.head["sequence"]: told.head["hash"]}
    told.entries.pop()
    told.reseal()


def head_that_is_not_the_days_last(told: Told) -> None:
    entry = lock_of(told)
    head = next(one for one in told.heads if one["day"] == entry["at"][:10])
    head.update(sequence=entry["sequence"], hash=entry["hash"])


# Seeds, all hashed anew ---------------------------------------------------------------------------------------------


def another_seed(told: Told) -> None:
    told.say(told.find("draw.publish"), seed="7" * 64)
    told.reseal()


def another_commitment(told: Told) -> None:
    """A seed that suits, and the commitment made to fit: the case's own entry still holds the first one."""
    publication = told.at(told.cases[number(REMOVED)]["publication"]["sequence"])
    commitment = told.at(said(publication)["committed"])
    told.say(publication, seed="7" * 64)
    told.say(commitment, commitment=hashlib.sha256(bytes.fromhex("7" * 64)).hexdigest())
    told.reseal()


def committed_twice(told: Told) -> None:
    commitment = told.find("draw.commit")
    told.insert(commitment, "draw.commit", commitment["subject"], **said(commitment) | {"commitment": "c" * 64})
    told.reseal()


def published_at_once(told: Told) -> None:
    publication = told.find("draw.publish")
    publication["at"] = said(publication)["day"] + "T23:59:59.000000Z"
    told.reseal()


def published_while_open(told: Told) -> None:
    opening = told.find("case.open", number(REMOVED))
    publication = next(
        e for e in told.entries if e["act"] == "draw.publish" and said(e)["day"] == said(opening)["seed_day"]
    )
    told.entries.remove(publication)
    told.entries.insert(told.entries.index(opening) + 1, publication)
    told.reseal()


def drawn_on_a_public_seed(told: Told) -> None:
    opening = told.find("case.open", number(REMOVED))
    publication = next(
        e for e in told.entries if e["act"] == "draw.publish" and said(e)["day"] == said(opening)["seed_day"]
    )
    told.entries.remove(publication)
    told.entries.insert(told.entries.index(opening), publication)
    told.reseal()


def published_from_nowhere(told: Told) -> None:
    publication = told.find("draw.publish")
    told.insert(publication, "draw.publish", "seed:2020-01-01", day="2020-01-01", seed="7" * 64, committed=1)
    told.reseal()


def names_another_commitment(told: Told) -> None:
    told.say(told.find("draw.publish"), committed=1)
    told.reseal()


def opened_twice(told: Told) -> None:
    opening = told.find("case.open")
    told.insert(opening, "case.open", opening["subject"], **said(opening))
    told.reseal()


def decided_twice(told: Told) -> None:
    verdict = told.find("case.verdict")
    told.insert(verdict, "case.verdict", verdict["subject"], **said(verdict))
    told.reseal()


def decided_without_opening(told: Told) -> None:
    told.entries.remove(told.find("case.open"))
    told.cases.clear()
    told.reseal()


def opened_on_no_commitment(told: Told) -> None:
    told.say(told.find("case.open"), seed_day="2020-01-01")
    told.reseal()


def opened_on_another_commitment(told: Told) -> None:
    told.say(told.find("case.open"), seed_commitment="d" * 64)
    told.reseal()


RECORD: dict[str, tuple[Callable[[Told], None], str]] = {
    "the time of an entry": (another_time, r"Entry \d+ was altered: its header"),
    "the office of an entry": (alter(office="rule"), r"Entry \d+ was altered: its header"),
    "the act of an entry": (alter(act="thread.unpin"), r"Entry \d+ was altered: its header"),
    "the subject of an entry": (alter(subject="thread:99"), r"Entry \d+ was altered: its header"),
    "the payload hash of an entry": (alter(payload_hash="0" * 64), r"Entry \d+ was altered: its payload"),
    "the hash of an entry": (alter(hash="f" * 64), r"Entry \d+ does not follow from the entry before it"),
    "the previous hash of an entry": (alter(previous_hash="f" * 64), r"Entry \d+ does not follow"),
    "the payload of an entry": (another_payload, r"Entry \d+ was altered: its payload does not give"),
    "the salt of an entry": (another_salt, r"Entry \d+ was altered: its payload does not give"),
    "a payload without its salt": (without_salt, r"a payload without its salt"),
    "a payload that is gone": (without_a_word, r"Entry \d+ has no payload, and nothing says why"),
    "an entry dropped": (dropped, r"Entry \d+ is missing; the next one is \d+"),
    "the last entry dropped": (dropped_at_the_end, r"The head names entry \d+, but the chain ends at \d+"),
    "an entry put in twice": (twice, r"Entry \d+ stands where entry \d+ should be"),
    "two entries that changed places": (swapped, r"Entry \d+ is missing; the next one is \d+"),
    "a payload emptied without a redaction": (emptied, r"Entry \d+ is empty, but no redaction entry says so"),
    "a redaction emptied": (emptied_redaction, r"Entry \d+ is empty, but no redaction entry says so"),
    "a redaction turned to another entry": (redaction_of_another, r"Entry \d+ is empty, but no redaction entry"),
    "a redaction put before": (redaction_before, r"Entry \d+ is empty, but no redaction entry"),
    "a case's opening withheld": (withheld_opening, r"\(case\.open\) is withheld"),
    "a head beyond the chain": (head_of_nowhere, r"The head names entry \d+, but the chain ends at"),
    "a head with another hash": (head_with_another_hash, r"The head names entry \d+ with another hash"),
    "the chain hashed anew under daily heads": (
        rewritten_under_daily_heads,
        r"The chain was written anew: entry \d+ .* daily head",
    ),
    "the chain hashed anew under a remembered head": (
        rewritten_under_a_pin,
        r"The chain was written anew: .* remembered head",
    ),
    "the chain cut short under a remembered head": (
        cut_short_under_a_pin,
        r"remembered head of entry \d+ is not in the record",
    ),
    "a daily head that is not the day's last": (
        head_that_is_not_the_days_last,
        r"The head of \S+ names entry \d+, but the last entry",
    ),
    "a seed published that was not committed to": (another_seed, r"publishes a seed for \S+ that is not the one"),
    "a seed and its commitment exchanged": (another_commitment, r"with another commitment for \S+ than the record's"),
    "two commitments to a day": (committed_twice, r"commits to a seed for \S+ a second time"),
    "a seed published too early": (published_at_once, r"sooner than 48 hours"),
    "a seed published while a case is open": (published_while_open, r"while case \d+ \(entry \d+\) was open on it"),
    "a case opened on a public seed": (drawn_on_a_public_seed, r"on the seed of \S+, which was public already"),
    "a seed from nowhere": (published_from_nowhere, r"publishes a seed for 2020-01-01, which nothing committed to"),
    "a publication that names another commitment": (names_another_commitment, r"names another commitment for"),
    "a case opened twice": (opened_twice, r"opens case \d+ a second time"),
    "a case decided twice": (decided_twice, r"ends case \d+ a second time"),
    "a case decided without opening": (decided_without_opening, r"ends case \d+, which no entry opened"),
    "a case opened on no commitment": (opened_on_no_commitment, r"which nothing committed to before"),
    "a case opened on another commitment": (opened_on_another_commitment, r"with another commitment for"),
}


@pytest.mark.parametrize("kind", RECORD)
def test_a_tampered_record_is_rejected_by_name(told: Told, kind: str) -> None:
    tamper, sentence = RECORD[kind]
    tamper(told)
    faults = told.record()
    assert any(re.search(sentence, fault) for fault in faults), faults


# A case ------------------------------------------------------------------------------------------------------------


def opening_says(change: Callable[[dict[str, Any]], dict[str, Any]], place: int = REMOVED) -> Callable[[Told], int]:
    """Change what the case's opening says; hash everything anew."""

    def act(told: Told) -> int:
        entry = told.find("case.open", number(place))
        told.say(entry, **change(said(entry)))
        told.reseal()
        return number(place)

    return act


def verdict_says(change: Callable[[dict[str, Any]], dict[str, Any]], place: int = REMOVED) -> Callable[[Told], int]:
    """Change what the verdict says; hash everything anew."""

    def act(told: Told) -> int:
        entry = told.find("case.verdict", number(place))
        told.say(entry, **change(said(entry)))
        told.reseal()
        return number(place)

    return act


def rounds_say(change: Callable[[Told, list[dict[str, Any]]], None], place: int = REMOVED) -> Callable[[Told], int]:
    """Change the rounds and let the verdict commit to the changed ones; hash everything anew."""

    def act(told: Told) -> int:
        case = told.cases[number(place)]
        change(told, case["rounds"])
        told.say(told.find("case.verdict", number(place)), rounds=verifier.checksum(case["rounds"]))
        told.reseal()
        return number(place)

    return act


def stranger(case_id: int = 1) -> str:
    return verifier.pseudonym("9" * 64, case_id)


def in_the_file_alone(change: Callable[[list[str]], list[str]]) -> Callable[[Told], int]:
    """The pool changed in the case's own file, its entry hashed anew there; the record stays as it is."""

    def act(told: Told) -> int:
        entry = told.cases[number(REMOVED)]["opening"]
        told.say(entry, pool=change(said(entry)["pool"]))
        entry["hash"] = verifier.header_hash(entry)
        return number(REMOVED)

    return act


def one_more(pool: list[str]) -> list[str]:
    return sorted([*pool, stranger()])


def one_less(pool: list[str]) -> list[str]:
    return pool[1:]


def seated_left_out(told: Told) -> int:
    name = said(told.find("case.verdict", number(REMOVED)))["seated"][0][0]
    entry = told.find("case.open", number(REMOVED))
    told.say(entry, pool=[one for one in said(entry)["pool"] if one != name])
    told.reseal()
    return number(REMOVED)


def seed_of_the_case(told: Told) -> int:
    told.say(told.at(told.cases[number(REMOVED)]["publication"]["sequence"]), seed="7" * 64)
    told.reseal()
    return number(REMOVED)


def committed_afterwards(told: Told) -> int:
    """The commitment moved behind the opening, as if the seed had been chosen with the pool in hand."""
    case = told.cases[number(REMOVED)]
    commitment, opening = told.at(case["commitment"]["sequence"]), told.at(case["opening"]["sequence"])
    told.entries.remove(commitment)
    told.entries.insert(told.entries.index(opening) + 1, commitment)
    told.reseal()
    return number(REMOVED)


def committed_after_the_alert(told: Told) -> int:
    case = told.cases[number(REMOVED)]
    told.at(case["commitment"]["sequence"])["at"] = case["opening"]["at"]
    entry = told.find("case.verdict", number(REMOVED))
    about = said(entry)["about"]
    about["at"] = about["at"][:11] + "00:00:00.000000Z"
    told.say(entry, about=about)
    opening = told.find("case.open", number(REMOVED))
    told.say(opening, commitment=verifier.salted(said(entry)["salt"], verifier.canonical(about)))
    told.reseal()
    return number(REMOVED)


def published_before_the_verdict(told: Told) -> int:
    case = told.cases[number(REMOVED)]
    publication, verdict = told.at(case["publication"]["sequence"]), told.at(case["verdict"]["sequence"])
    told.entries.remove(publication)
    told.entries.insert(told.entries.index(verdict), publication)
    told.reseal()
    return number(REMOVED)


def a_friend_for_the_lowest(told: Told, rounds: list[dict[str, Any]]) -> None:
    """Somebody present with a higher ticket takes the place of the lowest."""
    offered = rounds[0]["offered"]
    offered[0] = next(name for name in rounds[0]["present"] if name not in offered)


def nobody_of_the_pool(told: Told, rounds: list[dict[str, Any]]) -> None:
    rounds[0]["present"] = sorted([*rounds[0]["present"], stranger()])


def asked_again(told: Told, rounds: list[dict[str, Any]]) -> None:
    rounds[1]["present"] = sorted([*rounds[1]["present"], rounds[0]["offered"][0]])


def absent_but_asked(told: Told, rounds: list[dict[str, Any]]) -> None:
    rounds[0]["present"] = [name for name in rounds[0]["present"] if name != rounds[0]["offered"][0]]


def too_many_asked(told: Told, rounds: list[dict[str, Any]]) -> None:
    rounds[0]["offered"] = list(rounds[0]["present"])


def a_round_dropped(told: Told, rounds: list[dict[str, Any]]) -> None:
    del rounds[0]


def present_twice(told: Told, rounds: list[dict[str, Any]]) -> None:
    rounds[0]["present"] = [*rounds[0]["present"], rounds[0]["present"][0]]


def rounds_alone(told: Told) -> int:
    a_friend_for_the_lowest(told, told.cases[number(REMOVED)]["rounds"])
    return number(REMOVED)


def reasons_alone(told: Told) -> int:
    told.cases[number(REMOVED)]["reasons"][0] = "Because I say so."
    return number(REMOVED)


def a_reason_dropped(told: Told) -> int:
    case = told.cases[number(REMOVED)]
    del case["reasons"][0]
    told.say(told.find("case.verdict", number(REMOVED)), reasons=verifier.checksum(case["reasons"]))
    told.reseal()
    return number(REMOVED)


def verdict_back_dated(told: Told) -> int:
    told.find("case.verdict", number(REMOVED))["at"] = "2020-01-01T00:00:00.000000Z"
    told.reseal()
    return number(REMOVED)


def verdict_of_an_office(told: Told) -> int:
    told.find("case.verdict", number(REMOVED))["office"] = "operator"
    told.reseal()
    return number(REMOVED)


def verdict_of_another_case(told: Told) -> int:
    case = told.cases[number(REMOVED)]
    case["verdict"] = copy.deepcopy(told.cases[number(STAYED)]["verdict"])
    return number(REMOVED)


def verdict_before_the_opening(told: Told) -> int:
    verdict, opening = (told.find(act, number(REMOVED)) for act in ("case.verdict", "case.open"))
    told.entries.remove(verdict)
    told.entries.insert(told.entries.index(opening), verdict)
    told.reseal()
    return number(REMOVED)


def not_on_the_record(told: Told) -> int:
    told.entries = told.entries[: told.cases[number(REMOVED)]["opening"]["sequence"]]
    return number(REMOVED)


def first_seat(change: Callable[[list[str]], list[str]]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def act(decided: dict[str, Any]) -> dict[str, Any]:
        seated = decided["seated"]
        return {"seated": [change(seated[0]), *seated[1:]]}

    return act


CASE: dict[str, tuple[Callable[[Told], int], str]] = {
    "a pseudonym added to the pool": (
        in_the_file_alone(one_more),
        r"Entry \d+ of the case is another than the record's",
    ),
    "a pseudonym taken from the pool": (
        in_the_file_alone(one_less),
        r"Entry \d+ of the case is another than the record's",
    ),
    "a juror taken from the pool": (seated_left_out, r"sat on the jury without being in the pool"),
    "the pool out of order": (opening_says(lambda o: {"pool": o["pool"][::-1]}), r"The pool is not in order"),
    "a pseudonym twice in the pool": (
        opening_says(lambda o: {"pool": [o["pool"][0], *o["pool"]]}),
        r"names a pseudonym twice",
    ),
    "a pool that holds something else": (opening_says(lambda o: {"pool": ["Ana", *o["pool"]]}), r"not a pseudonym"),
    "a pool too small": (opening_says(lambda o: {"pool": o["pool"][:2]}), r"The pool of 2 is too small"),
    "a minority that decides": (opening_says(lambda o: {"needed": 1}), r"1 of 3 are no majority"),
    "the seed": (seed_of_the_case, r"The published seed is not the one that was committed to"),
    "the seed of a later day": (opening_says(lambda o: {"seed_day": "2030-01-01"}), r"a day after the alert"),
    "the seed committed to afterwards": (committed_afterwards, r"committed to after the case was opened"),
    "the seed committed to after the alert": (
        committed_after_the_alert,
        r"after the alert, and the case does not say so",
    ),
    "the seed out before the verdict": (published_before_the_verdict, r"The seed was published before the verdict"),
    "a ticket": (
        verdict_says(first_seat(lambda s: [s[0], "0" * 64])),
        r"The ticket of \S+ is not the one that the seed gives",
    ),
    "the order of the seated": (
        verdict_says(lambda v: {"seated": v["seated"][::-1]}),
        r"not in the order of their tickets",
    ),
    "a juror from outside": (verdict_says(first_seat(lambda s: [stranger(), "0" * 64])), r"without being in the pool"),
    "a juror who sits twice": (
        verdict_says(lambda v: {"seated": [v["seated"][0], *v["seated"][:2]]}),
        r"sits twice on the jury",
    ),
    "a seat out of ticket order": (rounds_say(a_friend_for_the_lowest), r"Round 1 offered seats out of ticket order"),
    "a juror nobody had asked": (rounds_say(a_friend_for_the_lowest), r"without having been offered a seat"),
    "the rounds in the file alone": (rounds_alone, r"The rounds are not those that the verdict committed to"),
    "somebody present who is not in the pool": (
        rounds_say(nobody_of_the_pool),
        r"Round 1 counts \S+ as present, who is not in",
    ),
    "somebody asked a second time": (rounds_say(asked_again, DECLINED), r"who had been offered a seat before"),
    "somebody asked who was absent": (rounds_say(absent_but_asked), r"who was not present"),
    "more seats offered than there are": (rounds_say(too_many_asked), r"Round 1 offers \d+ seats of 3"),
    "a round dropped": (rounds_say(a_round_dropped, DECLINED), r"Round 1 is missing"),
    "somebody present twice": (rounds_say(present_twice), r"does not list those present in order, each once"),
    "the number of offers": (
        verdict_says(lambda v: {"offers": v["offers"] + 1}),
        r"The verdict counts 4 offers, the rounds 3",
    ),
    "a paper too many": (verdict_says(lambda v: {"tally": [4, 0, 0, 0]}), r"4 papers, 3 were seated"),
    "more papers than seats": (verdict_says(lambda v: {"tally": [4, 0, 0, 0]}), r"4 papers on 3 seats"),
    "votes turned round": (
        verdict_says(lambda v: {"tally": [1, 0, 0, 2]}),
        r"1 votes were not enough \(3 are needed\)",
    ),
    "a tally that is none": (verdict_says(lambda v: {"tally": [3, 0, 0]}), r"The tally is not four counts"),
    "the outcome": (
        verdict_says(lambda v: {"outcome": "stays"}),
        r"3 of 3 votes were enough, but the outcome is “stays”",
    ),
    "a removal without votes": (verdict_says(lambda v: {"outcome": "removed"}, STAYED), r"0 votes were not enough"),
    "a correction nobody found": (
        verdict_says(lambda v: {"gone": 9}),
        r"More papers say that what breaks the standard is gone",
    ),
    "a verdict reached too early": (
        verdict_says(lambda v: {"empty": 0}, LAPSED),
        r"while open seats could still change it",
    ),
    "the number of empty seats": (verdict_says(lambda v: {"empty": 1}, LAPSED), r"1 empty seats, 2 had no paper"),
    "the votes it takes": (verdict_says(lambda v: {"needed": 2}), r"counts 2 for “needed”, the opening had said 3"),
    "the number of seats": (verdict_says(lambda v: {"seats": 5}), r"counts 5 for “seats”, the opening had said 3"),
    "the kind of case": (verdict_says(lambda v: {"kind": "watch"}), r"The verdict has another kind"),
    "what the case is about": (
        verdict_says(lambda v: {"about": v["about"] | {"post": 1}}),
        r"not what the case committed to",
    ),
    "the standard": (verdict_says(lambda v: {"standard": "spam"}), r"cites another standard \(spam\)"),
    "the charter's version": (verdict_says(lambda v: {"charter": 9}), r"cites another charter \(9\)"),
    "a removal named by a post that stays": (
        verdict_says(lambda v: {"removal": 1}, STAYED),
        r"but the verdict names a removal",
    ),
    "a reason": (reasons_alone, r"The reasons are not those that the verdict committed to"),
    "a reason dropped": (a_reason_dropped, r"2 reasons stand beside 3 papers"),
    "the verdict's date": (verdict_back_dated, r"The verdict is dated before the opening"),
    "the verdict's office": (verdict_of_an_office, r"by the office “operator”, not by the jury"),
    "the verdict of another case": (verdict_of_another_case, r"is about another case than"),
    "the verdict before the opening": (verdict_before_the_opening, r"The verdict stands before the opening"),
    "another opening": (verdict_says(lambda v: {"opened": 1}), r"The verdict names entry 1 as its case's opening"),
    "entries that the record lacks": (not_on_the_record, r"Entry \d+ of the case is not in the record"),
}


@pytest.mark.parametrize("kind", CASE)
def test_a_tampered_case_is_rejected_by_name(told: Told, kind: str) -> None:
    tamper, sentence = CASE[kind]
    faults = told.case(tamper(told))
    assert any(re.search(sentence, fault) for fault in faults), faults


def test_hashing_anew_alone_changes_nothing(told: Told) -> None:
    """The control: what the tampering tests do besides tampering is accepted."""
    told.reseal()
    assert told.record() == []
    assert [told.case(case_id) for case_id in told.cases] == [[]] * len(told.cases)


def with_watch(told: Told, **changed: Any) -> list[str]:
    """The record with a draw of watchers in the place of another entry, by the product's own lot on a seed that is public by now."""
    publication = told.find("draw.publish")
    day, seed = said(publication)["day"], said(publication)["seed"]
    commitment = told.at(said(publication)["committed"])
    pool = list(range(20, 40))
    payload: dict[str, Any] = {
        "draw": 20261102,
        "seed_day": day,
        "seed_commitment": said(commitment)["commitment"],
        "late_seed": False,
        "pool": pool,
        "seats": 5,
        "drawn": lot.drawn_to_watch(bytes.fromhex(seed), 20261102, pool, 5),
    }
    entry = lock_of(told)
    entry.update(act="watch.draw", subject="draw:20261102")
    told.say(entry, **payload | changed)
    told.reseal()
    return told.record()


def test_a_draw_of_watchers_is_accepted_as_the_lot_made_it(told: Told) -> None:
    assert with_watch(told) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"drawn": [20, 21, 22, 23, 24]}, "does not draw for the watch the volunteers with the lowest tickets"),
        ({"seats": 4}, "does not draw for the watch the volunteers with the lowest tickets"),
        ({"pool": list(range(39, 19, -1))}, "does not list the volunteers for the watch once each"),
        ({"seed_commitment": "d" * 64}, "that the record does not commit to"),
    ],
)
def test_a_tampered_draw_of_watchers_is_rejected_by_name(told: Told, changed: dict[str, Any], sentence: str) -> None:
    assert any(sentence in fault for fault in with_watch(told, **changed))


@pytest.mark.parametrize(
    "ruin",
    [
        lambda case: case.pop("rounds"),
        lambda case: case.update(opening="none"),
        lambda case: case["verdict"].update(body="{"),
        lambda case: case.update(rounds=[{"number": 1, "present": None, "offered": 3}]),
        lambda case: case.update(case="one"),
        lambda case: case["opening"].update(sequence=None),
    ],
)
def test_what_is_not_a_case_is_rejected_and_does_not_end_the_program(told: Told, ruin: Callable[[Any], Any]) -> None:
    case = told.cases[number(REMOVED)]
    ruin(case)
    assert verifier.verify_case(case, told.entries).faults


def test_json_survives_the_way_through_files(told: Told) -> None:
    again = json.loads(json.dumps(told.cases[number(DECLINED)]))
    assert verifier.verify_case(again, json.loads(json.dumps(told.entries))).faults == []
