"""A ballot's sheet as the page shows it: the paper, the state in a sentence, the result."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, tzinfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palaver.ballots import counting
from palaver.ballots.counting import Tally, Terms
from palaver.ballots.models import Ballot
from palaver.ballots.reads import OptionRow, Sheet
from palaver.web import moments
from palaver.web.ballots import bars
from palaver.web.contexts import BallotView, OptionLine

Method = Ballot.Method


def terms_of(sheet: Sheet) -> Terms:
    """What its tally depends on."""
    return Terms(
        sheet.method,
        tuple(option.place for option in sheet.options),
        sheet.most,
        sheet.seats,
        sheet.quorum,
        sheet.threshold,
        sheet.two_thirds,
    )


def tally_of(sheet: Sheet) -> Tally | None:
    """The tally as it is stored; None while it is not to be known."""
    if any(option.votes is None for option in sheet.options):
        return None
    votes = {option.place: option.votes or 0 for option in sheet.options}
    return counting.decide(terms_of(sheet), votes, sheet.voters)


def label(sheet: Sheet, option: OptionRow) -> str:
    """An option's words; those of a motion are said in the reader's language."""
    if sheet.method == Method.MOTION:
        return {counting.FOR: _("For"), counting.AGAINST: _("Against"), counting.ABSTAIN: _("Abstain")}[option.place]
    return option.candidate or option.label


def view(
    sheet: Sheet, *, where: tzinfo, now: datetime, signed_in: bool, next: str = "", error: str = "", error_at: str = "",
    ticked: Collection[int] | None = None,
) -> BallotView:  # fmt: skip
    """The sheet for one reader. `next` is where a vote leads back to, `ticked` what a refused paper had chosen."""
    running = sheet.closed_at is None and sheet.closes_at > now
    tally = tally_of(sheet) if not sheet.ended_because else None
    until = moments.moment(sheet.closes_at, where, now)
    why_not = ""
    if running and signed_in and not sheet.is_elector:
        why_not = (
            _("Those who were members when this was asked vote here; you joined later.")
            if sheet.electorate == Ballot.Electorate.MEMBERS
            else _("You are not among those who vote in this ballot; who does was settled when it opened.")
        )
    return BallotView(
        id=sheet.id,
        title=sheet.title,
        kind=sheet.about.partition(":")[0],
        several=sheet.method == Method.MULTIPLE and sheet.most > 1,
        is_secret=sheet.is_secret,
        options=tuple(
            _line(sheet, option, tally, sheet.chosen if ticked is None else ticked) for option in sheet.options
        ),
        state=_state(sheet, running, until.exact),
        terms=tuple(terms_in_words(sheet)),
        until=until,
        open=running,
        counts=tally is not None,
        voters=sheet.voters,
        href=f"/ballots/{sheet.id}",
        action=f"/ballots/{sheet.id}/vote",
        next=next,
        why_not=why_not,
        has_voted=sheet.has_voted,
        needs_receipt=sheet.is_secret and sheet.has_voted,
        outcome="" if running or sheet.closed_at is None or tally is None else outcome(sheet, tally),
        error=error,
        error_at=error_at,
    )


def _line(sheet: Sheet, option: OptionRow, tally: Tally | None, ticked: Collection[int]) -> OptionLine:
    share, drawn = "", bars.bar(0)
    if tally is not None:
        of = _whole(sheet, option.place, tally)
        part = tally.votes[option.place] / of if of else 0.0
        if of:
            share = _("%(percent)s %%") % {"percent": round(100 * part)}
            drawn = bars.bar(part, mark=_mark(sheet, option.place), won=option.won)
    return OptionLine(
        place=option.place,
        label=label(sheet, option),
        chosen=option.place in ticked,
        mine=option.place in sheet.chosen,
        votes=None if tally is None else tally.votes[option.place],
        share=share,
        bar=drawn,
        won=option.won,
    )


def _whole(sheet: Sheet, place: int, tally: Tally) -> int:
    """What an option's votes are a part of: of a motion those for and against, else all who voted."""
    if sheet.method == Method.MOTION:
        return 0 if place == counting.ABSTAIN else tally.votes[counting.FOR] + tally.votes[counting.AGAINST]
    return tally.voters


