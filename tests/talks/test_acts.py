"""Who may do what, and what each act leads to: consent, mediators, mandates, verification, ratification, closing."""

from __future__ import annotations

import pytest

from palaver.talks.acts import MovedOn, append
from palaver.talks.folding import fold, standing
from palaver.talks.when import end_of, when
from tests.talks.making import Minutes, ground, promise


def _why(minutes: Minutes, *commitments: dict[str, object]) -> list[str]:
    return [because for _act, because in fold(ground(*commitments), minutes.log).refused]


def _convened() -> Minutes:
    minutes = Minutes()
    minutes.add("2026-01-02", "talk.raise", "goran")
    minutes.add("2026-01-02", "talk.invite", "goran")
    for party in ("goran", "hana"):
        minutes.add("2026-01-03", "consent.give", party)
    minutes.add("2026-01-03", "talk.convene", "goran")
    minutes.add("2026-01-03", "talk.begin", "goran")
    return minutes


def test_nobody_is_at_the_table_by_silence() -> None:
    minutes = Minutes()
    minutes.add("2026-01-02", "talk.raise", "goran")
    minutes.add("2026-01-02", "talk.invite", "goran", lapses_after_days=30)
    minutes.add("2026-01-03", "consent.give", "goran")
    minutes.add("2026-01-04", "talk.convene", "goran")
    talk = fold(ground(), minutes.log, until=end_of("2026-03-01"))
    assert [because for _act, because in talk.refused] == [
        "hana has not agreed to take part; silence is not consent (T1)."
    ]
    assert talk.phase.at(end_of("2026-01-20")) == "inviting"
    assert talk.phase.at(end_of("2026-02-02")) == "lapsed"


def test_leaving_needs_no_reason_and_ends_a_talk_of_two() -> None:
    minutes = _convened()
    minutes.add("2026-01-05", "consent.withdraw", "hana")
    talk = fold(ground(), minutes.log)
    assert (talk.phase.now, talk.refused) == ("withdrawn", [])


def test_a_mediator_serves_once_all_have_said_yes_ties_are_disclosed_and_waived() -> None:
    minutes = Minutes()
    minutes.add("2026-01-02", "mediation.offer", "record", id="ines", tied_to="goran")
    for party in ("goran", "hana"):
        minutes.add("2026-01-03", "mediation.answer", party, id="ines", answer="accepted")
    assert fold(ground(), minutes.log).mediators["ines"].now.status == "offered"
    minutes.add("2026-01-04", "mediation.disclose", "mediator:ines", id="ines", tied_to="goran")
    assert fold(ground(), minutes.log).mediators["ines"].now.status == "offered"
    minutes.add("2026-01-05", "mediation.waive", "hana", id="ines")
    assert fold(ground(), minutes.log).mediators["ines"].now.status == "serving"
    minutes.add("2026-01-06", "mediation.end", "goran", id="ines")
    assert fold(ground(), minutes.log).mediators["ines"].now.status == "ended"


def test_an_offer_that_nobody_answers_lapses_and_gives_no_seat() -> None:
    minutes = Minutes()
    minutes.add("2026-01-02", "mediation.offer", "record", id="ines", lapses_after_days=10)
    minutes.add("2026-01-03", "talk.stop", "mediator:ines", by="Ines")
    talk = fold(ground(), minutes.log, until=end_of("2026-02-01"))
    assert talk.mediators["ines"].now.status == "lapsed"
    assert [because for _act, because in talk.refused] == ["This is for a mediator who serves in this talk."]


def test_only_the_debtors_seat_makes_a_promise_and_only_the_creditor_lets_off() -> None:
    minutes = Minutes()
    minutes.add("2026-01-02", "promise.offer", "hana", id="rent")
    minutes.add("2026-01-03", "promise.accept", "hana", id="rent")
    minutes.add("2026-01-03", "promise.accept", "goran", id="rent", by="Kaya")
    minutes.add("2026-01-04", "promise.accept", "goran", id="rent")
    minutes.add("2026-01-05", "promise.release", "goran", id="rent")
    assert _why(minutes, promise("rent")) == [
        "This is for goran to do, not for hana.",
        "Kaya holds no mandate of goran to sign.",
        "This is for hana to do, not for goran.",
    ]


