"""What each kind of act does to a talk. One function a kind, one table; `docs/scenarios.md` explains their bodies.

A handler asks whose act it is, then whether it can follow, then changes tracks. What it refuses it raises as NoEffect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from palaver.talks import plans
from palaver.talks.acts import Act
from palaver.talks.authorising import (
    POWERS,
    as_creditor,
    as_debtor,
    as_inspector,
    as_mediator,
    as_one_of,
    as_party,
    as_party_or_mediator,
)
from palaver.talks.commitments import LIVE, MOVES, terms
from palaver.talks.promising import Promise
from palaver.talks.state import (
    INVITATION_DAYS,
    OFFER_DAYS,
    OPEN,
    OVER,
    Agreement,
    Amendment,
    Item,
    Mandate,
    Mediator,
    NoEffect,
    Statement,
    Talk,
)
from palaver.talks.tracks import Track
from palaver.talks.when import days

Handler = Callable[[Talk, Act], None]

REASONS = frozenset(
    {"substance_gap", "sequencing", "scope", "verification", "mandate", "trust", "procedure", "outside_event", "safety",
     "time", "other"}
)  # fmt: skip
REPLY_DAYS = 7
COOLING_HOURS = 72

# ---------------------------------------------------------------- the talk itself


def _raise(talk: Talk, act: Act) -> None:
    talk.go("raised")


def _invite(talk: Talk, act: Act) -> None:
    if talk.phase.now == "raised":
        talk.go("inviting")
    if talk.phase.now != "inviting":
        raise NoEffect("Parties are invited before a talk is convened.")
    talk.later(talk.at + days(int(act.body.get("lapses_after_days", INVITATION_DAYS))), _invitation_lapses)


def _invitation_lapses(talk: Talk) -> None:
    """Silence is never consent, and never a fault."""
    if talk.phase.now == "inviting":
        talk.go("lapsed")


def _consent_give(talk: Talk, act: Act) -> None:
    party, purpose = as_party(talk, act, "accept"), str(act.body.get("purpose", "take_part"))
    talk.consents.setdefault((party, purpose), Track(False)).set(talk.at, True)


def _consent_withdraw(talk: Talk, act: Act) -> None:
    """Always possible, without a reason, at once (T2)."""
    party, purpose = as_party(talk, act, "speak"), str(act.body.get("purpose", "take_part"))
    track = talk.consents.get((party, purpose))
    if track is None or not track.now:
        raise NoEffect(f"{party} has not consented to that, so there is nothing to take back.")
    track.set(talk.at, False)
    if purpose == "take_part" and talk.phase.now in {"inviting", *OPEN}:
        left = [one for one in talk.parties if _consents(talk, one)]
        if len(left) < 2:
            talk.go("withdrawn")
            _positions_lapse(talk, act)


def _consents(talk: Talk, party: str) -> bool:
    track = talk.consents.get((party, "take_part"))
    return track is not None and track.now


def _decline(talk: Talk, act: Act) -> None:
    as_party(talk, act, "speak")
    talk.go("declined")


def _convene(talk: Talk, act: Act) -> None:
    missing = [party for party in talk.parties if not _consents(talk, party)]
    if missing:
        raise NoEffect(f"{', '.join(missing)} has not agreed to take part; silence is not consent (T1).")
    talk.go("convened")


def _phase(phase: str) -> Handler:
    def handler(talk: Talk, act: Act) -> None:
        talk.go(phase)

    return handler


def _stall(talk: Talk, act: Act) -> None:
    if talk.phase.now in OVER:
        raise NoEffect("A talk that is over cannot stand still.")
    talk.stalemate.set(talk.at, str(act.body.get("because") or "no accepted move"))


def _move_on(talk: Talk, act: Act) -> None:
    talk.stalemate.set(talk.at, "")


def _close(talk: Talk, act: Act) -> None:
    """Without a deal: no promise comes of it and none that was in force goes (T3); what was only offered lapses (T5)."""
    talk.go("closed_no_deal")
    _positions_lapse(talk, act)


def _positions_lapse(talk: Talk, act: Act) -> None:
    for promise in talk.promises.all.values():
        if promise.track.now.status in {"drafted", "offered"}:
            talk.promises.end(promise, "lapsed", act, "the talk closed")


def _statement(talk: Talk, act: Act) -> None:
    party = as_party(talk, act, "speak")
    reasons = tuple(str(one) for one in act.body.get("reasons", ()))
    if unknown := set(reasons) - REASONS:
        raise NoEffect(f"{', '.join(sorted(unknown))} is none of the reasons {', '.join(sorted(REASONS))}.")
    made = None if act.body.get("none_given") else Statement(str(act.body.get("text", "")), reasons)
    talk.statements.setdefault(party, Track(None)).set(talk.at, made)


def _reopen(talk: Talk, act: Act) -> None:
    talk.go("reopened")
    talk.next_round.set(talk.at, str(act.body.get("as", "")))


def _conclude(talk: Talk, act: Act) -> None:
    talk.go("concluded")


def _collapse(talk: Talk, act: Act) -> None:
    talk.go("collapsed")
    for name, track in talk.agreements.items():
        if track.now.status == "in_force":
            _terminate(talk, act, name)


# ---------------------------------------------------------------- mediators


def _mediation_offer(talk: Talk, act: Act) -> None:
    name, body = str(act.body["id"]), act.body
    if name in talk.mediators:
        raise NoEffect(f"There is an offer {name} already.")
    if name in talk.inspectors:
        raise NoEffect("An inspector does not mediate in the same talk (V1).")
    made = Mediator(
        str(body.get("person", name)),
        str(body.get("capacity", "private")),
        str(body.get("tied_to", "")),
        str(body.get("condition", "")),
        "offered",
        {},
    )
    talk.mediators[name] = Track(made._replace(status="drafted"))
    talk.mediators[name].set(talk.at, made)
    ends = act.when.end + days(int(body.get("lapses_after_days", OFFER_DAYS)))

    def lapse(talk: Talk) -> None:
        if talk.mediators[name].now.status == "offered":
            talk.mediators[name].set(talk.at, talk.mediators[name].now._replace(status="lapsed"))

    talk.later(ends + 1, lapse)


def _mediator(talk: Talk, act: Act) -> tuple[Track[Mediator], Mediator]:
    track = talk.mediators.get(str(act.body.get("id")))
    if track is None:
        raise NoEffect(f"There is no offer {act.body.get('id')}.")
    return track, track.now


def _mediation_answer(talk: Talk, act: Act) -> None:
    track, now = _mediator(talk, act)
    if now.status != "offered":
        raise NoEffect(f"This offer is {now.status}; it takes no answer any more.")
    answer = str(act.body.get("answer"))
    if answer not in {"accepted", "accepted_if", "refused"}:
        raise NoEffect("An offer is accepted, accepted_if or refused.")
    party = as_party(talk, act, "accept")
    track.set(talk.at, now._replace(answers={**now.answers, party: answer}))
    if answer == "refused":
        track.set(talk.at, track.now._replace(status="refused"))
    _appoint_if_clear(talk, track)


def _appoint_if_clear(talk: Talk, track: Track[Mediator]) -> None:
    """Appointed when every party has said yes, the disclosure is filed and no objection stands (M1, M3)."""
    now = track.now
    if now.status != "offered" or any(now.answers.get(party) != "accepted" for party in talk.parties):
        return
    if not now.is_disclosed or now.objections:
        return
    if now.tied_to and any(party != now.tied_to and party not in now.waivers for party in talk.parties):
        return
    track.set(talk.at, now._replace(status="serving"))


def _mediation_disclose(talk: Talk, act: Act) -> None:
    track, now = _mediator(talk, act)
    track.set(talk.at, now._replace(is_disclosed=True, tied_to=str(act.body.get("tied_to", now.tied_to))))
    _appoint_if_clear(talk, track)


def _mediation_object(talk: Talk, act: Act) -> None:
    track, now = _mediator(talk, act)
    track.set(talk.at, now._replace(objections=now.objections | {as_party(talk, act, "speak")}))


def _mediation_waive(talk: Talk, act: Act) -> None:
    track, now = _mediator(talk, act)
    party = as_party(talk, act, "waive")
    track.set(talk.at, now._replace(waivers=now.waivers | {party}, objections=now.objections - {party}))
    _appoint_if_clear(talk, track)


def _mediation_end(status: str) -> Handler:
    def handler(talk: Talk, act: Act) -> None:
        track, now = _mediator(talk, act)
        expected = {"withdrawn": {"offered"}, "stepped_back": {"serving"}, "serving": {"stepped_back"}}.get(
            status, {"serving", "stepped_back"}
        )
        if now.status not in expected:
            raise NoEffect(f"A mediator who is {now.status} cannot become {status}.")
        if status == "ended" and act.seat in talk.parties:
            as_party(talk, act, "speak")  # Any party removes a mediator, without cause (M2).
        track.set(talk.at, now._replace(status=status))
        if status in {"ended", "stepped_back"} and talk.phase.now == "active":
            serving = any(other.now.status == "serving" for other in talk.mediators.values())
            if not serving:
                talk.go("adjourned")

    return handler


def _nominate(talk: Talk, act: Act) -> None:
    talk.nominations.setdefault(str(act.body["id"]), Track("")).set(talk.at, "nominated")


def _nomination_answer(talk: Talk, act: Act) -> None:
    track = talk.nominations.get(str(act.body["id"]))
    if track is None:
        raise NoEffect(f"Nobody nominated {act.body['id']}.")
    track.set(talk.at, str(act.body.get("answer", "willing")))


# ---------------------------------------------------------------- mandates and succession


def _mandate_begin(talk: Talk, act: Act) -> None:
    office, powers = str(act.body["office"]), frozenset(act.body.get("powers", POWERS))
    if office not in talk.offices:
        raise NoEffect(f"There is no office {office}.")
    if unknown := powers - set(POWERS):
        raise NoEffect(f"{', '.join(sorted(unknown))} is none of the powers {', '.join(POWERS)}.")
    had_one = office in talk.mandates
    stance = "not_yet_affirmed" if had_one and _bound(talk, talk.offices[office]) else ""
    made = Mandate(str(act.body["holder"]), powers, stance)
    talk.mandates.setdefault(office, Track(None)).set(talk.at, made)
    talk.promises.stir(("mandate", office))


def _bound(talk: Talk, party: str) -> bool:
    """Promises bind the party, whoever holds its office (S1)."""
    return any(party in p.terms.debtor and p.track.now.status in LIVE for p in talk.promises.all.values())


def _mandate(talk: Talk, act: Act) -> tuple[Track[Mandate | None], Mandate]:
    track = talk.mandates.get(str(act.body["office"]))
    if track is None or track.now is None:
        raise NoEffect(f"Nobody holds the office {act.body['office']}.")
    return track, track.now


def _mandate_end(talk: Talk, act: Act) -> None:
    track, _now = _mandate(talk, act)
    track.set(talk.at, None)
    talk.promises.stir(("mandate", str(act.body["office"])))


def _mandate_stance(stance: str) -> Handler:
    def handler(talk: Talk, act: Act) -> None:
        track, now = _mandate(talk, act)
        party = as_one_of(talk, act, [talk.offices[str(act.body["office"])]], "sign")
        track.set(talk.at, now._replace(stance=stance))
        if stance == "repudiated":
            for promise in talk.promises.all.values():
                if party in promise.terms.debtor and promise.track.now.status in LIVE:
                    _debtor_ends(talk, act, promise, "repudiated by a new holder")  # S3

    return handler


# ---------------------------------------------------------------- commitments


def _promise(talk: Talk, act: Act) -> Promise:
    promise = talk.promises.all.get(str(act.body.get("id")))
    if promise is None:
        raise NoEffect(f"There is no commitment {act.body.get('id')}.")
    return promise


def _follows(promise: Promise, status: str) -> None:
    """C2: only the moves that are drawn."""
    now = promise.track.now.status
    if status not in MOVES.get(now, frozenset()):
        raise NoEffect(f"A commitment that is {now} cannot become {status}.")


def _promise_offer(talk: Talk, act: Act) -> None:
    promise = _promise(talk, act)
    # Proposing is free to every party: what it proposes of another binds nobody until that other accepts.
    as_party_or_mediator(talk, act, "propose")
    _follows(promise, "offered")
    talk.promises.offer(promise, act)


def _promise_accept(talk: Talk, act: Act) -> None:
    """The debtor's seat makes it, and nobody else's (C1)."""
    promise = _promise(talk, act)
    as_debtor(talk, act, promise)
    if promise.track.now.status != "offered":
        raise NoEffect(f"A commitment that is {promise.track.now.status} is not accepted; only an offered one is.")
    talk.promises.make(promise)


def _promise_end(status: str) -> Handler:
    def handler(talk: Talk, act: Act) -> None:
        promise = _promise(talk, act)
        if status == "released":
            as_creditor(talk, act, promise)
        elif status == "refused":
            as_debtor(talk, act, promise)
        else:
            as_party_or_mediator(talk, act, "propose")
            if promise.track.now.status not in {"drafted", "offered"}:
                raise NoEffect("What has been promised is cancelled by its debtor, not withdrawn.")
        _follows(promise, status)
        talk.promises.end(promise, status, act)

    return handler


def _promise_cancel(talk: Talk, act: Act) -> None:
    promise = _promise(talk, act)
    as_debtor(talk, act, promise)
    if promise.track.now.status not in LIVE:
        raise NoEffect(f"A commitment that is {promise.track.now.status} cannot be declared ended.")
    _debtor_ends(talk, act, promise, "declared ended by the debtor")


def _debtor_ends(talk: Talk, act: Act, promise: Promise, ground: str) -> None:
    """Before it falls due it is withdrawn; afterwards that is a breach by the debtor's own declared act (C8)."""
    if "detached" in promise.ever:
        talk.promises.breach(promise, act, ground)
    else:
        talk.promises.end(promise, "withdrawn", act, ground)


