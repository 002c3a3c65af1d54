"""What a member says of serving as a juror, and what they alone may know of it: seats, pools, pseudonyms, the juror key."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.kit import clock
from palaver.standards import bounds, eligibility, lot, reads, seeds, serving
from palaver.standards.models import PoolMember, Seat
from palaver.web import contexts, moments
from palaver.web.doors import members, the_member
from palaver.web.juries import showing
from palaver.web.juries.contexts import JudgingPage, OwnPool, OwnSeat
from palaver.web.reading.own import trail
from palaver.web.shell import answer, shell

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@members
def judging(request: HttpRequest) -> HttpResponse:
    """Be available or not (`available` yes or no); below it what one's service was."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if request.method == "POST":
        wanted = request.POST.get("available") == "yes"
        serving.settle(the_member(request), is_available=wanted)
        messages.success(
            request,
            _("Saved: the lot may fall on you.") if wanted else _("Saved: you are not asked any more."),
        )
        return redirect("/me/judging")
    where, now = moments.zone(viewer.time_zone), clock.now()
    service = reads.service(viewer.id)
    pools = list(PoolMember.objects.filter(member_id=viewer.id).select_related("case").order_by("-case_id")[:SHOWN])
    seats = Seat.objects.filter(drawn__member_id=viewer.id).order_by("-offered_at")[:SHOWN]
    year, quarter = lot.quarter_of(now.date())
    key = lot.juror_key(seeds.secret(), viewer.id, year, quarter)
    page = JudgingPage(
        available=service.is_available,
        rests=_("until %(when)s") % {"when": moments.moment(service.rests_until, where, now).exact}
        if service.rests_until is not None
        else "",
        chance=eligibility.chance(viewer.id),
        chance_said=_(
            "%(n)s points less for each of your posts that was removed in the last 90 days; nothing adds to it."
        )
        % {"n": bounds.CHANCE_LOST_A_REMOVAL},
        services=service.served,
        seats=tuple(
            OwnSeat(_seat_link(seat), moments.moment(seat.offered_at, where, now), seat_words(seat.state))
            for seat in seats
        ),
        pools=tuple(OwnPool(showing.case_link(one.case_id), one.pseudonym, "") for one in pools),
        keys=((_("Quarter %(quarter)s of %(year)s") % {"quarter": quarter, "year": year}, key.hex()),),
        why_not=_why_not(the_member(request)),
    )
    frame = shell(request, _("My service as a juror"), trail=trail(viewer), robots="noindex")
    return answer("juries/judging.html", frame, page)


def _seat_link(seat: Seat) -> contexts.Link:
    if seat.state in {Seat.State.OFFERED, Seat.State.TAKEN}:
        return contexts.Link(_("case %(number)s") % {"number": seat.case_id}, f"/juries/seat/{seat.pk}")
    return showing.case_link(seat.case_id)


def seat_words(state: str) -> str:
    """How a seat of one's own ended, or stands."""
    return {
        Seat.State.OFFERED: _("offered to you now"),
        Seat.State.TAKEN: _("your paper waits"),
        Seat.State.VOTED: _("you voted"),
        Seat.State.DECLINED: _("you said no"),
        Seat.State.LAPSED: _("its time ran out"),
        Seat.State.RECUSED: _("you could not be fair"),
        Seat.State.RELEASED: _("decided without your vote"),
    }[Seat.State(state)]


def _why_not(member: Member) -> str:
    """Why the lot passes a member by for now, where that is so."""
    if clock.now() - member.joined_at < bounds.MEMBER_FOR or member.post_count < bounds.POSTS_WRITTEN:
        return _("The lot falls on members of %(days)s days and %(posts)s posts and more. You are not there yet.") % {
            "days": bounds.MEMBER_FOR.days,
            "posts": bounds.POSTS_WRITTEN,
        }
    return ""
