"""Recompute Palaver's record and the draws of its juries from public JSON. Needs Python 3.9 or newer and nothing else.

    python3 verify.py --record --url https://forum.example.org          the whole record
    python3 verify.py 812 --url https://forum.example.org               one case, with the record from its seed to the head
    python3 verify.py 812 --record --case case.json --entries e1.json e2.json --heads heads.json      from saved files
    …  --pin heads.txt      compare with the heads remembered in this file, and remember today's
    …  --key HEX            with your own key of the quarter: whether you were in the pool, and at which place of the lot

It fetches three addresses, which are the same for everybody: /record/entries.json?from=N (pages of entries), /record/heads.json
(the last entry of each day) and /juries/N.json (a case). Whatever does not fit is told as a sentence; the exit code is 0 when
all fits, 1 when something does not, 2 when it could not be read.

How things are hashed. Canonical JSON: keys sorted, no spaces, only necessary escapes, UTF-8.
    payload hash = SHA-256(salt, 32 bytes ‖ payload, canonical JSON)
    hash         = SHA-256([sequence, previous hash, time, office, act, subject, payload hash] as canonical JSON)
    commitment of a seed  = SHA-256(seed)
    ticket       = HMAC-SHA256(seed, "ticket" ‖ case, 8 bytes ‖ pseudonym, 32 bytes)
    watch ticket = HMAC-SHA256(seed, "watch" ‖ draw, 8 bytes ‖ member, 8 bytes)
    pseudonym    = HMAC-SHA256(juror key, "case" ‖ case, 8 bytes)
Numbers are big-endian, hashes hexadecimal. A round writes down who of the pool was here without having been offered a seat
yet, and who was offered one: always the lowest tickets of these. What this cannot find is listed in docs/standards.md.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any, NamedTuple

UTC = timezone.utc  # noqa: UP017 – the name of 3.11 is not known to the versions that this file is for.
BEGINNING = "0" * 64
PUBLISHED_AFTER = timedelta(hours=48)
SMALLEST_POOL = 8
LARGEST_ANSWER = 64 * 2**20
_HEX = re.compile(r"[0-9a-f]{64}")

# What a kind of case comes to: with enough votes, else; and which votes are counted, those that it breaks or that it does not.
OUTCOMES = {
    "alert": (("removed", "corrected"), "stays", True),
    "appeal": (("overturned",), "upheld", False),
    "watch": (("upheld",), "overturned", True),
    "long": (("upheld",), "stays", True),
}

Entry = dict[str, Any]
Case = dict[str, Any]
Page = dict[str, Any]
Head = dict[str, Any]


class Report:
    """What was found. `faults` are what does not fit, `notes` what could not be looked at, `told` what was shown to be so."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.notes: list[str] = []
        self.told: list[str] = []

    def __bool__(self) -> bool:
        return not self.faults


class Unreadable(Exception):
    """Something could not be fetched or is not what its address promises."""


# Hashes ------------------------------------------------------------------------------------------------------------


def canonical(value: Any) -> str:
    """The one spelling of a JSON value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def checksum(value: Any) -> str:
    """SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def salted(salt: str, body: str) -> str:
    """SHA-256 of salt and text: a payload's hash, and a case's commitment."""
    return hashlib.sha256(bytes.fromhex(salt) + body.encode()).hexdigest()


def header_hash(entry: Entry) -> str:
    """What the next entry names as its previous hash."""
    names = ("sequence", "previous_hash", "at", "office", "act", "subject", "payload_hash")
    return checksum([entry[name] for name in names])


def ticket(seed: str, case_id: int, pseudonym: str) -> str:
    """The lot."""
    told = b"ticket" + case_id.to_bytes(8, "big") + bytes.fromhex(pseudonym)
    return hmac.new(bytes.fromhex(seed), told, hashlib.sha256).hexdigest()


def watch_ticket(seed: str, draw: int, member_id: int) -> str:
    """A volunteer's lot where the watch is drawn."""
    told = b"watch" + draw.to_bytes(8, "big") + member_id.to_bytes(8, "big")
    return hmac.new(bytes.fromhex(seed), told, hashlib.sha256).hexdigest()


def pseudonym(key: str, case_id: int) -> str:
    """What the holder of a juror key is called in a case."""
    return hmac.new(bytes.fromhex(key), b"case" + case_id.to_bytes(8, "big"), hashlib.sha256).hexdigest()


def _is_hex(value: Any) -> bool:
    return isinstance(value, str) and bool(_HEX.fullmatch(value))


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


# The record --------------------------------------------------------------------------------------------------------


def payload(entry: Entry) -> dict[str, Any] | None:
    """What an entry says; None where its payload is emptied or withheld."""
    if entry.get("body") is None:
        return None
    told = json.loads(entry["body"])
    if not isinstance(told, dict):
        raise ValueError("a payload is not an object")
    return told