def _mark(sheet: Sheet, place: int) -> float | None:
    """Where on the bar the threshold lies."""
    if sheet.method == Method.MOTION and place != counting.FOR:
        return None
    if sheet.two_thirds:
        return 2 / 3
    return sheet.threshold / 100 if sheet.threshold else None


def _state(sheet: Sheet, running: bool, until: str) -> str:
    n = {"n": f"{sheet.voters:,}", "until": until}
    if sheet.ended_because:
        return _("This was called off: %(because)s") % {"because": sheet.ended_because}
    if running and not sheet.voters:
        return _("Open until %(until)s. Nobody has voted yet.") % n
    if running:
        return (
            ngettext(
                "Open until %(until)s. %(n)s has voted so far.",
                "Open until %(until)s. %(n)s have voted so far.",
                sheet.voters,
            )
            % n
        )
    if sheet.closed_at is None:
        return _("Ended on %(until)s; it is being counted.") % n
    if not sheet.voters:
        return _("Ended on %(until)s. Nobody voted.") % n
    return ngettext("Ended on %(until)s. %(n)s voted.", "Ended on %(until)s. %(n)s voted.", sheet.voters) % n


def terms_in_words(sheet: Sheet) -> list[str]:
    """What it takes, in sentences."""
    said = []
    if sheet.is_secret:
        said.append(_("The vote is secret: the count alone is shown, when the ballot has ended."))
    else:
        said.append(_("The vote is public: after the end everybody can see who voted for what."))
    if sheet.method == Method.MULTIPLE and sheet.most > 1:
        said.append(_("You may choose up to %(most)s.") % {"most": sheet.most})
    if sheet.two_thirds:
        said.append(_("Two thirds of the votes for or against must be for it."))
    elif sheet.threshold:
        said.append(_("At least %(threshold)s in a hundred votes are needed.") % {"threshold": sheet.threshold})
    if sheet.quorum:
        said.append(
            ngettext(
                "At least %(quorum)s of %(eligible)s who may vote must have voted.",
                "At least %(quorum)s of the %(eligible)s who may vote must have voted.",
                sheet.eligible,
            )
            % {"quorum": sheet.quorum, "eligible": f"{sheet.eligible:,}"}
        )
    return said


def outcome(sheet: Sheet, tally: Tally) -> str:
    """What was decided, in a sentence; a tie and a missing quorum are said as what they are."""
    if not tally.voters:
        return _("Nobody voted, so nothing is decided.")
    if not tally.quorate:
        return _("Too few voted: %(voters)s, and it takes %(quorum)s. Nothing is decided.") % {
            "voters": tally.voters,
            "quorum": sheet.quorum,
        }
    by_place = {option.place: label(sheet, option) for option in sheet.options}
    if sheet.method == Method.MOTION:
        if tally.decided:
            return _("Carried.")
        return _("A tie: as many for as against, so it is not carried.") if tally.tied else _("Not carried.")
    won = _list([by_place[place] for place in tally.decided])
    tied = _list([by_place[place] for place in tally.tied])
    if sheet.about.startswith("thread:"):
        return _("A tie between %(tied)s.") % {"tied": tied} if tied else _("Most chose %(won)s.") % {"won": won}
    if won and tied:
        return _("Elected: %(won)s. The last seat is tied between %(tied)s, so nobody has it.") % {
            "won": won,
            "tied": tied,
        }
    if tied:
        return _("A tie between %(tied)s, so nobody is elected.") % {"tied": tied}
    return _("Elected: %(won)s.") % {"won": won} if won else _("Nobody is elected.")


def _list(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}
