"""A forum's hosts: who they are, who is next, what they keep locked and whom they keep out – and for themselves, what waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.forums import blocking, hosting
from palaver.forums.models import Block, Forum, HostVolunteer, Lock, Office
from palaver.forums.permissions import may_end_block, may_read, may_volunteer, office_in
from palaver.forums.rendering import member_address
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.standards import alerting
from palaver.standards.models import Alert
from palaver.standards.permissions import may_answer_as_host
from palaver.standards.reads import for_hosts
from palaver.web import contexts, errors, moments
from palaver.web.doors import member
from palaver.web.hosts.contexts import DeskPage, Kept, LockLine, WaitingAlert
from palaver.web.operators.acting import Tried, number
from palaver.web.operators.contexts import Form
from palaver.web.places.about import seats
from palaver.web.shell import answer, forum_href, places, shell, trail

LOCKS = 50


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """`/f/<slug>/hosts`. Everybody who may read the forum sees who hosts it; its hosts see what waits for them besides."""
    row = next((one for one in places().forums.values() if one.slug == slug), None)
    if row is None:
        raise Http404
    by = member(request)
    forum = Forum.objects.get(pk=row.id)
    if not may_read(by, forum):
        return errors.page(request, 403)
    tried = Tried()
    if request.method == "POST":
        if by is None:
            return errors.sign_in_first(request)
        given = {name: str(value) for name, value in request.POST.items()}
        act = given.get("act", "")
        acts = {
            "volunteer": _volunteer, "step-back": _step_back, "resign": _resign, "block": _block, "end-block": _end_block,
            "answer": _answer,
        }  # fmt: skip
        try:
            if act not in acts:
                raise Refusal(_("This form is out of date. Open the page again."))
            messages.success(request, acts[act](forum, by, given))
            return redirect(f"{forum_href(row)}hosts")
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            tried = Tried(act, given, {refusal.field: refusal.because})
    page = _page(request, forum, by, tried)
    frame = shell(
        request,
        _("Hosts of %(forum)s") % {"forum": forum.name},
        trail=trail(forum=row),
        forum_id=row.id,
        canonical=f"{forum_href(row)}hosts",
        token=by is not None,
    )
    return answer("hosts/desk.html", frame, page, status=tried.status)


desk.permission = "everyone"  # type: ignore[attr-defined]


def _page(request: HttpRequest, forum: Forum, by: Member | None, tried: Tried) -> DeskPage:
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone if viewer else ""), clock.now()
    is_host = bool(office_in(by, forum))
    election = hosting.running_election(forum)
    who = hosting.electors(forum)
    mine, why_not = _standing(forum, by)
    return DeskPage(
        name=forum.name,
        href=f"/f/{forum.slug}/",
        how=_how(forum, len(who)),
        seats=seats(forum, where, now),
        queue=tuple(_person(one.member) for one in hosting.queue(forum)),
        election=contexts.Link(election.title, f"/ballots/{election.pk}") if election else None,
        election_until=moments.moment(election.closes_at, where, now).exact if election else "",
        locks=tuple(_locks(forum, partial(moments.moment, where=where, now=now))),
        kept=tuple(
            Kept(
                one.pk,
                _person(one.member),
                one.because,
                moments.moment(one.until, where, now).exact,
                _person(one.by),
                is_host and bool(may_end_block(by, one)),
            )
            for one in Block.objects.running(now)
            .filter(forum=forum)
            .select_related("member", "by", "forum")
            .order_by("until")
        ),
        is_host=is_host,
        alerts=tuple(_alerts(forum, by, tried, partial(moments.moment, where=where, now=now))) if is_host else (),
        block=_block_form(forum, tried) if is_host else None,
        mine=mine,
        why_not_volunteer=why_not,
        error="" if tried.act in {"block", "answer"} else " ".join(tried.problems.values()),
    )


def _person(who: Member) -> contexts.Link:
    return contexts.Link(who.name, member_address(who.name))


def _how(forum: Forum, electors: int) -> str:
    """How seats are filled here, in a sentence."""
    if forum.is_main:
        return _("In this main forum the next in the queue hosts for %(days)s days and then goes to its end.") % {
            "days": hosting.TERM.days
        }
    if hosting.is_elective(forum, electors):
        return ngettext(
            "Hosts are elected for a year by those who have subscribed to this forum for %(days)s days: %(n)s member today.",
            "Hosts are elected for a year by those who have subscribed to this forum for %(days)s days: %(n)s members today.",
            electors,
        ) % {"days": hosting.SUBSCRIBED_FOR.days, "n": electors}
    return _(
        "Hosts are elected by subscribers once %(fewest)s have been subscribed for %(subscribed)s days. Until then the next in"
        " the queue hosts for %(days)s days."
    ) % {"fewest": hosting.FEWEST_ELECTORS, "subscribed": hosting.SUBSCRIBED_FOR.days, "days": hosting.TERM.days}


def _standing(forum: Forum, by: Member | None) -> tuple[str, str]:
    if by is None:
        return "guest", ""
    if HostVolunteer.objects.filter(forum=forum, member=by).exists():
        return "queue", ""
    seat = Office.objects.sitting().filter(forum=forum, member=by).first()
    if seat is not None and (seat.until is None or seat.until > clock.now() + hosting.ELECTED_AHEAD):
        return "seat", ""
    answer_ = may_volunteer(by, forum)
    return "", "" if answer_ else answer_.because


def _locks(forum: Forum, moment: partial[contexts.Moment]) -> list[LockLine]:
    rows = (
        Lock.objects.filter(thread__forum=forum, ended_at=None, office=Lock.Office.HOST)
        .select_related("thread", "by", "question")
        .order_by("-at")[:LOCKS]
    )
    found = []
    for one in rows:
        asked = getattr(one, "question", None)
        state = ""
        if asked is not None:
            state = (
                _("questioned; the hosts vote")
                if asked.answered_at is None and asked.ballot_id is not None
                else _("questioned; the lock stands")
                if asked.ballot_id is not None
                else _("questioned; with the operators")
            )
        found.append(
            LockLine(
                contexts.Link(one.thread.subject, f"/t/{one.thread_id}/{one.thread.slug}"),
                one.because,
                _person(one.by) if one.by else None,
                moment(one.at),
                state,
            )
        )
    return found


def _alerts(forum: Forum, by: Member | None, tried: Tried, moment: partial[contexts.Moment]) -> list[WaitingAlert]:
    found = []
    for one in for_hosts([forum.pk]):
        assert one.post is not None
        thread = one.post.thread
        failed = tried.act == "answer" and tried.given.get("alert") == str(one.pk)
        found.append(
            WaitingAlert(
                one.pk,
                contexts.Link(f"{thread.subject} – #{one.post.number}", f"/p/{one.post_id}"),
                _person(one.author),
                one.post.opening,
                one.because,
                moment(one.at),
                f"/t/{thread.pk}/lock",
                f"/t/{thread.pk}/move",
                mine=not may_answer_as_host(by, one),
                answer=tried.given.get("answer", "") if failed else "",
                error=" ".join(tried.problems.values()) if failed else "",
            )
        )
    return found


def _block_form(forum: Forum, tried: Tried) -> Form:
    days = tuple((str(n), ngettext("%(n)s day", "%(n)s days", n) % {"n": n}) for n in (1, 3, 7, 14, 30))
    return tried.form(
        "block",
        _("Keep a member out"),
        _("Keep them out"),
        tried.field("block", "member", _("Name"), required=True, maximum=40),
        tried.field("block", "days", _("For how long"), "select", "7", options=days),
        tried.field("block", "because", _("Why"), required=True, maximum=blocking.LONGEST_REASON),
        action=f"/f/{forum.slug}/hosts",
        sentence=_(
            "They can still read here and write elsewhere. Your name and the reason stand below, on the forum’s About page and on"
            " the record. It lapses by itself."
        ),
    )


def _volunteer(forum: Forum, by: Member, given: Mapping[str, str]) -> str:
    hosting.volunteer(forum, by=by)
    return _("You stand in the queue now.")


def _step_back(forum: Forum, by: Member, given: Mapping[str, str]) -> str:
    hosting.step_back(forum, by=by)
    return _("You stand in the queue no longer.")


def _resign(forum: Forum, by: Member, given: Mapping[str, str]) -> str:
    seat = Office.objects.sitting().filter(forum=forum, member=by).first()
    if seat is None:
        raise Refusal(_("You do not host this forum."))
    hosting.resign(seat, by=by)
    return _("You have given your seat back. Thank you for your time in it.")


def _block(forum: Forum, by: Member, given: Mapping[str, str]) -> str:
    name = given.get("member", "").strip()
    whom = Member.objects.shown().filter(name__iexact=name).first() if name else None
    if whom is None:
        raise Refusal(_("There is no member of that name."), field="member")
    days = number(given, "days", empty=7) or 0
    if not 1 <= days <= blocking.LONGEST.days:
        raise Refusal(_("A block lasts between 1 and 30 days."), field="days")
    blocking.block(
        forum, member=whom, by=by, until=clock.now() + timedelta(days=days), because=given.get("because", "")
    )
    return _("%(name)s is kept out of this forum.") % {"name": whom.name}


def _end_block(forum: Forum, by: Member, given: Mapping[str, str]) -> str:
    row = Block.objects.filter(forum=forum, pk=number(given, "block") or 0).first()
    if row is None:
        raise Refusal(_("There is no such block here any more."))
    blocking.end(row, by=by)
    return _("The block has ended.")


def _answer(forum: Forum, by: Member, given: Mapping[str, str]) -> str:
    row = Alert.objects.select_related("post__forum").filter(pk=number(given, "alert") or 0, post__forum=forum).first()
    if row is None:
        raise Refusal(_("This alert is not with the hosts any more."))
    alerting.answer_as_host(row, by=by, answer=given.get("answer", ""))
    return _("Answered. Whoever alerted reads it, without your name.")