def entry_faults(entry: Entry) -> Iterator[str]:
    """What is wrong with one entry by itself."""
    n = entry["sequence"]
    if entry["hash"] != header_hash(entry):
        yield f"Entry {n} was altered: its header does not give its hash."
    if (entry.get("body") is None) != (entry.get("salt") is None):
        yield f"Entry {n} was altered: it has a payload without its salt, or a salt without its payload."
    elif entry.get("body") is not None and salted(entry["salt"], entry["body"]) != entry["payload_hash"]:
        yield f"Entry {n} was altered: its payload does not give its payload hash."
    elif entry.get("body") is None and entry.get("state") not in ("emptied", "withheld"):
        yield f"Entry {n} has no payload, and nothing says why."


def chain_faults(entries: Sequence[Entry], previous: str | None = None, first: int | None = None) -> Iterator[str]:
    """What is wrong between entries that should follow each other; `previous` and `first` say how they should begin."""
    expected = first
    for entry in entries:
        n = entry["sequence"]
        if expected is not None and n != expected:
            yield (
                f"Entry {expected} is missing; the next one is {n}."
                if n > expected
                else f"Entry {n} stands where entry {expected} should be."
            )
        if previous is not None and entry["previous_hash"] != previous:
            yield f"Entry {n} does not follow from the entry before it: its previous hash differs."
        previous, expected = entry["hash"], n + 1


def head_faults(entries: Sequence[Entry], head: Head | None) -> Iterator[str]:
    """Whether the chain ends where the installation says that it ends."""
    if head is None:
        return
    last = entries[-1] if entries else {"sequence": 0, "hash": BEGINNING}
    if last["sequence"] < head["sequence"]:
        yield f"The head names entry {head['sequence']}, but the chain ends at {last['sequence']}."
        return
    by_number = {entry["sequence"]: entry["hash"] for entry in entries}
    if by_number.get(head["sequence"], BEGINNING) != head["hash"]:
        yield f"The head names entry {head['sequence']} with another hash than the chain has there."


def pin_faults(entries: Sequence[Entry], pins: dict[int, str], what: str) -> Iterator[str]:
    """Whether heads that were published or remembered still stand in the chain. Those before its first entry are not asked."""
    hashes = {entry["sequence"]: entry["hash"] for entry in entries}
    first, last = (entries[0]["sequence"], entries[-1]["sequence"]) if entries else (1, 0)
    for sequence, pinned in sorted(pins.items()):
        if sequence > last:
            yield f"The {what} of entry {sequence} is not in the record any more: the chain ends at {last}."
        elif sequence >= first and hashes.get(sequence) != pinned:
            yield (
                f"The chain was written anew: entry {sequence} has another hash than the {what} "
                f"{pinned[:16]}…, which was published for it."
            )


def verify_record(
    entries: Sequence[Entry],
    head: Head | None = None,
    heads: Sequence[Head] | None = None,
    pins: dict[int, str] | None = None,
) -> Report:
    """Recompute a whole record: headers, payloads, links, redactions, daily heads, seeds, cases against each other."""
    report = Report()
    try:
        _verify_record(report, entries, head, heads or (), pins or {})
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as trouble:
        report.faults.append(f"The record's JSON is not in the shape of a record: {_shape(trouble)}.")
    return report


def _shape(trouble: Exception) -> str:
    return f"{type(trouble).__name__} {trouble}".strip()


def _verify_record(
    report: Report,
    entries: Sequence[Entry],
    head: Head | None,
    heads: Sequence[Head],
    pins: dict[int, str],
) -> None:
    for entry in entries:
        report.faults.extend(entry_faults(entry))
    report.faults.extend(chain_faults(entries, BEGINNING, 1))
    report.faults.extend(head_faults(entries, head))
    report.faults.extend(pin_faults(entries, pins, "remembered head"))
    report.faults.extend(_faults_of_heads(entries, heads))
    report.faults.extend(_faults_of_redactions(entries))
    report.faults.extend(_faults_of_draws(entries))
    emptied = sum(1 for entry in entries if entry.get("state") == "emptied")
    withheld = [entry["sequence"] for entry in entries if entry.get("state") == "withheld"]
    report.told.append(f"{len(entries)} entries, {emptied} of them emptied by a redaction.")
    if withheld:
        report.notes.append(
            f"The payloads of {len(withheld)} entries are not public (they concern a closed forum, or a text that must not be "
            f"read), so what they say was not looked at: {_listed(withheld)}."
        )


def _listed(numbers: Sequence[int], most: int = 12) -> str:
    told = ", ".join(str(number) for number in numbers[:most])
    return told if len(numbers) <= most else f"{told} and {len(numbers) - most} more"


def _faults_of_heads(entries: Sequence[Entry], heads: Sequence[Head]) -> Iterator[str]:
    """Every day's published head is the last entry of that day, with its hash."""
    yield from pin_faults(entries, {one["sequence"]: one["hash"] for one in heads}, "daily head")
    last: dict[str, int] = {}
    for entry in entries:
        day = entry["at"][:10]
        last[day] = max(last.get(day, 0), entry["sequence"])
    for one in heads:
        if one["day"] in last and last[one["day"]] != one["sequence"]:
            yield f"The head of {one['day']} names entry {one['sequence']}, but the last entry of that day is {last[one['day']]}."


