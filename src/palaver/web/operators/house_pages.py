"""The desk's forms for terms, privacy and imprint."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from markupsafe import Markup

from palaver.community import stating
from palaver.community.models import HousePage
from palaver.kit.decisions import NotAllowed, Refusal
from palaver.kit.text.rendering import LONGEST, too_long
from palaver.web.contexts import Link
from palaver.web.doors import operators, the_member
from palaver.web.house import contexts
from palaver.web.house.pages import TITLES
from palaver.web.shell import answer, shell


def _trail() -> tuple[Link, ...]:
    return (Link(_("Operators’ desk"), "/desk/"),)


@require_safe
@operators
def house_pages(request: HttpRequest) -> HttpResponse:
    """The three pages and whether they are written."""
    written = set(HousePage.objects.exclude(text="").values_list("key", flat=True))
    rows = tuple(
        contexts.HousePageRow(
            Link(_("Look at it"), f"/{key}"),
            Link(str(title), f"/desk/pages/{key}"),
            _("written") if key in written else _("not written yet"),
        )
        for key, title in TITLES.items()
    )
    frame = shell(request, _("Pages of this house"), trail=_trail(), robots="noindex")
    return answer("desk/house_pages.html", frame, contexts.HousePagesPage(rows))


@require_http_methods(["GET", "HEAD", "POST"])
@operators
def house_page(request: HttpRequest, key: str) -> HttpResponse:
    """One page's text, with its preview before it is saved."""
    if key not in TITLES:
        raise Http404
    preview, problem = None, ""
    if request.method == "POST":
        text = request.POST.get("text", "")
        if request.POST.get("act") == "preview":
            refusal = too_long(text)
            problem = refusal.because if refusal else ""
            preview = None if refusal else Markup(stating.rendered(key, text))
        else:
            try:
                stating.state(key, text, by=the_member(request))
                messages.success(request, _("Saved. This is how everybody sees it."))
                return redirect(f"/{key}")
            except NotAllowed:
                raise
            except Refusal as refused:
                problem = refused.because
    else:
        row = HousePage.objects.filter(pk=key).first()
        text = row.text if row else ""
    page = contexts.HousePageForm(
        title=_("Edit: %(page)s") % {"page": TITLES[key]},
        href=f"/{key}",
        action=f"/desk/pages/{key}",
        text=text,
        maximum=LONGEST,
        error=problem,
        preview=preview,
    )
    frame = shell(
        request,
        page.title,
        trail=(*_trail(), Link(_("Pages of this house"), "/desk/pages")),
        robots="noindex",
    )
    return answer("desk/house_page.html", frame, page, status=422 if problem else 200)
