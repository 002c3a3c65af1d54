"""What an installation publishes of its judging, and what the verifier makes of it: all that the verbs did is accepted."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from palaver.accounts import settling
from palaver.cli import verify as command
from palaver.forums import locking
from palaver.kit import clock
from palaver.record.models import Entry
from palaver.record.redacting import redact
from palaver.standards import alerting, convening, deciding, lot, proving, seeds, verifier
from palaver.standards.models import Case, PoolMember, Seat
from tests.cast import MORNING, Cast, original, signed_in
from tests.standards.court import BREAKS, KEEPS, Court, court, judge
from tests.standards.proofs import Year, on, published

__all__ = ["court"]


def get(path: str, client: Client | None = None) -> dict[str, object]:
    answer = (client or Client()).get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    found = json.loads(answer.content)
    assert isinstance(found, dict)
    return found


def test_every_case_of_some_weeks_is_accepted(cast: Cast) -> None:
    year = Year(cast)
    year.some()
    told = published()
    assert told.record() == []
    for case in year.cases:
        report = verifier.verify_case(told.cases[case.pk], told.entries)
        assert (report.faults, report.notes) == ([], [])
        assert "the draw was recomputed" in report.told[0]
    outcomes = [
        re.findall(r"needed: (\w+)", verifier.verify_case(told.cases[case.pk]).told[0])[0] for case in year.cases
    ]
    assert outcomes == ["removed", "stays", "stays", "stays"]


@pytest.mark.long
def test_every_case_of_a_year_is_accepted(cast: Cast) -> None:
    """Three hundred cases, their seeds published as their days come. Most stay, so that authors may go on writing, and no
    jury is of one mind about it, so that alerters may go on alerting."""
    year = Year(cast)
    for n in range(300):
        papers = [BREAKS] * 3 if n % 25 == 7 else [BREAKS, KEEPS]
        year.case(1 + n * 365 // 300, papers, declines=n % 3, hour=n % 5)
        if n % 30 == 29:
            year.publish(1 + n * 365 // 300)
    year.publish(370)
    told = published()
    assert len(told.cases) == 300
    assert told.record() == []
    for case_id in told.cases:
        report = verifier.verify_case(told.cases[case_id], told.entries)
        assert (report.faults, report.notes) == ([], [])


def test_a_case_that_one_host_judged_is_accepted_and_said_to_have_no_draw(cast: Cast) -> None:
    few = Court(cast)
    assert cast.chidi
    seeds.commit_due()
    case = few.case()
    assert case.judges == Case.Judges.HOST
    deciding.decide_alone(case, by=cast.chidi, removes=True, because="It names a neighbour.")
    told = published()
    report = verifier.verify_case(told.cases[case.pk], told.entries)
    assert report.faults == [] and told.record() == []
    assert any("judged by one host" in note for note in report.notes)


def test_before_the_verdict_nothing_of_a_case_is_public_and_after_it_the_seed_follows(court: Court) -> None:
    court.crowd(9)
    case = court.sitting()
    assert Client().get(f"/juries/{case.pk}.json").status_code == 404
    judge(case, BREAKS, BREAKS, BREAKS)
    proof = get(f"/juries/{case.pk}.json")
    report = verifier.verify_case(proof, get("/record/entries.json")["entries"])  # type: ignore[arg-type]
    assert report.faults == [] and any("not published yet" in note for note in report.notes)
    with clock.stopped_at(clock.now() + timedelta(days=4)):
        seeds.publish_due()
    report = verifier.verify_case(get(f"/juries/{case.pk}.json"))
    assert report.faults == [] and "the draw was recomputed" in report.told[0]


def test_no_juror_no_alerter_and_no_time_but_the_entries_is_in_a_proof(court: Court) -> None:
    court.crowd(9)
    case = court.sitting()
    judge(case, BREAKS, BREAKS, BREAKS)
    whole = json.dumps([get(f"/juries/{case.pk}.json"), get("/record/entries.json")])
    for juror in [*court.jurors, court.cast.bram]:
        assert juror.name not in whole
    proof = get(f"/juries/{case.pk}.json")
    assert set(proof) == {*("format", "case", "opening", "verdict", "commitment", "publication", "rounds", "reasons")}
    assert all(set(one) == {"number", "present", "offered"} for one in proof["rounds"])  # type: ignore[attr-defined]
    # Every number in what was decided is explained; no id of a juror or an alerter is among them.
    decided = verifier.payload(proof["verdict"])  # type: ignore[arg-type]
    assert decided is not None
    assert {key for key, value in decided.items() if isinstance(value, int)} <= {
        *("case", "charter", "empty", "gone", "needed", "offers", "opened", "removal", "seats")
    }
    assert set(decided["about"]) == {"about", "at", "author", "charter", "post", "standard", "text", "version"}


# Rights ------------------------------------------------------------------------------------------------------------


def test_what_concerns_a_closed_forum_is_withheld_from_guests_and_the_chain_holds(court: Court) -> None:
    cast = court.cast
    court.crowd(9)
    thread = cast.thread("In the den", by=cast.ana, forum=cast.den, text="Between us.")
    locking.lock(thread, by=cast.odile, because="A secret reason.")
    locking.unlock(thread, by=cast.odile)
    lock = Entry.objects.get(act="thread.lock")
    page = get("/record/entries.json")
    assert "A secret reason." not in json.dumps(page) and "The den" not in json.dumps(page)
    shown = next(one for one in page["entries"] if one["sequence"] == lock.sequence)  # type: ignore[attr-defined]
    assert (shown["state"], shown["body"], shown["salt"]) == ("withheld", None, None)
    report = verifier.verify_record(page["entries"], page["head"])  # type: ignore[arg-type]
    assert report.faults == [] and str(lock.sequence) in report.notes[0]
    for reader, seen in ((None, False), (cast.kaya, False), (cast.ana, True)):
        client = signed_in(reader) if reader else Client()
        text = client.get(f"/record/{lock.sequence}").content.decode()
        assert ("A secret reason." in text) is seen
        assert lock.hash in text
        assert ("A secret reason." in client.get("/record").content.decode()) is seen


def test_the_proof_of_a_case_in_a_closed_forum_is_whole_for_its_readers_only(cast: Cast) -> None:
    with on(0):
        seeds.commit_due()
        few = Court(cast)
    post = original(cast.thread("In the den", by=cast.ana, forum=cast.den, text="Between us."))
    case = few.case(post=post)
    deciding.decide_alone(case, by=cast.odile, removes=False, because="A word between friends.")
    guests, readers = get(f"/juries/{case.pk}.json"), get(f"/juries/{case.pk}.json", signed_in(cast.ana))
    assert guests["reasons"] is None and guests["verdict"]["state"] == "withheld"  # type: ignore[index]
    assert "A word between friends." not in json.dumps(guests)
    assert readers["reasons"] == [] and readers["verdict"]["state"] == "open"  # type: ignore[index]
    assert any("withheld" in note for note in verifier.verify_case(guests).notes)
    assert verifier.verify_case(guests).faults == verifier.verify_case(readers).faults == []


def test_words_that_nobody_is_to_read_any_more_are_not_published_with_their_verdict(court: Court) -> None:
    cast = court.cast
    court.crowd(9)
    settling.settle(cast.goran, about="Ana lives at 7 Mill Lane.")
    cast.goran.refresh_from_db()
    raised = alerting.alert(by=cast.bram, about="about", member=cast.goran, standard="privacy", because="An address.")
    assert raised.case is not None
    court.gather()
    convening.sit(raised.case.pk)
    judge(raised.case, BREAKS, BREAKS, BREAKS)
    for path in ("/record/entries.json", f"/juries/{raised.case.pk}.json"):
        assert "Mill Lane" not in json.dumps(get(path))
    verdict = Entry.objects.get(act="case.verdict")
    assert "Mill Lane" not in Client().get(f"/record/{verdict.sequence}").content.decode()


# Pages -------------------------------------------------------------------------------------------------------------


def test_the_record_is_sifted_by_act_office_and_subject(cast: Cast) -> None:
    one, other = cast.thread("One"), cast.thread("Other")
    locking.lock(one, by=cast.chidi, because="Of the first.")
    locking.lock(other, by=cast.odile, because="Of the second.")
    locking.unlock(other, by=cast.odile)
    guest = Client()

    def has(query: str, *sentences: str) -> list[bool]:
        text = guest.get(f"/record?{query}").content.decode()
        return [sentence in text for sentence in sentences]

    assert has("act=thread.lock", "Of the first.", "Of the second.", "opened the thread again <") == [True, True, False]
    assert has("act=thread.lock&office=host", "Of the first.", "Of the second.") == [True, False]
    assert has(f"subject=thread:{other.pk}", "Of the first.", "Of the second.") == [False, True]
    for nonsense in ("act=nothing.such", "subject=%00%FF", "office=" + "x" * 5000):
        assert has(nonsense, "Of the first.", "No such entry") == [False, True]


def test_an_entry_has_a_page_that_says_how_to_check_it(cast: Cast) -> None:
    thread = cast.thread()
    locking.lock(thread, by=cast.chidi, because="Überholt <b>.")
    entry = Entry.objects.get(act="thread.lock")
    text = Client().get(f"/record/{entry.sequence}").content.decode()
    assert "Überholt &lt;b&gt;." in text and "<b>.”" not in text
    for value in (entry.hash, entry.previous_hash, entry.payload_hash, entry.payload.salt):
        assert str(value) in text
    redact(entry, by=cast.odile, because="It named a patient.")
    text = Client().get(f"/record/{entry.sequence}").content.decode()
    assert "Überholt" not in text and "emptied by a redaction" in text and entry.hash in text
    for number in (0, entry.sequence + 2, 10**30):
        assert Client().get(f"/record/{number}").status_code == 404


def test_heads_of_the_days_stand_in_their_file_and_those_that_are_over_in_the_feed(cast: Cast) -> None:
    thread = cast.thread()
    with on(40):
        locking.lock(thread, by=cast.chidi, because="Settled.")
        locking.unlock(thread, by=cast.chidi)
        last = Entry.objects.order_by("-sequence")[0]
        heads = get("/record/heads.json")["heads"]
        day = clock.now().date().isoformat()
        assert {"day": day, "sequence": last.sequence, "hash": last.hash} in heads  # type: ignore[operator]
        assert last.hash not in Client().get("/record.json").content.decode()
    with on(41):
        locking.lock(thread, by=cast.chidi, because="Settled again.")
        for kind in ("json", "atom"):
            text = Client().get(f"/record.{kind}").content.decode()
            assert f"Head of {day}: entry {last.sequence}" in text and last.hash in text


def test_the_pages_of_the_record_follow_each_other_to_its_head(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    thread = cast.thread()
    for _ in range(4):
        locking.lock(thread, by=cast.chidi, because="Settled.")
        locking.unlock(thread, by=cast.chidi)
    whole = proving.entries(1, readable=None)
    found, start = [], 1
    while start is not None:
        page = proving.entries(start, readable=None, size=3)
        found += page["entries"]
        start = page["next"]
    assert found == whole["entries"] and len(found) > 8
    assert get("/record/entries.json?from=nonsense")["entries"] == get("/record/entries.json")["entries"]
    for beyond in (99_999, 10**18, 10**30):
        assert get(f"/record/entries.json?from={beyond}")["next"] is None
    assert get("/record/entries.json?from=99999")["entries"] == []
    assert Client().get(f"/juries/{10**30}.json").status_code == 404


# The file that outsiders run ------------------------------------------------------------------------------------------


@contextmanager
def on_the_net(paths: list[str]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """What our pages answer at some addresses, served over real http; what is served can be exchanged."""
    answers = {path: Client().get(path).content for path in paths}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answers.get(self.path)
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", answers
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_served_file_alone_recomputes_what_it_fetches_and_remembers_the_head(cast: Cast, tmp_path: Path) -> None:
    year = Year(cast)
    case = year.case(1, [BREAKS, BREAKS, BREAKS])
    year.publish(6)
    alone = tmp_path / "verify.py"
    alone.write_bytes(Client().get("/verify.py").content)
    assert alone.read_bytes() == proving.VERIFIER.read_bytes()
    pins = tmp_path / "heads.txt"

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        # -I -S: no site packages and no PYTHONPATH, so that nothing but Python itself is there.
        asked = [sys.executable, "-I", "-S", str(alone), *words]
        return subprocess.run(asked, capture_output=True, text=True, timeout=60, cwd=tmp_path)

    first = verifier.payload(proving.case(case.pk, readable=None)["commitment"])  # type: ignore[index]
    assert first is not None
    committed = proving.case(case.pk, readable=None)["commitment"]["sequence"]  # type: ignore[index]
    pages = ["/record/entries.json?from=1", f"/record/entries.json?from={committed}", "/record/heads.json"]
    with on_the_net([*pages, f"/juries/{case.pk}.json"]) as (url, answers):
        done = run("--record", "--url", url, "--pin", str(pins))
        assert (done.returncode, done.stderr) == (0, "") and "The record is whole. Head:" in done.stdout
        sequence, pinned = pins.read_text().split()
        head = Entry.objects.order_by("-sequence")[0]
        assert (int(sequence), pinned) == (head.sequence, head.hash)
        done = run(str(case.pk), "--url", url, "--pin", str(pins))
        assert (done.returncode, done.stderr) == (0, "") and f"Case {case.pk} holds." in done.stdout
        juror = PoolMember.objects.filter(case=case, seat__isnull=False).order_by("ticket")[0]
        key = lot.juror_key(seeds.secret(), juror.member_id, *lot.quarter_of(case.opened_at.date())).hex()
        done = run(str(case.pk), "--url", url, "--key", key)
        assert juror.pseudonym in done.stdout and "You were offered a seat." in done.stdout
        assert run("77", "--url", url).returncode == 2
        # Somebody writes the chain anew, seals and all: the remembered head tells.
        told = published()
        told.say(told.find("category.open"), name="Another")
        told.reseal()
        page = {"format": 1, "entries": told.entries, "head": told.head, "next": None}
        answers["/record/entries.json?from=1"] = json.dumps(page).encode()
        answers["/record/heads.json"] = json.dumps({"heads": told.heads}).encode()
        assert run("--record", "--url", url).returncode == 0, "Without a remembered head nobody can tell."
        done = run("--record", "--url", url, "--pin", str(pins))
        assert done.returncode == 1 and "The chain was written anew" in done.stderr
        assert "The record does NOT hold" in done.stderr
    # Saved before, read from files, without any net.
    (tmp_path / "case.json").write_bytes(Client().get(f"/juries/{case.pk}.json").content)
    (tmp_path / "entries.json").write_bytes(Client().get("/record/entries.json").content)
    done = run("--record", "--case", "case.json", "--entries", "entries.json", "--pin", str(pins))
    assert (done.returncode, done.stderr) == (0, "")
    for bad in (("--url", "file:///etc/passwd"), ("--entries", "case.json"), ("--entries", "nowhere.json"), ()):
        done = run("--record", *bad)
        assert (done.returncode, done.stdout) == (2, "") and "Traceback" not in done.stderr


def test_the_command_asks_this_installation_when_no_address_is_named(
    court: Court, capsys: pytest.CaptureFixture[str]
) -> None:
    court.crowd(9)
    case = court.sitting()
    judge(case, BREAKS, BREAKS, BREAKS)
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args([str(case.pk), "--record"])) == 0
    said = capsys.readouterr().out
    assert "The record is whole" in said and f"Case {case.pk} holds." in said
    assert command.run(parser.parse_args([str(case.pk + 1)])) == 2
    assert command.run(parser.parse_args([])) == 2
    with transaction.atomic():
        Seat.objects.filter(case=case, state=Seat.State.VOTED).update(reason="Because I say so.")
    assert command.run(parser.parse_args([str(case.pk)])) == 1
    assert "The reasons are not those" in capsys.readouterr().err
    with transaction.atomic():
        Entry.objects.filter(sequence=2).update(office="watch")
    assert command.run(parser.parse_args(["--record"])) == 1
    assert "Entry 2 was altered" in capsys.readouterr().err


def test_a_member_finds_their_own_place_in_a_lot(cast: Cast) -> None:
    year = Year(cast)
    case = year.case(1, [BREAKS, BREAKS, BREAKS])
    year.publish(6)
    proof = proving.case(case.pk, readable=None)
    assert proof is not None
    quarter = lot.quarter_of(MORNING.date())
    ranks = []
    for member in PoolMember.objects.filter(case=case).order_by("ticket"):
        told = verifier.own_place(proof, lot.juror_key(seeds.secret(), member.member_id, *quarter).hex())
        assert member.pseudonym in told
        ranks.append(int(re.findall(r"number (\d+)", told)[0]))
    assert ranks == list(range(1, len(ranks) + 1))
    outsider = lot.juror_key(seeds.secret(), year.cases[0].author_id, *quarter).hex()
    assert "you were not in its pool" in verifier.own_place(proof, outsider)
    assert "64 hexadecimal digits" in verifier.own_place(proof, "not a key")