def test_who_has_left_office_signs_nothing_and_the_promise_binds_the_next() -> None:
    minutes = Minutes()
    minutes.make("2026-01-02", "rent")
    minutes.add("2026-01-03", "mandate.end", "goran", office="g")
    minutes.add("2026-01-04", "promise.cancel", "goran", id="rent")
    minutes.add("2026-01-05", "mandate.begin", "goran", office="g", holder="Bram", by="Bram", sources=["minutes"])
    talk = fold(ground(promise("rent")), minutes.log)
    assert [because for _act, because in talk.refused] == ["Goran holds no mandate of goran to sign."]
    assert standing(talk, "rent", end_of("2026-01-06")).status == "detached"
    assert talk.mandates["g"].now is not None and talk.mandates["g"].now.stance == "not_yet_affirmed"


def test_a_new_holder_who_repudiates_breaches_what_was_due_and_withdraws_what_was_not() -> None:
    bodies = [promise("due"), promise("later", antecedent={"attested": "rain"})]
    minutes = Minutes()
    minutes.make("2026-01-02", "due")
    minutes.make("2026-01-02", "later")
    minutes.add("2026-01-03", "mandate.repudiate", "goran", office="g")
    talk = fold(ground(*bodies), minutes.log)
    assert [standing(talk, name, end_of("2026-01-03")).status for name in ("due", "later")] == ["violated", "withdrawn"]


def test_an_allegation_never_makes_a_breach_and_an_admission_does() -> None:
    minutes = Minutes()
    minutes.make("2026-01-02", "rent")
    minutes.add("2026-01-03", "allegation.make", "hana", id="rent", allegation="one")
    talk = fold(ground(promise("rent")), minutes.log, until=end_of("2027-01-01"))
    assert standing(talk, "rent", end_of("2027-01-01"))[0] == "detached"
    minutes.add("2026-01-04", "allegation.answer", "goran", allegation="one", answer="admitted")
    talk = fold(ground(promise("rent")), minutes.log)
    assert standing(talk, "rent", end_of("2026-01-04")).ground == "admitted by the debtor"


def test_a_finding_is_an_inspectors_and_waits_for_the_debtors_reply() -> None:
    minutes = Minutes()
    minutes.make("2026-01-02", "rent")
    minutes.add("2026-01-02", "inspector.propose", "record", id="jan")
    minutes.add("2026-01-02", "inspector.agree", "goran", id="jan")
    minutes.add(
        "2026-01-03", "finding.issue", "inspector:jan", by="Jan", id="rent", finding="early", **{"is": "not_met"}
    )
    minutes.add("2026-01-04", "inspector.agree", "hana", id="jan")
    minutes.add("2026-01-05", "finding.issue", "inspector:jan", by="Jan", id="rent", finding="one", **{"is": "not_met"})
    minutes.add("2026-01-05", "finding.issue", "hana", id="rent", finding="own", **{"is": "not_met"})
    talk = fold(ground(promise("rent")), minutes.log, until=end_of("2026-02-01"))
    assert len(talk.refused) == 2
    assert standing(talk, "rent", end_of("2026-01-11")).status == "detached"
    assert standing(talk, "rent", end_of("2026-01-12")).status == "violated"


def test_where_access_is_denied_nothing_can_be_found_but_that() -> None:
    minutes = Minutes()
    minutes.make("2026-01-02", "rent")
    minutes.add("2026-01-02", "inspector.propose", "record", id="jan")
    for party in ("goran", "hana"):
        minutes.add("2026-01-02", "inspector.agree", party, id="jan")
    minutes.add("2026-01-03", "inspector.deny_access", "goran", id="jan")
    for name, result in (("one", "not_met"), ("two", "cannot_determine")):
        minutes.add(
            "2026-01-04", "finding.issue", "inspector:jan", id="rent", finding=name, urgent=True, **{"is": result}
        )
    talk = fold(ground(promise("rent")), minutes.log)
    assert [because for _act, because in talk.refused] == ["Where access was denied nothing can be determined (V3)."]
    assert standing(talk, "rent", end_of("2026-01-05")).status == "detached"