def _promise_stop(talk: Talk, act: Act) -> None:
    promise = _promise(talk, act)
    party = as_debtor(talk, act, promise)
    if party in promise.terms.may_suspend:
        _follows(promise, "suspended")
        talk.promises.suspend(promise, act, "a power that the text gives")
        return
    _follows(promise, "stopped")
    talk.promises.stop(promise, act)


def _promise_suspend(talk: Talk, act: Act) -> None:
    """By a written power of the acting seat, or because the parties have agreed (both sides' acts, each naming the other)."""
    promise = _promise(talk, act)
    party = as_party(talk, act, "sign")
    agreed = set(act.body.get("agreed_with", ())) | {party}
    if party not in promise.terms.may_suspend and not set(talk.parties) <= agreed:
        raise NoEffect(f"The text gives {party} no power to suspend this; a stop of one's own is recorded as a stop.")
    _follows(promise, "suspended")
    talk.promises.suspend(promise, act, "agreed" if set(talk.parties) <= agreed else "a power that the text gives")


def _promise_resume(talk: Talk, act: Act) -> None:
    promise = _promise(talk, act)
    if promise.track.now.status not in {"suspended", "stopped"}:
        raise NoEffect("Only what was suspended or stopped is resumed.")
    as_party(talk, act, "sign")
    talk.promises.resume(promise, act)


