"""A ballot's page, its form, the look-up of a receipt, and after the count what anybody needs to recount it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from markupsafe import Markup

from palaver.accounts.reads import Viewer
from palaver.ballots import counting, reads, voting
from palaver.ballots.models import Ballot, Vote
from palaver.forums import polling
from palaver.forums.models import Poll
from palaver.forums.rendering import member_address
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.kit.text import rendering
from palaver.record.models import Entry
from palaver.web import contexts, errors, moments
from palaver.web.ballots import drawing, seeing
from palaver.web.ballots.contexts import BallotPage
from palaver.web.doors import everyone, everyone_sends, member, members, safe_next, the_member
from palaver.web.shell import answer, places, shell, trail

COOKIE = "palaver_receipt"
"""Where the browser keeps the receipt of one ballot: sent to that ballot's addresses alone, unreadable for scripts."""
MOST_SHOWN = 500


def _find(request: HttpRequest, ballot_id: int) -> tuple[reads.Sheet, seeing.Seen]:
    """The sheet and whether this reader may see it. Raises Http404."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    sheet = None
    if ballot_id < 2**63:
        sheet = reads.sheet(
            ballot_id, member_id=viewer.id if viewer else None, joined_at=viewer.joined_at if viewer else None
        )
    if sheet is None:
        raise Http404
    return sheet, seeing.of(sheet.about, member(request))


@never_cache
@everyone
def ballot(request: HttpRequest, ballot_id: int) -> HttpResponse:
    """What is voted on, who may vote, until when; one's own paper; after the end the result and its proof."""
    sheet, seen = _find(request, ballot_id)
    if not seen.decision:
        return errors.page(request, 403)
    return _page(request, sheet, seen)


@never_cache
@members
def vote(request: HttpRequest, ballot_id: int) -> HttpResponse:
    """Cast or change one's vote. A first secret vote is answered with its receipt, once; others lead back."""
    if request.method != "POST":
        return redirect(f"/ballots/{ballot_id}")
    sheet, seen = _find(request, ballot_id)
    if not seen.decision:
        return errors.page(request, 403)
    by, chosen = the_member(request), _chosen(request)
    receipt = request.POST.get("receipt", "").strip() or request.COOKIES.get(COOKIE, "")
    try:
        if sheet.about.startswith("thread:"):
            poll = get_object_or_404(Poll.objects.select_related("ballot", "thread__forum"), ballot_id=ballot_id)
            cast = polling.vote(poll, by=by, chosen=chosen, receipt=receipt)
        else:
            cast = voting.cast(Ballot.objects.get(pk=ballot_id), by=by, chosen=chosen, receipt=receipt)
    except Refusal as refusal:
        return _page(request, sheet, seen, refusal=refusal, ticked=chosen)
    back = safe_next(request, f"/ballots/{ballot_id}")
    if not cast.receipt:
        messages.success(request, _("Your vote is counted. You can change it until the end."))
        return redirect(back)
    sheet, seen = _find(request, ballot_id)
    response = _page(request, sheet, seen, receipt=cast.receipt, back=back)
    _keep(response, sheet, cast.receipt, secure=request.is_secure())
    return response


@never_cache
@everyone_sends
def receipt(request: HttpRequest, ballot_id: int) -> HttpResponse:
    """Whether a receipt's vote is among those of a secret ballot. It comes in a form's body, so that no log has it."""
    sheet, seen = _find(request, ballot_id)
    if not seen.decision:
        return errors.page(request, 403)
    if not sheet.is_secret:
        raise Http404
    given = request.POST.get("receipt", "")
    return _page(request, sheet, seen, found=voting.is_counted(Ballot.objects.get(pk=ballot_id), given))


