"""Opening a ballot: what is voted on, by whom, until when, and what it takes. All of it is fixed from then on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.ballots.events import BallotOpened
from palaver.ballots.models import Ballot, Elector, Option
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import storable
from palaver.kit.text.subjects import visible
from palaver.record.entering import enter

MOST_OPTIONS = 20
MOST_CANDIDATES = 100
LONGEST_LABEL = 200
LONGEST_TITLE = 255
LONGEST_WINDOW = timedelta(days=366)
MOTION = ("for", "against", "abstain")
"""A motion's options as they are stored; pages say them in the reader's language."""


def open_ballot(
    *,
    about: str,
    title: str,
    text: str = "",
    method: str,
    options: Sequence[str | Member] = (),
    electors: Iterable[int] | None,
    opened_by: Member | None,
    closes_at: datetime,
    is_secret: bool,
    quorum: int = 0,
    threshold: int = 0,
    two_thirds: bool = False,
    most: int = 1,
    seats: int = 1,
    on_record: bool = True,
) -> Ballot:
    """Open a ballot now and return it. Whoever calls has asked whether its opener may; `opened_by` None: a rule did.

    `electors` are member ids, or None for every member who has joined by now. `options` are labels or candidates; a motion
    has its own. `quorum` counts voters and is never more than may vote; `threshold` is in hundredths. `on_record`: False for
    what is nobody's act of authority (a poll in a thread). Raises Refusal: an end that does not lie ahead, options that do
    not make a choice, nobody who may vote.
    """
    now = clock.now()
    if closes_at <= now:
        raise Refusal(_("A ballot needs time: choose an end that lies ahead."), field="closes_at")
    if closes_at > now + LONGEST_WINDOW:
        raise Refusal(_("A ballot runs for a year at most. Choose an earlier end."), field="closes_at")
    title = _titled(title)
    labels = _labels(method, options)
    places = len(labels)
    if method == Ballot.Method.MULTIPLE and not 1 <= most <= places:
        raise Refusal(
            _("One vote may name between one and %(places)s of the options.") % {"places": places}, field="most"
        )
    if seats < 1:
        raise Refusal(_("At least one seat is voted on."), field="seats")
    with transaction.atomic():
        listed = None if electors is None else sorted(set(electors))
        eligible = _everybody(now).count() if listed is None else len(listed)
        if not eligible:
            raise Refusal(_("Nobody may vote in this ballot, so it cannot be held. Nothing was opened."))
        ballot = Ballot.objects.create(
            about=about,
            title=title,
            text=storable(text),
            method=method,
            electorate=Ballot.Electorate.MEMBERS if listed is None else Ballot.Electorate.LISTED,
            eligible=eligible,
            is_secret=is_secret,
            most=most if method == Ballot.Method.MULTIPLE else 1,
            seats=seats,
            quorum=min(quorum, eligible),
            threshold=threshold,
            two_thirds=two_thirds,
            opened_by=opened_by,
            opened_at=now,
            closes_at=closes_at,
            on_record=on_record,
        )
        Option.objects.bulk_create(
            Option(ballot=ballot, place=place, label=label, candidate=candidate, votes=None if is_secret else 0)
            for place, (label, candidate) in enumerate(labels)
        )
        if listed is not None:
            Elector.objects.bulk_create((Elector(ballot=ballot, member_id=one) for one in listed), batch_size=2000)
        events.publish(BallotOpened(ballot.pk, about, eligible))
        if on_record:
            enter(
                "ballot.open", office=_office(opened_by), subject=f"ballot:{ballot.pk}", payload=_said(ballot, labels)
            )
    return ballot


def _everybody(at: datetime) -> QuerySet[Member]:
    """Every member who can sign in at an instant."""
    return Member.objects.filter(left_at=None, claimed_at__isnull=False, joined_at__lte=at)


def _titled(title: str) -> str:
    title = visible(title)
    if not title:
        raise Refusal(_("Say in one line what is voted on."), field="title")
    if len(title) > LONGEST_TITLE:
        raise Refusal(
            _("This has %(length)s characters; %(longest)s fit. Shorten it.")
            % {"length": len(title), "longest": LONGEST_TITLE},
            field="title",
        )
    return title


def _labels(method: str, options: Sequence[str | Member]) -> list[tuple[str, Member | None]]:
    """Label and candidate of each option. Raises Refusal when there is nothing to choose between."""
    if method not in Ballot.Method.values:
        raise ValueError(f"There is no method {method!r}.")
    if method == Ballot.Method.MOTION:
        if options:
            raise ValueError("A motion brings its own options.")
        return [(label, None) for label in MOTION]
    labels: list[tuple[str, Member | None]] = []
    for option in options:
        if isinstance(option, Member):
            labels.append((option.name, option))
        elif label := visible(option):
            if len(label) > LONGEST_LABEL:
                raise Refusal(
                    _("The option “%(start)s …” has %(length)s characters; %(longest)s fit. Shorten it.")
                    % {"start": label[:20], "length": len(label), "longest": LONGEST_LABEL},
                    field="options",
                )
            labels.append((label, None))
    people = bool(labels) and all(candidate is not None for _label, candidate in labels)
    most = MOST_CANDIDATES if people else MOST_OPTIONS
    if len(labels) < (1 if people else 2):
        raise Refusal(_("A choice needs at least two options. Write each on a line of its own."), field="options")
    if len(labels) > most:
        raise Refusal(
            _("These are %(number)s options; %(most)s fit. Join or drop some.") % {"number": len(labels), "most": most},
            field="options",
        )
    told = [label.casefold() for label, _candidate in labels]
    if (twice := next((label for label, _candidate in labels if told.count(label.casefold()) > 1), None)) is not None:
        raise Refusal(_("The option “%(label)s” stands here twice.") % {"label": twice}, field="options")
    return labels


def _office(opened_by: Member | None) -> str:
    return "rule" if opened_by is None else "member"


def _said(ballot: Ballot, labels: Sequence[tuple[str, Member | None]]) -> dict[str, object]:
    """What the record says of the opening: the terms, never the words (a forum's ballot may not be everybody's to read)."""
    return {
        "about": ballot.about,
        "by": ballot.opened_by_id,
        "candidates": [candidate.pk for _label, candidate in labels if candidate is not None],
        "closes_at": ballot.closes_at.isoformat(),
        "eligible": ballot.eligible,
        "method": ballot.method,
        "most": ballot.most,
        "options": len(labels),
        "quorum": ballot.quorum,
        "seats": ballot.seats,
        "secret": ballot.is_secret,
        "threshold": ballot.threshold,
        "two_thirds": ballot.two_thirds,
    }