def _promise_cure(talk: Talk, act: Act) -> None:
    """After a breach the debtor takes it up again; kept then, it is kept late."""
    promise = _promise(talk, act)
    as_debtor(talk, act, promise)
    if promise.track.now.status != "violated":
        raise NoEffect("Only what was breached is cured.")
    talk.promises.take_up_again(promise, act)


def _promise_acknowledge(talk: Talk, act: Act) -> None:
    """The creditor says that it was kept."""
    promise = _promise(talk, act)
    as_creditor(talk, act, promise)
    if promise.track.now.status not in {"detached", "stopped", "violated"}:
        raise NoEffect(f"A commitment that is {promise.track.now.status} is not there to be kept.")
    talk.promises.keep(promise, act, "acknowledged")


def _promise_admit(talk: Talk, act: Act) -> None:
    promise = _promise(talk, act)
    as_debtor(talk, act, promise)
    _follows(promise, "violated")
    talk.promises.breach(promise, act, "admitted by the debtor")


def _promise_breach(talk: Talk, act: Act) -> None:
    """All parties agree that it was breached (C4 d): it takes the word of each."""
    promise = _promise(talk, act)
    promise.agreed_breach.add(as_party(talk, act, "accept"))
    if set(talk.parties) <= promise.agreed_breach:
        _follows(promise, "violated")
        talk.promises.breach(promise, act, "all parties agree")


