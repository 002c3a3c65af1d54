"""Help: how lists are ordered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from palaver.forums import orders
from palaver.web import contexts
from palaver.web.doors import everyone
from palaver.web.freshness import cacheable
from palaver.web.shell import answer, shell


@everyone
def order(request: HttpRequest) -> HttpResponse:
    """Every order, what it looks at, and how ties end."""
    ties = {
        "latest": _("Ties: the thread with the higher number first."),
        "newest": _("Ties: the thread with the higher number first."),
        "recommended": _(
            "Only named recommendations of the original post count, each once. Ties: the newer thread first."
        ),
        "unanswered": _("Ties: the thread with the higher number first."),
        "unread": _("Your marks only take rows away; what is left stands as in Latest."),
    }
    rules = tuple(
        contexts.OrderRule(one.key, str(one.title), f"/{one.key}", str(one.sentence), ties[one.key])
        for one in orders.ORDERS.values()
    )
    response = answer(
        "help/orders.html",
        shell(request, _("How lists are ordered"), canonical="/help/orders"),
        contexts.OrdersPage(rules),
    )
    return cacheable(response, ["places"])
