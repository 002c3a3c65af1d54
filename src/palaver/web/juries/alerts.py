"""Raising an alert on a post, a name or an about text, and the list of one's own alerts. The verbs decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from markupsafe import Markup

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.forums.models import Post
from palaver.forums.rendering import member_address
from palaver.kit import clock
from palaver.kit.decisions import Decision, Refusal
from palaver.standards import alerting, bounds, charter
from palaver.standards.models import Alert, AlerterPause, Case, Standard
from palaver.standards.permissions import may_alert
from palaver.web import contexts, moments
from palaver.web.doors import members, the_member
from palaver.web.juries import showing
from palaver.web.juries.contexts import AlertPage, AlertRow, AlertsPage
from palaver.web.members.pages import find
from palaver.web.reading import own, paging
from palaver.web.shell import answer, places, shell, trail
from palaver.web.threads.writing import find_post

A_PAGE = 40


@require_http_methods(["GET", "HEAD", "POST"])
@members
def on_post(request: HttpRequest, post_id: int) -> HttpResponse:
    """The form on a post: which standard, and why. A refusal stands in the form's place, or over what was typed."""
    if post_id >= 2**63:
        raise Http404
    by = the_member(request)
    post = find_post(post_id, by)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            raised = alerting.alert(
                by=by,
                about=Alert.About.POST,
                post=post,
                standard=request.POST.get("standard", ""),
                because=request.POST.get("because", ""),
            )
            messages.success(request, _said(raised))
            return redirect(f"/p/{post.pk}")
        except Refusal as refusal:
            problems = {refusal.field: refusal.because}
    row = places().forums[post.forum_id]
    return _form(
        request,
        about="post",
        may=may_alert(by, post=post),
        problems=problems,
        rules=charter.applicable(kind=Alert.About.POST, forum_id=post.forum_id),
        author=post.author,
        action=f"/p/{post.pk}/alert",
        cancel=f"/p/{post.pk}",
        body=post.body.html if post.standing == Post.Standing.SHOWN else "",
        trail_=trail(forum=row),
        forum_id=row.id,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@members
def on_member(request: HttpRequest, name: str) -> HttpResponse:
    """The same on a member's name, or on what they say about themself."""
    by = the_member(request)
    whom = find(name)
    if isinstance(whom, HttpResponse):
        return redirect(f"{whom['Location']}/alert", permanent=True)
    problems: dict[str, str] = {}
    about = request.POST.get("about", "")
    if request.method == "POST":
        try:
            raised = alerting.alert(
                by=by,
                about=about,
                member=whom,
                standard=request.POST.get("standard", ""),
                because=request.POST.get("because", ""),
            )
            messages.success(request, _said(raised))
            return redirect(member_address(whom.name))
        except Refusal as refusal:
            problems = {refusal.field: refusal.because}
    rules = {
        rule.key: rule
        for kind in (Alert.About.NAME, Alert.About.ABOUT)
        for rule in charter.applicable(kind=kind, forum_id=None)
    }
    abouts = [("name", _("The name"), whom.name)]
    if whom.about.strip():
        abouts.append(("about", _("What they say about themself"), whom.about))
    return _form(
        request,
        about="about" if about == "about" else "name",
        may=may_alert(by, whom=whom),
        problems=problems,
        rules=list(rules.values()),
        author=whom,
        action=f"{member_address(whom.name)}/alert",
        cancel=member_address(whom.name),
        abouts=tuple(abouts),
        trail_=(contexts.Link(whom.name, member_address(whom.name)),),
    )


def _form(
    request: HttpRequest,
    *,
    about: Literal["post", "name", "about"],
    may: Decision,
    problems: Mapping[str, str],
    rules: list[Standard],
    author: Member,
    action: str,
    cancel: str,
    body: str = "",
    abouts: tuple[tuple[str, str, str], ...] = (),
    trail_: tuple[contexts.Link, ...],
    forum_id: int | None = None,
) -> HttpResponse:
    # What was typed is shown again with its refusal; who only comes to a closed door reads why, and no form.
    refused = "" if may or request.method == "POST" else may.because
    page = AlertPage(
        title=_("Raise an alert"),
        about=about,
        action=action,
        cancel_href=cancel,
        author=contexts.Link(author.name, member_address(author.name)),
        body=Markup(body),
        abouts=abouts,
        rules=tuple(showing.rule(rule) for rule in rules),
        chosen=request.POST.get("standard", ""),
        because=request.POST.get("because", ""),
        refused=refused,
        longest=bounds.LONGEST_WHY,
        errors=problems,
    )
    frame = shell(request, page.title, trail=trail_, forum_id=forum_id, token=True, robots="noindex")
    status = 403 if refused or (problems and not may) else 422 if problems else 200
    return answer("juries/alert.html", frame, page, status=status)


def _said(raised: Alert) -> str:
    """What happens now, for whoever raised it."""
    match raised.state:
        case Alert.State.HOSTS:
            return _("Your alert is with the hosts of this forum. You find their answer among your alerts.")
        case Alert.State.WAITING:
            return _("Your alert waits: a jury is looking at the same thing already. It is among your alerts.")
        case _:
            return _("Your alert is raised, and a jury is being drawn. You are told what it decides.")


@require_safe
@members
def mine(request: HttpRequest) -> HttpResponse:
    """One's own alerts, the newest first, with how they stand."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    start = paging.before(request)
    where, now = moments.zone(viewer.time_zone), clock.now()
    rows = Alert.objects.filter(by_id=viewer.id).select_related("post__thread", "case", "author")
    found, pager = paging.cut(list(paging.older(rows, "at", start)[: A_PAGE + 1]), A_PAGE, "/me/alerts", start, "at")
    titles = {
        (row.charter_id, row.key): row.title
        for row in Standard.objects.filter(charter_id__in={one.charter for one in found})
    }
    pause = AlerterPause.objects.filter(member_id=viewer.id, until__gt=now).order_by("-until").first()
    page = AlertsPage(
        rows=tuple(
            AlertRow(
                what=_what(one),
                standard=titles.get((one.charter, one.standard), one.standard),
                at=moments.moment(one.at, where, now),
                state=_state(one),
                # An open case shows nothing yet, so there is nothing to lead to before its verdict.
                case=showing.case_link(one.case.pk)
                if one.case is not None and one.case.stage == Case.Stage.DECIDED
                else None,
                answer=one.answer,
                because=one.because,
            )
            for one in found
        ),
        pause=_("A jury found nothing at all in what you alerted on, so you raise no alert until %(until)s.")
        % {"until": moments.moment(pause.until, where, now).exact}
        if pause is not None
        else "",
        empty=contexts.Empty(
            _("You have raised no alert yet. There is a link for it below every post of another."),
            contexts.Link(_("Alerts and juries, explained"), "/help/juries"),
        ),
        pager=pager,
        beside=contexts.Link(_("Juries"), "/juries/"),
    )
    return answer("juries/alerts.html", shell(request, _("My alerts"), trail=own.trail(viewer), robots="noindex"), page)


def _what(alert: Alert) -> contexts.Link:
    if alert.post is not None:
        return contexts.Link(
            _("A post in: %(subject)s") % {"subject": alert.post.thread.subject}, f"/p/{alert.post.pk}"
        )
    label = _("A member’s name") if alert.about == Alert.About.NAME else _("What a member says about themself")
    return contexts.Link(label, member_address(alert.author.name))


def _state(alert: Alert) -> str:
    case = alert.case
    if alert.state == Alert.State.OPEN and case is not None:
        if case.judges != Case.Judges.JURY:
            return _("A host or operator decides, for want of enough members for a jury.")
        return _("A jury is being drawn.") if case.stage == Case.Stage.WAITING else _("A jury is judging it.")
    return {
        Alert.State.WAITING: _("It waits for a verdict on the same thing."),
        Alert.State.HOSTS: _("It is with the hosts of the forum."),
        Alert.State.ANSWERED: _("It has been decided:") if case is not None else _("The hosts have answered."),
        Alert.State.DROPPED: _("It fell away: what it was about is not shown any more, or was decided otherwise."),
    }.get(Alert.State(alert.state), "")
