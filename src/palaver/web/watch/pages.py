"""The watch in public: who is on it until when and by which draw, what it did and how that was reviewed."""

from __future__ import annotations

from datetime import datetime, tzinfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.forums.models import SlowMode
from palaver.forums.newcomers import running_slow_mode
from palaver.forums.rendering import member_address
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.standards import bounds, mustering, watching
from palaver.standards.models import Proposal, WatchTerm, WatchVolunteer
from palaver.standards.permissions import may_end_slow_mode, may_see_newcomers, may_volunteer_to_watch
from palaver.web import contexts, errors, moments
from palaver.web.doors import member
from palaver.web.shell import answer, shell
from palaver.web.watch.contexts import Done, Watcher, WatchPage

ACTS = 50


@require_http_methods(["GET", "HEAD", "POST"])
def watch(request: HttpRequest) -> HttpResponse:
    """`/watch/`: for everybody; members volunteer here."""
    by = member(request)
    error, status = "", 200
    if request.method == "POST":
        if by is None:
            return errors.sign_in_first(request)
        try:
            messages.success(request, _act(request.POST.get("act", ""), by))
            return redirect("/watch/")
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            error, status = refusal.because, refusal.status
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone if viewer else ""), clock.now()
    terms = mustering.sitting()
    slow = running_slow_mode()
    mine, why_not = _standing(by)
    page = WatchPage(
        watchers=tuple(
            Watcher(
                person(term.member),
                moments.moment(term.until, where, now).exact,
                contexts.Link(str(term.entry), f"/record?at={term.entry}#e{term.entry}") if term.entry else None,
            )
            for term in terms
        ),
        none_because="" if len(terms) >= 2 else _why_none(len(terms)),
        seats=mustering.seats(),
        volunteers=WatchVolunteer.objects.count(),
        acts=tuple(_done(one, where, now) for one in _acts()),
        slow=_slow(slow, where, now),
        mine=mine,
        why_not=why_not,
        sees_newcomers=by is not None and bool(may_see_newcomers(by)),
        may_end_slow=slow is not None and by is not None and bool(may_end_slow_mode(by)),
        error=error,
    )
    frame = shell(
        request,
        _("The watch"),
        canonical="/watch/",
        description=_("Who stops intruders here, for how long, and who checks them."),
        token=by is not None,
    )
    return answer("watch/watch.html", frame, page, status=status)


watch.permission = "everyone"  # type: ignore[attr-defined]


def _act(act: str, by: Member) -> str:
    if act == "volunteer":
        mustering.volunteer(by=by)
        return _("You are among the volunteers now. The lot decides.")
    if act == "step-back":
        mustering.step_back(by=by)
        return _("You are not among the volunteers any more.")
    if act == "resign":
        term = WatchTerm.objects.filter(member=by, ended_at=None).first()
        if term is None:
            raise Refusal(_("You are not on the watch."))
        mustering.resign(term, by=by)
        return _("You are not on the watch any more. Thank you.")
    if act == "end-slow":
        slow = running_slow_mode()
        if slow is None:
            raise Refusal(_("Slow mode has ended already."))
        watching.end_slow_mode(slow, by=by)
        return _("Newcomers write as usual again.")
    raise Refusal(_("This form is out of date. Open the page again."))


def person(who: Member) -> contexts.Link:
    """A member as a link."""
    return contexts.Link(who.name, member_address(who.name))


def _standing(by: Member | None) -> tuple[str, str]:
    if by is None:
        return "guest", ""
    if WatchTerm.objects.filter(member=by, ended_at=None, until__gt=clock.now()).exists():
        return "term", ""
    if WatchVolunteer.objects.filter(member=by).exists():
        return "volunteer", ""
    allowed = may_volunteer_to_watch(by)
    return "", "" if allowed else allowed.because


def _why_none(sitting: int) -> str:
    if sitting == 1:
        return _(
            "Only one member is on the watch, and nothing is done there by one alone. Until the lot has found others, the operators act against intruders, on the record."
        )
    return _(
        "There is no watch here yet: it takes %(least)s volunteers who have been here for %(days)s days and have written"
        " %(posts)s posts. Until then the operators act against intruders, on the record."
    ) % {
        "least": bounds.WATCH_LEAST,
        "days": bounds.WATCH_MEMBER_FOR.days,
        "posts": bounds.WATCH_POSTS_WRITTEN,
    }


def _acts() -> list[Proposal]:
    rows = Proposal.objects.filter(done_at__isnull=False).select_related(
        "by", "second", "member", "suspension", "hold", "slow_mode", "case"
    )
    return list(rows.order_by("-done_at", "-pk")[:ACTS])


def _done(one: Proposal, where: tzinfo, now: datetime) -> Done:
    case = None
    if one.case is not None and not one.case.is_open and one.stands is not None:
        case = contexts.Link(_("case %(n)s") % {"n": one.case_id}, f"/juries/{one.case_id}")
    return Done(
        one.pk,
        _what(one),
        one.because,
        moments.moment(one.done_at or one.at, where, now),
        tuple(person(who) for who in (one.by, one.second) if who is not None),
        _review(one, where, now),
        case,
    )


def _what(one: Proposal) -> str:
    if one.act == Proposal.Act.SUSPEND:
        return _("Suspended the new account %(name)s and hid what it wrote") % {
            "name": one.member.name if one.member else ""
        }
    if one.act == Proposal.Act.HOLD:
        return _("Held a post back until a jury has decided")
    return ngettext(
        "Let newcomers write one post in %(n)s minute", "Let newcomers write one post in %(n)s minutes", one.minutes
    ) % {"n": one.minutes}


def _review(one: Proposal, where: tzinfo, now: datetime) -> str:
    if one.act != Proposal.Act.SUSPEND:
        return ""
    if one.reviewed_at is None:
        return _("A jury of three reviews it; undecided it ends after a day.")
    if one.stands is None:
        return _("Nobody decided within the day, so it lapsed.")
    if one.stands and one.suspension is not None:
        return _("Three members let it stand, until %(until)s.") % {
            "until": moments.moment(one.suspension.until, where, now).exact
        }
    return _("Three members ended it.")


def _slow(slow: SlowMode | None, where: tzinfo, now: datetime) -> str:
    if slow is None:
        return ""
    return ngettext(
        "Until %(until)s newcomers may write one post in %(n)s minute: %(because)s",
        "Until %(until)s newcomers may write one post in %(n)s minutes: %(because)s",
        slow.minutes,
    ) % {"until": moments.moment(slow.until, where, now).exact, "n": slow.minutes, "because": slow.because}
