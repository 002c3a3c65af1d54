"""One's own appeals: what can be contested, the form, and how those stand that were made. Open to the suspended."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from palaver.accounts.models import Member, Suspension
from palaver.accounts.reads import Viewer
from palaver.forums.models import Block, Lock
from palaver.forums.rendering import post_address
from palaver.kit import clock
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.standards import appealing, bounds, counting
from palaver.standards.appealing import Contested
from palaver.standards.models import Appeal
from palaver.standards.permissions import door_closed_until
from palaver.web import moments
from palaver.web.contexts import Empty, Link
from palaver.web.doors import members, the_member
from palaver.web.shell import answer, shell
from palaver.web.standards.contexts import AppealPage, AppealRow, AppealsPage, Contestable

MADE_SHOWN = 50


@require_safe
@members
def appeals(request: HttpRequest) -> HttpResponse:
    """What concerns the member and can be contested, then the appeals made, the newest on top."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    by = the_member(request)
    where, now = moments.zone(viewer.time_zone), clock.now()
    closed = door_closed_until(by)
    note = ""
    if closed is not None:
        note = _("Your last appeal was lost. The next can be made from %(when)s on.") % {
            "when": moments.moment(closed, where, now).exact
        }
    rows = Appeal.objects.filter(by=by).select_related("case", "of_case__post__thread", "block__forum", "lock__thread")[
        :MADE_SHOWN
    ]
    made = sorted(rows, key=lambda one: one.at, reverse=True)
    page = AppealsPage(
        open=tuple(_contestable(one, viewer) for one in _concerning(by)),
        made=tuple(
            AppealRow(
                _against(one.against),
                moments.moment(one.at, where, now),
                _state(one),
                one.outcome or ("open" if one.decided_at is None else ""),
                one.words,
                _more(one),
            )
            for one in made
        ),
        note=note,
        empty=Empty(
            _("Nothing of yours was removed, and nothing keeps you from writing. There is nothing to contest.")
        ),
    )
    return answer(
        "standards/appeals.html", shell(request, _("My appeals"), trail=_trail(viewer), robots="noindex"), page
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@members
def appeal(request: HttpRequest, against: str, number: int) -> HttpResponse:
    """The form of one appeal. Whom it does not concern finds nothing here."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    by = the_member(request)
    what = appealing.contested(against, number, by=by)
    if what is None or what.concerned_id != by.pk:
        raise Http404
    words, errors = request.POST.get("words", ""), {}
    if request.method == "POST":
        try:
            appealing.appeal(against, number, by=by, words=words)
        except NotAllowed:
            raise
        except Refusal as refusal:
            errors = {refusal.field: refusal.because}
        else:
            messages.success(
                request,
                _("Your appeal is made. You are told when the jury has decided; until then all stays as it is."),
            )
            return redirect("/me/appeals")
    title = _title(what)
    page = AppealPage(
        title=title,
        facts=_facts(what, viewer),
        other_side=what.other_side,
        what_happens=_what_happens(what),
        action=f"/me/appeals/{against}/{number}",
        words=words,
        longest=bounds.LONGEST_WORDS,
        errors=errors,
        refused="" if what.may else what.may.because,
        button=_("Appeal"),
        help=_(
            "Write to the jurors, who do not know you: what did you mean, and why does it break no standard? They are not told"
            " your name; do not write it. Plain text."
        )
        if what.against == Appeal.Against.REMOVAL
        else _("Write to the jurors, who do not know you. They are not told your name; do not write it. Plain text."),
    )
    trail = (*_trail(viewer), Link(_("My appeals"), "/me/appeals"))
    frame = shell(request, title, trail=trail, robots="noindex", token=True)
    return answer("standards/appeal.html", frame, page, status=422 if errors else 200)


def _trail(viewer: Viewer) -> tuple[Link, ...]:
    return (Link(viewer.name, "/me/"),)


def _concerning(by: Member) -> list[Contested]:
    """What was done to the member and is not over yet: suspensions first, then blocks, removals, locks."""
    since = clock.ago(days=bounds.APPEALED_WITHIN.days)
    found = [("suspension", pk) for pk in Suspension.objects.running().filter(member=by).values_list("pk", flat=True)]
    found += [("block", pk) for pk in Block.objects.running().filter(member=by).values_list("pk", flat=True)]
    found += [("removal", one.pk) for one in reversed(counting.removals_in(by.pk))]
    offices = [Lock.Office.HOST, Lock.Office.OPERATOR]
    locks = Lock.objects.filter(thread__author=by, ended_at=None, office__in=offices, at__gt=since).order_by("-at")
    found += [("lock", pk) for pk in locks.values_list("pk", flat=True)[:20]]
    contested = (appealing.contested(against, pk, by=by) for against, pk in found)
    return [one for one in contested if one is not None]


def _contestable(one: Contested, viewer: Viewer) -> Contestable:
    where, now = moments.zone(viewer.time_zone), clock.now()
    link = Link(_("Appeal"), f"/me/appeals/{one.against}/{one.row.pk}") if one.may else None
    return Contestable(
        _what(one), _about(one), moments.moment(one.since, where, now), link, "" if one.may else one.may.because
    )


def _what(one: Contested) -> str:
    if one.against == Appeal.Against.REMOVAL:
        return _("A post of yours was removed under “%(standard)s”") % {"standard": one.row.standard}
    if one.against == Appeal.Against.SUSPENSION:
        return _("You are suspended until %(until)s") % {"until": one.row.until.strftime("%Y-%m-%d %H:%M UTC")}
    if one.against == Appeal.Against.BLOCK:
        return _("You are kept out of a forum until %(until)s") % {
            "until": one.row.until.strftime("%Y-%m-%d %H:%M UTC")
        }
    return _("A thread of yours is locked")


def _about(one: Contested) -> Link | None:
    if one.post is not None:
        return Link(
            f"{one.post.thread.subject} – #{one.post.number}", post_address(one.post.thread_id, one.post.number)
        )
    if one.against == Appeal.Against.BLOCK:
        return Link(one.row.forum.name, f"/f/{one.row.forum.slug}/")
    if one.against == Appeal.Against.LOCK:
        return Link(one.row.thread.subject, f"/t/{one.row.thread_id}/{one.row.thread.slug}")
    return None


def _against(against: str) -> str:
    return {
        Appeal.Against.REMOVAL: _("Against the removal of a post"),
        Appeal.Against.SUSPENSION: _("Against a suspension"),
        Appeal.Against.BLOCK: _("Against a block"),
        Appeal.Against.LOCK: _("Against the lock of a thread"),
    }[Appeal.Against(against)]


def _title(what: Contested) -> str:
    return {
        Appeal.Against.REMOVAL: _("Appeal against the removal of a post"),
        Appeal.Against.SUSPENSION: _("Appeal against a suspension"),
        Appeal.Against.BLOCK: _("Appeal against a block"),
        Appeal.Against.LOCK: _("Appeal against the lock of a thread"),
    }[what.against]


def _state(one: Appeal) -> str:
    if one.outcome == Appeal.Outcome.WON:
        return _("overturned: it costs you nothing")
    if one.outcome == Appeal.Outcome.LOST:
        return _("upheld")
    return _("being judged") if one.decided_at is None else _("called off")


def _more(one: Appeal) -> tuple[Link, ...]:
    if not one.outcome:
        return ()
    return (
        Link(_("Case %(case)s") % {"case": one.case_id}, f"/juries/{one.case_id}"),
        Link(_("Reasons"), f"/juries/{one.case_id}/reasons"),
    )


def _facts(what: Contested, viewer: Viewer) -> tuple[tuple[str, str | Link], ...]:
    where, now = moments.zone(viewer.time_zone), clock.now()
    about = _about(what)
    facts: list[tuple[str, str | Link]] = []
    if about is not None:
        facts.append((_("About"), about))
    if what.against == Appeal.Against.REMOVAL:
        standard = _("%(title)s (charter %(version)s)") % {"title": what.row.standard, "version": what.row.charter}
        facts.append((_("Standard"), standard))
    facts.append((_("Since"), moments.moment(what.since, where, now).exact))
    if what.against in {Appeal.Against.SUSPENSION, Appeal.Against.BLOCK}:
        facts.append((_("Until"), moments.moment(what.row.until, where, now).exact))
    if what.of is not None:
        facts.append((_("First decision"), Link(_("Case %(case)s") % {"case": what.of.pk}, f"/juries/{what.of.pk}")))
    last = moments.moment(what.since + bounds.APPEALED_WITHIN, where, now)
    facts.append((_("Appeal possible until"), last.exact))
    return tuple(facts)


def _what_happens(what: Contested) -> tuple[str, ...]:
    said = [
        _(
            "A fresh jury decides, larger than the first and without anybody who judged before. Where there are too few"
            " members for one, a single person decides, and the page of the case says so."
        ),
        _("It reads your words and those of the other side next to each other."),
    ]
    if what.against == Appeal.Against.REMOVAL:
        said.append(
            _(
                "It considers all standards. Your post is restored only if it breaks none of them; then it costs you nothing."
            )
        )
    else:
        said.append(_("If it finds for you, what you contest ends at once and costs you nothing."))
    said.append(
        _("Its decision is final. A lost appeal closes this door for %(days)s days.")
        % {"days": bounds.DOOR_CLOSED_FOR.days}
    )
    return tuple(said)
