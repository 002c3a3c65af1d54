"""Who may do an act: by the mandate that its actor held when it occurred. Each raises NoEffect with the rule."""

from __future__ import annotations

from collections.abc import Iterable

from palaver.talks.acts import Act
from palaver.talks.promising import Promise
from palaver.talks.state import NoEffect, Talk

POWERS = ("speak", "propose", "accept", "sign", "ratify", "waive")


def as_party(talk: Talk, act: Act, power: str) -> str:
    """The party in whose name the act is done, by somebody whose mandate has this power (C1, S4). Returns the party.

    An act without an actor is history entered from sources: those that name the party are its word.
    """
    party = act.seat
    if party not in talk.parties:
        raise NoEffect(f"{party or 'Nobody'} is no party of this talk, so this is not theirs to do.")
    if not act.by:
        if not act.sources:
            raise NoEffect("An act needs somebody who does it, or sources that tell of it.")
        return party
    for office, owner in talk.offices.items():
        mandate = talk.mandates[office].now if office in talk.mandates else None
        if owner == party and mandate is not None and mandate.holder == act.by and power in mandate.powers:
            return party
    raise NoEffect(f"{act.by} holds no mandate of {party} to {power}.")


def as_one_of(talk: Talk, act: Act, seats: Iterable[str], power: str) -> str:
    """A party that must be among some: the debtor, the creditors, the signatories."""
    party = as_party(talk, act, power)
    allowed = tuple(seats)
    if party not in allowed:
        raise NoEffect(f"This is for {', '.join(allowed) or 'nobody'} to do, not for {party}.")
    return party


def as_debtor(talk: Talk, act: Act, promise: Promise) -> str:
    return as_one_of(talk, act, promise.terms.debtor, "sign")


def as_creditor(talk: Talk, act: Act, promise: Promise) -> str:
    """Whoever the promise was made to; without a named creditor, every party but the debtor."""
    terms = promise.terms
    others = terms.creditors or tuple(party for party in talk.parties if party not in terms.debtor)
    return as_one_of(talk, act, others, "accept")


def as_mediator(talk: Talk, act: Act) -> str:
    """A mediator who serves. They hold no vote and make no promise in this talk (M4), so few acts are theirs."""
    kind, _colon, name = act.seat.partition(":")
    track = talk.mediators.get(name)
    if kind != "mediator" or track is None or track.now.status not in {"serving", "appointed"}:
        raise NoEffect("This is for a mediator who serves in this talk.")
    return name


def as_party_or_mediator(talk: Talk, act: Act, power: str) -> str:
    if act.seat.startswith("mediator:"):
        return as_mediator(talk, act)
    return as_party(talk, act, power)


def as_inspector(talk: Talk, act: Act) -> str:
    """An inspector whom every party has accepted (V1); nobody else writes a finding."""
    kind, _colon, name = act.seat.partition(":")
    if kind != "inspector" or name not in talk.inspectors:
        raise NoEffect("A finding is an inspector's; what anybody else has seen is an observation, or an allegation.")
    if talk.inspectors[name].now not in {"active", "access_denied"}:
        raise NoEffect(f"{name} is not inspector of this talk at that time.")
    return name