def _promise_level(talk: Talk, act: Act) -> None:
    talk.promises.say_level(_promise(talk, act), str(act.body.get("level", "")))


def _attest(talk: Talk, act: Act) -> None:
    fact = str(act.body["fact"])
    talk.attested.setdefault(fact, {}).setdefault(act.seat or "record", talk.at)
    talk.promises.stir(("attested", fact))


# ---------------------------------------------------------------- allegations, inspectors, findings


def _allege(talk: Talk, act: Act) -> None:
    name, promise = str(act.body["allegation"]), _promise(talk, act)
    as_party(talk, act, "speak")
    if name in talk.allegations:
        raise NoEffect(f"There is an allegation {name} already.")
    talk.allegations[name] = (promise.terms.id, act.seat)
    talk.promises.allege(promise, name, "")


def _allegation_answer(talk: Talk, act: Act) -> None:
    name, answer = str(act.body["allegation"]), str(act.body.get("answer"))
    if name not in talk.allegations or answer not in {"admitted", "denied"}:
        raise NoEffect("An allegation that was made is admitted or denied.")
    promise = talk.promises.all[talk.allegations[name][0]]
    as_debtor(talk, act, promise)
    talk.promises.allege(promise, name, answer)
    if answer == "admitted" and "violated" in MOVES.get(promise.track.now.status, frozenset()):
        talk.promises.breach(promise, act, "admitted by the debtor")


def _inspector_propose(talk: Talk, act: Act) -> None:
    name = str(act.body["id"])
    if name in talk.mediators:
        raise NoEffect("A mediator does not inspect in the same talk (M4).")
    talk.inspectors.setdefault(name, Track("")).set(talk.at, "proposed")