def _faults_of_redactions(entries: Sequence[Entry]) -> Iterator[str]:
    """A payload may be empty only where a later entry says that it was emptied, and that entry speaks for itself."""
    redactions: dict[int, int] = {}
    for entry in entries:
        said = payload(entry) if entry["act"] == "record.redact" else None
        if said is not None:
            redactions[int(said["entry"])] = entry["sequence"]
    for entry in entries:
        n = entry["sequence"]
        if entry.get("state") == "emptied" and redactions.get(n, 0) <= n:
            yield f"Entry {n} is empty, but no redaction entry says so."
        if entry.get("state") == "withheld" and entry["act"] in (
            "record.redact",
            "draw.commit",
            "draw.publish",
            "case.open",
        ):
            yield f"Entry {n} ({entry['act']}) is withheld, and entries of its kind are always public."


def _faults_of_draws(entries: Sequence[Entry]) -> Iterator[str]:
    """Seeds and cases against each other, over the whole record."""
    committed: dict[str, Entry] = {}
    commitments: dict[str, str] = {}
    published: dict[str, int] = {}
    seeds: dict[str, str] = {}
    watches: list[tuple[int, dict[str, Any]]] = []
    opened: dict[int, tuple[int, str]] = {}
    ended: dict[int, int] = {}
    for entry in entries:
        said, n = payload(entry), entry["sequence"]
        if said is None:
            if entry["act"] in ("case.verdict", "case.call_off"):
                ended.setdefault(_number(entry["subject"]), n)
            continue
        if entry["act"] == "draw.commit":
            day, before = said["day"], committed.get(said["day"])
            if before is not None and said.get("replaces") != before["sequence"]:
                yield f"Entry {n} commits to a seed for {day} a second time; entry {before['sequence']} had done so."
            if before is not None and any(used == day for _n, used in opened.values()):
                yield f"Entry {n} commits to another seed for {day}, on which a case had been opened."
            committed[day], commitments[day] = entry, said["commitment"]
        elif entry["act"] == "draw.publish":
            yield from _faults_of_publication(entry, said, committed, commitments)
            published[said["day"]], seeds[said["day"]] = n, said["seed"]
            for case_id, (at, day) in opened.items():
                if day == said["day"] and case_id not in ended:
                    yield f"Entry {n} publishes the seed of {day} while case {case_id} (entry {at}) was open on it."
        elif entry["act"] == "watch.draw":
            if commitments.get(said["seed_day"]) != said["seed_commitment"]:
                yield f"Entry {n} draws the watch with a seed of {said['seed_day']} that the record does not commit to."
            if said["seed_day"] in published:
                yield f"Entry {n} draws the watch with the seed of {said['seed_day']}, which was public already."
            watches.append((n, said))
        elif entry["act"] == "case.open":
            case_id, day = said["case"], said.get("seed_day") or ""
            if case_id in opened:
                yield f"Entry {n} opens case {case_id} a second time; entry {opened[case_id][0]} had opened it."
            opened[case_id] = (n, day)
            if day and day not in committed:
                yield f"Entry {n} opens case {case_id} on the seed of {day}, which nothing committed to before."
            elif day and commitments[day] != said["seed_commitment"]:
                yield f"Entry {n} opens case {case_id} with another commitment for {day} than the record's."
            if day and day in published:
                yield f"Entry {n} opens case {case_id} on the seed of {day}, which was public already (entry {published[day]})."
        elif entry["act"] in ("case.verdict", "case.call_off"):
            case_id = said["case"]
            if case_id not in opened:
                yield f"Entry {n} ends case {case_id}, which no entry opened."
            if case_id in ended:
                yield f"Entry {n} ends case {case_id} a second time; entry {ended[case_id]} had ended it."
            ended.setdefault(case_id, n)
    for n, said in watches:
        if _is_hex(seeds.get(said["seed_day"])):
            yield from _faults_of_watch(n, said, seeds[said["seed_day"]])


def _faults_of_watch(n: int, said: dict[str, Any], seed: str) -> Iterator[str]:
    """The watch is drawn from volunteers, who are named: the lowest tickets, as many as there are seats."""
    pool = said["pool"]
    if pool != sorted(set(pool)):
        yield f"Entry {n} does not list the volunteers for the watch once each, in order."
    lots = {one: watch_ticket(seed, said["draw"], one) for one in pool}
    if said["drawn"] != sorted(pool, key=lambda one: (lots[one], one))[: max(said["seats"], 0)]:
        yield f"Entry {n} does not draw for the watch the volunteers with the lowest tickets."


def _number(subject: str) -> int:
    return int(subject.partition(":")[2])