def test_a_text_is_signed_after_its_cooling_off_and_binds_when_all_have_ratified() -> None:
    minutes = _convened()
    minutes.add(
        "2026-01-05",
        "agreement.final",
        "goran",
        agreement="deal",
        commitments=["rent"],
        rules={"hana": "vote of members"},
    )
    minutes.add("2026-01-06", "agreement.sign", "goran", agreement="deal")
    minutes.add("2026-01-09", "agreement.sign", "goran", agreement="deal")
    minutes.add("2026-01-09", "agreement.sign", "hana", agreement="deal")
    talk = fold(ground(promise("rent")), minutes.log)
    assert [because.split(" hours")[0] for _act, because in talk.refused] == ["goran signs 72"]
    assert (talk.phase.now, standing(talk, "rent", end_of("2026-01-09")).status) == ("ratifying", "drafted")
    minutes.add("2026-01-12", "agreement.ratify", "hana", agreement="deal")
    talk = fold(ground(promise("rent")), minutes.log)
    assert (talk.phase.now, standing(talk, "rent", end_of("2026-01-12")).status) == ("in_force", "detached")


def test_a_vote_that_fails_leads_back_to_the_table() -> None:
    minutes = _convened()
    minutes.add("2026-01-05", "agreement.final", "goran", agreement="deal", cooling_hours=0, rules={"hana": "vote"})
    for party in ("goran", "hana"):
        minutes.add("2026-01-06", "agreement.sign", party, agreement="deal")
    minutes.add("2026-01-08", "agreement.ratify", "hana", agreement="deal", answer="no")
    talk = fold(ground(), minutes.log)
    assert (talk.phase.now, talk.agreements["deal"].now.status) == ("active", "failed")


def test_closing_without_a_deal_makes_nothing_and_leaves_what_was_in_force() -> None:
    bodies = [promise("old"), promise("new")]
    minutes = _convened()
    minutes.make("2026-01-04", "old")
    minutes.add("2026-01-05", "promise.offer", "goran", id="new")
    minutes.add("2026-01-06", "talk.close", "hana")
    minutes.add("2026-01-06", "statement.make", "hana", text="No.", reasons=["trust"])
    minutes.add("2026-01-06", "statement.make", "goran", none_given=True)
    minutes.add("2026-01-06", "statement.make", "goran", reasons=["spite"])
    talk = fold(ground(*bodies), minutes.log)
    assert [standing(talk, name, end_of("2026-01-07")).status for name in ("old", "new")] == ["detached", "lapsed"]
    assert talk.statements["goran"].now is None
    assert talk.refused[0][1].startswith("spite is none of the reasons")


def test_an_act_that_is_unknown_misshapen_or_without_an_actor_has_no_effect() -> None:
    minutes = Minutes()
    minutes.add("2026-01-02", "promise.dance", "goran")
    minutes.add("2026-01-02", "mandate.end", "goran")
    minutes.add("2026-01-02", "consent.give", "goran", by="")
    minutes.add("2026-01-02", "promise.accept", "goran", id="nothing")
    why = _why(minutes)
    assert why[0] == "'promise.dance' is no kind of act."
    assert why[1].startswith("Its body does not fit its kind")
    assert why[2:] == [
        "An act needs somebody who does it, or sources that tell of it.",
        "There is no commitment nothing.",
    ]


def test_nobody_acts_on_a_talk_that_has_moved_on() -> None:
    minutes = Minutes()
    act = minutes.log[-1]._replace(sequence=9)
    assert append(minutes.log, act, seen=2)[-1] == act
    with pytest.raises(MovedOn, match="1 acts were entered"):
        append(minutes.log, act, seen=1)
    with pytest.raises(ValueError, match="rise"):
        append(minutes.log, act._replace(sequence=1), seen=2)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1994", "1994-01-01T00:00:00Z", "1994-12-31T23:59:59Z"),
        ("2002-12", "2002-12-01T00:00:00Z", "2002-12-31T23:59:59Z"),
        ("2024-02-29", "2024-02-29T00:00:00Z", "2024-02-29T23:59:59Z"),
        ("1994-06-15..1994-06-18", "1994-06-15T00:00:00Z", "1994-06-18T23:59:59Z"),
        ("2026-01-02T09:30Z", "2026-01-02T09:30:00Z", "2026-01-02T09:30:59Z"),
    ],
)
def test_a_time_is_known_from_its_first_second_to_its_last(text: str, first: str, last: str) -> None:
    assert (when(text).start, when(text).end) == (when(first).start, when(last).start)


@pytest.mark.parametrize("text", ["", "yesterday", "1994-13", "2023-02-29", "1994-06-18..1994-06-15", "1994-6-1"])
def test_what_is_no_time_is_told_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"no date|ends before"):
        when(text)