@everyone
def lists(request: HttpRequest, ballot_id: int) -> HttpResponse:
    """The lists that the entry on the record commits to, once the ballot was counted (`ballots.counting.Proof`)."""
    sheet, seen = _find(request, ballot_id)
    if not seen.decision:
        return errors.page(request, 403)
    if sheet.closed_at is None or sheet.ended_because:
        raise Http404
    proof = counting.proof(Ballot.objects.get(pk=sheet.id))
    tally = drawing.tally_of(sheet)
    assert tally is not None
    said: dict[str, Any] = {
        "ballot": sheet.id,
        "about": sheet.about,
        "method": sheet.method,
        "eligible": sheet.eligible,
        "quorum": sheet.quorum,
        "threshold": sheet.threshold,
        "two_thirds": sheet.two_thirds,
        "most": sheet.most,
        "seats": sheet.seats,
        "options": [option.label for option in sheet.options],
        "votes": [tally.votes[option.place] for option in sheet.options],
        "voters": tally.voters,
        "quorate": tally.quorate,
        "decided": list(tally.decided),
        "tied": list(tally.tied),
        "hashes": proof.hashes(is_secret=sheet.is_secret),
        "lists": {"receipts": proof.receipts, "choices": proof.choices} if sheet.is_secret else {"votes": proof.votes},
    }
    return JsonResponse(said, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


def _chosen(request: HttpRequest) -> list[int]:
    """The places named in the form; what is no place at all becomes one that no ballot has."""
    given = request.POST.getlist("chosen")[:MOST_SHOWN]
    return [int(one) if one.isascii() and one.isdecimal() and len(one) < 6 else -1 for one in given]


def _keep(response: HttpResponse, sheet: reads.Sheet, receipt: str, *, secure: bool) -> None:
    """Let the browser keep the receipt until a month after the end."""
    lasts = int((sheet.closes_at - clock.now()).total_seconds()) + 30 * 86400
    response.set_cookie(
        COOKIE, receipt, max_age=lasts, path=f"/ballots/{sheet.id}", secure=secure, httponly=True, samesite="Strict"
    )


def _page(
    request: HttpRequest,
    sheet: reads.Sheet,
    seen: seeing.Seen,
    *,
    receipt: str = "",
    back: str = "",
    refusal: Refusal | None = None,
    ticked: list[int] | None = None,
    found: bool | None = None,
) -> HttpResponse:
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone if viewer else ""), clock.now()
    view = drawing.view(
        sheet,
        where=where,
        now=now,
        signed_in=viewer is not None,
        error=refusal.because if refusal else "",
        error_at=refusal.field if refusal else "",
        ticked=ticked,
    )
    kept = bool(request.COOKIES.get(COOKIE)) or bool(receipt)
    counted = sheet.closed_at is not None and not sheet.ended_because
    page = BallotPage(
        ballot=view,
        text=Markup(rendering.render(sheet.text, "markdown").html) if sheet.text else Markup(""),
        about=seen.about,
        electors=_electors(sheet, view.why_not, viewer),
        facts=_facts(sheet, where, now),
        receipt=receipt,
        back=contexts.Link(_("Back to the thread"), back) if back and not back.startswith("/ballots/") else None,
        asks_receipt=view.needs_receipt and not kept,
        counted="" if found is None else _found(found),
        found=found,
        proof=_proof(sheet) if counted else (),
        entry=_entry(sheet) if counted else None,
        lists=f"/ballots/{sheet.id}.json" if counted else "",
        who=_who(sheet) if counted and not sheet.is_secret else (),
    )
    row = places().forums.get(seen.forum_id or 0)
    crumbs = trail(forum=row) if row else (contexts.Link(_("The charter"), "/charter"),)
    frame = shell(
        request,
        sheet.title,
        trail=crumbs,
        forum_id=seen.forum_id,
        canonical=f"/ballots/{sheet.id}",
        token=viewer is not None or sheet.is_secret,
        robots="noindex" if row else "",
    )
    return answer("ballots/ballot.html", frame, page, status=refusal.status if refusal else 200)


def _electors(sheet: reads.Sheet, why_not: str, viewer: Viewer | None) -> str:
    if sheet.electorate == Ballot.Electorate.MEMBERS:
        said = _("Every member who had joined when it opened may vote: %(n)s.") % {"n": f"{sheet.eligible:,}"}
    elif sheet.about.startswith(("amendment:", "charter:")):
        said = _("Members for 30 days with 20 posts may vote; when the ballot opened these were %(n)s.") % {
            "n": f"{sheet.eligible:,}"
        }
    else:
        said = _("When the ballot opened, %(n)s were entitled to vote.") % {"n": f"{sheet.eligible:,}"}
    if viewer is not None and not why_not:
        said += " " + (_("You are one of them.") if sheet.is_elector else _("You are not one of them."))
    return said


def _facts(sheet: reads.Sheet, where: Any, now: datetime) -> tuple[tuple[str, str], ...]:
    facts = [
        (_("Opened"), moments.moment(sheet.opened_at, where, now).exact),
        (_("Ends") if sheet.closed_at is None else _("Ended"), moments.moment(sheet.closes_at, where, now).exact),
        (_("May vote"), f"{sheet.eligible:,}"),
        (_("Have voted"), f"{sheet.voters:,}"),
    ]
    if sheet.quorum:
        facts.append((_("Quorum"), f"{sheet.quorum:,}"))
    return tuple(facts)


def _found(found: bool) -> str:
    if found:
        return _(
            "This receipt’s vote is counted. What it says is shown to nobody, not even to whoever holds the receipt."
        )
    return _(
        "There is no vote under this receipt in this ballot. Look for a slip in it: five groups of five letters and digits."
    )


def _proof(sheet: reads.Sheet) -> tuple[tuple[str, str], ...]:
    """The hash of each public list, under its name in words."""
    names = {
        "votes": _("Who voted for what"),
        "receipts": _("The receipts’ hashes"),
        "choices": _("The choices, sorted"),
    }
    found = counting.proof(Ballot.objects.get(pk=sheet.id)).hashes(is_secret=sheet.is_secret)
    return tuple((names[name], value) for name, value in found.items())


def _who(sheet: reads.Sheet) -> tuple[tuple[str, tuple[contexts.Link, ...], int], ...]:
    """Who voted for what in a public ballot, by name."""
    chose: dict[int, list[str]] = {option.place: [] for option in sheet.options}
    votes = Vote.objects.filter(ballot_id=sheet.id).order_by("member__name").values_list("member__name", "chosen")
    for name, chosen in votes.iterator():
        for place in chosen:
            chose[place].append(name)
    return tuple(
        (
            drawing.label(sheet, option),
            tuple(contexts.Link(name, member_address(name)) for name in chose[option.place][:MOST_SHOWN]),
            max(len(chose[option.place]) - MOST_SHOWN, 0),
        )
        for option in sheet.options
    )


def _entry(sheet: reads.Sheet) -> contexts.Link | None:
    number = (
        Entry.objects.filter(subject=f"ballot:{sheet.id}", act="ballot.close")
        .values_list("sequence", flat=True)
        .first()
    )
    if number is None:
        return None
    return contexts.Link(_("Entry %(n)s on the record") % {"n": number}, f"/record?at={number}#e{number}")