def _faults_of_publication(
    entry: Entry, said: dict[str, Any], committed: dict[str, Entry], commitments: dict[str, str]
) -> Iterator[str]:
    n, day = entry["sequence"], said["day"]
    if day not in committed:
        yield f"Entry {n} publishes a seed for {day}, which nothing committed to."
        return
    if not _is_hex(said["seed"]) or hashlib.sha256(bytes.fromhex(said["seed"])).hexdigest() != commitments[day]:
        yield f"Entry {n} publishes a seed for {day} that is not the one that was committed to."
    if said.get("committed") != committed[day]["sequence"]:
        yield f"Entry {n} names another commitment for {day} than entry {committed[day]['sequence']}."
    midnight = datetime.combine(date.fromisoformat(day) + timedelta(days=1), datetime.min.time(), UTC)
    if _instant(entry["at"]) < midnight + PUBLISHED_AFTER:
        yield f"Entry {n} publishes the seed of {day} sooner than 48 hours after that day."


# A case ------------------------------------------------------------------------------------------------------------


class Parts(NamedTuple):
    """The entries of a case and what they say."""

    opening: Entry
    opened: dict[str, Any]
    verdict: Entry
    decided: dict[str, Any]
    commitment: Entry | None
    publication: Entry | None


def verify_case(case: Case, entries: Sequence[Entry] | None = None, pins: dict[int, str] | None = None) -> Report:
    """Recompute a case from its public JSON. `entries` is the record from the case's first entry to the head, if it is at hand:
    then the case's entries must stand in it, in one chain."""
    report = Report()
    try:
        _verify_case(report, case, entries, pins or {})
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as trouble:
        report.faults.append(f"The case's JSON is not in the shape of a case: {_shape(trouble)}.")
    return report


def _verify_case(report: Report, case: Case, entries: Sequence[Entry] | None, pins: dict[int, str]) -> None:
    case_id, faults = case["case"], report.faults
    own = [entry for entry in (case["opening"], case["verdict"], case["commitment"], case["publication"]) if entry]
    for entry in own:
        faults.extend(entry_faults(entry))
    if entries is None:
        report.notes.append("The record was not at hand, so whether it holds these entries was not looked at.")
    else:
        _stand_in(report, own, entries, pins)
    opened, decided = payload(case["opening"]), payload(case["verdict"])
    if opened is None or decided is None:
        state = case["verdict"].get("state") if decided is None else case["opening"].get("state")
        report.notes.append(f"Case {case_id} cannot be recomputed: what one of its entries says is {state}.")
        return
    parts = Parts(case["opening"], opened, case["verdict"], decided, case["commitment"], case["publication"])
    faults.extend(_faults_of_entries(case_id, parts))
    faults.extend(_faults_of_matter(parts))
    if opened["judges"] != "jury":
        report.notes.append(
            f"Case {case_id} was judged by one {opened['judges']}, since too few could be drawn: there is no draw."
        )
        return
    faults.extend(_faults_of_pool(opened))
    seed = None
    if parts.publication is None:
        report.notes.append(
            "The seed is not published yet (48 hours after its day), so the tickets were not recomputed."
        )
    else:
        seed = (payload(parts.publication) or {}).get("seed")
    faults.extend(_faults_of_seed(parts, seed))
    faults.extend(_faults_of_rounds(case_id, parts, case["rounds"], seed))
    faults.extend(_faults_of_seats(case_id, parts, case["rounds"], seed))
    faults.extend(_faults_of_tally(parts))
    faults.extend(_faults_of_reasons(parts, case["reasons"]))
    if not faults:
        report.told.append(_story(case_id, parts, seed))


def _story(case_id: int, parts: Parts, seed: str | None) -> str:
    decided = parts.decided
    breaking, keeping = sum(decided["tally"][:2]), sum(decided["tally"][2:])
    drawn = "the draw was recomputed" if seed else "the draw cannot be recomputed yet"
    return (
        f"Case {case_id}: a pool of {len(parts.opened['pool'])}, {decided['offers']} seats offered, "
        f"{breaking} votes that it breaks, {keeping} that it does not, {decided['needed']} of {decided['seats']} needed: "
        f"{decided['outcome']}; {drawn}."
    )


def _stand_in(report: Report, own: Sequence[Entry], entries: Sequence[Entry], pins: dict[int, str]) -> None:
    """The case's entries are those of the record, and the record from the first of them on is one chain."""
    by_number = {entry["sequence"]: entry for entry in entries}
    for entry in own:
        n = entry["sequence"]
        if n not in by_number:
            report.faults.append(f"Entry {n} of the case is not in the record.")
        elif by_number[n]["hash"] != entry["hash"]:
            report.faults.append(f"Entry {n} of the case is another than the record's entry {n}.")
    for entry in entries:
        if entry["hash"] != header_hash(entry):
            report.faults.append(f"Entry {entry['sequence']} was altered: its header does not give its hash.")
    report.faults.extend(chain_faults(entries, None, entries[0]["sequence"] if entries else None))
    report.faults.extend(pin_faults(entries, pins, "remembered head"))


