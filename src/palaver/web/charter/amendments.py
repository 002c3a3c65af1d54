"""Amendments: the list, the form that is the whole charter, one amendment's page with its acts; adopting in the founding time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from markupsafe import Markup

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.ballots import reads as ballots
from palaver.forums.rendering import member_address
from palaver.kit import clock, pagination
from palaver.kit.decisions import Refusal
from palaver.kit.text import rendering
from palaver.standards import adopting, amending, charter, electorate
from palaver.standards.amending import State, Wish
from palaver.standards.models import Amendment
from palaver.standards.permissions import may_adopt_as_founder, may_propose
from palaver.web import contexts, moments
from palaver.web.ballots import drawing as paper
from palaver.web.charter import drawing
from palaver.web.charter.contexts import ActForm, AmendmentPage, AmendmentsPage, ProposePage, StandardForm
from palaver.web.charter.pages import fresh
from palaver.web.doors import everyone, member, members, operators, the_member
from palaver.web.shell import answer, shell

SIZE = 50
CHARTER = "/charter"


def _trail() -> tuple[contexts.Link, ...]:
    return (contexts.Link(_("The charter"), CHARTER),)


@everyone
def listed(request: HttpRequest) -> HttpResponse:
    """Every amendment, newest first."""
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone if viewer else ""), clock.now()
    asking = member(request)
    proposing = may_propose(asking)
    before = pagination.asked(request.GET.get("before")) if request.GET.get("before") else None
    rows = Amendment.objects.select_related("by").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: SIZE + 1])
    more = len(found) > SIZE
    page = AmendmentsPage(
        rows=tuple(drawing.amendment_line(row, where, now) for row in found[:SIZE]),
        may_propose=bool(proposing),
        why_not="" if asking is None else proposing.because,
        pager=contexts.Pager(
            earlier=contexts.Link(_("Newest"), "/charter/amendments/") if before is not None else None,
            later=contexts.Link(_("Older"), f"/charter/amendments/?before={found[SIZE - 1].pk}") if more else None,
        ),
    )
    frame = shell(
        request,
        _("Amendments"),
        trail=_trail(),
        canonical="/charter/amendments/",
        robots="noindex, follow" if before is not None else "",
        feed="/charter/amendments",
    )
    return fresh(answer("charter/amendments.html", frame, page))


@require_http_methods(["GET", "HEAD", "POST"])
def amendment(request: HttpRequest, amendment_id: int) -> HttpResponse:
    """One amendment: its redline, state, thread and ballot; for those who may, what can be done with it."""
    if request.method == "POST":
        return _act(request, amendment_id)
    return _shown(request, _load(amendment_id))


amendment.permission = "everyone"  # type: ignore[attr-defined]


def _load(amendment_id: int) -> Amendment:
    return get_object_or_404(Amendment.objects.select_related("by", "thread", "ballot", "decided_by"), pk=amendment_id)


@members
def _act(request: HttpRequest, amendment_id: int) -> HttpResponse:
    row, by = _load(amendment_id), the_member(request)
    because = request.POST.get("reason", "")
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "ballot": (lambda: amending.put_to_ballot(row, by=by), _("The ballot is open. Those who may vote are told.")),
        "withdraw": (lambda: amending.withdraw(row, by=by, because=because), _("The amendment is withdrawn.")),
        "veto": (lambda: amending.veto(row, by=by, because=because), _("Vetoed. The ground stands on the record.")),
        "adopt": (
            lambda: adopting.adopt_as_founder(by=by, because=because, amendment=row),
            _("Adopted, and marked founders’ on the record."),
        ),
    }
    act = request.POST.get("act", "")
    try:
        if act not in acts:
            raise Refusal(_("This form is out of date. Open the page again."))
        verb, said = acts[act]
        verb()
        messages.success(request, said)
        return redirect(f"/charter/amendments/{row.pk}")
    except Refusal as refusal:
        return _shown(request, _load(amendment_id), refusal)


def _shown(request: HttpRequest, row: Amendment, refusal: Refusal | None = None) -> HttpResponse:
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone if viewer else ""), clock.now()
    base = charter.version(row.base)
    assert base is not None
    wishes = amending.wishes_of(row)
    lines = drawing.redline(base.standards, amending.changed(base.standards, wishes))
    href = f"/charter/amendments/{row.pk}"
    ballot = None
    if row.ballot_id is not None:
        sheet = ballots.sheet(row.ballot_id, member_id=viewer.id if viewer else None)
        assert sheet is not None
        ballot = paper.view(sheet, where=where, now=now, signed_in=viewer is not None)
    stale = ""
    if row.state in {State.PROPOSED, State.VOTING} and (titles := amending.outdated(wishes, base, charter.latest())):
        stale = _("The charter has changed since in the same place: %(titles)s. As it is, this cannot be adopted.") % {
            "titles": ", ".join(titles)
        }
    page = AmendmentPage(
        title=row.title,
        href=href,
        state=drawing.state(row),
        state_key=row.state,
        by=contexts.Link(row.by.name, member_address(row.by.name)),
        when=moments.moment(row.proposed_at, where, now),
        because=Markup(rendering.render(row.because, "markdown").html),
        lines=lines,
        base=contexts.Link(_("version %(n)s") % {"n": row.base}, f"/charter/{row.base}"),
        effective=_effective(row, where, now),
        thread=contexts.Link(row.thread.subject, f"/t/{row.thread.pk}/{row.thread.slug}") if row.thread else None,
        ballot=ballot,
        became=contexts.Link(_("Version %(n)s") % {"n": row.charter_version}, f"/charter/{row.charter_version}")
        if row.charter_version
        else None,
        decided=_decided(row),
        acts=tuple(_acts(row, member(request), request.POST.get("reason", ""))),
        stale=stale,
        error=refusal.because if refusal else "",
    )
    frame = shell(
        request,
        row.title,
        trail=(*_trail(), contexts.Link(_("Amendments"), "/charter/amendments/")),
        canonical=href,
        token=viewer is not None,
    )
    return fresh(answer("charter/amendment.html", frame, page, status=refusal.status if refusal else 200))


def _effective(row: Amendment, where: Any, now: Any) -> str:
    if row.charter_version and (adopted := charter.version(row.charter_version)) is not None:
        when = moments.moment(adopted.effective_at, where, now).exact
        return (
            _("In force since %(when)s.") % {"when": when}
            if adopted.effective_at <= now
            else _("It comes into force on %(when)s.") % {"when": when}
        )
    if row.state not in {State.PROPOSED, State.VOTING}:
        return ""
    if not row.effective_after_days:
        return _("If it is adopted, it is in force at once.")
    return ngettext(
        "If it is adopted, it comes into force %(n)s day later.",
        "If it is adopted, it comes into force %(n)s days later.",
        row.effective_after_days,
    ) % {"n": row.effective_after_days}


def _decided(row: Amendment) -> str:
    """Who ended it otherwise than by a ballot, and why."""
    if row.state == State.STALE:
        return _("While it was voted on, another amendment changed the same place: %(titles)s.") % {
            "titles": row.decided_because
        }
    if row.decided_by is None:
        return ""
    return (
        _("%(name)s: “%(because)s”") % {"name": row.decided_by.name, "because": row.decided_because}
        if (row.decided_because)
        else ""
    )


def _acts(row: Amendment, by: Member | None, reason: str) -> list[ActForm]:
    """What this reader may do with it now."""
    acts: list[ActForm] = []
    if by is None:
        return acts
    if row.state == State.PROPOSED and row.by_id == by.pk:
        acts.append(
            ActForm(
                "ballot",
                _("Put it to the ballot"),
                _(
                    "Let it be talked about first. The ballot runs for seven days; from then on the amendment is the members’."
                ),
                _("Open the ballot"),
            )
        )
        acts.append(
            ActForm(
                "withdraw",
                _("Withdraw it"),
                _("You can say why, if you like."),
                _("Withdraw"),
                asks=True,
                danger=True,
                reason=reason,
            )
        )
    if row.state == State.PROPOSED and by.is_operator and may_adopt_as_founder(by):
        acts.append(
            ActForm(
                "adopt",
                _("Adopt it as founder"),
                _(
                    "In the founding time operators adopt. It is marked founders’, and the members’ first ballot confirms or reopens it."
                ),
                _("Adopt it"),
                asks=True,
                required=True,
                reason=reason,
            )
        )
    latest = charter.latest()
    undoable = (
        row.state == State.ADOPTED and latest.version == row.charter_version and latest.effective_at > clock.now()
    )
    if by.is_operator and (row.state in {State.PROPOSED, State.VOTING} or undoable):
        acts.append(
            ActForm(
                "veto",
                _("Veto for law"),
                _("Only what the law forbids. Your name and the ground stand on the record."),
                _("Veto"),
                asks=True,
                required=True,
                danger=True,
                reason=reason,
            )
        )
    return acts


@require_http_methods(["GET", "POST"])
@members
def propose(request: HttpRequest) -> HttpResponse:
    """Propose an amendment: the charter as a form, its redline before it is sent."""
    by = the_member(request)
    may_propose(by).or_refuse()
    return _form(request, by, founding=False)


@require_http_methods(["GET", "POST"])
@operators
def adopt(request: HttpRequest) -> HttpResponse:
    """Adopt charter text directly, in the founding time."""
    by = the_member(request)
    may_adopt_as_founder(by).or_refuse()
    return _form(request, by, founding=True)


def _form(request: HttpRequest, by: Member, *, founding: bool) -> HttpResponse:
    latest = charter.latest()
    asked = _number(request.POST.get("base", ""))
    base = charter.version(asked) if asked is not None else None
    errors: dict[str, str] = {}
    preview, status = None, 200
    because = request.POST.get("because", "")
    if request.method == "POST":
        wishes = _wishes(request, base or latest)
        try:
            if base is None:
                raise Refusal(_("This form is out of date. Open the page again."))
            days = _number(request.POST.get("days", "").strip() or "7")
            if days is None:
                raise Refusal(_("Write a whole number."), field="effective_after_days")
            if "preview" in request.POST:
                kept = amending.fit(wishes, base)
                amending.not_outdated(kept, base, latest)
                preview = drawing.redline(base.standards, amending.changed(base.standards, kept))
            elif founding:
                adopting.adopt_as_founder(by=by, because=because, changes=wishes, base=base.version)
                messages.success(request, _("Adopted, and marked founders’ on the record."))
                return redirect(CHARTER)
            else:
                made = amending.propose(
                    by=by,
                    title=request.POST.get("title", ""),
                    because=because,
                    changes=wishes,
                    base=base.version,
                    effective_after_days=days,
                )
                messages.success(request, _("Proposed. It is talked about in its thread; you put it to the ballot."))
                return redirect(f"/charter/amendments/{made.pk}")
        except amending.Outdated as refusal:
            # What was typed stays; from now on it is compared with the newest text.
            errors, status, base = {"": refusal.because}, refusal.status, latest
        except Refusal as refusal:
            field = {"subject": "title", "text": "because"}.get(refusal.field, refusal.field)
            errors, status = {field: refusal.because}, refusal.status
    shown = base or latest
    page = ProposePage(
        action="/charter/adopt" if founding else "/charter/amendments/propose",
        heading=_("Adopt charter text as founder") if founding else _("Propose an amendment"),
        lede=_founders_lede()
        if founding
        else _(
            "This is the charter, each standard a form. Change what you would change and leave the rest. Your reasons open a thread;"
            " when it has been talked about, you put the amendment to the ballot."
        ),
        button=_("Adopt it") if founding else _("Propose it"),
        base=shown.version,
        title=request.POST.get("title", ""),
        because=because,
        days=request.POST.get("days", "7"),
        standards=tuple(_standard_forms(request, shown, errors)),
        forums=drawing.forum_choices(),
        founding=founding,
        errors=errors,
        preview=preview,
    )
    frame = shell(request, page.heading, trail=_trail(), token=True, robots="noindex")
    return answer("charter/propose.html", frame, page, status=status)


def _founders_lede() -> str:
    return _(
        "Until %(least)s members may vote – here for %(days)s days, with %(posts)s posts – the operators adopt the charter directly."
        " It is marked founders’ and stands on the record; the members’ first ballot confirms or reopens it."
    ) % {"least": electorate.FOUNDING_BELOW, "days": electorate.DAYS, "posts": electorate.POSTS}


ADDED = "added"
"""The prefix of the fields of a standard that is added."""


def _wishes(request: HttpRequest, base: charter.CharterNow) -> list[Wish]:
    """What the form wants, standard by standard. Fields that are missing (a forged form) leave a standard as it is."""
    given = request.POST
    wishes = []
    for row in base.standards:
        if f"{row.key}:drop" in given:
            wishes.append(Wish("drop", row.key))
        elif f"{row.key}:rule" in given:
            wishes.append(_wish(request, "change", row.key))
    if any(given.get(f"{ADDED}:{name}", "").strip() for name in ("title", "rule", "breaks", "keeps")):
        wishes.append(_wish(request, "add", ADDED))
    return wishes


def _wish(request: HttpRequest, act: str, key: str) -> Wish:
    given = request.POST
    return Wish(
        act,
        key,
        given.get(f"{key}:title", ""),
        given.get(f"{key}:rule", ""),
        given.get(f"{key}:breaks", ""),
        given.get(f"{key}:keeps", ""),
        _number(given.get(f"{key}:forum", "")),
        tuple(given.getlist(f"{key}:kinds")),
        f"{key}:openable" in given,
        f"{key}:hosts" in given,
    )


def _standard_forms(request: HttpRequest, base: charter.CharterNow, errors: dict[str, str]) -> list[StandardForm]:
    sent = request.method == "POST"
    forms = []
    for number, row in enumerate(base.standards, 1):
        was = Wish("change", row.key, *row[1:5], row.forum_id, row.kinds, row.is_openable, row.for_hosts)
        now = _wish(request, "change", row.key) if sent and f"{row.key}:rule" in request.POST else was
        drop = f"{row.key}:drop" in request.POST
        wrong = any(name.startswith(f"{row.key}:") for name in errors)
        forms.append(_standard_form(now, drop=drop, open_=wrong or drop or _differs(was, now), number=number))
    new = _wish(request, "add", ADDED) if sent else Wish("add", ADDED)
    begun = bool(new.title or new.rule or new.breaks or new.keeps)
    forms.append(_standard_form(new, drop=False, open_=begun, number=0))
    return forms


def _differs(was: Wish, now: Wish) -> bool:
    def plain(wish: Wish) -> tuple[object, ...]:
        texts = tuple(" ".join(text.split()) for text in wish[2:6])
        return (*texts, wish.forum_id, set(wish.kinds), wish.is_openable, wish.for_hosts)

    return plain(was) != plain(now)


def _standard_form(wish: Wish, *, drop: bool, open_: bool, number: int) -> StandardForm:
    return StandardForm(
        key=wish.key,
        title=wish.title,
        rule=wish.rule,
        breaks=wish.breaks,
        keeps=wish.keeps,
        forum=str(wish.forum_id or ""),
        kinds=frozenset(wish.kinds),
        is_openable=wish.is_openable,
        for_hosts=wish.for_hosts,
        drop=drop,
        open=open_,
        number=number,
    )


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None