def _inspector(talk: Talk, act: Act) -> Track[str]:
    track = talk.inspectors.get(str(act.body["id"]))
    if track is None:
        raise NoEffect(f"Nobody proposed {act.body['id']} as inspector.")
    return track


def _inspector_agree(talk: Talk, act: Act) -> None:
    """Accepted like a mediator: by every party (V1)."""
    track, name = _inspector(talk, act), str(act.body["id"])
    agreed = talk.inspectors_agreed.get(name, frozenset()) | {as_party(talk, act, "accept")}
    talk.inspectors_agreed[name] = agreed
    if set(talk.parties) <= agreed and track.now == "proposed":
        track.set(talk.at, "active")


def _inspector_to(status: str, *before: str) -> Handler:
    def handler(talk: Talk, act: Act) -> None:
        track = _inspector(talk, act)
        if track.now not in before:
            raise NoEffect(f"An inspector who is {track.now} cannot become {status}.")
        track.set(talk.at, status)

    return handler


def _finding_issue(talk: Talk, act: Act) -> None:
    """It takes effect when the debtor has had seven days to reply, at once when it is urgent or was waived (V4)."""
    name, inspector, promise = str(act.body["finding"]), as_inspector(talk, act), _promise(talk, act)
    result = str(act.body.get("is"))
    if result not in {"met", "partly", "not_met", "cannot_determine"}:
        raise NoEffect("A finding is met, partly, not_met or cannot_determine.")
    if talk.inspectors[inspector].now == "access_denied" and result != "cannot_determine":
        raise NoEffect("Where access was denied nothing can be determined (V3).")
    if name in talk.findings:
        raise NoEffect(f"There is a finding {name} already.")
    talk.findings[name] = {**act.body, "by": inspector, "status": "issued"}

    def publish(talk: Talk) -> None:
        if talk.findings[name]["status"] == "issued":
            _finding_stands(talk, act, name, promise)

    if act.body.get("urgent"):
        publish(talk)
    else:
        talk.later(talk.at + days(REPLY_DAYS), publish)


def _finding_stands(talk: Talk, act: Act, name: str, promise: Promise) -> None:
    finding = talk.findings[name] = {**talk.findings[name], "status": "upheld"}
    promise.findings[name] = finding
    talk.promises.stir(("found", promise.terms.id))
    now = promise.track.now.status
    match finding["is"]:
        case "met" if now in {"detached", "stopped", "violated"}:
            talk.promises.keep(promise, act, "found met")
        case "not_met" if "violated" in MOVES.get(now, frozenset()):
            talk.promises.breach(promise, act, "found not met")
        case "partly":
            talk.promises.say_level(promise, str(finding.get("level", "")))


def _finding_reply(status: str) -> Handler:
    def handler(talk: Talk, act: Act) -> None:
        name = str(act.body["finding"])
        finding = talk.findings.get(name)
        if finding is None or finding["status"] != "issued":
            raise NoEffect("This finding is not open to that any more.")
        promise = talk.promises.all[str(finding["id"])]
        if status == "waived":
            as_debtor(talk, act, promise)
        else:
            as_inspector(talk, act)
        if status == "withdrawn":
            talk.findings[name] = {**finding, "status": status}
        else:
            _finding_stands(talk, act, name, promise)

    return handler


# ---------------------------------------------------------------- plan and amendments


def _plan_offer(talk: Talk, act: Act) -> None:
    as_party_or_mediator(talk, act, "propose")
    if talk.versions.now:
        raise NoEffect("There is a plan already; it is changed by amendments.")
    try:
        made = plans.points(act.body.get("points", ()))
    except plans.Unfit as error:
        raise NoEffect(str(error)) from None
    talk.versions.set(talk.at, (made,))
    talk.plan_agreed.set(talk.at, frozenset())


def _plan_agree(talk: Talk, act: Act) -> None:
    if not talk.versions.now:
        raise NoEffect("There is no plan to agree to.")
    talk.plan_agreed.set(talk.at, talk.plan_agreed.now | {as_party(talk, act, "accept")})


def _amendment_draft(talk: Talk, act: Act) -> None:
    """Anybody may draft; what is only drafted decides nothing."""
    name = str(act.body["amendment"])
    if name in talk.amendments:
        raise NoEffect(f"There is an amendment {name} already.")
    base = int(act.body.get("base", len(talk.versions.now)))
    track = talk.amendments[name] = Track(Amendment(base, (), act.seat, "", ""))
    track.set(
        talk.at,
        Amendment(
            base,
            tuple(act.body.get("ops", ())),
            act.seat or act.by,
            str(act.body.get("because", "")),
            "drafted",
            supersedes=act.body.get("supersedes", {}),
        ),
    )