def _faults_of_entries(case_id: int, parts: Parts) -> Iterator[str]:
    opening, opened, verdict, decided, commitment, publication = parts
    subject = f"case:{case_id}"
    for entry, act, said in ((opening, "case.open", opened), (verdict, "case.verdict", decided)):
        if entry["act"] != act:
            yield f"Entry {entry['sequence']} is {entry['act']}, not {act}."
        if entry["subject"] != subject or said["case"] != case_id:
            yield f"Entry {entry['sequence']} is about another case than {case_id}."
    if decided["opened"] != opening["sequence"]:
        yield f"The verdict names entry {decided['opened']} as its case's opening, not entry {opening['sequence']}."
    if verdict["sequence"] <= opening["sequence"]:
        yield "The verdict stands before the opening of its case."
    if _instant(verdict["at"]) < _instant(opening["at"]):
        yield "The verdict is dated before the opening of its case."
    for name in ("kind", "judges", "of"):
        if opened[name] != decided[name]:
            yield f"The verdict has another {name} ({decided[name]}) than the opening ({opened[name]})."
    for name in ("seats", "needed") if opened["judges"] == "jury" else ():
        if opened[name] != decided[name]:
            yield f"The verdict counts {decided[name]} for “{name}”, the opening had said {opened[name]}."
    if opened["judges"] == "jury" and verdict["office"] != "jury":
        yield f"The verdict was entered by the office “{verdict['office']}”, not by the jury."
    for seeding, act in ((commitment, "draw.commit"), (publication, "draw.publish")):
        if seeding is not None and seeding["act"] != act:
            yield f"Entry {seeding['sequence']} is {seeding['act']}, not {act}."


def _faults_of_matter(parts: Parts) -> Iterator[str]:
    """What the case is about is what it committed to when it was opened."""
    decided = parts.decided
    if (
        not _is_hex(decided["salt"])
        or salted(decided["salt"], canonical(decided["about"])) != parts.opened["commitment"]
    ):
        yield "What the verdict says the case was about is not what the case committed to when it was opened."
    about = decided["about"]
    for name in ("standard", "charter"):
        if parts.opened["kind"] == "alert" and about.get(name) != decided[name]:
            yield f"The verdict cites another {name} ({decided[name]}) than the alert ({about.get(name)})."


def _faults_of_pool(opened: dict[str, Any]) -> Iterator[str]:
    pool = opened["pool"]
    if not all(_is_hex(name) for name in pool):
        yield "The pool holds something that is not a pseudonym."
    if pool != sorted(pool):
        yield "The pool is not in order."
    if len(set(pool)) != len(pool):
        yield "The pool names a pseudonym twice."
    if len(pool) < max(SMALLEST_POOL, opened["seats"]):
        yield f"The pool of {len(pool)} is too small for a jury of {opened['seats']}."
    if not 0 < opened["needed"] <= opened["seats"] or opened["needed"] * 2 <= opened["seats"]:
        yield f"{opened['needed']} of {opened['seats']} are no majority."


def _faults_of_seed(parts: Parts, seed: str | None) -> Iterator[str]:
    opening, opened, verdict, decided, commitment, publication = parts
    if commitment is None:
        yield "The entry that committed to the seed is missing."
        return
    said = payload(commitment)
    if said is None:
        yield f"Entry {commitment['sequence']}, which committed to the seed, says nothing."
        return
    day = opened["seed_day"]
    if said["day"] != day:
        yield f"Entry {commitment['sequence']} commits to the seed of {said['day']}, the case drew with that of {day}."
    if said["commitment"] != opened["seed_commitment"]:
        yield f"The case names another commitment to the seed of {day} than entry {commitment['sequence']}."
    if commitment["sequence"] >= opening["sequence"]:
        yield "The seed was committed to after the case was opened."
    # An alert's instant is part of what the case committed to; other cases answer for the instant of their opening.
    asked = decided["about"].get("at") if opened["kind"] == "alert" else None
    alerted = _instant(asked or opening["at"])
    if alerted > _instant(opening["at"]):
        yield "The alert is dated after the opening of its case."
    if _instant(commitment["at"]) > alerted and not opened["late_seed"]:
        yield "The seed was committed to after the alert, and the case does not say so."
    if date.fromisoformat(day) > alerted.date():
        yield f"The case drew with the seed of {day}, a day after the alert."
    if publication is None:
        return
    published = payload(publication)
    if published is None:
        yield f"Entry {publication['sequence']}, which published the seed, says nothing."
        return
    if published["day"] != day:
        yield f"Entry {publication['sequence']} publishes the seed of {published['day']}, the case drew with that of {day}."
    if not _is_hex(seed) or hashlib.sha256(bytes.fromhex(str(seed))).hexdigest() != said["commitment"]:
        yield "The published seed is not the one that was committed to."
    if publication["sequence"] <= verdict["sequence"]:
        yield "The seed was published before the verdict."
    if published["committed"] != commitment["sequence"]:
        yield f"The publication of the seed names entry {published['committed']} as its commitment."


