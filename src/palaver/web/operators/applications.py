"""Those who ask to join: their answers, and the decision."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palaver.accounts import applying
from palaver.accounts.models import Application
from palaver.accounts.reads import Viewer
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.web import contexts, moments
from palaver.web.doors import operators, the_member
from palaver.web.operators import acting
from palaver.web.operators import contexts as desk

SHOWN = 30
PAGE = "/desk/applications"


def _asked(given: Mapping[str, str]) -> Application:
    text = given.get("application", "")
    found = (
        Application.objects.filter(pk=int(text)).first()
        if text.isascii() and text.isdecimal() and len(text) < 18
        else None
    )
    if found is None:
        raise Refusal(_("There is no such application."))
    return found


@require_http_methods(["GET", "POST"])
@operators
def applications(request: HttpRequest) -> HttpResponse:
    """Those that wait, oldest first, and what was decided last."""

    def admit(given: Mapping[str, str]) -> str:
        row = applying.admit(_asked(given), by=the_member(request))
        return _("%(name)s is a member now.") % {"name": row.member.name}

    def refuse(given: Mapping[str, str]) -> str:
        row = applying.refuse(_asked(given), by=the_member(request), because=given.get("because", ""))
        return _("%(name)s was refused, and is told why.") % {"name": row.member.name}

    done, tried = acting.act(request, {"admit": admit, "refuse": refuse}, PAGE)
    if done:
        return done
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone), clock.now()
    waiting = Application.objects.filter(decided_at=None).select_related("member").order_by("at")
    parts: list[desk.Part] = [_card(row, tried, moments.moment(row.at, where, now)) for row in waiting[:SHOWN]]
    decided = (
        Application.objects.exclude(decided_at=None).select_related("member", "decided_by").order_by("-decided_at")
    )
    table = desk.Table(
        "decided",
        _("Decided last"),
        (_("Name"), _("When"), _("By"), _("Decision"), ""),
        tuple(
            (
                row.member.name,
                moments.moment(row.decided_at, where, now).exact if row.decided_at else "",
                row.decided_by.name if row.decided_by else "",
                _("let in") if row.admitted else _("refused: %(because)s") % {"because": row.because},
                ""
                if row.admitted
                else desk.Button(
                    _("Let in after all"), PAGE, (("act", "admit"), ("application", str(row.pk))), row.member.name
                ),
            )
            for row in decided[:SHOWN]
        ),
        _("Nothing has been decided yet."),
    )
    count = waiting.count()
    lede = (
        _("Oldest first. Only operators read these answers; the record says who was let in, and by whom.")
        if count
        else _("Nobody waits to be let in.")
    )
    return acting.room(request, "applications", _("Applications"), lede, *parts, table, tried=tried)


def _card(row: Application, tried: acting.Tried, since: contexts.Moment) -> desk.Application:
    # What was typed belongs to the one card from which it came.
    mine = tried if tried.given.get("application") == str(row.pk) else acting.Tried()
    told = _("%(since)s, address: %(email)s") % {"since": since.exact, "email": row.member.email or _("none given")}
    about = contexts.Field(
        "because",
        _("Why not"),
        "textarea",
        value=mine.given.get("because", ""),
        error=mine.problems.get("because", ""),
        id=f"because_{row.pk}",
        required=True,
        maximum=applying.LONGEST_REASON,
        help=_("%(name)s reads it, by mail or when trying to sign in.") % {"name": row.member.name},
    )
    key = (("application", str(row.pk)),)
    return desk.Application(
        number=row.pk,
        name=row.member.name,
        about=told,
        question=row.question,
        answer=row.answer,
        admit=desk.Button(_("Let in"), PAGE, (("act", "admit"), *key), row.member.name),
        refuse=desk.Form(
            f"refuse-{row.pk}",
            _("Refuse"),
            _("Refuse"),
            (about,),
            action=PAGE,
            hidden=(("act", "refuse"), *key),
            error=" ".join(text for name, text in mine.problems.items() if name != "because")
            or (_("One thing is to be put right.") if mine.problems else ""),
            danger=True,
        ),
    )