def _amendment(talk: Talk, act: Act, *status: str) -> tuple[Track[Amendment], Amendment]:
    track = talk.amendments.get(str(act.body["amendment"]))
    if track is None or track.now.status not in status:
        state = "not there" if track is None else track.now.status
        raise NoEffect(f"The amendment {act.body['amendment']} is {state}.")
    return track, track.now


def _amendment_table(talk: Talk, act: Act) -> None:
    """Only what fits the version in force can be decided; an older base is for a person to rebase (P3)."""
    as_party_or_mediator(talk, act, "propose")
    if str(act.body["amendment"]) not in talk.amendments:
        _amendment_draft(talk, act)
    track, now = _amendment(talk, act, "drafted")
    current = len(talk.versions.now)
    if now.base != current:
        raise NoEffect(
            f"It was written for version {now.base}; version {current} is the newest, so it must be rebased."
        )
    try:
        plans.apply(talk.versions.now[-1] if current else (), now.ops)
    except plans.Unfit as error:
        raise NoEffect(str(error)) from None
    decides = _who_decides(talk, now)
    track.set(
        talk.at, now._replace(status="tabled", decides=decides, is_sealed=bool(act.body.get("sealed", now.is_sealed)))
    )


def _who_decides(talk: Talk, amendment: Amendment) -> tuple[str, ...]:
    """The parties bound by the points and commitments it touches; all of them where that names nobody (P1)."""
    touched = frozenset().union(*(plans.touched(op) for op in amendment.ops)) if amendment.ops else frozenset()
    bound: set[str] = set()
    for promise in talk.promises.all.values():
        if promise.terms.point in touched or promise.terms.id in amendment.supersedes:
            bound |= set(promise.terms.debtor) | set(promise.terms.creditors)
    inserts = any(op.get("op") == "insert" for op in amendment.ops)
    return tuple(party for party in talk.parties if not bound or inserts or party in bound)


def _amendment_answer(talk: Talk, act: Act) -> None:
    track, now = _amendment(talk, act, "tabled")
    party, answer = as_one_of(talk, act, now.decides, "accept"), str(act.body.get("answer"))
    if answer not in {"accepted", "refused", "counter"}:
        raise NoEffect("An amendment is accepted, refused or met with a counter-proposal.")
    answers = {**now.answers, party: answer}
    now = now._replace(answers=answers)
    everybody = all(one in answers for one in now.decides)
    if all(answers.get(one) == "accepted" for one in now.decides):
        track.set(talk.at, now._replace(status="adopted"))
        _adopt(talk, act, now)
    elif "refused" in answers.values() and (not now.is_sealed or everybody):
        track.set(talk.at, now._replace(status="refused"))
    else:
        track.set(talk.at, now)


def _adopt(talk: Talk, act: Act, amendment: Amendment) -> None:
    versions = talk.versions.now
    talk.versions.set(talk.at, (*versions, plans.apply(versions[-1] if versions else (), amendment.ops)))
    for name, other in talk.amendments.items():
        if other.now.status == "tabled" and other.now.base <= amendment.base:
            talk.amendments[name].set(talk.at, other.now._replace(status="overtaken"))
    for old, new in amendment.supersedes.items():
        before = talk.promises.all.get(old)
        if before is None:
            continue
        talk.promises.end(before, "superseded", act, "an adopted amendment")
        if isinstance(new, Mapping):
            made = talk.promises.add(terms(new))
            talk.promises.replace(old, made.terms.id)
            talk.promises.make(made)


def _amendment_withdraw(talk: Talk, act: Act) -> None:
    track, now = _amendment(talk, act, "drafted", "tabled")
    if now.by not in {act.seat, act.by}:
        raise NoEffect("An amendment is withdrawn by whoever made it.")
    track.set(talk.at, now._replace(status="withdrawn"))


# ---------------------------------------------------------------- measures


def _measure_declare(talk: Talk, act: Act) -> None:
    name = str(act.body["id"])
    owner = str(act.body.get("owner", act.seat))
    talk.owners[name] = owner
    items = talk.measures.setdefault(name, {})
    for item in act.body.get("items", ()):
        items[str(item["id"])] = Track(Item(str(item.get("text", "")), ""))
        items[str(item["id"])].set(talk.at, Item(str(item.get("text", ""))))
    talk.promises.stir(("measure", name))