def _faults_of_rounds(case_id: int, parts: Parts, rounds: Sequence[dict[str, Any]], seed: str | None) -> Iterator[str]:
    opened, decided = parts.opened, parts.decided
    if checksum(rounds) != decided["rounds"]:
        yield "The rounds are not those that the verdict committed to."
    pool, asked = set(opened["pool"]), set()
    for place, one in enumerate(rounds, 1):
        number, present, offered = one["number"], one["present"], one["offered"]
        if number != place:
            yield f"Round {place} is missing; the next one is {number}."
        if present != sorted(set(present)):
            yield f"Round {number} does not list those present in order, each once."
        for name in present:
            if name not in pool:
                yield f"Round {number} counts {name[:12]}… as present, who is not in the pool."
            if name in asked:
                yield f"Round {number} counts {name[:12]}… as waiting, who had been offered a seat before."
        if not offered or len(set(offered)) != len(offered):
            yield f"Round {number} offers no seat, or one of its seats twice."
        if len(offered) > opened["seats"]:
            yield f"Round {number} offers {len(offered)} seats of {opened['seats']}."
        for name in offered:
            if name not in present:
                yield f"Round {number} offers a seat to {name[:12]}…, who was not present."
        if seed is not None and _is_hex(seed):
            lots = {name: ticket(seed, case_id, name) for name in {*present, *offered}}
            lowest = sorted(present, key=lambda name: (lots[name], name))[: len(offered)]
            if list(offered) != lowest:
                yield f"Round {number} offered seats out of ticket order: a lower ticket was present and passed over."
        asked.update(offered)
    count = sum(len(one["offered"]) for one in rounds)
    if count != decided["offers"]:
        yield f"The verdict counts {decided['offers']} offers, the rounds {count}."


def _faults_of_seats(case_id: int, parts: Parts, rounds: Sequence[dict[str, Any]], seed: str | None) -> Iterator[str]:
    opened, decided = parts.opened, parts.decided
    seated = decided["seated"]
    names = [name for name, _lot in seated]
    offered = {name for one in rounds for name in one["offered"]}
    if len(set(names)) != len(names):
        yield "A pseudonym sits twice on the jury."
    if [lot for _name, lot in seated] != sorted(lot for _name, lot in seated):
        yield "The seated are not in the order of their tickets."
    for name, lot in seated:
        if name not in opened["pool"]:
            yield f"{name[:12]}… sat on the jury without being in the pool."
        elif name not in offered:
            yield f"{name[:12]}… sat on the jury without having been offered a seat."
        if seed is not None and _is_hex(name) and _is_hex(seed) and ticket(seed, case_id, name) != lot:
            yield f"The ticket of {name[:12]}… is not the one that the seed gives."


def _faults_of_tally(parts: Parts) -> Iterator[str]:
    opened, decided = parts.opened, parts.decided
    tally, seats, needed = decided["tally"], opened["seats"], opened["needed"]
    if len(tally) != 4 or any(not isinstance(n, int) or n < 0 for n in tally):
        yield "The tally is not four counts."
        return
    votes = sum(tally)
    if votes != len(decided["seated"]):
        yield f"The tally counts {votes} papers, {len(decided['seated'])} were seated."
    if votes > seats:
        yield f"The tally counts {votes} papers on {seats} seats."
    if not 0 <= decided["gone"] <= sum(tally[:2]):
        yield "More papers say that what breaks the standard is gone than say that it breaks."
    enough, otherwise, breaking = OUTCOMES[opened["kind"]]
    counted = sum(tally[:2]) if breaking else sum(tally[2:])
    outcome, empty = decided["outcome"], decided["empty"]
    if empty not in (0, seats - votes):
        yield f"The verdict counts {empty} empty seats, {seats - votes} had no paper."
    if counted >= needed and outcome not in enough:
        yield f"{counted} of {seats} votes were enough, but the outcome is “{outcome}”."
    if counted < needed and outcome not in (otherwise, "corrected"):
        yield f"{counted} votes were not enough ({needed} are needed), but the outcome is “{outcome}”."
    if counted < needed and outcome == "corrected":
        yield f"{counted} votes were not enough ({needed} are needed) to find anything that was corrected."
    if outcome == otherwise and counted + seats - votes >= needed and not empty:
        yield "The verdict was reached while open seats could still change it."
    if outcome != "removed" and decided["removal"] is not None:
        yield f"The outcome is “{outcome}”, but the verdict names a removal."


