"""Terms, privacy, imprint: as the operators wrote them, with what the software itself guarantees."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from palaver.accounts.reads import Viewer
from palaver.community.models import HousePage
from palaver.web import moments
from palaver.web.doors import everyone
from palaver.web.freshness import cacheable
from palaver.web.house import contexts
from palaver.web.shell import answer, shell

TITLES: dict[str, str | Promise] = {
    HousePage.Key.TERMS.value: gettext_lazy("Terms"),
    HousePage.Key.PRIVACY.value: gettext_lazy("Privacy"),
    HousePage.Key.IMPRINT.value: gettext_lazy("Imprint"),
}


def house_page(key: str) -> Callable[[HttpRequest], HttpResponse]:
    """The page of one key."""

    @everyone
    def page(request: HttpRequest) -> HttpResponse:
        viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
        row = HousePage.objects.filter(pk=key).exclude(html="").first()
        title = str(TITLES[key])
        shown = contexts.HousePage(
            title=title,
            body=Markup(row.html) if row else Markup(""),
            part=f"house/parts/{key}.html",
            changed=moments.moment(row.changed_at, moments.zone(viewer.time_zone if viewer else "")) if row else None,
            edit_href=f"/desk/pages/{key}" if viewer is not None and viewer.is_operator else "",
        )
        response = answer("house/page.html", shell(request, title, canonical=f"/{key}"), shown)
        return cacheable(response, ["community", "places"])

    return page