def _items(talk: Talk, act: Act) -> list[Track[Item]]:
    items = talk.measures.get(str(act.body["id"]), {})
    try:
        return [items[str(one)] for one in act.body.get("items", items)]
    except KeyError as missing:
        raise NoEffect(f"The measure {act.body['id']} has no part {missing}.") from None


def _measure_request(talk: Talk, act: Act) -> None:
    as_party(talk, act, "propose")
    for track in _items(talk, act):
        track.set(talk.at, track.now._replace(is_requested=True))


def _measure_to(status: str) -> Handler:
    def handler(talk: Talk, act: Act) -> None:
        """Each part can be lifted, suspended and restored by whoever holds it."""
        owner = talk.owners.get(str(act.body["id"]), "")
        if owner in talk.parties:
            as_one_of(talk, act, [owner], "sign")
        for track in _items(talk, act):
            track.set(talk.at, track.now._replace(status=status))
        talk.promises.stir(("measure", str(act.body["id"])))

    return handler


# ---------------------------------------------------------------- agreement and ratification


def _agreement_final(talk: Talk, act: Act) -> None:
    name = str(act.body["agreement"])
    if name in talk.agreements:
        raise NoEffect(f"There is a text {name} already.")
    names = tuple(str(one) for one in act.body.get("commitments", ()))
    if unknown := [one for one in names if one not in talk.promises.all]:
        raise NoEffect(f"The text names commitments that are not there: {', '.join(unknown)}.")
    talk.go("agreed_in_principle")
    made = Agreement(
        names,
        tuple(act.body.get("signatories", talk.parties)),
        act.when.start,
        int(act.body.get("cooling_hours", COOLING_HOURS)),
        rules=dict(act.body.get("rules", {})),
    )
    talk.agreements[name] = Track(made._replace(status=""))
    talk.agreements[name].set(talk.at, made)


def _agreement(talk: Talk, act: Act) -> tuple[str, Track[Agreement], Agreement]:
    name = str(act.body["agreement"])
    if name not in talk.agreements:
        raise NoEffect(f"There is no text {name}.")
    return name, talk.agreements[name], talk.agreements[name].now


def _agreement_waive(talk: Talk, act: Act) -> None:
    _name, track, now = _agreement(talk, act)
    track.set(talk.at, now._replace(waived=now.waived | {as_party(talk, act, "waive")}))


def _agreement_sign(talk: Talk, act: Act) -> None:
    name, track, now = _agreement(talk, act)
    party = as_one_of(talk, act, now.signatories, "sign")
    if now.status not in {"text_final", "open_for_ratification"}:
        raise NoEffect(f"A text that is {now.status} is not signed.")
    if party not in now.waived and act.when.end < now.final_at + now.cooling_hours * 3600:
        raise NoEffect(
            f"{party} signs {now.cooling_hours} hours after the final text at the earliest, unless it waives them."
        )
    if talk.phase.now == "agreed_in_principle":
        talk.go("ratifying")
    track.set(talk.at, now._replace(status="open_for_ratification", signed=now.signed | {party}))
    _into_force(talk, act, name)


def _agreement_ratify(talk: Talk, act: Act) -> None:
    name, track, now = _agreement(talk, act)
    party = as_one_of(talk, act, now.rules, "ratify")
    if act.body.get("answer", "yes") != "yes":
        track.set(talk.at, now._replace(status="failed"))
        talk.go("ratification_failed")
        talk.go("active")
        return
    track.set(talk.at, now._replace(ratified=now.ratified | {party}))
    _into_force(talk, act, name)


def _into_force(talk: Talk, act: Act, name: str) -> None:
    track = talk.agreements[name]
    now = track.now
    if not set(now.signatories) <= now.signed or not set(now.rules) <= now.ratified:
        return
    track.set(talk.at, now._replace(status="in_force"))
    talk.go("in_force")
    for one in now.commitments:
        promise = talk.promises.all[one]
        if promise.track.now.status in {"drafted", "offered"}:
            talk.promises.make(promise)


def _agreement_terminate(talk: Talk, act: Act) -> None:
    name, _track, now = _agreement(talk, act)
    if now.status != "in_force":
        raise NoEffect(f"A text that is {now.status} is not terminated.")
    _terminate(talk, act, name)


def _terminate(talk: Talk, act: Act, name: str) -> None:
    """What was still owed ends without blame; what was breached stays breached; what is meant to survive goes on."""
    track = talk.agreements[name]
    track.set(talk.at, track.now._replace(status="terminated"))
    for one in track.now.commitments:
        promise = talk.promises.all[one]
        if promise.track.now.status in LIVE | {"violated"}:
            talk.promises.end(promise, "terminated", act, "the agreement ended")


# ---------------------------------------------------------------- sittings, publication


