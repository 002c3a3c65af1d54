"""The charter as it is read: in force, version by version, and the way from one to another."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.kit import clock
from palaver.standards import charter
from palaver.standards.charter import CharterNow
from palaver.standards.models import Amendment, Charter
from palaver.standards.permissions import may_adopt_as_founder, may_propose
from palaver.web import contexts, moments
from palaver.web.charter import drawing
from palaver.web.charter.contexts import ChangesPage, CharterPage
from palaver.web.doors import everyone, member
from palaver.web.freshness import cacheable
from palaver.web.shell import answer, shell

WORDS = ("charter", "names", "places")


@everyone
def in_force(request: HttpRequest) -> HttpResponse:
    """The charter in force."""
    return _version(request, charter.in_force(), canonical="/charter")


@everyone
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version, in force or not."""
    found = charter.version(number)
    if found is None:
        raise Http404
    return _version(request, found, canonical=f"/charter/{number}")


@everyone
def changes(request: HttpRequest, before: int, after: int) -> HttpResponse:
    """The way from one version to another, word by word."""
    old, new = charter.version(before), charter.version(after)
    if old is None or new is None:
        raise Http404
    lines = drawing.redline(old.standards, new.standards)
    page = ChangesPage(
        contexts.Link(_("Version %(n)s") % {"n": before}, f"/charter/{before}"),
        contexts.Link(_("Version %(n)s") % {"n": after}, f"/charter/{after}"),
        lines,
        len(new.standards) - sum(line.act != "drop" for line in lines),
    )
    title = _("The charter from version %(before)s to %(after)s") % {"before": before, "after": after}
    frame = shell(
        request, title, trail=(contexts.Link(_("The charter"), "/charter"),), canonical=f"/charter/{before}/{after}"
    )
    return fresh(answer("charter/changes.html", frame, page))


def fresh(response: HttpResponse) -> HttpResponse:
    """A page of the charter may be kept until a version comes into force by time."""
    cacheable(response, WORDS)
    if (comes := charter.next_change()) is not None:
        response.fresh_until = min(response.fresh_until, comes)  # type: ignore[attr-defined]
    return response


def _version(request: HttpRequest, shown: CharterNow, *, canonical: str) -> HttpResponse:
    viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone if viewer else ""), clock.now()
    asking, known, current = member(request), charter.versions(), charter.in_force()
    proposing = may_propose(asking)
    running = Amendment.objects.filter(state__in=["proposed", "voting"]).select_related("by").order_by("-proposed_at")
    page = CharterPage(
        version=shown.version,
        current=shown.version == current.version,
        how=drawing.how(shown, _name(shown)),
        because=shown.because if shown.how != Charter.How.BALLOT else "",
        standards=tuple(drawing.standard(row) for row in shown.standards),
        versions=drawing.versions(known, where, now, shown.version),
        running=tuple(drawing.amendment_line(row, where, now) for row in running[:20]),
        may_propose=bool(proposing),
        why_not="" if asking is None else proposing.because,
        coming=_coming(known, current, where, now),
        confirming=_confirming(shown),
        adopt_href="/charter/adopt"
        if viewer is not None and viewer.is_operator and may_adopt_as_founder(asking)
        else "",
    )
    title = _("The charter") if page.current else _("The charter, version %(n)s") % {"n": shown.version}
    frame = shell(
        request,
        title,
        trail=() if page.current else (contexts.Link(_("The charter"), "/charter"),),
        canonical=canonical,
        description=_("The rules that this community has given itself, in plain sentences with examples."),
        feed="/charter/amendments",
    )
    return fresh(answer("charter/charter.html", frame, page))


def _name(shown: CharterNow) -> str:
    return "" if shown.by_id is None else Member.objects.values_list("name", flat=True).get(pk=shown.by_id)


def _coming(known: tuple[CharterNow, ...], current: CharterNow, where: object, now: datetime) -> str:
    """What has been adopted and is not in force yet."""
    later = [one for one in known if one.version > current.version]
    if not later:
        return ""
    return _("Version %(n)s is adopted and comes into force on %(when)s.") % {
        "n": later[-1].version,
        "when": moments.moment(later[-1].effective_at, where, now).exact,  # type: ignore[arg-type]
    }


def _confirming(shown: CharterNow) -> contexts.Link | None:
    """The ballot on a founders' version, while it runs."""
    if shown.how != Charter.How.FOUNDERS or shown.confirmed is not None:
        return None
    ballot_id = Charter.objects.values_list("confirming_id", flat=True).get(pk=shown.version)
    return None if ballot_id is None else contexts.Link(_("Vote on it"), f"/ballots/{ballot_id}")