def _faults_of_reasons(parts: Parts, reasons: Sequence[str]) -> Iterator[str]:
    decided = parts.decided
    if checksum(list(reasons)) != decided["reasons"]:
        yield "The reasons are not those that the verdict committed to."
    if list(reasons) != sorted(reasons):
        yield "The reasons are not in their neutral order."
    if not sum(decided["tally"][:2]) <= len(reasons) <= sum(decided["tally"]):
        yield f"{len(reasons)} reasons stand beside {sum(decided['tally'])} papers, {sum(decided['tally'][:2])} of which need one."


def own_place(case: Case, key: str) -> str:
    """For the holder of a juror key: whether they were in the pool of a case, and where in its lot."""
    opened = payload(case["opening"])
    if opened is None or not _is_hex(key):
        return "This needs the key as 64 hexadecimal digits, and a case whose opening is public."
    name, case_id = pseudonym(key, case["case"]), case["case"]
    if name not in opened.get("pool", ()):
        return f"In case {case_id} you are {name}, and you were not in its pool."
    told = f"In case {case_id} you are {name}, one of a pool of {len(opened['pool'])}."
    seed = (payload(case["publication"]) or {}).get("seed") if case["publication"] else None
    if seed:
        lots = sorted(ticket(seed, case_id, one) for one in opened["pool"])
        told += f" Your ticket is number {lots.index(ticket(seed, case_id, name)) + 1} of its lot."
    asked = any(name in one["offered"] for one in case["rounds"])
    here = any(name in one["present"] for one in case["rounds"])
    return told + (
        " You were offered a seat."
        if asked
        else " You were counted as present."
        if here
        else " You were not counted as present."
    )


# Reading ------------------------------------------------------------------------------------------------------------