def _sitting(status: str) -> Handler:
    def handler(talk: Talk, act: Act) -> None:
        talk.sittings.setdefault(str(act.body["id"]), Track("")).set(talk.at, status)

    return handler


def _publish(talk: Talk, act: Act) -> None:
    """A page is public at the hash that every party has approved, and at no other."""
    text = str(act.body["hash"])
    talk.published[text] = talk.published.get(text, frozenset()) | {as_party(talk, act, "accept")}


def _safety_pause(talk: Talk, act: Act) -> None:
    """The mediator pauses; why is for nobody else to know."""
    as_mediator(talk, act)
    talk.go("stopped_for_safety")


def _note(talk: Talk, act: Act) -> None:
    """Said for the log: a position, a note, an observation. It changes no state."""


HANDLERS: dict[str, Handler] = {
    "talk.raise": _raise,
    "talk.invite": _invite,
    "talk.decline": _decline,
    "talk.convene": _convene,
    "talk.begin": _phase("active"),
    "talk.adjourn": _phase("adjourned"),
    "talk.resume": _phase("active"),
    "talk.stall": _stall,
    "talk.move_on": _move_on,
    "talk.close": _close,
    "talk.refer": _phase("referred"),
    "talk.stop": _safety_pause,
    "talk.conclude": _conclude,
    "talk.collapse": _collapse,
    "talk.reopen": _reopen,
    "statement.make": _statement,
    "consent.give": _consent_give,
    "consent.withdraw": _consent_withdraw,
    "mediation.offer": _mediation_offer,
    "mediation.answer": _mediation_answer,
    "mediation.disclose": _mediation_disclose,
    "mediation.object": _mediation_object,
    "mediation.waive": _mediation_waive,
    "mediation.withdraw": _mediation_end("withdrawn"),
    "mediation.step_back": _mediation_end("stepped_back"),
    "mediation.return": _mediation_end("serving"),
    "mediation.end": _mediation_end("ended"),
    "nomination.make": _nominate,
    "nomination.answer": _nomination_answer,
    "mandate.begin": _mandate_begin,
    "mandate.end": _mandate_end,
    "mandate.affirm": _mandate_stance("affirmed"),
    "mandate.reserve": _mandate_stance("reserved"),
    "mandate.repudiate": _mandate_stance("repudiated"),
    "promise.offer": _promise_offer,
    "promise.accept": _promise_accept,
    "promise.refuse": _promise_end("refused"),
    "promise.withdraw": _promise_end("withdrawn"),
    "promise.release": _promise_end("released"),
    "promise.cancel": _promise_cancel,
    "promise.stop": _promise_stop,
    "promise.suspend": _promise_suspend,
    "promise.resume": _promise_resume,
    "promise.cure": _promise_cure,
    "promise.acknowledge": _promise_acknowledge,
    "promise.admit": _promise_admit,
    "promise.breach": _promise_breach,
    "promise.level": _promise_level,
    "fact.attest": _attest,
    "allegation.make": _allege,
    "allegation.answer": _allegation_answer,
    "inspector.propose": _inspector_propose,
    "inspector.agree": _inspector_agree,
    "inspector.deny_access": _inspector_to("access_denied", "active"),
    "inspector.give_access": _inspector_to("active", "access_denied"),
    "inspector.end": _inspector_to("ended", "proposed", "active", "access_denied"),
    "finding.issue": _finding_issue,
    "finding.waive": _finding_reply("waived"),
    "finding.uphold": _finding_reply("upheld"),
    "finding.withdraw": _finding_reply("withdrawn"),
    "plan.offer": _plan_offer,
    "plan.agree": _plan_agree,
    "amendment.draft": _amendment_draft,
    "amendment.table": _amendment_table,
    "amendment.answer": _amendment_answer,
    "amendment.withdraw": _amendment_withdraw,
    "measure.declare": _measure_declare,
    "measure.request": _measure_request,
    "measure.lift": _measure_to("lifted"),
    "measure.suspend": _measure_to("suspended"),
    "measure.restore": _measure_to("in_force"),
    "agreement.final": _agreement_final,
    "agreement.waive_cooling": _agreement_waive,
    "agreement.sign": _agreement_sign,
    "agreement.ratify": _agreement_ratify,
    "agreement.terminate": _agreement_terminate,
    "sitting.schedule": _sitting("scheduled"),
    "sitting.begin": _sitting("live"),
    "sitting.end": _sitting("ended"),
    "sitting.no_show": _sitting("no_show"),
    "publication.approve": _publish,
    "position.table": _note,
    "observation.submit": _note,
    "note.add": _note,
}
"""Every kind of act there is. A kind that is not here is refused by name."""
