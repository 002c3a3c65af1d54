"""The desk's page about the charter: in which forum amendments are talked about. Vetoes are on the amendments' own pages."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palaver.forums.models import Forum
from palaver.kit.decisions import Refusal
from palaver.standards import amending, electorate
from palaver.standards.models import CharterSetting
from palaver.web import contexts
from palaver.web.doors import operators, the_member
from palaver.web.operators import acting
from palaver.web.operators import contexts as desk


@require_http_methods(["GET", "POST"])
@operators
def charter(request: HttpRequest) -> HttpResponse:
    """One form, and where the charter stands."""
    open_ones = {str(one.pk): one for one in Forum.objects.filter(retired_at=None, who_reads=Forum.Gate.EVERYONE)}

    def settle(given: Mapping[str, str]) -> str:
        wanted = given.get("forum", "")
        if wanted and wanted not in open_ones:
            raise Refusal(_("Choose a forum that everybody reads and that is not retired."), field="forum")
        amending.settle_forum(open_ones[wanted] if wanted else None, by=the_member(request))
        return _("Saved. It is on the record that this was changed.")

    done, tried = acting.act(request, {"settle": settle}, "/desk/charter")
    if done:
        return done
    settled = CharterSetting.objects.filter(pk=1).values_list("forum_id", flat=True).first()
    form = tried.form(
        "settle",
        "",
        _("Save"),
        tried.field(
            "settle",
            "forum",
            _("Amendments are talked about in"),
            "select",
            value=str(settled or ""),
            options=(("", _("the first main forum")), *((key, one.name) for key, one in open_ones.items())),
        ),
    )
    facts = desk.Facts(
        (
            (_("The charter"), contexts.Link(_("Read it"), "/charter")),
            (_("Amendments"), contexts.Link(_("All of them"), "/charter/amendments/")),
            (_("Members who may vote on it"), str(electorate.eligible().count())),
            (_("Founding time"), _("yes") if electorate.is_founding_time() else _("over")),
        )
    )
    return acting.room(
        request,
        "charter",
        _("Charter"),
        _(
            "The charter is the members’. In the founding time operators adopt it directly; afterwards they may veto for law alone."
        ),
        facts,
        form,
        tried=tried,
    )