def fetch(address: str) -> dict[str, Any]:
    """The JSON at an http or https address. Raises Unreadable."""
    if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
        raise Unreadable(f"{address} is not an http or https address.")
    try:
        request = urllib.request.Request(
            address, headers={"Accept": "application/json", "User-Agent": "palaver-verify"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            body = answer.read(LARGEST_ANSWER + 1)
    except urllib.error.HTTPError as trouble:
        raise Unreadable(f"{address} answers {trouble.code}.") from trouble
    except (OSError, ValueError) as trouble:
        raise Unreadable(f"{address} could not be fetched: {trouble}.") from trouble
    if len(body) > LARGEST_ANSWER:
        raise Unreadable(f"{address} answers with more than {LARGEST_ANSWER // 2**20} MB.")
    return _parsed(body, address)


def read(path: str) -> dict[str, Any]:
    """The JSON in a file. Raises Unreadable."""
    try:
        with open(path, "rb") as file:
            return _parsed(file.read(), path)
    except OSError as trouble:
        raise Unreadable(f"{path} could not be read: {trouble.strerror}.") from trouble


def _parsed(body: bytes, where: str) -> dict[str, Any]:
    try:
        told = json.loads(body.decode("utf-8"))
    except ValueError as trouble:
        raise Unreadable(f"{where} is not JSON.") from trouble
    if not isinstance(told, dict):
        raise Unreadable(f"{where} is not what such an address answers.")
    return told


class Source:
    """Where the JSON comes from: an installation's address, or files (below)."""

    def case(self, case_id: int) -> Case:
        raise NotImplementedError

    def page(self, first: int) -> Page:
        """The record from an entry on: some entries, the head, where the next page begins (None: nowhere)."""
        raise NotImplementedError

    def heads(self) -> list[Head]:
        raise NotImplementedError

    def further(self) -> list[str]:
        """Faults of the record that only this source can tell."""
        return []

    def entries(self, first: int = 1) -> tuple[list[Entry], Head]:
        """The record from an entry on to its head, page by page, with the head that the last page named."""
        entries: list[Entry] = []
        start: int | None = first
        head: Head = {}
        while start is not None:
            page = self.page(start)
            if not isinstance(page.get("entries"), list) or not isinstance(page.get("head"), dict):
                raise Unreadable("A page of entries has no entries or no head.")
            entries.extend(page["entries"])
            head, after = page["head"], page.get("next")
            if after is not None and after <= start:
                raise Unreadable("The record's pages do not come to an end.")
            start = after
        return entries, head


class Installation(Source):
    """An installation that is asked over http."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def case(self, case_id: int) -> Case:
        return fetch(f"{self.url}/juries/{case_id}.json")

    def page(self, first: int) -> Page:
        return fetch(f"{self.url}/record/entries.json?from={first}")

    def heads(self) -> list[Head]:
        return list(fetch(f"{self.url}/record/heads.json")["heads"])


class Saved(Source):
    """Files that were saved before, each what one address had answered; what is not there is asked of the installation, if any."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.beside = Installation(asked.url) if asked.url else None

    def case(self, case_id: int) -> Case:
        if self.asked.case_file:
            return read(self.asked.case_file)
        return self._beside("the case's JSON (--case)").case(case_id)

    def page(self, first: int) -> Page:
        if not self.asked.entries:
            return self._beside("the record's JSON (--entries)").page(first)
        pages = [read(path) for path in self.asked.entries]
        entries = [entry for page in pages for entry in page["entries"] if entry["sequence"] >= first]
        return {"entries": entries, "head": pages[-1]["head"], "next": None}

    def heads(self) -> list[Head]:
        if self.asked.heads:
            return list(read(self.asked.heads)["heads"])
        return self.beside.heads() if self.beside else []

    def _beside(self, what: str) -> Installation:
        if self.beside is None:
            raise Unreadable(f"Name a file with {what}, or an address (--url).")
        return self.beside


class Pins:
    """Heads remembered in a file, one a line: entry, hash. What was seen once must stand for ever."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.known: dict[int, str] = {}
        try:
            with open(path, encoding="ascii") as file:
                lines = file.read().split("\n")
        except FileNotFoundError:
            lines = []
        except (OSError, ValueError) as trouble:
            raise Unreadable(f"{path} could not be read as remembered heads: {trouble}.") from trouble
        for line in filter(None, map(str.strip, lines)):
            sequence, _space, pinned = line.partition(" ")
            if not sequence.isdecimal() or not _is_hex(pinned.strip()):
                raise Unreadable(f"{path} holds a line that is no remembered head: {line[:80]}")
            self.known[int(sequence)] = pinned.strip()

    def remember(self, head: Head | None) -> None:
        """Add a head at the end of the file, unless it is there."""
        if head and head["sequence"] and self.known.get(head["sequence"]) != head["hash"]:
            with open(self.path, "a", encoding="ascii") as file:
                file.write(f"{head['sequence']} {head['hash']}\n")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command, for `palaver verify` and for this file alone."""
    parser.add_argument("case", nargs="?", type=int, help="the number of a case")
    parser.add_argument("--record", action="store_true", help="the whole record")
    parser.add_argument("--url", help="address of an installation, such as https://forum.example.org")
    parser.add_argument("--case", dest="case_file", metavar="FILE", help="the case's JSON, saved before")
    parser.add_argument(
        "--entries", nargs="+", metavar="FILE", help="pages of the record's JSON, saved before, in order"
    )
    parser.add_argument("--heads", metavar="FILE", help="the daily heads' JSON, saved before")
    parser.add_argument("--pin", metavar="FILE", help="compare with the heads remembered here, and remember the newest")
    parser.add_argument(
        "--key", metavar="HEX", help="your own juror key of the quarter: tells your place in the case's lot"
    )


def run(asked: argparse.Namespace, ours: Source | None = None) -> int:
    """Verify what was asked for and say what was found. Returns 0, 1 when something does not fit, 2 when it cannot be read."""
    try:
        return _run(asked, ours or Saved(asked))
    except Unreadable as trouble:
        print(trouble, file=sys.stderr)
    except (KeyError, TypeError, AttributeError) as trouble:
        print(f"What was read is not in the shape that was promised: {_shape(trouble)}.", file=sys.stderr)
    return 2


def _run(asked: argparse.Namespace, source: Source) -> int:
    wants_case = asked.case is not None or asked.case_file
    if not asked.record and not wants_case:
        raise Unreadable("Say which case, or --record.")
    pins = Pins(asked.pin) if asked.pin else None
    known = pins.known if pins else {}
    case = source.case(asked.case) if wants_case else None
    if case is not None and asked.case is not None and case.get("case") != asked.case:
        raise Unreadable(f"This is the JSON of case {case.get('case')}, not of case {asked.case}.")
    entries: list[Entry] | None = None
    head: Head | None = None
    # A case's file alone is looked at by itself; anything else has the record beside it.
    if asked.record or asked.entries or not asked.case_file or asked.url:
        first = 1
        if case is not None and not asked.record:
            first = (case["commitment"] or case["opening"])["sequence"]
        entries, head = source.entries(first)
    sound = True
    if asked.record:
        report = verify_record(entries or [], head, source.heads(), known)
        report.faults.extend(one for one in source.further() if one not in report.faults)
        sound = _say(report, "The record", f"is whole. Head: {head['hash'] if head else BEGINNING}")
    if case is not None:
        report = verify_case(case, entries, known)
        if entries is not None:
            report.faults.extend(head_faults(entries, head))
        sound = _say(report, f"Case {case['case']}", "holds") and sound
        if asked.key:
            print(own_place(case, asked.key.strip().lower()))
    if sound and pins is not None:
        pins.remember(head)
    return 0 if sound else 1


def _say(report: Report, what: str, good: str) -> bool:
    for fault in report.faults:
        print(fault, file=sys.stderr)
    for line in [*report.told, *report.notes]:
        print(line)
    if not report:
        print(f"{what} does NOT hold: {len(report.faults)} faults.", file=sys.stderr)
        return False
    print(f"{what} {good}.")
    return True


def main(given: Iterable[str] | None = None) -> int:
    """The command line of this file alone."""
    parser = argparse.ArgumentParser(
        prog="verify.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments(parser)
    return run(parser.parse_args(None if given is None else list(given)))


if __name__ == "__main__":
    sys.exit(main())
